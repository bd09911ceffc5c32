"""The call list: everybody whom somebody has to call today, each with the reason."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from care.access import Role
from care.calls import Kind, Outcome, Owed, Urgency
from care.elders import Tier
from care.notices import Notice
from care.pauses import Why
from care.surge import Why as Surge
from storage import call_list, calls, follow_ups, outbox, pairings
from storage import surge as surges
from storage.call_list import CallList
from storage.calls import Happened
from storage.engine import Database
from storage.outbox import To
from storage.tables import Community, Contact, Elder, FollowUp, Outbox, Pause, TierChange
from tests.storage.kept import statements
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

DAY = timedelta(days=1)


async def listed(database: Database, town: Town, caller: int | None = None) -> CallList:
    async with database.read() as tx:
        station = await tx.get_one(Community, town.id)
        return await call_list.of_caller(tx, NOW, station, caller or town.li.id)


async def wang(database: Database, town: Town) -> Owed:
    async with database.read() as tx:
        elder = await tx.get_one(Elder, town.wang.id)
        return (await call_list.of_elder(tx, NOW, elder)).owed


async def change(database: Database, elder: Elder, **how: Any) -> None:
    """Change an elder's record; they have been in care for long."""
    async with database.write() as tx:
        found = await tx.get_one(Elder, elder.id)
        for name, value in ({"created_at": NOW - 100 * DAY} | how).items():
            setattr(found, name, value)


async def last_contact(database: Database, town: Town, days_ago: int) -> None:
    async with database.write() as tx:
        contact = await tx.scalar(select(Contact).where(Contact.elder_id == town.wang.id))
        assert contact is not None
        contact.day = TODAY - days_ago * DAY


async def record(database: Database, town: Town, elder: Elder, key: str, **how: Any) -> None:
    known: dict[str, Any] = {"outcome": Outcome.FINE, "day": TODAY, "at": NOW}
    what = Happened(kind=Kind.CALL, by=town.li.id, key=key, **known | how)
    async with database.write() as tx:
        await calls.record(tx, NOW, elder, what)


async def settings(database: Database, town: Town, **how: Any) -> None:
    async with database.write() as tx:
        (await tx.get_one(Community, town.id)).settings = how


async def say(database: Database, town: Town, *, fine: bool) -> None:
    async with database.write() as tx:
        await calls.check_in(tx, NOW, town.wang, TODAY, fine=fine)


async def ask(database: Database, town: Town, minutes_ago: int) -> None:
    """The morning's question has reached 王桂芳's chat."""
    async with database.write() as tx:
        key = f"check_in:{town.granny.id}:{TODAY}"
        await outbox.post(tx, NOW, To(1), Notice.CHECK_IN, key=key)
        row = (await tx.scalars(select(Outbox).where(Outbox.key == key))).one()
        await outbox.sent(tx, NOW - timedelta(minutes=minutes_ago), row.id, 5)


async def follow_up(database: Database, town: Town, elder: Elder, days: int) -> None:
    await record(database, town, elder, "asked", day=TODAY - 3 * DAY)
    async with database.write() as tx:
        contact = (await tx.scalars(select(Contact).where(Contact.key == "asked"))).one()
        await follow_ups.begin(tx, NOW, contact, TODAY + days * DAY)


async def test_yesterday_without_a_contact_is_unresolved(database: Database, towns: Towns) -> None:
    here = towns.here
    await change(database, here.wang)
    await last_contact(database, here, 2)
    assert (await wang(database, here)).urgency is Urgency.UNRESOLVED_YESTERDAY
    await last_contact(database, here, 1)
    assert (await wang(database, here)).reasons == ()


