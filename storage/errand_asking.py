"""For whom somebody may ask for an errand, and what was asked for before."""

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Viewer, may
from care.errands import Kind, State
from care.refusals import NotYours, Stale
from care.visits import State as Visit
from storage import elders, visits
from storage.elders import tie_of
from storage.tables import Elder, Errand

# So long after a visit a need found there can be asked for with the visit noted.
AFTER_A_VISIT = timedelta(days=7)
LOOKED_AT = 50


async def may_ask_for(tx: AsyncSession, viewer: Viewer) -> list[Elder]:
    """The elders for whom somebody may ask, each once: staff's own, family, self, paired."""
    own = await elders.of_self(tx, viewer)
    found = [
        *([own] if own else []),
        *await elders.of_family(tx, viewer),
        *await elders.of_volunteer(tx, viewer),
        *await elders.looked_after(tx, viewer),
    ]
    return list({one.id: one for one in found}.values())


async def access_asking(
    tx: AsyncSession, viewer: Viewer, elder_id: int, visit_id: int | None, today: date
) -> Elder:
    """The elder, for somebody who may ask for an errand for them.

    Whoever made the visit may ask for what was needed there, also when they are of no pairing.

    Raises:
        NotYours: not for this viewer.
        Stale: the visit has not begun, is long over, or was to somebody else.
    """
    if visit_id is None:
        return await elders.access_elder(tx, viewer, elder_id, Right.ASK_ERRAND)
    row = await visits.access_visit(tx, viewer, visit_id)
    if row.elder.exited_at is not None:
        raise NotYours
    begun = row.visit.state in {Visit.SIGNED_IN, Visit.DONE}
    if not begun or row.visit.day < today - AFTER_A_VISIT or row.elder.id != elder_id:
        raise Stale
    return row.elder


async def asked_before(
    tx: AsyncSession, viewer: Viewer, elder: Elder, most: int = 4
) -> list[Errand]:
    """What was asked for an elder before, each thing once, the latest first: to ask again.

    Elder, family and staff see all of it; a volunteer what they asked for or did themselves.
    """
    tie, me = await tie_of(tx, viewer, elder), viewer.member_id
    mine = or_(Errand.asked_by == me, Errand.claimed_by == me)
    everything = tie.family or tie.self_ or may(viewer, Right.CHANGE, tie)
    found: dict[tuple[Kind, str], Errand] = {}
    for one in await tx.scalars(
        select(Errand)
        .where(Errand.elder_id == elder.id, Errand.state != State.REQUESTED)
        .where(*(() if everything else (mine,)))
        .order_by(Errand.id.desc())
        .limit(LOOKED_AT)
    ):
        found.setdefault((one.kind, one.what), one)
    return list(found.values())[:most]
