"""The order of the call list, what counts as a contact, and since when one is owed."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, permutations
from typing import Any

import pytest

from care.calls import (
    CONTACTS,
    Outcome,
    Owed,
    Urgency,
    asks_again,
    in_order,
    is_contact,
    owed_from,
)
from care.elders import Tier
from care.surge import Why
from care.tiers import Change

TODAY = date(2026, 4, 9)
DAY = timedelta(days=1)
START = datetime(2026, 4, 8, 16, tzinfo=UTC)
LONG_AGO = START - 100 * DAY


def owed(elder_id: int, name: str = "王桂芳", **how: Any) -> Owed:
    known: dict[str, Any] = {"last_contact": TODAY - DAY}
    return Owed(elder_id=elder_id, name=name, **known | how)


def test_an_attempt_is_no_contact() -> None:
    assert {one for one in Outcome if is_contact(one)} == CONTACTS
    assert Outcome.NO_ANSWER not in CONTACTS
    assert Outcome.NOT_POSSIBLE not in CONTACTS


@pytest.mark.parametrize(
    ("how", "urgency"),
    [
        ({"missed_yesterday": True, "asked": True}, Urgency.UNRESOLVED_YESTERDAY),
        ({"asked": True, "silent": True}, Urgency.ASKED_TO_BE_CALLED),
        ({"silent": True, "attempts_today": 1}, Urgency.SILENT),
        ({"attempts_today": 1, "follow_up": TODAY}, Urgency.TRIED_TODAY),
        ({"follow_up": TODAY, "red_since_today": True}, Urgency.FOLLOW_UP_DUE),
        ({"red_since_today": True, "back_today": True}, Urgency.RED_SINCE_TODAY),
        ({"back_today": True, "last_contact": None}, Urgency.BACK_TODAY),
        ({"last_contact": None}, Urgency.NEVER_CONTACTED),
        ({"surge": Why.HEAT, "last_contact": None}, Urgency.SURGE),
        ({"checked_in": True, "missed_yesterday": True}, Urgency.CHECKED_IN),
        ({"checked_in": True, "surge": Why.HEAT}, Urgency.CHECKED_IN),
        ({"checked_in": True, "attempts_today": 1}, Urgency.TRIED_TODAY),
        ({"checked_in": True, "follow_up": TODAY}, Urgency.FOLLOW_UP_DUE),
        ({}, Urgency.ROUTINE),
    ],
)
def test_why_somebody_is_called_early(how: dict[str, Any], urgency: Urgency) -> None:
    assert owed(1, **how).urgency is urgency


def test_every_reason_is_said_and_not_only_the_strongest() -> None:
    found = owed(1, missed_yesterday=True, attempts_today=2, checked_in=True)
    assert found.reasons == (
        Urgency.UNRESOLVED_YESTERDAY,
        Urgency.TRIED_TODAY,
        Urgency.CHECKED_IN,
    )


def test_who_was_contacted_is_listed_only_for_what_is_left() -> None:
    assert not owed(1, done=True, missed_yesterday=True, attempts_today=1).open
    assert owed(1, done=True, attempts_today=1).reasons == ()
    again = owed(1, done=True, asked=True)
    assert (again.open, again.reasons) == (True, (Urgency.ASKED_TO_BE_CALLED,))
    later = owed(1, done=True, follow_up=TODAY)
    assert (later.open, later.reasons) == (True, (Urgency.FOLLOW_UP_DUE,))


@pytest.mark.parametrize(
    ("how", "is_open"),
    [
        ({}, False),
        ({"missed_yesterday": True, "silent": True, "back_today": True}, False),
        ({"asked": True}, True),
        ({"follow_up": TODAY - DAY}, True),
    ],
)
def test_who_is_owed_nothing_is_called_only_when_there_is_a_reason(
    how: dict[str, Any], *, is_open: bool
) -> None:
    assert owed(1, owes=False, **how).open is is_open


def test_the_most_urgent_first_then_the_longest_ago_then_by_name() -> None:
    ordered = [
        owed(9, missed_yesterday=True),
        owed(8, asked=True),
        owed(7, silent=True),
        owed(6, attempts_today=1),
        owed(5, last_contact=None),
        owed(4, last_contact=TODAY - 5 * DAY),
        owed(3, "a"),
        owed(1, "b"),
        owed(2, "b"),
    ]
    for shuffled in islice(permutations(ordered), 0, None, 10_007):
        assert in_order(list(shuffled)) == ordered


@pytest.mark.parametrize(
    ("attempts", "times", "again"),
    [(0, 2, False), (1, 2, True), (2, 2, True), (3, 2, False), (1, 0, False)],
)
def test_an_unanswered_call_is_asked_about_twice(attempts: int, times: int, *, again: bool) -> None:
    assert asks_again(attempts, times) is again


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def changed(hour: int, before: Tier | None, after: Tier | None) -> Change:
    return Change(at(hour), before, after)


RED, YELLOW = Tier.RED, Tier.YELLOW


@pytest.mark.parametrize(
    ("since", "changes", "ended", "owed_since"),
    [
        (LONG_AGO, [], None, None),
        (at(10), [], None, at(10)),
        (LONG_AGO, [changed(10, YELLOW, RED)], None, at(10)),
        (LONG_AGO, [changed(0, YELLOW, RED)], None, None),
        (LONG_AGO, [changed(10, RED, YELLOW)], None, None),
        (LONG_AGO, [changed(10, RED, YELLOW), changed(12, YELLOW, RED)], None, None),
        (LONG_AGO, [changed(0, RED, YELLOW), changed(12, YELLOW, RED)], None, at(12)),
        (LONG_AGO, [changed(9, None, YELLOW), changed(12, YELLOW, RED)], None, at(12)),
        (at(8), [changed(9, YELLOW, None)], None, at(8)),
        (LONG_AGO, [], at(11), at(11)),
        (LONG_AGO, [changed(12, YELLOW, RED)], at(11), at(12)),
    ],
)
def test_since_when_today_a_contact_is_owed(
    since: datetime, changes: list[Change], ended: datetime | None, owed_since: datetime | None
) -> None:
    """None is the whole day; else when the tier was raised, or when a pause was ended."""
    assert owed_from(START, since, changes, ended) == owed_since
