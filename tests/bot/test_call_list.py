"""The call list as the social worker sees it: everybody is on it, with the reason in words."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.playground.records import Person
from care.access import Role
from care.elders import Tier
from care.ladder import Alert as AlertKind
from care.ladder import Cause
from care.pauses import Why
from care.surge import Why as Heat
from storage import alerts, doors
from storage.calls import check_in
from storage.tables import Contact, Elder, FamilyLink, FollowUp, Pause, Surge
from tests.bot.crowd import Crowd, arrive, crowd
from tests.stage import ZONE, local

DAY = "2026-04-10"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        yield made


def the_list(town: Crowd, person: Person | None = None) -> str:
    """The call list that stands in somebody's chat; there is one."""
    titles = ("Call list", "每日电话清单")
    [text] = [one for one in town.texts(person or town.li) if any(t in one for t in titles)]
    return text


def line(town: Crowd, name: str) -> str:
    """What the list says of somebody, in the line below the name."""
    rows = the_list(town).splitlines()
    place = next(n for n, row in enumerate(rows) if name in row)
    return rows[place + 1]


async def elder(town: Crowd, name: str = "王桂芳") -> Elder:
    async with town.stage.database.read() as tx:
        return (await tx.scalars(select(Elder).where(Elder.name == name))).one()


async def add(town: Crowd, *rows: Any) -> None:
    async with town.stage.database.write() as tx:
        tx.add_all(rows)


async def call(town: Crowd, name: str = "王桂芳") -> str:
    """Open the call screen; what it says."""
    await town.stage.say(town.li, "/calls")
    await town.stage.tap(town.li, name)
    return town.stage.last(town.li).text


@pytest.mark.parametrize(
    ("language", "fine", "noted", "contacted"),
    [
        ("en", "✅ fine", "王桂芳: noted.", "✅ Contacted: 王桂芳"),
        ("zh_CN", "✅ 平安", "王桂芳：记下了。", "✅ 已联系：王桂芳"),
    ],
)
async def test_the_usual_outcome_is_two_taps(
    town: Crowd, language: str, fine: str, noted: str, contacted: str
) -> None:
    await town.stage.speak(language)
    await town.stage.at("08:30")
    before = town.sent(town.li)
    await town.stage.tap(town.li, "王桂芳")
    assert await town.stage.tap(town.li, fine) == noted
    assert contacted in the_list(town)
    assert town.sent(town.li) == before


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "☎ no phone, go to the door\n    red since today · never contacted yet · in no pair",
        ),
        ("zh_CN", "☎ 没有电话，请上门\n    今天起红色 · 还没联系过 · 没有结对"),
    ],
)
async def test_without_a_phone_and_without_a_pairing_the_list_says_so(
    town: Crowd, language: str, said: str
) -> None:
    await town.stage.speak(language)
    await town.stage.elder("赵大爷", tier=Tier.RED)
    await town.stage.at("08:30")
    assert said in the_list(town)


@pytest.mark.parametrize(
    ("language", "section"),
    [("en", "⚪ Not assessed yet: 孙奶奶"), ("zh_CN", "⚪ 还没有评估：孙奶奶")],
)
async def test_without_a_tier_there_is_a_section_and_a_button_to_the_card(
    town: Crowd, language: str, section: str
) -> None:
    await town.stage.speak(language)
    await town.stage.elder("孙奶奶")
    await town.stage.at("08:30")
    assert section in the_list(town)
    await town.stage.tap(town.li, "⚪ 孙奶奶")
    assert "孙奶奶 ⚪" in town.stage.last(town.li).text


async def test_many_who_are_not_assessed_are_named_in_part_with_a_way_to_all(town: Crowd) -> None:
    for n in range(8):
        await town.stage.elder(f"老人{n}")
    await town.stage.at("08:30")
    assert "and 2 more" in the_list(town)
    await town.stage.tap(town.li, "⚪ All 8 not assessed")
    assert "老人7" in town.stage.last(town.li).text


async def test_the_list_of_many_says_who_is_not_assessed_on_its_last_page(town: Crowd) -> None:
    for n in range(13):
        await town.stage.elder(f"老人{n:02}", tier=Tier.RED)
    await town.stage.elder("孙奶奶")
    await town.stage.at("08:30")
    assert "孙奶奶" not in the_list(town)
    await town.stage.tap(town.li, "▶")
    assert "孙奶奶" in the_list(town)


async def test_an_elder_in_two_pairings_is_on_both_lists_and_a_contact_updates_both(
    town: Crowd,
) -> None:
    colleague = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.pair(colleague, [town.chen], ["王桂芳"])
    await town.stage.at("08:30")
    for one in (town.li, colleague):
        assert "1 of 1 still to call" in the_list(town, one)
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "fine")
    for one in (town.li, colleague):
        assert "✅ Contacted: 王桂芳" in the_list(town, one)


async def test_not_reached_yesterday_comes_first_and_is_said(town: Crowd) -> None:
    await town.stage.elder("阿一", tier=Tier.RED)
    await town.stage.at(f"{DAY} 08:30")
    await town.stage.tap(town.li, "阿一")
    await town.stage.tap(town.li, "fine")
    await town.stage.at("2026-04-11 08:30")
    text = town.stage.last(town.li).text
    assert text.index("王桂芳") < text.index("阿一")
    assert "not reached yesterday" in text


