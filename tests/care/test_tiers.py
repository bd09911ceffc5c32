"""Tiers over time: what was whose, what the program proposes with which evidence, the review."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.community import Settings
from care.days import WEEK
from care.elders import Tier
from care.ledger import State
from care.tiers import (
    SEVERITY,
    Change,
    Evidence,
    Known,
    LastWeek,
    Pressure,
    Proposal,
    last_review,
    last_week,
    one_down,
    one_up,
    proposals,
    tiers_between,
)

TODAY = date(2026, 4, 9)
LONG_AGO = TODAY - timedelta(days=100)
HANDBOOK = Settings()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def ago(*days: int) -> frozenset[date]:
    return frozenset(TODAY - timedelta(days=n) for n in days)


def elder(tier: Tier | None = Tier.YELLOW, **facts: Any) -> Known:
    return Known(1, tier, LONG_AGO, **facts)


def quiet(weeks: int = 4, **facts: Any) -> Known:
    """A red elder who was met every day of some weeks."""
    days = dict.fromkeys(ago(*range(1, weeks * 7 + 1)), State.MET)
    return elder(Tier.RED, days=days, contacts=frozenset(days), **facts)


def proposal(one: Known, settings: Settings = HANDBOOK) -> Proposal | None:
    found = proposals(TODAY, [one], settings)
    assert len(found) <= 1
    return found[0] if found else None


def why(one: Known, settings: Settings = HANDBOOK) -> list[Evidence]:
    found = proposal(one, settings)
    return [it.why for it in found.evidence] if found else []


def test_two_days_with_attempts_only_raise_the_tier_by_one() -> None:
    found = proposal(elder(attempts=ago(1, 2)))
    assert found is not None
    assert (found.before, found.after) == (Tier.YELLOW, Tier.RED)
    [it] = found.evidence
    assert it.why is Evidence.ATTEMPTS
    assert it.days == (TODAY - timedelta(days=2), TODAY - timedelta(days=1))
    assert why(elder(attempts=ago(1))) == []
    assert why(elder(attempts=ago(1)), Settings(attempt_days=1)) == [Evidence.ATTEMPTS]


def test_attempts_need_not_be_on_days_that_follow_each_other() -> None:
    """A yellow elder is visited twice a week."""
    assert why(elder(attempts=ago(2, 6))) == [Evidence.ATTEMPTS]


def test_attempts_before_the_elder_was_reached_again_are_over() -> None:
    assert why(elder(attempts=ago(2, 3), contacts=ago(1))) == []
    assert why(elder(attempts=ago(2, 3), contacts=ago(0))) == []
    assert why(elder(attempts=ago(1, 2), contacts=ago(2))) == []


def test_today_is_not_over_and_so_no_day_with_attempts_only_yet() -> None:
    assert why(elder(attempts=ago(0, 1))) == []


def test_a_run_of_attempts_is_one_cause_however_long_it_gets() -> None:
    first = proposal(elder(attempts=ago(4, 5)))
    assert first is not None
    key = first.evidence[0].key
    for more in (ago(3, 4, 5), ago(1, 2, 3, 4, 5)):
        assert why(elder(attempts=more, answered=frozenset({key}))) == []
    later = elder(attempts=ago(1, 2, 4, 5), contacts=ago(3), answered=frozenset({key}))
    assert why(later) == [Evidence.ATTEMPTS]


@pytest.mark.parametrize(
    ("facts", "evidence"),
    [
        ({"emergencies": ago(0)}, Evidence.EMERGENCY),
        ({"falls": ago(3)}, Evidence.FALL),
        ({"readings": (Pressure(TODAY, 180, 80),)}, Evidence.READING),
        ({"readings": (Pressure(TODAY, 120, 110),)}, Evidence.READING),
        (
            {"moods": ((min(ago(9)), True), (min(ago(2)), True))},
            Evidence.LOW_MOOD,
        ),
    ],
)
def test_each_kind_of_evidence_of_the_handbook_raises_the_tier(
    facts: dict[str, Any], evidence: Evidence
) -> None:
    assert why(elder(Tier.GREEN, **facts)) == [evidence]


def test_a_reading_just_below_both_limits_is_not_critical() -> None:
    assert why(elder(readings=(Pressure(TODAY, 179, 109),))) == []


@pytest.mark.parametrize(
    "moods",
    [
        [True],
        [True, False],
        [True, True, False],
        [True, False, True],
        [],
    ],
)
def test_low_mood_counts_only_at_the_last_two_visits_running(moods: list[bool]) -> None:
    noted = tuple((LONG_AGO + timedelta(days=n), low) for n, low in enumerate(moods))
    assert why(elder(moods=noted)) == []


def test_what_happened_long_ago_is_no_reason_any_more() -> None:
    assert why(elder(emergencies=ago(14))) == [Evidence.EMERGENCY]
    assert why(elder(emergencies=ago(15))) == []


def test_all_evidence_is_in_one_question_the_gravest_first() -> None:
    one = elder(emergencies=ago(1), falls=ago(2), attempts=ago(1, 2))
    assert why(one) == [Evidence.EMERGENCY, Evidence.FALL, Evidence.ATTEMPTS]


def test_what_waits_for_a_decision_is_asked_again_only_with_something_new() -> None:
    first = proposal(elder(falls=ago(2)))
    assert first is not None
    waits = frozenset(it.key for it in first.evidence)
    assert why(elder(falls=ago(2), asked=waits)) == []
    more = elder(falls=ago(2), emergencies=ago(0), asked=waits)
    assert why(more) == [Evidence.EMERGENCY, Evidence.FALL]


def test_who_was_never_assessed_is_to_be_assessed() -> None:
    found = proposal(elder(None, emergencies=ago(1)))
    assert found is not None
    assert (found.before, found.after) == (None, None)


def test_four_quiet_weeks_in_red_lower_the_tier_by_one() -> None:
    found = proposal(quiet())
    assert found is not None
    assert (found.before, found.after) == (Tier.RED, Tier.YELLOW)
    [it] = found.evidence
    assert (it.why, it.days) == (Evidence.QUIET, (TODAY - 4 * WEEK,))
    assert why(quiet(3)) == []
    assert why(quiet(3), Settings(quiet_weeks=3)) == [Evidence.QUIET]


def test_quiet_weeks_count_from_when_the_tier_stands_or_was_asked_about() -> None:
    assert why(replace(quiet(), since=TODAY - 4 * WEEK)) == [Evidence.QUIET]
    assert why(replace(quiet(), since=TODAY - 4 * WEEK + timedelta(days=1))) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"emergencies": ago(28)},
        {"falls": ago(5)},
        {"follow_ups": ago(0)},
        {"attempts": ago(0)},
        {"moods": ((min(ago(9)), True),)},
        {"readings": (Pressure(min(ago(9)), 190, 80),)},
    ],
)
def test_a_week_in_which_something_happened_is_not_quiet(facts: dict[str, Any]) -> None:
    assert why(quiet(**facts)) == []


def test_an_attempt_before_a_contact_on_the_same_day_disturbs_nothing() -> None:
    assert why(quiet(attempts=ago(3))) == [Evidence.QUIET]


def test_a_missed_day_or_one_nobody_closed_is_not_quiet() -> None:
    for spoiled in ({min(ago(7)): State.MISSED}, None):
        one = quiet()
        days = dict(one.days)
        if spoiled is None:
            del days[min(ago(7))]
        else:
            days |= spoiled
        assert why(replace(one, days=days)) == []


def test_excused_days_are_quiet_but_a_week_of_nothing_else_tells_nothing() -> None:
    one = quiet()
    some = dict(one.days) | dict.fromkeys(ago(1, 2, 3), State.EXCUSED)
    assert why(replace(one, days=some)) == [Evidence.QUIET]
    all_ = dict(one.days) | dict.fromkeys(ago(*range(1, 8)), State.EXCUSED)
    assert why(replace(one, days=all_)) == []


def test_a_paused_elder_is_not_asked_about() -> None:
    assert why(elder(emergencies=ago(1), paused=True)) == []
    assert why(quiet(paused=True)) == []


def test_one_tier_up_or_down_and_no_further() -> None:
    assert [one_up(tier) for tier in SEVERITY] == [Tier.YELLOW, Tier.RED, None]
    assert [one_down(tier) for tier in SEVERITY] == [None, Tier.GREEN, Tier.YELLOW]
    assert (one_up(None), one_down(None)) == (None, None)


def ended(bits: int) -> dict[date, State]:
    """How each of 41 days ended, from a number: drawing them one by one is slow."""
    words = (State.EXCUSED, State.MET)
    return {TODAY - timedelta(days=n): words[bits >> n & 1] for n in range(41)}


days_before = st.integers(0, 40).map(lambda n: TODAY - timedelta(days=n))
some_days = st.frozensets(days_before, max_size=12)
anybody = st.builds(
    Known,
    elder_id=st.integers(1, 99),
    tier=st.sampled_from([None, *Tier]),
    since=days_before,
    contacts=some_days,
    attempts=some_days,
    emergencies=some_days,
    falls=some_days,
    moods=st.lists(st.tuples(days_before, st.booleans()), max_size=6).map(tuple),
    readings=st.lists(
        st.builds(Pressure, days_before, st.integers(80, 220), st.integers(40, 140)), max_size=3
    ).map(tuple),
    follow_ups=some_days,
    days=st.integers(0, 2**41 - 1).map(ended),
    paused=st.booleans(),
)
choices = st.builds(Settings, quiet_weeks=st.integers(1, 5), attempt_days=st.integers(1, 4))


@given(anybody, choices)
def test_a_proposal_is_never_what_the_elder_is_already_and_one_step_away(
    one: Known, settings: Settings
) -> None:
    found = proposal(one, settings)
    if found is None:
        return
    assert found.before is one.tier
    assert not one.paused
    assert found.evidence
    if one.tier is None:
        assert found.after is None
    else:
        assert found.after is not None
        assert abs(SEVERITY.index(found.after) - SEVERITY.index(one.tier)) == 1
        down = [it.why for it in found.evidence] == [Evidence.QUIET]
        assert down == (one.tier is Tier.RED)


@given(anybody, choices)
def test_what_was_decided_or_waits_is_not_asked_about_again(one: Known, settings: Settings) -> None:
    found = proposal(one, settings)
    keys = frozenset(it.key for it in found.evidence) if found else frozenset()
    assert proposal(replace(one, answered=keys), settings) is None
    assert proposal(replace(one, asked=keys), settings) is None


@given(anybody, choices, st.integers(1, 60))
def test_the_same_evidence_has_the_same_key_on_a_later_day(
    one: Known, settings: Settings, later: int
) -> None:
    """Nothing new happened, so what was decided on is not asked about again on any later day.

    Attempts of today become a day with attempts only tomorrow, so they are left out here.
    """
    one = replace(one, attempts=one.attempts - {TODAY})
    found = proposal(one, settings)
    if found is None:
        return
    keys = frozenset(it.key for it in found.evidence)
    after = proposals(TODAY + timedelta(days=later), [replace(one, answered=keys)], settings)
    assert after == []


@given(st.lists(anybody, max_size=4), choices)
def test_each_elder_is_judged_by_themselves(everybody: list[Known], settings: Settings) -> None:
    together = proposals(TODAY, everybody, settings)
    assert together == [it for one in everybody for it in proposals(TODAY, [one], settings)]


@given(anybody, choices)
def test_a_contact_today_ends_every_run_of_attempts(one: Known, settings: Settings) -> None:
    assert Evidence.ATTEMPTS not in why(replace(one, contacts=one.contacts | {TODAY}), settings)


def test_the_review_shows_the_seven_days_before_it() -> None:
    one = replace(
        quiet(attempts=ago(0, 1, 7, 8), follow_ups=ago(2)),
        days={min(ago(1)): State.MISSED, min(ago(2)): State.EXCUSED, min(ago(8)): State.MISSED}
        | dict.fromkeys(ago(3, 4), State.MET),
    )
    assert last_week(TODAY, one) == LastWeek(met=2, excused=1, missed=1, attempts=2, follow_ups=1)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 4, 13, 8, 59, tzinfo=SHANGHAI), date(2026, 4, 6)),
        (datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI), date(2026, 4, 13)),
        (datetime(2026, 4, 19, 23, 59, tzinfo=SHANGHAI), date(2026, 4, 13)),
        (datetime(2026, 4, 20, 0, 0, tzinfo=SHANGHAI), date(2026, 4, 13)),
    ],
)
def test_a_review_is_on_until_the_next_one_begins(now: datetime, day: date) -> None:
    assert last_review(now, HANDBOOK, SHANGHAI) == day


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 6))  # noqa: DTZ001 - a zone is given below
def test_the_review_that_is_on_began_within_the_last_week(now: datetime, on: int) -> None:
    local = now.replace(tzinfo=SHANGHAI)
    day = last_review(local, Settings(review_on=on), SHANGHAI)
    assert day.weekday() == on
    assert timedelta() <= local.date() - day <= WEEK


START = datetime(2026, 4, 8, 16, tzinfo=UTC)
END = START + timedelta(days=1)
BEFORE = START - timedelta(days=9)
NOON = START + timedelta(hours=12)


@pytest.mark.parametrize(
    ("changes", "since", "found"),
    [
        ([], BEFORE, {Tier.RED}),
        ([], END, set()),
        ([Change(NOON, Tier.GREEN, Tier.RED)], BEFORE, {Tier.GREEN, Tier.RED}),
        ([Change(START, Tier.GREEN, Tier.RED)], BEFORE, {Tier.RED}),
        ([Change(END, Tier.GREEN, Tier.RED)], BEFORE, {Tier.GREEN}),
        ([Change(BEFORE, Tier.GREEN, Tier.RED)], BEFORE, {Tier.RED}),
        ([Change(NOON, None, Tier.RED)], NOON, {Tier.RED}),
    ],
)
def test_every_tier_of_a_day_is_found(
    changes: list[Change], since: datetime, found: set[Tier]
) -> None:
    assert tiers_between(START, END, Tier.RED, changes, since) == found