async def test_raised_to_red_today_yesterday_was_not_missed(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await change(database, here.wang)
    await last_contact(database, here, 5)
    async with database.write() as tx:
        tx.add(
            TierChange(
                community_id=here.id, elder_id=here.wang.id, before=Tier.YELLOW, after=Tier.RED,
                reason="fell", by_id=here.li.id, at=NOW - timedelta(minutes=5),
            )
        )  # fmt: skip
    assert (await wang(database, here)).reasons == (Urgency.RED_SINCE_TODAY,)


async def test_paused_yesterday_and_back_today_nothing_was_missed(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await change(database, here.wang)
    await last_contact(database, here, 9)
    async with database.write() as tx:
        tx.add(
            Pause(
                community_id=here.id, elder_id=here.wang.id, first_day=TODAY - 8 * DAY,
                until=TODAY, why=Why.HOSPITAL, by_id=here.li.id, created_at=NOW,
            )
        )  # fmt: skip
    assert (await wang(database, here)).reasons == (Urgency.BACK_TODAY,)


@pytest.mark.parametrize(("minutes", "silent"), [(119, False), (120, True)])
async def test_silent_is_who_was_asked_and_has_not_answered(
    database: Database, towns: Towns, minutes: int, *, silent: bool
) -> None:
    here = towns.here
    assert not (await wang(database, here)).silent
    await ask(database, here, minutes)
    assert (await wang(database, here)).silent is silent
    await say(database, here, fine=True)
    owed = await wang(database, here)
    assert (owed.silent, owed.checked_in) == (False, True)


async def test_who_has_no_chat_is_never_silent(database: Database, towns: Towns) -> None:
    here = towns.here
    await ask(database, here, 200)
    await change(database, here.wang, member_id=None)
    assert not (await wang(database, here)).silent


async def test_whoever_asks_is_on_the_list_whatever_their_tier(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await change(database, here.wang, tier=Tier.GREEN)
    assert [one.elder.name for one in (await listed(database, here)).open] == []
    await say(database, here, fine=False)
    assert [one.elder.name for one in (await listed(database, here)).open] == ["王桂芳"]


async def test_asked_after_the_call_somebody_has_to_call_again(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await calls.check_in(tx, NOW - timedelta(hours=1), here.wang, TODAY, fine=False)
    await record(database, here, here.wang, "call")
    assert not (await wang(database, here)).asked
    async with database.write() as tx:
        await calls.check_in(tx, NOW + timedelta(hours=1), here.wang, TODAY, fine=False)
    owed = await wang(database, here)
    assert (owed.asked, owed.done, owed.open) == (True, True, True)


@pytest.mark.parametrize(("days", "names"), [(-2, ["赵大爷"]), (0, ["赵大爷"]), (1, [])])
async def test_a_follow_up_that_is_due_is_on_the_list_whatever_the_tier(
    database: Database, towns: Towns, days: int, names: list[str]
) -> None:
    here = towns.here
    await record(database, here, here.wang, "call")
    await follow_up(database, here, here.zhao, days)
    found = await listed(database, here)
    assert [one.elder.name for one in found.open] == names
    assert [one.elder.name for one in found.done] == ["王桂芳"]


async def test_who_is_called_and_has_a_follow_up_due_stays_on_the_list(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await record(database, here, here.wang, "call")
    await follow_up(database, here, here.wang, 0)
    found = await listed(database, here)
    assert ([one.elder.name for one in found.open], found.done) == (["王桂芳"], [])


async def surge(database: Database, town: Town, first: int = 0) -> None:
    async with database.write() as tx:
        who = viewer(town.li, Role.SOCIAL_WORKER)
        await surges.begin(tx, NOW, who, Surge.HEAT, TODAY + first * DAY, TODAY + 2 * DAY)


async def test_on_a_surge_day_yellow_is_called_daily_and_green_once(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await surge(database, here, -1)
    [_, zhao] = (await listed(database, here)).open
    assert (zhao.elder.name, zhao.owed.reasons) == ("赵大爷", (Urgency.SURGE,))
    await record(database, here, here.zhao, "yesterday's", day=TODAY - DAY)
    assert len((await listed(database, here)).open) == 2
    await change(database, here.zhao, tier=Tier.GREEN)
    assert len((await listed(database, here)).open) == 1
    await record(database, here, here.zhao, "today's")
    assert [one.elder.name for one in (await listed(database, here)).done] == ["赵大爷"]


async def test_red_is_on_the_list_as_red_on_a_surge_day_too(
    database: Database, towns: Towns
) -> None:
    await surge(database, towns.here)
    assert (await wang(database, towns.here)).surge is None


async def test_without_a_pairing_or_a_tier_nobody_is_missing(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await change(database, here.zhao, tier=None)
    found = await listed(database, here)
    assert [one.name for one in found.unassessed] == ["赵大爷"]
    assert [one.unpaired for one in found.open] == [False]
    await change(database, here.zhao, tier=Tier.RED)
    found = await listed(database, here)
    assert {one.elder.name: one.unpaired for one in found.open} == {
        "王桂芳": False,
        "赵大爷": True,
    }


async def test_an_elder_in_two_pairings_is_on_both_lists(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        await pairings.create(tx, NOW, here.id, here.boss.id, [here.chen.id], [here.wang.id])
        found = await pairings.workers_by_elder(tx, here.id)
    assert found[here.wang.id] == {here.li.id, here.boss.id}
    assert [one.elder.id for one in (await listed(database, here)).open] == [here.wang.id]


async def test_not_owed_yet_is_neither_open_nor_done(database: Database, towns: Towns) -> None:
    """Where red is called every second day, the day between is free."""
    here = towns.here
    await settings(database, here, red_every_days=2)
    found = await listed(database, here)
    assert (found.open, found.done) == ([], [])


async def test_a_check_in_that_counts_ends_the_day(database: Database, towns: Towns) -> None:
    here = towns.here
    await settings(database, here, check_in_is_contact=True)
    await say(database, here, fine=True)
    found = await listed(database, here)
    assert (found.open, [one.owed.last_contact for one in found.done]) == ([], [TODAY])


async def test_who_is_out_of_care_is_on_no_list(database: Database, towns: Towns) -> None:
    here = towns.here
    await change(database, here.wang, exited_at=NOW)
    await say(database, here, fine=False)
    assert (await listed(database, here)).open == []


async def test_the_other_community_is_never_on_the_list(database: Database, towns: Towns) -> None:
    there = towns.there
    await follow_up(database, there, there.zhao, 0)
    await say(database, there, fine=False)
    assert [one.elder.id for one in (await listed(database, towns.here)).open] == [
        towns.here.wang.id
    ]


async def test_more_elders_need_no_more_queries(database: Database, towns: Towns) -> None:
    here = towns.here
    with statements(database) as few:
        await listed(database, here)
    async with database.write() as tx:
        for n in range(20):
            new = Elder(
                community_id=here.id, name=f"老人{n}", tier=Tier.RED, created_at=NOW, updated_at=NOW
            )
            tx.add(new)
            await tx.flush()
            tx.add(
                FollowUp(
                    community_id=here.id, elder_id=new.id, due=TODAY, by_id=here.li.id,
                    opened_at=NOW,
                )
            )  # fmt: skip
    with statements(database) as more:
        assert len((await listed(database, here)).open) == 21
    assert len(more) == len(few) > 0
