"""Many processes claim the same errands at the same time: each errand gets exactly one owner.

`nuanlin proof races --claims N --processes P` makes the tables in an empty database, has P
processes try N claims together, and judges by what they were told and what is in the records.

    claims   how often somebody tried
    won      how often somebody was told "it is yours"
    double   errands that more than one was told is theirs, or that were claimed more than once
    lost     errands without an owner, or whose owner is not the one who was told so; losers who
             were not told "taken"; and tries that ended in an error
"""

import asyncio
import multiprocessing
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.context import BaseContext, ForkServerContext
from multiprocessing.synchronize import Barrier
from threading import Thread
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.elders import ElderFacts
from care.errand_offers import Circle
from care.errands import Kind, State, Step
from care.joining import Standing
from care.refusals import Taken
from storage import communities, elders, errands, members
from storage.engine import Database, parse_url
from storage.migrate import migrate
from storage.tables import Errand, ErrandOffer, ErrandStep

NOW = datetime(2026, 4, 9, 2, 0, tzinfo=UTC)
LONGEST_WAIT = 300.0
ERRANDS_A_ROUND = 12_500


@dataclass(frozen=True)
class Field:
    """Who races for what."""

    url: str
    community: int
    racers: list[int]
    errands: list[int]


@dataclass
class Told:
    """What one racer was told: the errands they won, and how the other tries ended."""

    racer: int
    won: list[int] = field(default_factory=list)
    taken: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """What the race came to."""

    claims: int
    won: int
    double: int
    lost: int
    seconds: float
    errors: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether every errand has one owner and everybody was told the truth."""
        return not (self.double or self.lost)

    def as_json(self) -> dict[str, Any]:
        """The figures."""
        names = ("claims", "won", "double", "lost", "seconds")
        return {name: getattr(self, name) for name in names}


@asynccontextmanager
async def _closed(database: Database) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await database.close()


async def is_used(url: str) -> bool:
    """Whether a database has a community in it already."""
    await migrate(parse_url(url))
    database = Database(url)
    async with _closed(database), database.read() as tx:
        return bool(await communities.every(tx))


async def prepare(url: str, racers: int, count: int) -> Field:
    """Tables, one more community, its volunteers, and open errands."""
    await migrate(parse_url(url))
    database = Database(url)
    async with _closed(database), database.write() as tx:
        name = f"Races {len(await communities.every(tx)) + 1}"
        station = await communities.create(tx, NOW, name, "Asia/Shanghai", "zh_CN")
        # Nobody races for three errands; how many one may have in hand is not what is proved here.
        station.settings = {"errands_at_once": count + 1}
        elder = await elders.add(tx, NOW, station.id, ElderFacts(name="Elder"))
        volunteers = [await _volunteer(tx, station.id, number) for number in range(racers)]
        asked = [
            Errand(
                community_id=station.id,
                elder_id=elder.id,
                kind=Kind.GROCERIES,
                what="rice",
                by_when=NOW + timedelta(days=1),
                asked_by=volunteers[0],
                asked_at=NOW,
                state=State.OPEN,
                opened_at=NOW,
            )
            for _ in range(count)
        ]
        tx.add_all(asked)
        await tx.flush()
        tx.add_all(_offered(one) for one in asked)
        return Field(url, station.id, volunteers, [one.id for one in asked])


def _offered(errand: Errand) -> ErrandOffer:
    """Everybody has been asked."""
    return ErrandOffer(
        community_id=errand.community_id,
        errand_id=errand.id,
        turn_number=errand.turn_number,
        circle=Circle.GROUP,
        offered_at=NOW,
    )


async def _volunteer(tx: AsyncSession, community: int, number: int) -> int:
    member = await members.create(
        tx,
        NOW,
        community,
        f"Volunteer {number + 1}",
        frozenset({Role.VOLUNTEER}),
        standing=Standing.ACTIVE,
    )
    return member.id


async def guarded(on: Field, racer: int, start: Barrier, seed: int) -> Told:
    """Claim every errand in an order of one's own, the way the program does it."""
    told = Told(racer)
    viewer = Viewer(racer, on.community, frozenset({Role.VOLUNTEER}))
    chance = random.Random(seed * 1000 + racer)  # noqa: S311 - the same race again, no secret
    order = chance.sample(on.errands, len(on.errands))
    # Every second racer takes the same order, or they would hardly ever meet at one errand.
    order = on.errands if racer % 2 else order
    database = Database(on.url)
    async with database.read() as tx:
        await communities.every(tx)
    start.wait(LONGEST_WAIT)
    for errand in order:
        try:
            async with database.write() as tx:
                await errands.claim(tx, NOW, viewer, errand)
            told.won.append(errand)
        except Taken:
            told.taken += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the try was lost
            told.errors.append(repr(error)[:300])
    await database.close()
    return told


