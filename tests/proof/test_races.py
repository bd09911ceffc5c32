import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.main import app
from bot.proof import races
from tests.proof.races import careless


def test_eight_processes_claim_the_same_300_errands_and_each_has_one_owner(
    database_url: str,
) -> None:
    result = races.run(database_url, claims=8 * 300, processes=8)

    assert result.errors == ()
    assert (result.claims, result.won, result.double, result.lost) == (2400, 300, 0, 0)


def test_a_long_race_goes_in_rounds_and_is_told_as_one(database_url: str) -> None:
    result = races.run(database_url, claims=2 * 25, processes=2, most=10)
    assert (result.claims, result.won, result.double, result.lost) == (50, 25, 0, 0)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_race_that_is_killed_leaves_nobody_running(tmp_path: Path) -> None:
    run = f"""
import asyncio
from pathlib import Path
from bot.proof import races
from tests.proof.races import endless
on = asyncio.run(races.prepare("sqlite:///{tmp_path}/race.db", 2, 1))
races.race(on, way=endless)
"""
    race = subprocess.Popen([sys.executable, "-c", run])
    try:
        until = time.monotonic() + 60
        while len(found := list(tmp_path.glob("*.racer"))) < 2 and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        race.kill()
        race.wait()
    racers = [int(one.stem) for one in found]
    assert len(racers) == 2
    until = time.monotonic() + 30
    while any(map(_is_running, racers)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(map(_is_running, racers))


def test_reading_before_writing_is_caught_giving_one_errand_to_several(database_url: str) -> None:
    on = asyncio.run(races.prepare(database_url, 4, 10))

    result = races.race(on, way=careless)

    assert not result.sound
    assert result.double == 10


def test_a_winner_who_is_not_the_owner_and_a_loser_who_was_not_told_are_counted(
    tmp_path: Path,
) -> None:
    on = asyncio.run(races.prepare(f"sqlite:///{tmp_path / 'race.db'}", 2, 2))
    one, other = on.errands
    told = [races.Told(on.racers[0], won=[one]), races.Told(on.racers[1], taken=1)]

    result = asyncio.run(races.judge(on, told, 1.0))

    # Nobody owns either errand, and two of the four tries were never answered.
    assert (result.double, result.lost) == (0, 4)
    assert other not in told[0].won
    assert result.as_json() == {"claims": 4, "won": 1, "double": 0, "lost": 4, "seconds": 1.0}


@pytest.mark.parametrize("racers", [[1, 2]])
def test_two_who_were_both_told_yours_are_a_double(tmp_path: Path, racers: list[int]) -> None:
    on = asyncio.run(races.prepare(f"sqlite:///{tmp_path / 'race.db'}", 2, 1))
    told = [races.Told(racer, won=list(on.errands)) for racer in on.racers]

    assert asyncio.run(races.judge(on, told, 1.0)).double == 1


def test_the_command_prints_the_figures_of_a_race_of_its_own() -> None:
    run = ["proof", "races", "--claims", "8", "--processes", "2", "--json"]
    result = CliRunner().invoke(app, run)
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert list(figures) == ["claims", "won", "double", "lost", "seconds"]
    assert (figures["claims"], figures["won"], figures["double"], figures["lost"]) == (8, 4, 0, 0)


def test_a_database_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'station.db'}"
    asyncio.run(races.prepare(url, 1, 1))
    result = CliRunner().invoke(app, ["proof", "races", "--claims", "2", "--database", url])
    assert result.exit_code != 0
    assert "empty" in str(result.exception)
