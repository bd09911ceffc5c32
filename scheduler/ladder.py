"""The ladder's timed work: 11:30, 15:00, 17:00, the evening, 24:00, and every ten minutes."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.days import local_day, moment
from care.joining import Standing
from care.ladder import Alert as Kind
from care.ladder import DoorEnd, Step, Waiting, begins_at, cause_of, due
from care.notices import Notice
from care.visits import State
from storage import alerts, calls, closing, doors, ladder, members, outbox, pairings
from storage.alerts import Whole, alert_card
from storage.communities import settings_of, zone_of
from storage.doors import AtDoor, door_card
from storage.ladder import Letter, open_card
from storage.tables import Assignment, Community, Elder, Member

# After a power cut the list comes late; its reminder does not come with it.
LIST_IS_NEW = timedelta(minutes=55)
GIVEN_UP = frozenset({State.DECLINED, State.DROPPED})


async def climb(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Whoever is still waiting for a contact today: the rungs that are due and not taken yet."""
    settings, zone = settings_of(station), zone_of(station)
    day = local_day(now, zone)
    early = now < begins_at(day, settings, zone)
    # Until then all mornings are alike, but for those who did not answer or open.
    if early and not await doors.wanted(tx, station.id, day, settings.attempts_for_door_visit):
        return
    waiting = await calls.waiting_today(tx, now, station)
    if not waiting:
        return
    asked = await doors.of_day(tx, [elder.id for elder, _ in waiting], day)
    failed = {one.elder_id for one in asked.values() if one.end is DoorEnd.NOBODY}
    rungs: dict[Step, list[tuple[Elder, Waiting]]] = {step: [] for step in Step}
    for elder, one in waiting:
        state = replace(one, door_failed=one.door_failed or elder.id in failed)
        for step in due(now, day, state, settings, zone):
            rungs[step].append((elder, one))
    await _remind(tx, now, station, day, [elder for elder, _ in rungs[Step.REMIND]])
    for elder, one in rungs[Step.DOOR]:
        if elder.id not in asked:
            await _ask_to_go(tx, now, station, day, elder, one)
    await _raise(tx, now, station, day, [elder for elder, _ in rungs[Step.RAISE]])


async def _remind(
    tx: AsyncSession, now: datetime, station: Community, day: date, open_: list[Elder]
) -> None:
    """11:30: each social worker hears once of what is still open on their list."""
    if not open_:
        return
    told = await ladder.already_told(tx, [elder.id for elder in open_], day, Step.REMIND)
    known = await pairings.staff(tx, station.id, day)
    for caller in known.callers:
        new = [
            elder
            for elder in open_
            if known.owes(caller.id, elder) and caller.id not in told.get(elder.id, set())
        ]
        if not new:
            continue
        listed = await outbox.posted_at(tx, f"call_list:{caller.id}:{day}")
        if listed is None or now - listed >= LIST_IS_NEW:
            letter = Letter(
                Step.REMIND,
                day,
                Notice.CALLS_OPEN,
                f"calls_open:{caller.id}:{day}:{new[0].id}",
                {"day": str(day)},
                open_card(caller.id, day),
                expires_at=_end_of(day, station),
            )
            await ladder.tell(tx, now, caller, new, letter)


def _end_of(day: date, station: Community) -> datetime:
    return moment(day + timedelta(days=1), time(0), zone_of(station))


async def _ask_to_go(
    tx: AsyncSession, now: datetime, station: Community, day: date, elder: Elder, waiting: Waiting
) -> None:
    """15:00, or after two attempts: the pairing is asked to go; with nobody there, the staff."""
    door = await doors.begin_door(tx, now, elder, day, cause_of(waiting, settings_of(station)))
    if door is not None:
        await doors.offer(tx, now, door, elder)


