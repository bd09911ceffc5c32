"""Each guard taken out is noticed: the judge would see it within a few simulated days.

A proof that cannot fail proves nothing. In the same history with all guards in place nothing is
found. On its first day already somebody does not answer; with faults there are kills on it, and a
volunteer blocks the bot.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

import scheduler.day
import scheduler.jobs
import scheduler.ladder
from bot.receive import ALLOWED, Receiver
from bot.screens import ladder as ladder_screen
from bot.simulation.cast import everybody
from bot.simulation.run import Finished, simulate
from care.ledger import Excuse
from storage import calls, closing, members, outbox
from storage.once import changed
from storage.tables import Community, Elder, Outbox, Post, Told

Break = Callable[[pytest.MonkeyPatch], None]
DAYS, SEED, ELDERS = 30, 4, 30
LOOKED = 3


async def _nothing(*_args: Any, **_more: Any) -> None:
    """What a guard that is gone does."""


def nobody_is_escalated_to(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scheduler.ladder, "_raise", _nothing)
    patch.setattr(closing, "tell_of_missed", _nothing)


def days_are_not_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(closing, "close_days", _nothing)


def everything_is_excused(patch: pytest.MonkeyPatch) -> None:
    async def excuses(_tx: object, _station: object, elders: list[Elder], _day: date) -> Any:
        return {elder.id: Excuse.OTHER for elder in elders}

    patch.setattr(closing, "excuses_on", excuses)


def everything_half_sent_is_sent_again(patch: pytest.MonkeyPatch) -> None:
    async def recover(tx: AsyncSession, _now: datetime) -> int:
        half = update(Outbox).where(Outbox.state == Post.SENDING).values(state=Post.WAITING)
        return await changed(tx, half)

    patch.setattr(outbox, "recover", recover)


def updates_are_acknowledged_before_they_are_stored(patch: pytest.MonkeyPatch) -> None:
    async def poll_once(self: Receiver, seconds: int = 25) -> int:
        updates = await self.bot.get_updates(
            offset=self._offset, timeout=seconds, allowed_updates=ALLOWED
        )
        if updates:
            self._offset = updates[-1].update_id + 1
            again = await self.bot.get_updates(offset=self._offset, timeout=0)
            await self.store([one.to_dict() for one in (*updates, *again)])
        return len(updates)

    patch.setattr(Receiver, "poll_once", poll_once)


def who_blocks_the_bot_is_not_noted(patch: pytest.MonkeyPatch) -> None:
    async def note(*_args: object) -> list[object]:
        return []

    patch.setattr(members, "note_blocked", note)


def the_address_comes_before_the_claim(patch: pytest.MonkeyPatch) -> None:
    usual = ladder_screen._please_go

    def please_go(reader: Any, found: Any) -> Any:
        return usual(reader, found) + ladder_screen._where(reader, found.elder)

    patch.setattr(ladder_screen, "_please_go", please_go)


def who_was_told_is_tidied_away(patch: pytest.MonkeyPatch) -> None:
    async def tidy(tx: AsyncSession, now: datetime, _station: Community) -> None:
        await changed(tx, delete(Told).where(Told.at < now - timedelta(days=1)))

    _job(patch, "tidy", tidy)


def names_stand_in_the_log(patch: pytest.MonkeyPatch) -> None:
    usual = calls.record

    async def record(tx: AsyncSession, now: datetime, elder: Elder, what: Any) -> bool:
        structlog.get_logger().warning("recorded", who=elder.name)
        return await usual(tx, now, elder, what)

    patch.setattr(calls, "record", record)


def the_list_comes_when_it_likes(patch: pytest.MonkeyPatch) -> None:
    usual = scheduler.day.post_call_lists

    async def later(tx: AsyncSession, now: datetime, station: Community) -> None:
        if now.astimezone().minute >= 0 and (now.hour + 8) % 24 >= 10:
            await usual(tx, now, station)

    _job(patch, "call_lists", later)


def _job(patch: pytest.MonkeyPatch, name: str, run: Any) -> None:
    jobs = tuple(replace(one, run=run) if one.name == name else one for one in scheduler.jobs.JOBS)
    patch.setattr("scheduler.jobs.JOBS", jobs)


GUARDS: list[tuple[Break, bool, str]] = [
    (nobody_is_escalated_to, False, "1 "),
    (days_are_not_closed, False, "1 "),
    (everything_is_excused, False, "1 "),
    (updates_are_acknowledged_before_they_are_stored, True, "3 "),
    (everything_half_sent_is_sent_again, True, "4 "),
    (the_address_comes_before_the_claim, False, "5 "),
    (who_was_told_is_tidied_away, False, "6 "),
    (the_list_comes_when_it_likes, False, "8 "),
    (who_blocks_the_bot_is_not_noted, True, "9 "),
    (names_stand_in_the_log, False, "10 "),
]


def first_found(guard: Break, patch: pytest.MonkeyPatch, *, faults: bool) -> tuple[int, list[str]]:
    """The day on which the judge finds anything, and what; else the last one, and nothing."""
    judges: list[Any] = []
    days: list[int] = []
    found: list[str] = []
    cast = everybody()

    def watched(*args: Any, **more: Any) -> Any:
        judges.append(cast.judge(*args, **more))
        return judges[0]

    def look(day: int) -> None:
        days.append(day)
        found.extend(judges[0].violations)
        if found or day >= LOOKED:
            raise Finished

    guard(patch)
    simulate(
        DAYS, SEED, faults=faults, elders=ELDERS, progress=look, cast=replace(cast, judge=watched)
    )
    return days[-1], found


@pytest.mark.parametrize("faults", [False, True])
def test_with_all_guards_nothing_is_found(monkeypatch: pytest.MonkeyPatch, *, faults: bool) -> None:
    """On the days on which each of them would be missed."""
    assert first_found(_all_stay, monkeypatch, faults=faults) == (LOOKED, [])


def _all_stay(_patch: pytest.MonkeyPatch) -> None:
    """No guard is taken out."""


@pytest.mark.parametrize(
    ("guard", "faults", "invariant"), GUARDS, ids=[guard.__name__ for guard, _, _ in GUARDS]
)
def test_a_guard_taken_out_is_noticed(
    guard: Break, faults: bool, invariant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The history ends on the day it is noticed, so that what breaks first is what is told."""
    _, found = first_found(guard, monkeypatch, faults=faults)
    assert [one for one in found if one.startswith(invariant)], found[:5]
