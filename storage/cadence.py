"""What elders are owed now and how much of it is done, from the records."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.cadence import (
    Course,
    Progress,
    bounds_of,
    days_between,
    days_of_month,
    is_late,
    month_of,
    now_owed,
)
from care.calls import Kind
from care.days import days_of, local_day, week_of
from care.elders import Tier
from care.ledger import State, days_in_a_row, unbroken
from care.pauses import Paused
from care.tiers import Change
from storage import pauses
from storage.calls import counts
from storage.communities import settings_of, zone_of
from storage.tables import CheckIn, Community, Contact, Elder, RedDay, TierChange

LONGEST_ROW = timedelta(days=400)


@dataclass(frozen=True)
class Known:
    """A stretch of days in the lives of some elders, by elder.

    Attributes:
        owing: the days on which something is owed, with the tier that says what.
        visits: the days with a visit.
        contacts: the days with a call or a visit, or whatever else counts as one.
    """

    owing: Mapping[int, Mapping[date, Tier]]
    visits: Mapping[int, set[date]]
    contacts: Mapping[int, set[date]]


async def known(
    tx: AsyncSession, station: Community, elders: Sequence[Elder], first: date, last: date
) -> Known:
    """What is known of these days. The number of queries does not depend on how many elders."""
    zone = zone_of(station)
    bounds = bounds_of(days_between(first, last), zone)
    changes = await _changes(tx, station, bounds[first][0])
    breaks = await pauses.of_elders(tx, [one.id for one in elders])
    visits, contacts = await _days_of_contact(tx, station, first, last)

    def paused(elder: Elder) -> tuple[Paused, ...]:
        return tuple(pauses.as_rule(each, zone) for each in breaks.get(elder.id, []))

    owing = {
        one.id: Course(
            one.created_at, one.tier, one.exited_at, tuple(changes[one.id]), paused(one)
        ).owing(bounds)
        for one in elders
    }
    return Known(owing, visits, contacts)


async def _changes(
    tx: AsyncSession, station: Community, start: datetime
) -> defaultdict[int, list[Change]]:
    rows = await tx.scalars(
        select(TierChange)
        .where(TierChange.community_id == station.id, TierChange.at >= start)
        .order_by(TierChange.at, TierChange.id)
    )
    found: defaultdict[int, list[Change]] = defaultdict(list)
    for row in rows:
        found[row.elder_id].append(Change(row.at, row.before, row.after))
    return found


async def _days_of_contact(
    tx: AsyncSession, station: Community, first: date, last: date
) -> tuple[Mapping[int, set[date]], Mapping[int, set[date]]]:
    """The days with a visit, and those with any contact."""
    rows = await tx.execute(
        select(Contact.elder_id, Contact.day, Contact.kind).where(
            Contact.community_id == station.id, Contact.day.between(first, last), counts()
        )
    )
    visits: defaultdict[int, set[date]] = defaultdict(set)
    contacts: defaultdict[int, set[date]] = defaultdict(set)
    for elder_id, day, kind in rows:
        contacts[elder_id].add(day)
        if kind is Kind.VISIT:
            visits[elder_id].add(day)
    if settings_of(station).check_in_is_contact:
        said = await tx.execute(
            select(CheckIn.elder_id, CheckIn.day).where(
                CheckIn.community_id == station.id, CheckIn.day.between(first, last), CheckIn.fine
            )
        )
        for elder_id, day in said:
            contacts[elder_id].add(day)
    return visits, contacts


@dataclass(frozen=True)
class Pace:
    """How an elder stands now.

    Attributes:
        progress: of the day, the week or the month, as the tier asks; None: nothing is owed now.
        in_a_row: for red, the days up to today that ended well.
        late: what is missing of the week or month can hardly be made up any more.
    """

    progress: Progress | None
    in_a_row: int = 0
    late: bool = False


async def paces(
    tx: AsyncSession, now: datetime, station: Community, elders: Sequence[Elder]
) -> dict[int, Pace]:
    """How each of `elders` stands now."""
    today = local_day(now, zone_of(station))
    settings = settings_of(station)
    days = [*days_of(week_of(today)), *days_of_month(month_of(today))]
    first = min(*days, today - timedelta(days=settings.red_every_days))
    found = await known(tx, station, elders, first, max(days))
    rows = await _rows(tx, [one.id for one in elders if one.tier is Tier.RED], today)
    paces = {}
    for one in elders:
        visits, contacts = found.visits.get(one.id, set()), found.contacts.get(one.id, set())
        progress = now_owed(today, found.owing[one.id], visits, contacts, settings)
        late = progress is not None and is_late(progress, today)
        in_a_row = _in_a_row(rows[one.id], today, met_today=today in contacts)
        paces[one.id] = Pace(progress, in_a_row, late)
    return paces


def _in_a_row(closed: list[tuple[date, State]], today: date, *, met_today: bool) -> int:
    """Days without a gap up to now; in the first minutes of a day, yesterday is not closed yet."""
    if closed and closed[-1][0] < today - timedelta(days=2):
        closed = []
    return days_in_a_row(unbroken(closed)) + met_today


async def _rows(
    tx: AsyncSession, elder_ids: list[int], today: date
) -> defaultdict[int, list[tuple[date, State]]]:
    """How the red elders' days ended, oldest first."""
    rows = await tx.execute(
        select(RedDay.elder_id, RedDay.day, RedDay.state)
        .where(RedDay.elder_id.in_(elder_ids), RedDay.day < today, RedDay.day > today - LONGEST_ROW)
        .order_by(RedDay.day)
    )
    found: defaultdict[int, list[tuple[date, State]]] = defaultdict(list)
    for elder_id, day, state in rows:
        found[elder_id].append((day, state))
    return found
