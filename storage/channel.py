"""What nobody of the station has been told of in chat, and when the second channel was told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, case, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import STAFF
from care.channel import Matter, Untold, counts
from care.days import day_bounds, local_day
from care.ladder import Alert as Kind
from care.ladder import Step
from storage import members
from storage.closing import LOOK_BACK, lately_missed
from storage.communities import settings_of, zone_of
from storage.ladder import taken_back
from storage.tables import Alert, Community, Elder, MemberRole, Outbox, Post, RedDay, Told

LATELY = timedelta(days=1)

_HEARD = Told.delivered_at.is_not(None) | Told.pressed_at.is_not(None)
# Since when somebody has to hear of it: the newest emergency, or today's 17:00.
_SINCE = case((Alert.kind == Kind.EMERGENCY, Alert.opened_at), else_=Alert.asked_at)
_ALERTS = (
    select(Alert)
    .join(Elder, Elder.id == Alert.elder_id)
    .where(
        Alert.community_id == bindparam("community"),
        Alert.closed_at.is_(None),
        Alert.taken_at.is_(None),
        # What was silent on an earlier day is a missed day by now.
        (Alert.kind == Kind.EMERGENCY) | (Alert.asked_at >= bindparam("begun")),
        Elder.exited_at.is_(None),
        ~exists().where(
            Told.alert_id == Alert.id,
            Told.at >= _SINCE,
            _HEARD,
            MemberRole.member_id == Told.member_id,
            MemberRole.role.in_(STAFF),
        ),
    )
    .order_by(Alert.id)
)
_MISSED = (
    select(RedDay)
    .join(Elder, Elder.id == RedDay.elder_id)
    .where(
        RedDay.community_id == bindparam("community"),
        lately_missed(bindparam("first"), bindparam("since")),
        Elder.exited_at.is_(None),
        ~exists().where(
            Told.elder_id == RedDay.elder_id,
            Told.day == RedDay.day,
            Told.step.in_((Step.RAISE, Step.CLOSED)),
            _HEARD,
            ~taken_back(),
        ),
    )
    .order_by(RedDay.day, RedDay.elder_id)
)


def channel_card(community_id: int) -> str:
    """The card name of everything that goes to a station's second channel."""
    return f"second_channel:{community_id}"


_LETTERS = (
    select(Outbox)
    .where(Outbox.card == bindparam("named"), Outbox.created_at >= bindparam("since"))
    .order_by(Outbox.id)
)


async def failing(tx: AsyncSession, now: datetime, station: Community) -> list[Untold]:
    """The alerts and missed days that chat has not carried to anybody in time."""
    today = local_day(now, zone_of(station))
    asked = {
        "community": station.id,
        "begun": day_bounds(today, zone_of(station))[0],
        "first": today - LOOK_BACK,
        "since": now - LOOK_BACK,
    }
    found: dict[str, Untold] = {}
    for alert in await tx.scalars(_ALERTS, asked):
        if alert.kind is Kind.EMERGENCY:
            one = Untold(Matter.EMERGENCY, alert.elder_id, alert.day, alert.opened_at)
        else:
            one = Untold(Matter.SILENT, alert.elder_id, today, alert.asked_at)
        found[one.name] = one
    for row in await tx.scalars(_MISSED, asked):
        since = row.changed_at or row.closed_at
        one = Untold(Matter.MISSED, row.elder_id, row.day, since)
        found.setdefault(one.name, one)
    if not found:
        return []
    reachable, settings = await _staff_is_reached(tx, station), settings_of(station)
    late = [
        one for one in found.values() if counts(now, one, reachable=reachable, settings=settings)
    ]
    return await _with_letters(tx, station, late, today - LOOK_BACK)


async def _staff_is_reached(tx: AsyncSession, station: Community) -> bool:
    staff = await members.with_role(tx, station.id, *STAFF)
    return any(members.reachable(one) for one in staff)


async def _with_letters(
    tx: AsyncSession, station: Community, late: Iterable[Untold], first: date
) -> list[Untold]:
    """When each was told through the second channel. What expired on its way told nobody."""
    since = datetime.combine(first, datetime.min.time(), zone_of(station)) - LATELY
    letters = list(await tx.scalars(_LETTERS, {"named": channel_card(station.id), "since": since}))
    found = []
    for one in late:
        mine = [row for row in letters if one.name in row.facts["about"]]
        last = max((row.created_at for row in mine if row.state is not Post.EXPIRED), default=None)
        found.append(replace(one, last=last, times=len(mine)))
    return found


async def spoken_lately(tx: AsyncSession, now: datetime, station: Community) -> Outbox | None:
    """The last message for the second channel within a day, whatever became of it."""
    asked = {"named": channel_card(station.id), "since": now - LATELY}
    return next(iter([*await tx.scalars(_LETTERS, asked)][-1:]), None)
