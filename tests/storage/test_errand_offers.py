"""Offers: ever wider circles, nobody twice, "not me" once and for all, the fair one first."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from care.access import Role
from care.errand_offers import Circle
from care.errands import EnoughInHand, Kind, MedicineOnly, NotAsked, Step, WhyNot
from care.joining import Standing
from care.notices import Notice
from care.refusals import NotYours
from storage import errand_circles, errand_helpers, errand_offers, errands, members
from storage.engine import Database
from storage.tables import Community, Errand, ErrandOffer, Member, Outbox
from tests.storage.towns import NOW, Town, Towns, viewer

MINUTE = timedelta(minutes=1)


async def ask(
    database: Database, town: Town, kind: Kind = Kind.GROCERIES, now: datetime = NOW
) -> int:
    async with database.write() as tx:
        day = now + timedelta(days=1)
        return (await errands.ask(tx, now, town.wang, kind, "x", day, town.daughter.id)).id


async def also_asked(database: Database, errand: int, member: Member) -> None:
    """Somebody was asked as a neighbour."""
    async with database.write() as tx:
        one = await tx.get_one(Errand, errand)
        await errand_circles.note_asked(tx, NOW, one, Circle.NEIGHBOURS, member.id)


async def widen(database: Database, town: Town, errand: int, now: datetime) -> None:
    async with database.write() as tx:
        station = await tx.get_one(Community, town.id)
        await errand_offers.offer(tx, now, station, await errands.load(tx, town.id, errand))


async def volunteer(database: Database, town: Town, name: str) -> Member:
    async with database.write() as tx:
        account = 50_000 + sum(map(ord, name))
        return await members.create(
            tx, NOW, town.id, name, frozenset({Role.VOLUNTEER}),
            standing=Standing.ACTIVE, account=account,
        )  # fmt: skip


async def offered(database: Database, errand: int) -> list[tuple[Circle, int | None]]:
    async with database.read() as tx:
        found = await tx.scalars(
            select(ErrandOffer).where(ErrandOffer.errand_id == errand).order_by(ErrandOffer.id)
        )
        return [(one.circle, one.member_id) for one in found if one.no_at is None]


async def cards(database: Database) -> list[int | None]:
    async with database.read() as tx:
        found = await tx.scalars(
            select(Outbox.member_id).where(Outbox.notice == Notice.ERRAND_CARD).order_by(Outbox.id)
        )
        return list(found)


async def test_the_pairing_hears_first_then_neighbours_then_the_group(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    zhou = await volunteer(database, here, "周阿姨")
    async with database.write() as tx:
        (await tx.get_one(Community, here.id)).group_chat = -100
    errand = await ask(database, here)
    pairing, neighbours = (Circle.PAIRING, here.chen.id), (Circle.NEIGHBOURS, zhou.id)
    for minutes, told in (
        (0, [pairing]),
        (14, [pairing]),
        (15, [pairing, neighbours]),
        (29, [pairing, neighbours]),
        (30, [pairing, neighbours, (Circle.GROUP, None)]),
        (300, [pairing, neighbours, (Circle.GROUP, None)]),
    ):
        await widen(database, here, errand, NOW + minutes * MINUTE)
        assert await offered(database, errand) == told
    assert await cards(database) == [here.chen.id, zhou.id, None]


async def test_without_a_group_whoever_was_too_busy_to_be_asked_may_claim_what_is_listed(
    database: Database, towns: Towns
) -> None:
    """The widest circle is then asked one by one; who is free later reads it under /errands."""
    here = towns.here
    busy = await volunteer(database, here, "周阿姨")
    async with database.write() as tx:
        (await tx.get_one(Community, here.id)).settings = {
            "errands_at_once": 1, "errand_neighbours": 1,
        }  # fmt: skip
    other = await ask(database, here)
    await also_asked(database, other, busy)
    async with database.write() as tx:
        await errands.claim(tx, NOW, viewer(busy, Role.VOLUNTEER), other)
    for name in ("甲", "乙"):
        await volunteer(database, here, name)
    errand = await ask(database, here)
    for minutes in (0, 15, 30):
        await widen(database, here, errand, NOW + minutes * MINUTE)
    asked = await offered(database, errand)
    assert Circle.GROUP in {circle for circle, _ in asked}
    assert busy.id not in {one for _, one in asked}
    async with database.write() as tx:
        whole = await errands.load(tx, here.id, other)
        await errands.take_step(tx, NOW, whole, Step.FINISH, busy.id)
        keen = viewer(busy, Role.VOLUNTEER)
        assert errand in [one.errand.id for one in await errands.open_for(tx, keen)]
        assert (await errands.claim(tx, NOW, keen, errand)).errand.claimed_by == busy.id


async def test_when_everybody_says_not_me_nobody_waits_and_nobody_is_asked_again(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    zhou = await volunteer(database, here, "周阿姨")
    errand = await ask(database, here)
    await widen(database, here, errand, NOW)
    async with database.write() as tx:
        await errand_helpers.note_no(tx, NOW, await tx.get_one(Errand, errand), here.chen.id)
    await widen(database, here, errand, NOW + MINUTE)
    assert await offered(database, errand) == [(Circle.NEIGHBOURS, zhou.id)]
    async with database.write() as tx:
        await errands.claim(tx, NOW, viewer(zhou, Role.VOLUNTEER), errand)
        whole = await errands.load(tx, here.id, errand)
        await errands.take_step(tx, NOW, whole, Step.RETURN, zhou.id, WhyNot.NO_TIME)
    await widen(database, here, errand, NOW + 60 * MINUTE)
    assert await cards(database) == [here.chen.id, zhou.id]
    async with database.read() as tx:
        for one in (here.chen, zhou):
            found = await errands.open_for(tx, viewer(one, Role.VOLUNTEER))
            assert [whole.errand.id for whole in found] == []


async def test_given_back_it_comes_round_again_to_those_who_did_not_say_no(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    zhou = await volunteer(database, here, "周阿姨")
    errand = await ask(database, here)
    await widen(database, here, errand, NOW)
    await also_asked(database, errand, zhou)
    async with database.write() as tx:
        await errands.claim(tx, NOW, viewer(zhou, Role.VOLUNTEER), errand)
        whole = await errands.load(tx, here.id, errand)
        await errands.take_step(tx, NOW, whole, Step.RETURN, zhou.id, WhyNot.NO_TIME)
    await widen(database, here, errand, NOW + MINUTE)
    assert await cards(database) == [here.chen.id, here.chen.id]


async def test_at_night_nobody_is_asked_and_in_the_morning_the_pairing_is_first(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    night = NOW + timedelta(hours=13)
    errand = await ask(database, here, now=night)
    await widen(database, here, errand, night)
    assert await cards(database) == []
    await widen(database, here, errand, night + timedelta(hours=9, minutes=30))
    assert await offered(database, errand) == [(Circle.PAIRING, here.chen.id)]


async def test_who_asked_is_away_or_is_not_reached_is_not_asked(
    database: Database, towns: Towns
) -> None:
    """The fixture's 孙阿姨 has blocked the bot; 陈同学 asks for it."""
    here = towns.here
    async with database.write() as tx:
        day = NOW + timedelta(days=1)
        errand = await errands.ask(tx, NOW, here.wang, Kind.PARCEL, "x", day, here.chen.id)
    await widen(database, here, errand.id, NOW)
    assert await cards(database) == []


