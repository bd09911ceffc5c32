"""Whom an errand is offered to, when: ever wider, fair, never at night unless it must be."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.community import Settings
from care.days import local_day, moment
from care.errands import Kind
from care.joining import Skill
from care.refusals import Stale


class Circle(StrEnum):
    """Who is asked, in this order (handbook, "Errands")."""

    PAIRING = "pairing"
    NEIGHBOURS = "neighbours"
    GROUP = "group"


# Somebody who is asked at eight may need two hours for what is due at ten.
NEEDS = timedelta(hours=2)
SHORTEST = timedelta(minutes=2)
# Of the time there is, this much goes by before the next circle at most.
PART_OF_THE_TIME = 8
SKILLED: Mapping[Kind, Skill] = {
    Kind.MEDICINE: Skill.MEDICAL,
    Kind.GROCERIES: Skill.SHOPPING,
    Kind.ESCORT: Skill.MEDICAL,
    Kind.REPAIR: Skill.REPAIR,
}


def is_quiet(now: datetime, settings: Settings, zone: ZoneInfo) -> bool:
    """Whether people sleep: from `quiet_from` until `quiet_until`, local, over midnight or not."""
    clock = now.astimezone(zone).time()
    begin, end = settings.quiet_from, settings.quiet_until
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def awake(at: datetime, by_when: datetime, settings: Settings, zone: ZoneInfo) -> datetime:
    """The first moment from `at` on at which somebody may be written to about an errand.

    That is the end of the quiet hours, unless it would be too late then for what is due.
    """
    if not is_quiet(at, settings, zone):
        return at
    morning = end_of_quiet(at, settings, zone)
    return at if by_when < morning + NEEDS else morning


def end_of_quiet(at: datetime, settings: Settings, zone: ZoneInfo) -> datetime:
    """When the quiet hours end next."""
    today, end = local_day(at, zone), settings.quiet_until
    morning = moment(today, end, zone)
    return morning if morning > at else moment(today + timedelta(days=1), end, zone)


def patience(circle: Circle, since: datetime, by_when: datetime, settings: Settings) -> timedelta:
    """How long a circle has to answer before the next one is asked.

    What is due soon is shared out faster: an eighth of the time that is left, two minutes at least.
    """
    minutes = {
        Circle.PAIRING: settings.errand_pairing_minutes,
        Circle.NEIGHBOURS: settings.errand_neighbours_minutes,
    }.get(circle, 0)
    soon = max(SHORTEST, (by_when - since) / PART_OF_THE_TIME)
    return min(timedelta(minutes=minutes), soon)


@dataclass(frozen=True)
class Asked:
    """A circle that has been asked: when first, and whether anybody may still say yes."""

    since: datetime
    waiting: bool


def turn(
    now: datetime,
    asked: Mapping[Circle, Asked],
    by_when: datetime,
    settings: Settings,
    zone: ZoneInfo,
) -> Circle | None:
    """The circle that is to be asked now; None: wait, or all have been asked.

    A circle in which nobody is left who could say yes keeps nobody waiting. Counted from when
    people were really asked, so a program that was off for an hour skips nobody.
    """
    if awake(now, by_when, settings, zone) > now:
        return None
    for circle in Circle:
        one = asked.get(circle)
        if one is None:
            return circle
        if one.waiting and now < one.since + patience(circle, one.since, by_when, settings):
            return None
    return None


@dataclass(frozen=True)
class Candidate:
    """A volunteer who could be asked.

    Attributes:
        paired: in a pairing with the elder.
        metres: from their building to the elder's; None when nobody knows.
        walks: metres they are willing to walk; None: any.
        skills: what they offer.
        on_duty: said that they are free now.
        in_hand: errands they have now.
        offered: errands they are being asked for now.
        lately: errands they did in the last four weeks.
        medicine: may fetch medicine.
        away: on leave, or chat does not reach them.
        no: said "not me" of this errand, gave it back, or asked for it.
    """

    member: int
    paired: bool = False
    metres: int | None = None
    walks: int | None = None
    skills: frozenset[Skill] = frozenset()
    on_duty: bool = False
    in_hand: int = 0
    offered: int = 0
    lately: int = 0
    medicine: bool = False
    away: bool = False
    no: bool = False


def may_be_asked(one: Candidate, kind: Kind, settings: Settings) -> bool:
    """Whether an errand is offered to somebody at all: never one they could not claim."""
    if one.away or one.no or one.in_hand >= settings.errands_at_once:
        return False
    return kind is not Kind.MEDICINE or not settings.errand_medicine_approved or one.medicine


def is_neighbour(one: Candidate, settings: Settings) -> bool:
    """Whether somebody lives near enough; of whom nobody knows where they live counts as near."""
    if one.metres is None:
        return True
    reach = settings.errand_neighbour_metres
    return one.metres <= (reach if one.walks is None else min(reach, one.walks))


def order(kind: Kind) -> Callable[[Candidate], tuple[object, ...]]:
    """Who is asked first: free now, then whoever has least to do, then skill, then distance.

    So nobody is idle while others are flooded (handbook, "few messages").
    """
    skill = SKILLED.get(kind)

    def place(one: Candidate) -> tuple[object, ...]:
        far = one.metres is None, one.metres or 0
        busy = one.in_hand + one.offered
        return (not one.on_duty, busy, one.lately, skill not in one.skills, *far, one.member)

    return place


def chosen(
    circle: Circle,
    people: Iterable[Candidate],
    kind: Kind,
    settings: Settings,
    already: Collection[int] = (),
) -> list[int]:
    """The members of a circle who are asked, the first first; nobody twice.

    Of the neighbours so many as the station says; who is left hears of it with the group.
    """
    able = [one for one in people if may_be_asked(one, kind, settings)]
    able = [one for one in able if one.member not in already]
    if circle is Circle.PAIRING:
        able = [one for one in able if one.paired]
    elif circle is Circle.NEIGHBOURS:
        able = [one for one in able if is_neighbour(one, settings)]
    found = [one.member for one in sorted(able, key=order(kind))]
    return found[: settings.errand_neighbours] if circle is Circle.NEIGHBOURS else found


def half_time(opened: datetime, by_when: datetime, settings: Settings, zone: ZoneInfo) -> datetime:
    """When the social worker hears that nobody has claimed it (handbook, "Errands")."""
    return awake(opened + (by_when - opened) / 2, by_when, settings, zone)


def silent_at(
    claimed: datetime, by_when: datetime, settings: Settings, zone: ZoneInfo
) -> datetime | None:
    """When a claimer who has said nothing since is asked once; None when there is no time for it.

    At half of what was left at the claim, but not sooner than `errand_silent_minutes`.
    """
    shortest = timedelta(minutes=settings.errand_silent_minutes)
    at = awake(claimed + max(shortest, (by_when - claimed) / 2), by_when, settings, zone)
    return at if at < by_when else None


def lapses_at(asked: datetime, by_when: datetime, settings: Settings, zone: ZoneInfo) -> datetime:
    """When an errand is offered again whose claimer was asked at `asked` and has not answered.

    At half of what is left; after the deadline at once. Nobody loses one while they sleep.
    """
    half = max(timedelta(), (by_when - asked) / 2)
    shortest = timedelta(minutes=settings.errand_silent_minutes)
    return awake(asked + min(half, shortest), by_when, settings, zone)


class Free(StrEnum):
    """Until when somebody says that they are free today."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


FREE_UNTIL = {Free.MORNING: time(12), Free.AFTERNOON: time(18), Free.EVENING: time(21)}


def free_until(now: datetime, free: Free, zone: ZoneInfo) -> datetime:
    """When "I am free this afternoon", said at `now`, ends.

    Raises:
        Stale: that time of the day is over.
    """
    end = moment(local_day(now, zone), FREE_UNTIL[free], zone)
    if end <= now:
        raise Stale
    return end
