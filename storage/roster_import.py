"""Taking in a roster: what it would change, and all of that in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.refusals import Stale
from care.roster import Change, Preview, Problem, Reading, compare
from care.roster_lines import MapReading
from care.roster_map import settled
from storage import elders, places
from storage.elders import Decision, facts_of
from storage.tables import Community, Elder
from storage.waiting_files import WaitingFiles

FILES = WaitingFiles("roster", Reading)


@dataclass(frozen=True)
class Plan:
    """What taking in a file would do.

    Attributes:
        preview: new and changed people, and what was not understood.
        foreign: changes to elders whom somebody else looks after; they are never made.
        map: what is new about buildings, and what of it was not understood.
    """

    preview: Preview
    foreign: tuple[Change, ...]
    map: MapReading = field(default_factory=MapReading)

    @property
    def people(self) -> int:
        """How many people would be written."""
        return len(self.preview.new) + len(self.preview.changed)

    @property
    def anything(self) -> bool:
        """Whether taking it in changes anything."""
        return bool(self.people or self.map.lines)

    @property
    def rows_left_out(self) -> frozenset[int]:
        """Rows of which nothing is taken, for a problem or because they are a colleague's."""
        theirs = {change.row for change in self.foreign}
        return rows_with_problems(self.preview.problems) | theirs

    @property
    def fingerprint(self) -> str:
        """Tells a plan that was shown from what the same file would do by now."""
        parts = [f"{one.row}{one.facts.model_dump_json()}" for one in self.preview.new]
        parts += [one.model_dump_json() for one in (*self.preview.changed, *self.foreign)]
        parts += [one.model_dump_json() for one in self.preview.problems]
        parts += [self.map.model_dump_json()] if self.map.lines else []
        return sha256("\n".join(parts).encode()).hexdigest()[:16]


def rows_with_problems(problems: Iterable[Problem]) -> frozenset[int]:
    """The rows that something is wrong with."""
    return frozenset(one.row for one in problems if one.row is not None)


async def plan(
    tx: AsyncSession, community_id: int, viewer: Viewer | None, reading: Reading
) -> Plan:
    """What the file would change on record as it is now; `viewer` is None on the command line.

    Everybody in care is compared, so that nobody becomes a second record of somebody whom a
    colleague looks after; but only the elders the viewer looks after may be changed. A row with a
    doubtful cell waits until it is corrected: taking the rest of it would look as if it were whole.
    """
    doubtful = rows_with_problems(reading.problems)
    clear = tuple(line for line in reading.lines if line.row not in doubtful)
    on_record = await elders.of_community(tx, community_id)
    found = compare(
        reading.model_copy(update={"lines": clear}),
        {elder.id: facts_of(elder) for elder in on_record},
    )
    mine = {elder.id for elder in on_record}
    if viewer is not None:
        mine &= {elder.id for elder in await elders.looked_after(tx, viewer)}
    return Plan(
        found.model_copy(
            update={"changed": tuple(one for one in found.changed if one.elder_id in mine)}
        ),
        tuple(one for one in found.changed if one.elder_id not in mine),
        await _new_places(tx, community_id, reading.map),
    )


async def _new_places(tx: AsyncSession, community_id: int, said: MapReading) -> MapReading:
    """Without what is on record already; an empty cell takes nothing away."""
    known = await places.map_of(tx, community_id)
    found = settled(said, known.points)
    fresh = [
        one
        for one in found.lines
        if one.point not in {None, known.points.get(one.name)}
        or any(known.way(one.name, other) != metres for other, metres in one.walks)
    ]
    return found.model_copy(update={"lines": tuple(fresh)})


async def hold(tx: AsyncSession, community_id: int) -> None:
    """Let nobody else take in a roster for this community until the transaction ends."""
    await tx.execute(select(Community.id).where(Community.id == community_id).with_for_update())


async def apply(
    tx: AsyncSession, now: datetime, community_id: int, plan: Plan, decision: Decision
) -> None:
    """Write all of a plan; whoever calls has made the plan in this very transaction.

    Raises:
        Stale: an elder to be changed is not in care any more.
    """
    for line in plan.preview.new:
        await elders.add(tx, now, community_id, line.facts)
    for change in plan.preview.changed:
        elder = await tx.get(Elder, change.elder_id)
        if elder is None or elder.community_id != community_id:
            raise Stale
        await elders.change(tx, now, elder, change.after, decision)
    for place in plan.map.lines:
        if place.point is not None:
            await places.put(tx, community_id, place.name, place.point)
        for other, metres in place.walks:
            await places.put_way(tx, community_id, place.name, other, metres)
    await tx.flush()