def edits(town: Crowd) -> int:
    """How often a message was changed in place."""
    return sum(call.method == "editMessageText" for call in town.stage.telegram.log)


async def silent_granny(town: Crowd) -> Person:
    granny = await arrive(town.stage, "王奶奶", Role.ELDER)
    async with town.stage.database.write() as tx:
        found = (await tx.scalars(select(Elder))).one()
        found.member_id = (await town.stage.member(granny)).id
        found.created_at = local("2026-01-01 08:00")
    return granny


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "has not answered the morning's question"), ("zh_CN", "早上问好没有回")],
)
async def test_who_stays_silent_is_so_on_the_list_that_stands_already(
    town: Crowd, language: str, said: str
) -> None:
    await town.stage.speak(language)
    granny = await silent_granny(town)
    await town.stage.at("08:00")
    await town.stage.at("08:30")
    before = town.sent(town.li)
    await town.stage.at("10:00")
    assert said not in line(town, "王桂芳")
    await town.stage.at("10:01")
    assert said in line(town, "王桂芳")
    changes = edits(town)
    await town.stage.at("10:02")
    assert edits(town) == changes
    await town.stage.tap(granny, "fine")
    assert said not in line(town, "王桂芳")
    assert town.sent(town.li) == before


async def test_long_after_the_morning_no_list_is_changed_because_of_silence(town: Crowd) -> None:
    await silent_granny(town)
    await town.stage.at("08:00")
    await town.stage.at("08:30")
    await town.stage.at("11:10")
    assert "morning" not in line(town, "王桂芳")
    await town.stage.say(town.li, "/calls")
    assert "has not answered the morning's question" in town.stage.last(town.li).text


async def test_back_from_hospital_the_list_says_so_and_the_call_asks_for_it(town: Crowd) -> None:
    found = await elder(town)
    async with town.stage.database.write() as tx:
        (await tx.get_one(Elder, found.id)).created_at = local("2026-01-01 08:00")
    li = (await town.stage.member(town.li)).id
    today = local("2026-04-09 00:00").astimezone(ZONE).date()
    await add(
        town,
        Pause(
            community_id=found.community_id, elder_id=found.id, first_day=today.replace(day=1),
            until=today, why=Why.HOSPITAL, by_id=li, created_at=town.stage.clock.now(),
        ),
    )  # fmt: skip
    await town.stage.at("08:30")
    assert "back today" in line(town, "王桂芳")
    assert "Out of hospital since" in await call(town)
    await town.stage.at("2026-04-16 08:30")
    assert "Out of hospital since" not in await call(town)


@pytest.mark.parametrize(
    ("why", "asked"),
    [
        (Heat.HEAT, "enough to drink"),
        (Heat.COLD, "warm enough"),
        (Heat.TYPHOON, "windows shut"),
        (Heat.FESTIVAL, "who visits"),
    ],
)
async def test_on_a_surge_day_yellow_is_on_the_list_with_the_reason(
    town: Crowd, why: Heat, asked: str
) -> None:
    await town.stage.elder("赵大爷", tier=Tier.YELLOW, phone="+8613800000002")
    today = local("2026-04-09 00:00").astimezone(ZONE).date()
    li = (await town.stage.member(town.li)).id
    await add(
        town,
        Surge(
            community_id=town.stage.station.id, first_day=today, last_day=today, why=why,
            by_id=li, created_at=town.stage.clock.now(),
        ),
    )  # fmt: skip
    await town.stage.at("08:30")
    assert "🟡 赵大爷" in the_list(town)
    assert f"called because of: {why}" in line(town, "赵大爷")
    text = await call(town, "赵大爷")
    assert asked in text
    await town.stage.tap(town.li, "fine")
    assert "Contacted: 赵大爷" in town.stage.last(town.li).text


async def test_who_goes_to_the_door_and_who_handles_an_alert_stands_on_the_call(
    town: Crowd,
) -> None:
    await town.stage.at("08:30")
    found, now = await elder(town), town.stage.clock.now()
    today = now.astimezone(ZONE).date()
    async with town.stage.database.write() as tx:
        here = await tx.get_one(Elder, found.id)
        door = await doors.begin_door(tx, now, here, today, Cause.NO_CONTACT)
        alert, _ = await alerts.open_one(tx, now, here, today, AlertKind.SILENT)
    assert door is not None
    text = await call(town)
    assert "nobody has said yes yet" in text
    assert "nobody has taken it yet" in text
    async with town.stage.database.write() as tx:
        chen, boss = await town.stage.member(town.chen), await town.stage.member(town.boss)
        (await tx.get_one(type(door), door.id)).claimed_by = chen.id
        taken = await tx.get_one(type(alert), alert.id)
        taken.owner_id, taken.taken_at = boss.id, now
    text = await call(town)
    assert "陈同学 is on the way" in text
    assert "周督导 handles it" in text


