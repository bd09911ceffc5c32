"""The timed work of errands: what repeats, ever wider circles, who is silent, money."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from care.errand_offers import awake, half_time, is_quiet, lapses_at, silent_at
from care.errands import ENDED, State, WhyNot, is_late
from care.notices import Notice
from storage import errand_money, errand_offers, errands, members, outbox, standing
from storage.communities import settings_of, zone_of
from storage.errand_offers import errand_card
from storage.errands import Whole
from storage.once import changed
from storage.tables import Community, Errand


async def mind_errands(tx: AsyncSession, now: datetime, station: Community) -> None:
    """Everything about errands that time alone makes due."""
    await _repeat(tx, now, station)
    for whole in await errands.rows(
        tx, Errand.community_id == station.id, Errand.state.not_in(ENDED)
    ):
        if whole.errand.state is State.OPEN:
            await errand_offers.offer(tx, now, station, whole)
            await _warn_at_half_time(tx, now, station, whole)
        elif whole.errand.state is State.CLAIMED:
            await _mind_claimer(tx, now, station, whole)
        await _say_late(tx, now, station, whole)
    for one in await errand_money.look(tx, now, station):
        faults = [[str(found.fault), found.fen, found.flow] for found in one.found]
        await errand_offers.warn(tx, now, one.whole, "money", faults=faults)


async def _repeat(tx: AsyncSession, now: datetime, station: Community) -> None:
    """What repeats is asked for some days before; at night nobody is written to."""
    if is_quiet(now, settings_of(station), zone_of(station)):
        return
    for whole in await standing.make_due(tx, now, station):
        if whole.errand.state is State.REQUESTED:
            await errand_offers.warn(tx, now, whole, "requested")


async def _once(tx: AsyncSession, errand: Errand, column: str, now: datetime) -> bool:
    """Write down that something is said now; False when another process has said it."""
    before = getattr(Errand, column)
    won = await changed(
        tx,
        update(Errand)
        .where(
            Errand.id == errand.id,
            Errand.turn_number == errand.turn_number,
            Errand.state == errand.state,
            before.is_(None),
        )
        .values({column: now}),
    )
    await tx.refresh(errand)
    return bool(won)


async def _warn_at_half_time(
    tx: AsyncSession, now: datetime, station: Community, whole: Whole
) -> None:
    """Nobody has claimed it and half the time is over: the social worker is told, once."""
    errand, settings, zone = whole.errand, settings_of(station), zone_of(station)
    if errand.warned_at is not None or errand.opened_at is None:
        return
    if now < half_time(errand.opened_at, errand.by_when, settings, zone):
        return
    if await _once(tx, errand, "warned_at", now):
        await errand_offers.warn(tx, now, whole, "half_time")


async def _say_late(tx: AsyncSession, now: datetime, station: Community, whole: Whole) -> None:
    """The deadline has passed: the social worker and the asker are told, once."""
    errand, settings, zone = whole.errand, settings_of(station), zone_of(station)
    past = is_late(now, errand.by_when, errand.state, errand.meet_at)
    late = past and not is_quiet(now, settings, zone)
    if errand.late_at is None and late and await _once(tx, errand, "late_at", now):
        told = {whole.asker.id, *(one.id for one in await errand_offers.keepers(tx, now, whole))}
        for member_id in sorted(told):
            await errand_offers.tell(tx, now, member_id, errand, "late", None)


async def _mind_claimer(tx: AsyncSession, now: datetime, station: Community, whole: Whole) -> None:
    """Claimed and silent: asked once, then offered again (handbook, "Errands")."""
    errand, claimer, settings = whole.errand, whole.claimer, settings_of(station)
    zone = zone_of(station)
    if claimer is None or errand.claimed_at is None or errand.kept_at is not None:
        return
    if errand.asked_claimer_at is None:
        at = silent_at(errand.claimed_at, errand.by_when, settings, zone)
        to = members.to_of(claimer)
        due = at is not None and at <= now == awake(now, errand.by_when, settings, zone)
        if due and to is not None and await _once(tx, errand, "asked_claimer_at", now):
            card = errand_card(errand.id)
            key = f"errand_silent:{errand.id}:{now:%Y%m%d%H%M%S}"
            facts = {"errand": errand.id}
            await outbox.post(tx, now, to, Notice.ERRAND, facts, key=key, card=card)
    elif now >= lapses_at(errand.asked_claimer_at, errand.by_when, settings, zone):
        await errand_offers.give_back(tx, now, station, whole, claimer, WhyNot.SILENT)
        await errand_offers.tell(tx, now, claimer.id, errand, "lapsed", None)
