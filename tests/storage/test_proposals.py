"""Proposals on record: what they go by, and that they are taken whole or not at all."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.elders import ElderFacts, Tier
from care.joining import Standing
from care.proposals import Group, Proposal, Repair
from care.refusals import NotYours, Stale
from storage import drafts, elders, members, pairings, places, proposals
from storage.engine import Database
from storage.once import insert_once
from storage.tables import Elder, Volunteer
from tests.storage.towns import NOW, Towns, viewer


async def newcomer(tx: AsyncSession, towns: Towns, name: str = "钱国荣") -> Elder:
    facts = ElderFacts(name=name, tier=Tier.GREEN, building="15号楼", limited_mobility=True)
    return await elders.add(tx, NOW, towns.here.id, facts)


async def test_the_roster_holds_who_is_unpaired_here_and_who_may_be_asked(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        new = await newcomer(tx, towns)
        await members.add_role(tx, here.chen, Role.VOLUNTEER)
        found = await proposals.roster(tx, here.station)
        [one] = [each for each in found.elders if each.elder_id == new.id]
        assert (one.building, one.tier, one.limited_mobility) == ("15号楼", Tier.GREEN, True)
        theirs = {towns.there.wang.id, towns.there.zhao.id, here.wang.id}
        assert not theirs & {each.elder_id for each in found.elders}
        assert here.li.id in found.workers
        assert towns.there.li.id not in found.workers
        [pairing] = found.pairings
        assert (pairing.pairing_id, pairing.worker_id) == (here.pairing.id, here.li.id)
        assert pairing.volunteers == (here.chen.id,)
        assert here.chen.id in found.places


async def test_what_a_volunteer_said_counts_and_who_was_never_asked_can_always(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        asked = await members.create(
            tx, NOW, here.id, "刘阿姨", frozenset({Role.VOLUNTEER}), standing=Standing.ACTIVE
        )
        fresh = await members.create(
            tx, NOW, here.id, "赵一鸣", frozenset({Role.VOLUNTEER}), standing=Standing.ACTIVE
        )
        await insert_once(
            tx, Volunteer, member_id=asked.id, community_id=here.id, kind="other",
            skills=[], half_days=["sat_am"], most_visits=6,
        )  # fmt: skip
        found = {
            one.member_id: one for one in (await proposals.roster(tx, here.station)).volunteers
        }
        assert (found[asked.id].half_days, found[asked.id].most) == (1, 6)
        assert (found[fresh.id].half_days, found[fresh.id].most) == (14, 3)


async def test_a_proposal_is_taken_whole_or_not_at_all(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        new = await newcomer(tx, towns)
        shown = proposals.fingerprint(await proposals.roster(tx, here.station))
        await proposals.hold(tx, here.station, shown)
        group = Group(here.li.id, (here.chen.id,), (new.id,), ())
        [made] = await proposals.take(tx, NOW, here.station, [group])
        assert made.worker_id == here.li.id
        with pytest.raises(Stale):
            await proposals.hold(tx, here.station, shown)
        foreign = Group(here.li.id, (towns.there.chen.id,), (new.id,), ())
        with pytest.raises(NotYours):
            await proposals.take(tx, NOW, here.station, [foreign])


async def test_who_left_is_replaced(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        liu = await members.create(
            tx, NOW, here.id, "刘阿姨", frozenset({Role.VOLUNTEER}), standing=Standing.ACTIVE
        )
        for gone in (here.chen, here.li):
            (await members.in_community(tx, here.id, gone.id)).standing = Standing.LEFT
        await tx.flush()
        [pairing] = (await proposals.roster(tx, here.station)).pairings
        assert (pairing.worker_id, pairing.volunteers) == (None, ())
        await proposals.mend(tx, here.station, Repair(here.pairing.id, here.boss.id, liu.id, ()))
    async with database.read() as tx:
        [whole] = await pairings.of_community(tx, here.id)
        assert whole.worker.id == here.boss.id
        assert [one.id for one in whole.volunteers] == [liu.id]


async def test_a_kept_proposal_is_for_whoever_asked_and_until_another_form_begins(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    found = Proposal((Group(here.li.id, (), (1,), ()), Group(here.boss.id, (), (2,), ())), ())
    li, boss = viewer(here.li, Role.SOCIAL_WORKER), viewer(here.boss, Role.SUPERVISOR)
    async with database.write() as tx:
        kept = await proposals.keep(tx, NOW, 77, li, found, "x")
        again = await proposals.access_kept(tx, 77, li, kept.number)
        assert again.proposal == found
        assert proposals.takeable(li, again) == ["g0"]
        assert proposals.takeable(boss, again) == ["g0", "g1"]
        again.note(NOW, "g0", taken=True, shown="y")
    async with database.write() as tx:
        again = await proposals.access_kept(tx, 77, li, kept.number)
        assert (again.undecided, again.shown, again.decided) == (["g1"], "y", {"g0": True})
        with pytest.raises(NotYours):
            await proposals.access_kept(tx, 77, boss, kept.number)
        with pytest.raises(NotYours):
            await proposals.access_kept(tx, 77, viewer(here.chen, Role.VOLUNTEER), kept.number)
        with pytest.raises(Stale):
            await proposals.access_kept(tx, 77, li, kept.number + 1)
        await drafts.end(tx, 77)
        with pytest.raises(Stale):
            await proposals.access_kept(tx, 77, li, kept.number)


async def test_dialects_distances_and_how_far_somebody_walks_are_known(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        new = await newcomer(tx, towns)
        new.dialects = ["hakka"]
        said = await tx.get_one(Volunteer, here.chen.id)
        said.building, said.dialects, said.walks_metres = "16号楼", ["hakka"], 300
        await tx.flush()
        await places.put_way(tx, here.id, "15号楼", "16号楼", 120)
        found = await proposals.roster(tx, here.station)
        [elder] = [one for one in found.elders if one.elder_id == new.id]
        [chen] = [one for one in found.volunteers if one.member_id == here.chen.id]
    assert elder.dialects == ("hakka",)
    assert (chen.building, chen.dialects, chen.walks_metres) == ("16号楼", ("hakka",), 300)
    assert found.walks.between("15号楼", "16号楼").metres == 120
