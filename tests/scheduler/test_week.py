"""Sunday evening: the week is shared out and told, once, late rather than never."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from care.access import Role
from care.visits import State
from storage.tables import Community, Volunteer
from tests.stage import local, sqlite_url, staged
from tests.street import Street, street


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        yield found


async def days(home: Street) -> list[str]:
    """The days that are planned."""
    return sorted(str(one.day) for one in await home.visits())


async def test_from_friday_on_the_week_is_drafted_and_nobody_is_asked_yet(home: Street) -> None:
    await home.stage.at("2026-04-10 15:59")
    assert not await home.visits()
    for when in ("2026-04-10 16:00", "2026-04-11 18:00", "2026-04-12 17:59"):
        await home.stage.at(when)
    assert {one.state for one in await home.visits()} == {State.DRAFT}
    assert len(await home.visits()) == 4
    assert all(one.why for one in await home.visits())
    assert not home.says(home.chen, "您的探访安排")


async def test_on_sunday_evening_the_week_is_planned_and_everybody_hears_once(
    home: Street,
) -> None:
    await home.published()
    for when in ("18:00", "18:01", "2026-04-13 09:00", "2026-04-14 23:59"):
        await home.stage.at(when)
    assert await days(home) == ["2026-04-13", "2026-04-13", "2026-04-15", "2026-04-15"]
    for one in (home.chen, home.wang):
        assert sum("您的探访安排" in message.text for message in home.stage.chat(one)) == 1
    for one in (home.li, home.boss):
        assert sum("上门探访安排" in message.text for message in home.stage.chat(one)) == 1


async def test_after_a_power_cut_it_is_late_says_so_and_plans_from_tomorrow(home: Street) -> None:
    await home.stage.at("2026-04-14 09:10")
    assert min(await days(home)) == "2026-04-15"
    assert "09:10" in home.about(home.li, "上门探访安排").text


async def test_after_tuesday_the_week_is_left_to_the_social_worker(home: Street) -> None:
    await home.stage.at("2026-04-15 00:00")
    assert not await home.visits()


async def test_a_week_that_was_drafted_is_told_as_long_as_it_is_on(home: Street) -> None:
    await home.can_come(home.wang, "wed_am", "fri_am")
    await home.stage.at("2026-04-10 16:00")
    await home.stage.at("2026-04-16 09:00")
    told = [one for one in await home.visits() if one.state is State.OFFERED]
    assert {str(one.day) for one in told} == {"2026-04-17"}
    assert not [one for one in await home.visits() if one.state is State.DRAFT]
    assert "09:00" in home.about(home.li, "上门探访安排").text


async def test_planning_by_hand_does_not_skip_what_was_drafted(home: Street) -> None:
    await home.stage.at("2026-04-10 16:00")
    home.stage.clock.set(local("2026-04-13 09:00"))
    await home.forge(home.li, "week_plan:2026-04-13")
    states = {one.state for one in await home.visits()}
    assert State.OFFERED in states
    assert State.DRAFT not in states


async def test_the_next_week_comes_although_this_one_was_missed(home: Street) -> None:
    await home.stage.at("2026-04-15 00:00")
    await home.stage.at("2026-04-19 18:00")
    assert min(await days(home)) >= "2026-04-20"


async def test_a_station_founded_within_the_week_waits_for_the_next(home: Street) -> None:
    """The street was founded on a Thursday; that week is planned by hand, if at all."""
    await home.stage.at("2026-04-09 18:00")
    assert not await home.visits()


async def test_without_pairings_nobody_is_told_of_an_empty_week(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        await stage.at("2026-04-12 18:00")
        assert not any("上门探访安排" in one.text for one in stage.chat(li))


async def test_another_weekday_and_time_are_a_setting(home: Street) -> None:
    async with home.stage.database.write() as tx:
        station = await tx.get_one(Community, home.stage.station.id)
        station.settings = {"publish_week_on": 4, "publish_week_at": "16:00"}
    await home.stage.at("2026-04-10 15:59")
    assert not await home.visits()
    await home.stage.at("2026-04-10 16:00")
    assert min(await days(home)) == "2026-04-13"


async def test_a_gap_is_said_by_name_with_its_reason(home: Street) -> None:
    async with home.stage.database.write() as tx:
        await tx.execute(update(Volunteer).values(most_visits=1))
    await home.published()
    text = home.about(home.li, "上门探访安排").text
    for name in ("王桂芳", "赵大爷"):
        assert f"没有安排：{name}，缺 1 次探访（这周有空的人，探访都排满了）" in text


async def test_what_was_drafted_keeps_its_reasons_when_it_is_sent_out(home: Street) -> None:
    """A draft that nobody touched was decided by no one of the staff (handbook, "The week")."""
    await home.stage.at("2026-04-10 16:00")
    drafted = {one.id: list(one.why) for one in await home.visits()}
    assert drafted
    await home.stage.at("2026-04-12 18:00")
    told = {one.id: list(one.why) for one in await home.visits() if one.state is State.OFFERED}
    assert told == drafted
    assert not any("locked" in why for why in told.values())
