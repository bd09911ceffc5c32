"""The week as the staff leads it: what is missing, by name; giving, dropping, planning by hand."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from care.access import Role
from care.elders import Tier
from care.visits import State
from storage.tables import Leave
from tests.stage import buttons
from tests.street import Street, street


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        yield found


async def decline(home: Street) -> None:
    """陈同学 cannot come to 王桂芳 on Monday."""
    await home.published()
    await home.stage.tap(home.chen, "visit:1")
    await home.forge(home.chen, "visit_no:1:busy")


async def test_a_visit_is_given_to_somebody_else_of_the_pairing_with_one_tap(home: Street) -> None:
    await decline(home)
    await home.stage.tap(home.li, "week_visit:1")
    await home.stage.tap(home.li, "week_give")
    assert "周一 上午 王桂芳 · 12号楼 ⏳" in home.stage.last(home.wang).text
    assert "现在由王老师去" in home.about(home.li, "现在由").text
    assert "没有安排" not in home.about(home.li, "上门探访安排").text


async def test_giving_an_open_visit_tells_the_old_volunteer_in_place(home: Street) -> None:
    await home.published()
    await home.stage.tap(home.li, "week_visit:1")
    await home.stage.tap(home.li, "week_give")
    assert "王桂芳" not in home.stage.last(home.chen).text
    first, *_, last = await home.visits()
    assert (first.state, last.state) == (State.DROPPED, State.OFFERED)


async def test_giving_twice_plans_once(home: Street) -> None:
    await decline(home)
    wang = (await home.stage.member(home.wang)).id
    for _ in range(2):
        await home.forge(home.li, f"week_give:1:{wang}")
    assert len(await home.visits()) == 5


async def test_a_visit_is_never_given_to_somebody_outside_the_pairing(home: Street) -> None:
    await decline(home)
    stranger = await home.stage.person("外人", Role.VOLUNTEER)
    await home.forge(home.li, f"week_give:1:{(await home.stage.member(stranger)).id}")
    assert len(await home.visits()) == 4


async def test_a_visit_is_not_given_to_somebody_whom_the_elder_does_not_wish(home: Street) -> None:
    await decline(home)
    wang = (await home.stage.member(home.wang)).id
    await home.forge(home.li, f"wish_person:1:{wang}:1")
    count = len(await home.visits())
    await home.forge(home.li, "week_visit:1")
    shown = [one.data for row in buttons(home.stage.last(home.li)) for one in row]
    assert f"week_give:1:{wang}" not in shown
    why = await home.forge(home.li, f"week_give:1:{wang}")
    assert why == "不行。王老师：两人中有一位不愿意。"
    assert len(await home.visits()) == count


async def test_a_yes_on_the_phone_is_written_down_for_somebody_without_chat(home: Street) -> None:
    await home.published()
    await home.stage.tap(home.li, "week_visit:1")
    assert await home.stage.tap(home.li, "week_yes") == "记下了：陈同学能来。"
    assert (await home.visits())[0].state is State.ACCEPTED
    shown = [one.data for row in buttons(home.stage.last(home.li)) for one in row]
    assert "week_yes:1" not in shown
    assert "week_no:1" in shown
    assert "王桂芳 · 12号楼 👌" in home.stage.last(home.chen).text


async def test_a_no_on_the_phone_is_as_good_as_one_in_chat_and_others_are_sought(
    home: Street,
) -> None:
    await home.published()
    await home.can_come(home.chen, most=5)
    await home.forge(home.li, "week_no:3")
    gone = (await home.visits())[2]
    assert (gone.state, gone.reason) == (State.DECLINED, "other")
    await home.stage.at("2026-04-13 20:05")
    sought = {one.elder_id for one in (await home.visits())[4:] if one.state is State.OFFERED}
    assert gone.elder_id in sought
    assert await home.forge(home.li, "week_yes:3") == "情况刚刚变了，请看最新的。"


async def test_dropping_needs_a_reason_and_is_not_planned_again(home: Street) -> None:
    await home.published()
    await home.stage.tap(home.li, "week_visit:1")
    await home.stage.tap(home.li, "week_drop")
    await home.stage.tap(home.li, "week_dropped:1:hospital")
    assert "王桂芳" not in home.stage.last(home.chen).text
    assert "没有安排" not in home.about(home.li, "上门探访安排").text
    await home.forge(home.li, "week_plan:2026-04-13")
    assert len(await home.visits()) == 4


async def test_planning_by_hand_tells_only_those_with_new_visits(home: Street) -> None:
    await decline(home)
    await home.can_come(home.wang)
    before = [len(home.stage.chat(one)) for one in (home.chen, home.wang)]
    await home.stage.tap(home.li, "week_plan")
    [added] = (await home.visits())[4:]
    after = [len(home.stage.chat(one)) for one in (home.chen, home.wang)]
    chen = (await home.stage.member(home.chen)).id
    chosen = 0 if added.volunteer_id == chen else 1
    before[chosen] += 1
    assert after == before


async def test_planning_by_hand_does_not_ask_who_said_no_for_the_same_day(home: Street) -> None:
    await decline(home)
    chen = (await home.stage.member(home.chen)).id
    await home.stage.tap(home.li, "week_plan")
    added = (await home.visits())[4:]
    assert not [one for one in added if one.volunteer_id == chen and one.day.day == 13]


async def test_a_pairing_made_in_the_middle_of_a_week_is_planned_from_now_on(home: Street) -> None:
    await home.can_come(home.chen)
    await home.stage.at("2026-04-09 09:00")
    await home.stage.say(home.li, "/week")
    await home.stage.tap(home.li, "week_plan")
    days = sorted(str(one.day) for one in await home.visits())
    assert days
    assert days[0] >= "2026-04-09"
    assert days[-1] <= "2026-04-12"
    assert home.says(home.chen, "您的探访安排")


async def test_a_second_tap_on_planning_plans_nothing_more(home: Street) -> None:
    await home.stage.say(home.li, "/week")
    await home.stage.tap(home.li, "week_plan")
    count = len(await home.visits())
    await home.forge(home.li, "week_plan:2026-04-06")
    assert len(await home.visits()) == count


async def test_next_week_is_not_planned_by_hand_before_it_is_published(home: Street) -> None:
    await home.stage.say(home.li, "/week")
    await home.stage.tap(home.li, "week_show:2026-04-13")
    assert "4月12日 周日 18:00" in home.stage.last(home.li).text
    await home.forge(home.li, "week_plan:2026-04-13")
    assert not await home.visits()


async def test_a_social_worker_sees_her_pairings_alone_and_a_supervisor_all(home: Street) -> None:
    zhou = await home.stage.person("周敏", Role.SOCIAL_WORKER)
    await home.published()
    assert "王桂芳" not in (await home.stage.say(zhou, "/week")).text
    assert "王桂芳" in (await home.stage.say(home.boss, "/week")).text
    await home.forge(zhou, "week_visit:1")
    assert not home.says(zhou, "王桂芳")


async def test_nobody_is_missing_because_a_field_is_empty(home: Street) -> None:
    """No pairing and no tier: said by name."""
    await home.stage.elder("孙爷爷", tier=Tier.GREEN)
    await home.stage.elder("钱奶奶")
    await home.stage.pair(home.li, [home.chen], ["钱奶奶"])
    await home.published()
    text = home.stage.last(home.li).text
    assert "还没有结对，没法安排上门：孙爷爷" in text
    assert "钱奶奶还没有评定风险等级" in text


async def test_a_volunteer_whom_chat_does_not_reach_is_shown_with_the_number(home: Street) -> None:
    home.stage.phones.block(home.chen)
    await home.stage.settle()
    await home.published()
    assert "📵 陈同学收不到消息，请打电话" in home.stage.last(home.li).text


async def test_visits_of_somebody_who_left_are_free_again(home: Street) -> None:
    await home.published()
    await home.stage.say(home.chen, "/me")
    await home.stage.tap(home.chen, "leave_ask")
    await home.stage.tap(home.chen, "leave_yes")
    await home.stage.say(home.li, "/week")
    await home.forge(home.li, "week_plan:2026-04-13")
    chen = [one for one in await home.visits() if one.id <= 2]
    assert {(one.state, one.reason) for one in chen} == {(State.DECLINED, "left")}


async def test_leave_gives_the_visits_back_and_the_social_worker_hears_of_all_at_once(
    home: Street,
) -> None:
    await home.published()
    before = len(home.stage.chat(home.li))
    await home.stage.say(home.chen, "/leave")
    await home.stage.say(home.chen, "4-13 4-15")
    assert "4月13日 周一" in home.stage.last(home.chen).text
    assert len(home.stage.chat(home.li)) == before + 1
    told = home.stage.last(home.li).text
    assert "陈同学请假" in told
    assert "王桂芳" in told
    assert "赵大爷" in told


async def test_leave_refuses_no_day_beyond_it(home: Street) -> None:
    await home.can_come(home.chen, "mon_am", "fri_am")
    await home.can_come(home.wang, "sun_pm", most=1)
    await home.published()
    chen = (await home.stage.member(home.chen)).id
    await home.stage.say(home.chen, "/leave")
    await home.stage.say(home.chen, "4-13 4-14")
    back = [one for one in await home.visits() if one.state is State.DECLINED]
    assert back
    assert {one.reason for one in back} == {"on_leave"}
    await home.stage.at("2026-04-13 20:00")
    live = [one for one in await home.visits() if one.state is State.OFFERED]
    assert {str(one.day) for one in live if one.volunteer_id == chen} == {"2026-04-17"}
    await home.forge(home.li, f"week_visit:{back[0].id}")
    assert "不在" in home.stage.last(home.li).text


async def test_nobody_on_leave_is_planned(home: Street) -> None:
    await home.stage.say(home.chen, "/leave")
    await home.stage.tap(home.chen, "下周")
    await home.published()
    chen = (await home.stage.member(home.chen)).id
    assert all(one.volunteer_id != chen for one in await home.visits())


@pytest.mark.parametrize("text", ["4-1 4-2", "x", "4-15 4-12", "2-30", "1 2 3"])
async def test_days_that_cannot_be_are_asked_again(home: Street, text: str) -> None:
    await home.stage.say(home.chen, "/leave")
    assert "⚠️" in (await home.stage.say(home.chen, text)).text
    assert "请假" in (await home.stage.say(home.chen, "4-12 4-15")).text


async def test_leave_is_for_volunteers_alone(home: Street) -> None:
    await home.stage.say(home.daughter, "/leave")
    assert not home.says(home.daughter, "哪几天不在")


async def test_an_answer_changes_the_week_of_those_concerned_and_of_nobody_else(
    home: Street,
) -> None:
    await home.stage.elder("钱奶奶", tier=Tier.YELLOW)
    sun = await home.stage.person("孙丽", Role.SOCIAL_WORKER)
    await home.stage.pair(sun, [home.wang], ["钱奶奶"])
    await home.published()
    before = home.edits(sun)
    await home.stage.tap(home.chen, "visits_yes")
    for reader in (home.li, home.boss):
        assert "👌 已答应 2" in home.about(reader, "上门探访安排").text
    assert home.edits(sun) == before


async def test_a_deputy_sees_answers_as_the_colleague_would(home: Street) -> None:
    sun = await home.stage.person("孙丽", Role.SOCIAL_WORKER)
    async with home.stage.database.write() as tx:
        tx.add(
            Leave(
                community_id=home.stage.station.id,
                member_id=(await home.stage.member(home.li)).id,
                first_day=date(2026, 4, 11),
                last_day=date(2026, 4, 20),
                deputy_id=(await home.stage.member(sun)).id,
                created_at=home.stage.clock.now(),
            )
        )
    await home.published()
    await home.stage.tap(home.chen, "visits_yes")
    assert "👌 已答应 2" in home.about(sun, "上门探访安排").text


async def test_a_visit_that_nobody_made_is_planned_again_in_the_same_week(home: Street) -> None:
    await home.published()
    await home.can_come(home.chen, "mon_am", "fri_am", most=4)
    for one in (home.chen, home.wang):
        await home.stage.tap(one, "visits_yes")
    for when in ("2026-04-13 20:00", "2026-04-14 00:01", "2026-04-15 00:01", "2026-04-15 08:59"):
        await home.stage.at(when)
    assert len(await home.visits()) == 4
    await home.stage.at("2026-04-15 09:00")
    again = [one for one in (await home.visits())[4:] if one.state is State.OFFERED]
    assert {one.elder_id for one in again} == {1, 2}
    assert {str(one.day) for one in again} == {"2026-04-17"}


async def test_once_it_is_sent_out_the_draft_is_not_drawn_any_more(home: Street) -> None:
    await home.stage.at("2026-04-10 16:00")
    await home.published()
    assert "已经发给志愿者" in home.about(home.li, "已经发给志愿者").text
    before = home.edits(home.li)
    await home.stage.tap(home.chen, "visits_yes")
    assert home.edits(home.li) == before + 1
