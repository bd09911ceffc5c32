"""Pairings: bounded by their community, and nobody's elders fall through."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from care.access import Role
from care.elders import ElderFacts, Tier
from care.joining import Standing
from care.refusals import NotYours
from storage import calls, communities, elders, members, pairings
from storage.engine import Database
from storage.tables import Elder
from tests.storage.conftest import sqlite_url
from tests.storage.towns import NOW, TODAY, Towns, viewer


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
        callers = await pairings.callers(tx, towns.here.id)
        keepers = await pairings.keepers(tx, towns.here.wang)
    assert led == {towns.here.wang.id: {towns.here.li.id}}
    assert [one.id for one in callers] == [towns.here.li.id]
    assert [one.id for one in keepers] == [towns.here.li.id]


async def test_an_elder_without_a_pairing_is_on_every_social_workers_list(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        colleague = await members.create(
            tx, NOW, here.id, "何方", frozenset({Role.SOCIAL_WORKER}),
            standing=Standing.ACTIVE, account=77,
        )  # fmt: skip
        zhao = await tx.get_one(Elder, here.zhao.id)
        zhao.tier = Tier.RED
        await tx.flush()
        mine = await calls.owed_by(tx, here.id, here.li.id, TODAY)
        theirs = await calls.owed_by(tx, here.id, colleague.id, TODAY)
        nobody = await calls.owed_by(tx, here.id, here.boss.id, TODAY)
    assert [elder.id for elder, _ in mine] == [here.wang.id, here.zhao.id]
    assert [elder.id for elder, _ in theirs] == [here.zhao.id]
    assert nobody == []


async def test_a_blocked_social_workers_elders_are_on_the_supervisors_list(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await members.note_blocked(tx, NOW, here.li.account or 0)
        await tx.flush()
        callers = await pairings.callers(tx, here.id)
        stands_in = await calls.owed_by(tx, here.id, here.boss.id, TODAY)
        still_theirs = await calls.owed_by(tx, here.id, here.li.id, TODAY)
    assert {one.id for one in callers} == {here.li.id, here.boss.id}
    assert [elder.id for elder, _ in stands_in] == [here.wang.id]
    assert [elder.id for elder, _ in still_theirs] == [here.wang.id]


# Nobody falls through: whoever works at the station, whoever of them chat reaches, and however the
# elders are paired.

WORKER = frozenset({Role.SOCIAL_WORKER})
Staff = tuple[frozenset[Role], bool]
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
)
@example(staff=[(WORKER, False), (WORKER | {Role.SUPERVISOR}, True)], paired=[(0, 0, False)])
@example(staff=[(WORKER, False), (WORKER, True)], paired=[(0, 0, False)])
def test_every_red_elder_is_on_the_list_of_somebody_whom_chat_reaches(
    place: Place, staff: list[Staff], paired: list[tuple[int, int, bool]]
) -> None:
    runner, database = place
    reached, found = runner.run(_who_calls(database, staff, paired))
    if reached:
        for elder, callers in found.items():
            assert callers & reached, f"nobody reachable calls {elder}"


async def _who_calls(
    database: Database, staff: list[Staff], paired: list[tuple[int, int, bool]]
) -> tuple[set[int], dict[int, set[int]]]:
    """Whom chat reaches, and the callers of each elder."""
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
        await tx.flush()
        callers = await pairings.callers(tx, station.id)
        found = {
            one.id: {
                caller.id
                for caller in callers
                if await pairings.elders_of_caller(tx, station.id, caller.id, [one])
            }
            for one in red
        }
        for one in red:
            assert {keeper.id for keeper in await pairings.keepers(tx, one)} == found[one.id]
        return {one.id for one in people if members.reachable(one)}, found
