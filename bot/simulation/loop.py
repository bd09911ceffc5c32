"""An event loop in virtual time: waiting costs nothing, and a kill leaves everything as it lies."""

import asyncio
import selectors
from asyncio.events import Handle
from collections import deque
from collections.abc import Callable
from typing import Any

from bot.simulation.agenda import Agenda

# Floats grow coarser with the years; with the usual resolution of a nanosecond a timer that is due
# would never be found due after 2^24 seconds, and the loop would spin.
RESOLUTION = 1e-5


class Gone(KeyboardInterrupt):
    """The process is gone. Of this kind, because asyncio lets nothing else through at once."""


class Deadlock(RuntimeError):
    """Nothing is ready, nobody waits for a time, and nobody has any plans."""


class _Selector(selectors.SelectSelector):
    """Waits by letting virtual time pass."""

    def __init__(self, loop: "VirtualLoop", agenda: Agenda) -> None:
        super().__init__()
        self._loop = loop
        self._agenda = agenda

    def select(self, timeout: float | None = None) -> list[Any]:
        """Go on to the wake-up, or to the first plan of somebody that makes something ready."""
        agenda, ready = self._agenda, self._loop.ready
        until = None if timeout is None else agenda.seconds + timeout
        while not ready:
            if until is None:
                if agenda.next is None:
                    raise Deadlock
                agenda.step(agenda.next)
            elif not agenda.step(until):
                break
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop of one process; its time is the agenda's."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        super().__init__(_Selector(self, agenda))
        self._clock_resolution = RESOLUTION

    @property
    def ready(self) -> "deque[Handle]":
        """What can run now."""
        found: deque[Handle] = self._ready  # type: ignore[attr-defined] # asyncio's own
        return found

    def time(self) -> float:
        """Virtual seconds."""
        return self._agenda.seconds

    def run_in_executor(  # type: ignore[override]
        self, _executor: object, func: Callable[..., Any], *args: Any
    ) -> "asyncio.Future[Any]":
        """Do it at once: a thread would take real time."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the caller
            done.set_exception(error)
        return done

    def strike(self, error: BaseException) -> None:
        """Raise `error` out of the loop before anything else runs."""

        def raised() -> None:
            raise error

        self.ready.appendleft(Handle(raised, (), self))
