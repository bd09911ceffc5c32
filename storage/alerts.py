"""Alerts: opened once, one owner, told to everybody concerned, ended by an all-clear."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Role, Viewer, may
from care.joining import Standing
from care.ladder import BY_RECORD, Clear, Step
from care.ladder import Alert as Kind
from care.notices import Notice
from care.refusals import NotYours, Stale, Taken
from storage import families, ladder, members, pairings
from storage.elders import tie_of
from storage.ladder import Letter
from storage.once import changed, insert_once
from storage.tables import Alert, Elder, Member, Told


@dataclass(frozen=True)
class Whole:
    """An alert with its people."""

    alert: Alert
    elder: Elder
    owner: Member | None


def alert_card(alert_id: int) -> str:
    """The card name of everything that shows an alert."""
    return f"alert:{alert_id}"


_WHOLE = (
    select(Alert, Elder, Member)
    .join(Elder, Elder.id == Alert.elder_id)
    .outerjoin(Member, Member.id == Alert.owner_id)
    .order_by(Alert.opened_at, Alert.id)
)
_OPEN_OF = _WHOLE.where(Alert.elder_id == bindparam("elder"), Alert.closed_at.is_(None))
_UNTAKEN = _WHOLE.where(
    Alert.community_id == bindparam("community"),
    Alert.kind == Kind.EMERGENCY,
    Alert.closed_at.is_(None),
    Alert.taken_at.is_(None),
    Alert.asked_at <= bindparam("before"),
    Elder.exited_at.is_(None),
)
_OWNER_GONE = or_(
    Member.id.is_(None),
    Member.standing != Standing.ACTIVE,
    Member.account.is_(None),
    Member.blocked_at.is_not(None),
)
# An emergency is nobody's until somebody takes it.
_ORPHANED = _WHOLE.where(
    Alert.community_id == bindparam("community"),
    Alert.closed_at.is_(None),
    (Alert.kind == Kind.SILENT) | Alert.taken_at.is_not(None),
    _OWNER_GONE,
    Elder.exited_at.is_(None),
)


async def _rows(tx: AsyncSession, *where: ColumnElement[bool]) -> list[Whole]:
    return [Whole(*row) for row in await tx.execute(_WHOLE.where(*where))]


async def find(tx: AsyncSession, community_id: int, alert_id: int) -> Whole:
    """An alert of this community, open or not.

    Raises:
        NotYours: absent, or the elder is in care no more.
    """
    rows = await _rows(
        tx,
        Alert.id == alert_id,
        Alert.community_id == community_id,
        Elder.exited_at.is_(None),
    )
    if not rows:
        raise NotYours
    return rows[0]


async def access_alert(tx: AsyncSession, viewer: Viewer, alert_id: int) -> Whole:
    """An alert, for those whom it concerns: the staff, the pairing, the family.

    Raises:
        NotYours: absent or not for this viewer.
    """
    found = await find(tx, viewer.community_id, alert_id)
    if viewer.staff or may(viewer, Right.KNOW, await tie_of(tx, viewer, found.elder)):
        return found
    raise NotYours


async def open_of(tx: AsyncSession, elder_id: int, kind: Kind | None = None) -> list[Whole]:
    """The open alerts of an elder."""
    found = [Whole(*row) for row in await tx.execute(_OPEN_OF, {"elder": elder_id})]
    return [one for one in found if kind in {None, one.alert.kind}]


async def open_in(tx: AsyncSession, community_id: int) -> list[Whole]:
    """Every open alert of a community, the oldest first."""
    return await _rows(
        tx,
        Alert.community_id == community_id,
        Alert.closed_at.is_(None),
        Elder.exited_at.is_(None),
    )


async def untaken(tx: AsyncSession, community_id: int, asked_before: datetime) -> list[Whole]:
    """Emergencies that nobody has taken since they were last told of."""
    asked = {"community": community_id, "before": asked_before}
    return [Whole(*row) for row in await tx.execute(_UNTAKEN, asked)]


async def orphaned(tx: AsyncSession, community_id: int) -> list[Whole]:
    """Open alerts that should have an owner, and have none whom chat reaches."""
    rows = await tx.execute(_ORPHANED, {"community": community_id})
    return [Whole(*row) for row in rows]


async def pass_on(tx: AsyncSession, now: datetime, whole: Whole, owner: int | None) -> bool:
    """From an owner who is gone to somebody else, or to whoever takes it; False when it changed."""
    alert, before = whole.alert, whole.alert.owner_id
    asked_at = now if alert.kind is Kind.EMERGENCY else alert.asked_at
    won = await changed(
        tx,
        update(Alert)
        .where(
            Alert.id == alert.id,
            Alert.closed_at.is_(None),
            Alert.owner_id.is_(None) if before is None else Alert.owner_id == before,
        )
        .values(
            owner_id=owner,
            taken_at=None,
            asked_at=asked_at,
            asked_times=Alert.asked_times + 1,
        ),
    )
    if won:
        await tx.refresh(alert)
    return bool(won)


async def settled_on(tx: AsyncSession, elder_ids: list[int], day: date) -> set[int]:
    """Of whom somebody has said how the silence of a day came about, so that nobody is told again.

    Not those who seemed to be reached or paused: whoever waits again now was not.
    """
    rows = await tx.scalars(
        select(Alert.elder_id).where(
            Alert.elder_id.in_(elder_ids),
            Alert.kind == Kind.SILENT,
            Alert.clear.is_not(None),
            Alert.clear.not_in(BY_RECORD),
            (Alert.day == day)
            | exists().where(Told.alert_id == Alert.id, Told.day == day, Told.step == Step.RAISE),
        )
    )
    return set(rows)


async def open_one(
    tx: AsyncSession,
    now: datetime,
    elder: Elder,
    day: date,
    kind: Kind,
    *,
    by: int | None = None,
    owner: int | None = None,
) -> tuple[Alert, bool]:
    """The open alert of this kind, and whether it is new."""
    new = await insert_once(
        tx,
        Alert,
        community_id=elder.community_id,
        elder_id=elder.id,
        day=day,
        kind=kind,
        opened_at=now,
        opened_by=by,
        owner_id=owner,
        asked_at=now,
        asked_times=0,
    )
    [found] = await open_of(tx, elder.id, kind)
    return found.alert, new


async def note_asked(tx: AsyncSession, now: datetime, alert: Alert) -> bool:
    """Another round of telling begins; False when somebody began it, took it, or ended it."""
    won = await changed(
        tx,
        update(Alert)
        .where(
            Alert.id == alert.id,
            Alert.asked_times == alert.asked_times,
            Alert.taken_at.is_(None),
            Alert.closed_at.is_(None),
        )
        .values(asked_at=now, asked_times=Alert.asked_times + 1),
    )
    if won:
        await tx.refresh(alert)
    return bool(won)


async def goes_on(tx: AsyncSession, now: datetime, alert: Alert) -> None:
    """Another day of the same silence: from now on somebody has to hear of it anew."""
    await changed(
        tx,
        update(Alert).where(Alert.id == alert.id, Alert.closed_at.is_(None)).values(asked_at=now),
    )
    await tx.refresh(alert)


async def happened_again(
    tx: AsyncSession, now: datetime, alert: Alert, day: date, by: int, taken_before: datetime
) -> None:
    """Another emergency while one is open: a new round of telling, whoever has taken the last one.

    Who took it before that moment may be home again, so that it is anybody's once more.
    """
    free = alert.taken_at is not None and alert.taken_at <= taken_before
    await changed(
        tx,
        update(Alert)
        .where(Alert.id == alert.id, Alert.closed_at.is_(None))
        .values(
            day=day,
            opened_at=now,
            opened_by=by,
            asked_at=now,
            asked_times=Alert.asked_times + 1,
            **({"taken_at": None, "owner_id": None} if free else {}),
        ),
    )
    await tx.refresh(alert)


async def take(tx: AsyncSession, now: datetime, viewer: Viewer, alert_id: int) -> Whole:
    """ "I am handling it": exactly one owner until the all-clear.

    Raises:
        NotYours: not for this viewer.
        Taken: somebody else has it; `by` is empty when it is oneself.
        Stale: it is over.
    """
    await access_alert(tx, viewer, alert_id)
    won = await changed(
        tx,
        update(Alert)
        .where(Alert.id == alert_id, Alert.taken_at.is_(None), Alert.closed_at.is_(None))
        .values(owner_id=viewer.member_id, taken_at=now),
    )
    found = await _fresh(tx, viewer.community_id, alert_id)
    if won:
        return found
    if found.alert.closed_at is not None or found.owner is None:
        raise Stale
    raise Taken("" if found.owner.id == viewer.member_id else found.owner.name)


async def _fresh(tx: AsyncSession, community_id: int, alert_id: int) -> Whole:
    found = await find(tx, community_id, alert_id)
    await tx.refresh(found.alert)
    return await find(tx, community_id, alert_id)


async def access_to_clear(tx: AsyncSession, viewer: Viewer, alert_id: int) -> Whole:
    """An open alert, for its owner or the staff who look after the elder.

    That somebody was reached at last is for the station to say, so a silent one only staff may end.

    Raises:
        NotYours: not for this viewer.
        Stale: it is over.
    """
    found = await access_alert(tx, viewer, alert_id)
    if found.alert.closed_at is not None:
        raise Stale
    mine = found.alert.owner_id == viewer.member_id
    if viewer.staff and (mine or may(viewer, Right.CHANGE, await tie_of(tx, viewer, found.elder))):
        return found
    if mine and found.alert.kind is Kind.EMERGENCY:
        return found
    raise NotYours


async def clear(tx: AsyncSession, now: datetime, alert: Alert, how: Clear, by: int | None) -> bool:
    """The all-clear; False when it was given before."""
    won = await changed(
        tx,
        update(Alert)
        .where(Alert.id == alert.id, Alert.closed_at.is_(None))
        .values(closed_at=now, closed_by=by, clear=how),
    )
    if won:
        await tx.refresh(alert)
    return bool(won)


async def told_of(tx: AsyncSession, alert_id: int) -> list[Member]:
    """Everybody who was told of an alert."""
    rows = await tx.scalars(
        select(Member)
        .where(Member.id.in_(select(Told.member_id).where(Told.alert_id == alert_id)))
        .order_by(Member.id)
    )
    return list(rows)


async def leaders(tx: AsyncSession, now: datetime, elder: Elder) -> list[Member]:
    """Who answers for an elder at 17:00: the supervisors; with none reached, the staff; then all.

    A station whose supervisor has no chat still tells somebody by name.
    """
    supervisors = await members.with_role(tx, elder.community_id, Role.SUPERVISOR)
    reached = [one for one in supervisors if members.reachable(one)]
    if reached:
        return reached
    keepers = [one for one in await keepers_of(tx, now, elder) if members.reachable(one)]
    if keepers:
        return keepers
    everybody = await members.with_role(tx, elder.community_id, Role.SOCIAL_WORKER)
    return [one for one in everybody if members.reachable(one)]


async def family_of(tx: AsyncSession, elder: Elder) -> list[Member]:
    """The family who can be written to; the emergency contact on the roster may be among them."""
    return [one for one in await families.of_elder(tx, elder) if members.reachable(one)]


async def keepers_of(tx: AsyncSession, now: datetime, elder: Elder) -> list[Member]:
    """Those whose call list the elder is on today."""
    return await pairings.keepers(tx, elder, await ladder.today_of(tx, now, elder))


async def concerned(tx: AsyncSession, now: datetime, elder: Elder) -> list[Member]:
    """Who is told of an emergency at once: supervisor, pairing, family (handbook, "The day")."""
    found = {one.id: one for one in await leaders(tx, now, elder)}
    for one in await members.with_role(tx, elder.community_id, Role.SUPERVISOR):
        found[one.id] = one
    for one in await keepers_of(tx, now, elder):
        found[one.id] = one
    for whole in await pairings.of_elder(tx, elder):
        found |= {one.id: one for one in (whole.worker, *whole.volunteers)}
    for one in await families.of_elder(tx, elder):
        found[one.id] = one
    return [one for one in found.values() if members.to_of(one) is not None]


async def tell_of_emergency(tx: AsyncSession, now: datetime, alert: Alert, elder: Elder) -> None:
    """Tell everybody concerned, once for each round of asking."""
    for member in await concerned(tx, now, elder):
        await ladder.tell(
            tx,
            now,
            member,
            [elder],
            Letter(
                Step.EMERGENCY,
                alert.day,
                Notice.ALERT,
                f"alert:{alert.id}:{alert.asked_times}:{member.id}",
                {"alert": alert.id, "day": str(alert.day)},
                alert_card(alert.id),
                alert.id,
            ),
        )
