"""The demo community: the figures of the plan, and what there is to try."""

import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import phonenumbers
import pytest
from sqlalchemy import func, select

from bot.demo.cast import EVERYBODY, ON_PAGE, STATION, VOLUNTEERS, ZONE
from bot.demo.elders import ELDERS
from bot.demo.roster import sample
from bot.demo.seed import AlreadyThere, seed
from care.access import Role
from care.calls import Urgency
from care.days import age_on
from care.elders import Tier
from care.joining import Standing
from care.plan_rules import breaks
from care.plans import Why
from care.visits import PLANNED, State
from scheduler.planner import solve
from storage import call_list, members, pairings, planning, visits
from storage.engine import Database, parse_url
from storage.migrate import migrate
from storage.roster import read_file
from storage.tables import Community, Elder

NOW = datetime.fromisoformat("2026-04-09T08:20+08:00")
TODAY = date(2026, 4, 9)
GROUP = -4000000


async def seeded(database_url: str) -> Database:
    await migrate(parse_url(database_url))
    database = Database(database_url)
    await seed(database, NOW, GROUP)
    return database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'demo.db'}"


def test_the_figures_of_the_plan() -> None:
    assert len(ELDERS) == 82
    assert sum(one.disability is True for one in ELDERS) == 12
    assert sum(one.chronic_illness is True for one in ELDERS) == 35
    assert sum(one.empty_nest is True for one in ELDERS) == 28
    assert sum(one.limited_mobility is True for one in ELDERS) == 20
    tiers = Counter(one.tier for one in ELDERS)
    assert tiers == {Tier.RED: 12, Tier.YELLOW: 30, Tier.GREEN: 40}
    assert all(one.disability for one in ELDERS if one.tier is Tier.RED)


def test_everybody_in_care_is_over_seventy_and_lives_at_a_door_of_their_own() -> None:
    ages = [age_on(TODAY, one.birth_date) or 0 for one in ELDERS]
    assert min(ages) >= 70
    assert max(ages) <= 96
    assert len({one.address for one in ELDERS}) == 82
    assert {one.building for one in ELDERS} == {f"{n}号楼" for n in range(1, 17)}
    wang = next(one for one in ELDERS if one.name == "王桂芳")
    assert (wang.tier, wang.building, age_on(TODAY, wang.birth_date)) == (Tier.RED, "12号楼", 82)


def test_names_are_all_different() -> None:
    names = [one.name for one in EVERYBODY]
    assert len(set(names)) == len(names)
    assert len({one.name for one in ELDERS}) == 82
    accounts = [one.account for one in EVERYBODY if one.account]
    assert sorted(accounts) == sorted(one.account or 0 for one in ON_PAGE)


def test_there_are_26_volunteers_who_can_come_sometimes() -> None:
    assert len(VOLUNTEERS) == 26
    assert all(one.half_days and one.skills and one.most_visits for one in VOLUNTEERS)


def test_phone_numbers_could_be_real_and_plainly_are_not() -> None:
    numbers = [one.phone for one in EVERYBODY]
    numbers += [one.phone for one in ELDERS if one.phone]
    numbers += [one.emergency_phone for one in ELDERS if one.emergency_phone]
    for number in numbers:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number)), number
        assert number[6:10] == "0000", number
    assert sum(one.phone is None for one in ELDERS) == 3


async def test_all_are_paired_three_to_five_with_volunteers(url: str) -> None:
    database = await seeded(url)
    async with database.read() as tx:
        station = (await tx.scalars(select(Community))).one()
        found = await pairings.of_community(tx, station.id)
    await database.close()
    assert station.name == STATION
    assert all(3 <= len(one.elders) <= 5 and one.volunteers for one in found)
    assert len({elder.id for one in found for elder in one.elders}) == 82
    led = Counter(one.worker.name for one in found)
    assert led.keys() == {"李敏", "方静", "孟凯"}
    assert min(led.values()) > 1


async def test_it_is_quick(url: str) -> None:
    await migrate(parse_url(url))
    database = Database(url)
    # Of the processor: other tests may run at the same time.
    begin = time.process_time()
    await seed(database, NOW)
    taken = time.process_time() - begin
    await database.close()
    assert taken < 3


async def test_a_second_time_is_refused_and_changes_nothing(url: str) -> None:
    database = await seeded(url)
    with pytest.raises(AlreadyThere, match="already"):
        await seed(database, NOW)
    async with database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Elder)) == 82
    await database.close()


async def test_the_call_list_begins_with_who_was_not_reached_yesterday(url: str) -> None:
    database = await seeded(url)
    async with database.read() as tx:
        li = await members.named(tx, 1, "李敏", Role.SOCIAL_WORKER)
        station = await tx.get_one(Community, 1)
        found = await call_list.of_caller(tx, NOW, station, li.id)
    await database.close()
    names = [one.elder.name for one in found.open]
    assert set(names) == {"王桂芳", "陈秀英", "韩德福", "李玉兰", "钱国荣"}
    urgent = [one.owed.name for one in found.open if one.owed.urgency < Urgency.ROUTINE]
    assert urgent == names[:1] == ["韩德福"]


async def test_this_week_is_planned_and_there_is_a_visit_today(url: str) -> None:
    database = await seeded(url)
    async with database.read() as tx:
        rows = await visits.of_week(tx, 1, date(2026, 4, 6))
    await database.close()
    today = [row for row in rows if row.visit.day == TODAY and row.volunteer.name == "陈同学"]
    assert "王桂芳" in {row.elder.name for row in today}
    states = Counter(row.visit.state for row in rows)
    assert states[State.ACCEPTED] > 4 * states[State.OFFERED] > 0
    assert all(row.visit.state in PLANNED for row in rows if row.visit.day >= TODAY)
    assert not any(row.visit.state in PLANNED for row in rows if row.visit.day < TODAY)


async def test_next_week_there_is_something_to_plan_by(url: str) -> None:
    """Wishes, dialects, places, a leave: and still somebody goes to everybody."""
    database = await seeded(url)
    async with database.read() as tx:
        station = await tx.get_one(Community, 1)
        problem = (await planning.to_plan(tx, station, date(2026, 4, 13), TODAY)).problem
    await database.close()
    plan = solve(problem)
    assert plan.gaps == ()
    assert breaks(problem, plan) == []
    why = {one for visit in plan.visits for one in visit.why}
    assert {Why.SAME_SEX, Why.SAME_DIALECT, Why.NEAR, Why.KNOWS_THEM, Why.SECOND_PERSON} <= why
    assert problem.distances.between("5号楼", "9号楼") == 150


async def test_two_who_were_invited_have_not_come_yet(url: str) -> None:
    database = await seeded(url)
    async with database.read() as tx:
        found = await members.unreachable(tx, 1)
    await database.close()
    assert {member.name for member, _ in found} == {"韩立新", "孙国强"}
    assert all(member.standing is Standing.INVITED for member, _ in found)


async def test_it_fills_postgresql_too(postgres_url: str) -> None:
    database = await seeded(postgres_url)
    async with database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Elder)) == 82
    await database.close()


async def test_the_roster_to_import_reads_without_a_problem() -> None:
    reading = await read_file("demo-roster.xlsx", sample(), today=TODAY)
    assert not reading.problems
    assert len(reading.lines) == 84
    assert ZONE == "Asia/Shanghai"
