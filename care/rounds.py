"""The weekly round: what is due when, which planned visits still hold, and who has not answered."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.community import Settings
from care.days import NOON, WEEK, HalfDay, local_day, moment
from care.errand_offers import end_of_quiet, is_quiet
from care.plan_rules import breaks, own
from care.planning import Need, Problem
from care.plans import Plan, Slot, Visit, Why

# A week that was not even drafted by the end of its Tuesday is left to the staff.
LATE_DAYS = timedelta(days=2)


class Step(StrEnum):
    """What the round does to a week, in this order."""

    DRAFT = "draft"
    PUBLISH = "publish"
    SETTLE = "settle"
    MISSING = "missing"
    LIST = "list"


@dataclass(frozen=True)
class Progress:
    """How far a week is.

    Attributes:
        wanted: somebody wants planned what is missing.
        offered: since when visits are offered to neighbours that are not on the staff's list yet.
    """

    drafted: bool = False
    published: bool = False
    settled: bool = False
    wanted: bool = False
    offered: datetime | None = None


def draft_at(week: date, settings: Settings, zone: ZoneInfo) -> datetime:
    """When the week is planned (handbook, "The week": Friday 16:00)."""
    day = week - WEEK + timedelta(days=settings.draft_week_on)
    return moment(day, settings.draft_week_at, zone)


def publish_at(week: date, settings: Settings, zone: ZoneInfo) -> datetime:
    """When everybody is told (handbook, "The week": Sunday 18:00)."""
    day = week - WEEK + timedelta(days=settings.publish_week_on)
    return moment(day, settings.publish_week_at, zone)


def settle_at(week: date, settings: Settings, zone: ZoneInfo) -> datetime:
    """By when a visit should be accepted (handbook, "The week": Monday 20:00)."""
    day = week + timedelta(days=settings.settle_week_on)
    return moment(day, settings.settle_week_at, zone)


def list_at(offered: datetime, settings: Settings, zone: ZoneInfo) -> datetime:
    """When a visit that was offered and not claimed comes on the staff's list: next morning."""
    return moment(local_day(offered, zone) + timedelta(days=1), settings.list_gaps_at, zone)


def ask_again_at(asked: datetime, settings: Settings, zone: ZoneInfo) -> datetime:
    """When others are asked for what nobody has answered by then; at night nobody is asked."""
    at = asked + timedelta(hours=settings.answer_hours)
    return end_of_quiet(at, settings, zone) if is_quiet(at, settings, zone) else at


def due(
    week: date,
    now: datetime,
    progress: Progress,
    founded: datetime,
    settings: Settings,
    zone: ZoneInfo,
) -> Step | None:
    """The next step of a week, None while there is none; late rather than never.

    A week that was on already when the station was `founded` is not begun by itself. One that was
    drafted is told as long as it is on: until then nothing else can be done with it.
    """
    begin, told = draft_at(week, settings, zone), publish_at(week, settings, zone)
    if progress.published:
        return _due_afterwards(week, now, progress, settings, zone)
    last = week + (WEEK if progress.drafted else LATE_DAYS)
    if founded <= told <= now < moment(last, time(0), zone):
        return Step.PUBLISH
    if founded <= begin <= now < told and (progress.wanted or not progress.drafted):
        return Step.DRAFT
    return None


def _due_afterwards(
    week: date, now: datetime, progress: Progress, settings: Settings, zone: ZoneInfo
) -> Step | None:
    if now >= moment(week + WEEK, time(0), zone):
        return None
    if now >= settle_at(week, settings, zone) and not progress.settled:
        return Step.SETTLE
    if progress.wanted:
        return Step.MISSING
    if progress.offered is not None and now >= list_at(progress.offered, settings, zone):
        return Step.LIST
    return None


def first_slot(step: Step, week: date, now: datetime, zone: ZoneInfo) -> Slot:
    """The first half-day for which somebody can still be asked.

    Whoever is told on the evening of a published week has the night to say no.
    """
    today = local_day(now, zone)
    if today < week:
        return week, HalfDay.AM
    if step is not Step.PUBLISH and now.astimezone(zone).time() < NOON:
        return today, HalfDay.PM
    return today + timedelta(days=1), HalfDay.AM


@dataclass(frozen=True)
class Draft:
    """A visit that is planned and not told yet; `pairing` is the elder's when it was planned."""

    visit: Visit
    pairing: int
    locked: bool = False


