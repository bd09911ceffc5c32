"""Contacts: one tap one record; attempts are no contacts; every list is one community's own."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from care.calls import Kind, Outcome, Reason
from care.elders import Tier
from care.joining import Standing
from care.ladder import Waiting
from care.pauses import Why
from storage import calls, members
from storage.calls import Happened
from storage.engine import Database
from storage.tables import Community, Contact, Elder, Pause, TierChange
from tests.storage.kept import statements
from tests.storage.towns import NOW, TODAY, Town, Towns, families

DAY = timedelta(days=1)


def happened(town: Town, outcome: Outcome, key: str, **how: Any) -> Happened:
    known: dict[str, Any] = {"kind": Kind.CALL, "by": town.li.id, "day": TODAY, "at": NOW}
    return Happened(outcome=outcome, key=key, **known | how)


async def record(
    database: Database, town: Town, outcome: Outcome, key: str = "k", **how: Any
) -> bool:
    async with database.write() as tx:
        return await calls.record(tx, NOW, town.wang, happened(town, outcome, key, **how))


async def change(database: Database, town: Town, **how: Any) -> None:
    """Change 王桂芳's record; she has been in care for long."""
    async with database.write() as tx:
        wang = await tx.get_one(Elder, town.wang.id)
        for name, value in ({"created_at": NOW - 100 * DAY} | how).items():
            setattr(wang, name, value)


async def tier(
    database: Database, town: Town, at: datetime, before: Tier | None, after: Tier | None
) -> None:
    async with database.write() as tx:
        tx.add(
            TierChange(
                community_id=town.id, elder_id=town.wang.id, before=before, after=after,
                reason="why", by_id=town.li.id, at=at,
            )
        )  # fmt: skip
    await change(database, town, tier=after)


async def pause(
    database: Database, town: Town, first: date, until: date, ended_at: datetime | None = None
) -> None:
    async with database.write() as tx:
        tx.add(
            Pause(
                community_id=town.id, elder_id=town.wang.id, first_day=first, until=until,
                why=Why.HOSPITAL, by_id=town.li.id, created_at=NOW, ended_at=ended_at,
            )
        )  # fmt: skip


async def settings(database: Database, town: Town, **how: Any) -> None:
    async with database.write() as tx:
        (await tx.get_one(Community, town.id)).settings = how


async def waiting(database: Database, town: Town, now: datetime = NOW) -> list[Waiting]:
    async with database.read() as tx:
        station = await tx.get_one(Community, town.id)
        return [one for _, one in await calls.waiting_today(tx, now, station)]


async def red(database: Database, town: Town, now: datetime = NOW) -> list[int]:
    async with database.read() as tx:
        station = await tx.get_one(Community, town.id)
        return [one.id for one in await calls.red_today(tx, now, station)]


async def test_the_same_tap_delivered_again_writes_nothing(
    database: Database, towns: Towns
) -> None:
    assert await record(database, towns.here, Outcome.FINE)
    assert not await record(database, towns.here, Outcome.FINE)
    assert not await record(database, towns.here, Outcome.EMERGENCY)
    async with database.read() as tx:
        assert len(await calls.latest(tx, towns.here.wang)) == 2


async def test_the_version_grows_with_every_record_and_never_shrinks(
    database: Database, towns: Towns
) -> None:
    """A count would shrink when a contact is moved, and an old tap would be taken again."""
    here = towns.here
    async with database.read() as tx:
        before = await calls.version_of(tx, here.wang)
        assert await calls.version_of(tx, here.zhao) == 0
    await record(database, here, Outcome.FINE)
    async with database.write() as tx:
        after = await calls.version_of(tx, here.wang)
        assert after > before
        contact = await tx.get_one(Contact, after)
        contact.day, contact.withdrawn_at = TODAY - DAY, NOW
        await tx.flush()
        assert await calls.version_of(tx, here.wang) == after


