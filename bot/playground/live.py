"""Everything that happens, numbered, so that pages and tests can wait for it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_KEPT = 1000


@dataclass(frozen=True)
class Event:
    """Something that a phone may show; its facts are written out only when somebody reads them."""

    n: int
    kind: str
    facts: Callable[[], dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """As the page reads it."""
        return {"n": self.n, "type": self.kind, **self.facts()}


class Live:
    """The counter, the last thousand events, and whoever waits for the next."""

    def __init__(self) -> None:
        self.n = 0
        self.events: deque[Event] = deque(maxlen=_KEPT)
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self, kind: str, facts: Callable[[], dict[str, Any]] = dict) -> None:
        """Number the event and wake everybody who waits."""
        self.n += 1
        self.events.append(Event(self.n, kind, facts))
        self.wake()

    def wake(self) -> None:
        """Let everybody who waits look again."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            # A test may have thrown its loop away in the middle of a wait.
            if not future.get_loop().is_closed() and not future.done():
                future.set_result(None)

    def since(self, n: int) -> list[Event]:
        """The events after `n` that are still kept."""
        return [event for event in self.events if event.n > n]

    async def changed(self, since: int | None = None) -> int:
        """Wait until the counter has passed `since` (by default: now); the new number."""
        seen = self.n if since is None else since
        while self.n <= seen:
            await self.next_wake()
        return self.n

    async def next_wake(self) -> None:
        """Wait for the next event, or to be woken."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
