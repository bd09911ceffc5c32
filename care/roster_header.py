"""Finding the header of a roster, in one line or two, and what each column holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, zip_longest

from care.roster_cells import key, plain
from care.roster_lines import FLAGS, Cell, Problem, Reason
from care.roster_words import (
    AND_PARTS,
    EMERGENCY,
    FAMILY,
    FILLER_PARTS,
    HEADERS,
    NAME_PARTS,
    OWNERS,
    PHONE_PARTS,
    PLACE_PARTS,
    RELATION_PARTS,
    RUNNING,
)

DEPTH = 40
BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|「([^「」]*)」")
MARKS = re.compile(r"[*:·、/\\()\[\]【】_.。,\"'“”‘’?&\-—]+")
AFFIXES = re.compile(r"^(?:是否为?|有无|是否有|is|has)|(?:情况|信息|类型)$")
SEVERAL = frozenset((*FLAGS, "remark"))
LEAST = 2


@dataclass
class Header:
    """Where the header ends and which columns hold which field."""

    last: int
    columns: dict[str, list[int]]
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def score(self) -> int:
        """How much of a roster this is."""
        return len(self.columns)


@dataclass
class Column:
    """One column while its header is being understood; `weak` gives way to a better one."""

    index: int
    label: str
    field: str
    weak: bool = False
    plain_phone: bool = False


def find_header(rows: Sequence[Sequence[Cell]]) -> Header | None:
    """The best header in the first rows, if there is one."""
    best: Header | None = None
    for i in range(min(DEPTH, len(rows))):
        top = [plain(cell) for cell in rows[i]]
        below = [plain(cell) for cell in rows[i + 1]] if i + 1 < len(rows) else []
        for last, labels in ((i, [(label, "") for label in top]), (i + 1, _two_lines(top, below))):
            found = _read_labels(last, labels)
            if found is not None and (best is None or found.score > best.score):
                best = found
    return best


def _two_lines(top: list[str], below: list[str]) -> list[tuple[str, str]]:
    """(own label, label of the group over it), or nothing if `below` is not a header line."""
    if sum(1 for label in below if classify(label)[0]) < LEAST:
        return []
    pairs, group = [], ""
    for over, under in zip_longest(top, below, fillvalue=""):
        group = over or group
        if under and not classify(under)[0] and classify(over)[0] in {"name", "number"}:
            return []
        pairs.append((under or over, group if under and group != under else ""))
    return pairs


def fold(label: str) -> str:
    """A header word for comparing."""
    return MARKS.sub("", key(label))


@lru_cache(maxsize=4096)
def classify(label: str, group: str = "") -> tuple[str, bool]:
    """(field, weak) of a header word, "" if it is none of ours."""
    if group and (found := _of_contact(fold(label), fold(group)))[0]:
        return found
    inside = "".join("".join(parts) for parts in BRACKETED.findall(key(label)))
    outside = MARKS.sub("", BRACKETED.sub("", key(label)))
    if inside and (found := _of_contact(outside, fold(inside)))[0]:
        return found
    for word in (fold(label), outside, AFFIXES.sub("", outside)):
        if known := _lookup(word):
            return known
    return _of_contact("", outside)


def _lookup(word: str) -> tuple[str, bool] | None:
    if word in HEADERS:
        return HEADERS[word], False
    for owner in OWNERS:
        if word.startswith(owner) and word[len(owner) :].removeprefix("s") in HEADERS:
            return HEADERS[word[len(owner) :].removeprefix("s")], False
    return None


def _of_contact(label: str, group: str) -> tuple[str, bool]:
    """The part of an emergency contact that `label` under `group` means."""
    for words, weak in ((EMERGENCY, False), (FAMILY, True)):
        for word in words:
            if word in group:
                return _part(label + group.replace(word, "", 1)), weak
    return "", False


def _part(rest: str) -> str:
    for word in (*EMERGENCY, *FILLER_PARTS):
        rest = rest.replace(word, "")
    phone = any(part in rest for part in PHONE_PARTS)
    if any(part in rest for part in RELATION_PARTS):
        return "" if phone else "emergency_relation"
    if any(part in rest for part in PLACE_PARTS):
        return ""
    if phone and not rest.startswith(AND_PARTS) and "姓名" not in rest and "name" not in rest:
        return "emergency_phone"
    return "emergency_name" if phone or rest in NAME_PARTS else ""


def _read_labels(last: int, labels: list[tuple[str, str]]) -> Header | None:
    columns = []
    for index, (label, group) in enumerate(labels):
        name, weak = classify(label, group)
        generic = name == "phone" and HEADERS.get(fold(label)) == "phone"
        columns.append(Column(index, label, name, weak, plain_phone=generic))
    if not any(column.field == "name" for column in columns):
        return None
    header = Header(last, {})
    _settle_contact_phone(columns, header)
    _drop_weak(columns)
    _gather(columns, header)
    single = len([label for label, _ in labels if label]) == 1
    return header if header.score >= LEAST or header.problems or single else None


def _settle_contact_phone(columns: list[Column], header: Header) -> None:
    """A bare 电话 behind 紧急联系人 is the contact's, if the elder's stands elsewhere."""
    used = [column for column in columns if column.label]
    has_contact_phone = any(column.field == "emergency_phone" for column in columns)
    elder_phones = sum(column.field == "phone" for column in columns)
    for before, column in pairwise(used):
        behind = before.field in {"emergency_name", "emergency_relation"}
        if not (column.plain_phone and behind) or has_contact_phone:
            continue
        if elder_phones > 1:
            column.field, has_contact_phone = "emergency_phone", True
        else:
            column.field = ""
            header.problems.append(_header_problem(header, "phone", Reason.WHOSE_PHONE, column))


def _drop_weak(columns: list[Column]) -> None:
    strong = {column.field for column in columns if not column.weak}
    for column in columns:
        if column.weak and column.field in strong:
            column.field = ""


def _gather(columns: list[Column], header: Header) -> None:
    for column in columns:
        if not column.field:
            if column.label and fold(column.label) not in RUNNING:
                header.ignored.append(column.label)
            continue
        if column.field == "phone" and "phone" in header.columns:
            column.field = "phone_other"
        header.columns.setdefault(column.field, []).append(column.index)
    for name, indexes in list(header.columns.items()):
        if len(indexes) > 1 and name not in SEVERAL and name != "phone_other":
            del header.columns[name]
            twice = [column for column in columns if column.field == name]
            header.problems.append(_header_problem(header, name, Reason.TWO_COLUMNS, *twice))


def _header_problem(header: Header, name: str, reason: Reason, *columns: Column) -> Problem:
    value = ", ".join(column.label.replace("\n", " ") for column in columns)
    return Problem(row=header.last + 1, column=our_field(name), value=value, reason=reason)


def our_field(name: str) -> str:
    """The field that a part of it (unit, second phone) belongs to."""
    return {"phone_other": "phone", "unit": "address", "door": "address"}.get(name, name)
