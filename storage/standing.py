"""Errands that repeat, and the errands that come of them: each day's once."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care import standing
from care.access import STAFF, Right, Role, Viewer, may
from care.days import local_day, moment
from care.errands import Kind, Payer, State, first_state
from care.refusals import NotYours, Stale
from storage import errands, pairings, pauses
from storage.communities import settings_of, zone_of
from storage.elders import access_elder, tie_of
from storage.errands import Whole
from storage.once import changed, insert_once
from storage.tables import Community, Elder, Errand, MemberRole, StandingErrand

# Nobody can buy what is asked for in the last minute of its day.
SHORTEST = timedelta(hours=2)


@dataclass(frozen=True)
class Repeated:
    """What is to be done again and again; `due` is the local time of the day by which."""

    kind: Kind
    what: str
    rule: str
    start: date
    due: time = time(20)
    budget_fen: int | None = None
    payer: Payer | None = None
    photo: str | None = None


async def begin(
    tx: AsyncSession, now: datetime, viewer: Viewer, elder_id: int, wanted: Repeated
) -> StandingErrand:
    """Have an errand asked for again and again, from `start` on.

    Raises:
        NotYours: not for this viewer.
        WrongRhythm: not a rule.
    """
    elder = await access_elder(tx, viewer, elder_id, Right.ASK_ERRAND)
    standing.days(wanted.rule, wanted.start, wanted.start, wanted.start)
    row = StandingErrand(
        community_id=elder.community_id,
        elder_id=elder.id,
        kind=wanted.kind,
        what=wanted.what,
        photo=wanted.photo,
        budget_fen=wanted.budget_fen,
        payer=wanted.payer,
        rule=wanted.rule,
        start=wanted.start,
        due=f"{wanted.due:%H:%M}",
        asked_by=viewer.member_id,
        created_at=now,
    )
    tx.add(row)
    await tx.flush()
    return row


async def of_elder(tx: AsyncSession, viewer: Viewer, elder_id: int) -> list[StandingErrand]:
    """What repeats for an elder, for whoever may ask for errands for them.

    Raises:
        NotYours: not for this viewer.
    """
    elder = await access_elder(tx, viewer, elder_id, Right.ASK_ERRAND)
    found = await tx.scalars(
        select(StandingErrand)
        .where(StandingErrand.elder_id == elder.id, StandingErrand.ended_at.is_(None))
        .order_by(StandingErrand.id)
    )
    return list(found)


async def access_standing(tx: AsyncSession, viewer: Viewer, number: int) -> StandingErrand:
    """One that repeats, for whoever may ask for errands for the elder.

    Raises:
        NotYours: absent, or not for this viewer.
    """
    row = await tx.get(StandingErrand, number)
    if row is None or row.community_id != viewer.community_id:
        raise NotYours
    await access_elder(tx, viewer, row.elder_id, Right.ASK_ERRAND)
    return row


async def end(tx: AsyncSession, now: datetime, viewer: Viewer, number: int) -> StandingErrand:
    """Ask for it no more; what was asked for already stays.

    Raises:
        NotYours: absent, or not for this viewer.
        Stale: it has ended already.
    """
    row = await access_standing(tx, viewer, number)
    won = await changed(
        tx,
        update(StandingErrand)
        .where(StandingErrand.id == row.id, StandingErrand.ended_at.is_(None))
        .values(ended_at=now, ended_by=viewer.member_id),
    )
    if not won:
        raise Stale
    await tx.refresh(row)
    return row


async def make_due(tx: AsyncSession, now: datetime, station: Community) -> list[Whole]:
    """The errands that have to exist by now and do not: each day of each rule once.

    Nothing is asked for while the elder is away, in hospital for example, on that day.
    """
    today = local_day(now, zone_of(station))
    lead = settings_of(station).errand_days_before
    made: list[Whole] = []
    found = await tx.execute(
        select(StandingErrand, Elder)
        .join(Elder, Elder.id == StandingErrand.elder_id)
        .where(
            StandingErrand.community_id == station.id,
            StandingErrand.ended_at.is_(None),
            Elder.exited_at.is_(None),
        )
        .order_by(StandingErrand.id)
    )
    for row, elder in found.all():
        for day in await _missing(tx, row, standing.owed(row.rule, row.start, today, lead)):
            if await pauses.of_elder(tx, elder, max(day, today)) is None:
                made += await _make(tx, now, station, row, day)
    return made


async def _missing(tx: AsyncSession, row: StandingErrand, days: list[date]) -> list[date]:
    if not days:
        return []
    there = set(await tx.scalars(select(Errand.standing_day).where(Errand.standing_id == row.id)))
    return [day for day in days if day not in there]


async def _make(
    tx: AsyncSession, now: datetime, station: Community, row: StandingErrand, day: date
) -> list[Whole]:
    zone, settings = zone_of(station), settings_of(station)
    due, today = time.fromisoformat(row.due), local_day(now, zone)
    roles = set(
        await tx.scalars(select(MemberRole.role).where(MemberRole.member_id == row.asked_by))
    )
    state = first_state(approvals=settings.errand_approval, by_staff=bool(roles & STAFF))
    asker = await _asker(tx, row, frozenset(roles), today)
    new = await insert_once(
        tx,
        Errand,
        community_id=row.community_id,
        elder_id=row.elder_id,
        kind=row.kind,
        what=row.what,
        photo=row.photo,
        by_when=max(moment(max(day, today), due, zone), now + SHORTEST),
        budget_fen=row.budget_fen,
        payer=row.payer,
        asked_by=asker,
        asked_at=now,
        standing_id=row.id,
        standing_day=day,
        state=state,
        opened_at=now if state is State.OPEN else None,
        turn_number=0,
    )
    if not new:
        return []
    made = await errands.rows(tx, Errand.standing_id == row.id, Errand.standing_day == day)
    for whole in made:
        errands.note(tx, now, whole.errand, "ask", asker)
    return made


async def _asker(tx: AsyncSession, row: StandingErrand, roles: frozenset[Role], today: date) -> int:
    """In whose name it is asked for: whoever wanted it, else one who looks after the elder.

    Who has nothing to do with an elder any more is told nothing about them; and the pills are
    needed all the same, also where the station has nobody else to ask in whose name.
    """
    elder = await tx.get_one(Elder, row.elder_id)
    viewer = Viewer(row.asked_by, row.community_id, roles, today)
    if may(viewer, Right.ASK_ERRAND, await tie_of(tx, viewer, elder)):
        return row.asked_by
    keepers = await pairings.keepers(tx, elder, today)
    return keepers[0].id if keepers else row.asked_by
