"""The second channel of the simulated world: it keeps what it was told."""

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime

from bot.simulation.agenda import Agenda
from bot.simulation.faults import Faults
from bot.simulation.trace import Trace

QUICK, SLOW = 0.2, 2.0


@dataclass(frozen=True)
class Spoken:
    """One message, and when it was taken."""

    at: datetime
    text: str


class Outside:
    """Outlives the process, like whoever reads it.

    Attributes:
        spoken: everything, oldest first.
    """

    def __init__(self, agenda: Agenda, faults: Faults, trace: Trace, seed: int) -> None:
        self.spoken: list[Spoken] = []
        self._agenda = agenda
        self._faults = faults
        self._trace = trace
        self._latency = random.Random(f"outside of {seed}")  # noqa: S311 - one seed, one history

    async def send(self, text: str) -> None:
        """Take a message; the process may be gone before or after it."""
        await asyncio.sleep(self._latency.uniform(QUICK, SLOW))
        await self._faults.wire_point("outside.before")
        self.spoken.append(Spoken(self._agenda.now(), text))
        self._trace.note(f"outside {len(self.spoken)}")
        await self._faults.wire_point("outside.after")
