"""A visit changes hands once, whoever answers at the same time, and nobody else's does."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.days import HalfDay
from care.elders import Tier
from care.plans import Visit as NewVisit
from care.refusals import NotYours, Stale
from care.swaps import State
from care.visits import State as Visit
from storage import joining, members, pairings, swaps, visits
from storage.engine import Database
from storage.swaps import Asked, Taker
from storage.tables import Assignment, Elder, Member, Swap
from storage.visits import Visiting
from tests.storage.towns import NOW, Town, Towns, viewer

MONDAY = date(2026, 4, 13)


async def planned(tx: AsyncSession, town: Town) -> tuple[Visiting, list[Taker]]:
    """陈同学's visit to 王桂芳 on Monday, and who may be asked to make it."""
    (await tx.get_one(Elder, town.wang.id)).tier = Tier.YELLOW
    (await tx.get_one(Member, town.away.id)).blocked_at = None
    await pairings.create(tx, NOW, town.id, town.li.id, [town.away.id], [town.zhao.id])
    one = NewVisit(town.wang.id, town.chen.id, MONDAY, HalfDay.AM)
    await visits.assign(tx, NOW, town.id, MONDAY, town.pairing.id, one)
    rows = await visits.of_week(tx, town.id, MONDAY)
    row = next(one for one in rows if one.elder.id == town.wang.id)
    return row, await swaps.takers(tx, NOW, town.station, row)


async def question(database: Database, town: Town) -> int:
    """孙阿姨 is asked."""
    async with database.write() as tx:
        row, [sun] = await planned(tx, town)
        return await swaps.ask(tx, NOW, town.station, row, sun, None)


async def opened(tx: AsyncSession, town: Town, number: int) -> Asked:
    """As 孙阿姨 sees it."""
    return await swaps.access_question(tx, viewer(town.away, Role.VOLUNTEER), number)


async def test_only_who_is_reached_and_has_time_may_be_asked(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        row, found = await planned(tx, here)
        assert [(one.member.id, one.own, one.gives) for one in found] == [
            (here.away.id, False, True)
        ]
        (await tx.get_one(Member, here.away.id)).blocked_at = NOW
        assert await swaps.takers(tx, NOW, here.station, row) == []


async def test_nobody_is_asked_twice_and_nothing_is_promised_that_is_not_theirs(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        row, [sun] = await planned(tx, here)
        with pytest.raises(Stale):
            await swaps.ask(tx, NOW, here.station, row, sun, row.visit.id)
        await swaps.ask(tx, NOW, here.station, row, sun, None)
        assert await swaps.takers(tx, NOW, here.station, row) == []
        with pytest.raises(Stale):
            await swaps.ask(tx, NOW, here.station, row, sun, None)


async def test_a_question_is_between_two(database: Database, towns: Towns) -> None:
    here, there = towns.here, towns.there
    number = await question(database, here)
    async with database.read() as tx:
        found = await opened(tx, here, number)
        assert (found.asker.id, found.taker.id) == (here.chen.id, here.away.id)
        for one in (here.chen, here.li, there.away):
            with pytest.raises(NotYours):
                await swaps.access_question(tx, viewer(one, Role.VOLUNTEER), number)
        with pytest.raises(NotYours):
            await swaps.access_own_question(tx, viewer(here.away, Role.VOLUNTEER), number)
        assert await swaps.still_asked(tx, there.id) == []


async def test_a_yes_that_arrives_twice_at_once_changes_hands_once(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await question(database, here)

    async def accept() -> bool:
        try:
            async with database.write() as tx:
                await swaps.carry_out(tx, NOW, await opened(tx, here, number))
        except Stale:
            return False
        return True

    assert sorted(await asyncio.gather(accept(), accept())) == [False, True]
    async with database.read() as tx:
        rows = list(await tx.scalars(select(Assignment).order_by(Assignment.id)))
        assert [(one.volunteer_id, one.state) for one in rows] == [
            (here.chen.id, Visit.DROPPED),
            (here.away.id, Visit.ACCEPTED),
        ]
        assert [one.state for one in await tx.scalars(select(Swap))] == [State.ACCEPTED]


async def test_the_visit_of_the_second_of_two_changes_hands_and_not_within_the_two(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await planned(tx, here)
        one = NewVisit(here.wang.id, here.away.id, MONDAY, HalfDay.AM)
        await visits.assign(tx, NOW, here.id, MONDAY, here.pairing.id, one, second=True)
        rows = await visits.of_week(tx, here.id, MONDAY)
        first, second = sorted(rows, key=lambda one: one.visit.second)
        for row in (first, second):
            assert await swaps.takers(tx, NOW, here.station, row) == []
        liu = await members.create(
            tx, NOW, here.id, "刘阿姨", frozenset({Role.VOLUNTEER}), account=77
        )
        await joining.ensure_volunteer(tx, liu)
        await pairings.create(tx, NOW, here.id, here.li.id, [liu.id], [here.zhao.id])
        [taker] = await swaps.takers(tx, NOW, here.station, second)
        number = await swaps.ask(tx, NOW, here.station, second, taker, None)
        asked = await swaps.access_question(tx, viewer(liu, Role.VOLUNTEER), number)
        await swaps.carry_out(tx, NOW, asked)
        live = await visits.of_elder(tx, here.id, here.wang.id, MONDAY, MONDAY)
        assert {(one.volunteer.id, one.visit.second) for one in live} == {
            (here.chen.id, False), (liu.id, True),
        }  # fmt: skip


async def test_a_visit_that_is_no_longer_planned_does_not_change_hands(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    number = await question(database, here)
    async with database.write() as tx:
        found = await opened(tx, here, number)
        found.visit.state = Visit.DECLINED
        await tx.flush()
        assert not found.is_open(NOW)
        with pytest.raises(Stale):
            await swaps.carry_out(tx, NOW, found)
