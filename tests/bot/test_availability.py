"""A volunteer says in a few taps when they can come; every tap is kept, none counts twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Person
from care.days import HALF_DAYS
from care.wishes import Side
from storage.tables import Audit, SingleDate, Volunteer, Wish
from tests.street import NOT_YOURS, Street, street

CHEN = "陈同学"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        await found.can_come(found.chen)
        await found.can_come(found.wang)
        yield found


async def said(home: Street, who: Person) -> Volunteer:
    member = await home.stage.member(who)
    async with home.stage.database.read() as tx:
        return await tx.get_one(Volunteer, member.id)


async def dates(home: Street) -> list[tuple[str, str, bool]]:
    async with home.stage.database.read() as tx:
        rows = await tx.scalars(select(SingleDate).order_by(SingleDate.day, SingleDate.half))
        return [(str(one.day), one.half, one.can) for one in rows]


def labels(home: Street, person: Person) -> list[list[str]]:
    return [[one.label for one in row] for row in home.stage.last(person).rows]


def data_of(home: Street, person: Person, label: str) -> str:
    return next(
        one.data or "" for row in home.stage.last(person).rows for one in row if label in one.label
    )


async def test_the_grid_is_one_message_that_changes_in_place(home: Street) -> None:
    await home.stage.say(home.chen, "/available")
    before = len(home.stage.chat(home.chen))
    assert labels(home, home.chen)[0] == ["✅ 周一上午", "✅ 周一下午"]
    await home.stage.tap(home.chen, "✅ 周一上午")
    assert labels(home, home.chen)[0] == ["▫️ 周一上午", "✅ 周一下午"]
    await home.stage.tap(home.chen, "▫️ 周一上午")
    await home.stage.tap(home.chen, "✅ 周日下午")
    assert labels(home, home.chen)[6] == ["✅ 周日上午", "▫️ 周日下午"]
    assert len(home.stage.chat(home.chen)) == before
    assert (await said(home, home.chen)).half_days == list(HALF_DAYS[:-1])


async def test_a_tap_that_is_delivered_twice_does_not_take_itself_back(home: Street) -> None:
    await home.stage.say(home.chen, "/available")
    data = data_of(home, home.chen, "周一上午")
    for _ in range(2):
        await home.forge(home.chen, data)
        assert "mon_am" not in (await said(home, home.chen)).half_days


async def test_the_menu_and_about_me_lead_there_for_volunteers_alone(home: Street) -> None:
    for word in ("/menu", "/me"):
        await home.stage.say(home.chen, word)
        await home.stage.tap(home.chen, "do:available")
        assert "我什么时候能来" in home.stage.last(home.chen).text
    await home.stage.say(home.daughter, "/available")
    assert home.stage.last(home.daughter).text == NOT_YOURS


async def test_how_many_visits_a_week_is_less_and_more_between_none_and_fourteen(
    home: Street,
) -> None:
    await home.stage.say(home.chen, "/available")
    assert "每周最多探访 3 次" in home.stage.last(home.chen).text
    for label in ("➖", "➖", "➖", "➖"):
        await home.stage.tap(home.chen, label)
    assert "暂时不安排探访" in home.stage.last(home.chen).text
    assert (await said(home, home.chen)).most_visits == 0
    await home.stage.tap(home.chen, "➕")
    assert (await said(home, home.chen)).most_visits == 1
    number = (await home.stage.member(home.chen)).id
    await home.forge(home.chen, f"avail_most:{number}:15")
    assert (await said(home, home.chen)).most_visits == 1


async def test_one_date_is_taken_out_of_the_week_and_given_back(home: Street) -> None:
    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "个别日子")
    assert labels(home, home.chen)[0] == ["✅ 4月9日 周四上午", "✅ 4月9日 周四下午"]
    await home.stage.tap(home.chen, "▶")
    await home.stage.tap(home.chen, "✅ 4月16日 周四上午")
    assert "4月16日 周四上午：不能来" in home.stage.last(home.chen).text
    assert labels(home, home.chen)[0] == ["▫️ 4月16日 周四上午", "✅ 4月16日 周四下午"]
    assert await dates(home) == [("2026-04-16", "am", False)]
    assert (await said(home, home.chen)).half_days == list(HALF_DAYS)
    await home.stage.tap(home.chen, "▫️ 4月16日 周四上午")
    assert await dates(home) == []


async def test_a_date_can_be_given_that_is_not_in_the_week(home: Street) -> None:
    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "✅ 周五下午")
    await home.stage.tap(home.chen, "个别日子")
    await home.stage.tap(home.chen, "▫️ 4月10日 周五下午")
    assert await dates(home) == [("2026-04-10", "pm", True)]
    assert "4月10日 周五下午：能来" in home.stage.last(home.chen).text


@pytest.mark.parametrize("day", ["2026-04-08", "2026-04-23", "2026-4-9", "x"])
async def test_only_the_coming_fourteen_days_can_be_chosen(home: Street, day: str) -> None:
    await home.stage.say(home.chen, "/available")
    number = (await home.stage.member(home.chen)).id
    await home.forge(home.chen, f"avail_date:{number}:{day}:am:0")
    assert await dates(home) == []


async def test_days_of_leave_are_shown_as_leave(home: Street) -> None:
    await home.stage.say(home.chen, "/leave")
    await home.stage.say(home.chen, "4-10 4-11")
    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "个别日子")
    assert labels(home, home.chen)[1] == ["🌴 4月10日 周五：请假"]
    assert labels(home, home.chen)[3] == ["✅ 4月12日 周日上午", "✅ 4月12日 周日下午"]


async def test_the_plan_keeps_to_what_was_said_of_a_date(home: Street) -> None:
    """陈同学 would go on Monday."""
    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "个别日子")
    for half in ("上午", "下午"):
        await home.stage.tap(home.chen, f"✅ 4月13日 周一{half}")
    await home.published()
    chen = (await home.stage.member(home.chen)).id
    days = {str(one.day) for one in await home.visits() if one.volunteer_id == chen}
    assert days
    assert "2026-04-13" not in days


async def test_who_takes_back_a_half_day_with_a_visit_is_told_so(home: Street) -> None:
    await home.can_come(home.chen, "mon_am")
    await home.published()
    visit = next(one for one in await home.visits() if str(one.day) == "2026-04-13")
    await home.stage.say(home.chen, "/available")
    half = {"am": "上午", "pm": "下午"}[visit.half]
    await home.stage.tap(home.chen, f"✅ 周一{half}")
    assert f"已经排好探访：4月13日 周一{half}" in home.stage.last(home.chen).text
    assert (await home.visits())[0].state == visit.state


async def test_about_oneself_every_tap_is_kept_and_shown(home: Street) -> None:
    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "我的情况")
    for label in ("▫️ 女", "▫️ 粤语", "▫️ 客家话", "✅ 客家话", "▫️ 500 米", "▫️ 只和别人一起去"):
        await home.stage.tap(home.chen, label)
    text = home.stage.last(home.chen).text
    for line in ("性别：女", "会说的方言：粤语", "能走多远：500 米以内", "只和别人一起去。"):
        assert line in text
    found = await said(home, home.chen)
    assert (found.sex, found.dialects, found.walks_metres, found.in_pairs) == (
        "female", ["cantonese"], 500, True,
    )  # fmt: skip
    for label in ("▫️ 远近都行", "✅ 只和别人一起去"):
        await home.stage.tap(home.chen, label)
    found = await said(home, home.chen)
    assert (found.walks_metres, found.in_pairs) == (None, False)


async def test_the_building_is_chosen_or_written_or_not_said(home: Street) -> None:
    async def building() -> str | None:
        return (await said(home, home.chen)).building

    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "我的情况")
    await home.stage.tap(home.chen, "住哪栋楼")
    await home.stage.tap(home.chen, "12号楼")
    assert await building() == "12号楼"
    assert "住在：12号楼" in home.stage.last(home.chen).text
    await home.stage.tap(home.chen, "住哪栋楼")
    await home.stage.say(home.chen, "梧桐苑 5 座")
    assert await building() == "梧桐苑 5 座"
    await home.stage.tap(home.chen, "住哪栋楼")
    await home.stage.tap(home.chen, "不想说")
    assert await building() is None


async def test_a_volunteer_may_name_whom_they_would_rather_not_visit(home: Street) -> None:
    async def wishes() -> list[tuple[int | None, str, bool]]:
        async with home.stage.database.read() as tx:
            rows = await tx.scalars(select(Wish))
            return [(one.member_id, one.side, one.ended_at is None) for one in rows]

    chen = (await home.stage.member(home.chen)).id
    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "不方便去谁家")
    await home.stage.tap(home.chen, "▫️ 赵大爷")
    assert await wishes() == [(chen, Side.VOLUNTEER, True)]
    await home.stage.tap(home.chen, "🚫 赵大爷")
    assert await wishes() == [(chen, Side.VOLUNTEER, False)]


async def test_a_stranger_of_the_elder_cannot_be_named(home: Street) -> None:
    await home.stage.elder("钱奶奶")
    chen = (await home.stage.member(home.chen)).id
    await home.stage.say(home.chen, "/available")
    assert await home.forge(home.chen, f"avail_not:{chen}:3:1") == NOT_YOURS
    async with home.stage.database.read() as tx:
        assert not list(await tx.scalars(select(Wish)))


async def open_from_pairing(home: Street) -> None:
    await home.stage.say(home.li, "/pairings")
    await home.stage.tap(home.li, "pairing:1")
    await home.stage.tap(home.li, f"🕘 {CHEN}")


async def test_the_social_worker_changes_it_from_the_pairing_and_it_is_written_down_who(
    home: Street,
) -> None:
    await home.stage.say(home.chen, "/available")
    await open_from_pairing(home)
    assert f"{CHEN}什么时候能来" in home.stage.last(home.li).text
    await home.stage.tap(home.li, "✅ 周一上午")
    assert labels(home, home.chen)[0][0] == "▫️ 周一上午", "the volunteer's message follows"
    async with home.stage.database.read() as tx:
        found = list(await tx.scalars(select(Audit).where(Audit.action == "availability")))
    assert [one.facts for one in found] == [{"half_day": "mon_am", "can": False}]
    assert found[0].member_id == (await home.stage.member(home.li)).id
    await home.stage.tap(home.li, "个人情况")
    await home.stage.tap(home.li, "住哪栋楼")
    await home.stage.say(home.li, "7号楼")
    await home.stage.tap(home.li, "返回")
    await home.stage.tap(home.li, "结对")
    assert "李敏" in home.stage.last(home.li).text


async def test_the_staff_says_who_may_fetch_medicine_and_nobody_says_it_of_themselves(
    home: Street,
) -> None:
    chen = (await home.stage.member(home.chen)).id
    await open_from_pairing(home)
    await home.stage.tap(home.li, "个人情况")
    await home.stage.tap(home.li, "▫️ 可以帮人买药")
    assert "同意您帮老人买药" in home.stage.last(home.chen).text
    await home.stage.tap(home.li, "✅ 可以帮人买药")
    assert ["▫️ 可以帮人买药"] in labels(home, home.li)
    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "我的情况")
    assert not any("买药" in one for row in labels(home, home.chen) for one in row)
    press = home.stage.phones.press(
        home.chen, home.stage.last(home.chen).id, f"avail_medicine:{chen}:1", stale=True
    )
    await home.stage.settle()
    assert press.text == NOT_YOURS


async def test_whom_rather_not_shows_the_staff_the_elders_they_look_after(home: Street) -> None:
    await open_from_pairing(home)
    await home.stage.tap(home.li, "不方便去谁家")
    assert labels(home, home.li)[:2] == [["▫️ 王桂芳"], ["▫️ 赵大爷"]]
    await home.stage.tap(home.li, "▫️ 王桂芳")
    async with home.stage.database.read() as tx:
        [wish] = list(await tx.scalars(select(Wish)))
    assert (wish.side, wish.by_id) == (Side.VOLUNTEER, (await home.stage.member(home.li)).id)


async def test_nobody_changes_what_another_volunteer_said(home: Street) -> None:
    chen = (await home.stage.member(home.chen)).id
    await home.stage.say(home.wang, "/available")
    for data in (
        f"avail:{chen}:week:0",
        f"avail_from:1:{chen}",
        f"avail_set:{chen}:mon_am:0",
        f"avail_most:{chen}:1",
        f"avail_date:{chen}:2026-04-10:am:0",
        f"avail_sex:{chen}:male",
        f"avail_speaks:{chen}:wu:1",
        f"avail_walks:{chen}:200",
        f"avail_pairs:{chen}:1",
        f"avail_not:{chen}:1:1",
        f"avail_home:{chen}",
    ):
        assert await home.forge(home.wang, data) == NOT_YOURS, data
    found = await said(home, home.chen)
    assert (found.half_days, found.most_visits, found.sex) == (list(HALF_DAYS), 3, None)
    assert await dates(home) == []


async def test_made_up_buttons_change_nothing(home: Street) -> None:
    chen = (await home.stage.member(home.chen)).id
    await home.stage.say(home.chen, "/available")
    for data in (
        f"avail:{chen}:nowhere:0",
        f"avail_set:{chen}:mon_noon:0",
        f"avail_set:{chen}:mon_am:2",
        f"avail_date:{chen}:2026-04-10:noon:0",
        f"avail_sex:{chen}:x",
        f"avail_speaks:{chen}:x:1",
        f"avail_walks:{chen}:201",
        f"avail_pairs:{chen}:yes",
    ):
        await home.forge(home.chen, data)
    found = await said(home, home.chen)
    assert (found.half_days, found.sex, found.dialects) == (list(HALF_DAYS), None, [])
    assert await dates(home) == []
