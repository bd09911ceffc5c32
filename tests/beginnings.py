"""Beginnings that many tests share: played once in a process, and copied for each test.

How people join and pair is half of what a test on the stage does. A copy is the same file, the same
Telegram to the last message, and a program that has just been started on them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from bot.playground.telegram import LocalTelegram
from storage.tables import Community
from tests.stage import THURSDAY, ZONE, Stage, StillClock, open_file, served, sqlite_url, staged

T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """What one play came to; `stage` stands where the next one will."""

    stage: object
    file: bytes
    offset: int | None
    world: tuple[StillClock, LocalTelegram, Community]
    made: Any


class Beginning(Generic[T]):
    """A stage with people on it.

    Whichever test comes first plays it for all: nothing may be patched before `again` has begun.

    Args:
        play: brings them there; what it gives knows the stage and its people.
        start: when, at the station.
        zone: the station's.
    """

    def __init__(
        self,
        play: Callable[[Stage], Awaitable[T]],
        start: str = THURSDAY,
        zone: str = ZONE.key,
    ) -> None:
        self._play = play
        self._start = start
        self._zone = zone
        self._kept: Kept | None = None

    @asynccontextmanager
    async def again(self, folder: Path) -> AsyncIterator[T]:
        """It, on a database in this folder."""
        kept = self._kept = self._kept or await self._once()
        url = sqlite_url(folder)
        _file(url).write_bytes(kept.file)
        memo: dict[int, Any] = {}
        clock, telegram, station = deepcopy(kept.world, memo)
        stage = Stage(open_file(url), clock, telegram, ZoneInfo(self._zone))
        stage.station = station
        stage.service.receiver._offset = kept.offset
        memo[id(kept.stage)] = stage
        async with served(stage):
            yield cast("T", deepcopy(kept.made, memo))

    async def _once(self) -> Kept:
        with TemporaryDirectory(prefix="nuanlin-") as name:
            url, nobody = sqlite_url(Path(name)), object()
            async with staged(url, start=self._start, zone=self._zone) as stage:
                made = await self._play(stage)
                # What happened so far is told to nobody; it would speak of this world for ever.
                stage.telegram.world.live.events.clear()
                memo: dict[int, Any] = {id(stage): nobody}
                world = deepcopy((stage.clock, stage.telegram, stage.station), memo)
                offset = stage.service.receiver._offset
                copy = deepcopy(made, memo)
            return Kept(nobody, _file(url).read_bytes(), offset, world, copy)


def _file(url: str) -> Path:
    return Path(url.partition(":///")[2])
