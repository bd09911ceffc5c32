"""Invitations work once, for 72 hours, kept as a hash; applications are decided once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from care.access import Role
from care.days import HALF_DAYS
from care.joining import Standing, VolunteerKind
from care.refusals import AlreadyJoined, LinkInvalid, TooManyTries
from storage import families, joining, members
from storage.engine import Database
from storage.joining import Joiner
from storage.tables import Consent, Elder, Invitation, Member, Volunteer, WrongTry
from tests.storage.towns import NOW, Towns

HOURS_72 = timedelta(hours=72)
SECOND = timedelta(seconds=1)
NEW = Joiner(5, "新人", "en")


async def test_only_the_hash_of_a_token_is_kept(database: Database, towns: Towns) -> None:
    token = towns.here.token
    async with database.read() as tx:
        kept = await tx.get_one(Invitation, towns.here.invitation.id)
        everything = str((await tx.execute(text("SELECT * FROM invitation"))).all())
    assert kept.token_hash == joining.hash_of(token)
    assert token not in everything
    assert len(token) >= 43


async def test_every_token_is_another(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        tokens = {await joining.invite(tx, NOW, towns.here.id, Role.FAMILY) for _ in range(5)}
    assert len(tokens) == 5


async def test_an_invitation_opens_for_72_hours_and_not_a_second_longer(
    database: Database, towns: Towns
) -> None:
    async with database.read() as tx:
        found = await joining.access_invitation(tx, NOW + HOURS_72 - SECOND, towns.here.token)
        assert found.community_id == towns.here.id
        with pytest.raises(LinkInvalid):
            await joining.access_invitation(tx, NOW + HOURS_72, towns.here.token)


async def test_an_unknown_token_reads_like_a_used_one(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        await joining.accept(tx, NOW, towns.here.invitation.id, NEW)
        for token in (towns.here.token, "nonsense", ""):
            with pytest.raises(LinkInvalid):
                await joining.access_invitation(tx, NOW, token)


async def test_accepting_makes_a_member_as_invited(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        member = await joining.accept(tx, NOW, towns.here.invitation.id, NEW)
    async with database.read() as tx:
        person = await members.person_of_account(tx, 5)
        given = await tx.scalars(select(Consent.purpose).where(Consent.member_id == member.id))
        used = await tx.get_one(Invitation, towns.here.invitation.id)
    assert person is not None
    assert person.roles == {Role.VOLUNTEER}
    assert (person.member.name, person.language) == ("新人", "en")
    assert person.community.id == towns.here.id
    assert set(given) == {"notice", "membership"}
    assert (used.used_at, used.used_by) == (NOW, member.id)


async def test_an_invitation_is_used_once_even_by_two_at_the_same_moment(
    database: Database, towns: Towns
) -> None:
    async def one(account: int) -> None:
        async with database.write() as tx:
            await joining.accept(tx, NOW, towns.here.invitation.id, Joiner(account, "甲", None))

    ends = await asyncio.gather(one(5), one(6), return_exceptions=True)
    assert [type(end) for end in ends if end] == [LinkInvalid]
    async with database.read() as tx:
        found = await tx.scalars(select(Member.account).where(Member.account.in_((5, 6))))
        assert len(list(found)) == 1


async def test_too_old_it_is_not_used_up_either(database: Database, towns: Towns) -> None:
    async with database.write() as tx:
        with pytest.raises(LinkInvalid):
            await joining.accept(tx, NOW + HOURS_72, towns.here.invitation.id, NEW)
    async with database.read() as tx:
        kept = await tx.get_one(Invitation, towns.here.invitation.id)
        assert kept.used_at is None
        assert await members.person_of_account(tx, 5) is None


async def test_a_record_that_waits_under_the_invited_name_is_taken_over(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        waiting = await members.create(
            tx, NOW, towns.here.id, "新人", frozenset({Role.VOLUNTEER}), phone="+8613800000009"
        )
        await members.create(tx, NOW, towns.there.id, "新人", frozenset())
        member = await joining.accept(tx, NOW, towns.here.invitation.id, NEW)
    assert member.id == waiting.id
    assert member.phone == "+8613800000009"


async def test_who_is_a_member_already_gets_one_more_role(database: Database, towns: Towns) -> None:
    account = towns.here.daughter.account or 0
    async with database.write() as tx:
        member = await joining.accept(
            tx, NOW, towns.here.invitation.id, Joiner(account, "别的名字", None)
        )
        person = await members.person_of_account(tx, account)
    assert member.id == towns.here.daughter.id
    assert member.name == "王小雨"
    assert person is not None
    assert person.roles == {Role.FAMILY, Role.VOLUNTEER}


async def test_a_member_of_another_community_becomes_one_here_too(
    database: Database, towns: Towns
) -> None:
    account = towns.there.chen.account or 0
    async with database.write() as tx:
        member = await joining.accept(
            tx, NOW, towns.here.invitation.id, Joiner(account, "陈同学", None)
        )
        assert len(await members.communities_of(tx, account)) == 2
    assert member.id != towns.there.chen.id
    assert member.community_id == towns.here.id


async def test_family_is_linked_to_the_elder_of_the_invitation(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        token = await joining.invite(
            tx, NOW, towns.here.id, Role.FAMILY, name="王小明", elder_id=towns.here.wang.id
        )
        found = await joining.access_invitation(tx, NOW, token)
        son = await joining.accept(tx, NOW, found.id, NEW)
        linked = await families.of_elder(tx, towns.here.wang)
    assert [one.id for one in linked] == [towns.here.daughter.id, son.id]


async def test_an_elder_has_one_account(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        first = await joining.invite(tx, NOW, here.id, Role.ELDER, elder_id=here.zhao.id)
        second = await joining.invite(tx, NOW, here.id, Role.ELDER, elder_id=here.zhao.id)
        one = await joining.access_invitation(tx, NOW, first)
        member = await joining.accept(tx, NOW, one.id, NEW)
        await tx.flush()
        zhao = await tx.get_one(Elder, here.zhao.id)
        assert zhao.member_id == member.id
        other = await joining.access_invitation(tx, NOW, second)
        with pytest.raises(AlreadyJoined):
            await joining.accept(tx, NOW, other.id, Joiner(6, "乙", None))


async def test_five_wrong_tries_within_an_hour_are_the_last(database: Database) -> None:
    async with database.write() as tx:
        for n in range(5):
            await joining.check_tries(tx, NOW + n * SECOND, 5)
            await joining.note_wrong_try(tx, NOW + n * SECOND, 5)
            await tx.flush()
        with pytest.raises(TooManyTries):
            await joining.check_tries(tx, NOW + 5 * SECOND, 5)
        await joining.check_tries(tx, NOW + 5 * SECOND, 6)
        await joining.check_tries(tx, NOW + timedelta(hours=1), 5)
        assert await tx.scalar(select(func.count()).select_from(WrongTry)) == 5


async def test_who_waits_for_approval_waits_in_their_own_community(
    database: Database, towns: Towns
) -> None:
    async with database.read() as tx:
        found = await joining.applicants(tx, towns.here.id)
    assert [one.id for one in found] == [towns.here.applicant.id]


@pytest.mark.parametrize("approve", [True, False])
async def test_the_first_decision_counts(
    database: Database, towns: Towns, *, approve: bool
) -> None:
    here = towns.here
    async with database.write() as tx:
        applicant = await members.in_community(tx, here.id, here.applicant.id)
        assert await joining.decide(tx, NOW, applicant, here.li.id, approve=approve)
        assert not await joining.decide(tx, NOW, applicant, here.boss.id, approve=not approve)
    async with database.read() as tx:
        person = await members.person_of_id(tx, here.applicant.id)
        said = await tx.get_one(Volunteer, here.applicant.id)
    assert person is not None
    assert person.member.standing is (Standing.ACTIVE if approve else Standing.LEFT)
    assert person.roles == ({Role.VOLUNTEER} if approve else set())
    assert (said.decided_by, said.decided_at) == (here.li.id, NOW)


async def test_two_who_decide_at_once_make_one_decision(database: Database, towns: Towns) -> None:
    here = towns.here

    async def one(by: int, *, approve: bool) -> bool:
        async with database.write() as tx:
            applicant = await members.in_community(tx, here.id, here.applicant.id)
            return await joining.decide(tx, NOW, applicant, by, approve=approve)

    won = await asyncio.gather(one(here.li.id, approve=True), one(here.boss.id, approve=False))
    assert sorted(won) == [False, True]


async def test_who_had_left_comes_back_as_an_applicant(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        member = await members.in_community(tx, here.id, here.chen.id)
        member.standing = Standing.LEFT
        await tx.flush()
        again = await joining.applicant(
            tx, NOW, here.id, Joiner(member.account or 0, "陈大林", None), "+8613800000003"
        )
    assert (again.id, again.name, again.standing) == (here.chen.id, "陈大林", Standing.APPLIED)
    assert again.phone == "+8613800000003"


async def test_an_invited_volunteer_begins_with_the_widest_answers(
    database: Database, towns: Towns
) -> None:
    async with database.write() as tx:
        member = await joining.accept(tx, NOW, towns.here.invitation.id, NEW)
        said = await members.volunteer(tx, member.id)
    assert said is not None
    assert (said.kind, said.most_visits) == (VolunteerKind.OTHER, 3)
    assert said.half_days == list(HALF_DAYS)
