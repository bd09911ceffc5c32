"""Pauses: begun, made longer, ended early; and what families tell of one to come.

What a family tells is a row of the audit, and so is the answer to it: nothing is owed less
before somebody of the staff has said so.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Viewer
from care.days import local_day
from care.pauses import Paused, Why, keep_apart
from care.refusals import NotYours, Stale
from storage.communities import zone_of
from storage.elders import access_elder
from storage.once import changed
from storage.tables import Audit, Community, Elder, Member, Pause

ASKED = "pause_asked"
GRANTED = "pause_granted"
REFUSED = "pause_refused"
COMES_BACK = "pause_comes_back"


def pause_card(elder_id: int) -> str:
    """The card name of messages about an elder's pause."""
    return f"pause:{elder_id}"


def as_rule(pause: Pause, zone: ZoneInfo) -> Paused:
    """The pause as the rules see it."""
    ended = local_day(pause.ended_at, zone) if pause.ended_at is not None else None
    return Paused(pause.first_day, pause.until, ended, pause.why)


async def of_elders(tx: AsyncSession, elder_ids: Iterable[int]) -> dict[int, list[Pause]]:
    """Every pause of each elder, past ones too, oldest first."""
    rows = await tx.scalars(
        select(Pause).where(Pause.elder_id.in_(list(elder_ids))).order_by(Pause.first_day, Pause.id)
    )
    found: defaultdict[int, list[Pause]] = defaultdict(list)
    for row in rows:
        found[row.elder_id].append(row)
    return found


async def covering(tx: AsyncSession, community_id: int, day: date) -> dict[int, Pause]:
    """The pause that covers a local day, of everybody who is paused then."""
    zone = zone_of(await tx.get_one(Community, community_id))
    rows = await tx.scalars(
        select(Pause)
        .where(Pause.community_id == community_id, Pause.first_day <= day, Pause.until > day)
        .order_by(Pause.id)
    )
    return {row.elder_id: row for row in rows if as_rule(row, zone).covers(day)}


async def days_covered(
    tx: AsyncSession, community_id: int, days: list[date]
) -> defaultdict[int, set[date]]:
    """Which of these days, one after the other, are covered by a pause of each elder."""
    zone = zone_of(await tx.get_one(Community, community_id))
    rows = await tx.scalars(
        select(Pause).where(
            Pause.community_id == community_id, Pause.first_day <= days[-1], Pause.until > days[0]
        )
    )
    found: defaultdict[int, set[date]] = defaultdict(set)
    for row in rows:
        rule = as_rule(row, zone)
        found[row.elder_id] |= {day for day in days if rule.covers(day)}
    return found


async def of_elder(tx: AsyncSession, elder: Elder, day: date) -> Pause | None:
    """The pause that covers a local day of one elder."""
    zone = zone_of(await tx.get_one(Community, elder.community_id))
    mine = (await of_elders(tx, [elder.id])).get(elder.id, [])
    return next((one for one in mine if as_rule(one, zone).covers(day)), None)


async def now_or_next(tx: AsyncSession, elder: Elder, day: date) -> Pause | None:
    """The pause that covers a local day of one elder, or else the next that begins after it."""
    zone = zone_of(await tx.get_one(Community, elder.community_id))
    mine = (await of_elders(tx, [elder.id])).get(elder.id, [])
    # Oldest first, and they never overlap.
    return next((one for one in mine if day < as_rule(one, zone).end > one.first_day), None)


async def none_between(
    tx: AsyncSession, elder: Elder, first: date, until: date, but: int | None = None
) -> None:
    """No pause of an elder, but for the one named, covers any day from `first` to before `until`.

    Raises:
        AlreadyPaused: one does.
    """
    zone = zone_of(await tx.get_one(Community, elder.community_id))
    mine = (await of_elders(tx, [elder.id])).get(elder.id, [])
    keep_apart([as_rule(one, zone) for one in mine if one.id != but], first, until)


async def access_pause(tx: AsyncSession, viewer: Viewer, pause_id: int) -> tuple[Pause, Elder]:
    """A pause, for the staff who look after the elder.

    Raises:
        NotYours: absent, or not for this viewer.
    """
    pause = await tx.get(Pause, pause_id)
    if pause is None or pause.community_id != viewer.community_id:
        raise NotYours
    return pause, await access_elder(tx, viewer, pause.elder_id, Right.CHANGE)


async def begin(
    tx: AsyncSession,
    now: datetime,
    elder: Elder,
    why: Why,
    until: date,
    by: int,
    *,
    first: date | None = None,
) -> Pause:
    """Nothing is owed from `first`, which is today if it is not named, until the return date.

    Raises:
        Stale: it would be over before it begins.
        AlreadyPaused: some of these days are within another pause.
    """
    await _lock(tx, elder.id)
    today = local_day(now, zone_of(await tx.get_one(Community, elder.community_id)))
    # What was asked for before midnight begins today.
    first = max(first or today, today)
    if until <= first:
        raise Stale
    await none_between(tx, elder, first, until)
    pause = Pause(
        community_id=elder.community_id,
        elder_id=elder.id,
        first_day=first,
        until=until,
        why=why,
        by_id=by,
        created_at=now,
    )
    tx.add(pause)
    await tx.flush()
    return pause


async def _lock(tx: AsyncSession, elder_id: int) -> None:
    """Two of the staff may have the same thought at the same moment."""
    await tx.scalar(select(Elder.id).where(Elder.id == elder_id).with_for_update())


