"""The call list: whom somebody calls today, and everything that is said of them there."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from care.calls import Owed, in_order
from care.community import Settings
from care.days import local_day
from care.surge import Surging, call_owed
from storage import calls, follow_ups, pairings, surge
from storage.calls import Lately, OfDays
from storage.communities import settings_of, zone_of
from storage.pairings import Staff
from storage.tables import (
    CheckIn,
    Community,
    Elder,
    FollowUp,
    Outbox,
    Pairing,
    PairingElder,
    Post,
)

DAY = timedelta(days=1)
ASKED_LATELY = timedelta(days=7)
# No elder's id, so one whom nobody leads: the unpaired are all treated alike.
NOBODY = 0


@dataclass(frozen=True)
class Line:
    """One elder on a list; `instead_of` is the colleague on leave, and until when."""

    elder: Elder
    owed: Owed
    follow_up: FollowUp | None = None
    unpaired: bool = False
    instead_of: tuple[str, date] | None = None


@dataclass(frozen=True)
class CallList:
    """What one caller has to do today.

    Attributes:
        open: still to be called, the most urgent first.
        done: contacted today.
        unassessed: without a tier, so that nobody knows yet what they are owed.
    """

    open: list[Line]
    done: list[Line]
    unassessed: list[Elder]


def list_card(caller_id: int, day: date) -> str:
    """The card name of one caller's list of one day."""
    return f"calls:{caller_id}:{day}"


async def of_caller(
    tx: AsyncSession, now: datetime, station: Community, caller_id: int
) -> CallList:
    """A caller's list of today. The number of queries does not depend on how many elders."""
    day = local_day(now, zone_of(station))
    known = await pairings.staff(tx, station.id, day)
    mine = await _elders(tx, station.id, caller_id, known)
    lines = [
        replace(
            line,
            unpaired=not known.led.get(line.elder.id),
            instead_of=known.instead_of(caller_id, line.elder),
        )
        for line in await _lines(tx, now, station, mine)
    ]
    by_id = {line.elder.id: line for line in lines}
    open_ = in_order([line.owed for line in lines if line.owed.open])
    listed = {one.elder_id for one in open_}
    return CallList(
        [by_id[one.elder_id] for one in open_],
        [one for one in lines if one.owed.owes and one.owed.done and one.elder.id not in listed],
        [one for one in mine if one.tier is None and one.id not in listed],
    )


_LED = Elder.id.in_(bindparam("led", expanding=True))
_PAIRED = (
    select(PairingElder.elder_id)
    .join(Pairing, Pairing.id == PairingElder.pairing_id)
    .where(Pairing.community_id == bindparam("community"), Pairing.ended_at.is_(None))
)
_IN_CARE = (
    select(Elder)
    .where(Elder.community_id == bindparam("community"), Elder.exited_at.is_(None))
    .order_by(Elder.name, Elder.id)
)
# With those whom nobody leads, or without.
_ELDERS = {True: _IN_CARE.where(_LED | Elder.id.not_in(_PAIRED)), False: _IN_CARE.where(_LED)}


async def _elders(tx: AsyncSession, community_id: int, caller_id: int, known: Staff) -> list[Elder]:
    """Whom a caller answers for today; the others of a large station are not even read."""
    led = [one for one in known.led if caller_id in known.responsible(one)]
    too = caller_id in known.responsible(NOBODY)
    rows = await tx.scalars(_ELDERS[too], {"community": community_id, "led": led})
    return list(rows)


async def of_elder(tx: AsyncSession, now: datetime, elder: Elder) -> Line:
    """What the list says of one elder."""
    station = await tx.get_one(Community, elder.community_id)
    [line] = await _lines(tx, now, station, [elder], elder.id)
    return line


async def _lines(
    tx: AsyncSession,
    now: datetime,
    station: Community,
    elders: list[Elder],
    only: int | None = None,
) -> list[Line]:
    day = local_day(now, zone_of(station))
    known = await _known(tx, now, station, elders, only)
    due = await follow_ups.due_on(tx, station.id, day, only)
    return [
        Line(one, _owed(station, day, one, known, due.get(one.id)), due.get(one.id))
        for one in elders
    ]


@dataclass(frozen=True)
class _Known:
    """All that the lines are made of, each read once for everybody.

    Attributes:
        last: local day of the last contact.
        today: when the last contact of each was written down, and the attempts.
        said: the elder's own word of today.
        asked: who waits to be called, as they wished.
    """

    lately: Lately
    last: dict[int, date]
    today: OfDays
    said: dict[int, CheckIn]
    asked: set[int]
    silent: set[int]
    surge: Surging | None
    settings: Settings


