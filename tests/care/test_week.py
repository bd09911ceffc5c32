"""Sharing out a week: what is owed, what is never broken, and what is said when nobody can go."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from care.community import Settings
from care.days import HALF_DAYS, HalfDay, days_of, half_day_name
from care.elders import Tier
from care.week import (
    ElderWeek,
    Gap,
    VolunteerWeek,
    Why,
    owed_visits,
    share_out,
    visit_days,
)

WEEK = date(2026, 4, 13)
SETTINGS = Settings()
ALWAYS = frozenset(HALF_DAYS)
DAYS = tuple(days_of(WEEK))


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[ElderWeek], list[VolunteerWeek]]:
    """Up to 8 elders and 5 volunteers in two pairings."""
    some_days = st.frozensets(st.sampled_from(DAYS), max_size=2)
    elders = [
        ElderWeek(
            number,
            draw(st.integers(1, 2)),
            draw(st.sampled_from(Tier)),
            planned=draw(some_days),
            familiar=draw(st.one_of(st.none(), st.integers(1, 5))),
            excused=draw(st.integers(0, 1)),
            paused=draw(st.frozensets(st.sampled_from(DAYS))),
        )
        for number in range(1, draw(st.integers(0, 8)) + 1)
    ]
    volunteers = [
        VolunteerWeek(
            number,
            draw(st.frozensets(st.integers(1, 2), min_size=1)),
            draw(st.frozensets(st.sampled_from(HALF_DAYS))),
            away=draw(some_days),
            most=draw(st.integers(1, 4)),
            taken=tuple(
                draw(
                    st.lists(st.tuples(st.sampled_from(DAYS), st.sampled_from(HalfDay)), max_size=2)
                )
            ),
        )
        for number in range(1, draw(st.integers(0, 5)) + 1)
    ]
    return elders, volunteers


FIRST = st.one_of(st.none(), st.tuples(st.sampled_from(DAYS), st.sampled_from(HalfDay)))


@given(weeks(), FIRST)
def test_half_days_leave_maximum_pairing_and_the_first_day_are_never_broken(
    known: tuple[list[ElderWeek], list[VolunteerWeek]], first: tuple[date, HalfDay] | None
) -> None:
    elders, volunteers = known
    plan = share_out(WEEK, elders, volunteers, SETTINGS, first)
    people = {one.member_id: one for one in volunteers}
    pairing_of = {one.elder_id: one.pairing for one in elders}
    slots = Counter((one.volunteer_id, one.day, one.half) for one in plan.visits)
    given_to = Counter(one.volunteer_id for one in plan.visits)
    for visit in plan.visits:
        person = people[visit.volunteer_id]
        assert half_day_name(visit.day, visit.half) in person.half_days
        assert visit.day not in person.away
        assert pairing_of[visit.elder_id] in person.pairings
        assert first is None or (visit.day, visit.half) >= first
        before = person.taken.count((visit.day, visit.half))
        slot = slots[visit.volunteer_id, visit.day, visit.half]
        assert before + slot <= SETTINGS.visits_in_one_half_day
        assert given_to[visit.volunteer_id] + len(person.taken) <= person.most


@given(weeks())
def test_an_elder_is_visited_once_a_day_and_only_as_often_as_is_owed(
    known: tuple[list[ElderWeek], list[VolunteerWeek]],
) -> None:
    elders, volunteers = known
    plan = share_out(WEEK, elders, volunteers, SETTINGS)
    for elder in elders:
        days = [one.day for one in plan.visits if one.elder_id == elder.elder_id]
        assert len(days) == len(set(days))
        assert not set(days) & elder.planned
        missing = sum(one.owed for one in plan.gaps if one.elder_id == elder.elder_id)
        assert len(days) + missing == owed_visits(elder, WEEK, SETTINGS)


@given(weeks(), st.randoms(use_true_random=False))
def test_the_same_facts_in_any_order_make_the_same_plan(
    known: tuple[list[ElderWeek], list[VolunteerWeek]], random: object
) -> None:
    elders, volunteers = known
    plan = share_out(WEEK, elders, volunteers, SETTINGS)
    assert share_out(WEEK, elders[::-1], volunteers[::-1], SETTINGS) == plan


@given(weeks())
def test_nobody_is_left_out_while_somebody_is_free_for_them(
    known: tuple[list[ElderWeek], list[VolunteerWeek]],
) -> None:
    elders, volunteers = known
    plan = share_out(WEEK, elders, volunteers, SETTINGS)
    given_to = Counter(one.volunteer_id for one in plan.visits)
    slots = Counter((one.volunteer_id, one.day, one.half) for one in plan.visits)
    by_id = {one.elder_id: one for one in elders}
    for gap in plan.gaps:
        elder = by_id[gap.elder_id]
        busy = elder.planned | {one.day for one in plan.visits if one.elder_id == elder.elder_id}
        for one in volunteers:
            full = given_to[one.member_id] + len(one.taken) >= one.most
            if elder.pairing not in one.pairings or full:
                continue
            for day in visit_days(elder, WEEK):
                for half in HalfDay:
                    there = one.taken.count((day, half)) + slots[one.member_id, day, half]
                    free = one.can_come(day, half) and there < SETTINGS.visits_in_one_half_day
                    assert day in busy or not free


@given(st.integers(1, 8), st.integers(1, 5))
def test_equal_volunteers_get_equally_much(elders: int, volunteers: int) -> None:
    plan = share_out(
        WEEK,
        [ElderWeek(n, 1, Tier.YELLOW) for n in range(elders)],
        [VolunteerWeek(n, frozenset({1}), ALWAYS, most=16) for n in range(volunteers)],
        SETTINGS,
    )
    loads = Counter(dict.fromkeys(range(volunteers), 0))
    loads.update(one.volunteer_id for one in plan.visits)
    assert max(loads.values()) - min(loads.values()) <= 1
    assert not plan.gaps


@given(st.integers(1, 8), st.integers(1, 3), st.integers(1, 3))
def test_where_visits_are_short_nobody_gets_two_before_everybody_has_one(
    elders: int, volunteers: int, most: int
) -> None:
    plan = share_out(
        WEEK,
        [ElderWeek(n, 1, Tier.YELLOW) for n in range(elders)],
        [VolunteerWeek(n, frozenset({1}), ALWAYS, most=most) for n in range(volunteers)],
        SETTINGS,
    )
    counts = Counter(one.elder_id for one in plan.visits)
    assert len(plan.visits) == min(2 * elders, volunteers * most)
    if len(counts) < elders:
        assert set(counts.values()) <= {1}


def person(number: int, *half_days: str, most: int = 4) -> VolunteerWeek:
    """A volunteer of pairing 1."""
    return VolunteerWeek(number, frozenset({1}), frozenset(half_days or ALWAYS), most=most)


def test_two_visits_are_at_least_two_days_apart_when_that_can_be_planned() -> None:
    elder = ElderWeek(1, 1, Tier.YELLOW)
    plan = share_out(WEEK, [elder], [person(1, "tue_am", "wed_am"), person(2, "mon_am")], SETTINGS)
    assert [one.day.weekday() for one in plan.visits] == [0, 2]


def test_neighbouring_days_are_better_than_no_visit() -> None:
    elder = ElderWeek(1, 1, Tier.YELLOW)
    plan = share_out(WEEK, [elder], [person(1, "tue_am", "wed_am")], SETTINGS)
    assert [one.day.weekday() for one in plan.visits] == [1, 2]


def test_among_equals_the_one_the_elder_knows_goes() -> None:
    elder = ElderWeek(4, 1, Tier.GREEN, familiar=2)
    plan = share_out(WEEK, [elder], [person(1), person(2), person(3)], SETTINGS)
    assert [one.volunteer_id for one in plan.visits] == [2]


def test_a_visit_is_moved_so_that_nobody_is_left_without() -> None:
    """The first elder's volunteer is the only one who can go to the second."""
    only_first = VolunteerWeek(2, frozenset({1}), ALWAYS, most=1)
    both = VolunteerWeek(1, frozenset({1, 2}), ALWAYS, most=1)
    elders = [ElderWeek(4, 1, Tier.GREEN), ElderWeek(8, 2, Tier.GREEN)]
    plan = share_out(WEEK, elders, [both, only_first], SETTINGS)
    assert not plan.gaps
    assert {one.elder_id: one.volunteer_id for one in plan.visits} == {4: 2, 8: 1}


