"""A drafted week as a sheet that was sent back: what each row asks for, or what is wrong with it.

A row carries, beside what people read, how its visit stood when the file was made. So a row that
nobody touched asks for nothing, and one that was changed meanwhile is noticed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from care.calls import Reason
from care.days import HalfDay, days_of
from care.plans import Visit
from care.roster_cells import key, plain
from care.roster_lines import Sheet

# The columns by their names in the file's first row, which is hidden.
COLUMNS = (
    "nuanlin_draft", "elder", "building", "day", "half", "volunteer", "locked", "not_needed", "why",
)  # fmt: skip
CODE = COLUMNS[0]
DEPTH = 5
_CODE = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,15})\.(\d{1,15})\.([0-6])(am|pm)\.([01])")
_DAY = re.compile(r"(?:\d{4}\D)?0?(\d{1,2})\D0?(\d{1,2})\D?")


class Row(BaseModel):
    """A row of the file by its columns; `number` is Excel's."""

    model_config = ConfigDict(frozen=True)

    number: int
    cells: dict[str, str]


class Edited(BaseModel):
    """A file that is a drafted week."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["week_draft"] = "week_draft"
    rows: tuple[Row, ...]


class Fault(StrEnum):
    """Why nothing of a row can be taken."""

    NO_CODE = "no_code"
    TWICE = "twice"
    OTHER_WEEK = "other_week"
    NOT_IN_DRAFT = "not_in_draft"
    FOREIGN = "foreign"
    OTHER_ELDER = "other_elder"
    CHANGED_MEANWHILE = "changed_meanwhile"
    DAY = "day"
    HALF = "half"
    VOLUNTEER = "volunteer"
    TWO_VOLUNTEERS = "two_volunteers"
    LOCKED = "locked"
    REASON = "reason"


@dataclass(frozen=True)
class Was:
    """How a visit stood when the file was made."""

    week: date
    number: int
    volunteer_id: int
    day: date
    half: HalfDay
    locked: bool


@dataclass(frozen=True)
class Asked:
    """What a row asks for; `reason`: the visit is not needed."""

    volunteer_id: int
    day: date
    half: HalfDay
    locked: bool
    reason: Reason | None

    def moves(self, was: Was) -> bool:
        """Whether somebody else, or another time, is asked for."""
        return (self.volunteer_id, self.day, self.half) != (was.volunteer_id, was.day, was.half)

    def changes(self, was: Was) -> bool:
        """Whether the row asks for anything at all."""
        return self.reason is not None or self.moves(was) or self.locked is not was.locked

    def visit(self, elder_id: int) -> Visit:
        """The visit as it shall be."""
        return Visit(elder_id, self.volunteer_id, self.day, self.half)


@dataclass(frozen=True)
class Words:
    """What people write in the cells, as `key` folds it, in every language the file is made in."""

    halves: Mapping[str, HalfDay]
    yes_no: Mapping[str, bool]
    reasons: Mapping[str, Reason]
    volunteers: Mapping[str, Sequence[int]]


def code(was: Was) -> str:
    """The cell that says how a visit stood."""
    who = f"{was.week}.{was.number}.{was.volunteer_id}"
    return f"{who}.{was.day.weekday()}{was.half}.{int(was.locked)}"


def was(row: Row) -> Was | None:
    """What the row's code says; None when it is gone or damaged."""
    found = _CODE.fullmatch(row.cells.get(CODE, ""))
    if found is None:
        return None
    try:
        week = date.fromisoformat(found[1])
    except ValueError:
        return None
    day = week + timedelta(days=int(found[4]))
    return Was(week, int(found[2]), int(found[3]), day, HalfDay(found[5]), found[6] == "1")


def _is_head(names: Sequence[str]) -> bool:
    """Most of the columns, the code among them: a word in a remark makes no draft of a roster."""
    return CODE in names and 2 * len({*COLUMNS}.intersection(names)) > len(COLUMNS)


def find(sheets: Sequence[Sheet]) -> Edited | None:
    """The rows of a drafted week, None when the file is something else."""
    for sheet in sheets:
        for top, cells in enumerate(sheet.rows[:DEPTH]):
            names = [plain(cell) for cell in cells]
            if _is_head(names):
                return Edited(rows=tuple(_rows(sheet, top, names)))
    return None


def _rows(sheet: Sheet, top: int, names: Sequence[str]) -> list[Row]:
    """The rows that say anything; the visible header stands right under the hidden one."""
    found = []
    for number, cells in enumerate(sheet.rows[top + 2 :], start=top + 3):
        told = dict(zip(names, (plain(cell) for cell in cells), strict=False))
        # A cut column of yes and no says neither.
        known = {name: told.get(name, "") for name in COLUMNS if name in told or name != "locked"}
        if any(known.values()):
            found.append(Row(number=number, cells=known))
    return found


def asked(row: Row, was: Was, words: Words) -> Asked | Fault:
    """What a row asks for; the whole of it, or nothing."""
    cells = row.cells
    if cells["not_needed"]:
        reason = words.reasons.get(key(cells["not_needed"]))
        stays = (was.volunteer_id, was.day, was.half, was.locked)
        return Fault.REASON if reason is None else Asked(*stays, reason)
    day, half = day_in(was.week, cells["day"]), words.halves.get(key(cells["half"]))
    locked = _locked(cells.get("locked"), was, words)
    person = _person(cells["volunteer"], was, words)
    if day is None:
        return Fault.DAY
    if half is None:
        return Fault.HALF
    if locked is None:
        return Fault.LOCKED
    if isinstance(person, Fault):
        return person
    return Asked(person, day, half, locked, None)


def _locked(text: str | None, was: Was, words: Words) -> bool | None:
    """What the cell says, None when it is neither yes nor no; as it was when there is no cell."""
    if text is None:
        return was.locked
    return words.yes_no.get(key(text)) if text else False


def _person(text: str, was: Was, words: Words) -> int | Fault:
    """Who is named; of several of the name, whoever went before."""
    people = words.volunteers.get(key(text), ())
    if was.volunteer_id in people:
        return was.volunteer_id
    if len(people) != 1:
        return Fault.TWO_VOLUNTEERS if people else Fault.VOLUNTEER
    return people[0]


def day_in(week: date, text: str) -> date | None:
    """A day of the week by its date, with or without the year; None when it is none."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    named = (int(found[1]), int(found[2]))
    year = text.strip()[:4]
    return next(
        (
            day
            for day in days_of(week)
            if (day.month, day.day) == named and (not year.isdecimal() or int(year) == day.year)
        ),
        None,
    )
