"""The order of the call list, and what counts as a contact."""

from datetime import date, timedelta
from itertools import islice, permutations
from typing import Any

import pytest

from care.calls import CONTACTS, Outcome, Owed, Urgency, asks_again, in_order, is_contact

TODAY = date(2026, 4, 9)
DAY = timedelta(days=1)


def owed(elder_id: int, name: str = "王桂芳", **how: Any) -> Owed:
    known: dict[str, Any] = {"asked": False, "checked_in": False, "last_contact": TODAY - DAY}
    return Owed(elder_id=elder_id, name=name, **known | how)


def test_an_attempt_is_no_contact() -> None:
    assert {one for one in Outcome if is_contact(one)} == CONTACTS
    assert Outcome.NO_ANSWER not in CONTACTS
    assert Outcome.NOT_POSSIBLE not in CONTACTS


@pytest.mark.parametrize(
    ("how", "urgency"),
    [
        ({"asked": True, "attempts_today": 2, "checked_in": True}, Urgency.ASKED_TO_BE_CALLED),
        ({"attempts_today": 1, "checked_in": True}, Urgency.TRIED_TODAY),
        ({"checked_in": True, "last_contact": None}, Urgency.CHECKED_IN),
        ({"last_contact": None}, Urgency.NEVER_CONTACTED),
        ({"last_contact": TODAY - 2 * DAY}, Urgency.UNRESOLVED_YESTERDAY),
        ({"last_contact": TODAY - 2 * DAY, "red_since": TODAY}, Urgency.ROUTINE),
        ({}, Urgency.ROUTINE),
    ],
)
def test_why_somebody_is_called_early(how: dict[str, Any], urgency: Urgency) -> None:
    assert owed(1, **how).urgency(TODAY) is urgency


def test_the_most_urgent_first_then_the_longest_ago_then_by_name() -> None:
    ordered = [
        owed(9, asked=True),
        owed(8, last_contact=TODAY - 5 * DAY),
        owed(7, last_contact=TODAY - 2 * DAY),
        owed(6, attempts_today=1),
        owed(5, last_contact=None),
        owed(4, "a"),
        owed(1, "b"),
        owed(2, "b"),
        owed(3, checked_in=True),
    ]
    for shuffled in islice(permutations(ordered), 0, None, 10_007):
        assert in_order(list(shuffled), TODAY) == ordered


@pytest.mark.parametrize(
    ("attempts", "times", "again"),
    [(0, 2, False), (1, 2, True), (2, 2, True), (3, 2, False), (1, 0, False)],
)
def test_an_unanswered_call_is_asked_about_twice(attempts: int, times: int, *, again: bool) -> None:
    assert asks_again(attempts, times) is again
