"""Telling people apart: within one file, and against what is on record."""

from datetime import date

import pytest

from care.elders import ElderFacts
from care.roster_people import _contradict, _same_person, same_number

BORN = date(1948, 3, 5)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"number": "7"}, {"number": "007"}, True),
        ({"number": "7"}, {"number": "8"}, False),
        ({"birth_date": BORN}, {"birth_date": BORN}, True),
        ({"birth_date": BORN}, {"birth_date": date(1950, 1, 1)}, False),
        ({"phone": "1"}, {"phone": "1"}, True),
        ({"phone": "1"}, {"phone": "2"}, False),
        ({"birth_date": BORN}, {"phone": "2"}, None),
    ],
)
def test_number_then_birthday_then_phone_tells(
    one: dict[str, object], other: dict[str, object], same: bool | None
) -> None:
    first = ElderFacts.model_validate({"name": "王芳"} | one)
    second = ElderFacts.model_validate({"name": "王芳"} | other)
    assert _same_person(first, second) is same


def test_what_is_written_down_in_two_ways_contradicts() -> None:
    known = ElderFacts(name="王芳", number="7", birth_date=BORN)
    assert _contradict(ElderFacts(name="王芳", number="8"), known)
    assert _contradict(ElderFacts(name="王芳", birth_date=date(1950, 1, 1)), known)
    assert not _contradict(ElderFacts(name="王芳"), known)
    assert same_number(ElderFacts(name="王芳"), known) is None
