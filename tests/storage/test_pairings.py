"""Pairings: bounded by their community, and nobody's elders fall through."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Role, Viewer
from care.elders import ElderFacts, Tier
from care.joining import Standing
from care.refusals import NotYours
from storage import communities, elders, leave, members, pairings
from storage.engine import Database
from storage.tables import Elder, Member
from tests.storage.conftest import sqlite_url
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

WORKER = frozenset({Role.SOCIAL_WORKER})


async def test_a_pairing_shows_its_people(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.read() as tx:
        [whole] = await pairings.of_community(tx, here.id)
    assert whole.worker.id == here.li.id
    assert [one.id for one in whole.volunteers] == [here.chen.id]
    assert [one.id for one in whole.elders] == [here.wang.id]


async def test_nobody_of_another_community_can_be_put_into_a_pairing(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    async with database.write() as tx:
        for worker, volunteers, old in (
            (there.li.id, [here.chen.id], [here.wang.id]),
            (here.li.id, [there.chen.id], [here.wang.id]),
            (here.li.id, [here.chen.id], [there.wang.id]),
            (here.li.id, [here.chen.id], [4711]),
        ):
            with pytest.raises(NotYours):
                await pairings.create(tx, NOW, here.id, worker, volunteers, old)
        assert len(await pairings.of_community(tx, here.id)) == 1


async def test_named_twice_they_are_in_it_once(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        await pairings.create(tx, NOW, here.id, here.li.id, [here.chen.id] * 2, [here.zhao.id] * 2)
        _, whole = await pairings.of_community(tx, here.id)
    assert len(whole.volunteers) == len(whole.elders) == 1


async def test_a_pairing_is_for_its_worker_and_the_supervisor(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    async with database.write() as tx:
        colleague = await members.create(
            tx, NOW, here.id, "何方", frozenset({Role.SOCIAL_WORKER}), standing=Standing.ACTIVE
        )
        for one in (viewer(here.li, Role.SOCIAL_WORKER), viewer(here.boss, Role.SUPERVISOR)):
            found = await pairings.access_pairing(tx, one, here.pairing.id)
            assert found.pairing.id == here.pairing.id
        for one in (
            viewer(colleague, Role.SOCIAL_WORKER),
            viewer(here.chen, Role.VOLUNTEER),
            viewer(there.boss, Role.SUPERVISOR),
            viewer(there.li, Role.SOCIAL_WORKER),
        ):
            with pytest.raises(NotYours):
                await pairings.access_pairing(tx, one, here.pairing.id)


async def test_dissolved_it_is_gone_for_everybody_once(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        assert await pairings.end(tx, NOW, here.pairing.id)
        assert not await pairings.end(tx, NOW, here.pairing.id)
        assert await pairings.of_community(tx, here.id) == []
        assert await pairings.workers_by_elder(tx, here.id) == {}
        assert len(await pairings.of_community(tx, towns.there.id)) == 1
        with pytest.raises(NotYours):
            await pairings.access_pairing(tx, viewer(here.boss, Role.SUPERVISOR), here.pairing.id)


async def test_who_leads_whom_is_asked_within_one_community(
    database: Database, towns: Towns
) -> None:
    async with database.read() as tx:
        led = await pairings.workers_by_elder(tx, towns.here.id)
        callers = await pairings.callers(tx, towns.here.id, TODAY)
        keepers = await pairings.keepers(tx, towns.here.wang, TODAY)
    assert led == {towns.here.wang.id: {towns.here.li.id}}
    assert [one.id for one in callers] == [towns.here.li.id]
    assert [one.id for one in keepers] == [towns.here.li.id]


async def on_list_of(tx: AsyncSession, here: Town, caller: Member) -> list[int]:
    """Those of the town's two elders whom somebody owes their calls."""
    both = [await tx.get_one(Elder, one) for one in (here.wang.id, here.zhao.id)]
    found = await pairings.elders_of_caller(tx, here.id, caller.id, both, TODAY)
    return [one.id for one in found]


