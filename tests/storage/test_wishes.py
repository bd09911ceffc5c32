"""Wishes and handover cards in the records, on both databases."""

from datetime import timedelta

from sqlalchemy import select

from care.access import Role
from care.elders import Sex
from care.wishes import Dialect, Kind, Side, Wishes
from storage import wishes
from storage.engine import Database
from storage.tables import Audit, Elder, Wish
from tests.storage.towns import NOW, Towns, viewer

LATER = NOW + timedelta(hours=1)


async def test_said_twice_a_wish_holds_once_and_ended_it_stays_on_record(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    li = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        for value in (Dialect.WU, Dialect.HAKKA):
            for first in (True, False):
                won = await wishes.put(tx, NOW, li, here.wang, Kind.DIALECT, on=True, value=value)
                assert won is first
        for first in (True, False):
            won = await wishes.put(
                tx, LATER, li, here.wang, Kind.DIALECT, on=False, value=Dialect.WU
            )
            assert won is first
        held = [one.wish.value for one in await wishes.of_elder(tx, here.wang)]
        assert held == [Dialect.HAKKA]
        rows = list(await tx.scalars(select(Wish).order_by(Wish.id)))
        assert [one.ended_at for one in rows] == [LATER, None]
        assert {one.by_id for one in rows} == {li.member_id}
        told = list(await tx.scalars(select(Audit.facts).where(Audit.action == "wish")))
        assert [one["on"] for one in told] == [True, True, False]


async def test_a_wish_that_is_over_may_hold_again(database: Database, towns: Towns) -> None:
    here = towns.here
    li = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        for on in (True, False, True, False, True):
            assert await wishes.put(tx, NOW, li, here.wang, Kind.SAME_SEX, on=on)
        assert len(await wishes.of_elder(tx, here.wang)) == 1


async def test_both_sides_may_name_each_other_and_each_takes_back_only_their_own(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    li, chen = viewer(here.li, Role.SOCIAL_WORKER), viewer(here.chen, Role.VOLUNTEER)
    async with database.write() as tx:
        elder, kind = here.wang, Kind.NOT_PERSON
        await wishes.put(tx, NOW, li, elder, kind, on=True, member_id=here.chen.id)
        await wishes.put(
            tx, NOW, chen, elder, kind, on=True, side=Side.VOLUNTEER, member_id=here.chen.id
        )
        assert await wishes.not_wished_by(tx, here.chen) == {elder.id}
        await wishes.put(tx, NOW, li, elder, kind, on=False, member_id=here.chen.id)
        assert (await wishes.of_community(tx, here.id))[elder.id].not_by == {here.chen.id}
        await wishes.put(
            tx, NOW, chen, elder, kind, on=False, side=Side.VOLUNTEER, member_id=here.chen.id
        )
        assert (await wishes.of_community(tx, here.id))[elder.id] == Wishes()
        assert not await wishes.not_wished_by(tx, here.chen)


async def test_wishes_are_gathered_by_elder_and_belong_to_one_community(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    async with database.write() as tx:
        (await tx.get_one(Elder, here.wang.id)).sex = Sex.FEMALE
        li = viewer(here.li, Role.SOCIAL_WORKER)
        await wishes.put(tx, NOW, li, here.wang, Kind.SAME_SEX, on=True)
        await wishes.put(tx, NOW, li, here.wang, Kind.TWO_PEOPLE, on=True)
        other = viewer(there.li, Role.SOCIAL_WORKER)
        await wishes.put(tx, NOW, other, there.wang, Kind.SAME_SEX, on=True)
        found = await wishes.of_community(tx, here.id)
        assert dict(found) == {here.wang.id: Wishes(sex=Sex.FEMALE, two_people=True)}
        assert found[here.zhao.id] == Wishes()


async def test_a_handover_card_is_written_subject_by_subject(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    li = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        assert not await wishes.handover(tx, here.wang)
        await wishes.write_handover(tx, NOW, li, here.wang, {"pets": "一只猫"})
        await wishes.write_handover(tx, LATER, li, here.wang, {"hearing": "要大声"})
        assert await wishes.handover(tx, here.wang) == {"hearing": "要大声", "pets": "一只猫"}
        await wishes.write_handover(tx, LATER, li, here.wang, {"pets": None})
        assert await wishes.handover(tx, here.wang) == {"hearing": "要大声"}
        assert not await wishes.handover(tx, here.zhao)