async def _known(
    tx: AsyncSession, now: datetime, station: Community, elders: list[Elder], only: int | None
) -> _Known:
    day, settings = local_day(now, zone_of(station)), settings_of(station)
    said = await _said(tx, station.id, day)
    asked_at = now - timedelta(minutes=settings.silent_after_minutes)
    known = _Known(
        await calls.lately(tx, station, day - DAY, only),
        await calls.last_contacts(tx, station.id, [one.id for one in elders]),
        await calls.of_days(tx, station, day, day),
        said,
        await _waiting_for_a_call(tx, station.id, day),
        await _asked(tx, asked_at, day, elders) - said.keys(),
        await surge.on(tx, station, day),
        settings,
    )
    if settings.check_in_is_contact:
        await _count_check_ins(tx, station.id, known, only)
    return known


_SAID = select(CheckIn).where(
    CheckIn.community_id == bindparam("community"), CheckIn.day == bindparam("day")
)


async def _said(tx: AsyncSession, community_id: int, day: date) -> dict[int, CheckIn]:
    rows = await tx.scalars(_SAID, {"community": community_id, "day": day})
    return {row.elder_id: row for row in rows}


_LATER = aliased(CheckIn)
_ASKED = select(CheckIn.elder_id).where(
    CheckIn.community_id == bindparam("community"),
    CheckIn.day.between(bindparam("first"), bindparam("day")),
    ~CheckIn.fine,
    calls.not_called_since(),
    ~exists().where(_LATER.elder_id == CheckIn.elder_id, _LATER.day > CheckIn.day),
)


async def _waiting_for_a_call(tx: AsyncSession, community_id: int, day: date) -> set[int]:
    """Who asked to be called, today or lately, and was not: midnight is no answer."""
    asked = {"community": community_id, "first": day - ASKED_LATELY, "day": day}
    return set(await tx.scalars(_ASKED, asked))


_REACHED = select(Outbox.key).where(
    Outbox.key.in_(bindparam("keys", expanding=True)),
    Outbox.state == Post.SENT,
    Outbox.sent_at <= bindparam("before"),
)


async def _asked(tx: AsyncSession, before: datetime, day: date, elders: list[Elder]) -> set[int]:
    """Whom the morning's question reached, before some moment; nobody without a chat."""
    keys = {f"check_in:{one.member_id}:{day}": one.id for one in elders if one.member_id}
    if not keys:
        return set()
    rows = await tx.scalars(_REACHED, {"keys": list(keys), "before": before})
    return {keys[key] for key in rows if key is not None}


async def _count_check_ins(
    tx: AsyncSession, community_id: int, known: _Known, only: int | None
) -> None:
    """Where the setting says so, "I am fine" is as good as a contact."""
    rows = await tx.execute(
        select(CheckIn.elder_id, func.max(CheckIn.day))
        .where(
            CheckIn.community_id == community_id,
            CheckIn.fine,
            true() if only is None else CheckIn.elder_id == only,
        )
        .group_by(CheckIn.elder_id)
    )
    for elder_id, day in rows:
        known.last[elder_id] = max(day, known.last.get(elder_id, day))


def _owed(
    station: Community, day: date, elder: Elder, known: _Known, follow_up: FollowUp | None
) -> Owed:
    before = day - DAY
    every = timedelta(days=known.settings.red_every_days)
    last, called = known.last.get(elder.id), known.today.contacted.get(elder.id)
    said = known.said.get(elder.id)
    red, red_before = (calls.was_red(station, one, elder, known.lately) for one in (day, before))
    away, away_before = (calls.was_paused(one, elder, known.lately) for one in (day, before))
    surging = None if red else _surging(known, day, elder)
    due = red and (called is not None or last is None or last <= day - every)
    return Owed(
        elder.id,
        elder.name,
        owes=not away and (due or surging is not None),
        asked=elder.id in known.asked and not (away and said is None),
        checked_in=said is not None and said.fine,
        silent=elder.id in known.silent,
        missed_yesterday=red_before
        and not away_before
        and (last is None or last <= before - every),
        attempts_today=known.today.attempts[elder.id],
        red_since_today=red and not red_before,
        back_today=away_before and not away,
        follow_up=follow_up.due if follow_up else None,
        surge=surging.why if surging else None,
        last_contact=last,
        done=called is not None,
    )


def _surging(known: _Known, day: date, elder: Elder) -> Surging | None:
    """The surge because of which a call is, or was, owed today to somebody who is not red."""
    found, last = known.surge, known.last.get(elder.id)
    if found is None:
        return None
    owed = call_owed(found, day, elder.tier, last)
    called = elder.id in known.today.contacted and call_owed(found, day, elder.tier, None)
    return found if owed or called else None
