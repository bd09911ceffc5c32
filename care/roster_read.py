"""From sheets full of cells to people and problems."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from care import roster_cells as cells
from care.elders import ElderFacts
from care.places import NEXT_TO_METRES
from care.roster_dates import birth_date, identity, looks_like_identity
from care.roster_header import Header, classify, find_header, our_field
from care.roster_lines import (
    FLAGS,
    Cell,
    Doubt,
    Line,
    Problem,
    Reading,
    Reason,
    Sheet,
    refuse,
)
from care.roster_map import read_map, split
from care.roster_people import Crowd
from care.roster_phones import one_phone, phones
from care.roster_places import building, building_in, compose

TOTAL = re.compile(
    r"(?:合计|总计|小计|共计|总人数|总数|累计|total|subtotal|sum)\W*[\d\s人名位]*|共\d+[人名位户].*"
)
FOOTER = re.compile(
    r"(?:填表|制表|填报|审核|审批|复核|经办|负责人|盖章|签字|签名|统计时间|更新时间|注|说明|备注|"
    r"preparedby|checkedby|note|notes)(?:人|单位|日期|时间|s)?[:\d].*"
)
COUNT = re.compile(r"共?\d+[人名位户]?")
CONTACT_PHONE = re.compile(r"\+?\d[\d\s\-()]{5,}\d")


def read_cells(sheets: Sequence[Sheet], *, today: date, region: str = "CN") -> Reading:
    """Who is in the file, and what was not understood."""
    if not any(not cells.is_blank(cell) for sheet in sheets for row in sheet.rows for cell in row):
        return refuse(Reason.EMPTY_FILE)
    people, maps = split(sheets)
    if not maps:
        return _read_people(sheets, today, region)
    places = read_map(maps, NEXT_TO_METRES)
    if all(cells.is_blank(cell) for sheet in people for row in sheet.rows for cell in row):
        return Reading(map=places)
    return _read_people(people, today, region).model_copy(update={"map": places})


def _read_people(sheets: Sequence[Sheet], today: date, region: str) -> Reading:
    found = [(sheet, header) for sheet in sheets if (header := find_header(sheet.rows))]
    if not found:
        return refuse(Reason.NO_HEADER)
    filled = [(sheet, header) for sheet, header in found if _has_rows(sheet, header)]
    if not filled:
        return refuse(Reason.NO_ROWS)
    best = max(header.score for _, header in filled)
    fitting = [(sheet, header) for sheet, header in filled if header.score == best]
    if len(fitting) > 1:
        first, second, *_ = (cells.shown(sheet.name) for sheet, _ in fitting)
        return refuse(Reason.TWO_SHEETS, first=first, second=second)
    return _read_sheet(*fitting[0], today, region)


def _has_rows(sheet: Sheet, header: Header) -> bool:
    rows = sheet.rows[header.last + 1 :]
    if "name" not in header.columns:
        return bool(rows)
    return any(not _is_empty(row, header) and not _is_furniture(row, header) for row in rows)


def _read_sheet(sheet: Sheet, header: Header, today: date, region: str) -> Reading:
    problems, lines, crowd = list(header.problems), [], Crowd()
    for number, row in enumerate(sheet.rows[header.last + 1 :], start=header.last + 2):
        if _is_empty(row, header) or _is_furniture(row, header):
            continue
        if "name" not in header.columns:
            break
        person = _Row(number, row, header, today, region)
        line = person.read()
        problems += person.problems
        if line is not None:
            twice = crowd.add(line)
            lines += [] if twice else [line]
            problems += [twice] if twice else []
    return Reading(lines=tuple(lines), problems=tuple(problems), ignored=tuple(header.ignored))


def _is_empty(row: Sequence[Cell], header: Header) -> bool:
    """Also a row that was only numbered in advance."""
    used = (i for indexes in header.columns.values() for i in indexes if i < len(row))
    return all(not cells.plain(row[i]) for i in used)


def _is_furniture(row: Sequence[Cell], header: Header) -> bool:
    """A total, a signature line, the header again on the next printed page."""
    at = header.columns.get("name", [0])[0]
    named = cells.plain(row[at]) if at < len(row) else ""
    first = next((text for cell in row if (text := cells.plain(cell))), "")
    if TOTAL.fullmatch(cells.key(named)) or classify(named)[0] == "name":
        return True
    leading = cells.key(first)
    alone = not named or named == first or bool(COUNT.fullmatch(cells.key(named)))
    return alone and bool(TOTAL.fullmatch(leading) or FOOTER.fullmatch(leading))


class _Row:
    """One row while it is being read."""

    def __init__(
        self, number: int, row: Sequence[Cell], header: Header, today: date, region: str
    ) -> None:
        self.number, self.today, self.region = number, today, region
        self.cells = {
            field: [row[i] for i in indexes if i < len(row)]
            for field, indexes in header.columns.items()
        }
        self.facts: dict[str, Any] = {}
        self.erased: set[str] = set()
        self.notes: list[str] = []
        self.problems: list[Problem] = []

    def read(self) -> Line | None:
        """The person, or None if it cannot be told who it is."""
        if not any(not cells.is_blank(cell) for cell in self.cells["name"]):
            self._report("name", "", Doubt(Reason.NO_NAME))
            return None
        self._take("name", cells.name)
        self._take("number", cells.file_number)
        self._take("sex", cells.sex)
        self._take("tier", cells.tier)
        self._take("building", lambda cell: building(cells.text(cell, "building")))
        for field in ("address", "emergency_relation", "emergency_name", "door_hint"):
            self._take(field, partial(cells.text, field=field))
        self._take_born()
        self._take_phones()
        self._take_flags()
        self._take_remark()
        self._settle_address()
        return self._line() if self.facts.get("name") else None

    def _line(self) -> Line:
        facts = dict(self.facts)
        facts["remark"] = "\n".join([*filter(None, [facts.get("remark")]), *self.notes]) or None
        return Line(
            row=self.number,
            facts=ElderFacts(**facts),
            given=frozenset(self.facts),
            erased=frozenset(self.erased),
            notes=tuple(self.notes),
        )

    def _cell(self, field: str) -> Cell:
        """The one cell of a field; None if the file does not speak about it."""
        return next((cell for cell in self.cells.get(field, ()) if not cells.is_blank(cell)), None)

    def _report(self, field: str, cell: Cell, doubt: Doubt) -> None:
        self.problems.append(
            Problem(
                row=self.number,
                column=our_field(field),
                value=cells.shown(cell),
                reason=doubt.reason,
                facts=doubt.facts,
            )
        )

    def _take(self, field: str, parse: Callable[[Cell], Any]) -> None:
        cell = self._cell(field)
        if cell is None:
            return
        try:
            value = None if cells.is_none(cell) and field != "name" else parse(cell)
        except Doubt as doubt:
            self._report(field, cell, doubt)
            return
        self.facts[field] = value
        if value is None:
            self.erased.add(field)

    def _take_born(self) -> None:
        """Birth date and sex, from their columns and from the identity number: both must agree."""
        column = "identity"
        if looks_like_identity(self._cell("birth_date")) and self._cell("identity") is None:
            column = "birth_date"
        else:
            self._take("birth_date", partial(birth_date, today=self.today))
        cell = self._cell(column)
        if cell is None or cells.is_none(cell) or self.region != "CN":
            return
        try:
            born, sex = identity(cell, self.today)
        except Doubt as doubt:
            self._report("identity", cell, doubt)
            return
        self._agree("birth_date", born, born.isoformat(), Reason.BIRTH_CONTRADICTS)
        self._agree("sex", sex, sex.value, Reason.SEX_CONTRADICTS)

    def _agree(self, field: str, value: object, told: str, reason: Reason) -> None:
        written = self.facts.get(field)
        if written is None or written == value:
            self.facts[field] = value
            self.erased.discard(field)
        else:
            self._report(field, self._cell(field), Doubt(reason, told=told))
            del self.facts[field]

    def _take_phones(self) -> None:
        self._take("phone", self._first_phone)
        for cell in self.cells.get("phone_other", ()):
            if cells.is_blank(cell) or cells.is_none(cell):
                continue
            try:
                found = phones(cell, self.region)
            except Doubt as doubt:
                self._report("phone", cell, doubt)
                continue
            if self._cell("phone") is None and not self.facts.get("phone"):
                self.facts["phone"], found = found[0], found[1:]
            self._note("", *(phone for phone in found if phone != self.facts.get("phone")))
        self._split_contact()
        self._take("emergency_phone", self._contact_phone)

    def _first_phone(self, cell: Cell) -> str:
        first, *others = phones(cell, self.region)
        self._note("", *others)
        return first

    def _contact_phone(self, cell: Cell) -> str:
        first, *others = phones(cell, self.region)
        self._note(self.facts.get("emergency_name") or "", *others)
        return first

    def _note(self, whose: str, *numbers: str) -> None:
        for number in numbers:
            note = f"{whose} ☎ {number}".strip()
            self.notes += [] if note in self.notes else [note]

    def _split_contact(self) -> None:
        """王芳 13800138000 in one cell, when the number has no column of its own."""
        written = self.facts.get("emergency_name") or ""
        found = CONTACT_PHONE.findall(written)
        if len(found) != 1 or self._cell("emergency_phone") is not None:
            return
        rest = written.replace(found[0], " ").strip(" :：,，、;；()（）\n")
        try:
            phone = one_phone(found[0], self.region)
        except Doubt as doubt:
            self._report("emergency_phone", written, doubt)
            return
        self.facts["emergency_phone"] = phone
        if rest:
            self.facts["emergency_name"] = " ".join(rest.split())
        else:
            del self.facts["emergency_name"]

    def _take_flags(self) -> None:
        """失能 and 半失能 may be two columns: either is enough."""
        for field in FLAGS:
            for cell in self.cells.get(field, ()):
                if cells.is_blank(cell):
                    continue
                try:
                    said = cells.flag(cell, field)
                except Doubt as doubt:
                    self._report(field, cell, doubt)
                    continue
                self.facts[field] = said or self.facts.get(field, False)

    def _take_remark(self) -> None:
        written = [cell for cell in self.cells.get("remark", ()) if not cells.is_blank(cell)]
        try:
            said = [cells.text(cell, "remark") for cell in written if not cells.is_none(cell)]
        except Doubt as doubt:
            self._report("remark", written[0], doubt)
            return
        if said:
            self.facts["remark"] = "\n".join(said)
        elif written:
            self.facts["remark"] = None
            self.erased.add("remark")

    def _settle_address(self) -> None:
        """A column for buildings is believed; without one, the address may tell."""
        parts = [self._part("unit"), self._part("door")]
        address = compose(self.facts.get("address"), self.facts.get("building"), *parts)
        if address:
            self.facts["address"] = address
            self.erased.discard("address")
        if "building" not in self.cells and address and (found := building_in(address)):
            self.facts["building"] = found

    def _part(self, field: str) -> str:
        cell = self._cell(field)
        if cell is None or cells.is_none(cell):
            return ""
        try:
            return cells.text(cell, field)
        except Doubt as doubt:
            self._report(field, cell, doubt)
            return ""
