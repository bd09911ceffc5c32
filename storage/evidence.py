"""What is known about elders that may speak for another tier, in a few queries for all of them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from care.calls import CONTACTS, Outcome
from care.days import WEEK, day_bounds, local_day
from care.ladder import Alert as AlertKind
from care.ladder import Clear
from care.ledger import State
from care.tiers import RECENT, Evidence, Known, Question
from care.visits import Level
from care.visits import State as VisitState
from storage import pauses
from storage.communities import settings_of, zone_of
from storage.tables import (
    Alert,
    Assignment,
    Audit,
    Community,
    Contact,
    Elder,
    FollowUp,
    RedDay,
    TierQuestion,
)

FALL = "fall"
# Green elders are visited once a month: their last two visits may be two months back.
VISITS_BACK = timedelta(days=92)
CONTACTS_BACK = timedelta(days=35)


class OfElder(Protocol):
    """A table with a row for something that happened to an elder."""

    community_id: Any
    elder_id: Any


@dataclass
class _Days:
    """What happened to one elder, as it is collected."""

    contacts: set[date] = field(default_factory=set)
    attempts: set[date] = field(default_factory=set)
    emergencies: set[date] = field(default_factory=set)
    alerts: set[date] = field(default_factory=set)
    false_alarms: set[date] = field(default_factory=set)
    falls: set[date] = field(default_factory=set)
    follow_ups: set[date] = field(default_factory=set)
    moods: list[tuple[date, bool]] = field(default_factory=list)
    days: dict[date, State] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    asked_quiet: date = date.min


@dataclass(frozen=True)
class _Look:
    """One look: at whom, on which day; what was before the tier was decided is left out."""

    station: Community
    today: date
    since: dict[int, datetime]
    only: Collection[int] | None
    found: defaultdict[int, _Days] = field(default_factory=lambda: defaultdict(_Days))

    @property
    def zone(self) -> ZoneInfo:
        """Where days begin."""
        return zone_of(self.station)

    @property
    def first(self) -> date:
        """From which day on contacts are looked at."""
        return self.today - max(CONTACTS_BACK, settings_of(self.station).quiet_weeks * WEEK)

    @property
    def start(self) -> datetime:
        """When that day began."""
        return day_bounds(self.first, self.zone)[0]

    def where(self, table: type[OfElder]) -> ColumnElement[bool]:
        """The rows of those who are looked at."""
        mine: ColumnElement[bool] = table.community_id == self.station.id
        return mine & (true() if self.only is None else table.elder_id.in_(self.only))

    def counts(self, elder_id: int, at: datetime) -> bool:
        """Whether something that happened at `at` speaks about the tier that stands now."""
        return elder_id in self.since and at >= self.since[elder_id]


async def gather(
    tx: AsyncSession, station: Community, today: date, only: Collection[int] | None = None
) -> list[Known]:
    """What is known on a local day of everybody in care, or of some.

    There is no source of blood pressures yet; `Known.readings` stays empty.
    """
    statement = select(Elder.id, Elder.tier, Elder.tier_since, Elder.created_at).where(
        Elder.community_id == station.id, Elder.exited_at.is_(None)
    )
    if only is not None:
        statement = statement.where(Elder.id.in_(only))
    rows = list(await tx.execute(statement.order_by(Elder.id)))
    look = _Look(station, today, {one.id: one.tier_since or one.created_at for one in rows}, only)
    for collect in (_contacts, _alerts, _moods, _follow_ups, _falls, _red_days, _questions):
        await collect(tx, look)
    paused = await pauses.covering(tx, station.id, today)
    return [
        _known(look.found[one.id], one.id, one.tier, look, paused=one.id in paused) for one in rows
    ]


def _known(days: _Days, elder_id: int, tier: Any, look: _Look, *, paused: bool) -> Known:
    called_off = days.false_alarms - days.alerts
    return Known(
        elder_id,
        tier,
        since=max(local_day(look.since[elder_id], look.zone), days.asked_quiet),
        contacts=frozenset(days.contacts),
        attempts=frozenset(days.attempts),
        emergencies=frozenset((days.emergencies - called_off) | days.alerts),
        falls=frozenset(days.falls),
        moods=tuple(days.moods),
        follow_ups=frozenset(days.follow_ups),
        days=days.days,
        paused=paused,
        answered=frozenset(days.answered),
        asked=frozenset(days.asked),
    )


async def _contacts(tx: AsyncSession, look: _Look) -> None:
    for elder_id, day, outcome, at in await tx.execute(
        select(Contact.elder_id, Contact.day, Contact.outcome, Contact.happened_at).where(
            look.where(Contact), Contact.day >= look.first, Contact.withdrawn_at.is_(None)
        )
    ):
        if not look.counts(elder_id, at):
            continue
        days = look.found[elder_id]
        if outcome in CONTACTS:
            days.contacts.add(day)
        if outcome is Outcome.NO_ANSWER:
            days.attempts.add(day)
        if outcome is Outcome.EMERGENCY:
            days.emergencies.add(day)
        if outcome is Outcome.FOLLOW_UP:
            days.follow_ups.add(day)


async def _alerts(tx: AsyncSession, look: _Look) -> None:
    for elder_id, day, at, clear in await tx.execute(
        select(Alert.elder_id, Alert.day, Alert.opened_at, Alert.clear).where(
            look.where(Alert), Alert.kind == AlertKind.EMERGENCY, Alert.opened_at >= look.start
        )
    ):
        if look.counts(elder_id, at):
            days = look.found[elder_id]
            (days.false_alarms if clear is Clear.FALSE_ALARM else days.alerts).add(day)


async def _moods(tx: AsyncSession, look: _Look) -> None:
    for elder_id, day, out, report in await tx.execute(
        select(
            Assignment.elder_id, Assignment.day, Assignment.signed_out_at, Assignment.report
        ).where(
            look.where(Assignment),
            Assignment.state == VisitState.DONE,
            Assignment.day >= look.today - VISITS_BACK,
        )
    ):
        # A visit told of the day after has no sign-out; then its day has to do.
        at = out or day_bounds(day, look.zone)[0]
        mood = (report or {}).get("mood")
        if mood is not None and look.counts(elder_id, at):
            look.found[elder_id].moods.append((day, mood == Level.BAD))


async def _follow_ups(tx: AsyncSession, look: _Look) -> None:
    for elder_id, opened, closed in await tx.execute(
        select(FollowUp.elder_id, FollowUp.opened_at, FollowUp.closed_at).where(
            look.where(FollowUp),
            (FollowUp.opened_at >= look.start) | FollowUp.closed_at.is_(None),
        )
    ):
        if look.counts(elder_id, opened):
            look.found[elder_id].follow_ups.add(local_day(opened, look.zone))
        if closed is None:
            look.found[elder_id].follow_ups.add(look.today)


async def _falls(tx: AsyncSession, look: _Look) -> None:
    start = min(look.start, day_bounds(look.today - RECENT, look.zone)[0])
    for target, at in await tx.execute(
        select(Audit.target, Audit.at).where(
            Audit.community_id == look.station.id, Audit.action == FALL, Audit.at >= start
        )
    ):
        elder_id = int(target.removeprefix("elder:"))
        if look.counts(elder_id, at):
            look.found[elder_id].falls.add(local_day(at, look.zone))


async def _red_days(tx: AsyncSession, look: _Look) -> None:
    for elder_id, day, state in await tx.execute(
        select(RedDay.elder_id, RedDay.day, RedDay.state).where(
            look.where(RedDay), RedDay.day >= look.first
        )
    ):
        look.found[elder_id].days[day] = state


async def _questions(tx: AsyncSession, look: _Look) -> None:
    """What was asked since the tier was decided; what was replaced stands in its heir."""
    for question in await tx.scalars(
        select(TierQuestion)
        .join(Elder, Elder.id == TierQuestion.elder_id)
        .where(
            look.where(TierQuestion),
            TierQuestion.kind == Question.PROPOSAL,
            TierQuestion.asked_at >= func.coalesce(Elder.tier_since, Elder.created_at),
        )
    ):
        if question.decided_at is not None and question.answer is None:
            continue
        days = look.found[question.elder_id]
        keys = days.asked if question.decided_at is None else days.answered
        for one in question.evidence["found"]:
            keys.add(one["key"])
            if one["why"] == Evidence.QUIET:
                asked = local_day(question.asked_at, look.zone)
                days.asked_quiet = max(days.asked_quiet, asked)
