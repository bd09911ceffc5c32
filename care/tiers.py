"""Tiers over time: what was whose, what the program proposes, and when it asks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from zoneinfo import ZoneInfo

from care.community import Settings
from care.days import WEEK, days_of, local_day, moment
from care.elders import Tier
from care.ledger import State, tally


class Question(StrEnum):
    """What staff are asked about an elder's tier."""

    PROPOSAL = "proposal"
    REVIEW = "review"


class Evidence(StrEnum):
    """Why the program proposes a change (handbook, "Tiers and cadence")."""

    ATTEMPTS = "attempts"
    FALL = "fall"
    EMERGENCY = "emergency"
    LOW_MOOD = "low_mood"
    READING = "reading"
    QUIET = "quiet"


class Answer(StrEnum):
    """What was decided."""

    CHANGE = "change"
    KEEP = "keep"


@dataclass(frozen=True)
class Change:
    """One entry of an elder's history."""

    at: datetime
    before: Tier | None
    after: Tier | None


def tiers_between(
    start: datetime, end: datetime, now_is: Tier | None, changes: list[Change], since: datetime
) -> set[Tier | None]:
    """Every tier an elder had at any time from `start` to before `end`.

    Args:
        start: UTC.
        end: UTC, not included.
        now_is: the tier after the last change.
        changes: the history, oldest first.
        since: when the elder came into care.
    """
    if since >= end:
        return set()
    found: set[Tier | None] = set()
    after = next((one for one in changes if one.at >= start), None)
    # A change at the first moment of the day leaves nothing of the day to the tier before it.
    if after is None or after.at > max(start, since):
        found.add(after.before if after else now_is)
    found |= {one.after for one in changes if start <= one.at < end}
    return found


SEVERITY = (Tier.GREEN, Tier.YELLOW, Tier.RED)
# Older than this, what happened once is no reason any more to ask whether the tier still fits.
RECENT = timedelta(days=14)
LOW_VISITS = 2
CRITICAL_SYSTOLIC = 180
CRITICAL_DIASTOLIC = 110


def one_up(tier: Tier | None) -> Tier | None:
    """The next higher tier; None from red, and from nobody assessed yet."""
    higher = SEVERITY[SEVERITY.index(tier) + 1 :] if tier else ()
    return higher[0] if higher else None


def one_down(tier: Tier | None) -> Tier | None:
    """The next lower tier; None from green, and from nobody assessed yet."""
    lower = SEVERITY[: SEVERITY.index(tier)] if tier else ()
    return lower[-1] if lower else None


@dataclass(frozen=True)
class Pressure:
    """A blood pressure in mmHg."""

    day: date
    systolic: int
    diastolic: int

    @property
    def critical(self) -> bool:
        """Either value is at its limit (handbook, "Tiers and cadence": ≥ 180/110 mmHg)."""
        return self.systolic >= CRITICAL_SYSTOLIC or self.diastolic >= CRITICAL_DIASTOLIC


@dataclass(frozen=True)
class Known:
    """What happened to one elder since their tier was last decided; days are local.

    Attributes:
        since: the day from which quiet weeks are counted: since when the tier stands, or when the
            same was asked last.
        contacts: days with a call or visit at which they were reached.
        attempts: days on which nobody answered, at the phone or at the door.
        moods: of the visits at which it was noted, whether it was low.
        follow_ups: days on which there was something to come back to.
        days: how each day in red ended.
        paused: nothing is owed today.
        answered: keys of evidence that was decided on.
        asked: keys of evidence that waits for a decision.
    """

    elder_id: int
    tier: Tier | None
    since: date
    contacts: frozenset[date] = frozenset()
    attempts: frozenset[date] = frozenset()
    emergencies: frozenset[date] = frozenset()
    falls: frozenset[date] = frozenset()
    moods: tuple[tuple[date, bool], ...] = ()
    readings: tuple[Pressure, ...] = ()
    follow_ups: frozenset[date] = frozenset()
    days: Mapping[date, State] = field(default_factory=dict)
    paused: bool = False
    answered: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()

    @property
    def unreached(self) -> frozenset[date]:
        """Days with attempts only."""
        return self.attempts - self.contacts


@dataclass(frozen=True)
class Found:
    """One piece of evidence; `mark` is the day that tells it from the same at another time."""

    why: Evidence
    days: tuple[date, ...]
    mark: date

    @property
    def key(self) -> str:
        """The same evidence has the same key, on whichever day it is looked at."""
        return f"{self.why}:{self.mark}"


@dataclass(frozen=True)
class Proposal:
    """What staff are asked: from which tier to which, and why.

    `after` is None for somebody who was never assessed: the question is then which tier at all.
    """

    elder_id: int
    before: Tier | None
    after: Tier | None
    evidence: tuple[Found, ...]
    key: str