def test_what_cannot_be_covered_is_said_with_its_reason() -> None:
    yellow = ElderWeek(1, 1, Tier.YELLOW)
    assert share_out(WEEK, [yellow], [], SETTINGS).gaps == (Gap(1, 2, Why.NO_VOLUNTEER),)
    full = person(1, most=1)
    assert share_out(WEEK, [yellow], [full], SETTINGS).gaps == (Gap(1, 1, Why.ALL_FULL),)
    rare = person(1, "mon_am")
    assert share_out(WEEK, [yellow], [rare], SETTINGS).gaps == (Gap(1, 1, Why.NOBODY_FREE),)


def test_red_is_owed_contacts_and_no_visit_of_the_plan() -> None:
    assert owed_visits(ElderWeek(1, 1, Tier.RED), WEEK, SETTINGS) == 0


def test_who_is_paused_is_owed_less_and_visited_on_the_other_days_only() -> None:
    for away, owed in ((0, 2), (2, 1), (3, 1), (4, 0), (7, 0)):
        elder = ElderWeek(1, 1, Tier.YELLOW, paused=frozenset(DAYS[:away]))
        assert owed_visits(elder, WEEK, SETTINGS) == owed, away
        plan = share_out(WEEK, [elder], [person(1, *HALF_DAYS)], SETTINGS)
        assert {one.day for one in plan.visits} <= set(DAYS[away:])
        assert len(plan.visits) == owed
    all_week = frozenset(DAYS)
    assert not owed_visits(ElderWeek(4, 1, Tier.GREEN, paused=all_week), WEEK, SETTINGS)


