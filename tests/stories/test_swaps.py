"""Two volunteers swap a visit, from the question to everybody's lists."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Message
from care.access import Role, Viewer
from care.days import HALF_DAYS
from care.pauses import Gone
from care.swaps import State as Question
from care.visits import State
from care.wishes import Kind
from storage import elders, exits, leave, wishes
from storage.tables import Assignment, Swap, Volunteer
from tests.beginnings import Beginning
from tests.stage import Stage, local
from tests.street import NOT_YOURS, Street, settle_in

MONDAY, WEDNESDAY = date(2026, 4, 13), date(2026, 4, 15)


async def _published(stage: Stage) -> Street:
    """The week is published: 陈同学 goes on Monday, 王老师 on Wednesday, to both elders each."""
    found = await settle_in(stage)
    await found.published()
    await found.can_come(found.chen)
    await found.can_come(found.wang)
    return found


PUBLISHED = Beginning(_published)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with PUBLISHED.again(tmp_path) as found:
        yield found


async def questions(home: Street) -> list[Swap]:
    async with home.stage.database.read() as tx:
        return list(await tx.scalars(select(Swap).order_by(Swap.id)))


async def live(home: Street, day: date) -> dict[int, tuple[int, State]]:
    """Who goes to which elder on a day."""
    async with home.stage.database.read() as tx:
        rows = await tx.scalars(
            select(Assignment).where(
                Assignment.day == day, Assignment.state.in_((State.OFFERED, State.ACCEPTED))
            )
        )
        return {one.elder_id: (one.volunteer_id, one.state) for one in rows}


async def number(home: Street, name: str) -> int:
    return (await home.stage.member(getattr(home, name))).id


async def viewer_of(home: Street) -> Viewer:
    boss = await home.stage.member(home.boss)
    return Viewer(boss.id, boss.community_id, frozenset({Role.SUPERVISOR}))


def labels(message: Message) -> list[str]:
    return [one.label for row in message.rows for one in row]


async def ask(home: Street, what: str = "请王老师替我去") -> None:
    """陈同学 asks 王老师 to go to 王桂芳 on Monday."""
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visit:1")
    await home.stage.tap(home.chen, "swap_ask")
    await home.stage.tap(home.chen, "swap_with")
    await home.stage.tap(home.chen, what)


async def test_one_message_asks_and_a_yes_changes_everybodys_lists(home: Street) -> None:
    await home.stage.say(home.wang, "/visits")
    shown = home.stage.last(home.wang).id
    before = len(home.stage.chat(home.wang))
    await ask(home)
    assert len(home.stage.chat(home.wang)) == before + 1
    asked = home.stage.last(home.wang)
    for fact in ("陈同学想请您替去一次", "4月13日", "王桂芳", "12号楼"):
        assert fact in asked.text
    await home.stage.tap(home.wang, "swap_yes")
    wang = await number(home, "wang")
    assert (await live(home, MONDAY))[1] == (wang, State.ACCEPTED)
    [theirs] = [one for one in home.stage.chat(home.wang) if one.id == shown]
    assert "4月13日 周一 上午 王桂芳" in theirs.text
    assert "您去，谢谢您" in home.about(home.wang, "想请您替去一次").text
    assert "王老师替您去" in home.stage.last(home.chen).text
    assert "王桂芳" not in (await home.stage.say(home.chen, "/visits")).text
    assert "周一 上午 王桂芳 ← 王老师" in home.about(home.li, "上门探访安排").text


async def test_in_exchange_both_visits_change_hands_at_once(home: Street) -> None:
    await ask(home, "我换去 赵大爷")
    assert "陈同学替您去" in home.stage.last(home.wang).text
    await home.stage.tap(home.wang, "swap_yes")
    chen, wang = await number(home, "chen"), await number(home, "wang")
    assert (await live(home, MONDAY))[1] == (wang, State.ACCEPTED)
    assert chen in {who for who, _ in (await live(home, WEDNESDAY)).values()}
    assert "您换去" in home.stage.last(home.chen).text
    states = [one.state for one in await home.visits()]
    assert states.count(State.DROPPED) == 2
    assert states.count(State.ACCEPTED) == 2


async def test_no_is_told_and_the_same_person_is_not_asked_again(home: Street) -> None:
    await ask(home)
    await home.stage.tap(home.wang, "swap_no")
    assert "没关系" in home.about(home.wang, "想请您替去一次").text
    told = home.stage.last(home.chen)
    assert "王老师去不了" in told.text
    await home.stage.tap(home.chen, "再问别人")
    shown = home.stage.last(home.chen)
    assert "✖️ 王老师去不了" in shown.text
    assert not any("王老师" in one for one in labels(shown))
    wang = await number(home, "wang")
    await home.forge(home.chen, f"swap_send:1:{wang}:0")
    assert len(await questions(home)) == 1


async def test_the_first_yes_counts_and_the_other_reads_who_goes(home: Street) -> None:
    liu = await home.stage.person("刘阿姨", Role.VOLUNTEER)
    await home.stage.elder("孙奶奶")
    await home.stage.pair(home.li, [liu], ["孙奶奶"])
    await ask(home)
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visit:1")
    await home.stage.tap(home.chen, "swap_ask")
    assert "刘阿姨（别的结对）" in labels(home.stage.last(home.chen))
    await home.stage.tap(home.chen, "刘阿姨")
    await home.stage.tap(home.chen, "请刘阿姨替我去")
    asked = home.stage.last(liu)
    # Of another pairing: initials until the visit is theirs.
    assert "王桂芳" not in asked.text
    assert "WGF" in asked.text
    await home.stage.tap(home.wang, "swap_yes")
    assert "这件事已经定了" in home.stage.last(liu).text
    press = home.stage.phones.press(liu, asked.id, "swap_yes:2", stale=True)
    await home.stage.settle()
    assert "王老师" in str(press.text)
    assert [one.state for one in await questions(home)] == [Question.ACCEPTED, Question.WITHDRAWN]


async def test_a_yes_delivered_twice_changes_hands_once(home: Street) -> None:
    await ask(home)
    asked = home.stage.last(home.wang)
    for _ in range(2):
        home.stage.phones.press(home.wang, asked.id, "swap_yes:1", stale=True)
    await home.stage.settle()
    assert sum(one.state is State.ACCEPTED for one in await home.visits()) == 1


async def test_leave_since_the_question_is_seen_at_the_answer(home: Street) -> None:
    await ask(home)
    async with home.stage.database.write() as tx:
        member = await home.stage.member(home.wang)
        await leave.add(tx, home.stage.clock.now(), member, MONDAY, MONDAY, None)
    toast = await home.stage.tap(home.wang, "swap_yes")
    assert "来不了" in str(toast)
    assert (await live(home, MONDAY))[1][0] == await number(home, "chen")


async def test_who_may_not_come_is_not_offered_and_nobody_learns_why(home: Street) -> None:
    wang = await number(home, "wang")
    async with home.stage.database.write() as tx:
        elder = await elders.named(tx, home.stage.station.id, "王桂芳")
        now, boss = home.stage.clock.now(), await viewer_of(home)
        await wishes.put(tx, now, boss, elder, Kind.NOT_PERSON, on=True, member_id=wang)
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visit:1")
    await home.stage.tap(home.chen, "swap_ask")
    assert "没有别人有空" in home.stage.last(home.chen).text
    await home.forge(home.chen, f"swap_send:1:{wang}:0")
    assert await questions(home) == []


async def test_a_full_week_can_still_be_exchanged(home: Street) -> None:
    async with home.stage.database.write() as tx:
        said = await tx.get_one(Volunteer, await number(home, "wang"))
        said.most_visits, said.half_days = 2, list(HALF_DAYS)
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visit:1")
    await home.stage.tap(home.chen, "swap_ask")
    await home.stage.tap(home.chen, "swap_with")
    shown = labels(home.stage.last(home.chen))
    assert not any("替我去" in one for one in shown)
    assert any("我换去" in one for one in shown)


async def test_a_question_ends_when_the_visit_begins_and_whoever_asked_is_told(
    home: Street,
) -> None:
    await ask(home)
    await home.stage.at("2026-04-13 09:00")
    assert [one.state for one in await questions(home)] == [Question.EXPIRED]
    assert "这件事已经定了" in home.about(home.wang, "想请您替去一次").text
    assert "还是您去" in home.about(home.chen, "王老师没有回答").text
    await home.forge(home.wang, "swap_yes:1")
    assert (await live(home, MONDAY))[1][0] == await number(home, "chen")


async def test_a_visit_that_changes_withdraws_the_question(home: Street) -> None:
    """Whoever changes it: here the volunteer declines after all."""
    await ask(home)
    await home.stage.tap(home.chen, "visit:1")
    await home.forge(home.chen, "visit_no:1:ill")
    await home.forge(home.wang, "swap_yes:1")
    assert (await live(home, MONDAY)).get(1) is None
    await home.stage.at("2026-04-12 18:10")
    assert [one.state for one in await questions(home)] == [Question.WITHDRAWN]
    assert "这件事已经定了" in home.about(home.wang, "想请您替去一次").text
    assert not home.says(home.chen, "没有回答")


async def test_an_offered_visit_that_is_gone_is_told_to_whoever_asked(home: Street) -> None:
    await ask(home, "我换去 赵大爷")
    async with home.stage.database.write() as tx:
        [back] = await tx.scalars(select(Swap.back_id))
        visit = await tx.get_one(Assignment, back)
        visit.state = State.DROPPED
        visit.reason = "hospital"
    await home.stage.at("2026-04-12 18:10")
    assert "不再问王老师" in home.stage.last(home.chen).text


async def test_taking_the_question_back_closes_it_where_it_stands(home: Street) -> None:
    await ask(home)
    await home.stage.tap(home.chen, "swap_back")
    assert "这件事已经定了" in home.about(home.wang, "想请您替去一次").text
    await home.forge(home.wang, "swap_yes:1")
    assert (await live(home, MONDAY))[1][0] == await number(home, "chen")


async def test_after_an_exit_the_question_names_nobody(home: Street) -> None:
    await ask(home)
    async with home.stage.database.write() as tx:
        elder = await elders.named(tx, home.stage.station.id, "王桂芳")
        boss = await viewer_of(home)
        await exits.leave_care(tx, home.stage.clock.now(), boss, elder.id, Gone.DIED)
    await home.stage.at("2026-04-12 18:10")
    assert not home.says(home.wang, "替去一次")


@pytest.mark.parametrize(
    "data",
    [
        "swap_ask:3:0",
        "swap_with:3:4",
        "swap_send:3:4:0",
        "swap_yes:1",
        "swap_no:1",
        "swap_ask:99:0",
    ],
)
async def test_a_forged_button_reads_not_available_and_changes_nothing(
    home: Street, data: str
) -> None:
    """Visit 3 is the other volunteer's, and the question is put to the other one."""
    await ask(home)
    assert await home.forge(home.chen, data) == NOT_YOURS
    assert [one.state for one in await questions(home)] == [Question.ASKED]


@pytest.mark.parametrize("data", ["swap_back:1", "swap_send:1:4:0"])
async def test_nobody_asks_or_takes_back_for_somebody_else(home: Street, data: str) -> None:
    await ask(home)
    assert await home.forge(home.wang, data) == NOT_YOURS
    assert len(await questions(home)) == 1


async def test_a_visit_under_way_cannot_be_given_away(home: Street) -> None:
    home.stage.clock.set(local("2026-04-13 09:01"))
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visit:1")
    assert not any("请别人替我去" in one for one in labels(home.stage.last(home.chen)))
    await home.forge(home.chen, "swap_ask:1:0")
    assert await questions(home) == []