async def test_the_same_key_in_another_community_is_another_tap(
    database: Database, towns: Towns
) -> None:
    assert await record(database, towns.here, Outcome.FINE)
    assert await record(database, towns.there, Outcome.FINE)


async def test_red_in_care_and_nobody_else_is_owed_a_contact(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    assert await red(database, here) == [here.wang.id]
    await change(database, here, exited_at=NOW)
    assert await red(database, here) == []


@pytest.mark.parametrize(
    ("at", "before", "after", "is_red"),
    [
        ("2026-04-09T00:59:00+00:00", Tier.RED, Tier.YELLOW, True),
        ("2026-04-08T16:00:00+00:00", Tier.RED, Tier.YELLOW, False),
        ("2026-04-08T15:59:00+00:00", Tier.RED, Tier.YELLOW, False),
        ("2026-04-09T00:59:00+00:00", Tier.YELLOW, Tier.RED, True),
        ("2026-04-09T00:59:00+00:00", Tier.YELLOW, Tier.GREEN, False),
    ],
)
async def test_red_at_any_time_of_the_local_day_is_red_today(
    database: Database, towns: Towns, at: str, before: Tier, after: Tier, *, is_red: bool
) -> None:
    await tier(database, towns.here, datetime.fromisoformat(at), before, after)
    assert bool(await red(database, towns.here)) is is_red


@pytest.mark.parametrize(
    ("first", "until", "ended", "is_red"),
    [
        (TODAY, TODAY + DAY, None, False),
        (TODAY - DAY, TODAY, None, True),
        (TODAY - 3 * DAY, TODAY + 3 * DAY, NOW - timedelta(minutes=1), True),
        (TODAY + DAY, TODAY + 3 * DAY, None, True),
    ],
)
async def test_who_is_paused_today_is_owed_nothing(
    database: Database, towns: Towns, first: date, until: date, ended: datetime | None,
    *, is_red: bool,
) -> None:  # fmt: skip
    await change(database, towns.here)
    await pause(database, towns.here, first, until, ended)
    assert bool(await red(database, towns.here)) is is_red


async def test_who_is_owed_since_when_today(database: Database, towns: Towns) -> None:
    """The whole day; or since the tier was raised; or since a pause was ended, not foreseen."""
    here = towns.here
    await change(database, here)
    async with database.write() as tx:
        for contact in await calls.latest(tx, here.wang):
            contact[0].day = TODAY - 3 * DAY
    assert [one.owed_since for one in await waiting(database, here)] == [None]
    await pause(database, here, TODAY - 3 * DAY, TODAY)
    assert [one.owed_since for one in await waiting(database, here)] == [None]
    ended = NOW - timedelta(minutes=30)
    await pause(database, here, TODAY - 3 * DAY, TODAY + 3 * DAY, ended)
    assert [one.owed_since for one in await waiting(database, here)] == [ended]
    raised = NOW - timedelta(minutes=10)
    await tier(database, here, raised, Tier.YELLOW, Tier.RED)
    assert [one.owed_since for one in await waiting(database, here)] == [raised]


async def test_a_contact_ends_the_waiting_and_attempts_are_counted(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await record(database, here, Outcome.NO_ANSWER, "1")
    await record(database, here, Outcome.NO_ANSWER, "2", kind=Kind.VISIT)
    await record(database, here, Outcome.NOT_POSSIBLE, "3", reason=Reason.HOSPITAL)
    [one] = await waiting(database, here)
    assert (one.elder_id, one.attempts) == (here.wang.id, 2)
    async with database.read() as tx:
        assert await calls.attempts_on(tx, here.wang, TODAY) == 2
        assert await calls.attempts_on(tx, here.wang, TODAY - DAY) == 0
    await record(database, here, Outcome.FOLLOW_UP, "4")
    assert await waiting(database, here) == []
    assert [one.attempts for one in await waiting(database, here, NOW + DAY)] == [0]


async def test_what_was_withdrawn_counts_for_nothing(database: Database, towns: Towns) -> None:
    here = towns.here
    await record(database, here, Outcome.NO_ANSWER, "1")
    await record(database, here, Outcome.FINE, "2")
    assert await waiting(database, here) == []
    async with database.write() as tx:
        for contact, _ in await calls.latest(tx, here.wang):
            contact.withdrawn_at = NOW
    assert [one.attempts for one in await waiting(database, here)] == [0]
    async with database.read() as tx:
        assert await calls.last_contacts(tx, here.id, [here.wang.id]) == {}
        assert await calls.latest(tx, here.wang) == []


async def test_a_visit_that_was_yesterday_counts_for_yesterday(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    await record(database, here, Outcome.FINE, "late", kind=Kind.VISIT, day=TODAY - DAY)
    assert len(await waiting(database, here)) == 1


@pytest.mark.parametrize(("counts", "left"), [(False, 1), (True, 0)])
async def test_the_elders_own_word_is_a_contact_only_where_the_setting_says_so(
    database: Database, towns: Towns, *, counts: bool, left: int
) -> None:
    here = towns.here
    await settings(database, here, check_in_is_contact=counts)
    async with database.write() as tx:
        await calls.check_in(tx, NOW, here.wang, TODAY, fine=True)
    assert len(await waiting(database, here)) == left
    async with database.write() as tx:
        await calls.check_in(tx, NOW, here.wang, TODAY, fine=False)
    assert len(await waiting(database, here)) == 1


@pytest.mark.parametrize(("every", "left"), [(1, 1), (2, 0), (3, 0)])
async def test_red_may_be_owed_a_contact_less_often(
    database: Database, towns: Towns, every: int, left: int
) -> None:
    """The last contact was yesterday."""
    await settings(database, towns.here, red_every_days=every)
    assert len(await waiting(database, towns.here)) == left
    assert len(await waiting(database, towns.here, NOW + (every - 1) * DAY)) == 1


async def test_contacts_of_the_other_community_count_for_nothing_here(
    database: Database, towns: Towns
) -> None:
    await record(database, towns.there, Outcome.FINE)
    assert await waiting(database, towns.there) == []
    assert len(await waiting(database, towns.here)) == 1
    async with database.read() as tx:
        both = [towns.here.wang.id, towns.there.wang.id]
        last = await calls.last_contacts(tx, towns.here.id, both)
    assert last == {towns.here.wang.id: TODAY - DAY}


async def test_more_elders_need_no_more_queries(database: Database, towns: Towns) -> None:
    here = towns.here
    with statements(database) as few:
        await waiting(database, here)
    async with database.write() as tx:
        for n in range(20):
            tx.add(
                Elder(
                    community_id=here.id, name=f"老人{n}", tier=Tier.RED, created_at=NOW,
                    updated_at=NOW,
                )
            )  # fmt: skip
    with statements(database) as more:
        assert len(await waiting(database, here)) == 21
    assert len(more) == len(few) > 0


async def test_the_latest_records_come_newest_first_with_who_made_them(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    for n in range(7):
        await record(database, here, Outcome.NO_ANSWER, str(n), at=NOW + n * timedelta(hours=1))
    async with database.read() as tx:
        found = await calls.latest(tx, here.wang)
    assert [contact.happened_at for contact, _ in found] == [
        NOW + n * timedelta(hours=1) for n in (6, 5, 4, 3, 2)
    ]
    assert {member.id for _, member in found} == {here.li.id}


async def test_family_who_have_left_are_told_nothing(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        assert [one.id for one in await families.of_elder(tx, here.wang)] == [here.daughter.id]
        gone = await members.in_community(tx, here.id, here.daughter.id)
        gone.standing = Standing.LEFT
        await tx.flush()
        assert await families.of_elder(tx, here.wang) == []