async def test_a_remark_can_be_added_after_the_call(town: Crowd) -> None:
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "fine")
    await town.stage.tap(town.li, "Add a remark: 王桂芳")
    await town.stage.say(town.li, "likes to be called in the morning")
    async with town.stage.database.read() as tx:
        contact = (await tx.scalars(select(Contact))).one()
    assert contact.remark == "likes to be called in the morning"
    assert "likes to be called" in town.stage.last(town.li).text
    assert "likes to be called" in await call_card(town)


async def call_card(town: Crowd) -> str:
    await town.stage.say(town.li, "/elders")
    await town.stage.tap(town.li, "elder")
    await town.stage.tap(town.li, "Log a call")
    return town.stage.last(town.li).text


async def test_a_remark_that_stands_there_is_not_overwritten(town: Crowd) -> None:
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "fine")
    async with town.stage.database.write() as tx:
        (await tx.scalars(select(Contact))).one().remark = "first"
    await town.stage.tap(town.li, "Add a remark: 王桂芳")
    assert "first" in town.stage.last(town.li).text
    assert "📝 Remark" in str(town.stage.last(town.li).rows)


async def test_the_call_screen_offers_a_remark_on_my_own_call_of_today(town: Crowd) -> None:
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "no answer")
    await call(town)
    await town.stage.tap(town.li, "📝 Add a remark")
    await town.stage.say(town.li, "the line was busy")
    async with town.stage.database.read() as tx:
        assert (await tx.scalars(select(Contact))).one().remark == "the line was busy"


async def test_where_the_setting_says_so_i_am_fine_ends_what_was_set_in_motion(
    town: Crowd,
) -> None:
    granny = await silent_granny(town)
    await town.set_station(settings={"check_in_is_contact": True})
    await town.stage.at("08:00")
    await town.stage.at("08:30")
    found, now = await elder(town), town.stage.clock.now()
    today = now.astimezone(ZONE).date()
    async with town.stage.database.write() as tx:
        here = await tx.get_one(Elder, found.id)
        await alerts.open_one(tx, now, here, today, AlertKind.SILENT)
    await town.stage.tap(granny, "fine")
    assert "✅ Contacted: 王桂芳" in the_list(town)
    async with town.stage.database.read() as tx:
        assert await alerts.open_of(tx, found.id) == []


async def test_whoever_is_in_care_no_more_cannot_be_logged(town: Crowd) -> None:
    await town.stage.at("08:30")
    async with town.stage.database.write() as tx:
        (await tx.scalars(select(Elder))).one().exited_at = town.stage.clock.now()
    assert "not available" in str(await town.stage.tap(town.li, "call"))


async def test_somebody_who_asks_again_after_the_call_is_open_again(town: Crowd) -> None:
    await silent_granny(town)
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "fine")
    await town.stage.at("09:30")
    found = await elder(town)
    async with town.stage.database.write() as tx:
        now, today = town.stage.clock.now(), town.stage.clock.now().astimezone(ZONE).date()
        await check_in(tx, now, found, today, fine=False)
    await town.stage.say(town.li, "/calls")
    assert "asked to be called" in town.stage.last(town.li).text


async def test_the_outcome_of_a_call_is_one_record_however_often_the_tap_arrives(
    town: Crowd,
) -> None:
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "call")
    message = town.stage.last(town.li)
    data = str(message.rows[0][0].data)
    for stale in (False, True, True):
        town.stage.phones.press(town.li, message.id, data, stale=stale)
    await town.stage.settle()
    async with town.stage.database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Contact)) == 1
        assert await tx.scalar(select(func.count()).select_from(FollowUp)) == 0
        assert await tx.scalar(select(func.count()).select_from(FamilyLink)) == 0


@pytest.mark.parametrize("phone", ["+8613800000009", None])
async def test_whoever_went_there_themselves_logs_a_visit(town: Crowd, phone: str | None) -> None:
    """Without a phone it can only have been a visit; nobody is asked to call again then."""
    await town.stage.elder("赵大爷", tier=Tier.RED, phone=phone)
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "赵大爷")
    if phone:
        await town.stage.tap(town.li, "I was at the door")
    assert "written down as a visit" in town.stage.last(town.li).text
    assert "still on the list" in str(await town.stage.tap(town.li, "no answer"))
    await town.stage.tap(town.li, "赵大爷")
    if phone:
        await town.stage.tap(town.li, "I was at the door")
    await town.stage.tap(town.li, "not possible")
    await town.stage.tap(town.li, "does not want it")
    async with town.stage.database.read() as tx:
        found = list(await tx.scalars(select(Contact).order_by(Contact.id)))
    assert [one.kind for one in found] == ["visit", "visit"]
    await town.stage.at("10:00")
    assert not any("Please call again" in text for text in town.texts(town.li))


async def test_back_from_the_door_it_may_have_been_a_call_after_all(town: Crowd) -> None:
    await town.stage.at("08:30")
    for press in ("call", "I was at the door", "It was a call", "fine"):
        await town.stage.tap(town.li, press)
    async with town.stage.database.read() as tx:
        assert (await tx.scalars(select(Contact))).one().kind == "call"
