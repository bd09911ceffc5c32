"""How much of what was owed was done, and the monthly rate."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from care.cadence import DAY, Progress, days_between, days_of_month
from care.community import Settings
from care.elders import Tier
from care.ledger import State
from care.rates import (
    MonthlyRate,
    Part,
    Record,
    Standing,
    green_part,
    monthly_rate,
    rates,
    settled,
    standing_of,
    stretch,
    yellow_part,
)

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
LAST = date(2026, 4, 30)
# Mondays; the week of 30 March has its Thursday in April, that of 27 April as well.
MARCH_30, APRIL_6, APRIL_27 = date(2026, 3, 30), date(2026, 4, 6), date(2026, 4, 27)
USUAL = Settings()
AFTER = date(2026, 6, 1)
EVERY = days_between(date(2026, 3, 1), date(2026, 6, 30))
DAYS = st.sets(st.sampled_from(EVERY))


def there(tier: Tier) -> dict[date, Tier]:
    return dict.fromkeys(EVERY, tier)


def yellow(*visits: date) -> Record:
    return Record(there(Tier.YELLOW), set(visits))


def green(*visits: date) -> Record:
    return Record(there(Tier.GREEN), set(visits))


def red(**states: State | None) -> Record:
    """Day of April by name (`d7`), all other days met."""
    days: dict[date, State | None] = dict.fromkeys(days_of_month(APRIL), State.MET)
    days |= {date(2026, 4, int(name[1:])): state for name, state in states.items()}
    return Record(there(Tier.RED), set(), days)


def test_more_than_was_owed_makes_up_for_no_other_week() -> None:
    busy = yellow(*days_between(APRIL_6, APRIL_6 + 6 * DAY))
    weeks = [APRIL_6, APRIL_6 + 7 * DAY]
    assert yellow_part(weeks, busy, USUAL, AFTER) == Part(done=2, missed=2)


def test_what_is_missing_of_a_week_that_runs_is_open_as_far_as_days_are_left() -> None:
    one = yellow(APRIL_6)
    assert yellow_part([APRIL_6], one, USUAL, APRIL_6 + DAY) == Part(1, 0, 1)
    assert yellow_part([APRIL_6], yellow(), USUAL, APRIL_6 + 6 * DAY) == Part(0, 1, 1)
    assert yellow_part([APRIL_6], one, USUAL, APRIL_6 + 7 * DAY) == Part(1, 1, 0)


def test_what_has_not_begun_is_not_owed_yet() -> None:
    assert yellow_part([APRIL_6], yellow(), USUAL, APRIL_6 - DAY) == Part()
    assert green_part([MAY], green(), USUAL, LAST) == Part()
    assert green_part([APRIL], green(), USUAL, LAST) == Part(open=1)


def test_red_is_counted_by_the_day_and_today_is_held_against_nobody() -> None:
    one = red(d2=State.MISSED, d3=State.EXCUSED, d30=None)
    found = rates(APRIL, LAST, [one], USUAL, LAST).all.red
    assert (found.met, found.missed, found.excused, found.open) == (27, 1, 1, 1)
    assert (found.owed, found.percent) == (28, 96)


def test_a_week_belongs_to_the_month_its_thursday_is_in() -> None:
    visits = (MARCH_30, MARCH_30 + DAY, APRIL_27, date(2026, 5, 3))
    found = rates(APRIL, LAST, [yellow(*visits)], USUAL, AFTER)
    assert list(found.weeks) == [MARCH_30 + n * 7 * DAY for n in range(5)]
    assert found.all.yellow == Part(done=4, missed=6)
    assert found.weeks[APRIL_27].yellow == Part(done=2)
    assert found.months[APRIL].yellow == found.all.yellow


def test_months_are_counted_as_a_whole_however_little_of_them_is_asked_for() -> None:
    found = rates(date(2026, 4, 20), MAY, [green(APRIL)], USUAL, AFTER)
    assert found.all.green == Part(done=1, missed=1)
    assert list(found.months) == [APRIL, MAY]
    assert found.months[APRIL].green == Part(done=1)
    assert found.weeks[date(2026, 4, 20)].green == Part()


def test_an_elder_is_visited_as_owed_when_nothing_was_missed() -> None:
    four_weeks = [MARCH_30 + n * 7 * DAY for n in range(5)]
    all_visits = [day + extra * DAY for day in four_weeks for extra in (0, 3)]
    standings = {
        Standing.AS_OWED: [red(), red(d5=State.EXCUSED), yellow(*all_visits), green(LAST)],
        Standing.BEHIND: [red(d5=State.MISSED), yellow(*all_visits[1:]), green()],
        Standing.NOTHING_OWED: [Record(), Record({}, {APRIL})],
    }
    for wanted, records in standings.items():
        for one in records:
            assert standing_of(APRIL, one, USUAL, AFTER) is wanted
    everybody = [one for records in standings.values() for one in records]
    rate = monthly_rate(APRIL, everybody, USUAL, AFTER)
    assert (rate.as_owed, rate.open, rate.behind, rate.nothing_owed) == (4, 0, 3, 2)
    assert (rate.elders, rate.percent) == (7, 57)


def test_while_the_month_runs_who_was_not_visited_yet_is_open_and_not_behind() -> None:
    day = date(2026, 4, 10)
    assert standing_of(APRIL, green(), USUAL, day) is Standing.OPEN
    so_far = dict.fromkeys(days_between(APRIL, day - DAY), State.MET) | {day: None}
    assert standing_of(APRIL, Record(there(Tier.RED), (), so_far), USUAL, day) is Standing.AS_OWED
    assert standing_of(APRIL, Record({}, (), {day: None}), USUAL, day) is Standing.OPEN


def test_each_tier_an_elder_had_in_the_month_must_have_been_served() -> None:
    owing = dict.fromkeys(days_between(APRIL, date(2026, 4, 19)), Tier.GREEN)
    days: dict[date, State | None] = dict.fromkeys(days_between(date(2026, 4, 20), LAST), State.MET)
    owing |= dict.fromkeys(days, Tier.RED)
    assert standing_of(APRIL, Record(owing, (), days), USUAL, AFTER) is Standing.BEHIND
    visited = Record(owing, {date(2026, 4, 25)}, days)
    assert standing_of(APRIL, visited, USUAL, AFTER) is Standing.AS_OWED


def test_nothing_owed_has_no_percentage() -> None:
    assert Part().percent is None
    assert MonthlyRate().percent is None


def test_percentages_are_rounded_down_so_that_100_means_all() -> None:
    assert Part(done=199, missed=1).percent == 99
    assert MonthlyRate(as_owed=199, behind=1).percent == 99
    assert Part(done=3).percent == 100


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 9), st.integers(0, 9), DAYS, st.sampled_from(EVERY))
def test_what_is_owed_is_done_missed_or_open_and_nothing_else(
    done: int, owed: int, visits: set[date], today: date
) -> None:
    one = Record(there(Tier.YELLOW), visits)
    part = settled(Progress(done, owed), days_between(APRIL_6, APRIL_6 + 6 * DAY), one, today)
    assert part.owed == owed
    assert part.done == min(done, owed)
    assert min(part.missed, part.open) >= 0
    if today > APRIL_6 + 6 * DAY:
        assert not part.open


@settings(deadline=None, derandomize=True)
@given(DAYS, st.sampled_from(EVERY))
def test_another_visit_never_makes_a_rate_worse(visits: set[date], more: date) -> None:
    for tier in (Tier.YELLOW, Tier.GREEN):
        before = rates(APRIL, LAST, [Record(there(tier), visits)], USUAL, AFTER)
        after = rates(APRIL, LAST, [Record(there(tier), visits | {more})], USUAL, AFTER)
        assert after.all.yellow.done >= before.all.yellow.done
        assert after.all.green.done >= before.all.green.done
        assert after.monthly[APRIL].as_owed >= before.monthly[APRIL].as_owed


@settings(deadline=None, derandomize=True)
@given(st.sampled_from(EVERY), st.integers(0, 60))
def test_the_days_that_must_be_known_hold_every_week_and_month_spoken_of(
    first: date, more: int
) -> None:
    last = first + more * DAY
    begin, end = stretch(first, last)
    found = rates(first, last, [], USUAL, AFTER)
    for monday in found.weeks:
        assert begin <= monday
        assert monday + 6 * DAY <= end
    for month in found.months:
        assert begin <= month
        assert days_of_month(month)[-1] <= end