async def end(tx: AsyncSession, now: datetime, pause: Pause, by: int) -> None:
    """Back before the return date: care is owed again today. Or not away at all, after all.

    Raises:
        Stale: it was ended before.
    """
    won = await changed(
        tx,
        update(Pause)
        .where(Pause.id == pause.id, Pause.ended_at.is_(None))
        .values(ended_at=now, ended_by=by),
    )
    if not won:
        raise Stale
    await tx.refresh(pause)


async def extend(tx: AsyncSession, pause: Pause, until: date) -> None:
    """Another return date, later than the one that stands.

    Raises:
        Stale: it was ended, or somebody else has changed the date.
        AlreadyPaused: another pause begins before it.
    """
    await _lock(tx, pause.elder_id)
    elder = await tx.get_one(Elder, pause.elder_id)
    await none_between(tx, elder, pause.until, until, but=pause.id)
    won = await changed(
        tx,
        update(Pause)
        .where(Pause.id == pause.id, Pause.ended_at.is_(None), Pause.until == pause.until)
        .where(Pause.until < until)
        .values(until=until),
    )
    if not won:
        raise Stale
    await tx.refresh(pause)


async def ending_on(tx: AsyncSession, community_id: int, day: date) -> list[tuple[Pause, Elder]]:
    """Whose return date a day is, as far as they are still paused and in care."""
    rows = await tx.execute(
        select(Pause, Elder)
        .join(Elder, Elder.id == Pause.elder_id)
        .where(
            Pause.community_id == community_id,
            Pause.until == day,
            Pause.ended_at.is_(None),
            Elder.exited_at.is_(None),
        )
        .order_by(Pause.id)
    )
    return [(pause, elder) for pause, elder in rows]


@dataclass(frozen=True)
class Request:
    """What a family told of an elder; `answer` is what the staff made of it.

    `first` is None where they did not say from when; then it is from the day it is granted.
    """

    id: int
    elder: Elder
    asker: Member
    why: Why
    until: date
    first: date | None = None
    answer: str | None = None
    answered_by: Member | None = None


async def ask(
    tx: AsyncSession,
    now: datetime,
    viewer: Viewer,
    elder: Elder,
    why: Why,
    until: date,
    *,
    first: date,
) -> int:
    """Write down what a family tells; the number of the request."""
    facts = {"why": why, "first": str(first), "until": str(until)}
    row = _note(tx, now, viewer, ASKED, f"elder:{elder.id}", **facts)
    await tx.flush()
    return row.id


def _note(
    tx: AsyncSession, now: datetime, viewer: Viewer, action: str, target: str, **facts: str
) -> Audit:
    row = Audit(
        community_id=viewer.community_id,
        member_id=viewer.member_id,
        action=action,
        target=target,
        facts=facts,
        at=now,
    )
    tx.add(row)
    return row


async def request(tx: AsyncSession, community_id: int, number: int) -> Request:
    """What a family told, with the answer; the caller asks who may see it.

    Raises:
        NotYours: absent, of another community, or of somebody who is in care no more.
    """
    row = await tx.get(Audit, number)
    if row is None or row.community_id != community_id or row.action != ASKED:
        raise NotYours
    elder = await tx.get(Elder, int(row.target.removeprefix("elder:")))
    if elder is None or elder.exited_at is not None:
        raise NotYours
    asker = await tx.get_one(Member, row.member_id)
    until = date.fromisoformat(row.facts["until"])
    said = await _said(tx, community_id, f"{ASKED}:{number}")
    why = Why(row.facts["why"])
    first = date.fromisoformat(row.facts["first"]) if "first" in row.facts else None
    if said is None:
        return Request(number, elder, asker, why, until, first)
    return Request(number, elder, asker, why, until, first, said[0].action, said[1])


async def access_request(tx: AsyncSession, viewer: Viewer, number: int) -> Request:
    """What a family told, for the staff who look after the elder.

    Raises:
        NotYours: absent, or not for this viewer.
    """
    found = await request(tx, viewer.community_id, number)
    await access_elder(tx, viewer, found.elder.id, Right.CHANGE)
    return found


async def answer(
    tx: AsyncSession, now: datetime, viewer: Viewer, asked: Request, action: str
) -> None:
    """Write down what the staff made of a request.

    Raises:
        Stale: somebody answered before.
    """
    await tx.scalar(select(Elder.id).where(Elder.id == asked.elder.id).with_for_update())
    if await _said(tx, viewer.community_id, f"{ASKED}:{asked.id}") is not None:
        raise Stale
    _note(tx, now, viewer, action, f"{ASKED}:{asked.id}")
    await tx.flush()


async def note_comes_back(tx: AsyncSession, now: datetime, viewer: Viewer, pause: Pause) -> None:
    """The staff know that the elder comes back on the return date."""
    if await comes_back(tx, pause) is None:
        _note(tx, now, viewer, COMES_BACK, _return_of(pause))
        await tx.flush()


async def comes_back(tx: AsyncSession, pause: Pause) -> Member | None:
    """Who said that the elder comes back on the return date."""
    said = await _said(tx, pause.community_id, _return_of(pause))
    return None if said is None else said[1]


def _return_of(pause: Pause) -> str:
    """With its date, so that a pause that was made longer is asked about again."""
    return f"pause:{pause.id}:{pause.until}"


async def _said(tx: AsyncSession, community_id: int, target: str) -> tuple[Audit, Member] | None:
    rows = await tx.execute(
        select(Audit, Member)
        .join(Member, Member.id == Audit.member_id)
        .where(Audit.community_id == community_id, Audit.target == target)
        .order_by(Audit.id)
        .limit(1)
    )
    for audit, member in rows:
        return audit, member
    return None
