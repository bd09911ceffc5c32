"""The program under test in a process of its own, and whoever kills it."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.playground.params import Upload
from bot.playground.telegram import Answer, LocalTelegram
from tests.proof.town import START, Town

ROOT = Path(__file__).parents[2]
RATE = 20.0
PATIENCE = 60.0


@dataclass(frozen=True)
class Kill:
    """One kill: where, and after how many calls or seconds."""

    moment: str
    calls: int = 1
    seconds: float = 0.0


class Harness:
    """The program under test, and whoever kills it."""

    def __init__(self, town: Town, folder: Path, program: tuple[str, ...]) -> None:
        self.town = town
        self.folder = folder
        self.program = program
        self.address = ""
        self.began = time.monotonic()
        self.starts: list[float] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.polled = asyncio.Event()
        self.feeding = asyncio.Event()
        self._strike: Kill | None = None
        self._left = 0
        self._confirmed = 0
        self._watch(town.telegram)

    def _watch(self, telegram: LocalTelegram) -> None:
        """See every call, once it is carried out and before its answer leaves."""
        carried_out = telegram.call

        async def call(
            token: str,
            method: str,
            params: Mapping[str, Any],
            files: Mapping[str, Upload] | None = None,
        ) -> Answer:
            name = method.lower()
            if name == "getupdates":
                self.polled.set()
            answer = await carried_out(token, method, params, files)
            if name != "getupdates":
                self._saw(name)
            return answer

        telegram.call = call  # type: ignore[method-assign]
        confirm = self.town.updates.confirm

        def confirming(offset: int) -> None:
            before = len(self.town.updates.forgotten)
            confirm(offset)
            if len(self.town.updates.forgotten) > before:
                self._saw("confirmed")

        self.town.updates.confirm = confirming  # type: ignore[method-assign]

    def _saw(self, moment: str) -> None:
        if self._strike is None or moment != self._strike.moment:
            return
        self._left -= 1
        if self._left <= 0:
            self.kill()

    def start(self) -> None:
        """Start the program; its clock goes on where it stopped."""
        now = START + timedelta(seconds=time.monotonic() - self.began)
        self.polled.clear()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program],
                # A folder without an .env of somebody's own.
                cwd=self.folder,
                env={
                    **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                    "PYTHONPATH": str(ROOT),
                    "NUANLIN_TELEGRAM_URL": self.address,
                    "NUANLIN_TOKEN": self.town.telegram.token,
                    "NUANLIN_DATABASE_URL": self.town.url,
                    "NUANLIN_CLOCK": f"{now.isoformat()} x1",
                    "NUANLIN_LOG_LEVEL": "WARNING",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL, this very moment."""
        self._strike = None
        if self.process is not None:
            self.process.kill()

    async def ended(self) -> int:
        """Wait for the process to be gone."""
        assert self.process is not None
        code = await asyncio.to_thread(self.process.wait)
        self.process = None
        return code

    async def until_polling(self) -> None:
        """Wait for the first poll.

        Raises:
            RuntimeError: the program ended by itself, or never polled.
        """
        since = time.monotonic()
        while not self.polled.is_set():
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"the program ended by itself:\n{self.log()}")
            if time.monotonic() - since > PATIENCE:
                raise RuntimeError(f"the program never polled:\n{self.log()}")
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self.polled.wait()
        self.starts.append(time.monotonic() - since)

    def log(self) -> str:
        """The end of what the program wrote."""
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    async def live_and_die(self, kill: Kill) -> None:
        """One life of the program."""
        self.start()
        if kill.moment == "start":
            await asyncio.sleep(kill.seconds)
            self.kill()
            await self.ended()
            return
        await self.until_polling()
        self._strike, self._left = kill, kill.calls
        self.feeding.set()
        ended = asyncio.create_task(self.ended())
        patience = kill.seconds if kill.moment == "any" else 1.0
        await asyncio.wait({ended}, timeout=patience)
        self.kill()
        await ended
        # A few presses reach Telegram while nobody is there to take them.
        await asyncio.sleep(2 / RATE)
        self.feeding.clear()

    async def last_life(self) -> list[str]:
        """Start once more, and wait until nothing is left to do; what is left at the deadline."""
        self.start()
        await self.until_polling()
        self.feeding.set()
        await asyncio.sleep(20 / RATE)
        self.feeding.clear()
        deadline = time.monotonic() + PATIENCE + len(self.town.telegram.log) / 20
        while (left := self.left()) and time.monotonic() < deadline:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.25)
        assert self.process is not None
        self.process.terminate()
        code = await self.ended()
        return [*left, *([f"ended with {code} when told to stop:\n{self.log()}"] if code else [])]

    def left(self) -> list[str]:
        """What still waits, at Telegram or in the records."""
        file = self.town.url.partition(":///")[2]
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)
        try:
            waiting = {
                name: connection.execute(f"SELECT count(*) FROM {name} WHERE {which}").fetchone()[0]
                for name, which in (
                    ("inbox", "state = 'waiting'"),
                    ("outbox", "state IN ('waiting', 'sending')"),
                )
            }
        finally:
            connection.close()
        waiting["Telegram"] = len(self.town.updates.pending)
        return [f"{count} wait in {name}" for name, count in waiting.items() if count]