def proposals(today: date, everybody: Iterable[Known], settings: Settings) -> list[Proposal]:
    """At most one proposal for each elder, with all its evidence (handbook, "Tiers and cadence").

    One tier up or down at a time. Evidence that was decided on is not brought up again; evidence
    that waits for a decision is brought up again only together with something new.
    """
    asked = (_proposal(today, one, settings) for one in everybody)
    return [one for one in asked if one is not None]


def _proposal(today: date, one: Known, settings: Settings) -> Proposal | None:
    if one.paused:
        return None
    evidence = _for_lower if one.tier is Tier.RED else _for_higher
    found = [it for it in evidence(today, one, settings) if it.key not in one.answered]
    new = [it for it in found if it.key not in one.asked]
    if not new:
        return None
    after = one_down(one.tier) if one.tier is Tier.RED else one_up(one.tier)
    tier = one.tier or "none"
    return Proposal(
        one.elder_id, one.tier, after, tuple(found), f"proposal:{one.elder_id}:{tier}:{new[0].key}"
    )


def _for_higher(today: date, one: Known, settings: Settings) -> Iterator[Found]:
    """Why somebody who is not red may need more than they get, the gravest first."""
    critical = frozenset(it.day for it in one.readings if it.critical)
    yield from _newest(Evidence.EMERGENCY, one.emergencies, today)
    yield from _newest(Evidence.FALL, one.falls, today)
    yield from _newest(Evidence.READING, critical, today)
    yield from _in_a_row(Evidence.ATTEMPTS, _run_of_attempts(today, one), settings.attempt_days)
    yield from _in_a_row(Evidence.LOW_MOOD, _run_of_low_moods(one), LOW_VISITS)


def _newest(why: Evidence, days: frozenset[date], today: date) -> Iterator[Found]:
    """The last time, if it was not long ago."""
    recent = [day for day in days if today - RECENT <= day <= today]
    if recent:
        yield Found(why, (max(recent),), max(recent))


def _run_of_attempts(today: date, one: Known) -> tuple[date, ...]:
    """The days with attempts only since they were last reached; today is not over yet."""
    reached = max(one.contacts, default=date.min)
    return tuple(sorted(day for day in one.unreached if reached < day < today))


def _run_of_low_moods(one: Known) -> tuple[date, ...]:
    """The latest visits at which the mood was low, back to the first at which it was not."""
    run = takewhile(lambda visit: visit[1], sorted(one.moods, reverse=True))
    return tuple(sorted(day for day, _ in run))


def _in_a_row(why: Evidence, run: tuple[date, ...], enough: int) -> Iterator[Found]:
    """A run is marked by the day on which it was long enough, so that it is one cause for good."""
    if len(run) >= enough:
        yield Found(why, run, run[enough - 1])


def _for_lower(today: date, one: Known, settings: Settings) -> Iterator[Found]:
    """Quiet weeks: every day met or excused, and nothing happened.

    A week in which nothing was owed at all, in hospital say, tells nothing and is not quiet.
    """
    first = today - settings.quiet_weeks * WEEK
    if one.since > first or any(first <= day <= today for day in _disturbed(one)):
        return
    for begun in (first + n * WEEK for n in range(settings.quiet_weeks)):
        week = {one.days.get(day) for day in days_of(begun)}
        if not {State.MET} <= week <= {State.MET, State.EXCUSED}:
            return
    yield Found(Evidence.QUIET, (first,), one.since)


def _disturbed(one: Known) -> set[date]:
    """The days on which something happened."""
    low = {day for day, is_low in one.moods if is_low}
    critical = {it.day for it in one.readings if it.critical}
    return low | critical | one.unreached | one.emergencies | one.falls | one.follow_ups


@dataclass(frozen=True)
class LastWeek:
    """What the weekly review shows of one elder: the seven days before it."""

    met: int
    excused: int
    missed: int
    attempts: int
    follow_ups: int


def last_week(day: date, one: Known) -> LastWeek:
    """The week before the review of `day`: days, days with attempts, things to come back to."""
    week = [day - timedelta(days=n) for n in range(1, 8)]
    states = tally([one.days[each] for each in week if each in one.days])
    return LastWeek(
        states.met,
        states.excused,
        states.missed,
        sum(each in one.attempts for each in week),
        sum(each in one.follow_ups for each in week),
    )


def last_review(now: datetime, settings: Settings, zone: ZoneInfo) -> date:
    """The day of the weekly review that is on at `now`; it is on until the next one begins."""
    today = local_day(now, zone)
    day = today - timedelta(days=(today.weekday() - settings.review_on) % 7)
    return day if moment(day, settings.review_at, zone) <= now else day - WEEK
