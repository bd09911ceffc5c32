"""A pairing changes: who comes and goes is told, and no visit is left with nobody who knows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from care.access import Role
from care.elders import Tier
from care.visits import State
from storage import pairings
from storage.pairings import Whole
from storage.tables import Assignment, Audit
from tests.street import NOT_YOURS, Street, street


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    """李敏 leads 陈同学 and 王老师 for 王桂芳 and 赵大爷; 孙奶奶 is in no pairing."""
    async with street(tmp_path) as found:
        await found.stage.elder("孙奶奶", tier=Tier.GREEN, building="12号楼")
        yield found


async def whole(home: Street) -> Whole:
    async with home.stage.database.read() as tx:
        return (await pairings.of_community(tx, home.stage.station.id))[0]


async def names(home: Street) -> tuple[str, set[str], set[str]]:
    """Who leads, the volunteers, the elders."""
    one = await whole(home)
    return one.worker.name, {v.name for v in one.volunteers}, {e.name for e in one.elders}


async def change(home: Street, what: str, who: str) -> str:
    """From the pairing to the question; what it says would follow."""
    await home.stage.say(home.li, "/pairings")
    await home.stage.tap(home.li, "pairing:1")
    await home.stage.tap(home.li, "pair_change")
    await home.stage.tap(home.li, what)
    await home.stage.tap(home.li, who)
    return home.stage.last(home.li).text


async def test_an_elder_joins_and_the_volunteers_hear_it_once(home: Street) -> None:
    before = len(home.stage.chat(home.chen))
    said = await change(home, "加老人", "孙奶奶")
    assert "会通知志愿者" in said
    assert "⚠️" not in said
    assert (await names(home))[2] == {"王桂芳", "赵大爷"}
    await home.stage.tap(home.li, "确定")
    assert (await names(home))[2] == {"王桂芳", "赵大爷", "孙奶奶"}
    [told] = home.stage.chat(home.chen)[before:]
    assert "孙奶奶" in told.text


async def test_an_elder_leaves_and_what_is_unusual_is_said_before(home: Street) -> None:
    said = await change(home, "老人退出", "赵大爷")
    assert said.count("⚠️") == 2
    assert "赵大爷就不在任何结对里了" in said
    await home.stage.tap(home.li, "确定")
    assert (await names(home))[2] == {"王桂芳"}
    assert "赵大爷" in (await home.stage.say(home.li, "/pairings")).text.split("不在")[-1]


async def test_a_volunteer_leaves_and_their_visits_are_open_again(home: Street) -> None:
    await home.published()
    said = await change(home, "志愿者退出", "陈同学")
    assert "以后的2次探访要另找人" in said
    before = len(home.stage.chat(home.chen))
    await home.stage.tap(home.li, "确定")
    assert (await names(home))[1] == {"王老师"}
    chen = (await home.stage.member(home.chen)).id
    async with home.stage.database.read() as tx:
        rows = list(await tx.scalars(select(Assignment).where(Assignment.volunteer_id == chen)))
    assert {(one.state, one.reason) for one in rows} == {(State.DECLINED, "unpaired")}
    [told] = home.stage.chat(home.chen)[before:]
    assert "已不在李敏的结对里" in told.text
    assert told.text.count("周一 上午") == 2
    assert "王桂芳" not in told.text
    assert "缺 1 次探访" in home.about(home.boss, "上门探访安排").text
    await home.stage.tap(home.boss, "week_visit:1", where=lambda one: "安排" in one.text)
    assert "已不在结对里" in home.stage.last(home.boss).text


async def test_a_volunteer_joins_and_can_be_given_visits(home: Street) -> None:
    liu = await home.stage.person("刘阿姨", Role.VOLUNTEER)
    await change(home, "加志愿者", "刘阿姨")
    await home.stage.tap(home.li, "确定")
    assert (await names(home))[1] == {"陈同学", "王老师", "刘阿姨"}
    assert "王桂芳" in home.stage.last(liu).text


async def test_who_comes_back_is_told_again(home: Street) -> None:
    await change(home, "志愿者退出", "陈同学")
    await home.stage.tap(home.li, "确定")
    await home.stage.at("08:05")
    await change(home, "加志愿者", "陈同学")
    await home.stage.tap(home.li, "确定")
    assert "王桂芳" in home.stage.last(home.chen).text


async def test_leading_is_handed_over_and_the_follower_has_it_from_then(home: Street) -> None:
    sun = await home.stage.person("孙丽", Role.SOCIAL_WORKER)
    assert "以后由孙丽" in await change(home, "换社工带", "孙丽")
    await home.stage.tap(home.li, "确定")
    assert (await names(home))[0] == "孙丽"
    assert "现在由您带" in home.stage.last(sun).text
    assert await home.forge(home.li, "pair_change:1") == NOT_YOURS


async def test_a_supervisor_hands_over_and_both_social_workers_hear_it(home: Street) -> None:
    sun = await home.stage.person("孙丽", Role.SOCIAL_WORKER)
    number = (await home.stage.member(sun)).id
    await home.stage.say(home.boss, "/pairings")
    await home.forge(home.boss, f"pair_do:1:lead:{number}")
    assert "现在由孙丽带" in home.stage.last(home.li).text
    assert "现在由您带" in home.stage.last(sun).text


async def test_done_twice_is_done_once(home: Street) -> None:
    await change(home, "加老人", "孙奶奶")
    message = home.stage.last(home.li)
    for _ in range(2):
        home.stage.phones.press(home.li, message.id, message.rows[0][0].data, stale=True)
    await home.stage.settle()
    async with home.stage.database.read() as tx:
        found = list(await tx.scalars(select(Audit).where(Audit.action == "pairing_add_elder")))
    assert len(found) == 1


@pytest.mark.parametrize(
    "data",
    ["pair_change:1", "pair_people:1:add_elder:0", "pair_ask:1:lead:1", "pair_do:1:add_elder:3"],
)
async def test_it_is_for_whoever_leads_the_pairing(home: Street, data: str) -> None:
    sun = await home.stage.person("孙丽", Role.SOCIAL_WORKER)
    before = await names(home)
    for person in (home.chen, sun):
        assert await home.forge(person, data) == NOT_YOURS
    assert await names(home) == before


@pytest.mark.parametrize(
    "data",
    ["pair_do:1:add_elder:99", "pair_do:1:x:3", "pair_do:1:add_volunteer:1", "pair_do:1:lead:x"],
)
async def test_a_button_made_up_changes_nothing(home: Street, data: str) -> None:
    before = await names(home)
    await home.stage.say(home.li, "/pairings")
    await home.forge(home.li, data)
    assert await names(home) == before
