"""Pictures and voice messages from a visit: kept once each, seen by those who may see the visit."""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.notices import Notice
from care.refusals import NotYours
from care.visit_files import Kind, has_room
from storage import members, outbox, pairings, visits
from storage.once import insert_once
from storage.tables import Assignment, VisitFile
from storage.visits import Visiting


def files_card(visit_id: int) -> str:
    """The card name of a question that says how many files have come."""
    return f"files:{visit_id}"


async def keep(
    tx: AsyncSession,
    now: datetime,
    visit: Assignment,
    kind: Kind,
    file: str,
    same: str,
    caption: str | None,
) -> bool:
    """Keep what Telegram calls a file; False when it is kept already, or there are too many."""
    kept = await tx.scalar(select(func.count()).where(VisitFile.assignment_id == visit.id)) or 0
    if not has_room(kept):
        return False
    return await insert_once(
        tx,
        VisitFile,
        community_id=visit.community_id,
        assignment_id=visit.id,
        kind=kind,
        file=file,
        same=same,
        caption=caption,
        by_id=visit.volunteer_id,
        at=now,
    )


async def of_visit(tx: AsyncSession, visit_id: int) -> list[VisitFile]:
    """The files of a visit, the first first."""
    rows = await tx.scalars(
        select(VisitFile).where(VisitFile.assignment_id == visit_id).order_by(VisitFile.id)
    )
    return list(rows)


async def count(tx: AsyncSession, visit_id: int) -> Counter[Kind]:
    """How many of each kind a visit has."""
    rows = await tx.execute(
        select(VisitFile.kind, func.count())
        .where(VisitFile.assignment_id == visit_id)
        .group_by(VisitFile.kind)
    )
    return Counter({kind: n for kind, n in rows})  # noqa: C416 - rows are not pairs to mypy


async def access_file(tx: AsyncSession, viewer: Viewer, file_id: int) -> tuple[VisitFile, Visiting]:
    """A file, for those who may see its visit.

    Raises:
        NotYours: absent or not for this viewer; the two read the same.
    """
    found = await tx.get(VisitFile, file_id)
    if found is None or found.community_id != viewer.community_id:
        raise NotYours
    return found, await visits.access_visit(tx, viewer, found.assignment_id)


async def tell_keepers(tx: AsyncSession, now: datetime, row: Visiting, today: date) -> None:
    """With what is worrying, whoever looks after the elder gets what was sent along; each once."""
    for one in await pairings.keepers(tx, row.elder, today):
        to = members.to_of(one)
        if to is None:
            continue
        for found in await of_visit(tx, row.visit.id):
            facts = {"file": found.id}
            key = f"file:{found.id}:{one.id}"
            await outbox.post(tx, now, to, Notice.VISIT_FILE, facts, key=key)
