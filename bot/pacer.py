"""Telegram's limits, kept by us: 30 a second, one a second per chat, 20 a minute per group."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from telegram.error import RetryAfter

BURST = 3
GROUP_WINDOW = 60.0
GROUP_MOST = 20
FORGET_AFTER = 120.0


@dataclass
class _Chat:
    """A private chat may catch up `BURST` messages at once; then one a second."""

    allowance: float = BURST
    at: float = 0.0
    not_before: float = 0.0


@dataclass
class Pacer:
    """Says how long to wait. All times are seconds of a monotonic clock.

    `unlimited` is for a Telegram that has no limits, in the same process.
    """

    rate: float = 29.0
    slowed: float = 1.0
    unlimited: bool = False
    _next: float = 0.0
    _hold: float = 0.0
    _chats: dict[int, _Chat] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)

    def wait_for_all(self, at: float) -> float:
        """Seconds until any message may go."""
        if self.unlimited:
            return 0.0
        return max(0.0, self._next - at, self._hold - at)

    def wait_for_chat(self, chat: int, at: float) -> float:
        """Seconds until a message to `chat` may go; groups have negative ids."""
        if self.unlimited:
            return 0.0
        if chat < 0:
            sent = self._groups.get(chat)
            if not sent:
                return self._held(chat, at)
            while sent and at - sent[0] >= GROUP_WINDOW:
                sent.popleft()
            full = len(sent) >= GROUP_MOST
            return max(GROUP_WINDOW - (at - sent[0]) if full else 0.0, self._held(chat, at))
        state = self._chats.get(chat)
        if state is None:
            return 0.0
        allowance = min(BURST, state.allowance + (at - state.at))
        return max(0.0, 1.0 - allowance, state.not_before - at)

    def _held(self, chat: int, at: float) -> float:
        state = self._chats.get(chat)
        return max(0.0, state.not_before - at) if state else 0.0

    def sent(self, chat: int, at: float) -> None:
        """A message to `chat` goes out now."""
        self._next = max(at, self._next) + 1.0 / (self.rate * self.slowed)
        self.slowed = min(1.0, self.slowed + 0.0005)
        if chat < 0:
            self._groups.setdefault(chat, deque()).append(at)
            return
        state = self._chats.setdefault(chat, _Chat(at=at))
        state.allowance = min(BURST, state.allowance + (at - state.at)) - 1
        state.at = at
        if len(self._chats) > 5000:  # noqa: PLR2004 - a bound on memory, not a rule
            self._forget(at)

    def told_to_wait(self, chat: int, at: float, seconds: float) -> None:
        """Telegram answered 429: nothing to this chat until then, and a tenth slower in all."""
        state = self._chats.setdefault(chat, _Chat(at=at))
        state.not_before = max(state.not_before, at + seconds)
        self._hold = max(self._hold, at + min(seconds, 1.0))
        self.slowed = max(0.3, self.slowed * 0.9)

    def _forget(self, at: float) -> None:
        self._chats = {
            chat: state
            for chat, state in self._chats.items()
            if at - state.at < FORGET_AFTER or state.not_before > at
        }


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
