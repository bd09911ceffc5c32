"""Troubles are met by whoever is there; where nobody is, nobody can be blamed."""

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.simulation.agenda import Agenda
from bot.simulation.faults import Account, Faults
from bot.simulation.trace import Trace
from bot.simulation.troubles import HOUR, Troubles


@pytest.mark.parametrize(
    ("down", "unseen"),
    [
        # The program is gone all the time; comes back in the middle; is there, and never looks.
        ((-HOUR, 9 * HOUR), {}),
        ((-HOUR, 60.0), {"clock": 1}),
        ((-HOUR, -1.0), {"clock": 1}),
    ],
)
def test_a_clock_that_is_wrong_while_the_program_is_gone_is_not_met_by_it(
    down: tuple[float, float], unseen: dict[str, int]
) -> None:
    agenda = Agenda(datetime(2026, 2, 3, tzinfo=UTC), 1, ZoneInfo("UTC"))
    chance = random.Random(1)
    nobody: Any = None
    faults = Faults(Account(Trace(agenda)), chance)
    troubles = Troubles(agenda, nobody, nobody, faults, 24 * HOUR, chance)
    troubles.down_since, troubles.down_until = down
    troubles._set_clock()
    agenda.step(8 * HOUR)
    assert troubles.offset == 0.0
    assert faults.account.unseen == Counter(unseen)
