"""A week's plan: what is known before it is made, writing it down, and who is told."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care import plans
from care.access import Role
from care.availability import USUAL_VISITS, usual_half_days
from care.calls import CONTACTS, Kind
from care.days import WEEK, HalfDay, days_of, local_day, moment
from care.joining import Standing
from care.notices import Notice
from care.plans import Visit
from care.visits import LIVE, PLANNED, TOLD_WITHIN, CannotCome, State
from care.week import ElderWeek, VolunteerWeek, owed_visits
from storage import availability, leave, members, outbox, pairings, pauses, visits
from storage.communities import settings_of, zone_of
from storage.once import changed, insert_once
from storage.pairings import Whole
from storage.tables import Assignment, Community, Contact, Member, Volunteer, WeekPlan
from storage.visits import Visiting

GIVEN = "given"
LEFT = "left"
UNPAIRED = "unpaired"
# Given back for days of leave: the leave itself says when they are away.
ON_LEAVE = "on_leave"
PAUSED = "paused"
EXITED = "exited"
UNCOUNTED = frozenset({GIVEN, PAUSED, EXITED, visits.DRAFTED})
ON_BOARD = (Standing.INVITED, Standing.ACTIVE)


def visits_card(volunteer_id: int) -> str:
    """The card name of every message about a volunteer's own visits."""
    return f"visits_of:{volunteer_id}"


def week_card(member_id: int, week: date) -> str:
    """The card name of a week as one member of staff sees it."""
    return f"week:{member_id}:{week}"


def draft_card(member_id: int, week: date) -> str:
    """The card name of a drafted week as one member of staff sees it."""
    return f"draft:{member_id}:{week}"


async def plan_of(tx: AsyncSession, community_id: int, week: date) -> WeekPlan | None:
    """The plan of a week, drafted or published; None before either."""
    return await tx.get(WeekPlan, (community_id, week))


async def published(tx: AsyncSession, community_id: int, week: date) -> WeekPlan | None:
    """The plan of a week, None before it is published."""
    plan = await plan_of(tx, community_id, week)
    return plan if plan is not None and plan.published_at is not None else None


async def publish(tx: AsyncSession, now: datetime, community_id: int, week: date) -> bool:
    """Note that a week is published; False when it was before."""
    new = {"community_id": community_id, "week": week, "published_at": now, "gaps": {}}
    if await insert_once(tx, WeekPlan, **new):
        return True
    won = await changed(
        tx,
        update(WeekPlan)
        .where(
            WeekPlan.community_id == community_id,
            WeekPlan.week == week,
            WeekPlan.published_at.is_(None),
        )
        .values(published_at=now),
    )
    plan = await plan_of(tx, community_id, week)
    if plan is not None:
        await tx.refresh(plan)
    return won > 0


def reasons(plan: WeekPlan | None) -> dict[int, plans.Gap]:
    """Why an elder's visits could not be given to anybody when the plan was made."""
    found = plan.gaps.get("gaps", []) if plan else []
    return {gap["elder"]: plans.Gap.read(gap) for gap in found}


async def want(
    tx: AsyncSession, now: datetime, community_id: int, *, given_back: bool = False
) -> None:
    """Have what is missing in the weeks that are on planned soon, by the round.

    Called wherever something changes that a plan goes by. What is only `given_back` waits until
    the evening on which the week is settled (handbook, "The week": Monday 20:00).
    """
    for plan in await _going_on(tx, now, community_id):
        if plan.settled_at is not None or not given_back:
            ask_for(plan, now)
    await tx.flush()


async def _going_on(tx: AsyncSession, now: datetime, community_id: int) -> list[WeekPlan]:
    """The weeks that have been told and are not over."""
    rows = await tx.scalars(
        select(WeekPlan).where(
            WeekPlan.community_id == community_id,
            WeekPlan.published_at.is_not(None),
            WeekPlan.week > now.date() - WEEK - timedelta(days=1),
        )
    )
    return list(rows)


async def want_unmade(tx: AsyncSession, now: datetime, station: Community, day: date) -> None:
    """A day is over: visits of which nobody can tell any more were not made, and are owed again.

    They are planned in the morning, for nobody is asked at midnight.
    """
    unmade = await tx.scalar(
        select(Assignment.id)
        .where(
            Assignment.community_id == station.id,
            Assignment.day == day - TOLD_WITHIN,
            Assignment.state.in_(PLANNED),
        )
        .limit(1)
    )
    if unmade is None:
        return
    morning = moment(day + timedelta(days=1), settings_of(station).list_gaps_at, zone_of(station))
    for plan in await _going_on(tx, now, station.id):
        ask_for(plan, morning if plan.wanted_at is None else min(plan.wanted_at, morning))
    await tx.flush()


def ask_for(plan: WeekPlan, now: datetime, pairings_: frozenset[int] = frozenset()) -> None:
    """Note in a week that planning is wanted, for these pairings or for all."""
    everything = not pairings_ or (plan.wanted_at is not None and not plan.wanted_for)
    plan.wanted_for = [] if everything else sorted({*plan.wanted_for, *pairings_})
    plan.wanted_at = now


