"""What a roster file says, line by line, and everything that can be wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum, auto

from pydantic import BaseModel, ConfigDict

from care.elders import ElderFacts
from care.places import Point

Cell = str | int | float | bool | date | datetime | time | timedelta | None
FIELDS = tuple(ElderFacts.model_fields)
FLAGS = ("disability", "chronic_illness", "empty_nest", "limited_mobility")


class Reason(StrEnum):
    """Why something was not taken from a file. Each has its sentence in `bot/screens/roster.py`."""

    # the file could not be read
    EMPTY_FILE = auto()
    TOO_BIG = auto()
    UNPACKS_TOO_BIG = auto()
    TOO_MANY_PARTS = auto()
    TOO_MANY_ROWS = auto()
    TOO_MANY_COLUMNS = auto()
    TOO_SLOW = auto()
    TOO_HEAVY = auto()
    TRUNCATED = auto()
    DAMAGED = auto()
    ENCRYPTED = auto()
    OLD_EXCEL = auto()
    BINARY_EXCEL = auto()
    XML_EXCEL = auto()
    OPEN_DOCUMENT = auto()
    NUMBERS = auto()
    WORD = auto()
    OLD_OFFICE = auto()
    SLIDES = auto()
    PDF = auto()
    PICTURE = auto()
    WEB_PAGE = auto()
    RICH_TEXT = auto()
    ARCHIVE = auto()
    NOT_TEXT = auto()
    ENCODING = auto()
    QUOTES = auto()

    # the sheet could not be understood
    NO_HEADER = auto()
    NO_ROWS = auto()
    TWO_SHEETS = auto()
    TWO_COLUMNS = auto()
    WHOSE_PHONE = auto()

    # one cell
    NO_NAME = auto()
    NOT_A_NAME = auto()
    TOO_LONG = auto()
    CELL_ERROR = auto()
    BECAME_DATE = auto()
    TIER_UNKNOWN = auto()
    SEX_UNKNOWN = auto()
    FLAG_UNKNOWN = auto()
    DATE_UNKNOWN = auto()
    DATE_ORDER = auto()
    DATE_SHORT_YEAR = auto()
    DATE_NO_DAY = auto()
    DATE_LUNAR = auto()
    NO_SUCH_DAY = auto()
    AGE_NOT_DATE = auto()
    BIRTH_IN_FUTURE = auto()
    TOO_YOUNG = auto()
    TOO_OLD = auto()
    PHONE_UNKNOWN = auto()
    PHONE_TOO_SHORT = auto()
    PHONE_TOO_LONG = auto()
    PHONE_TWO = auto()
    PHONE_WORDS = auto()
    PHONE_ROUNDED = auto()
    IDENTITY_LENGTH = auto()
    IDENTITY_OLD = auto()
    IDENTITY_ROUNDED = auto()
    IDENTITY_CHECK = auto()
    IDENTITY_DATE = auto()
    IDENTITY_AS_NUMBER = auto()
    BIRTH_CONTRADICTS = auto()
    SEX_CONTRADICTS = auto()

    # one person
    TWICE = auto()
    NUMBER_TWICE = auto()
    SAME_NAME = auto()
    TWO_CANDIDATES = auto()
    TAKEN = auto()
    OTHER_NUMBER = auto()
    NUMBER_OF_ANOTHER = auto()
    OTHER_PHONE = auto()


class Doubt(Exception):
    """What a cell says is not clear; raised by whoever reads it, told to whoever sent it."""

    def __init__(self, reason: Reason, **facts: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True)
class Sheet:
    """One sheet, as plain values; the first row is Excel's row 1."""

    name: str
    rows: Sequence[Sequence[Cell]]


class Problem(BaseModel):
    """One thing that was not taken, where it stands, and why.

    `row` is Excel's; None means the file as a whole. `column` is the name of our field (or
    "identity"), "" for the whole row or file. `value` is safe to show: long numbers are masked.
    """

    model_config = ConfigDict(frozen=True)

    row: int | None
    column: str
    value: str
    reason: Reason
    facts: dict[str, str] = {}


class Line(BaseModel):
    """One person in the file.

    `given` are the fields the file speaks about for this person; `erased`, those among them where
    it says there is none. `notes` are second phone numbers, to be kept with the remark, whatever
    the remark is.
    """

    model_config = ConfigDict(frozen=True)

    row: int
    facts: ElderFacts
    given: frozenset[str]
    erased: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


class PlaceLine(BaseModel):
    """One building in the file; `walks` are others with the metres on foot."""

    model_config = ConfigDict(frozen=True)

    row: int
    name: str
    point: Point | None = None
    walks: tuple[tuple[str, int], ...] = ()


class PlaceWrong(StrEnum):
    """Why a row about a building is not taken."""

    NO_BUILDING = auto()
    LATITUDE = auto()
    LONGITUDE = auto()
    HALF_A_POINT = auto()
    WALK = auto()
    TWICE = auto()
    FAR = auto()


class PlaceProblem(BaseModel):
    """A row about a building that is not taken."""

    model_config = ConfigDict(frozen=True)

    row: int
    value: str
    wrong: PlaceWrong


class MapReading(BaseModel):
    """What a file says of buildings, in a sheet of their own."""

    model_config = ConfigDict(frozen=True)

    lines: tuple[PlaceLine, ...] = ()
    problems: tuple[PlaceProblem, ...] = ()


class Reading(BaseModel):
    """A whole file: who is in it, what was not understood, which columns were left aside."""

    model_config = ConfigDict(frozen=True)

    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    ignored: tuple[str, ...] = ()
    map: MapReading = MapReading()


def refuse(reason: Reason, value: str = "", **facts: str) -> Reading:
    """The reading of a file that cannot be taken at all."""
    return Reading(
        problems=(Problem(row=None, column="", value=value, reason=reason, facts=facts),)
    )
