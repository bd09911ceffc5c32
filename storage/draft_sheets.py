"""What a drafted week that was sent back as a file would change, and all of that at once."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.draft_sheets import Asked, Edited, Fault, Row, Was, Words, asked, was
from care.roster_cells import key
from care.visits import State
from care.week_drafts import Verdict, settle
from storage import week_drafts
from storage.visits import Visiting
from storage.waiting_files import WaitingFiles
from storage.week_drafts import Drafted, planned

FILES = WaitingFiles("draft_sheet", Edited)
NOTHING = Verdict()


@dataclass(frozen=True)
class Change:
    """One row that would be taken; `moves`: to somebody else, or another time."""

    number: int
    row: Visiting
    asked: Asked
    moves: bool
    volunteer: str
    verdict: Verdict = NOTHING


@dataclass(frozen=True)
class Refused:
    """One row of which nothing is taken: for a fault in it, or for a rule it would break."""

    number: int
    elder: str
    fault: Fault | None
    verdict: Verdict = NOTHING
    volunteer: str = ""


@dataclass(frozen=True)
class Preview:
    """What a file would do to a draft as it is now."""

    week: Drafted
    changes: tuple[Change, ...]
    refused: tuple[Refused, ...]

    @property
    def fingerprint(self) -> str:
        """Tells what was shown from what the same file would do by now."""
        parts = [
            f"{one.row.visit.id}{one.asked}{planned(one.row.visit)}{one.verdict}"
            for one in self.changes
        ]
        parts += [f"{one.number}{one.fault}{one.verdict}" for one in self.refused]
        return sha256("\n".join(parts).encode()).hexdigest()[:16]


def week_in(edited: Edited) -> date | None:
    """The week the file was made for; None when no row says it any more."""
    return next((found.week for one in edited.rows if (found := was(one))), None)


def labels(week: Drafted) -> dict[int, str]:
    """What each volunteer is called in the file: the name, and a number where two share it."""
    named: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in week.members.items():
        if number in week.problem.volunteer:
            named[one.name].append(number)
    return {
        number: name if len(several) == 1 else f"{name} {number}"
        for name, several in named.items()
        for number in several
    }


def _volunteers(week: Drafted) -> dict[str, tuple[int, ...]]:
    """By what may stand in the cell."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, label in labels(week).items():
        found[key(label)].add(number)
    for number, one in week.members.items():
        found[key(one.name)].add(number)
    return {name: tuple(sorted(several)) for name, several in found.items()}


async def preview(
    tx: AsyncSession, viewer: Viewer, edited: Edited, words: Words, week: Drafted
) -> Preview:
    """What would be taken, and what cannot be, row by row; each row whole or not at all."""
    words = replace(words, volunteers=_volunteers(week))
    mine = await week_drafts.led(tx, viewer, week.wholes)
    reading = _Reading(week, {elder.id for whole in mine for elder in whole.elders}, words)
    for row in edited.rows:
        reading.take(row)
    return reading.judged()


class _Reading:
    """A file on its way through the draft as it is now."""

    def __init__(self, week: Drafted, mine: set[int], words: Words) -> None:
        self.week, self.mine, self.words = week, mine, words
        self.known = {one.visit.id: one for one in (*week.rows, *week.dropped)}
        self.seen: set[int] = set()
        self.changes: list[Change] = []
        self.refused: list[Refused] = []

    def take(self, row: Row) -> None:
        """Find out what one row asks for; one that nobody touched asks for nothing."""
        before = was(row)
        wanted = Fault.NO_CODE if before is None else asked(row, before, self.words)
        if before is not None and isinstance(wanted, Asked) and not wanted.changes(before):
            self.seen.add(before.number)
            return
        fault = self._fault(row, before)
        if fault is None and isinstance(wanted, Fault):
            fault = wanted
        if fault is not None or before is None or isinstance(wanted, Fault):
            self.refused.append(Refused(row.number, row.cells["elder"], fault))
            return
        self.seen.add(before.number)
        found = self.known[before.number]
        member = self.week.members.get(wanted.volunteer_id)
        name = member.name if member else ""
        self.changes.append(Change(row.number, found, wanted, wanted.moves(before), name))

    def _fault(self, row: Row, before: Was | None) -> Fault | None:
        """What is wrong with a row that asks for something, whatever it is."""
        if before is None:
            return Fault.NO_CODE
        found = self.known.get(before.number)
        if found is None:
            other = before.week != self.week.plan.week
            return Fault.OTHER_WEEK if other else Fault.NOT_IN_DRAFT
        faults = {
            Fault.TWICE: before.number in self.seen,
            Fault.FOREIGN: found.elder.id not in self.mine,
            Fault.OTHER_ELDER: key(row.cells["elder"]) != key(found.elder.name),
            Fault.CHANGED_MEANWHILE: not _stands(found, before),
        }
        return next((one for one, holds in faults.items() if holds), None)

    def judged(self) -> Preview:
        """With what the rules say of all changes made together."""
        wanted = {
            one.row.visit.id: None if one.asked.reason else one.asked.visit(one.row.elder.id)
            for one in self.changes
            if one.moves or one.asked.reason
        }
        verdicts = settle(self.week.problem, self.week.visits, wanted, self.week.away)
        taken, refused = [], list(self.refused)
        for one in self.changes:
            verdict = verdicts.get(one.row.visit.id, NOTHING)
            if verdict.allowed:
                taken.append(replace(one, verdict=verdict))
                continue
            elder = one.row.elder.name
            refused.append(Refused(one.number, elder, None, verdict, one.volunteer))
        refused.sort(key=lambda one: one.number)
        return Preview(self.week, tuple(taken), tuple(refused))


def _stands(row: Visiting, before: Was) -> bool:
    """Whether a visit is still as the file told it."""
    now = row.visit
    stands = (now.volunteer_id, now.day, now.half, now.locked)
    told = (before.volunteer_id, before.day, before.half, before.locked)
    return now.state is State.DRAFT and stands == told


async def apply(tx: AsyncSession, now: datetime, viewer: Viewer, found: Preview) -> None:
    """Make every change that was shown; whoever calls holds the draft and has read it anew.

    Raises:
        Stale: a visit is no longer as it was read.
    """
    moved = {
        one.row.visit.id: one.asked.visit(one.row.elder.id)
        for one in found.changes
        if one.moves and one.asked.reason is None
    }
    for one in found.changes:
        if one.asked.reason is not None:
            await week_drafts.drop(tx, now, viewer, one.row, one.asked.reason)
        elif not one.moves:
            await week_drafts.lock(tx, now, viewer, one.row, locked=one.asked.locked)
    await week_drafts.put(tx, now, viewer, found.week, moved)
