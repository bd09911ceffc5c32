"""9: the second channel is used when chat reaches nobody, and told of nobody."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.simulation.judge import Judge
from bot.simulation.judging.bench import Calm, stored
from bot.simulation.outside import Spoken
from bot.simulation.troubles import Trouble
from care.access import Role
from tests.simulation.history import Court

MINUTE = timedelta(minutes=1)


def silent(court: Court, *, told: bool) -> datetime:
    """An alert that nobody took, on an afternoon; since when."""
    elder, day = court.red_day()
    since = datetime.fromisoformat(day).replace(hour=17, tzinfo=court.town.zone)
    [number] = court.one("SELECT COALESCE(MAX(id), 0)+1 FROM alert")
    at = stored(since)
    court.execute(
        "INSERT INTO alert (id, community_id, elder_id, day, kind, opened_at, asked_at,"
        " asked_times) VALUES (?, ?, ?, ?, 'silent', ?, ?, 0)",
        number, court.town.station, elder, day, at, at,
    )  # fmt: skip
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    if told:
        court.execute(
            "INSERT INTO told (community_id, elder_id, day, step, member_id, alert_id, key, letter,"
            " at) VALUES (?, ?, ?, 'raise', ?, ?, 'k', 'k', ?)",
            court.town.station, elder, day, boss.member, number, at,
        )  # fmt: skip
    name = court.town.neighbours[elder].name
    court.telegram.log = [
        call for call in court.telegram.log if name not in str(call.params.get("text"))
    ]
    if told:
        court.say(boss.person.id, f"{name} 今天没有联系上")
        court.telegram.log[-1] = replace(court.telegram.log[-1], at=since + MINUTE)
    return since


UNUSED = "the second channel was not used"


def test_9_an_alert_that_nobody_has_in_chat_and_the_second_channel_is_not_used(
    court: Court,
) -> None:
    silent(court, told=False)
    assert UNUSED in court.found()


def test_9_an_alert_that_somebody_of_the_staff_has_in_chat(court: Court) -> None:
    silent(court, told=True)
    assert UNUSED not in court.found()


@pytest.mark.parametrize(("minutes", "in_time"), [(0, True), (19, True), (21, False), (-5, False)])
def test_9_the_second_channel_is_told_in_time(court: Court, minutes: int, *, in_time: bool) -> None:
    since = silent(court, told=False)
    spoken = [Spoken(since + minutes * MINUTE, "今天没联系上的老人：1 位")]
    judge = Judge(court.file, court.telegram, court.town, spoken=spoken)
    found = "\n".join(court.verdict(judge).violations)
    assert (UNUSED not in found) is in_time


def test_9_a_missed_day_that_nobody_has_in_chat_and_the_second_channel_is_not_used(
    court: Court,
) -> None:
    court.miss()
    assert UNUSED in court.found()


@pytest.mark.parametrize("wrong", [True, False])
def test_9_a_missed_day_of_which_somebody_was_told_while_the_clock_was_fast(
    court: Court, *, wrong: bool
) -> None:
    """Told at three, it was written down as told at five."""
    elder, day = court.miss()
    five = datetime.fromisoformat(day).replace(hour=17, tzinfo=court.town.zone)
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    court.execute(
        "INSERT INTO told (community_id, elder_id, day, step, member_id, key, letter, at)"
        " VALUES (?, ?, ?, 'raise', ?, 'k', 'k', ?)",
        court.town.station, elder, day, boss.member, stored(five),
    )  # fmt: skip
    name = court.town.neighbours[elder].name
    court.telegram.log = [
        call for call in court.telegram.log if name not in str(call.params.get("text"))
    ]
    court.say(boss.person.id, f"{name} 今天没有联系上")
    court.telegram.log[-1] = replace(court.telegram.log[-1], at=five - 120 * MINUTE)
    judge = court.judge()
    if wrong:
        judge._outside._calm = Calm([Trouble("clock", 0.0, 7200.0)], five - 180 * MINUTE)
    assert (UNUSED in "\n".join(court.verdict(judge).violations)) is not wrong


@pytest.mark.parametrize("what", ["name", "phone", "address"])
def test_5_the_second_channel_is_told_of_somebody(court: Court, what: str) -> None:
    one = next(one for one in court.town.neighbours.values() if one.phone)
    spoken = [Spoken(court.over[0][1], f"… {getattr(one, what)} …")]
    judge = Judge(court.file, court.telegram, court.town, spoken=spoken)
    assert "the second channel was told of somebody" in "\n".join(court.verdict(judge).violations)
