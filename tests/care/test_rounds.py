"""The weekly round: what is due when, which drafts still hold, and who has not answered."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from care.community import Settings
from care.plans import Visit, Why
from care.rounds import (
    Draft,
    Progress,
    Step,
    ask_again_at,
    due,
    first_slot,
    freed,
    kept,
    list_at,
    only_for,
    replaced,
    with_fixed,
)
from tests.planned import AM, DAYS, FRI, MON, PM, SUN, THU, TUE, WED, WEEK, elder, person, week

ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = Settings()
LONG_AGO = datetime(2026, 1, 1, tzinfo=ZONE)
FIRST = (MON, AM)
DRAFTED = Progress(drafted=True)
TOLD = Progress(drafted=True, published=True)
SETTLED = replace(TOLD, settled=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("when", "progress", "step"),
    [
        ("2026-04-10 15:59", Progress(), None),
        ("2026-04-10 16:00", Progress(), Step.DRAFT),
        ("2026-04-11 16:00", DRAFTED, None),
        ("2026-04-11 16:00", replace(DRAFTED, wanted=True), Step.DRAFT),
        ("2026-04-12 18:00", DRAFTED, Step.PUBLISH),
        ("2026-04-12 18:00", Progress(), Step.PUBLISH),
        ("2026-04-14 23:59", Progress(), Step.PUBLISH),
        ("2026-04-15 00:00", Progress(), None),
        ("2026-04-15 00:00", DRAFTED, Step.PUBLISH),
        ("2026-04-19 23:59", DRAFTED, Step.PUBLISH),
        ("2026-04-20 00:00", DRAFTED, None),
        ("2026-04-13 19:59", TOLD, None),
        ("2026-04-13 19:59", replace(TOLD, wanted=True), Step.MISSING),
        ("2026-04-13 20:00", TOLD, Step.SETTLE),
        ("2026-04-13 20:01", SETTLED, None),
        ("2026-04-14 08:59", replace(SETTLED, offered=at("2026-04-13 20:00")), None),
        ("2026-04-14 09:00", replace(SETTLED, offered=at("2026-04-13 20:00")), Step.LIST),
        ("2026-04-20 00:00", TOLD, None),
    ],
)
def test_each_step_has_its_time_and_is_late_rather_than_never(
    when: str, progress: Progress, step: Step | None
) -> None:
    assert due(WEEK, at(when), progress, LONG_AGO, SETTINGS, ZONE) is step


def test_a_week_that_was_on_when_the_station_was_founded_is_not_begun_by_itself() -> None:
    founded = at("2026-04-12 18:01")
    assert due(WEEK, at("2026-04-12 19:00"), Progress(), founded, SETTINGS, ZONE) is None


def test_who_is_told_in_the_evening_has_the_night_to_say_no() -> None:
    morning, evening = at("2026-04-14 09:00"), at("2026-04-14 20:00")
    assert first_slot(Step.DRAFT, WEEK, at("2026-04-10 16:00"), ZONE) == FIRST
    assert first_slot(Step.PUBLISH, WEEK, morning, ZONE) == (WED, AM)
    assert first_slot(Step.MISSING, WEEK, morning, ZONE) == (TUE, PM)
    assert first_slot(Step.MISSING, WEEK, evening, ZONE) == (WED, AM)
    assert list_at(evening, SETTINGS, ZONE) == at("2026-04-15 09:00")


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ("2026-04-13 20:00", "2026-04-14 08:00"),
        ("2026-04-14 09:00", "2026-04-15 07:30"),
        ("2026-04-14 12:01", "2026-04-15 07:30"),
        ("2026-04-14 08:59", "2026-04-14 20:59"),
    ],
)
def test_at_night_nobody_is_asked_for_what_others_have_not_answered(asked: str, again: str) -> None:
    assert ask_again_at(at(asked), SETTINGS, ZONE) == at(again)


HELPERS = (person(101), person(102, "wed_am"))


def test_a_draft_that_holds_stays_to_the_letter() -> None:
    problem = week(elder(1, 2), *HELPERS)
    visits = (Visit(1, 101, MON, AM), Visit(1, 102, WED, AM))
    drafts = [Draft(one, 1) for one in visits]
    assert kept(problem, drafts, {}, FIRST) == visits
    fixed = with_fixed(problem, visits)
    assert fixed.need[1].owed == 0
    assert fixed.locked == visits


@pytest.mark.parametrize(
    "changed",
    [
        week(elder(1, 0), *HELPERS),
        week(elder(1, 2, days=frozenset({TUE})), *HELPERS),
        week(elder(1, 2, not_persons=frozenset({101})), *HELPERS),
        week(elder(1, 2, pairing=2), *HELPERS),
        week(elder(1, 2), person(101, "tue_am"), HELPERS[1]),
        week(elder(1, 2), HELPERS[1]),
        week(elder(2, 2), *HELPERS),
    ],
    ids=["tier", "paused", "wish", "pairing", "leave", "left", "exit"],
)
def test_a_draft_that_holds_no_more_is_let_go(changed: object) -> None:
    assert kept(changed, [Draft(Visit(1, 101, MON, AM), 1)], {}, FIRST) == ()  # type: ignore[arg-type]


def test_who_left_the_pairing_goes_only_if_they_were_sent_as_cover() -> None:
    problem = week(elder(1), person(101, pairing=2))
    cover = Visit(1, 101, MON, AM, why=(Why.COVERS_FOR,))
    own = Visit(1, 101, MON, AM, why=(Why.OWN_PAIRING,))
    assert kept(problem, [Draft(cover, 1)], {}, FIRST) == (cover,)
    assert kept(problem, [Draft(own, 1)], {}, FIRST) == ()


def test_what_the_staff_locked_gives_way_only_where_it_cannot_be() -> None:
    visit = Visit(1, 102, FRI, PM)
    locked = [Draft(visit, 1, locked=True)]
    assert kept(week(elder(1), *HELPERS), locked, {}, FIRST) == (visit,)
    assert kept(week(elder(1), *HELPERS), locked, {102: {FRI}}, FIRST) == ()
    assert kept(week(elder(1), *HELPERS), locked, {}, (SUN, AM)) == ()
    assert kept(week(elder(1), HELPERS[0]), locked, {}, FIRST) == ()
    assert kept(week(elder(1, done=frozenset({FRI})), *HELPERS), locked, {}, FIRST) == ()
    assert kept(week(elder(1, days=frozenset({MON})), *HELPERS), locked, {}, FIRST) == ()
    assert kept(week(elder(2), *HELPERS), locked, {}, FIRST) == ()


def test_two_who_go_together_stay_together_or_not_at_all() -> None:
    problem = week(elder(1, two_people=True), person(101), person(102))
    both = [
        Draft(Visit(1, 101, MON, AM, beside=102), 1),
        Draft(Visit(1, 102, MON, AM, beside=101), 1),
    ]
    assert len(kept(problem, both, {}, FIRST)) == 2
    assert kept(problem, both[:1], {}, FIRST) == ()


def test_what_nobody_answered_is_free_again_and_who_was_silent_is_not_asked() -> None:
    problem = week(elder(1, 0, done=frozenset({TUE, THU})), elder(2, 1), *HELPERS)
    found = freed(problem, [(1, 101, THU)], [(1, 102, TUE)])
    assert (found.need[1].owed, found.need[1].done) == (2, frozenset())
    assert [one.member_id for one in found.volunteers] == [102]


def test_planning_for_some_pairings_owes_nothing_to_the_others() -> None:
    problem = week(elder(1), elder(2, pairing=2), *HELPERS)
    assert [one.owed for one in only_for(problem, {2}).needs] == [0, 1]
    assert only_for(problem, ()) is problem


def test_an_unanswered_visit_goes_when_somebody_else_makes_it() -> None:
    silent = {1: [TUE, THU], 2: [TUE], 3: [WED]}
    planned = [Visit(1, 102, THU, AM), Visit(2, 102, FRI, AM), Visit(3, 102, SUN, AM)]
    assert replaced(silent, {3: 1}, planned) == {(1, THU), (2, TUE)}
    assert len(DAYS) == timedelta(days=7).days
