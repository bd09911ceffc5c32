"""Errands: exactly one claims, every step is kept, nobody else sees more than the card."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from care.access import Role
from care.errand_offers import Circle
from care.errands import Kind, State, Step
from care.refusals import NotYours, Stale, Taken
from storage import errand_circles, errand_offers, errands, members
from storage.engine import Database
from storage.tables import Community, Errand, ErrandStep
from tests.storage.towns import NOW, Town, Towns, viewer


async def claim(database: Database, town: Town, member: int | None = None) -> errands.Whole:
    claimer = viewer(town.chen, Role.VOLUNTEER)
    if member is not None:
        claimer = type(claimer)(member, town.id, claimer.roles)
    async with database.write() as tx:
        return await errands.claim(tx, NOW, claimer, town.errand.id)


async def offer(database: Database, town: Town, errand: int) -> None:
    async with database.write() as tx:
        station = await tx.get_one(Community, town.id)
        whole = await errands.load(tx, town.id, errand)
        await errand_offers.offer(tx, NOW, station, whole)


async def steps(database: Database, errand: int) -> list[str]:
    async with database.read() as tx:
        found = await tx.scalars(
            select(ErrandStep.step).where(ErrandStep.errand_id == errand).order_by(ErrandStep.id)
        )
        return list(found)


async def test_the_first_claim_wins_and_the_others_read_who(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    whole = await claim(database, here)
    assert whole.claimer is not None
    assert whole.claimer.id == here.chen.id
    with pytest.raises(Taken) as taken:
        await claim(database, here, here.away.id)
    assert taken.value.by == "陈同学"
    with pytest.raises(Taken) as mine:
        await claim(database, here)
    assert mine.value.by == ""
    assert await steps(database, here.errand.id) == ["ask", "claim"]


async def test_of_many_at_the_same_moment_exactly_one_wins(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await errand_circles.note_asked(tx, NOW, here.errand, Circle.GROUP, None)
        crowd = [
            await members.create(tx, NOW, here.id, f"志愿者{n}", frozenset({Role.VOLUNTEER}))
            for n in range(10)
        ]
    ends = await asyncio.gather(
        *(claim(database, here, one.id) for one in crowd), return_exceptions=True
    )
    assert sum(isinstance(end, errands.Whole) for end in ends) == 1
    assert sum(isinstance(end, Taken) for end in ends) == 9


async def test_only_volunteers_of_the_community_may_claim(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        for stranger in (
            viewer(towns.here.li, Role.SOCIAL_WORKER),
            viewer(towns.there.chen, Role.VOLUNTEER),
        ):
            with pytest.raises(NotYours):
                await errands.claim(tx, NOW, stranger, towns.here.errand.id)


async def test_what_is_over_cannot_be_claimed(database: Database, towns: Towns) -> None:
    here = towns.here
    await claim(database, here)
    async with database.write() as tx:
        whole = await errands.load(tx, here.id, here.errand.id)
        await errands.take_step(tx, NOW, whole, Step.FINISH, here.chen.id)
    with pytest.raises(Stale):
        await claim(database, here, here.away.id)


@pytest.mark.parametrize(
    ("way", "state"),
    [
        ((Step.SET_OUT, Step.FINISH), State.DONE),
        ((Step.RETURN,), State.OPEN),
        ((Step.SET_OUT, Step.FAIL), State.FAILED),
        ((Step.CANCEL,), State.CANCELLED),
    ],
)
async def test_every_step_is_kept_and_leads_on(
    database: Database, towns: Towns, way: tuple[Step, ...], state: State
) -> None:
    here = towns.here
    await claim(database, here)
    for step in way:
        async with database.write() as tx:
            whole = await errands.load(tx, here.id, here.errand.id)
            await errands.take_step(tx, NOW, whole, step, here.chen.id, reason="other")
    async with database.read() as tx:
        kept = await tx.get_one(Errand, here.errand.id)
    assert kept.state is state
    assert (kept.claimed_by is None) == (state is State.OPEN)
    assert (kept.ended_at is None) == (state is State.OPEN)
    assert (kept.reason == "other") == (state is not State.OPEN)
    assert await steps(database, here.errand.id) == ["ask", "claim", *way]


async def test_a_step_upon_what_somebody_else_holds_by_now_is_stale(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    mine = await claim(database, here)
    async with database.write() as tx:
        whole = await errands.load(tx, here.id, here.errand.id)
        await errands.take_step(tx, NOW, whole, Step.RETURN, here.chen.id)
        await errand_circles.note_asked(tx, NOW, whole.errand, Circle.GROUP, None)
    old = errands.Whole(
        Errand(id=here.errand.id, state=State.CLAIMED, claimed_by=here.chen.id),
        mine.elder,
        mine.asker,
        mine.claimer,
    )
    await claim(database, here, here.away.id)
    async with database.write() as tx:
        with pytest.raises(Stale):
            await errands.take_step(tx, NOW, old, Step.FINISH, here.chen.id)
    assert "finish" not in await steps(database, here.errand.id)


async def test_lists_are_of_ones_own_community(database: Database, towns: Towns) -> None:
    chen = viewer(towns.here.chen, Role.VOLUNTEER)
    await offer(database, towns.here, towns.here.errand.id)
    await offer(database, towns.there, towns.there.errand.id)
    async with database.read() as tx:
        assert [one.errand.id for one in await errands.open_for(tx, chen)] == [towns.here.errand.id]
        assert await errands.in_hand_of(tx, chen) == []
    await claim(database, towns.here)
    await claim(database, towns.there)
    async with database.read() as tx:
        assert await errands.open_for(tx, chen) == []
        held = await errands.in_hand_of(tx, chen)
    assert [one.errand.id for one in held] == [towns.here.errand.id]


async def test_the_most_urgent_stands_first(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        soon = await errands.ask(
            tx, NOW, here.zhao, Kind.REPAIR, "灯", NOW + timedelta(hours=1), here.li.id
        )
    await offer(database, here, soon.id)
    await offer(database, here, here.errand.id)
    async with database.read() as tx:
        found = await errands.open_for(tx, viewer(here.chen, Role.VOLUNTEER))
    assert [one.errand.id for one in found] == [soon.id, here.errand.id]


async def test_an_errand_in_full_is_for_asker_claimer_and_the_elders_staff(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    await claim(database, here)
    allowed = (
        viewer(here.daughter, Role.FAMILY),
        viewer(here.chen, Role.VOLUNTEER),
        viewer(here.li, Role.SOCIAL_WORKER),
        viewer(here.boss, Role.SUPERVISOR),
    )
    refused = (
        viewer(here.away, Role.VOLUNTEER),
        viewer(here.applicant),
        viewer(there.boss, Role.SUPERVISOR),
        viewer(there.li, Role.SOCIAL_WORKER),
    )
    async with database.read() as tx:
        for one in allowed:
            assert (await errands.access_errand(tx, one, here.errand.id)).elder.id == here.wang.id
        for one in refused:
            with pytest.raises(NotYours):
                await errands.access_errand(tx, one, here.errand.id)
        with pytest.raises(NotYours):
            await errands.load(tx, there.id, here.errand.id)