async def test_an_elder_without_a_pairing_is_on_every_social_workers_list(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        colleague = await members.create(
            tx, NOW, here.id, "何方", WORKER, standing=Standing.ACTIVE, account=77
        )
        assert await on_list_of(tx, here, here.li) == [here.wang.id, here.zhao.id]
        assert await on_list_of(tx, here, colleague) == [here.zhao.id]
        assert await on_list_of(tx, here, here.boss) == []


async def test_a_blocked_social_workers_elders_are_on_the_supervisors_list(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await members.note_blocked(tx, NOW, here.li.account or 0)
        await tx.flush()
        callers = await pairings.callers(tx, here.id, TODAY)
        assert {one.id for one in callers} == {here.li.id, here.boss.id}
        assert await on_list_of(tx, here, here.boss) == [here.wang.id, here.zhao.id]
        assert await on_list_of(tx, here, here.li) == [here.wang.id, here.zhao.id]


async def test_on_leave_the_deputy_has_the_list_and_without_one_the_supervisor(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        he, sun = [
            await members.create(
                tx, NOW, here.id, name, WORKER, standing=Standing.ACTIVE, account=account
            )
            for name, account in (("何方", 77), ("孙丽", 78))
        ]
        absence = await leave.add(tx, NOW, here.li, TODAY, TODAY, he.id)
        assert await on_list_of(tx, here, he) == [here.wang.id, here.zhao.id]
        for other in (here.li, here.boss):
            assert here.wang.id not in await on_list_of(tx, here, other)
        # The deputy is away, or cannot be reached.
        theirs = await leave.add(tx, NOW, he, TODAY, TODAY, sun.id)
        assert await on_list_of(tx, here, here.boss) == [here.wang.id]
        await leave.end(tx, theirs, TODAY)
        he.blocked_at = NOW
        await tx.flush()
        assert await on_list_of(tx, here, here.boss) == [here.wang.id]
        # No supervisor can be reached either.
        here_boss = await tx.get_one(Member, here.boss.id)
        here_boss.blocked_at = NOW
        await tx.flush()
        assert here.wang.id in await on_list_of(tx, here, sun)
        # Nobody else is there: better on leave than missed.
        sun.blocked_at = NOW
        await tx.flush()
        assert await on_list_of(tx, here, here.li) == [here.wang.id, here.zhao.id]
        assert absence.deputy_id == he.id


async def test_the_deputy_has_the_leaders_rights_on_these_days_only(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        he = await members.create(
            tx, NOW, here.id, "何方", WORKER, standing=Standing.ACTIVE, account=77
        )
        await leave.add(tx, NOW, here.li, TODAY, TODAY, he.id)
        today = Viewer(he.id, here.id, WORKER, TODAY)
        tomorrow = Viewer(he.id, here.id, WORKER, TODAY + timedelta(days=1))
        found = await elders.access_elder(tx, today, here.wang.id, Right.CHANGE)
        assert found.id == here.wang.id
        assert here.wang.id in {one.id for one in await elders.looked_after(tx, today)}
        assert [one.worker.id for one in await pairings.led_by(tx, today)] == [here.li.id]
        for day in (tomorrow, viewer(he, Role.SOCIAL_WORKER)):
            with pytest.raises(NotYours):
                await elders.access_elder(tx, day, here.wang.id, Right.LOG_CALL)
            assert here.wang.id not in {one.id for one in await elders.looked_after(tx, day)}
            assert await pairings.led_by(tx, day) == []


# Nobody falls through: whoever works at the station, whoever of them chat reaches, whoever is on
# leave, and however the elders are paired.

Staff = tuple[frozenset[Role], bool]
Absences = dict[int, int | None]
STAFF = st.tuples(
    st.sets(st.sampled_from([Role.SUPERVISOR, Role.SOCIAL_WORKER]), min_size=1).map(frozenset),
    st.booleans(),
)


Place = tuple[asyncio.Runner, Database]


@pytest.fixture
def place(sqlite_template: Path, tmp_path: Path) -> Iterator[Place]:
    """One file and one loop for all examples; each makes a community of its own."""
    copyfile(sqlite_template, tmp_path / "station.db")
    database = Database(sqlite_url(tmp_path))
    with asyncio.Runner() as runner:
        yield runner, database
        runner.run(database.close())


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    staff=st.lists(STAFF, min_size=1, max_size=4),
    paired=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=5),
    away=st.dictionaries(st.integers(0, 3), st.none() | st.integers(0, 3), max_size=4),
)
@example(
    staff=[(WORKER, False), (WORKER | {Role.SUPERVISOR}, True)], paired=[(0, 0, False)], away={}
)
@example(staff=[(WORKER, False), (WORKER, True)], paired=[(0, 0, False)], away={})
@example(staff=[(WORKER, True), (WORKER, True)], paired=[(0, 0, False)], away={0: 1, 1: 0})
@example(staff=[(WORKER, True), (WORKER, False)], paired=[(0, 0, False)], away={0: 1})
def test_every_red_elder_is_on_the_list_of_somebody_whom_chat_reaches(
    place: Place, staff: list[Staff], paired: list[tuple[int, int, bool]], away: Absences
) -> None:
    runner, database = place
    reached, here, found = runner.run(_who_calls(database, staff, paired, away))
    for elder, callers in found.items():
        assert not reached or callers & reached, f"nobody reachable calls {elder}"
        assert not here or callers & here, f"nobody who is there calls {elder}"
        assert not here or not callers & (reached - here), "who is on leave has no list"


async def _who_calls(
    database: Database, staff: list[Staff], paired: list[tuple[int, int, bool]], away: Absences
) -> tuple[set[int], set[int], dict[int, set[int]]]:
    """Whom chat reaches, who of them is there, and the callers of each elder."""
    async with database.write() as tx:
        station = await communities.create(tx, NOW, "社区", "Asia/Shanghai", "zh_CN")
        station.name = f"社区{station.id}"
        people = [
            await members.create(
                tx, NOW, station.id, f"员工{n}", roles,
                standing=Standing.ACTIVE, account=n + 1 if n % 2 or reached else None,
            )
            for n, (roles, reached) in enumerate(staff)
        ]  # fmt: skip
        for person, (_, reached) in zip(people, staff, strict=True):
            person.blocked_at = None if reached else NOW
        red = [
            await elders.add(tx, NOW, station.id, ElderFacts(name=f"老人{n}", tier=Tier.RED))
            for n in range(3)
        ]
        for worker, elder, ended in paired:
            pairing = await pairings.create(
                tx, NOW, station.id, people[worker % len(people)].id, [], [red[elder].id]
            )
            if ended:
                await pairings.end(tx, NOW + timedelta(days=1), pairing.id)
        for gone, deputy in away.items():
            number = None if deputy is None else people[deputy % len(people)].id
            await leave.add(tx, NOW, people[gone % len(people)], TODAY, TODAY, number)
        await tx.flush()
        callers = await pairings.callers(tx, station.id, TODAY)
        found = {
            one.id: {
                caller.id
                for caller in callers
                if await pairings.elders_of_caller(tx, station.id, caller.id, [one], TODAY)
            }
            for one in red
        }
        for one in red:
            assert {keeper.id for keeper in await pairings.keepers(tx, one, TODAY)} == found[one.id]
        on_chat = {one.id for one in people if members.reachable(one)}
        absent = {people[gone % len(people)].id for gone in away}
        return on_chat, on_chat - absent, found