@dataclass(frozen=True)
class Week:
    """All that sharing out a week asks for."""

    elders: tuple[ElderWeek, ...]
    volunteers: tuple[VolunteerWeek, ...]
    pairings: tuple[Whole, ...]
    rows: tuple[Visiting, ...]
    missing: Counter[int]

    def rows_of(self, whole: Whole) -> list[Visiting]:
        """What stands in the week for a pairing's elders, without what was replaced."""
        return self._rows_by_pairing.get(whole.pairing.id, [])

    @cached_property
    def _rows_by_pairing(self) -> dict[int, list[Visiting]]:
        oldest: dict[int, int] = {}
        for whole in self.pairings:
            for elder in whole.elders:
                oldest.setdefault(elder.id, whole.pairing.id)
        live = {(row.elder.id, row.visit.day) for row in self.rows if row.visit.state in LIVE}
        found: dict[int, list[Visiting]] = defaultdict(list)
        for row in self.rows:
            elder_id, visit = row.elder.id, row.visit
            replaced = visit.state is State.DECLINED and not (
                self.missing[elder_id] and (elder_id, visit.day) not in live
            )
            if visit.state is not State.DROPPED and not replaced and elder_id in oldest:
                found[oldest[elder_id]].append(row)
        return found


async def to_plan(tx: AsyncSession, station: Community, week: date, today: date) -> Week:
    """What is known of a week, before it is shared out and afterwards.

    An elder in two pairings is visited by the older one.
    """
    community_id = station.id
    wholes = await pairings.of_community(tx, community_id)
    rows = await visits.of_week(tx, community_id, week)
    visited = await _visit_days(tx, community_id, week, today)
    paused = await pauses.days_covered(tx, community_id, list(days_of(week)))
    familiar = await _familiar(tx, community_id, week)
    excused = Counter(row.elder.id for row in rows if _excused(row.visit))
    days = set(days_of(week))
    month = (week + timedelta(days=3)).month
    found: dict[int, ElderWeek] = {}
    for whole in wholes:
        for elder in whole.elders:
            if elder.tier is None or elder.id in found:
                continue
            seen = visited[elder.id]
            found[elder.id] = ElderWeek(
                elder.id,
                whole.pairing.id,
                elder.tier,
                visited_this_month=frozenset(day for day in seen if day.month == month),
                planned=frozenset(seen & days),
                familiar=familiar.get(elder.id),
                excused=excused[elder.id],
                paused=frozenset(paused[elder.id]),
            )
    volunteers = await _volunteers(tx, community_id, week, wholes, rows)
    settings = settings_of(station)
    drafted = Counter(
        elder
        for elder, _ in {
            (row.elder.id, row.visit.day) for row in rows if row.visit.state is State.DRAFT
        }
    )
    missing = Counter(
        {
            one.elder_id: max(0, owed_visits(one, week, settings) - drafted[one.elder_id])
            for one in found.values()
        }
    )
    return Week(tuple(found.values()), tuple(volunteers), tuple(wholes), tuple(rows), missing)


def _excused(visit: Assignment) -> bool:
    """Dropped because the elder needs none, not because somebody else goes."""
    return visit.state is State.DROPPED and visit.reason not in UNCOUNTED


async def _visit_days(
    tx: AsyncSession, community_id: int, week: date, today: date
) -> dict[int, set[date]]:
    """Days with a visit, made or planned, in the week and in its month.

    What was made is what stands in the contact log, which can be put right. What was planned and
    never told of was not made.
    """
    first = (week + timedelta(days=3)).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    first, after = min(first, week), max(after, week + WEEK)
    found: dict[int, set[date]] = defaultdict(set)
    contacts = select(Contact.elder_id, Contact.day).where(
        Contact.community_id == community_id,
        Contact.kind == Kind.VISIT,
        Contact.outcome.in_(CONTACTS),
        Contact.withdrawn_at.is_(None),
        Contact.day >= first,
        Contact.day < after,
    )
    planned = select(Assignment.elder_id, Assignment.day).where(
        Assignment.community_id == community_id,
        (Assignment.state == State.SIGNED_IN)
        | (Assignment.state.in_(PLANNED) & (Assignment.day >= today - TOLD_WITHIN)),
        Assignment.day >= first,
        Assignment.day < after,
    )
    for statement in (contacts, planned):
        for elder_id, day in await tx.execute(statement):
            found[elder_id].add(day)
    return found


async def _familiar(tx: AsyncSession, community_id: int, week: date) -> dict[int, int]:
    """Who came to each elder last."""
    rows = await tx.execute(
        select(Assignment.elder_id, Assignment.volunteer_id)
        .where(
            Assignment.community_id == community_id,
            Assignment.state == State.DONE,
            Assignment.day < week + WEEK,
            Assignment.day >= week - 12 * WEEK,
        )
        .order_by(Assignment.day, Assignment.id)
    )
    return {elder_id: volunteer_id for elder_id, volunteer_id in rows}  # noqa: C416 - rows are not pairs to mypy


