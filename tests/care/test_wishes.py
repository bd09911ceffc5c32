"""Which wishes a visit would break."""

import pytest

from care.elders import Sex
from care.hours import Kind as HoursKind
from care.wishes import Dialect, Kind, Visitor, Wishes, against, gather, needs_two

WOMAN = Visitor(1, Sex.FEMALE, frozenset({Dialect.WU}))
UNSAID = Visitor(2)


def test_where_nothing_is_wished_anybody_may_come() -> None:
    assert against(Wishes(), UNSAID) == frozenset()
    assert not needs_two(Wishes(), UNSAID)


@pytest.mark.parametrize(
    ("sex", "visitor", "broken"),
    [
        (Sex.FEMALE, WOMAN, False),
        (Sex.MALE, WOMAN, True),
        (Sex.FEMALE, UNSAID, True),
    ],
)
def test_the_same_sex_is_held_and_who_did_not_say_is_not_sent(
    sex: Sex, visitor: Visitor, broken: bool
) -> None:
    wishes = gather([(Kind.SAME_SEX, None, "")], sex)
    assert (Kind.SAME_SEX in against(wishes, visitor)) is broken
    assert not wishes.unknown_sex


def test_the_same_sex_as_somebody_whose_sex_nobody_knows_keeps_nobody_away_and_is_said() -> None:
    wishes = gather([(Kind.SAME_SEX, None, "")], None)
    assert against(wishes, WOMAN) == frozenset()
    assert wishes.unknown_sex


def test_one_dialect_of_several_is_enough() -> None:
    said: list[tuple[Kind, int | None, str]] = [
        (Kind.DIALECT, None, Dialect.WU),
        (Kind.DIALECT, None, Dialect.HAKKA),
    ]
    wishes = gather(said, None)
    assert against(wishes, WOMAN) == frozenset()
    assert against(wishes, UNSAID) == {Kind.DIALECT}


def test_a_named_person_does_not_come_and_nobody_else_is_meant() -> None:
    wishes = gather([(Kind.NOT_PERSON, 1, "")], Sex.MALE)
    assert against(wishes, WOMAN) == {Kind.NOT_PERSON}
    assert against(wishes, UNSAID) == frozenset()


def test_two_go_where_the_elder_or_the_volunteer_wishes_it() -> None:
    two = gather([(Kind.TWO_PEOPLE, None, "")], None)
    assert needs_two(two, WOMAN)
    assert needs_two(Wishes(), Visitor(3, in_pairs=True))


def test_hours_are_signed_in_and_out_or_added_later() -> None:
    assert set(HoursKind) == {"verified", "added"}
