"""What an import would do, before anything is done."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from care.elders import ElderFacts
from care.roster_cells import clean, is_blank, is_none, key, text
from care.roster_cells import name as read_name
from care.roster_lines import FIELDS, Doubt, Line, Problem, Reading, Reason
from care.roster_people import Records, problem, same_number
from care.roster_phones import one_phone
from care.roster_places import building

READERS: dict[str, Callable[[str, str], str]] = {
    "phone": lambda said, region: one_phone(clean(said), region),
    "emergency_phone": lambda said, region: one_phone(clean(said), region),
    "building": lambda said, _: building(text(said, "building")),
    "name": lambda said, _: read_name(said),
}


class Change(BaseModel):
    """Somebody on record about whom the file says something else."""

    model_config = ConfigDict(frozen=True)

    elder_id: int
    row: int
    before: ElderFacts
    after: ElderFacts

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what differs, in the order of the roster."""
        pairs = ((name, getattr(self.before, name), getattr(self.after, name)) for name in FIELDS)
        return tuple(name for name, before, after in pairs if before != after)


class Preview(BaseModel):
    """New people, changed people, how many stay as they are, and what was not taken."""

    model_config = ConfigDict(frozen=True)

    new: tuple[Line, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    ignored: tuple[str, ...] = ()


def compare(
    reading: Reading, on_record: Mapping[int, ElderFacts], *, region: str = "CN"
) -> Preview:
    """The file against the records: by number, else name and birth date or phone, else name."""
    records = Records({i: _as_written(facts, region) for i, facts in on_record.items()})
    names = Counter(key(line.facts.name) for line in reading.lines)
    problems, new, changed = list(reading.problems), [], []
    taken: dict[int, int] = {}
    for line in reading.lines:
        try:
            elder_id = records.find(line, alone=names[key(line.facts.name)] == 1)
        except Doubt as doubt:
            problems.append(problem(line, doubt))
            continue
        if elder_id is None:
            new.append(line)
            continue
        if elder_id in taken:
            problems.append(problem(line, Doubt(Reason.TAKEN, other=str(taken[elder_id]))))
            continue
        taken[elder_id] = line.row
        before = on_record[elder_id]
        after = _merge(line, before, region)
        if after != before:
            changed.append(Change(elder_id=elder_id, row=line.row, before=before, after=after))
    return Preview(
        new=tuple(new),
        changed=tuple(changed),
        unchanged=len(taken) - len(changed),
        problems=tuple(sorted(problems, key=lambda each: each.row or 0)),
        ignored=reading.ignored,
    )


def _merge(line: Line, before: ElderFacts, region: str) -> ElderFacts:
    said = {name: getattr(line.facts, name) for name in line.given - {"remark"}}
    remark = line.facts.remark if "remark" in line.given else before.remark
    missing = [note for note in line.notes if note not in (remark or "")]
    if "remark" in line.given or missing:
        said["remark"] = "\n".join([*filter(None, [remark]), *missing]) or None
    told = {
        name: value
        for name, value in said.items()
        if value != getattr(before, name) and value != _reread(before, name, region)
    }
    if same_number(line.facts, before):
        told.pop("number", None)
    return before.model_copy(update=told) if told else before


def _as_written(facts: ElderFacts, region: str) -> ElderFacts:
    """What finding goes by, in the notation in which a file is read."""
    phone = _reread(facts, "phone", region) if facts.phone else None
    return facts if phone == facts.phone else facts.model_copy(update={"phone": phone})


def _reread(facts: ElderFacts, field: str, region: str) -> Any:
    """What a file would say that holds this record, so that notation alone is no change."""
    value = getattr(facts, field)
    if not isinstance(value, str) or field in {"tier", "sex"}:
        return value
    if is_blank(value) or is_none(value):
        return None
    try:
        read = READERS.get(field)
        return read(value, region) if read else text(value, field)
    except Doubt:
        return value
