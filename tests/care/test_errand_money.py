"""Money in whole fen: typed, said by two sides, put right, and what does not add up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.errand_money import (
    MOST_FEN,
    Account,
    Difference,
    Entry,
    Fault,
    Flow,
    Side,
    WrongSum,
    accounts,
    counted,
    differences,
    may_correct,
    read_yuan,
    side_of,
    standing,
    to_tell,
    yuan,
)
from care.errands import Part, State

CHEN, ZHOU = 1, 2
NOW = datetime(2026, 4, 9, 8, tzinfo=UTC)
DAY = timedelta(hours=24)
V, P = Side.VOLUNTEER, Side.PAYER


def book(*said: tuple[Flow, Side, int]) -> list[Entry]:
    return [
        Entry(n, CHEN, flow, side, fen, receipt=flow is Flow.SPENT)
        for n, (flow, side, fen) in enumerate(said, 1)
    ]


@pytest.mark.parametrize(
    ("text", "fen"),
    [("35", 3500), ("35.6", 3560), ("¥35.60", 3560), ("￥ 0.05元", 5), ("12块", 1200),
     ("100000", MOST_FEN), ("7。5", 750)],
)  # fmt: skip
def test_a_typed_sum_is_read_without_a_float(text: str, fen: int) -> None:
    assert read_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "-5", "1,5", "3.567", "100000.01", "abc", "1e3", ".5"])
def test_what_is_no_sum_is_not_guessed_at(text: str) -> None:
    with pytest.raises(WrongSum):
        read_yuan(text)


@given(st.integers(0, MOST_FEN))
def test_a_sum_that_is_written_is_read_as_it_was(fen: int) -> None:
    assert read_yuan(yuan(fen)) == fen


def test_a_negative_sum_is_written_with_its_sign() -> None:
    assert (yuan(-5), yuan(-1234), yuan(0)) == ("-0.05", "-12.34", "0.00")


def test_each_side_speaks_for_itself_alone() -> None:
    claimer, family, staff = Part(claimer=True), Part(receiver=True), Part(keeper=True)
    assert side_of(Flow.ADVANCE, claimer, for_volunteer=True) is V
    assert side_of(Flow.SPENT, claimer, for_volunteer=True) is V
    assert side_of(Flow.ADVANCE, claimer, for_volunteer=False) is None
    assert side_of(Flow.ADVANCE, family, for_volunteer=False) is P
    assert side_of(Flow.CHANGE, staff, for_volunteer=False) is P
    assert side_of(Flow.CHANGE, staff, for_volunteer=True) is None
    assert side_of(Flow.SPENT, staff, for_volunteer=False) is None
    assert side_of(Flow.ADVANCE, Part(asker=True), for_volunteer=False) is None


def test_money_that_agrees_on_both_sides_has_no_difference() -> None:
    entries = book(
        (Flow.ADVANCE, P, 5000), (Flow.ADVANCE, V, 5000), (Flow.SPENT, V, 3560),
        (Flow.CHANGE, V, 1440), (Flow.CHANGE, P, 1440),
    )  # fmt: skip
    assert differences(entries, budget=5000) == []


def test_two_words_that_differ_are_a_difference() -> None:
    entries = book((Flow.ADVANCE, P, 5000), (Flow.ADVANCE, V, 4000), (Flow.SPENT, V, 4000))
    assert differences(entries) == [Difference(Fault.DISAGREE, CHEN, -1000, Flow.ADVANCE)]


@pytest.mark.parametrize("side", Side)
def test_what_only_one_side_has_said_is_a_difference(side: Side) -> None:
    found = differences(book((Flow.ADVANCE, side, 5000)))
    assert Difference(Fault.ONE_SIDED, CHEN, 5000, Flow.ADVANCE) in found
    assert Difference(Fault.UNBALANCED, CHEN, 5000) in found


def test_nothing_said_by_one_side_alone_is_nothing() -> None:
    assert differences(book((Flow.CHANGE, V, 0))) == []


def test_whoever_paid_out_of_their_own_pocket_is_owed_it_until_they_are_paid_back() -> None:
    spent = (Flow.SPENT, V, 3560)
    assert differences(book(spent)) == [Difference(Fault.UNBALANCED, CHEN, -3560)]
    assert differences(book(spent, (Flow.REPAID, P, 3560), (Flow.REPAID, V, 3560))) == []


def test_above_the_budget_and_without_a_receipt_is_pointed_out() -> None:
    bare = Entry(1, CHEN, Flow.SPENT, V, 3000)
    found = differences([bare], budget=2500)
    assert Difference(Fault.OVER_BUDGET, CHEN, 500, Flow.SPENT) in found
    assert Difference(Fault.NO_RECEIPT, CHEN, 3000, Flow.SPENT) in found


def test_a_correction_stands_in_place_of_what_it_corrects() -> None:
    first = Entry(1, CHEN, Flow.SPENT, V, 3000, receipt=True)
    second = Entry(2, CHEN, Flow.SPENT, V, 2000, corrects=1, receipt=True)
    assert standing([first, second]) == [second]
    [account] = accounts([first, second])
    assert account.sum_of(Flow.SPENT) == 2000
    assert may_correct(second, [first, second], V)
    assert not may_correct(first, [first, second], V)
    assert not may_correct(second, [first, second], P)


def test_each_holder_has_an_account_of_their_own() -> None:
    entries = [
        Entry(1, ZHOU, Flow.ADVANCE, P, 500), Entry(2, CHEN, Flow.SPENT, V, 300),
        Entry(3, CHEN, Flow.SPENT, V, 200),
    ]  # fmt: skip
    first, second = accounts(entries)
    assert (first.holder, first.left) == (ZHOU, 500)
    assert (second.holder, second.left, second.without_receipt) == (CHEN, -500, 500)


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([CHEN, ZHOU]), st.sampled_from(Flow), st.sampled_from(Side),
        st.integers(0, MOST_FEN), st.integers(0, 30),
    )
)  # fmt: skip


@given(ENTRIES)
def test_no_difference_means_that_every_fen_is_accounted_for(
    said: list[tuple[int, Flow, Side, int, int]],
) -> None:
    entries = [
        Entry(n, holder, flow, side, fen, corrects=c if 0 < c < n else None, receipt=True)
        for n, (holder, flow, side, fen, c) in enumerate(said, 1)
    ]
    for account in accounts(entries):
        found = account.differences()
        assert all(isinstance(one.fen, int) for one in found)
        assert (account.left == 0) == (Fault.UNBALANCED not in {one.fault for one in found})
        if not found:
            received = account.sum_of(Flow.ADVANCE) + account.sum_of(Flow.REPAID)
            assert received == account.sum_of(Flow.SPENT) + account.sum_of(Flow.CHANGE)
            for flow in (Flow.ADVANCE, Flow.CHANGE, Flow.REPAID):
                own, other = (account.said.get((flow, side), 0) for side in Side)
                assert own == other


@given(ENTRIES)
def test_the_rows_that_count_come_to_the_sums_of_the_accounts_so_that_months_add_up(
    said: list[tuple[int, Flow, Side, int, int]],
) -> None:
    entries = [
        Entry(n, holder, flow, side, fen, corrects=c if 0 < c < n else None)
        for n, (holder, flow, side, fen, c) in enumerate(said, 1)
    ]
    for flow in Flow:
        rows = [one.fen for one in counted(entries) if one.flow is flow]
        assert sum(rows) == sum(one.sum_of(flow) for one in accounts(entries))


def test_an_account_of_nothing_is_nothing() -> None:
    assert Account(CHEN).differences(0) == []


def test_staff_hear_at_once_of_two_words_that_differ_and_of_the_rest_when_time_is_over() -> None:
    at_once = Difference(Fault.DISAGREE, CHEN, 5, Flow.ADVANCE)
    later = Difference(Fault.UNBALANCED, CHEN, 5)
    found = [at_once, later]
    assert to_tell(NOW, found, State.DONE, NOW, DAY) == [at_once]
    assert to_tell(NOW + DAY, found, State.DONE, NOW, DAY) == found
    assert to_tell(NOW + DAY, found, State.CLAIMED, NOW, DAY) == [at_once]
    assert to_tell(NOW + DAY, found, State.OPEN, NOW, DAY) == found
