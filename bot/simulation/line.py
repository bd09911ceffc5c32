"""What lies between the program and Telegram: a line that can fail, and post that can be late."""

import asyncio
import random
from collections.abc import Callable
from functools import partial
from typing import Any

from telegram.error import TelegramError, TimedOut
from telegram.request import RequestData

from bot.playground.telegram import LocalTelegram
from bot.playground.updates import Updates
from bot.playground.wire import Wire
from bot.simulation.agenda import Agenda
from bot.simulation.faults import Faults
from bot.simulation.trace import Trace
from bot.wire_errors import NotSent

QUICK, SLOW = 0.02, 0.12
LONGEST_DELAY = 30.0
PATIENCE = 5.0
OK = 200
MINUTE, HOUR = 60.0, 3600.0


class Post(Updates):
    """Updates on their way to the program.

    Attributes:
        forgotten: the ids that Telegram was told to forget.
    """

    def __init__(
        self, telegram: LocalTelegram, agenda: Agenda, faults: Faults, trace: Trace, seed: int
    ) -> None:
        super().__init__(telegram.world.now, seed)
        self.forgotten: set[int] = set()
        self._telegram = telegram
        self._agenda = agenda
        self._faults = faults
        self._trace = trace
        self._marked: dict[int, str] = {}

    def push(self, kind: str, payload: dict[str, Any], *, twice: bool = False) -> int | None:
        """An update sets out; some come late, or twice, or are overtaken."""
        faults = self._faults
        if news := _tells_of(kind, payload):
            return self._arrive(kind, payload, news, twice=twice)
        what = faults.on_update()
        if kind == "callback_query" and faults.on_press():
            self._agenda.later(_soon(faults.chance), self._again(payload))
        if what in {"late", "reordered"} and kind in {"callback_query", "message"}:
            seconds = faults.chance.uniform(MINUTE, 1.5 * HOUR) if what == "late" else 8.0
            self._agenda.later(seconds, partial(self._come_late, kind, payload, what))
            return None
        if what == "duplicated":
            return self._arrive(kind, payload, what, twice=True)
        return self._arrive(kind, payload, twice=twice)

    def _come_late(self, kind: str, payload: dict[str, Any], fault: str) -> None:
        self._arrive(kind, payload, fault)

    def _again(self, payload: dict[str, Any]) -> Callable[[], None]:
        """The app sends a press a second time, as it does when it got no answer."""

        def send() -> None:
            number = str(self._faults.chance.getrandbits(62) + 1)
            self._arrive("callback_query", payload | {"id": number}, "resent")

        return send

    def _arrive(
        self,
        kind: str,
        payload: dict[str, Any],
        fault: str | None = None,
        *,
        twice: bool = False,
    ) -> int | None:
        number = super().push(kind, payload, twice=twice)
        who = (payload.get("from") or payload.get("chat") or {}).get("id", "")
        self._trace.note(f"update {number} {kind} {who} {payload.get('data', '')}")
        if number is not None and fault:
            self._faults.account.struck(fault, number)
            # It is met when the program has taken the update.
            self._marked[number] = fault
        return number

    def confirm(self, offset: int) -> None:
        """Forget, and remember what was forgotten."""
        before = [one.id for one in self.pending]
        super().confirm(offset)
        if before:
            left = {one.id for one in self.pending}
            self.forgotten.update(one for one in before if one not in left and one < offset)

    async def poll(self, offset: int, limit: int, patience: float) -> list[dict[str, Any]]:
        """What is pending; what was marked has been met when it goes out."""
        bodies = await super().poll(offset, limit, patience)
        for body in bodies:
            self._met(body["update_id"])
        return bodies

    def expire(self) -> None:
        """Telegram keeps updates for a day; who was away for longer has met worse."""
        before = [one.id for one in self.pending]
        super().expire()
        if len(self.pending) < len(before):
            left = {one.id for one in self.pending}
            for gone in before:
                if gone not in left:
                    self._met(gone)

    def _met(self, number: int) -> None:
        fault = self._marked.pop(number, None)
        if fault:
            self._faults.account.met(fault)


def _tells_of(kind: str, payload: dict[str, Any]) -> str | None:
    """The trouble that an update brings the news of."""
    if kind == "my_chat_member" and payload["new_chat_member"]["status"] == "kicked":
        return "blocked"
    return "migrated" if "migrate_to_chat_id" in payload else None


def _soon(chance: random.Random) -> float:
    return chance.choice((5.0, 40.0, 20 * MINUTE, 3 * HOUR)) * chance.uniform(0.5, 1.5)


class Line(Wire):
    """The wire of one process."""

    def __init__(self, telegram: LocalTelegram, faults: Faults, latency: random.Random) -> None:
        super().__init__(telegram)
        self._faults = faults
        self._latency = latency

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_timeouts: Any,
        **_named_timeouts: Any,
    ) -> tuple[int, bytes]:
        """One request, which takes its time there and back."""
        name = url.rpartition("/")[2]
        faults = self._faults
        await asyncio.sleep(self._latency.uniform(QUICK, SLOW))
        if not faults.on:
            return await super().do_request(url, method, request_data)
        await faults.wire_point(f"wire.{name}.before")
        if faults.line_down:
            faults.account.met("line_down")
            await asyncio.sleep(PATIENCE)
            raise NotSent("httpx.ConnectError: All connection attempts failed")
        answer = await self._harmed(faults.on_call(), name, url, method, request_data)
        await asyncio.sleep(self._latency.uniform(QUICK, SLOW))
        await faults.wire_point(f"wire.{name}.after")
        return answer

    async def _harmed(
        self,
        fault: str | None,
        name: str,
        url: str,
        method: str,
        request_data: RequestData | None,
    ) -> tuple[int, bytes]:
        """The request itself, with what happens to it."""
        if fault is None:
            return await super().do_request(url, method, request_data)
        telegram, account = self._telegram, self._faults.account
        account.struck(fault, name)
        telegram.faults.late = self._latency.uniform(1.0, LONGEST_DELAY)
        telegram.faults.once(fault, method=name)
        try:
            answer = await super().do_request(url, method, request_data)
        except TelegramError as error:
            if isinstance(error, TimedOut):
                await asyncio.sleep(PATIENCE)
            account.met(fault)
            raise
        if fault == "delay" or answer[0] != OK:
            account.met(fault)
        return answer
