"""The draft in the staff's chat: seen, given, moved, dropped, locked, filled by hand."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from care.access import Role, Viewer
from care.days import HalfDay
from care.elders import Tier
from care.visits import State
from care.wishes import Kind
from storage import leave, wishes
from storage import week as weeks
from storage import week_drafts as drafts
from storage.tables import Elder, Volunteer, WeekPlan
from tests.drafted import MONDAY, Row, draft
from tests.stage import sqlite_url, staged
from tests.street import NOT_YOURS, Street, street

AM, PM = HalfDay.AM, HalfDay.PM
STALE = "情况刚刚变了"
FIRST: Row = ("王桂芳", "陈同学", 0, AM)
SECOND: Row = ("王桂芳", "王老师", 2, AM)
THIRD: Row = ("赵大爷", "陈同学", 1, PM)
ROWS = [FIRST, SECOND, THIRD]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        await found.can_come(found.chen)
        await found.can_come(found.wang)
        yield found


async def id_of(home: Street, person: str) -> int:
    people = {"陈同学": home.chen, "王老师": home.wang}
    return (await home.stage.member(people[person])).id


async def plan_of(home: Street) -> WeekPlan:
    async with home.stage.database.read() as tx:
        found = await tx.get(WeekPlan, (home.stage.station.id, MONDAY))
    assert found is not None
    return found


async def test_the_draft_says_how_many_who_has_nobody_and_who_goes(home: Street) -> None:
    await draft(home.stage, ROWS)
    for reader in (home.li, home.boss):
        text = home.stage.last(reader).text
        assert "探访草稿 4月13日 周一 到 4月19日 周日" in text
        assert "4月12日 周日 18:00 发给志愿者" in text
        assert "3 次探访" in text
        assert "赵大爷有 1 次探访没人去" in text
        assert "周一 上午 王桂芳 ← 陈同学" in text
        assert len(text.splitlines()) < 20
    assert not home.says(home.chen, "王桂芳")


async def test_the_planner_s_reasons_stand_with_the_visit(home: Street) -> None:
    await draft(home.stage)
    await home.stage.tap(home.li, "draft_visit")
    assert "原因：老人的结对志愿者" in home.stage.last(home.li).text


async def test_whoever_has_the_call_list_of_somebody_on_leave_has_the_draft(
    home: Street,
) -> None:
    zhou = await home.stage.person("周敏", Role.SOCIAL_WORKER)
    async with home.stage.database.write() as tx:
        li, deputy = await home.stage.member(home.li), await home.stage.member(zhou)
        friday = MONDAY.replace(day=10)
        await leave.add(tx, home.stage.clock.now(), li, friday, friday, deputy.id)
    await draft(home.stage, ROWS)
    assert "王桂芳 ← 陈同学" in home.stage.last(zhou).text
    assert not home.says(home.li, "探访草稿")
    await home.stage.tap(zhou, "draft_visit:1")
    assert "王桂芳" in home.stage.last(zhou).text


async def test_a_social_worker_sees_her_own_pairings_alone(home: Street) -> None:
    zhou = await home.stage.person("周敏", Role.SOCIAL_WORKER)
    await home.stage.elder("孙奶奶", tier=Tier.YELLOW)
    await home.stage.pair(zhou, [home.wang], ["孙奶奶"])
    numbers = await draft(home.stage, ROWS)
    text = home.stage.last(zhou).text
    assert "孙奶奶有 2 次探访没人去" in text
    assert "王桂芳" not in text
    for data in (
        f"draft_visit:{numbers[0]}",
        f"draft_drop:{numbers[0]}",
        "draft_gap:2026-04-13:1:0",
    ):
        assert await home.forge(zhou, data) == NOT_YOURS
    assert await home.forge(home.chen, "draft_show:2026-04-13:0") == NOT_YOURS
    assert await home.forge(home.chen, "draft_file:2026-04-13") == NOT_YOURS


async def test_a_visit_is_given_to_somebody_else_and_is_locked_and_others_see_it(
    home: Street,
) -> None:
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_visit:1")
    await home.stage.tap(home.li, "draft_who")
    assert "已改好" in (await home.stage.tap(home.li, "王老师") or "")
    first = (await home.visits())[0]
    assert (first.volunteer_id, first.locked) == (await id_of(home, "王老师"), True)
    assert first.why[0] == "locked"
    assert "王桂芳 ← 王老师 🔒" in home.stage.last(home.boss).text
    assert not home.says(home.wang, "王桂芳")


async def test_who_cannot_go_is_shown_with_the_reason_and_the_number(home: Street) -> None:
    async with home.stage.database.write() as tx:
        wang = await home.stage.member(home.wang)
        await leave.add(tx, home.stage.clock.now(), wang, MONDAY, MONDAY)
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_visit:1")
    await home.stage.tap(home.li, "draft_who")
    assert "王老师：请假 ☎ 没有登记电话" in home.stage.last(home.li).text
    answer = await home.forge(
        home.li, f"draft_put:1:{wang.id}:0:am:dr{await id_of(home, '陈同学')}0am:1"
    )
    assert answer == "不行。王老师：请假。"
    assert (await home.visits())[0].volunteer_id == await id_of(home, "陈同学")


async def test_a_wish_against_somebody_is_never_overridden(home: Street) -> None:
    wang = await id_of(home, "王老师")
    async with home.stage.database.write() as tx:
        li = await home.stage.member(home.li)
        elder = await tx.get_one(Elder, 1)
        viewer = Viewer(li.id, li.community_id, frozenset({Role.SOCIAL_WORKER}))
        now = home.stage.clock.now()
        await wishes.put(tx, now, viewer, elder, Kind.NOT_PERSON, on=True, member_id=wang)
    await draft(home.stage, [FIRST])
    await home.stage.tap(home.li, "draft_visit:1")
    await home.stage.tap(home.li, "draft_who")
    assert "王老师：两人中有一位不愿意" in home.stage.last(home.li).text


async def test_what_is_only_worth_a_thought_is_asked_about_once(home: Street) -> None:
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_visit:1")
    await home.stage.tap(home.li, "draft_when")
    await home.stage.tap(home.li, "周二 上午")
    assert "和另一次探访挨得太近" in home.stage.last(home.li).text
    assert (await home.visits())[0].day == MONDAY
    await home.stage.tap(home.li, "还是这样安排")
    first = (await home.visits())[0]
    assert (first.day.day, first.half, first.locked) == (14, AM, True)


async def test_an_elder_never_has_two_visits_on_one_day(home: Street) -> None:
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_visit:1")
    await home.stage.tap(home.li, "draft_when")
    assert "老人那天已有探访：周三 上午、周三 下午" in home.stage.last(home.li).text
    chen = await id_of(home, "陈同学")
    assert "老人那天已有探访" in (
        await home.forge(home.li, f"draft_put:1:{chen}:2:pm:dr{chen}0am:1") or ""
    )


async def test_a_tap_on_what_somebody_else_has_changed_changes_nothing(home: Street) -> None:
    await draft(home.stage, ROWS)
    chen, wang = await id_of(home, "陈同学"), await id_of(home, "王老师")
    await home.forge(home.boss, f"draft_put:1:{chen}:4:am:dr{chen}0am:1")
    assert STALE in (await home.forge(home.li, f"draft_put:1:{wang}:0:am:dr{chen}0am:1") or "")
    assert STALE in (await home.forge(home.li, f"draft_dropped:1:hospital:dr{chen}0am") or "")
    first = (await home.visits())[0]
    assert (first.volunteer_id, first.day.day, first.state) == (chen, 17, State.DRAFT)


async def test_the_same_tap_twice_is_done_once(home: Street) -> None:
    await draft(home.stage, ROWS)
    wang, chen = await id_of(home, "王老师"), await id_of(home, "陈同学")
    data = f"draft_put:1:{wang}:0:am:dr{chen}0am:0"
    assert [await home.forge(home.li, data) for _ in range(2)] == ["已改好，并锁定。", ""]
    add = f"draft_add:2026-04-13:2:{wang}:4:am:0"
    for _ in range(2):
        await home.forge(home.li, add)
    assert len(await home.visits()) == 4


@pytest.mark.parametrize(
    "data",
    [
        "draft_put:1:x:0:am:m:0", "draft_put:1:3:7:am:m:0", "draft_put:1:3:0:xm:m:0",
        "draft_lock:1:2", "draft_show:2026-04-14:0", "draft_show:x:0", "draft_dropped:1:x:m",
        "draft_show:2026-04-13:x", "draft_again:2026-04-20", "draft_file:2026-04-20",
    ],
)  # fmt: skip
async def test_a_button_made_up_does_nothing(home: Street, data: str) -> None:
    await draft(home.stage, ROWS)
    assert STALE in (await home.forge(home.li, data) or "")
    assert {one.state for one in await home.visits()} == {State.DRAFT}


async def test_dropping_needs_a_reason_is_no_gap_and_can_be_taken_back(home: Street) -> None:
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_visit:1")
    await home.stage.tap(home.li, "draft_drop")
    await home.stage.tap(home.li, "draft_dropped:1:hospital")
    text = home.stage.last(home.li).text
    assert "✖️ 周一 王桂芳：不用去" in text
    assert "王桂芳有" not in text
    first = (await home.visits())[0]
    assert (first.state, first.reason) == (State.DROPPED, "drafted:hospital")
    await home.stage.tap(home.li, "draft_visit:1")
    assert "不用去：住院了" in home.stage.last(home.li).text
    assert await home.stage.tap(home.li, "draft_back") == "已放回草稿，并锁定。"
    first = (await home.visits())[0]
    assert (first.state, first.reason, first.locked) == (State.DRAFT, None, True)
    await home.forge(home.li, "draft_back:1")
    assert len(await home.visits()) == 3


async def test_dropping_twice_with_different_reasons_keeps_the_first(home: Street) -> None:
    await draft(home.stage, ROWS)
    chen = await id_of(home, "陈同学")
    for reason in ("hospital", "refused"):
        await home.forge(home.li, f"draft_dropped:1:{reason}:dr{chen}0am")
    assert (await home.visits())[0].reason == "drafted:hospital"


async def test_what_was_dropped_is_not_put_back_over_another_visit(home: Street) -> None:
    await draft(home.stage, ROWS)
    chen, wang = await id_of(home, "陈同学"), await id_of(home, "王老师")
    await home.forge(home.li, f"draft_dropped:1:hospital:dr{chen}0am")
    await home.forge(home.li, f"draft_put:2:{wang}:0:pm:dr{wang}2am:1")
    assert "老人那天已有探访" in (await home.forge(home.li, "draft_back:1") or "")
    assert (await home.visits())[0].state is State.DROPPED


async def test_a_visit_is_locked_and_unlocked(home: Street) -> None:
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_visit:1")
    for label, locked in (("🔒 锁定", True), ("🔓 解锁", False)):
        await home.stage.tap(home.li, label)
        assert (await home.visits())[0].locked is locked
    assert "🔒" not in home.stage.last(home.boss).text


async def test_for_a_gap_everybody_is_listed_who_could_go_and_a_visit_is_added(
    home: Street,
) -> None:
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_gaps")
    await home.stage.tap(home.li, "draft_gap")
    await home.stage.tap(home.li, "王老师")
    await home.stage.tap(home.li, "周五 下午")
    added = (await home.visits())[-1]
    assert (added.elder_id, added.volunteer_id) == (2, await id_of(home, "王老师"))
    assert (added.day.day, added.half, added.state, added.locked) == (17, PM, State.DRAFT, True)
    assert "每次探访都有人去" in home.stage.last(home.li).text
    assert "没人去" not in home.stage.last(home.boss).text


async def test_for_a_gap_that_nobody_can_close_every_reason_is_told(home: Street) -> None:
    async with home.stage.database.write() as tx:
        for person in (home.chen, home.wang):
            said = await tx.get_one(Volunteer, (await home.stage.member(person)).id)
            said.half_days, said.most_visits = ["mon_am"], 1
    await draft(home.stage, [FIRST])
    text = home.stage.last(home.li).text
    assert "赵大爷有 2 次探访没人去（有人能去，还没安排）" in text
    await home.forge(home.li, "draft_gap:2026-04-13:1:0")
    text = home.stage.last(home.li).text
    assert "没人能去" in text
    assert "陈同学：探访已经排满 ☎ 没有登记电话" in text
    assert "王老师：老人那天已有探访" in text
    assert "到“结对”里" in text


async def test_adding_where_a_rule_forbids_it_is_answered_with_the_rule(home: Street) -> None:
    await draft(home.stage, ROWS)
    wang = await id_of(home, "王老师")
    answer = await home.forge(home.li, f"draft_add:2026-04-13:2:{wang}:1:am:1")
    assert answer == "不行。王老师：老人那天已有探访。"
    assert "挨得太近" not in home.stage.last(home.li).text
    await home.forge(home.li, f"draft_add:2026-04-13:2:{wang}:2:am:0")
    assert "挨得太近" in home.stage.last(home.li).text
    assert len(await home.visits()) == 3
    assert await home.stage.tap(home.li, "还是这样安排") == "已加进草稿，并锁定。"


async def test_planning_again_is_asked_for_in_the_turn_and_done_after_it(home: Street) -> None:
    await draft(home.stage, ROWS)
    async with home.stage.database.write() as tx:
        await drafts.want(tx, home.stage.clock.now(), home.stage.station.id, MONDAY)
        now, station = home.stage.clock.now(), home.stage.station.id
        await weeks.refresh_staff(tx, now, station, MONDAY, draft=True)
    await home.stage.settle()
    assert (await plan_of(home)).wanted_at == home.stage.clock.now()
    for reader in (home.li, home.boss):
        assert "正在重新安排，锁定的不变" in home.stage.last(reader).text
        assert all("重新安排" not in b.label for row in home.stage.last(reader).rows for b in row)


async def test_planned_again_what_is_locked_stays_and_gaps_are_filled(home: Street) -> None:
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_visit:1")
    await home.stage.tap(home.li, "🔒 锁定")
    await home.stage.tap(home.li, "‹ 草稿")
    await home.stage.tap(home.li, "draft_again")
    assert (await plan_of(home)).wanted_at is None
    found = [one for one in await home.visits() if one.state is State.DRAFT]
    assert found[0].locked
    assert Counter(one.elder_id for one in found) == {1: 2, 2: 2}
    for reader in (home.li, home.boss):
        assert "4 次探访" in home.stage.last(reader).text


async def test_what_has_become_impossible_meanwhile_is_marked(home: Street) -> None:
    await draft(home.stage, ROWS)
    async with home.stage.database.write() as tx:
        chen = await home.stage.member(home.chen)
        await leave.add(tx, home.stage.clock.now(), chen, MONDAY, MONDAY)
    await home.forge(home.li, "draft_show:2026-04-13:0")
    assert "王桂芳 ← 陈同学 ⚠️" in home.stage.last(home.li).text
    await home.stage.tap(home.li, "draft_visit:1")
    assert "⚠️ 请假" in home.stage.last(home.li).text


async def test_the_week_command_leads_to_the_draft(home: Street) -> None:
    await draft(home.stage, ROWS)
    await home.stage.say(home.li, "/week")
    await home.stage.tap(home.li, "week_show:2026-04-13")
    assert "探访草稿" in home.stage.last(home.li).text


async def test_once_it_is_sent_out_the_draft_leads_to_the_week_and_nothing_changes(
    home: Street,
) -> None:
    await draft(home.stage, ROWS)
    await home.stage.tap(home.li, "draft_visit:1")
    chen = await id_of(home, "陈同学")
    async with home.stage.database.write() as tx:
        plan = await tx.get_one(WeekPlan, (home.stage.station.id, MONDAY))
        plan.published_at = home.stage.clock.now()
    for data in ("draft_show:2026-04-13:0", f"draft_put:1:{chen}:4:am:dr{chen}0am:1"):
        await home.forge(home.li, data)
        assert "已经发给志愿者" in home.stage.last(home.li).text
        assert "week_show:2026-04-13" in str(home.stage.last(home.li).rows)
    assert STALE in (await home.forge(home.li, f"draft_dropped:1:hospital:dr{chen}0am") or "")
    assert {one.state for one in await home.visits()} == {State.DRAFT}


async def test_a_large_draft_has_pages_that_fit_a_phone_and_loses_nobody(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        people = [await stage.person(f"志愿者{n}", Role.VOLUNTEER) for n in range(4)]
        names = [f"老人{chr(0x7532 + n)}" for n in range(16)]
        for number, name in enumerate(names):
            await stage.elder(name, tier=Tier.YELLOW)
            if number % 4 == 3:
                await stage.pair(li, [people[number // 4]], names[number - 3 : number + 1])
        await draft(stage)
        seen = stage.last(boss).text
        assert "…还有" in seen
        while any("▶" in one.label for row in stage.last(boss).rows for one in row):
            assert len(stage.last(boss).text.splitlines()) < 25
            await stage.tap(boss, "▶")
            seen += stage.last(boss).text
        await stage.tap(boss, "◀")
        await stage.tap(boss, "◀")
        await stage.tap(boss, "draft_gaps")
        seen += stage.last(boss).text
        await stage.tap(boss, "▶")
        seen += stage.last(boss).text
        assert [name for name in names if name not in seen] == []