def test_nobody_gives_up_a_visit_for_somebody_who_is_not_there_on_that_day() -> None:
    there = ElderWeek(1, 1, Tier.YELLOW)
    away = ElderWeek(2, 1, Tier.YELLOW, paused=frozenset(DAYS[:2]))
    elsewhere = ElderWeek(3, 2, Tier.YELLOW)
    helper = person(1, "mon_am", "tue_am", most=2)
    plan = share_out(WEEK, [there, away, elsewhere], [helper], SETTINGS)
    assert {one.elder_id for one in plan.visits} == {1}
    assert len(plan.visits) == 2
    assert plan.gaps == (Gap(2, 1, Why.ALL_FULL), Gap(3, 2, Why.NO_VOLUNTEER))


def test_a_dropped_visit_is_not_owed_any_more() -> None:
    assert owed_visits(ElderWeek(1, 1, Tier.YELLOW, excused=1), WEEK, SETTINGS) == 1


@given(st.integers(0, 400), st.integers(1, 100))
def test_green_is_visited_once_in_every_month(start: int, elder_id: int) -> None:
    """Week after week for half a year, with a volunteer who always can."""
    monday = date(2026, 1, 5) + timedelta(weeks=start)
    visited: set[date] = set()
    for week in (monday + timedelta(weeks=n) for n in range(27)):
        month = (week + timedelta(days=3)).month
        seen = frozenset(day for day in visited if day.month == month)
        planned = frozenset(visited & set(days_of(week)))
        elder = ElderWeek(elder_id, 1, Tier.GREEN, visited_this_month=seen, planned=planned)
        plan = share_out(week, [elder], [person(1)], SETTINGS)
        visited |= {one.day for one in plan.visits}
    months = Counter((day.year, day.month) for day in visited)
    assert set(months.values()) == {1}
    whole = sorted(months)[1:-1]
    assert len(whole) >= 4


def test_the_greens_of_a_month_are_spread_over_its_weeks() -> None:
    mondays = [date(2026, 4, 6) + timedelta(weeks=n) for n in range(-1, 3)]
    due = [
        sum(owed_visits(ElderWeek(n, 1, Tier.GREEN), monday, SETTINGS) for n in range(100))
        for monday in mondays
    ]
    assert due == [25, 50, 75, 100]
