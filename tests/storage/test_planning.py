"""A week as the planner sees it: who is owed what, who could go, what keeps somebody away."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.calls import Kind as ContactKind
from care.calls import Outcome
from care.days import HalfDay
from care.elders import Sex, Tier
from care.plan_rules import Barred
from care.plans import Visit
from care.visits import State
from care.wishes import Kind
from storage import calls, elders, leave, places, planning, visits, wishes
from storage import week as weeks
from storage.calls import Happened
from storage.engine import Database
from storage.tables import Elder, Volunteer, WeekPlan
from tests.storage.towns import NOW, Town, Towns, viewer

MONDAY = date(2026, 4, 13)
TUESDAY, SATURDAY = date(2026, 4, 14), date(2026, 4, 18)


async def test_wishes_dialects_places_and_who_comes_usually_are_known(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        wang = await tx.get_one(Elder, here.wang.id)
        wang.tier, wang.sex, wang.building = Tier.YELLOW, Sex.FEMALE, "12号楼"
        said = await tx.get_one(Volunteer, here.chen.id)
        said.building, said.dialects, said.in_pairs = "3号楼", ["hakka"], True
        said.walks_metres = 400
        for kind, value in ((Kind.SAME_SEX, ""), (Kind.DIALECT, "hakka"), (Kind.TWO_PEOPLE, "")):
            await wishes.put(tx, NOW, viewer(here.li), wang, kind, on=True, value=value)
        await places.put_way(tx, here.id, "3号楼", "12号楼", 150)
        came = Visit(here.wang.id, here.chen.id, date(2026, 4, 1), HalfDay.AM)
        week = date(2026, 3, 30)
        await visits.assign(tx, NOW, here.id, week, here.pairing.id, came, State.DONE)
        await tx.flush()
        found = (await planning.to_plan(tx, here.station, MONDAY, MONDAY)).problem
    need, chen = found.need[here.wang.id], found.volunteer[here.chen.id]
    assert (need.same_sex, need.sex, need.two_people) == (True, Sex.FEMALE, True)
    assert need.dialect_wanted
    assert need.dialects == chen.dialects == {"hakka"}
    assert need.familiar == {here.chen.id: 1}
    assert (chen.place, chen.wants_two, chen.walks_metres) == ("3号楼", True, 400)
    assert found.distances.between(chen.place, need.place) == 150


async def test_what_is_planned_is_not_planned_again_and_takes_its_place(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        (await tx.get_one(Elder, here.wang.id)).tier = Tier.YELLOW
        there_is = Visit(here.wang.id, here.chen.id, SATURDAY, HalfDay.AM)
        await visits.assign(tx, NOW, here.id, MONDAY, here.pairing.id, there_is)
        found = (await planning.to_plan(tx, here.station, MONDAY, MONDAY)).problem
    need = found.need[here.wang.id]
    assert need.owed == 1
    assert need.done == {SATURDAY}
    assert found.volunteer[here.chen.id].taken == ((SATURDAY, HalfDay.AM),)


async def test_nobody_is_asked_for_days_of_leave_or_for_what_has_begun(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        said = await tx.get_one(Volunteer, here.chen.id)
        said.half_days = ["tue_am", "tue_pm", "sat_am", "sun_am"]
        await leave.add(tx, NOW, here.chen, SATURDAY, SATURDAY)
        first = (TUESDAY, HalfDay.PM)
        found = (await planning.to_plan(tx, here.station, MONDAY, MONDAY, first)).problem
    assert found.volunteer[here.chen.id].half_days == {
        (TUESDAY, HalfDay.PM), (date(2026, 4, 19), HalfDay.AM),
    }  # fmt: skip


async def test_nobody_of_another_community_is_planned_with(
    database: Database, towns: Towns
) -> None:
    async with database.read() as tx:
        known = await planning.to_plan(tx, towns.here.station, MONDAY, MONDAY)
    assert towns.here.chen.id in known.problem.volunteer
    assert towns.there.chen.id not in known.members.keys() | known.problem.volunteer.keys()


DAY = timedelta(days=1)


async def owed(tx: AsyncSession, town: Town, tier: Tier, today: date, week: date = MONDAY) -> int:
    """How many visits 王桂芳 is owed in a week, as things stand on a day."""
    (await tx.get_one(Elder, town.wang.id)).tier = tier
    await tx.flush()
    known = await planning.to_plan(tx, town.station, week, today)
    return known.problem.need[town.wang.id].owed


async def planned(tx: AsyncSession, town: Town, state: State, day: date = TUESDAY) -> None:
    """陈同学 is to visit 王桂芳."""
    visit = Visit(town.wang.id, town.chen.id, day, HalfDay.AM)
    week = day - day.weekday() * DAY
    await visits.assign(tx, NOW, town.id, week, town.pairing.id, visit, state)


async def test_a_planned_visit_that_nobody_told_of_was_not_made_and_is_owed_again(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await planned(tx, here, State.ACCEPTED)
        for today, missing in ((TUESDAY, 1), (TUESDAY + DAY, 1), (TUESDAY + 2 * DAY, 2)):
            assert await owed(tx, here, Tier.YELLOW, today) == missing
        last_weeks = MONDAY + timedelta(days=7)
        assert await owed(tx, here, Tier.GREEN, TUESDAY, last_weeks) == 0
        assert await owed(tx, here, Tier.GREEN, SATURDAY, last_weeks) == 1


async def test_a_visit_under_way_counts_until_it_is_told_of(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await planned(tx, here, State.SIGNED_IN)
        assert await owed(tx, here, Tier.YELLOW, SATURDAY) == 1


async def test_a_visit_counts_as_made_while_it_stands_in_the_contact_log(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await planned(tx, here, State.DONE)
        assert await owed(tx, here, Tier.YELLOW, TUESDAY) == 2
        what = Happened(ContactKind.VISIT, Outcome.FINE, here.chen.id, TUESDAY, NOW, "visit:1")
        await calls.record(tx, NOW, here.wang, what)
        assert await owed(tx, here, Tier.YELLOW, TUESDAY) == 1


async def test_who_did_not_go_is_tied_to_the_elder_no_longer_than_they_can_tell_of_it(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await planned(tx, here, State.ACCEPTED)
        for today, on_duty in ((TUESDAY, True), (TUESDAY + DAY, True), (SATURDAY, False)):
            chen = replace(viewer(here.chen, Role.VOLUNTEER), today=today)
            assert (await elders.tie_of(tx, chen, here.wang)).on_duty is on_duty


async def test_what_nobody_made_is_wanted_again_in_the_morning_after_it_could_be_told_of(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        tx.add(WeekPlan(community_id=here.id, week=MONDAY, published_at=NOW, gaps={}))
        await planned(tx, here, State.ACCEPTED)
        wanted = select(WeekPlan.wanted_at).where(WeekPlan.community_id == here.id)
        await weeks.want_unmade(tx, NOW, here.station, TUESDAY)
        assert await tx.scalar(wanted) is None
        await weeks.want_unmade(tx, NOW, here.station, TUESDAY + DAY)
        assert str(await tx.scalar(wanted)) == "2026-04-16 01:00:00+00:00"


async def test_who_may_go_nowhere_near_an_elder_is_known_of_everybody_even_if_never_asked(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    li = viewer(here.li, Role.SOCIAL_WORKER)
    people = [here.chen.id, here.away.id, here.li.id]
    async with database.write() as tx:
        wang = await tx.get_one(Elder, here.wang.id)
        wang.sex = Sex.FEMALE
        assert await planning.barred_from(tx, wang, people) == {}
        person = here.away.id
        await wishes.put(tx, NOW, li, wang, Kind.NOT_PERSON, on=True, member_id=person)
        assert await planning.barred_from(tx, wang, people) == {person: Barred.NOT_THIS_PERSON}
        await wishes.put(tx, NOW, li, wang, Kind.SAME_SEX, on=True)
        (await tx.get_one(Volunteer, here.chen.id)).sex = Sex.FEMALE
        await tx.flush()
        assert await planning.barred_from(tx, wang, people) == {
            person: Barred.NOT_THIS_PERSON, here.li.id: Barred.SAME_SEX,
        }  # fmt: skip
