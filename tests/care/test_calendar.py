"""A visit in a calendar: the same entry for ever, in the station's own time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from care.calendar import Entry, entry
from care.community import Settings
from care.days import HalfDay
from care.visits import State

MADE = datetime(2026, 4, 12, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 4, 13)


def of(state: State, now: datetime = MADE, half: HalfDay = HalfDay.AM) -> Entry:
    settings = Settings(afternoon_from=time(15))
    return entry(7, state, MONDAY, half, MADE, now, settings, BERLIN)


def test_it_lies_in_the_half_day_of_the_community() -> None:
    morning, afternoon = of(State.OFFERED), of(State.OFFERED, half=HalfDay.PM)
    assert morning.starts.isoformat() == "2026-04-13T09:00:00+02:00"
    assert morning.ends.isoformat() == "2026-04-13T11:30:00+02:00"
    assert afternoon.starts.isoformat() == "2026-04-13T15:00:00+02:00"


@pytest.mark.parametrize(
    ("state", "sure", "off"),
    [
        (State.OFFERED, False, False),
        (State.ACCEPTED, True, False),
        (State.DONE, True, False),
        (State.NOT_POSSIBLE, True, False),
        (State.DECLINED, True, True),
        (State.DROPPED, True, True),
    ],
)
def test_what_is_not_answered_is_tentative_and_what_does_not_happen_is_off(
    state: State, *, sure: bool, off: bool
) -> None:
    found = of(state)
    assert (found.sure, found.off) == (sure, off)


def test_it_keeps_its_name_and_its_sequence_only_grows() -> None:
    """Even when a visit comes back that had been dropped."""
    dropped = of(State.DROPPED, MADE + timedelta(hours=1))
    back = of(State.OFFERED, MADE + timedelta(hours=2))
    assert dropped.uid == back.uid == "visit-7-20260412100000@nuanlin"
    assert (dropped.sequence, back.sequence) == (60, 120)
    assert of(State.OFFERED, MADE - timedelta(hours=1)).sequence == 0
