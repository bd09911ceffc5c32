"""A day on which chat reaches nobody of the station, in the simulated world."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

import scheduler.jobs
from bot.simulation.cast import everybody
from bot.simulation.outside import Spoken
from bot.simulation.people import People
from bot.simulation.run import FIRST_DAY, simulate
from care.access import Role
from care.days import moment

DAYS, SEED, ELDERS = 3, 3, 16
FROM, UNTIL = time(7), time(23, 50)


class Gone(People):
    """All staff block the bot on the second day, from before the call list until late."""

    def begin(self) -> None:
        super().begin()
        day, zone = FIRST_DAY + timedelta(days=1), self.town.zone
        self.agenda.at(moment(day, FROM, zone), self.go)
        self.agenda.at(moment(day, UNTIL, zone), self.come_back)

    def go(self) -> None:
        for actor in self.town.of(Role.SUPERVISOR, Role.SOCIAL_WORKER, Role.VOLUNTEER):
            self.telegram.phones.block(actor.person)

    def come_back(self) -> None:
        for actor in self.town.of(Role.SUPERVISOR, Role.SOCIAL_WORKER, Role.VOLUNTEER):
            self.telegram.phones.unblock(actor.person)


def play(patch: pytest.MonkeyPatch, *, used: bool) -> tuple[Sequence[Spoken], list[str]]:
    """What the second channel was told, and what the judge has to say of the ninth invariant."""
    cast, told = everybody(), list[Sequence[Spoken]]()

    def watched(*args: Any, **more: Any) -> Any:
        told.append(more["spoken"])
        return cast.judge(*args, **more)

    if not used:
        jobs = tuple(one for one in scheduler.jobs.JOBS if one.name != "second_channel")
        patch.setattr("scheduler.jobs.JOBS", jobs)
    report = simulate(DAYS, SEED, elders=ELDERS, cast=replace(cast, people=Gone, judge=watched))
    return told[0], [one for one in report.violations if ": 9 " in one]


def test_when_all_staff_are_gone_the_second_channel_is_told_and_the_judge_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoken, violations = play(monkeypatch, used=True)
    assert len(spoken) >= 7, "from 17:00 until midnight, every hour"
    assert all("今天没联系上的老人" in one.text for one in spoken[:7])
    assert violations == []


def test_a_second_channel_that_is_never_used_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken, violations = play(monkeypatch, used=False)
    assert not spoken
    assert any("the second channel was not used" in one for one in violations)
