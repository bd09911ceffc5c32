"""Whom an errand is offered to, when: ever wider, fair, and not at night."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.community import Settings
from care.errand_offers import (
    Asked,
    Candidate,
    Circle,
    Free,
    awake,
    chosen,
    free_until,
    half_time,
    is_neighbour,
    is_quiet,
    lapses_at,
    may_be_asked,
    patience,
    silent_at,
    turn,
)
from care.errands import Kind
from care.joining import Skill
from care.refusals import Stale

ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = Settings()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-04-{text}").replace(tzinfo=ZONE).astimezone(UTC)


MORNING, TOMORROW = at("09 09:00"), at("10 20:00")


@pytest.mark.parametrize(
    ("clock", "quiet"), [("20:59", False), ("21:00", True), ("07:29", True), ("07:30", False)]
)
def test_people_sleep_from_nine_until_half_past_seven(clock: str, quiet: bool) -> None:
    assert is_quiet(at(f"09 {clock}"), SETTINGS, ZONE) is quiet


def test_quiet_hours_may_lie_within_a_day() -> None:
    nap = SETTINGS.model_copy(update={"quiet_from": time(12), "quiet_until": time(14)})
    assert is_quiet(at("09 13:00"), nap, ZONE)
    assert not is_quiet(at("09 14:00"), nap, ZONE)
    assert awake(at("09 13:00"), TOMORROW, nap, ZONE) == at("09 14:00")


def test_at_night_one_waits_for_the_morning_unless_it_would_be_too_late() -> None:
    assert awake(MORNING, TOMORROW, SETTINGS, ZONE) == MORNING
    assert awake(at("09 22:00"), TOMORROW, SETTINGS, ZONE) == at("10 07:30")
    assert awake(at("10 03:00"), TOMORROW, SETTINGS, ZONE) == at("10 07:30")
    urgent = at("10 09:00")
    assert awake(at("09 22:00"), urgent, SETTINGS, ZONE) == at("09 22:00")


def test_the_pairing_has_fifteen_minutes_then_the_neighbours_then_all_know() -> None:
    asked: dict[Circle, Asked] = {}

    def now(minutes: int) -> Circle | None:
        return turn(MORNING + minutes * MINUTE, asked, TOMORROW, SETTINGS, ZONE)

    assert now(0) is Circle.PAIRING
    asked[Circle.PAIRING] = Asked(MORNING, waiting=True)
    assert now(14) is None
    assert now(15) is Circle.NEIGHBOURS
    asked[Circle.NEIGHBOURS] = Asked(MORNING + 15 * MINUTE, waiting=True)
    assert now(29) is None
    assert now(30) is Circle.GROUP
    asked[Circle.GROUP] = Asked(MORNING + 30 * MINUTE, waiting=True)
    assert now(300) is None


def test_nobody_waits_for_a_circle_in_which_nobody_is_left() -> None:
    asked = {Circle.PAIRING: Asked(MORNING, waiting=False)}
    assert turn(MORNING, asked, TOMORROW, SETTINGS, ZONE) is Circle.NEIGHBOURS


def test_nobody_is_asked_at_night() -> None:
    assert turn(at("09 23:00"), {}, TOMORROW, SETTINGS, ZONE) is None


def test_what_is_due_soon_is_shared_out_faster() -> None:
    soon = MORNING + HOUR
    assert patience(Circle.PAIRING, MORNING, soon, SETTINGS) == HOUR / 8
    assert patience(Circle.PAIRING, MORNING, MORNING, SETTINGS) == 2 * MINUTE
    assert patience(Circle.NEIGHBOURS, MORNING, TOMORROW, SETTINGS) == 15 * MINUTE
    assert patience(Circle.GROUP, MORNING, TOMORROW, SETTINGS) == timedelta()


def test_nobody_is_asked_for_what_they_could_not_claim() -> None:
    one = Candidate(1)
    assert may_be_asked(one, Kind.PARCEL, SETTINGS)
    for cannot in (replace(one, away=True), replace(one, no=True), replace(one, in_hand=3)):
        assert not may_be_asked(cannot, Kind.PARCEL, SETTINGS)
    assert not may_be_asked(one, Kind.MEDICINE, SETTINGS)
    assert may_be_asked(replace(one, medicine=True), Kind.MEDICINE, SETTINGS)
    free = SETTINGS.model_copy(update={"errand_medicine_approved": False})
    assert may_be_asked(one, Kind.MEDICINE, free)


def test_near_is_what_the_station_says_and_no_further_than_somebody_walks() -> None:
    assert is_neighbour(Candidate(1), SETTINGS)
    assert is_neighbour(Candidate(1, metres=800), SETTINGS)
    assert not is_neighbour(Candidate(1, metres=801), SETTINGS)
    assert not is_neighbour(Candidate(1, metres=500, walks=300), SETTINGS)


def test_who_is_free_is_asked_first_then_who_has_least_to_do_then_skill_then_distance() -> None:
    people = [
        Candidate(1, metres=10, in_hand=1), Candidate(2, metres=500),
        Candidate(3, metres=900, on_duty=True), Candidate(4, metres=200), Candidate(5),
        Candidate(6, metres=700, skills=frozenset({Skill.SHOPPING})), Candidate(7, lately=2),
    ]  # fmt: skip
    assert chosen(Circle.GROUP, people, Kind.GROCERIES, SETTINGS) == [3, 6, 4, 2, 5, 7, 1]
    assert chosen(Circle.NEIGHBOURS, people, Kind.PARCEL, SETTINGS) == [4, 2, 6, 5, 7, 1]
    assert chosen(Circle.GROUP, people, Kind.PARCEL, SETTINGS, already={3, 4}) == [2, 6, 5, 7, 1]


def test_the_pairing_is_the_pairing() -> None:
    people = [Candidate(1), Candidate(2, paired=True)]
    assert chosen(Circle.PAIRING, people, Kind.BILL, SETTINGS) == [2]


@given(st.integers(1, 40), st.integers(1, 60))
def test_nobody_is_idle_while_others_are_flooded(people: int, errands: int) -> None:
    """Many errands at once, nobody answering: everybody is asked for as many, give or take one."""
    offered: Counter[int] = Counter()
    for _ in range(errands):
        crowd = [Candidate(n, offered=offered[n]) for n in range(people)]
        offered.update(chosen(Circle.NEIGHBOURS, crowd, Kind.PARCEL, SETTINGS))
    counts = [offered[n] for n in range(people)]
    assert max(counts) - min(counts) <= 1


CANDIDATES = st.lists(
    st.builds(
        Candidate, st.integers(1, 50), paired=st.booleans(), on_duty=st.booleans(),
        metres=st.none() | st.integers(0, 2000), walks=st.none() | st.integers(0, 2000),
        in_hand=st.integers(0, 4), offered=st.integers(0, 4), lately=st.integers(0, 4),
        medicine=st.booleans(), away=st.booleans(), no=st.booleans(),
    ), unique_by=lambda one: one.member,
)  # fmt: skip


@given(st.sampled_from(Circle), CANDIDATES, st.sampled_from(Kind))
def test_whoever_is_asked_could_claim_it_and_nobody_is_asked_twice(
    circle: Circle, people: list[Candidate], kind: Kind
) -> None:
    by_id = {one.member: one for one in people}
    asked = chosen(circle, people, kind, SETTINGS)
    assert len(asked) == len(set(asked))
    assert all(may_be_asked(by_id[one], kind, SETTINGS) for one in asked)
    assert chosen(circle, people, kind, SETTINGS, already=set(by_id)) == []
    if circle is Circle.NEIGHBOURS:
        assert len(asked) <= SETTINGS.errand_neighbours


def test_half_time_is_half_of_the_time_and_not_at_night() -> None:
    due = MORNING + 4 * HOUR
    assert half_time(MORNING, due, SETTINGS, ZONE) == MORNING + 2 * HOUR
    assert half_time(at("09 20:00"), at("10 18:00"), SETTINGS, ZONE) == at("10 07:30")


def test_a_silent_claimer_is_asked_at_half_of_what_was_left() -> None:
    assert silent_at(MORNING, MORNING + 8 * HOUR, SETTINGS, ZONE) == MORNING + 4 * HOUR
    assert silent_at(MORNING, MORNING + 90 * MINUTE, SETTINGS, ZONE) == MORNING + HOUR
    assert silent_at(MORNING, MORNING + HOUR, SETTINGS, ZONE) is None


def test_who_does_not_answer_loses_it_in_time_for_others_and_not_while_they_sleep() -> None:
    due = MORNING + 8 * HOUR
    assert lapses_at(MORNING, due, SETTINGS, ZONE) == MORNING + HOUR
    assert lapses_at(MORNING, MORNING + HOUR, SETTINGS, ZONE) == MORNING + HOUR / 2
    assert lapses_at(MORNING, MORNING - HOUR, SETTINGS, ZONE) == MORNING
    assert lapses_at(at("09 20:30"), TOMORROW, SETTINGS, ZONE) == at("10 07:30")


def test_free_this_afternoon_ends_at_six() -> None:
    assert free_until(MORNING, Free.AFTERNOON, ZONE) == at("09 18:00")
    with pytest.raises(Stale):
        free_until(at("09 12:00"), Free.MORNING, ZONE)