async def _volunteers(
    tx: AsyncSession,
    community_id: int,
    week: date,
    wholes: list[Whole],
    rows: list[Visiting],
) -> list[VolunteerWeek]:
    member_of: dict[int, set[int]] = defaultdict(set)
    for whole in wholes:
        for member in whole.volunteers:
            member_of[member.id].add(whole.pairing.id)
    people = await tx.execute(
        select(Member, Volunteer)
        .outerjoin(Volunteer, Volunteer.member_id == Member.id)
        .where(
            Member.community_id == community_id,
            Member.id.in_(member_of),
            Member.standing.in_(ON_BOARD),
            or_(Volunteer.most_visits.is_(None), Volunteer.most_visits > 0),
        )
        .order_by(Member.id)
    )
    away = await leave.days_away(tx, community_id, week)
    dates = await availability.dates_of_community(tx, community_id, week, week + WEEK)
    taken: dict[int, list[tuple[date, HalfDay]]] = defaultdict(list)
    for row in rows:
        away[row.volunteer.id] |= _refused_days(row.visit)
        if row.visit.state in LIVE:
            taken[row.volunteer.id].append((row.visit.day, row.visit.half))
    return [
        VolunteerWeek(
            member.id,
            frozenset(member_of[member.id]),
            _half_days(said),
            away=frozenset(away[member.id]),
            most=said.most_visits if said else USUAL_VISITS,
            taken=tuple(taken[member.id]),
            dates=dates[member.id],
        )
        for member, said in people
    ]


def _half_days(said: Volunteer | None) -> frozenset[str]:
    """When a volunteer can come; somebody who was never asked can always."""
    return frozenset(said.half_days if said else usual_half_days(None))


def _refused_days(visit: Assignment) -> set[date]:
    """Days on which a volunteer who said no is not asked again."""
    if visit.state is not State.DECLINED or visit.reason == ON_LEAVE:
        return set()
    if visit.reason in {CannotCome.ILL, CannotCome.AWAY}:
        return {day for day in days_of(visit.week) if day >= visit.day}
    return {visit.day}


async def tell_volunteers(
    tx: AsyncSession, now: datetime, station: Community, week: date, added: tuple[Visit, ...]
) -> None:
    """One message to each volunteer with new visits; who has no chat is on the staff's list."""
    end = moment(week + WEEK, time(0), zone_of(station))
    for volunteer_id in sorted({one.volunteer_id for one in added}):
        to = members.to_of(await members.in_community(tx, station.id, volunteer_id))
        if to is None:
            continue
        mine = [one for one in added if one.volunteer_id == volunteer_id]
        first = min((one.day, one.half, one.elder_id) for one in mine)
        plain = f"visits:{volunteer_id}:{week}"
        # The week's own message comes once; visits added later are told apart by what they are.
        for key in (plain, f"{plain}:{now:%d%H%M%S}:{first[0]:%d}{first[1]}:{first[2]}"):
            facts = {"week": str(week)}
            card = visits_card(volunteer_id)
            if await outbox.post(
                tx, now, to, Notice.VISITS, facts, key=key, card=card, expires_at=end
            ):
                break


async def tell_staff(
    tx: AsyncSession, now: datetime, station: Community, week: date, late: str | None
) -> None:
    """The published week to whoever leads a pairing, and to the supervisors.

    For a social worker on leave the deputy gets it, as the call list.
    """
    zone = zone_of(station)
    end = moment(week + WEEK, time(0), zone)
    known = await pairings.staff(tx, station.id, local_day(now, zone))
    led = {
        elder.id for whole in await pairings.of_community(tx, station.id) for elder in whole.elders
    }
    told = {one for elder_id in led for one in known.responsible(elder_id)}
    told |= known.supervisors.keys() - (known.away.keys() if known.here else set())
    for one in (known.everybody[who] for who in sorted(told)):
        to = members.to_of(one)
        if to is not None:
            await outbox.post(
                tx,
                now,
                to,
                Notice.WEEK_PUBLISHED,
                {"week": str(week), "late": late},
                key=f"week:{one.id}:{week}",
                card=week_card(one.id, week),
                expires_at=end,
            )


async def refresh_staff(
    tx: AsyncSession, now: datetime, community_id: int, week: date, *, draft: bool = False
) -> None:
    """Change the week in place for everybody of the staff who has it open, or its `draft` too."""
    staff = await members.with_role(tx, community_id, Role.SOCIAL_WORKER, Role.SUPERVISOR)
    cards = (week_card, draft_card) if draft else (week_card,)
    await outbox.refresh(tx, now, *(card(one.id, week) for card in cards for one in staff))


async def refresh_leaders(
    tx: AsyncSession, now: datetime, community_id: int, week: date, elder_id: int
) -> None:
    """Change the week in place for those of the staff in whose week an elder stands."""
    leaders = (await pairings.workers_by_elder(tx, community_id, elder_id))[elder_id]
    deputies = await leave.deputies_of(tx, leaders, now.date() - timedelta(days=1))
    supervisors = await members.with_role(tx, community_id, Role.SUPERVISOR)
    concerned = {*leaders, *deputies, *(one.id for one in supervisors)}
    await outbox.refresh(tx, now, *(week_card(one, week) for one in sorted(concerned)))
