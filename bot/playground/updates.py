"""The updates that wait for the bot, and the long poll that fetches them."""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.playground.faults import Dropped
from bot.playground.refusals import TERMINATED_BY_POLL, WEBHOOK_ACTIVE, Refusal

_KEPT = timedelta(hours=24)
_LARGEST_BATCH = 100
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True)
class Waiting:
    """One update and when it came."""

    at: datetime
    body: dict[str, Any]

    @property
    def id(self) -> int:
        """The update id."""
        number: int = self.body["update_id"]
        return number


class Updates:
    """Updates in order, kept until the bot's next offset confirms them, at most a day.

    Attributes:
        allowed: the kinds the bot asked for; None is Telegram's default set.
        by_webhook: a webhook is set, so nobody may poll.
        arrived: called for every new update (the webhook listens here).
        forgotten: the ids of all updates that the bot has said it has.
    """

    def __init__(self, now: Callable[[], datetime], seed: int | None) -> None:
        self.pending: list[Waiting] = []
        self.allowed: frozenset[str] | None = None
        self.by_webhook = False
        self.arrived: Callable[[], None] = _nobody_listens
        self.forgotten: set[int] = set()
        self._now = now
        self._poll: asyncio.Future[None] | None = None
        self._next = random.Random(seed).randrange(100_000_000, 900_000_000)  # noqa: S311 - no secret

    def push(self, kind: str, payload: dict[str, Any], *, twice: bool = False) -> int | None:
        """Queue an update; its id, or None when the bot did not ask for this kind."""
        if kind in _NOT_BY_DEFAULT if self.allowed is None else kind not in self.allowed:
            return None
        self._next += 1
        waiting = Waiting(self._now(), {"update_id": self._next, kind: payload})
        self.pending += [waiting, waiting] if twice else [waiting]
        self.wake()
        self.arrived()
        return self._next

    def wake(self) -> None:
        """Let the waiting poll return with what there is."""
        if self._live_poll():
            self._poll.set_result(None)  # type: ignore[union-attr] # _live_poll says it is there

    def end_poll(self, why: str) -> None:
        """The waiting poll is answered 409."""
        if self._live_poll():
            self._poll.set_exception(Refusal(409, why))  # type: ignore[union-attr] # as above

    def cut(self) -> None:
        """The line over which the waiting poll came is cut."""
        if self._live_poll():
            self._poll.set_exception(Dropped("drop_before"))  # type: ignore[union-attr] # as above

    def _live_poll(self) -> bool:
        poll = self._poll
        return poll is not None and not poll.done() and not poll.get_loop().is_closed()

    def allow(self, kinds: Iterable[str]) -> None:
        """Queue only these kinds from now on; none named means the default set."""
        self.allowed = frozenset(kinds) or None

    def confirm(self, offset: int) -> None:
        """Forget what comes before the offset; a negative one counts from the end."""
        self.expire()
        before = self.pending
        if offset < 0:
            self.pending = before[offset:]
        elif offset > 0:
            self.pending = [w for w in before if w.id >= offset]
        if len(self.pending) < len(before):
            self.forgotten |= {w.id for w in before} - {w.id for w in self.pending}

    def expire(self) -> None:
        """Telegram keeps updates for a day."""
        limit = self._now() - _KEPT
        if self.pending and self.pending[0].at < limit:
            self.pending = [w for w in self.pending if w.at >= limit]

    async def poll(self, offset: int, limit: int, patience: float) -> list[dict[str, Any]]:
        """What is pending from the offset on, waiting up to `patience` seconds for the first.

        Raises:
            Refusal: 409, a webhook is set or another poll took over.
        """
        if self.by_webhook:
            raise Refusal(409, WEBHOOK_ACTIVE)
        self.end_poll(TERMINATED_BY_POLL)
        self.confirm(offset)
        if not self.pending and patience > 0:
            await self._wait(patience)
        batch = self.pending[: max(1, min(limit, _LARGEST_BATCH))]
        return [waiting.body for waiting in batch]

    async def _wait(self, seconds: float) -> None:
        poll: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = poll
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None


def _nobody_listens() -> None:
    """No webhook is set."""
