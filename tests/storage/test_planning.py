"""A week as the planner sees it: who is owed what, who could go, what keeps somebody away."""

from datetime import date

from care.days import HalfDay
from care.elders import Sex, Tier
from care.plans import Visit
from care.visits import State
from care.wishes import Kind
from storage import leave, places, planning, visits, wishes
from storage.engine import Database
from storage.tables import Elder, Volunteer
from tests.storage.towns import NOW, Towns, viewer

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
        found = (await planning.to_plan(tx, here.station, MONDAY)).problem
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
        found = (await planning.to_plan(tx, here.station, MONDAY)).problem
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
        found = (await planning.to_plan(tx, here.station, MONDAY, first)).problem
    assert found.volunteer[here.chen.id].half_days == {
        (TUESDAY, HalfDay.PM), (date(2026, 4, 19), HalfDay.AM),
    }  # fmt: skip


async def test_nobody_of_another_community_is_planned_with(
    database: Database, towns: Towns
) -> None:
    async with database.read() as tx:
        known = await planning.to_plan(tx, towns.here.station, MONDAY)
    assert towns.here.chen.id in known.problem.volunteer
    assert towns.there.chen.id not in known.members.keys() | known.problem.volunteer.keys()
