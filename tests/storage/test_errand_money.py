"""The book: rows are only added, each side says its own, staff hear what does not agree."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from care.access import Role, Viewer
from care.errand_money import Fault, Flow, Side, WrongSum
from care.errands import Step
from care.refusals import NotYours, Stale
from storage import errand_money, errands
from storage.engine import Database
from storage.errand_money import Said
from storage.tables import Community, ErrandMoney
from tests.storage.towns import NOW, Town, Towns, viewer

DAY = timedelta(hours=24)


def chen(town: Town) -> Viewer:
    return viewer(town.chen, Role.VOLUNTEER)


def family(town: Town) -> Viewer:
    return viewer(town.daughter, Role.FAMILY)


async def claim(database: Database, town: Town) -> None:
    async with database.write() as tx:
        await errands.claim(tx, NOW, chen(town), town.errand.id)


async def say(
    database: Database, town: Town, who: Viewer, flow: Flow, fen: int, key: str, **more: object
) -> ErrandMoney:
    own = who.member_id == town.chen.id
    async with database.write() as tx:
        said = Said(flow, fen, key, own, **more)  # type: ignore[arg-type]
        return await errand_money.say(tx, NOW, who, town.errand.id, said)


async def look(database: Database, town: Town, after: timedelta = timedelta()) -> list[Fault]:
    async with database.write() as tx:
        station = await tx.get_one(Community, town.id)
        told = await errand_money.look(tx, NOW + after, station)
    return [one.fault for each in told for one in each.found]


async def end(database: Database, town: Town, step: Step = Step.FINISH) -> None:
    async with database.write() as tx:
        whole = await errands.load(tx, town.id, town.errand.id)
        await errands.take_step(tx, NOW, whole, step, town.chen.id)


async def test_both_sides_say_it_and_it_agrees(database: Database, towns: Towns) -> None:
    here = towns.here
    await claim(database, here)
    await say(database, here, family(here), Flow.ADVANCE, 5000, "a")
    await say(database, here, chen(here), Flow.ADVANCE, 5000, "b")
    await say(database, here, chen(here), Flow.SPENT, 3560, "c")
    await say(database, here, chen(here), Flow.CHANGE, 1440, "d")
    await say(database, here, viewer(here.li, Role.SOCIAL_WORKER), Flow.CHANGE, 1440, "e")
    async with database.read() as tx:
        book = await errand_money.access_book(tx, chen(here), here.errand.id)
    assert [one.fault for one in book.differences] == [Fault.NO_RECEIPT]
    assert {one.side for one in book.rows} == set(Side)
    assert all(isinstance(one.fen, int) for one in book.rows)


async def test_one_tap_is_one_row_however_often_it_arrives(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await claim(database, here)
    rows = [await say(database, here, chen(here), Flow.SPENT, 100, "same") for _ in range(3)]
    assert len({row.id for row in rows}) == 1


async def test_a_receipt_shows_what_was_spent_and_belongs_to_its_errand(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    await claim(database, here)
    async with database.write() as tx:
        mine, other = [
            (await errand_money.keep_photo(tx, NOW, one.chen.id, one.errand, "file", b"jpg")).id
            for one in (here, there)
        ]
    with pytest.raises(NotYours):
        await say(database, here, chen(here), Flow.SPENT, 100, "x", photo_id=other)
    row = await say(database, here, chen(here), Flow.SPENT, 100, "y", photo_id=mine)
    assert row.photo_id == mine


async def test_who_has_no_part_in_it_neither_reads_nor_speaks(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    await claim(database, here)
    for who in (
        viewer(here.away, Role.VOLUNTEER), viewer(there.boss, Role.SUPERVISOR), family(there),
    ):  # fmt: skip
        with pytest.raises(NotYours):
            await say(database, here, who, Flow.ADVANCE, 100, f"no{who.member_id}")
    with pytest.raises(NotYours):
        await say(database, here, family(here), Flow.SPENT, 100, "spent")


async def test_a_sum_beyond_any_errand_and_a_negative_one_are_refused(
    database: Database, towns: Towns
) -> None:
    await claim(database, towns.here)
    for fen in (-1, 10_000_001):
        with pytest.raises(WrongSum):
            await say(database, towns.here, chen(towns.here), Flow.SPENT, fen, "x")


async def test_money_in_nobodys_hand_is_not_written_down(database: Database, towns: Towns) -> None:
    with pytest.raises(Stale):
        await say(database, towns.here, family(towns.here), Flow.ADVANCE, 100, "x")


async def test_a_correction_is_a_new_row_and_the_first_one_stays(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await claim(database, here)
    first = await say(database, here, chen(here), Flow.SPENT, 3000, "a")
    again = {"corrects": first.id, "reason": "slip"}
    await say(database, here, chen(here), Flow.SPENT, 2000, "b", **again)
    with pytest.raises(Stale):
        await say(database, here, chen(here), Flow.SPENT, 1000, "c", **again)
    with pytest.raises(Stale):
        await say(database, here, chen(here), Flow.CHANGE, 1000, "d", corrects=first.id)
    assert (await say(database, here, chen(here), Flow.SPENT, 2000, "b", **again)).fen == 2000
    async with database.read() as tx:
        kept = list(await tx.scalars(select(ErrandMoney.fen).order_by(ErrandMoney.id)))
        book = await errand_money.access_book(tx, chen(here), here.errand.id)
    assert kept == [3000, 2000]
    assert Fault.UNBALANCED in {one.fault for one in book.differences}


async def test_who_gave_it_back_still_gives_the_change_back(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await claim(database, here)
    await say(database, here, family(here), Flow.ADVANCE, 5000, "a")
    await end(database, here, Step.RETURN)
    await say(database, here, chen(here), Flow.CHANGE, 5000, "b")
    row = await say(database, here, family(here), Flow.CHANGE, 5000, "c")
    assert row.holder_id == here.chen.id
    assert await look(database, here, DAY) == [Fault.ONE_SIDED]


async def test_staff_hear_once_of_what_differs_and_of_the_rest_a_day_after_the_end(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await claim(database, here)
    await say(database, here, family(here), Flow.ADVANCE, 5000, "a")
    assert await look(database, here) == []
    await say(database, here, chen(here), Flow.ADVANCE, 4000, "b")
    assert await look(database, here) == [Fault.DISAGREE]
    assert await look(database, here) == []
    await end(database, here)
    assert await look(database, here) == []
    assert await look(database, here, DAY) == [Fault.DISAGREE, Fault.UNBALANCED]
    assert await look(database, here, 2 * DAY) == []
    assert await look(database, towns.there, 2 * DAY) == []


async def test_the_books_of_a_month_are_for_the_elders_staff(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await claim(database, here)
    await say(database, here, chen(here), Flow.SPENT, 100, "a")
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    li = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.read() as tx:
        [book] = await errand_money.of_elder(tx, li, here.wang.id, april, may)
        assert [row.fen for row in book.rows] == [100]
        assert await errand_money.of_elder(tx, li, here.wang.id, may, date(2026, 6, 1)) == []
        with pytest.raises(NotYours):
            await errand_money.of_elder(tx, family(here), here.wang.id, april, may)
