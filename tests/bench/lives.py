"""Measured from outside: the program in a process of its own, Telegram in this one."""

import asyncio
import os
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo.seed import seed
from bot.playground.limits import Limits
from bot.playground.params import Upload
from bot.playground.presses import Press
from bot.playground.server import serving
from bot.playground.telegram import Answer, LocalTelegram
from care.notices import Notice, Priority
from storage import communities, outbox
from storage.engine import Database
from storage.outbox import To
from tests.proof.harness import Harness
from tests.proof.kill import SERVE
from tests.proof.town import START, Offer, Town, build

UNPACED = ("-m", "tests.bench.unpaced", "serve")
BASELINE = ("-m", "tests.bench.baseline")
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 180.0
SILENCE = 10.0
RATE = 30.0


@asynccontextmanager
async def living(town: Town, folder: Path, program: tuple[str, ...]) -> AsyncIterator[Harness]:
    """The program, polling, for as long as the block lasts."""
    harness = Harness(town, folder, program)
    async with serving(town.telegram) as harness.address:
        harness.start()
        try:
            await harness.until_polling()
            yield harness
        finally:
            if harness.process is not None:
                harness.kill()
                await harness.ended()


def cpu_seconds(harness: Harness) -> float:
    """What the program has used of the processor so far."""
    assert harness.process is not None
    fields = Path(f"/proc/{harness.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(harness: Harness) -> float:
    """What the program holds in memory now."""
    assert harness.process is not None
    lines = Path(f"/proc/{harness.process.pid}/status").read_text().splitlines()
    [resident] = [line.split()[1] for line in lines if line.startswith("VmRSS")]
    return int(resident) / 1024


async def until(done: Callable[[], bool]) -> None:
    """Wait for something that this process sees happen.

    Raises:
        TimeoutError: it did not.
    """
    async with asyncio.timeout(PATIENCE):
        while not done():  # noqa: ASYNC110 - a look every few milliseconds disturbs nothing
            await asyncio.sleep(0.005)


@dataclass(frozen=True)
class Claimed:
    """What many claims at once came to.

    Attributes:
        missing: answers, edited cards, and messages that never came.
    """

    rate: float
    cpu_ms: float
    missing: int


async def claims(program: tuple[str, ...], count: int) -> Claimed:
    """Many claims pressed at once.

    A claim is over when it is answered, its card is edited, and two people have their message. A
    program that gives some of that up is done when it has been silent for a while.
    """
    wanted = {"answercallbackquery": count, "editmessagetext": count, "sendmessage": 2 * count}
    with tempfile.TemporaryDirectory(prefix="nuanlin-bench-") as name:
        town = await build(f"sqlite:///{name}/station.db", count, 0)
        done = Counter[str]()
        last = 0.0

        def over() -> bool:
            nonlocal last
            now = time.perf_counter()
            seen = [call.method.lower() for call in town.telegram.log if call.done]
            town.telegram.log.clear()
            done.update(seen)
            last = now if wanted.keys() & set(seen) else last
            return all(done[one] >= wanted[one] for one in wanted) or now - last > SILENCE

        async with living(town, Path(name), program) as harness:
            await asyncio.sleep(1)
            over()
            done.clear()
            used, began = cpu_seconds(harness), time.perf_counter()
            last = began
            for offer in town.alone:
                town.claim(offer, next(iter(offer.cards)))
            await until(over)
            used = cpu_seconds(harness) - used
    missing = sum(max(0, wanted[one] - done[one]) for one in wanted)
    return Claimed(count / (last - began), used * 1000 / count, missing)


async def first_answer() -> tuple[float, float]:
    """Seconds from the start of the process to its first answer; MB with the demo community."""
    with tempfile.TemporaryDirectory(prefix="nuanlin-bench-") as name:
        town = await build(f"sqlite:///{name}/station.db", 0, 0)
        database = Database(town.url)
        await seed(database, START)
        await database.close()
        town.ask_help(town.volunteers[0])
        began = time.perf_counter()
        async with living(town, Path(name), SERVE) as harness:
            await until(lambda: any(c.method == "sendMessage" for c in town.telegram.log))
            seconds = time.perf_counter() - began
            await asyncio.sleep(3)
            return seconds, memory_mb(harness)


@dataclass(frozen=True)
class Broadcast:
    """A morning's broadcast with taps meanwhile."""

    share: float
    refused: int
    answer_ms: float
    edit_ms: float


async def broadcast(messages: int = 600) -> Broadcast:
    """600 messages to 600 chats at Telegram's limits; two taps a second meanwhile."""
    with tempfile.TemporaryDirectory(prefix="nuanlin-bench-") as name:
        town = await build(f"sqlite:///{name}/station.db", 45, 0)
        await _owe(town, messages)
        town.telegram.world.limits = Limits()
        watch = Watch(town.telegram, messages)
        async with living(town, Path(name), SERVE):
            for offer in town.alone:
                await asyncio.sleep(0.5)
                person = next(iter(offer.cards))
                town.claim(offer, person)
                watch.pressed(*town.pressed[-1])
            await until(lambda: watch.broadcast >= messages)
            await asyncio.sleep(1)
        return watch.result()


async def _owe(town: Town, messages: int) -> None:
    database = Database(town.url)
    async with database.write() as tx:
        [station] = await communities.every(tx)
        for number in range(messages):
            person = town.telegram.add_person(f"居民{number + 1}")
            person.started = True
            await outbox.post(
                tx,
                START,
                To(person.id, None, station.id),
                Notice.HELP,
                {"language": "zh_CN"},
                priority=Priority.BROADCAST,
            )
    await database.close()


class Watch:
    """Takes the time of every call that matters."""

    def __init__(self, telegram: LocalTelegram, messages: int) -> None:
        self.broadcast = 0
        self.last = 0
        self.refused = 0
        self.sent: list[float] = []
        self.cards: dict[tuple[int, int], float] = {}
        self.presses: dict[str, float] = {}
        self.answers: list[float] = []
        self.edits: list[float] = []
        # Those who only get the broadcast joined last.
        self._first = max(telegram.people) - messages
        carried_out = telegram.call

        async def call(
            token: str,
            method: str,
            params: Mapping[str, Any],
            files: Mapping[str, Upload] | None = None,
        ) -> Answer:
            answer = await carried_out(token, method, params, files)
            self._saw(method.lower(), params, answer)
            return answer

        telegram.call = call  # type: ignore[method-assign]

    def pressed(self, press: Press, offer: Offer) -> None:
        """From now an answer is awaited, and the card has to change."""
        now = time.perf_counter()
        self.presses |= dict.fromkeys(press.ids, now)
        self.cards[press.person, offer.cards[press.person]] = now

    def _saw(self, method: str, params: Mapping[str, Any], answer: Answer) -> None:
        at = time.perf_counter()
        self.refused += answer[0] == 429
        if answer[0] != 200:
            return
        if method in {"sendmessage", "editmessagetext"}:
            self.sent.append(at)
        if method == "sendmessage" and int(params["chat_id"]) > self._first:
            self.broadcast += 1
            self.last = len(self.sent)
        if method == "answercallbackquery":
            self.answers.append((at - self.presses[params["callback_query_id"]]) * 1000)
        if method == "editmessagetext":
            began = self.cards.pop((int(params["chat_id"]), int(params["message_id"])), None)
            if began is not None:
                self.edits.append((at - began) * 1000)

    def result(self) -> Broadcast:
        """The figures."""
        seconds = self.sent[self.last - 1] - self.sent[0]
        return Broadcast(
            share=(self.last - 1) / seconds / RATE,
            refused=self.refused,
            answer_ms=slowest(self.answers),
            edit_ms=slowest(self.edits),
        )


def slowest(values: list[float]) -> float:
    """The 99th percentile."""
    return sorted(values)[int(len(values) * 0.99)] if values else float("nan")
