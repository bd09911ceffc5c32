"""The end of care in the records, on both databases; and how a mistake is put right."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Role
from care.days import HalfDay
from care.errand_offers import Circle
from care.errands import Step
from care.joining import Standing
from care.notices import Notice
from care.pauses import Gone
from care.plans import Visit
from care.refusals import LinkInvalid, NotYours, Stale
from care.visits import State
from storage import elders, errand_circles, errands, exits, joining, members, outbox, visits
from storage.engine import Database
from storage.outbox import To
from storage.tables import Assignment, Elder, ErrandStep, Member, Outbox
from tests.storage.towns import NOW, TODAY, Town, Towns, viewer

LATER = NOW + timedelta(minutes=5)
ELDERS_OWN = (Right.KNOW, Right.LOG_CALL, Right.CHANGE, Right.ASK_ERRAND, Right.ASK_PAUSE)


async def planned(tx: AsyncSession, town: Town) -> None:
    """A visit to 王桂芳 tomorrow, by 陈同学."""
    day = TODAY + timedelta(days=1)
    visit = Visit(town.wang.id, town.chen.id, day, HalfDay.AM)
    monday = date(2026, 4, 6)
    await visits.assign(tx, NOW, town.id, monday, town.pairing.id, visit, State.ACCEPTED)


async def gone(tx: AsyncSession, town: Town, why: Gone = Gone.DIED) -> exits.Ended:
    staff = viewer(town.li, Role.SOCIAL_WORKER)
    return (await exits.leave_care(tx, NOW, staff, town.wang.id, why))[1]


async def standing_of(tx: AsyncSession, member: Member) -> Standing:
    """Whether they are still in the chat."""
    return (await tx.get_one(Member, member.id)).standing


async def test_nobody_has_any_right_any_more_but_the_staff_may_see_the_record(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await gone(tx, here)
        for one in (
            viewer(here.boss, Role.SUPERVISOR),
            viewer(here.li, Role.SOCIAL_WORKER),
            viewer(here.chen, Role.VOLUNTEER),
            viewer(here.daughter, Role.FAMILY),
            viewer(here.granny, Role.ELDER),
        ):
            for right in ELDERS_OWN:
                with pytest.raises(NotYours):
                    await elders.access_elder(tx, one, here.wang.id, right)
            with pytest.raises(NotYours):
                await errands.access_errand(tx, one, here.errand.id)
        staff = viewer(here.li, Role.SOCIAL_WORKER)
        found = await elders.access_elder(tx, staff, here.wang.id, Right.SEE_ALL)
        assert found.exit_reason is Gone.DIED
        with pytest.raises(NotYours):
            await gone(tx, here)
        other = await tx.get_one(Elder, towns.there.wang.id)
        assert other.exited_at is None


async def test_only_who_looks_after_somebody_ends_their_care(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    async with database.write() as tx:
        for one in (
            viewer(here.chen, Role.VOLUNTEER),
            viewer(here.daughter, Role.FAMILY),
            viewer(here.granny, Role.ELDER),
            viewer(there.boss, Role.SUPERVISOR),
        ):
            with pytest.raises(NotYours):
                await exits.leave_care(tx, NOW, one, here.wang.id, Gone.MOVED)


async def test_whoever_was_coming_is_known_by_name(database: Database, towns: Towns) -> None:
    here = towns.here
    async with database.write() as tx:
        await planned(tx, here)
        claimer = viewer(here.away, Role.VOLUNTEER)
        await errand_circles.note_asked(tx, NOW, here.errand, Circle.GROUP, None)
        await errands.claim(tx, NOW, claimer, here.errand.id)
        ended = await gone(tx, here)
        assert [row.visit.state for row in ended.visits] == [State.DROPPED]
        assert [whole.errand.id for whole in ended.errands] == [here.errand.id]
        elder = await tx.get_one(Elder, here.wang.id)
        found = {one.id for one in await exits.were_coming(tx, elder)}
        assert found == {here.chen.id, here.away.id}


async def test_a_mistake_brings_back_what_the_exit_had_ended(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    staff = viewer(here.li, Role.SOCIAL_WORKER)
    async with database.write() as tx:
        await planned(tx, here)
        token = await joining.invite(tx, NOW, here.id, Role.FAMILY, elder_id=here.wang.id)
        whole = await errands.claim(tx, NOW, viewer(here.chen, Role.VOLUNTEER), here.errand.id)
        await errands.take_step(tx, NOW, whole, Step.SET_OUT, here.chen.id)
        await gone(tx, here)
        assert await standing_of(tx, here.granny) is Standing.LEFT
        with pytest.raises(LinkInvalid):
            await joining.access_invitation(tx, NOW, token)
        _, back = await exits.undo(tx, LATER, staff, here.wang.id)
        assert [row.visit.state for row in back.visits] == [State.ACCEPTED]
        assert await standing_of(tx, here.granny) is Standing.ACTIVE
        assert await joining.access_invitation(tx, NOW, token)
        found = await errands.access_errand(tx, staff, here.errand.id)
        assert (found.errand.state, found.errand.claimed_by) == ("open", None)
        steps = await tx.scalars(select(ErrandStep.step).order_by(ErrandStep.id))
        assert list(steps)[-2:] == ["cancel", "offer_again"]
        person = await members.person_of_id(tx, here.granny.id)
        assert person is not None
        assert person.roles == {Role.ELDER}
        with pytest.raises(Stale):
            await exits.undo(tx, LATER, staff, here.wang.id)


async def test_on_the_next_day_or_for_somebody_else_it_stays_as_it_is(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await gone(tx, here, Gone.OTHER)
        staff = viewer(here.li, Role.SOCIAL_WORKER)
        for one, now in (
            (viewer(here.boss, Role.SUPERVISOR), LATER),
            (staff, NOW + timedelta(days=1)),
        ):
            with pytest.raises(Stale):
                await exits.undo(tx, now, one, here.wang.id)
        with pytest.raises(NotYours):
            await exits.undo(tx, LATER, viewer(here.daughter, Role.FAMILY), here.wang.id)
        assert not await tx.scalar(select(Assignment.id).where(Assignment.state != State.DROPPED))


async def test_messages_that_name_an_elder_are_found_in_their_own_community(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here, towns.there
    async with database.write() as tx:
        for town, elder in ((here, here.wang.id), (here, here.zhao.id), (there, here.wang.id)):
            to = To(town.li.account or 0, town.li.id, town.id)
            await outbox.post(tx, NOW, to, Notice.CALL, {"elder": elder})
        to = To(here.li.account or 0, here.li.id, here.id)
        await outbox.post(tx, NOW, to, Notice.CALL_LIST, {"day": str(TODAY)})
        await outbox.post(tx, NOW, to, Notice.CONSENT, {"elder": "王桂芳"})
        rows = list(await tx.scalars(select(Outbox.id).order_by(Outbox.id)))
        for number, row in enumerate(rows, 1):
            await outbox.sent(tx, NOW, row, number)
        await tx.flush()
        lists = (Notice.CALL_LIST,)
        await outbox.refresh_about(tx, NOW, here.wang.id, here.id, lists, NOW)
        edits = await tx.scalars(select(Outbox.edits).where(Outbox.edits.is_not(None)))
        assert set(edits) == {1, 4}
