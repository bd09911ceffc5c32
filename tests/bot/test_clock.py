"""The clock: the machine's own, or one that starts and runs as it is told, for trying."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import ClockInvalid, OwnClock, SystemClock, parse_clock

EIGHT = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the machine's monotonic clock shows."""
    shown = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: shown[0])
    return shown


def test_the_machines_clock_is_aware_and_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_has_passed_is_not_waited_for() -> None:
    assert SystemClock().real_seconds_until(EIGHT.replace(year=2020)) == 0.0
    assert OwnClock(EIGHT).real_seconds_until(EIGHT - timedelta(hours=1)) == 0.0
    assert SystemClock().real_seconds_until(datetime.now(UTC) + timedelta(hours=1)) > 3500


def test_a_clock_of_its_own_runs_as_fast_as_it_is_told(seconds: list[float]) -> None:
    clock = OwnClock(EIGHT, 60)
    seconds[0] += 1
    assert clock.now() == EIGHT + timedelta(minutes=1)
    assert clock.real_seconds_until(EIGHT + timedelta(minutes=3)) == 2.0


def test_it_can_be_set_forward_and_runs_on_from_there(seconds: list[float]) -> None:
    clock = OwnClock(EIGHT, 60)
    seconds[0] += 5
    clock.jump(EIGHT + timedelta(days=1))
    assert clock.now() == EIGHT + timedelta(days=1)
    seconds[0] += 1
    assert clock.now() == EIGHT + timedelta(days=1, minutes=1)


@pytest.mark.parametrize(
    ("text", "start", "speed"),
    [
        ("2026-01-05T08:00:00+00:00", EIGHT, 1),
        ("2026-01-05T16:00:00+08:00 x60", EIGHT, 60),
        ("  2026-01-05T16:00+08:00   x1.5  ", EIGHT, 1.5),
        ("2026-01-05T08:00:00Z ×10", EIGHT, 10),
    ],
)
def test_a_start_and_a_speed_are_read(
    seconds: list[float], text: str, start: datetime, speed: float
) -> None:
    clock = parse_clock(text)
    assert clock.now() == start
    assert clock.speed == speed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "write a start and a speed"),
        ("2026-01-05T08:00:00Z fast", "write a start and a speed"),
        ("2026-01-05T08:00:00Z x", "write a start and a speed"),
        ("2026-01-05T08:00:00Z x-2", "write a start and a speed"),
        ("2026-13-05T08:00:00Z", "is no date and time"),
        ("tomorrow x2", "is no date and time"),
        ("2026-01-05T08:00:00", "needs a zone"),
        ("2026-01-05", "needs a zone"),
        ("2026-01-05T08:00:00Z x0", "above 0"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ClockInvalid, match=why):
        parse_clock(text)