def with_fixed(problem: Problem, visits: Iterable[Visit]) -> Problem:
    """The problem that is left when these visits stand."""
    fixed = tuple(visits)
    days: defaultdict[int, set[date]] = defaultdict(set)
    for one in fixed:
        days[one.elder_id].add(one.day)
    needs = tuple(
        replace(one, owed=max(0, one.owed - len(days[one.elder_id]))) for one in problem.needs
    )
    return replace(problem, needs=needs, locked=(*problem.locked, *fixed))


def kept(
    problem: Problem,
    drafts: Sequence[Draft],
    away: Mapping[int, Collection[date]],
    first: Slot,
) -> tuple[Visit, ...]:
    """Those of the planned visits that still hold; the rest is planned anew.

    What the staff has locked gives way only where it cannot be: nobody to visit, nobody to go, on
    leave, or past. The others keep to every hard rule, and to the pairing they were planned in.

    Args:
        problem: the week as it is now, with none of the drafts in it.
        drafts: what was planned.
        away: days of leave, by volunteer.
        first: nothing before this half-day.
    """
    locked = [
        one.visit for one in drafts if one.locked and _possible(problem, one.visit, away, first)
    ]
    fixed = with_fixed(problem, locked)
    held = list(locked)
    for visits in _together(problem, drafts):
        tried = [*held, *visits]
        if not breaks(fixed, Plan(tuple(tried), (), (), 0, 0.0)):
            held = tried
    return tuple(held)


def _possible(
    problem: Problem, visit: Visit, away: Mapping[int, Collection[date]], first: Slot
) -> bool:
    need = problem.need.get(visit.elder_id)
    return (
        need is not None
        and visit.day in need.days
        and visit.day not in need.done
        and visit.volunteer_id in problem.volunteer
        and visit.day not in away.get(visit.volunteer_id, ())
        and visit.slot >= first
    )


def _together(problem: Problem, drafts: Sequence[Draft]) -> list[list[Visit]]:
    """Visits that stand or fall together, by day; whose pairing has changed is left out."""
    found: defaultdict[tuple[date, HalfDay, int], list[Visit]] = defaultdict(list)
    for one in drafts:
        need = problem.need.get(one.visit.elder_id)
        if not one.locked and need is not None and _same_pairing(problem, need, one):
            found[one.visit.day, one.visit.half, need.elder_id].append(one.visit)
    return [found[key] for key in sorted(found)]


def _same_pairing(problem: Problem, need: Need, draft: Draft) -> bool:
    """Whether the elder is where they were, and the volunteer too if they were of the pairing."""
    person = problem.volunteer.get(draft.visit.volunteer_id)
    return (
        need.pairing == draft.pairing
        and person is not None
        and (own(need, person) or Why.OWN_PAIRING not in draft.visit.why)
    )


def freed(
    problem: Problem,
    silent: Sequence[tuple[int, int, date]],
    alone: Sequence[tuple[int, int, date]] = (),
) -> Problem:
    """The week with visits free again: elder, volunteer, day.

    Args:
        problem: the week.
        silent: nobody answered for them; who did not is not asked for anything else meanwhile.
        alone: two were to go, and one of them does not.
    """
    days: defaultdict[int, set[date]] = defaultdict(set)
    for elder, _, day in (*silent, *alone):
        days[elder].add(day)
    needs = tuple(
        replace(
            one,
            owed=one.owed + len(days[one.elder_id] & one.done),
            done=one.done - days[one.elder_id],
        )
        for one in problem.needs
    )
    quiet = {volunteer for _, volunteer, _ in silent}
    people = tuple(one for one in problem.volunteers if one.member_id not in quiet)
    return replace(problem, needs=needs, volunteers=people)


def only_for(problem: Problem, pairings: Collection[int]) -> Problem:
    """The week in which nothing is owed outside of these pairings; all of it without any."""
    if not pairings:
        return problem
    needs = (one if one.pairing in pairings else replace(one, owed=0) for one in problem.needs)
    return replace(problem, needs=tuple(needs))


def replaced(
    silent: Mapping[int, Sequence[date]], missing: Mapping[int, int], planned: Iterable[Visit]
) -> set[tuple[int, date]]:
    """Which unanswered visits somebody else makes now: elder and day.

    Args:
        silent: days of unanswered visits, by elder.
        missing: visits that were missing beside them.
        planned: what was planned now.
    """
    days = {(one.elder_id, one.day) for one in planned}
    given = Counter(elder for elder, _ in days)
    found = set[tuple[int, date]]()
    for elder, unanswered in silent.items():
        same = {(elder, day) for day in unanswered if (elder, day) in days}
        more = given[elder] - len(same) - missing.get(elder, 0)
        others = [(elder, day) for day in sorted(unanswered) if (elder, day) not in same]
        found |= same | set(others[: max(0, more)])
    return found
