"""`nuanlin serve`, killed with SIGKILL again and again under load: nothing lost, nothing doubled.

`python -m tests.proof.kill --kills N --seed S` prints one JSON object and ends with 1 when a
promise was broken. Telegram is the local one, served over HTTP by this process; the program is the
real one, in a process of its own with a SQLite file of its own.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.playground.server import serving
from tests.proof.harness import RATE, Harness, Kill
from tests.proof.judge import Verdict, Wrong, judge
from tests.proof.town import Town, build

SERVE = ("-c", "from bot.main import main; main()", "serve")
# Where a kill strikes: during the start, at any time, or in the middle of a call that Telegram has
# carried out and the program will never hear of.
MOMENTS = (
    "start",
    "any",
    "any",
    "confirmed",
    "sendmessage",
    "editmessagetext",
    "answercallbackquery",
)


@dataclass
class Result:
    """What the kills came to."""

    kills: int
    updates: int
    lost: int
    doubled: int
    misled: int
    stuck: int
    seconds: float
    start_seconds: float
    found: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.doubled or self.misled or self.stuck)

    def as_json(self) -> dict[str, Any]:
        """The figures."""
        return {name: value for name, value in asdict(self).items() if name != "found"}


def plan(seed: int, kills: int) -> list[Kill]:
    """Where to strike."""
    chance = random.Random(seed)
    return [
        Kill(chance.choice(MOMENTS), chance.randint(1, 4), chance.uniform(0.05, 0.7))
        for _ in range(kills)
    ]


def actions(town: Town, seed: int) -> list[Callable[[], None]]:
    """What people do, in order; those who want the same errand press one after the other."""
    chance = random.Random(seed + 1)
    groups: list[list[Callable[[], None]]] = [
        [partial(town.claim, offer, person) for person in offer.cards]
        for offer in (*town.alone, *town.contended)
    ]
    groups += [[partial(town.log, worker, elder)] for worker, elder in town.red]
    groups += [[partial(town.ask_help, one)] for one in town.volunteers * (len(town.alone) // 12)]
    chance.shuffle(groups)
    return [one for group in groups for one in group]


async def feed(harness: Harness, doing: list[Callable[[], None]]) -> None:
    """20 updates a second for as long as there is somebody to feed."""
    for act in doing:
        await harness.feeding.wait()
        act()
        await asyncio.sleep(1 / RATE)


async def run(
    folder: Path,
    kills: list[Kill],
    seed: int = 1,
    program: tuple[str, ...] = SERVE,
    progress: Callable[[], None] = lambda: None,
) -> Result:
    """Kill the program at each of the moments, then let it finish, then judge."""
    began = time.monotonic()
    size = 30 + 4 * len(kills)
    town = await build(f"sqlite:///{folder / 'station.db'}", size, 10 + len(kills) // 2)
    town.telegram.faults.set("resent_press", 0.05)
    town.telegram.faults.set("duplicate_update", 0.05)
    town.telegram.faults.random.seed(seed)
    harness = Harness(town, folder, program)
    async with serving(town.telegram) as harness.address:
        feeding = asyncio.create_task(feed(harness, actions(town, seed)))
        try:
            for kill in kills:
                await harness.live_and_die(kill)
                progress()
            left = await harness.last_life()
        finally:
            feeding.cancel()
            if harness.process is not None:
                harness.kill()
                await harness.ended()
    verdict = await judge(town)
    verdict.found += [(Wrong.STUCK, one) for one in left]
    return _result(harness, verdict, len(kills), time.monotonic() - began)


def _result(harness: Harness, verdict: Verdict, kills: int, seconds: float) -> Result:
    starts = sorted(harness.starts)
    return Result(
        kills=kills,
        updates=len(harness.town.updates.forgotten),
        lost=verdict.count(Wrong.LOST),
        doubled=verdict.count(Wrong.DOUBLED),
        misled=verdict.count(Wrong.MISLED),
        stuck=verdict.count(Wrong.STUCK),
        seconds=round(seconds, 1),
        start_seconds=round(starts[len(starts) // 2], 2),
        found=[f"{kind}: {what}" for kind, what in verdict.found],
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.kill")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nuanlin-kill-") as name:
        result = asyncio.run(run(Path(name), plan(given.seed, given.kills), given.seed))
    print(json.dumps(result.as_json()))  # noqa: T201 - the answer
    for one in result.found:
        print(one, file=sys.stderr)  # noqa: T201 - what went wrong
    return 0 if result.sound else 1


if __name__ == "__main__":
    sys.exit(main())
