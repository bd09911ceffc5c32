"""Wishes: who shall come to an elder, and who not."""

from dataclasses import dataclass
from enum import StrEnum

from care.elders import Sex


class Kind(StrEnum):
    """What is wished of whoever comes (handbook, "The week")."""

    SAME_SEX = "same_sex"
    DIALECT = "dialect"
    NOT_PERSON = "not_person"
    TWO_PEOPLE = "two_people"


class Side(StrEnum):
    """Whose wish it is. Both sides may say "not this person", and each is kept by itself."""

    ELDER = "elder"
    VOLUNTEER = "volunteer"


class Dialect(StrEnum):
    """What is spoken beside the standard language."""

    LOCAL = "local"
    CANTONESE = "cantonese"
    WU = "wu"
    MIN_NAN = "min_nan"
    HAKKA = "hakka"
    SICHUAN = "sichuan"
    XIANG = "xiang"
    GAN = "gan"


@dataclass(frozen=True)
class Wishes:
    """What holds for visits to one elder.

    Attributes:
        sex: the elder's, if whoever comes shall be of the same one; None when it does not matter.
        unknown_sex: the same sex is wished for, and the elder's is not written down.
        dialects: whoever comes shall speak one of these.
        not_by: who shall not come, whichever side said so.
        two_people: two shall come together.
    """

    sex: Sex | None = None
    unknown_sex: bool = False
    dialects: frozenset[str] = frozenset()
    not_by: frozenset[int] = frozenset()
    two_people: bool = False


@dataclass(frozen=True)
class Visitor:
    """What of a volunteer a wish may ask for."""

    member_id: int
    sex: Sex | None = None
    dialects: frozenset[str] = frozenset()
    in_pairs: bool = False


def against(wishes: Wishes, visitor: Visitor) -> frozenset[Kind]:
    """Which wishes a visit by this volunteer would break (handbook, "The week").

    Somebody who has not said their sex or dialects is not sent where these are asked for. A wish
    for the same sex as somebody whose sex nobody wrote down can be held by nobody, so it breaks
    for nobody: the staff is asked to write it down instead.
    """
    broken = {
        Kind.SAME_SEX: wishes.sex is not None and visitor.sex is not wishes.sex,
        Kind.DIALECT: bool(wishes.dialects) and not wishes.dialects & visitor.dialects,
        Kind.NOT_PERSON: visitor.member_id in wishes.not_by,
    }
    return frozenset(kind for kind, is_broken in broken.items() if is_broken)


def needs_two(wishes: Wishes, visitor: Visitor) -> bool:
    """Whether the volunteer goes there only together with somebody."""
    return wishes.two_people or visitor.in_pairs


def gather(said: list[tuple[Kind, int | None, str]], sex: Sex | None) -> Wishes:
    """An elder's wishes from what is written down: kind, person, value; `sex` is the elder's."""
    kinds = {kind for kind, _, _ in said}
    same = Kind.SAME_SEX in kinds
    return Wishes(
        sex=sex if same else None,
        unknown_sex=same and sex is None,
        dialects=frozenset(value for kind, _, value in said if kind is Kind.DIALECT),
        not_by=frozenset(
            who for kind, who, _ in said if kind is Kind.NOT_PERSON and who is not None
        ),
        two_people=Kind.TWO_PEOPLE in kinds,
    )
