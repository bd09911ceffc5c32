"""The day's ledger: late entries, and how every red elder's day ended, with who was told when."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.cadence import days_between
from care.calls import Kind
from care.days import day_bounds, local_day
from care.ladder import Step
from care.ledger import Excuse, State, live_state, state_of
from care.rates import Rates, Record, rates, stretch
from storage import cadence, closing
from storage.calls import counts
from storage.communities import settings_of, zone_of
from storage.elders import looked_after
from storage.tables import (
    ClosedDay,
    Community,
    Contact,
    Elder,
    Member,
    Pairing,
    PairingElder,
    RedDay,
    Told,
)


def ledger_card(community_id: int) -> str:
    """The card name of pictures of the ledger."""
    return f"ledger:{community_id}"


async def recount(tx: AsyncSession, now: datetime, elder: Elder, day: date) -> bool:
    """Something was written down or corrected: what a closed day is now; `closed_as` stays.

    Where a contact lasts for several days, the days after it are counted again too. Whether the
    ledger shows something else now.
    """
    station = await tx.get_one(Community, elder.community_id)
    last = day + timedelta(days=settings_of(station).red_every_days - 1)
    rows = await tx.scalars(
        select(RedDay).where(RedDay.elder_id == elder.id, RedDay.day.between(day, last))
    )
    other = False
    for row in list(rows):
        contact = (await closing.contacts_on(tx, station, [elder], row.day)).get(elder.id)
        found = (await closing.excuses_on(tx, station, [elder], row.day)).get(elder.id)
        excuse = None if contact is not None else found
        state = state_of(contacted=contact is not None, excuse=excuse)
        if (row.state, row.excuse, row.contact_id) != (state, excuse, contact or None):
            row.state, row.excuse, row.contact_id = state, excuse, contact or None
            row.changed_at = now
            other = True
    await tx.flush()
    return other


@dataclass(frozen=True)
class Telling:
    """Somebody was told: when, and when it arrived (None: it never did)."""

    name: str
    step: Step
    at: datetime
    delivered: datetime | None


@dataclass(frozen=True)
class Met:
    """The contact by which a day was met: how, by whom, when it happened and was written down."""

    how: Kind
    by: str
    at: datetime
    recorded: datetime


@dataclass(frozen=True)
class Entry:
    """One day of one red elder.

    Attributes:
        state: None while the day is open.
        closed_as: what it was at 24:00; None while it is open.
        contact: None for a day that was not met, or by the elder's own word.
        late: changed after the day was closed, by something that was entered late.
    """

    day: date
    state: State | None
    closed_as: State | None = None
    excuse: Excuse | None = None
    contact: Met | None = None
    late: bool = False
    told: tuple[Telling, ...] = ()


@dataclass(frozen=True)
class Line:
    """An elder's red days."""

    elder: Elder
    days: Mapping[date, Entry]


@dataclass(frozen=True)
class Ledger:
    """The red days from `first` to `last`, and the rates of all tiers."""

    first: date
    last: date
    today: date
    lines: tuple[Line, ...]
    rates: Rates

    @property
    def missed(self) -> list[tuple[Elder, Entry]]:
        """The days that were missed, oldest first."""
        found = [
            (line.elder, entry)
            for line in self.lines
            for entry in line.days.values()
            if entry.state is State.MISSED
        ]
        return sorted(found, key=lambda one: (one[1].day, one[0].name, one[0].id))


async def read(
    tx: AsyncSession,
    now: datetime,
    station: Community,
    first: date,
    last: date,
    viewer: Viewer | None = None,
) -> Ledger:
    """The ledger of these days, as far as `viewer` may see it; None is the command line.

    The number of queries depends neither on the elders nor on the days that are closed.
    """
    today = local_day(now, zone_of(station))
    begin, end = stretch(first, last)
    elders = await _in_care(tx, station, begin, end, viewer)
    entries = await _entries(tx, station, elders, begin, min(end, today))
    found = await cadence.known(tx, station, list(elders.values()), begin, end)
    records = [
        Record(
            found.owing[one],
            found.visits.get(one, set()),
            {day: entry.state for day, entry in entries[one].items()},
        )
        for one in elders
    ]
    lines = []
    for one, elder in elders.items():
        days = {day: each for day, each in entries[one].items() if first <= day <= last}
        if days:
            lines.append(Line(elder, days))
    known = rates(first, last, records, settings_of(station), today)
    return Ledger(first, last, today, tuple(lines), known)