Way = Callable[[Field, int, Barrier, int], Awaitable[Told]]


async def _run(way: Way, on: Field, racer: int, start: Barrier, seed: int) -> Told:
    return await way(on, racer, start, seed)


def _go_with_the_parent() -> None:
    """A race that was killed leaves nobody running behind it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _race(on: Field, racer: int, way: Way, start: Barrier, seed: int, answers: Any) -> None:
    Thread(target=_go_with_the_parent, daemon=True).start()
    try:
        answers.put(asyncio.run(_run(way, on, racer, start, seed)))
    except Exception as error:  # noqa: BLE001 - the judge counts it
        start.abort()
        answers.put(Told(racer, errors=[repr(error)[:300]]))


def context() -> BaseContext:
    """Processes that share one import of the program and nothing else."""
    found = multiprocessing.get_context("forkserver")
    if not isinstance(found, ForkServerContext):  # pragma: no cover - there is no other of the name
        raise TypeError
    found.set_forkserver_preload(["bot.proof.races"])
    return found


def race(on: Field, way: Way = guarded, seed: int = 1) -> Result:
    """Let everybody run, then judge by what they were told and what is in the records."""
    ctx = context()
    start, answers = ctx.Barrier(len(on.racers) + (way is guarded)), ctx.Queue()
    processes = [
        ctx.Process(target=_race, args=(on, racer, way, start, seed, answers))  # type: ignore[attr-defined]
        for racer in on.racers
    ]
    for process in processes:
        process.start()
    if way is guarded:
        start.wait(LONGEST_WAIT)
    began = time.perf_counter()
    told = [answers.get() for _ in processes]
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    answers.close()
    return asyncio.run(judge(on, told, seconds))


async def judge(on: Field, told: list[Told], seconds: float) -> Result:
    """Hold what the racers were told against what is in the records."""
    database = Database(on.url)
    async with _closed(database), database.read() as tx:
        mine = Errand.community_id == on.community
        owners = dict((await tx.execute(select(Errand.id, Errand.claimed_by).where(mine))).all())
        steps = select(ErrandStep.errand_id).where(
            ErrandStep.step == Step.CLAIM, ErrandStep.community_id == on.community
        )
        claimed = Counter(await tx.scalars(steps))
    winners = {(errand, one.racer) for one in told for errand in one.won}
    wins = Counter(errand for errand, _ in winners)
    errors = [error for one in told for error in one.errors]
    claims = len(on.errands) * len(on.racers)
    taken = sum(one.taken for one in told)
    double = sum(wins[one] > 1 or claimed[one] > 1 for one in on.errands)
    unowned = sum((one, owners[one]) not in winners for one in on.errands)
    untold = max(0, claims - len(winners) - taken)
    lost = unowned + max(untold, len(errors))
    return Result(claims, len(winners), double, lost, round(seconds, 2), tuple(errors))


def run(
    url: str, claims: int, processes: int, seed: int = 1, most: int = ERRANDS_A_ROUND
) -> Result:
    """Race in an empty database, in rounds of `most` errands and with new people in each.

    Nobody has thousands of errands in hand; counting them would be most of a long race.
    """
    left = max(1, claims // processes)
    rounds: list[Result] = []
    while left:
        on = asyncio.run(prepare(url, processes, min(left, most)))
        rounds.append(race(on, seed=seed + len(rounds)))
        left -= len(on.errands)
    return _summed(rounds)


def _summed(rounds: Sequence[Result]) -> Result:
    return Result(
        sum(one.claims for one in rounds),
        sum(one.won for one in rounds),
        sum(one.double for one in rounds),
        sum(one.lost for one in rounds),
        round(sum(one.seconds for one in rounds), 2),
        tuple(error for one in rounds for error in one.errors),
    )


@contextmanager
def empty_database(url: str | None) -> Iterator[str]:
    """The database that was named, or a SQLite file that is gone afterwards."""
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="nuanlin-races-") as folder:
        yield f"sqlite:///{folder}/races.db"
