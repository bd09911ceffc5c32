"""Telling people apart: within one file, and against what is on record."""

from collections import defaultdict
from collections.abc import Mapping

from care.elders import ElderFacts
from care.roster_cells import key, number_key, shown
from care.roster_lines import Doubt, Line, Problem, Reason

# more namesakes than this are not told apart by looking at each
NAMESAKES = 50


def same_number(one: ElderFacts, other: ElderFacts) -> bool | None:
    """None if either has no number."""
    if not one.number or not other.number:
        return None
    return number_key(one.number) == number_key(other.number)


def _same_person(one: ElderFacts, other: ElderFacts) -> bool | None:
    """Whether two of one name in one file are one; None if nothing tells."""
    if (same := same_number(one, other)) is not None:
        return same
    if one.birth_date and other.birth_date:
        return one.birth_date == other.birth_date
    if one.phone and other.phone:
        return one.phone == other.phone
    return None


class Crowd:
    """Everybody in the file so far."""

    def __init__(self) -> None:
        self._names: dict[str, list[Line]] = defaultdict(list)
        self._numbers: dict[str, Line] = {}

    def add(self, line: Line) -> Problem | None:
        """What is wrong if this person was there before."""
        namesakes = self._names[key(line.facts.name)]
        for other in namesakes:
            same = _same_person(line.facts, other.facts)
            if same is not False:
                reason = Reason.TWICE if same else Reason.SAME_NAME
                return problem(line, Doubt(reason, other=str(other.row)))
        if line.facts.number:
            other = self._numbers.setdefault(number_key(line.facts.number), line)
            if other is not line:
                doubt = Doubt(Reason.NUMBER_TWICE, other=str(other.row), number=line.facts.number)
                return problem(line, doubt)
        namesakes.append(line)
        return None


class Records:
    """Everybody on record, to be found by what a file says about them."""

    def __init__(self, on_record: Mapping[int, ElderFacts]) -> None:
        self.facts = on_record
        self._found: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for elder_id, facts in on_record.items():
            for clue in _clues(facts):
                self._found[clue].append(elder_id)

    def find(self, line: Line, *, alone: bool) -> int | None:
        """The one that `line` is about, None if new. `alone`: nobody else in the file has the name.

        Raises:
            Doubt: it could be one or another.
        """
        if (by_number := self._by_number(line.facts)) is not None:
            return by_number
        strong = self._by_birth_or_phone(line.facts)
        return self._by_name(line.facts, alone=alone) if strong is None else strong

    def _by_number(self, said: ElderFacts) -> int | None:
        found = self._found.get(("number", number_key(said.number)), []) if said.number else []
        if len(found) > 1:
            raise Doubt(Reason.TWO_CANDIDATES, name=said.name, count=str(len(found)))
        if not found:
            return None
        known = self.facts[found[0]]
        if key(known.name) != key(said.name) and self._is_another(said, known):
            raise Doubt(Reason.NUMBER_OF_ANOTHER, number=said.number or "", name=known.name)
        return found[0]

    def _is_another(self, said: ElderFacts, known: ElderFacts) -> bool:
        """A running number in the wrong column would swap everybody's records."""
        born_otherwise = bool(
            said.birth_date and known.birth_date and said.birth_date != known.birth_date
        )
        return born_otherwise or bool(self._found.get(("name", key(said.name))))

    def _by_birth_or_phone(self, said: ElderFacts) -> int | None:
        _, *clues = (clue for clue in _clues(said) if clue[0] != "number")
        groups = [found for clue in clues if (found := self._found.get(clue))]
        if not groups:
            return None
        found = groups[0]
        if len(found) > 1 and len(groups) > 1:
            found = [elder_id for elder_id in found if elder_id in groups[1]] or found
        if len(found) > 1:
            raise Doubt(Reason.TWO_CANDIDATES, name=said.name, count=str(len(found)))
        if same_number(said, self.facts[found[0]]) is False:
            known = self.facts[found[0]].number or ""
            raise Doubt(Reason.OTHER_NUMBER, name=said.name, number=known)
        return found[0]

    def _by_name(self, said: ElderFacts, *, alone: bool) -> int | None:
        namesakes = self._found.get(("name", key(said.name)), [])
        if len(namesakes) <= NAMESAKES and all(
            _contradict(said, self.facts[elder_id]) for elder_id in namesakes
        ):
            return None
        if len(namesakes) > 1:
            raise Doubt(Reason.TWO_CANDIDATES, name=said.name, count=str(len(namesakes)))
        known = self.facts[namesakes[0]]
        if said.phone and known.phone and said.phone != known.phone:
            raise Doubt(Reason.OTHER_PHONE, name=said.name)
        if not alone:
            raise Doubt(Reason.SAME_NAME, other="")
        return namesakes[0]


def _clues(facts: ElderFacts) -> list[tuple[object, ...]]:
    """What somebody can be found by, the name first, then from strong to weak."""
    name = key(facts.name)
    clues: list[tuple[object, ...]] = [("name", name)]
    if facts.birth_date:
        clues.append(("birth", name, facts.birth_date))
    if facts.phone:
        clues.append(("phone", name, facts.phone))
    if facts.number:
        clues.append(("number", number_key(facts.number)))
    return clues


def _contradict(said: ElderFacts, known: ElderFacts) -> bool:
    if same_number(said, known) is False:
        return True
    pairs = ((said.birth_date, known.birth_date), (said.sex, known.sex))
    return any(one is not None and other is not None and one != other for one, other in pairs)


def problem(line: Line, doubt: Doubt) -> Problem:
    """What stands in the way of taking `line` as a whole."""
    name = shown(line.facts.name)
    return Problem(row=line.row, column="", value=name, reason=doubt.reason, facts=doubt.facts)
