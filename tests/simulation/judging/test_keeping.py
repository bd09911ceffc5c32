"""6, 11 and 12: what is gone, what is unsound, what was not noticed."""

import json
from datetime import timedelta

import pytest

from tests.simulation.history import Court

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("table", ["contact", "consent", "red_day", "closed_day"])
def test_6_what_was_there_is_gone(court: Court, table: str) -> None:
    judge = court.judge()
    judge.after_day(*court.over[0])
    court.execute(f"DELETE FROM {table} WHERE rowid=(SELECT MIN(rowid) FROM {table})")
    judge.after_restart(court.over[0][1] + MINUTE)
    assert any("6 nothing unhappens: row" in one for one in judge.violations)


def test_6_what_was_there_long_ago_is_counted(court: Court) -> None:
    judge = court.judge()
    judge.after_day(*court.over[0])
    judge._keeping._seen["consent"].clear()
    court.execute("DELETE FROM consent WHERE id=1")
    court.verdict(judge)
    assert any("6 nothing unhappens: consent had" in one for one in judge.violations)


def test_11_a_schema_that_is_not_the_newest(court: Court) -> None:
    court.execute("UPDATE alembic_version SET version_num='0001'")
    assert "11 sound: the schema is at ['0001']" in court.found()


def test_11_a_reference_to_nobody(court: Court) -> None:
    court.execute("UPDATE consent SET member_id=999999 WHERE id=1")
    assert "11 sound: foreign_key_check" in court.found()


def test_11_a_page_that_is_broken(court: Court) -> None:
    [page] = court.one("SELECT rootpage FROM sqlite_master WHERE name='family_link'")
    [size] = court.one("PRAGMA page_size")
    with court.file.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 200)
    judge = court.judge()
    judge._keeping.judge_file(whole=True)
    assert any("11 sound: integrity_check" in one for one in judge.violations)


def test_12_a_fault_that_nobody_noticed(court: Court) -> None:
    judge = court.judge()
    judge.account_for({"kill": 3, "busy": 1}, {"kill": 2, "busy": 1})
    assert judge.violations == ["12 faults accounted for: kill: 3 injected, 2 seen"]


def test_the_log_is_taken_in_and_not_kept(court: Court) -> None:
    court.verdict()
    assert court.telegram.log == []
    assert court.telegram.world.updates.forgotten == set()


def test_facts_of_the_outbox_are_json(court: Court) -> None:
    """The judge reads the day of a call list from there."""
    [facts] = court.one("SELECT facts FROM outbox WHERE notice='call_list'")
    assert json.loads(facts)["day"]