async def test_who_is_free_now_and_has_least_to_do_is_asked(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    people = [await volunteer(database, here, name) for name in ("甲", "乙", "丙")]
    async with database.write() as tx:
        station = await tx.get_one(Community, here.id)
        station.settings = {"errand_neighbours": 1, "errand_pairing_minutes": 0}
        await errand_helpers.set_free(tx, people[2], NOW + timedelta(hours=2))
    asked = []
    for _ in range(3):
        errand = await ask(database, here)
        await widen(database, here, errand, NOW)
        asked += [who for circle, who in await offered(database, errand) if circle == "neighbours"]
    assert asked == [people[2].id] * 3
    async with database.write() as tx:
        await errand_helpers.set_free(tx, people[2], None)
    errand = await ask(database, here)
    await widen(database, here, errand, NOW)
    assert (Circle.NEIGHBOURS, people[0].id) in await offered(database, errand)


async def test_medicine_is_for_the_pairing_and_for_whom_a_social_worker_approved(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    zhou = await volunteer(database, here, "周阿姨")
    errand = await ask(database, here, Kind.MEDICINE)
    keen = viewer(zhou, Role.VOLUNTEER)
    async with database.write() as tx:
        with pytest.raises(MedicineOnly):
            await errands.claim(tx, NOW, keen, errand)
        with pytest.raises(NotYours):
            await errand_helpers.approve_medicine(tx, NOW, keen, zhou.id, may=True)
        boss = viewer(towns.there.boss, Role.SUPERVISOR)
        with pytest.raises(NotYours):
            await errand_helpers.approve_medicine(tx, NOW, boss, zhou.id, may=True)
    async with database.write() as tx:
        li = viewer(here.li, Role.SOCIAL_WORKER)
        await errand_helpers.approve_medicine(tx, NOW, li, zhou.id, may=True)
        with pytest.raises(NotAsked):
            await errands.claim(tx, NOW, keen, errand)
    await also_asked(database, errand, zhou)
    async with database.write() as tx:
        assert (await errands.claim(tx, NOW, keen, errand)).claimer is not None
    second = await ask(database, here, Kind.MEDICINE)
    async with database.write() as tx:
        await errands.claim(tx, NOW, viewer(here.chen, Role.VOLUNTEER), second)


async def test_nobody_has_more_in_hand_than_the_station_lets_them(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    chen = viewer(here.chen, Role.VOLUNTEER)
    many = [await ask(database, here) for _ in range(4)]
    for one in many[:3]:
        async with database.write() as tx:
            await errands.claim(tx, NOW, chen, one)
    async with database.write() as tx:
        with pytest.raises(EnoughInHand):
            await errands.claim(tx, NOW, chen, many[3])
        whole = await errands.load(tx, here.id, many[0])
        await errands.take_step(tx, NOW, whole, Step.FINISH, here.chen.id)
        await errands.claim(tx, NOW, chen, many[3])