async def _in_care(
    tx: AsyncSession, station: Community, first: date, last: date, viewer: Viewer | None
) -> dict[int, Elder]:
    """Whoever was in care on one of these days, and is the viewer's to see."""
    zone = zone_of(station)
    start, end = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    rows = await tx.scalars(
        select(Elder)
        .where(
            Elder.community_id == station.id,
            Elder.created_at < end,
            Elder.exited_at.is_(None) | (Elder.exited_at >= start),
        )
        .order_by(Elder.name, Elder.id)
    )
    theirs = await _theirs(tx, viewer)
    return {one.id: one for one in rows if theirs is None or one.id in theirs}


async def _theirs(tx: AsyncSession, viewer: Viewer | None) -> set[int] | None:
    """Whom a social worker looks after, and looked after until they left; None is everybody."""
    if viewer is None or viewer.supervisor:
        return None
    left = await tx.scalars(
        select(PairingElder.elder_id)
        .join(Pairing, Pairing.id == PairingElder.pairing_id)
        .join(Elder, Elder.id == PairingElder.elder_id)
        .where(
            Pairing.worker_id == viewer.member_id,
            Pairing.community_id == viewer.community_id,
            Elder.exited_at.is_not(None),
        )
    )
    return {one.id for one in await looked_after(tx, viewer)} | set(left)


async def _entries(
    tx: AsyncSession, station: Community, elders: Mapping[int, Elder], first: date, last: date
) -> defaultdict[int, dict[date, Entry]]:
    """Every red day, by elder."""
    found: defaultdict[int, dict[date, Entry]] = defaultdict(dict)
    met = await _contacts(tx, station, first, last)
    told = await _told(tx, station, first, last)
    rows = await tx.scalars(
        select(RedDay)
        .where(RedDay.community_id == station.id, RedDay.day.between(first, last))
        .order_by(RedDay.day)
    )
    for row in rows:
        if row.elder_id in elders:
            contact = met.get(row.contact_id) if row.contact_id is not None else None
            late = row.changed_at is not None
            found[row.elder_id][row.day] = Entry(
                row.day, row.state, row.closed_as, row.excuse, contact, late
            )
    for day in await _not_closed(tx, station, first, last):
        for one, entry in (await _live(tx, station, elders, day, met)).items():
            found[one][day] = entry
    for (one, day), tellings in told.items():
        if day in found.get(one, ()):
            found[one][day] = replace(found[one][day], told=tuple(tellings))
    return found


async def _not_closed(tx: AsyncSession, station: Community, first: date, last: date) -> list[date]:
    """The days that nobody has closed yet: today, and whatever the station was down for."""
    closed = await tx.scalar(
        select(func.max(ClosedDay.day)).where(ClosedDay.community_id == station.id)
    )
    begin = local_day(station.created_at, zone_of(station))
    if closed is not None:
        begin = closed + timedelta(days=1)
    return days_between(max(begin, first), last)


async def _live(
    tx: AsyncSession,
    station: Community,
    elders: Mapping[int, Elder],
    day: date,
    met: Mapping[int, Met],
) -> dict[int, Entry]:
    """A day as it stands, by the rules by which it will be closed."""
    red = [one for one in await closing.red_on(tx, station, day) if one.id in elders]
    contacts = await closing.contacts_on(tx, station, red, day)
    excuses = await closing.excuses_on(tx, station, red, day)
    found = {}
    for one in red:
        contacted = one.id in contacts
        excuse = None if contacted else excuses.get(one.id)
        state = live_state(contacted=contacted, excuse=excuse)
        contact = met.get(contacts.get(one.id, 0))
        found[one.id] = Entry(day, state, excuse=excuse, contact=contact)
    return found


async def _contacts(
    tx: AsyncSession, station: Community, first: date, last: date
) -> dict[int, Met]:
    rows = await tx.execute(
        select(Contact.id, Contact.kind, Member.name, Contact.happened_at, Contact.recorded_at)
        .join(Member, Member.id == Contact.by_id)
        .where(Contact.community_id == station.id, Contact.day.between(first, last), counts())
    )
    return {number: Met(how, by, at, recorded) for number, how, by, at, recorded in rows}


async def _told(
    tx: AsyncSession, station: Community, first: date, last: date
) -> dict[tuple[int, date], list[Telling]]:
    """Who was told of whom, in the order in which it happened."""
    rows = await tx.execute(
        select(Told.elder_id, Told.day, Member.name, Told.step, Told.at, Told.delivered_at)
        .join(Member, Member.id == Told.member_id)
        .where(Told.community_id == station.id, Told.day.between(first, last))
        .order_by(Told.at, Told.id)
    )
    found: defaultdict[tuple[int, date], list[Telling]] = defaultdict(list)
    for elder_id, day, name, step, at, delivered in rows:
        found[elder_id, day].append(Telling(name, step, at, delivered))
    return found
