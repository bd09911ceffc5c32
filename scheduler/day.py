"""The day's timed work: check-ins, call lists, reminders of visits."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.community import Settings
from care.days import local_day, moment
from care.notices import Notice
from storage import communities, elders, families, members, outbox, pairings, pauses, visits
from storage.call_list import list_card
from storage.tables import Community

LATE_AFTER = timedelta(minutes=10)
SILENT_NEWS = timedelta(hours=1)


def _end_of(day: date, station: Community) -> datetime:
    return moment(day + timedelta(days=1), time(0), communities.zone_of(station))


def _late(now: datetime, at: time, station: Community) -> str | None:
    """The real time, when it is well past the one it should have gone out at."""
    zone = communities.zone_of(station)
    if now - moment(local_day(now, zone), at, zone) <= LATE_AFTER:
        return None
    return now.astimezone(zone).strftime("%H:%M")


async def post_check_ins(tx: AsyncSession, now: datetime, station: Community) -> None:
    """08:00: elders with their own chat are asked how they are, but not while they are paused."""
    today = local_day(now, communities.zone_of(station))
    noon = moment(today, time(12), communities.zone_of(station))
    if now >= noon:
        return
    paused = await pauses.covering(tx, station.id, today)
    present = {
        elder.member_id
        for elder in await elders.of_community(tx, station.id)
        if elder.member_id is not None and elder.id not in paused
    }
    for member in await members.with_role(tx, station.id, Role.ELDER):
        to = members.to_of(member)
        if to is not None and member.id in present:
            await outbox.post(
                tx,
                now,
                to,
                Notice.CHECK_IN,
                key=f"check_in:{member.id}:{today}",
                expires_at=noon,
            )


async def post_call_lists(tx: AsyncSession, now: datetime, station: Community) -> None:
    """08:30: every social worker gets the red elders they owe a contact today.

    Late, it goes out with its real time on it; when its day is over, not at all.
    """
    today = local_day(now, communities.zone_of(station))
    late = _late(now, communities.settings_of(station).call_list_at, station)
    for caller in await pairings.callers(tx, station.id, today):
        to = members.to_of(caller)
        if to is not None:
            await outbox.post(
                tx,
                now,
                to,
                Notice.CALL_LIST,
                {"day": str(today), "late": late},
                key=f"call_list:{caller.id}:{today}",
                card=list_card(caller.id, today),
                expires_at=_end_of(today, station),
            )


def silent_at(settings: Settings) -> time:
    """When those who have not answered the morning's question are silent.

    A minute after it, so that the last of the questions has stood long enough too.
    """
    asked = datetime.combine(date.min, settings.check_in_at)
    return (asked + timedelta(minutes=settings.silent_after_minutes + 1)).time()


async def show_silent(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Once they are silent, the call lists that stand already say so, without a new message."""
    zone = communities.zone_of(station)
    today = local_day(now, zone)
    if now - moment(today, silent_at(communities.settings_of(station)), zone) > SILENT_NEWS:
        return
    lists = [list_card(one.id, today) for one in await pairings.callers(tx, station.id, today)]
    await outbox.refresh(tx, now, *lists, once=f"silent:{today}")


async def post_visit_reminders(tx: AsyncSession, now: datetime, station: Community) -> None:
    """08:30: volunteers with a visit today get one reminder each."""
    today = local_day(now, communities.zone_of(station))
    going = {row.volunteer.id: row.volunteer for row in await visits.of_day(tx, station.id, today)}
    keys = {one: f"visit_reminder:{one}:{today}" for one in going}
    had = await outbox.posted(tx, keys.values())
    for volunteer in going.values():
        to = members.to_of(volunteer)
        if to is not None and keys[volunteer.id] not in had:
            await outbox.post(
                tx,
                now,
                to,
                Notice.VISIT_REMINDER,
                {"day": str(today)},
                key=keys[volunteer.id],
                card=f"visits_of:{volunteer.id}",
                expires_at=moment(today, time(20), communities.zone_of(station)),
            )


async def post_family_reminders(tx: AsyncSession, now: datetime, station: Community) -> None:
    """The evening before a visit: the family is told who comes, and when."""
    today = local_day(now, communities.zone_of(station))
    rows = await visits.of_day(tx, station.id, today + timedelta(days=1))
    related = await families.of_elders(tx, station.id, [row.elder.id for row in rows])
    for row in rows:
        for member in related[row.elder.id]:
            to = members.to_of(member)
            if to is not None:
                await outbox.post(
                    tx,
                    now,
                    to,
                    Notice.FAMILY_VISIT,
                    {"visit": row.visit.id},
                    key=f"family_visit:{row.visit.id}:{member.id}",
                    card=f"family_visit:{row.visit.id}",
                    expires_at=_end_of(today, station),
                )
