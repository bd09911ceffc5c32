"""The social worker writes down whom an elder wishes for, and what a visitor should know."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Person
from care.access import Role
from care.elders import Sex
from care.visits import State
from storage.tables import Elder, Handover, Wish
from tests.street import NOT_YOURS, Street, street

WANG = "王桂芳"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        yield found


async def held(home: Street) -> list[tuple[str, int | None, str]]:
    async with home.stage.database.read() as tx:
        rows = await tx.scalars(select(Wish).where(Wish.ended_at.is_(None)).order_by(Wish.id))
        return [(one.kind, one.member_id, one.value) for one in rows]


async def opened(home: Street, who: Person, button: str) -> None:
    await home.stage.say(who, "/elders")
    await home.stage.tap(who, f"🟡 {WANG}")
    await home.stage.tap(who, button)


async def test_every_wish_is_one_tap_and_the_same_message_says_it(home: Street) -> None:
    await opened(home, home.li, "心愿")
    assert "目前没有特别的要求" in home.stage.last(home.li).text
    before = len(home.stage.chat(home.li))
    chen = (await home.stage.member(home.chen)).id
    for label in ("▫️ 只要同性", "▫️ 两个人一起", "▫️ 不要陈同学"):
        await home.stage.tap(home.li, label)
    assert await held(home) == [
        ("same_sex", None, ""), ("two_people", None, ""), ("not_person", chen, ""),
    ]  # fmt: skip
    text = home.stage.last(home.li).text
    for line in ("· 只要同性来", "· 要两个人一起来", "· 不要陈同学来"):
        assert line in text
    for label in ("✅ 只要同性", "🚫 不要陈同学"):
        await home.stage.tap(home.li, label)
    assert await held(home) == [("two_people", None, "")]
    assert len(home.stage.chat(home.li)) == before


async def test_a_tap_that_is_delivered_twice_counts_once(home: Street) -> None:
    await opened(home, home.li, "心愿")
    for _ in range(2):
        await home.forge(home.li, "wish:1:same_sex:1")
    assert await held(home) == [("same_sex", None, "")]


async def test_same_sex_says_when_the_elders_own_is_not_written_down(home: Street) -> None:
    await opened(home, home.li, "心愿")
    await home.stage.tap(home.li, "▫️ 只要同性")
    assert "王桂芳的性别没有登记" in home.stage.last(home.li).text
    async with home.stage.database.write() as tx:
        (await tx.get_one(Elder, 1)).sex = Sex.FEMALE
    await home.stage.tap(home.li, "方言")
    await home.stage.tap(home.li, "心愿")
    assert "性别没有登记" not in home.stage.last(home.li).text


async def test_what_an_elder_speaks_and_what_a_visitor_has_to_speak_are_two_things(
    home: Street,
) -> None:
    await opened(home, home.li, "心愿")
    await home.stage.tap(home.li, "方言")
    await home.stage.tap(home.li, "▫️ 吴语")
    await home.stage.tap(home.li, "▫️ 要会客家话")
    assert await held(home) == [("dialect", None, "hakka")]
    async with home.stage.database.read() as tx:
        assert (await tx.get_one(Elder, 1)).dialects == ["wu"]
    await home.stage.tap(home.li, "‹ 心愿")
    assert "· 来的人要会说客家话" in home.stage.last(home.li).text


async def test_who_has_left_the_pairing_stands_there_until_it_is_taken_back(home: Street) -> None:
    await opened(home, home.li, "心愿")
    await home.stage.tap(home.li, "▫️ 不要陈同学")
    await home.stage.say(home.li, "/pairings")
    await home.stage.tap(home.li, "pairing:1")
    await home.stage.tap(home.li, "解散结对")
    await home.stage.tap(home.li, "pairing_end_yes")
    await opened(home, home.li, "心愿")
    await home.stage.tap(home.li, "🚫 不要陈同学")
    assert await held(home) == []
    chen = (await home.stage.member(home.chen)).id
    await home.forge(home.li, f"wish_person:1:{chen}:1")
    assert await held(home) == []


async def test_not_this_person_ends_the_visits_that_they_have_promised(home: Street) -> None:
    await home.published()
    await home.stage.tap(home.wang, "visits_yes")
    await home.can_come(home.chen, "mon_am", "thu_am", most=5)
    await home.stage.at("2026-04-13 20:00")
    wang = (await home.stage.member(home.wang)).id
    await home.forge(home.li, f"wish_person:1:{wang}:1")
    await home.stage.at("2026-04-13 20:01")
    rows = await home.visits()
    hers = {one.elder_id: (one.state, one.reason) for one in rows if one.volunteer_id == wang}
    assert hers == {1: (State.DROPPED, "given"), 2: (State.ACCEPTED, None)}
    [instead] = rows[4:]
    assert (instead.elder_id, str(instead.day)) == (1, "2026-04-16")
    assert "您不用去了" in home.stage.last(home.wang).text


async def test_what_a_volunteer_said_is_shown_to_the_staff(home: Street) -> None:
    await home.stage.say(home.chen, "/available")
    await home.stage.tap(home.chen, "不方便去谁家")
    await home.stage.tap(home.chen, f"▫️ {WANG}")
    await opened(home, home.li, "心愿")
    assert "· 陈同学自己说不方便来" in home.stage.last(home.li).text
    assert any("▫️ 不要陈同学" in one.label for row in home.stage.last(home.li).rows for one in row)


async def test_the_handover_card_is_filled_in_by_taps_and_words(home: Street) -> None:
    await opened(home, home.li, "交接卡")
    assert "还没有写" in home.stage.last(home.li).text
    await home.stage.tap(home.li, "听力")
    await home.stage.tap(home.li, "要大声慢慢说")
    await home.stage.tap(home.li, "爱聊什么")
    await home.stage.say(home.li, "孙女的钢琴")
    await home.stage.tap(home.li, "宠物")
    await home.stage.tap(home.li, "有猫")
    text = home.stage.last(home.li).text
    for line in ("👂 听力：要大声慢慢说", "🐾 宠物：有猫", "💬 爱聊什么：孙女的钢琴", "敲三下"):
        assert line in text
    await home.stage.tap(home.li, "宠物")
    await home.stage.tap(home.li, "不写")
    assert "宠物：" not in home.stage.last(home.li).text
    async with home.stage.database.read() as tx:
        card = await tx.get_one(Handover, 1)
    assert (card.hearing, card.pets, card.likes) == ("要大声慢慢说", None, "孙女的钢琴")
    assert card.by_id == (await home.stage.member(home.li)).id


async def test_the_visitor_reads_the_handover_card_with_the_address_and_not_before(
    home: Street,
) -> None:
    await opened(home, home.li, "交接卡")
    await home.stage.tap(home.li, "听力")
    await home.stage.tap(home.li, "听不见敲门")
    await home.published()
    assert not home.says(home.chen, "听不见敲门")
    await home.stage.tap(home.chen, "visits_yes")
    await home.stage.at("2026-04-13 08:30")
    assert "👂 听力：听不见敲门，先打电话" in home.about(home.chen, "敲三下").text


@pytest.mark.parametrize(
    "data",
    [
        "wishes:1",
        "wish:1:same_sex:1",
        "wish_dialects:1",
        "wish_dialect:1:wu:1",
        "wish_person:1:3:1",
        "elder_speaks:1:wu:1",
        "handover:1",
        "handover_ask:1:pets",
    ],
)
async def test_wishes_are_the_staffs_to_write(home: Street, data: str) -> None:
    other = await home.stage.person("何方", Role.SOCIAL_WORKER)
    for who in (home.chen, home.daughter, other):
        await home.stage.say(who, "/menu")
        assert await home.forge(who, data) == NOT_YOURS
    assert await held(home) == []


async def test_made_up_buttons_change_nothing(home: Street) -> None:
    await opened(home, home.li, "心愿")
    for data in (
        "wish:1:not_person:1",
        "wish:1:same_sex:x",
        "wish_dialect:1:klingon:1",
        "elder_speaks:1:klingon:1",
        "handover_ask:1:secrets",
        "wish_person:1:1:1",
    ):
        await home.forge(home.li, data)
    assert await held(home) == []
