"""When the station is told outside of the chat, and how often."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from care.channel import Matter, Untold, counts, is_due, key_of, to_tell
from care.community import Settings

FIVE = datetime(2026, 4, 9, 9, tzinfo=UTC)
DAY = date(2026, 4, 9)
SILENT = Untold(Matter.SILENT, 1, DAY, FIVE)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_when_chat_reaches_nobody_it_counts_at_once() -> None:
    assert counts(FIVE, SILENT, reachable=False, settings=Settings())


@pytest.mark.parametrize(("minutes", "counted"), [(0, False), (9, False), (10, True), (600, True)])
def test_a_message_that_should_arrive_has_ten_minutes(minutes: int, *, counted: bool) -> None:
    now = FIVE + minutes * MINUTE
    assert counts(now, SILENT, reachable=True, settings=Settings()) is counted


def test_how_long_it_may_take_is_a_setting() -> None:
    patient = Settings(second_channel_after_minutes=30)
    assert not counts(FIVE + 29 * MINUTE, SILENT, reachable=True, settings=patient)


@pytest.mark.parametrize(
    ("since", "last", "due"),
    [
        (timedelta(0), None, True),
        (HOUR, 59 * MINUTE, False),
        (HOUR, HOUR, True),
        (25 * HOUR, 2 * HOUR, False),
        (25 * HOUR, 24 * HOUR, True),
        (-2 * HOUR, -3 * HOUR, True),
    ],
    ids=["first", "not yet", "an hour", "a day old", "another day", "clock put back"],
)
def test_it_is_told_again_every_hour_and_after_a_day_every_day(
    since: timedelta, last: timedelta | None, *, due: bool
) -> None:
    one = replace(SILENT, since=FIVE - since, last=None if last is None else FIVE - last)
    assert is_due(FIVE, one) is due


def test_one_message_speaks_of_everything_as_soon_as_anything_is_due() -> None:
    told = replace(SILENT, last=FIVE - MINUTE, times=1)
    other = replace(SILENT, elder_id=2)
    assert to_tell(FIVE, [told]) == []
    assert to_tell(FIVE, [told, other]) == [told, other]
    assert to_tell(FIVE, []) == []


def test_a_silent_alert_and_the_missed_day_it_becomes_are_one_thing() -> None:
    missed = replace(SILENT, matter=Matter.MISSED)
    emergency = replace(SILENT, matter=Matter.EMERGENCY)
    assert missed.name == SILENT.name != emergency.name


def test_each_round_has_a_key_of_its_own_whoever_counts() -> None:
    once, never = replace(SILENT, times=1), replace(SILENT, elder_id=2)
    assert key_of(7, [once, never]) == key_of(7, [never, once])
    keys = {key_of(7, found) for found in ([SILENT], [once], [once, never])}
    assert len(keys) == 3
