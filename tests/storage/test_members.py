"""Members: who an account is, what they may be told, and never the people of another community."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from care.access import STAFF, Role
from care.joining import Standing
from care.refusals import NotYours, UnknownName
from storage import communities, members
from storage.engine import Database
from storage.outbox import To
from storage.tables import Audit, Consent
from tests.storage.towns import NOW, Towns, viewer


async def test_an_account_is_its_member_with_all_roles(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        await members.add_role(tx, towns.here.li, Role.VOLUNTEER)
        await members.add_role(tx, towns.here.li, Role.VOLUNTEER)
        person = await members.person_of_account(tx, towns.here.li.account or 0)
    assert person is not None
    assert person.roles == {Role.SOCIAL_WORKER, Role.VOLUNTEER}
    assert person.viewer == viewer(towns.here.li, Role.SOCIAL_WORKER, Role.VOLUNTEER)
    assert person.zone.key == "Asia/Shanghai"
    assert person.settings.call_again_times == 2


async def test_an_unknown_account_is_nobody(database: Database) -> None:
    async with database.read() as tx:
        assert await members.person_of_account(tx, 1) is None
        assert await members.person_of_id(tx, 1) is None


async def test_of_two_communities_the_one_chosen_last_counts(
    database: Database, towns: Towns
) -> None:
    account = towns.here.li.account or 0
    async with database.write() as tx:
        for town in (towns.here, towns.there):
            member = await members.in_community(tx, town.id, town.li.id)
            member.account = account
            member.chosen_at = NOW + timedelta(hours=town.id)
        await tx.flush()
        person = await members.person_of_account(tx, account)
        both = await members.communities_of(tx, account)
    assert person is not None
    assert person.member.id == towns.there.li.id
    assert [community.name for _, community in both] == ["幸福社区", "和平社区"]


async def test_who_has_left_is_nobody_and_has_no_roles(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        gone = await members.in_community(tx, towns.here.id, towns.here.li.id)
        gone.standing = Standing.LEFT
        await tx.flush()
        assert await members.person_of_account(tx, gone.account or 0) is None
        assert await members.communities_of(tx, gone.account or 0) == []
        by_id = await members.person_of_id(tx, gone.id)
        assert await members.with_role(tx, towns.here.id, Role.SOCIAL_WORKER) == []
    assert by_id is not None
    assert by_id.roles == frozenset()


async def test_an_applicant_is_somebody_without_roles(database: Database, towns: Towns) -> None:
    async with database.read() as tx:
        person = await members.person_of_account(tx, towns.here.applicant.account or 0)
    assert person is not None
    assert person.roles == frozenset()


async def test_the_language_is_ones_own_or_else_the_communitys(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        person = await members.person_of_id(tx, towns.here.li.id)
        assert person is not None
        assert person.language == "zh_CN"
        person.member.language = "en"
        assert person.language == "en"


async def test_a_member_without_an_account_has_no_chat(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        invited = await members.create(tx, NOW, towns.here.id, "新人", frozenset())
        person = await members.person_of_id(tx, towns.here.li.id)
    assert members.to_of(invited) is None
    assert not members.reachable(invited)
    assert invited.standing is Standing.INVITED
    assert person is not None
    assert person.to == To(towns.here.li.account or 0, towns.here.li.id, towns.here.id)


async def test_roles_are_asked_within_one_community_in_order_of_name(
    database: Database, towns: Towns
) -> None:
    async with database.read() as tx:
        staff = await members.with_role(tx, towns.here.id, *STAFF)
        volunteers = await members.with_role(tx, towns.here.id, Role.VOLUNTEER)
    assert {one.id for one in staff} == {towns.here.boss.id, towns.here.li.id}
    assert {one.id for one in volunteers} == {towns.here.chen.id, towns.here.away.id}


async def test_somebody_with_two_of_the_roles_is_named_once(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        await members.add_role(tx, towns.here.boss, Role.SOCIAL_WORKER)
        staff = await members.with_role(tx, towns.here.id, *STAFF)
    assert len(staff) == 2


async def test_a_name_is_found_in_its_own_community_only(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        found = await members.named(tx, towns.there.id, "李敏", Role.SOCIAL_WORKER)
        assert found.id == towns.there.li.id
        with pytest.raises(UnknownName) as nobody:
            await members.named(tx, towns.here.id, "李敏", Role.VOLUNTEER)
        await members.create(
            tx, NOW, towns.here.id, "李敏", frozenset({Role.SOCIAL_WORKER}),
            standing=Standing.ACTIVE,
        )  # fmt: skip
        with pytest.raises(UnknownName) as several:
            await members.named(tx, towns.here.id, "李敏", Role.SOCIAL_WORKER)
    assert (nobody.value.found, several.value.found) == (0, 2)


async def test_a_member_of_the_other_community_reads_like_nobody(
    database: Database, towns: Towns
) -> None:
    async with database.read() as tx:
        for number in (towns.there.li.id, 4711):
            with pytest.raises(NotYours):
                await members.in_community(tx, towns.here.id, number)


async def test_blocking_is_news_once_and_over_when_they_write_again(
    database: Database, towns: Towns
) -> None:
    account = towns.here.li.account or 0
    async with database.write() as tx:
        assert [one.id for one in await members.note_blocked(tx, NOW, account)] == [
            towns.here.li.id
        ]
    async with database.write() as tx:
        assert await members.note_blocked(tx, NOW, account) == []
        await members.note_reached(tx, account)
    async with database.write() as tx:
        assert len(await members.note_blocked(tx, NOW, account)) == 1


async def test_who_cannot_be_reached_is_listed_with_every_role(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        await members.create(
            tx, NOW, towns.here.id, "新人", frozenset({Role.VOLUNTEER, Role.FAMILY})
        )
        found = await members.unreachable(tx, towns.here.id)
    assert [(one.name, set(roles)) for one, roles in found] == [
        ("孙阿姨", {Role.VOLUNTEER}),
        ("新人", {Role.VOLUNTEER, Role.FAMILY}),
    ]
    assert found[0][0].id == towns.here.away.id


async def test_consent_and_audit_are_rows_of_their_own(database: Database, towns: Towns) -> None:
    li = towns.here.li
    async with database.write() as tx:
        await members.consent(tx, NOW, li, "notice", "phone")
        await members.audit(tx, NOW, viewer(li), "revealed", "elder:1", field="phone")
    async with database.read() as tx:
        given = list(await tx.scalars(select(Consent).where(Consent.member_id == li.id)))
        [written] = list(await tx.scalars(select(Audit)))
    assert {one.purpose for one in given} == {"notice", "phone"}
    assert all(one.given and one.at == NOW for one in given)
    assert (written.action, written.target, written.facts) == (
        "revealed",
        "elder:1",
        {"field": "phone"},
    )


async def test_what_a_volunteer_said_is_found_by_member(database: Database, towns: Towns) -> None:
    async with database.read() as tx:
        said = await members.volunteer(tx, towns.here.chen.id)
        assert await members.volunteer(tx, towns.here.li.id) is None
    assert said is not None
    assert said.most_visits == 3


async def test_a_community_is_found_by_its_link_and_by_its_group(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        await communities.set_group(tx, towns.there.id, -5)
        await communities.move_group(tx, -5, -1005)
        await communities.move_group(tx, -6, -1006)
    async with database.read() as tx:
        by_group = await communities.find_by_group(tx, -1005)
        by_link = await communities.find_by_open_code(tx, towns.here.station.open_code)
        assert await communities.find_by_group(tx, -5) is None
        assert await communities.find_by_open_code(tx, "nonsense") is None
        assert len(await communities.every(tx)) == 2
    assert by_group is not None
    assert by_group.id == towns.there.id
    assert by_link is not None
    assert by_link.id == towns.here.id