async def _raise(
    tx: AsyncSession, now: datetime, station: Community, day: date, silent: list[Elder]
) -> None:
    """17:00: an alert with a named owner; supervisor and family are told."""
    if not silent:
        return
    settled = await alerts.settled_on(tx, [elder.id for elder in silent], day)
    raised = []
    for elder in silent:
        if elder.id not in settled:
            leaders = await alerts.leaders(tx, now, elder)
            owner = leaders[0].id if leaders else None
            alert, _new = await alerts.open_one(tx, now, elder, day, Kind.SILENT, owner=owner)
            if local_day(alert.asked_at, zone_of(station)) < day:
                await alerts.goes_on(tx, now, alert)
            raised.append((elder, alert, leaders))
    ids, of = [elder.id for elder, *_ in raised], [alert.id for _, alert, _ in raised]
    told = await ladder.already_told(tx, ids, day, Step.RAISE, of)
    refused = await ladder.refused(tx, ids, day, Step.RAISE, of)
    for elder, alert, leaders in raised:
        people = {one.id: one for one in (*leaders, *await alerts.family_of(tx, elder))}
        again = refused.get(elder.id, set())
        for member_id in people.keys() - (told.get(elder.id, set()) - again):
            # Who had blocked the bot and is back hears of it after all.
            later = f":{now:%H}" if member_id in again else ""
            letter = Letter(
                Step.RAISE,
                day,
                Notice.ALERT,
                f"raise:{elder.id}:{day}:{alert.id}:{member_id}{later}",
                {"alert": alert.id, "day": str(day)},
                alert_card(alert.id),
                alert.id,
            )
            await ladder.tell(tx, now, people[member_id], [elder], letter)


async def mind_alerts(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Emergencies nobody has taken are told again; what had an owner who is gone finds another."""
    for whole in await alerts.orphaned(tx, station.id):
        await _mind_orphan(tx, now, whole)
    pause = timedelta(minutes=settings_of(station).emergency_again_minutes)
    for whole in await alerts.untaken(tx, station.id, now - pause):
        if await alerts.note_asked(tx, now, whole.alert):
            await alerts.tell_of_emergency(tx, now, whole.alert, whole.elder)
    for one in await doors.open_doors(tx, station.id):
        if one.goer is not None:
            await _mind_door(tx, now, one, one.goer)
        else:
            await doors.offer_to_keepers(tx, now, one.door, one.elder)


async def _mind_orphan(tx: AsyncSession, now: datetime, whole: Whole) -> None:
    """An emergency is told to all again; somebody silent is given to who answers for them now."""
    silent = whole.alert.kind is Kind.SILENT
    leaders = await alerts.leaders(tx, now, whole.elder) if silent else []
    if silent and not leaders:
        return
    if await alerts.pass_on(tx, now, whole, leaders[0].id if leaders else None):
        await outbox.refresh(tx, now, alert_card(whole.alert.id))
        if not silent:
            await alerts.tell_of_emergency(tx, now, whole.alert, whole.elder)


async def _mind_door(tx: AsyncSession, now: datetime, one: AtDoor, goer: Member) -> None:
    """A claimed door whose visit was declined on its own message, or at which nobody opened."""
    visit = None
    if one.door.assignment_id is not None:
        visit = await tx.get_one(Assignment, one.door.assignment_id)
    if visit is not None and visit.state is State.NOT_POSSIBLE:
        await doors.end_door(tx, now, one.door, DoorEnd.NOBODY)
        await outbox.refresh(tx, now, door_card(one.door.id))
    elif (
        goer.standing is not Standing.ACTIVE
        or not members.reachable(goer)
        or (visit is not None and visit.state in GIVEN_UP)
    ):
        await doors.give_back(tx, now, one, goer)


async def report_evening(tx: AsyncSession, now: datetime, station: Community) -> None:
    """How the day went, always, also when all is well: silence would be an alarm.

    To the supervisors; where chat reaches none of them, to the social workers.
    """
    day = local_day(now, zone_of(station))
    everybody = await members.with_role(tx, station.id, Role.SUPERVISOR)
    reached = [one for one in everybody if members.reachable(one)]
    if not reached:
        reached = await members.with_role(tx, station.id, Role.SOCIAL_WORKER)
    for member in reached:
        to = members.to_of(member)
        if to is not None:
            await outbox.post(
                tx,
                now,
                to,
                Notice.EVENING,
                {"day": str(day)},
                key=f"evening:{member.id}:{day}",
                card=f"evening:{day}",
                expires_at=_end_of(day, station),
            )


async def close(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Days that are over are written down; who was never told of a missed one is told now."""
    await closing.close_days(tx, now, station)
    await closing.tell_of_missed(tx, now, station)
