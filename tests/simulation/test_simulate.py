"""A whole history: the same for one seed, whatever fails, and no fault goes unnoticed."""

import gc
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.main import app
from bot.simulation import command, faults, troubles
from bot.simulation.cast import Cast
from bot.simulation.process import Process
from bot.simulation.report import Report
from bot.simulation.run import simulate
from tests.simulation.standin import HAMLET, Judge, People, settle_in

ELDERS = 3
ROOT = Path(__file__).parents[2]


@cache
def played(days: int, seed: int, *, with_faults: bool = False) -> Report:
    return simulate(days, seed, faults=with_faults, elders=ELDERS, cast=HAMLET)


def test_two_days_without_faults_reach_everybody() -> None:
    report = played(2, 1)
    assert report.violations == []
    assert report.red_days["met"] == 2 * ELDERS
    assert report.faults.total() == 0
    assert report.messages >= 2


def test_every_kind_of_fault_strikes_is_met_and_breaks_no_promise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Much more often than they would, and all in four days."""
    for rates in (faults.WIRE, faults.UPDATES, faults.PRESSES, faults.DATABASE):
        for kind in rates:
            monkeypatch.setitem(rates, kind, 8.0)
    for kind in troubles.A_DAY:
        monkeypatch.setitem(troubles.A_DAY, kind, 2.0)
    monkeypatch.setattr(troubles, "LONGEST_OUTAGE", 4 * troubles.HOUR)
    report = simulate(4, 1, faults=True, elders=ELDERS, cast=HAMLET)
    kinds = {*faults.WIRE, *faults.UPDATES, *faults.PRESSES, *faults.DATABASE, *faults.KILLS}
    assert set(report.faults) == {*kinds, *troubles.A_DAY, "blocked"}
    assert report.violations == []


def test_one_seed_is_one_history_in_every_process() -> None:
    """Whatever order Python gives to the members of a set."""
    program = (
        "from tests.simulation.test_simulate import played\n"
        "print(played(3, 2, with_faults=True).trace)"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert played(3, 2, with_faults=True).trace == there.stdout.strip()
    assert played(3, 2, with_faults=True).trace != played(2, 1).trace


def test_nothing_is_left_of_killed_processes() -> None:
    """A greenlet that was cut off is garbage that Python does not see; years would not fit."""
    played(3, 2, with_faults=True)
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, Process)]


def test_what_the_judge_finds_is_told_with_seed_day_and_what_came_before() -> None:
    class Strict(Judge):
        def after_restart(self, now: object) -> None: ...

        def at_the_end(self, now: object) -> None:
            self.violations.append("1 no silent miss: elder 1")

    report = simulate(1, 1, elders=ELDERS, cast=Cast(settle_in, People, Strict))
    assert report.violations == ["seed 1, 2026-01-06 00:15: 1 no silent miss: elder 1"]
    assert report.broken == {"1 no silent miss": 1}
    assert any("callback_query" in event for event in report.before[0])


def test_the_report_for_programs_has_these_fields_and_no_other() -> None:
    assert set(played(2, 1).as_json()) == {
        "days",
        "elders",
        "faults",
        "violations",
        "checks",
        "red_days",
        "coverage",
        "errands",
        "messages",
        "seconds",
        "trace",
    }


def test_the_command_prints_one_json_object_and_ends_well_when_all_is_well() -> None:
    found = CliRunner().invoke(app, ["simulate", "--days", "1", "--elders", "8", "--json"])
    assert found.exit_code == 0
    assert json.loads(found.stdout)["days"] == 1


def test_the_command_ends_with_one_and_tells_what_came_before_when_a_promise_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = Report(1, 7, 8, violations=["seed 7, 2026-01-05: 8 time: late"], before=[["12:00 x"]])
    broken.broken["8 time"] += 1
    monkeypatch.setattr(command, "simulate", lambda *_given, **_options: broken)
    found = CliRunner().invoke(app, ["simulate", "--days", "1"])
    assert found.exit_code == 1
    assert "8 time: late" in found.stdout
    assert "12:00 x" in found.stdout
