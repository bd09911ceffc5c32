"""What ends when somebody is reached: door visits, alerts, and those who were told hear of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from care.ladder import Alert as Kind
from care.ladder import Clear, DoorEnd, Step
from care.notices import Notice
from care.refusals import Stale
from care.visits import PLANNED, State
from storage import alerts, doors, ladder, members, outbox, visits
from storage.alerts import alert_card
from storage.communities import settings_of
from storage.doors import AtDoor, door_card
from storage.ladder import open_card
from storage.tables import Alert, Assignment, Community, Elder, Member
from storage.week import GIVEN, PAUSED, visits_card


@dataclass(frozen=True)
class Reached:
    """Who reached somebody, and on which local day; or who paused them."""

    by: int
    day: date
    paused: bool = False


async def contacted(tx: AsyncSession, now: datetime, elder: Elder, reached: Reached) -> None:
    """A contact is on record: the ladder stops, and the others are told.

    A contact of an earlier day ends what that day began, not what belongs to today.
    """
    told = await ladder.already_told(tx, [elder.id], reached.day, Step.REMIND)
    for member_id in sorted(told.get(elder.id, ())):
        await outbox.refresh(tx, now, open_card(member_id, reached.day))
    for one in await doors.open_doors(tx, elder.community_id, elder.id):
        if one.door.day <= reached.day:
            await _end_door(tx, now, one, reached)
    for whole in await alerts.open_of(tx, elder.id, Kind.SILENT):
        if whole.alert.day <= reached.day:
            await all_clear(tx, now, whole.alert, Clear.REACHED, reached.by)


async def _end_door(tx: AsyncSession, now: datetime, one: AtDoor, reached: Reached) -> None:
    went = one.goer is not None and one.goer.id == reached.by
    if not await doors.end_door(tx, now, one.door, DoorEnd.DONE if went else DoorEnd.CALLED_OFF):
        return
    await outbox.refresh(tx, now, door_card(one.door.id))
    if one.goer is None or went:
        return
    if one.door.assignment_id is not None:
        visit = await tx.get_one(Assignment, one.door.assignment_id)
        why = PAUSED if reached.paused else GIVEN
        try:
            await visits.move(tx, visit, PLANNED, State.DROPPED, reason=why)
        except Stale:
            # At the door already: the report is still welcome.
            return
        await outbox.refresh(tx, now, visits_card(one.goer.id))
    to = members.to_of(one.goer)
    if to is not None:
        await outbox.post(
            tx,
            now,
            to,
            Notice.DOOR_OFF,
            {"door": one.door.id, "by": reached.by, "paused": reached.paused},
            key=f"door_off:{one.door.id}:{one.goer.id}:{one.door.claimed_at:%H%M%S}",
        )


async def all_clear(
    tx: AsyncSession, now: datetime, alert: Alert, how: Clear, by: int | None
) -> bool:
    """End an alert; everybody who was told of it is told that it is over."""
    if not await alerts.clear(tx, now, alert, how, by):
        return False
    await outbox.refresh(tx, now, alert_card(alert.id))
    for member in await alerts.told_of(tx, alert.id):
        to = members.to_of(member)
        if member.id != by and to is not None:
            await outbox.post(
                tx,
                now,
                to,
                Notice.ALL_CLEAR,
                {"alert": alert.id},
                key=f"all_clear:{alert.id}:{member.id}",
            )
    return True


async def no_longer_owed(tx: AsyncSession, now: datetime, elder: Elder, by: int) -> None:
    """Paused: nobody need go to the door, and nobody looks for them any more."""
    day = await ladder.today_of(tx, now, elder)
    for one in await doors.open_doors(tx, elder.community_id, elder.id):
        await _end_door(tx, now, one, Reached(by, day, paused=True))
    for whole in await alerts.open_of(tx, elder.id, Kind.SILENT):
        await all_clear(tx, now, whole.alert, Clear.PAUSED, by)


async def emergency(tx: AsyncSession, now: datetime, elder: Elder, by: Member) -> Alert:
    """An emergency: everybody concerned is told at once; one that is open already is told again."""
    day = await ladder.today_of(tx, now, elder)
    alert, new = await alerts.open_one(tx, now, elder, day, Kind.EMERGENCY, by=by.id)
    if not new:
        station = await tx.get_one(Community, elder.community_id)
        pause = timedelta(minutes=settings_of(station).emergency_again_minutes)
        await alerts.happened_again(tx, now, alert, day, by.id, now - pause)
        await outbox.refresh(tx, now, alert_card(alert.id))
    await alerts.tell_of_emergency(tx, now, alert, elder)
    return alert
