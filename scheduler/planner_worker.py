"""The planner in a process of its own: a week keeps a processor busy, and the event loop must not.

The process is started with the first week, answers one week after another, and ends with the
`Planner`, or by itself when its input ends. A process of its own instead of a pool: it imports the
rules and the solver and nothing of the bot, and it can be ended in the middle of a week.
"""

import asyncio
import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import BinaryIO, Self

from care.planning import Problem
from care.plans import Plan

PATIENCE = 60.0
LENGTH = 8


class NotPlanned(Exception):
    """The week was not planned; carries what happened. The next one is planned by a new process."""


class TookTooLong(NotPlanned):
    """Not within the patience there is."""


class Here:
    """Plans weeks where it is asked to: for whoever has no loop that must not wait."""

    def __init__(self, *, quick: bool = False) -> None:
        """`quick` covers as much in less time, and in less comfort."""
        self._quick = quick

    async def plan(self, problem: Problem) -> Plan:
        """The week's plan (`scheduler.planner.solve`).

        Raises:
            NotPlanned: the solver gave up.
        """
        from scheduler.plan_solver import NoPlan  # noqa: PLC0415 - only who plans here pays for it
        from scheduler.planner import solve  # noqa: PLC0415 - likewise

        try:
            return solve(problem, quick=self._quick)
        except NoPlan as error:
            raise NotPlanned(str(error)) from None


class Planner:
    """Plans weeks in one worker process; `async with` ends it cleanly."""

    def __init__(self, patience: float = PATIENCE) -> None:
        """`patience` is how many seconds the best plan of a week may take."""
        self._patience = patience
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def process_id(self) -> int | None:
        """The worker's, while there is one."""
        return None if self._process is None else self._process.pid

    async def plan(self, problem: Problem) -> Plan:
        """The week's plan (`scheduler.planner.solve`); weeks asked for together wait in turn.

        Where the best one takes too long, it is one that covers as much, in less comfort.

        Raises:
            NotPlanned: the solver gave up, the worker died, or even that took too long.
        """
        async with self._turn:
            try:
                return await self._within(problem)
            except TookTooLong:
                return await self._within(problem, quick=True)

    async def _within(self, problem: Problem, *, quick: bool = False) -> Plan:
        """One week, as long as there is patience."""
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._ask(problem, quick=quick)
        except TimeoutError:  # which is an OSError too
            await self._end()
            raise TookTooLong(f"not done after {self._patience:.0f} s") from None
        except (OSError, EOFError) as error:
            ended = await self._end()
            raise NotPlanned(f"the worker ended ({ended})") from error
        except asyncio.CancelledError:
            await self._end()  # or its answer would be taken for that of the next week
            raise
        if not isinstance(answer, Plan):
            raise NotPlanned(str(answer))
        return answer

    async def close(self) -> None:
        """End the worker, after the week it is at."""
        async with self._turn:
            await self._end()

    async def _ask(self, problem: Problem, *, quick: bool) -> object:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "scheduler.planner_worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        to, back = self._process.stdin, self._process.stdout
        assert to is not None  # noqa: S101 - it was asked for
        assert back is not None  # noqa: S101 - likewise
        to.write(_packed((problem, quick)))
        await to.drain()
        length = int.from_bytes(await back.readexactly(LENGTH))
        return pickle.loads(await back.readexactly(length))  # noqa: S301 - our own child wrote it

    async def _end(self) -> int | None:
        """End the worker wherever it is; its exit status, negative for a signal."""
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(ProcessLookupError):
            process.kill()
        # Nobody may be left waiting for a pipe that is full.
        await process.communicate()
        return process.returncode


def _packed(thing: object) -> bytes:
    content = pickle.dumps(thing)
    return len(content).to_bytes(LENGTH) + content


def _answer(problem: Problem, quick: bool) -> Plan | str:
    """The plan, or in words why there is none."""
    from scheduler.planner import solve  # noqa: PLC0415 - only the worker pays for it

    try:
        return solve(problem, quick=quick)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other side must hear it
        return f"{type(error).__name__}: {error}"


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer problems until there are no more."""
    while length := asked.read(LENGTH):
        problem, quick = pickle.loads(asked.read(int.from_bytes(length)))  # noqa: S301 - our own parent
        answered.write(_packed(_answer(problem, quick)))
        answered.flush()


def main() -> None:
    """The worker. What the solver's library prints must not get between the answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answered = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    serve(sys.stdin.buffer, answered)


if __name__ == "__main__":
    main()
