"""Service hours: how a volunteer's time is known, and what of it counts (handbook, "Words")."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from care.access import Role, Viewer

LONGEST = 8 * 60
USUAL = (15, 30, 45, 60, 90, 120)


class Kind(StrEnum):
    """How the time is known (handbook, "Words"): signed in and out, or entered later."""

    VERIFIED = "verified"
    ADDED = "added"


class Work(StrEnum):
    """What the time was spent on; a door visit is one that the ladder asked for."""

    VISIT = "visit"
    DOOR = "door"
    ERRAND = "errand"


class Why(StrEnum):
    """The usual reasons why time was not signed in and out; anything else is typed.

    `SAID`: signed in, and told in the evening when they left. `NO_SIGN_OUT`: signed in, and nobody
    knows when they left. `LATE`: told that an errand is done when it must have been over for long.
    `TWICE`: at the same time as other time on record.
    """

    FORGOT = "forgot"
    NO_SIGNAL = "no_signal"
    NO_PHONE = "no_phone"
    UNPLANNED = "unplanned"
    SAID = "said"
    NO_SIGN_OUT = "no_sign_out"
    LATE = "late"
    TWICE = "twice"


TO_CHOOSE = (Why.FORGOT, Why.NO_SIGNAL, Why.NO_PHONE, Why.UNPLANNED)


class State(StrEnum):
    """Whether time counts."""

    WAITING = "waiting"
    COUNTED = "counted"
    REFUSED = "refused"


class Step(StrEnum):
    """What became of an entry, for its history."""

    APPROVED = "approved"
    REFUSED = "refused"
    CORRECTED = "corrected"


def state_of(kind: Kind, approved_at: datetime | None, refused_at: datetime | None) -> State:
    """Verified time counts by itself, added time once a member of staff has approved it."""
    if refused_at is not None:
        return State.REFUSED
    if kind is Kind.VERIFIED or approved_at is not None:
        return State.COUNTED
    return State.WAITING


def may_decide(viewer: Viewer, member_id: int) -> bool:
    """Whether the viewer may approve, refuse or correct the time of `member_id`.

    Nobody decides about their own time, unless there is nobody above them.
    """
    if not viewer.staff:
        return False
    return viewer.member_id != member_id or Role.SUPERVISOR in viewer.roles


def fits(started_at: datetime, minutes: int, now: datetime) -> bool:
    """Whether time may be entered: it is over, and no longer than a working day (8 hours)."""
    return 0 < minutes <= LONGEST and started_at + timedelta(minutes=minutes) <= now


def believed(
    begun: datetime, ended: datetime, longest: timedelta, *, taken: bool
) -> tuple[datetime, Why | None]:
    """Until when time counts that was tapped at both ends; and why staff look at it first, if so.

    Beyond `longest` a forgotten tap is likelier, so that much is noted. And nobody is in two
    places: `taken` is that they have other time on record within this.
    """
    if ended - begun > longest:
        return begun + longest, Why.LATE
    return ended, Why.TWICE if taken else None


@dataclass(frozen=True)
class Spell:
    """One stretch of time; `day` is its local day."""

    day: date
    work: Work
    kind: Kind
    state: State
    minutes: int


@dataclass(frozen=True)
class Sum:
    """Minutes that count, by work and by kind; what waits is apart; `times` is how often."""

    times: int
    minutes: int
    work: dict[Work, int]
    kind: dict[Kind, int]
    waiting: int
    waiting_times: int


def add_up(spells: Iterable[Spell]) -> Sum:
    """The sum of some time; what was refused is in none of its figures."""
    work: Counter[Work] = Counter()
    kind: Counter[Kind] = Counter()
    times = waiting = waiting_times = 0
    for one in spells:
        if one.state is State.WAITING:
            waiting += one.minutes
            waiting_times += 1
        if one.state is State.COUNTED:
            times += 1
            work[one.work] += one.minutes
            kind[one.kind] += one.minutes
    return Sum(times, work.total(), dict(work), dict(kind), waiting, waiting_times)


def month_of(day: date) -> tuple[date, date]:
    """The first day of a day's month, and of the next month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def year_of(day: date) -> tuple[date, date]:
    """The first day of a day's year, and of the next year."""
    first = date(day.year, 1, 1)
    return first, date(day.year + 1, 1, 1)
