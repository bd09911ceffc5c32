"""1 and 8: days without an end or with a wrong one, and what came late."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.simulation.judge import Judge
from bot.simulation.judging.bench import Calm, stored
from bot.simulation.troubles import Trouble
from care.access import Role
from tests.simulation.history import Court

MINUTE = timedelta(minutes=1)


def test_1_a_red_elder_whose_day_has_no_row(court: Court) -> None:
    elder, day = court.red_day()
    court.execute("DELETE FROM red_day WHERE elder_id=? AND day=?", elder, day)
    assert f"1 no silent miss: elder {elder} was red on {day}, and the day has no end" in (
        court.found()
    )


@pytest.mark.parametrize("state", ["excused", "missed"])
def test_1_a_day_with_a_contact_is_written_down_as_something_else(court: Court, state: str) -> None:
    elder, day = court.red_day()
    court.execute("UPDATE red_day SET state=? WHERE elder_id=? AND day=?", state, elder, day)
    assert f"1 no silent miss: elder {elder} on {day} is written down as {state}" in court.found()


def test_1_met_without_a_contact(court: Court) -> None:
    elder, day = court.red_day()
    court.execute("UPDATE contact SET outcome='no_answer' WHERE elder_id=? AND day=?", elder, day)
    assert f"elder {elder} on {day} is written down as met" in court.found()


def test_1_excused_without_a_pause_that_covers_the_end_of_the_day(court: Court) -> None:
    elder, day = court.miss()
    court.execute("UPDATE red_day SET state='excused' WHERE elder_id=? AND day=?", elder, day)
    assert "is written down as excused" in court.found()


def test_1_missed_and_nobody_was_told(court: Court) -> None:
    elder, day = court.miss()
    assert f"elder {elder} was missed on {day}, and nobody was told" in court.found()


@pytest.mark.parametrize("arrived", [True, False])
def test_1_told_counts_only_if_it_really_arrived(court: Court, *, arrived: bool) -> None:
    elder, day = court.miss()
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    closed_at = court.one("SELECT closed_at FROM closed_day WHERE day=?", day)[0]
    court.execute(
        "INSERT INTO told (community_id, elder_id, day, step, member_id, key, letter, at)"
        " VALUES (?, ?, ?, 'raise', ?, 'k', 'k', ?)",
        court.town.station, elder, day, boss.member, closed_at,
    )  # fmt: skip
    name = court.town.neighbours[elder].name
    others = [call for call in court.telegram.log if name not in str(call.params.get("text"))]
    court.telegram.log = others
    if arrived:
        court.say(boss.person.id, f"{name} 今天没有联系上")
        at = next(now for one, now in court.over if str(one) == day) - 20 * MINUTE
        court.telegram.log[-1] = replace(court.telegram.log[-1], at=at)
    assert ("nobody was told" in court.found()) is not arrived


def test_1_a_day_that_is_changed_later_is_judged_again(court: Court) -> None:
    judge = court.judge()
    judge.after_day(*court.over[0])
    elder, day = court.red_day()
    court.execute(
        "UPDATE red_day SET state='excused', changed_at='2026-01-07' WHERE elder_id=? AND day=?",
        elder, day,
    )  # fmt: skip
    judge.after_day(*court.over[1])
    assert any(f"elder {elder} on {day} is written down" in one for one in judge.violations)


def test_1_a_row_for_somebody_who_was_not_red(court: Court) -> None:
    [elder] = court.one("SELECT id FROM elder WHERE tier='green'")
    court.execute(
        "INSERT INTO red_day SELECT ?, day, community_id, 'missed', 'missed', NULL, NULL,"
        " closed_at, NULL FROM red_day LIMIT 1", elder,
    )  # fmt: skip
    assert f"elder {elder} was not red" in court.found()


def test_8_a_day_was_never_closed(court: Court) -> None:
    court.execute("DELETE FROM closed_day WHERE day='2026-01-06'")
    assert "8 time: 2026-01-06 was closed 0 times" in court.found()


def test_8_a_call_list_that_comes_late(court: Court) -> None:
    row = court.one(
        "SELECT chat, message FROM outbox WHERE notice='call_list' AND key LIKE 'call_list:%'"
        " AND member_id=(SELECT worker_id FROM pairing p JOIN pairing_elder e ON"
        " e.pairing_id=p.id JOIN elder r ON r.id=e.elder_id WHERE r.tier='red' LIMIT 1)"
    )
    for place in court.letters(row[0]):
        call = court.telegram.log[place]
        if call.answer["result"]["message_id"] == row[1]:
            court.telegram.log[place] = replace(call, at=call.at + 11 * MINUTE)
    assert "8 time: member" in court.found()


@pytest.mark.parametrize("wrong", [True, False])
def test_8_a_call_list_of_which_only_a_wrong_clock_says_when_is_no_evidence(
    court: Court, *, wrong: bool
) -> None:
    """What a killed process was sending has no number; when that was, only the program says."""
    day, over = court.over[0]
    court.execute(
        "UPDATE outbox SET state='unclear', message=NULL, sent_at=? WHERE notice='call_list'"
        " AND key LIKE ?",
        stored(over - 12 * 60 * MINUTE), f"call_list:%:{day}",
    )  # fmt: skip
    judge = court.judge()
    if wrong:
        judge._days._calm = Calm([Trouble("clock", 0.0, 3600.0)], over - 14 * 60 * MINUTE)
    found = "\n".join(court.verdict(judge).violations)
    assert (f"had the call list of {day} at" in found) is not wrong


@pytest.mark.parametrize(("minutes", "corrected"), [(5, False), (30, False), (30, True)])
def test_8_somebody_is_told_ten_minutes_after_five_unless_it_looked_otherwise_then(
    court: Court, minutes: int, *, corrected: bool
) -> None:
    elder, day = court.red_day()
    court.execute("DELETE FROM told WHERE elder_id=? AND day=?", elder, day)
    withdrawn = "withdrawn_at='2026-01-08'" if corrected else "outcome='no_answer'"
    court.execute(f"UPDATE contact SET {withdrawn} WHERE elder_id=? AND day=?", elder, day)
    court.execute("UPDATE red_day SET state='missed' WHERE elder_id=? AND day=?", elder, day)
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    court.execute(
        "INSERT INTO told (community_id, elder_id, day, step, member_id, key, letter, at)"
        " VALUES (?, ?, ?, 'raise', ?, 'k', 'k', ?)",
        court.town.station, elder, day, boss.member, f"{day} 09:00:00.000000",
    )  # fmt: skip
    name = court.town.neighbours[elder].name
    court.telegram.log = [
        call for call in court.telegram.log if name not in str(call.params.get("text"))
    ]
    court.say(boss.person.id, f"{name} 今天没有联系上")
    five = datetime.fromisoformat(day).replace(hour=17, tzinfo=court.town.zone)
    court.telegram.log[-1] = replace(court.telegram.log[-1], at=five + minutes * MINUTE)

    late = f"8 time: elder {elder}: somebody was told only at" in court.found()
    assert late is (minutes > 10 and not corrected)


def test_8_lateness_is_counted_from_the_end_of_the_trouble(court: Court) -> None:
    start = court.over[0][1]
    calm = Calm([Trouble("outage", 0.0, 600.0), Trouble("blocked", 0.0, 9_999.0)], start)
    assert calm.deadline(start, 10 * MINUTE) == start + 20 * MINUTE
    calm.restarts.append(start + 15 * MINUTE)
    assert calm.deadline(start, 10 * MINUTE) == start + 25 * MINUTE


def test_8_a_day_is_not_judged_while_the_program_is_down(court: Court) -> None:
    """Killed at 23:57 and back at 00:15:14, it has not closed the day at 00:15; it has to then."""
    day, now = court.over[-1]
    court.execute("DELETE FROM closed_day WHERE day=?", str(day))
    troubles: Any = SimpleNamespace(
        past=[],
        agenda=SimpleNamespace(start=now),
        faults=SimpleNamespace(locked=[]),
        down_until=14.0,
    )
    judge = Judge(court.file, court.telegram, court.town, troubles=troubles)
    judge.after_day(day, now)
    never = f"8 time: {day} was closed 0 times"
    assert never not in judge.violations
    judge.after_restart(now + timedelta(seconds=14))
    judge.after_day(day, now + 15 * MINUTE)
    assert never in judge.violations


def test_8_a_time_written_down_by_a_wrong_clock_is_no_evidence(court: Court) -> None:
    start = court.over[0][1]
    calm = Calm([Trouble("clock", 0.0, 600.0)], start)
    assert calm.clock_was_wrong(start - 179 * MINUTE)
    assert not calm.clock_was_wrong(start - 200 * MINUTE)
    assert not calm.clock_was_wrong(start + 200 * MINUTE)
