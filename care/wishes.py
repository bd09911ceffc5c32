"""Wishes: who shall come to an elder, and who not."""

from enum import StrEnum


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
