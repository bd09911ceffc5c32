"""What really went out, from the log of the fake Telegram and not from what the program thinks."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.playground.params import Params
from bot.playground.telegram import Call, LocalTelegram

NEW = frozenset({"sendMessage", "sendPhoto", "sendDocument"})
CHANGED = frozenset({"editMessageText", "editMessageCaption"})
FORBIDDEN = 403
SETTLED_AFTER = timedelta(minutes=3)
KEPT = timedelta(days=8)


@dataclass(frozen=True)
class Letter:
    """A message that stood in a chat, new or changed; `message` is None when nobody knows it.

    A `protected` one cannot be passed on or saved.
    """

    at: datetime
    chat: int
    message: int | None
    text: str
    taps: tuple[str, ...]
    new: bool
    protected: bool = False


@dataclass(frozen=True)
class Toast:
    """What answered a press, by its number."""

    press: str
    text: str


class Mail:
    """The log, read once and forgotten; what arrived lately, by chat."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram
        self._waiting: list[Letter] = []
        self._lately: defaultdict[int, list[Letter]] = defaultdict(list)
        self.letters: list[Letter] = []
        self.settled: list[Letter] = []
        self.toasts: list[Toast] = []
        self.refused: list[tuple[datetime, int]] = []

    def read(self, now: datetime, *, to_the_end: bool = False) -> None:
        """Take in what is new. Letters settle when the program has had time to write them down."""
        self.letters, self.toasts, self.refused = [], [], []
        for call in self._telegram.log:
            self._take(call)
        self._telegram.log.clear()
        limit = now if to_the_end else now - SETTLED_AFTER
        waiting = [*self._waiting, *(one for one in self.letters if one.new)]
        self.settled = [one for one in waiting if one.at <= limit]
        self._waiting = [one for one in waiting if one.at > limit]
        for letter in self.letters:
            self._lately[letter.chat].append(letter)
        for chat, letters in self._lately.items():
            if letters and letters[0].at < now - KEPT:
                self._lately[chat] = [one for one in letters if one.at >= now - KEPT]

    def arrived(self, chat: int, words: str, since: datetime) -> Letter | None:
        """The first letter in a chat since then that contains the words."""
        return next(
            (one for one in self._lately[chat] if one.at >= since and words in one.text), None
        )

    def sent_at(self, chat: int, message: int) -> datetime | None:
        """When a message was sent."""
        return next((one.at for one in self._lately[chat] if one.message == message), None)

    def _take(self, call: Call) -> None:
        chat = call.params.get("chat_id")
        if call.status == FORBIDDEN and call.method in NEW | CHANGED:
            self.refused.append((call.at, int(chat or 0)))
        if not call.done:
            return
        if call.method in NEW or call.method in CHANGED:
            letter = _letter(call, int(chat or 0))
            self.letters.append(replace(letter, protected=self._is_protected(call, letter)))
        elif call.method == "answerCallbackQuery":
            press, text = call.params.get("callback_query_id"), call.params.get("text")
            self.toasts.append(Toast(str(press), str(text or "")))

    def _is_protected(self, call: Call, letter: Letter) -> bool:
        """As it was sent, which no edit changes; an edit may have been done and not answered."""
        if letter.new:
            return Params(call.params, {}).flag("protect_content")
        known = self._telegram.chats.get(letter.chat)
        message = known.messages.get(letter.message or 0) if known else None
        return message is None or message.protected


def _letter(call: Call, chat: int) -> Letter:
    given, result = call.params, call.answer.get("result")
    told = result if isinstance(result, dict) else {}
    number = told.get("message_id", given.get("message_id"))
    text = str(given.get("text") or given.get("caption") or "")
    return Letter(call.at, chat, number, text, tuple(_taps(given)), call.method in NEW)


def _taps(given: dict[str, Any]) -> list[str]:
    markup = given.get("reply_markup")
    rows = markup.get("inline_keyboard", []) if isinstance(markup, dict) else []
    return [one["callback_data"] for row in rows for one in row if "callback_data" in one]
