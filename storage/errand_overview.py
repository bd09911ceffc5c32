"""All errands of the elders somebody of the staff looks after, as they stand."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.errand_offers import Asked, Circle
from care.errands import ENDED, IN_HAND, State, is_late
from care.refusals import NotYours
from storage import elders, errand_circles, errand_money, errands
from storage.errands import Whole
from storage.tables import Errand

# What was done longer ago and never confirmed is not looked for any more.
LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Overview:
    """Each errand stands in one of these, and in `late` and `money` besides.

    Attributes:
        circles: how far an open errand has been offered.
    """

    to_approve: list[Whole] = field(default_factory=list)
    open: list[Whole] = field(default_factory=list)
    in_hand: list[Whole] = field(default_factory=list)
    to_confirm: list[Whole] = field(default_factory=list)
    late: set[int] = field(default_factory=set)
    money: set[int] = field(default_factory=set)
    circles: dict[int, dict[Circle, Asked]] = field(default_factory=lambda: defaultdict(dict))


async def overview(tx: AsyncSession, now: datetime, viewer: Viewer) -> Overview:
    """What is open, in hand, waiting, and wrong.

    Raises:
        NotYours: not of the staff.
    """
    if not viewer.staff:
        raise NotYours
    mine = [one.id for one in await elders.looked_after(tx, viewer)]
    rows = await errands.rows(
        tx,
        Errand.community_id == viewer.community_id,
        Errand.elder_id.in_(mine),
        or_(Errand.state.not_in(ENDED), Errand.ended_at > now - LATELY),
    )
    found = Overview()
    for whole in rows:
        await _place(tx, now, found, whole)
    return found


async def _place(tx: AsyncSession, now: datetime, found: Overview, whole: Whole) -> None:
    errand = whole.errand
    if errand.state is State.REQUESTED:
        found.to_approve.append(whole)
    elif errand.state is State.OPEN:
        found.open.append(whole)
        found.circles[errand.id] = await errand_circles.asked(tx, errand)
    elif errand.state in IN_HAND:
        found.in_hand.append(whole)
    elif errand.state is State.DONE:
        found.to_confirm.append(whole)
    if is_late(now, errand.by_when, errand.state, errand.meet_at):
        found.late.add(errand.id)
    rows = await errand_money.rows_of(tx, errand.id) if errand.state in ENDED else []
    if errand_money.faults_of(rows, errand):
        found.money.add(errand.id)
