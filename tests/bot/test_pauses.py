"""Pauses: begun in a few taps, ended, made longer; what families tell; nobody goes for nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.playground.records import Person
from care.access import Role
from care.pauses import Why
from care.visits import State
from storage.tables import Assignment, Audit, Outbox, Pause, Post
from tests.bot.crowd import Crowd, crowd
from tests.street import NOT_YOURS, Street, street

WANG = "王桂芳"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as found:
        yield found


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        yield found


async def pauses_of(town: Crowd) -> list[Pause]:
    async with town.stage.database.read() as tx:
        return list(await tx.scalars(select(Pause).order_by(Pause.id)))


def labels(town: Crowd, person: Person) -> list[str]:
    return [one.label for row in town.stage.last(person).rows for one in row]


async def card(town: Crowd, person: Person) -> None:
    await town.stage.say(person, "/elders")
    await town.stage.tap(person, WANG)


async def pause_until(
    town: Crowd, person: Person, when: str, why: str = "in hospital", first: str = "Today"
) -> None:
    """Through the elder's card; `when` and `first` are buttons' labels."""
    await card(town, person)
    await town.stage.tap(person, "pause_ask")
    await town.stage.tap(person, why)
    await town.stage.tap(person, first)
    await town.stage.tap(person, when)
    await town.stage.tap(person, "⏸ Pause ")


async def test_a_pause_takes_five_taps_and_the_card_says_until_when(town: Crowd) -> None:
    await pause_until(town, town.li, "In 3 days")
    said = town.stage.last(town.li).text
    assert "王桂芳: paused until Sun 12 Apr" in said
    assert "Nobody will call or visit until then." in said
    [row] = await pauses_of(town)
    assert (str(row.first_day), str(row.until), row.why) == (
        "2026-04-09", "2026-04-12", Why.HOSPITAL,
    )  # fmt: skip
    await card(town, town.li)
    assert "⏸ Paused until Sun 12 Apr (in hospital)" in town.stage.last(town.li).text
    assert {"🏠 Back today", "Stays longer…"} <= set(labels(town, town.li))


async def test_until_the_return_date_they_are_on_no_list_and_then_they_are_again(
    town: Crowd,
) -> None:
    await town.stage.at("08:30")
    morning = town.stage.last(town.li)
    assert WANG in morning.text
    await pause_until(town, town.li, "In 3 days")
    assert WANG not in next(one for one in town.stage.chat(town.li) if one.id == morning.id).text
    await town.stage.at("2026-04-11 08:30")
    assert WANG not in (await town.stage.say(town.li, "/calls")).text
    await town.stage.at("2026-04-12 08:30")
    assert WANG in (await town.stage.say(town.li, "/calls")).text


async def test_a_return_date_can_be_typed_and_a_day_that_is_over_is_asked_again(
    town: Crowd,
) -> None:
    await card(town, town.li)
    await town.stage.tap(town.li, "pause_ask")
    await town.stage.tap(town.li, "with family")
    await town.stage.tap(town.li, "Today")
    for wrong in ("4-9", "4-8", "soon", "4-10 4-12", "2-30"):
        assert "one later day" in (await town.stage.say(town.li, wrong)).text
    await town.stage.say(town.li, "4月20日")
    assert "Mon 20 Apr" in town.stage.last(town.li).text
    assert not await pauses_of(town)
    await town.stage.tap(town.li, "Pause until")
    assert [str(one.until) for one in await pauses_of(town)] == ["2026-04-20"]


async def test_back_today_owes_them_from_now_on(town: Crowd) -> None:
    await pause_until(town, town.li, "In a week")
    await town.stage.at("2026-04-11 10:00")
    await card(town, town.li)
    answer = await town.stage.tap(town.li, "pause_end")
    assert answer == "王桂芳 is back on the lists today."
    assert "Paused" not in town.stage.last(town.li).text
    assert WANG in (await town.stage.say(town.li, "/calls")).text
    [row] = await pauses_of(town)
    assert row.ended_by == (await town.stage.member(town.li)).id


async def test_stays_longer_counts_from_the_date_that_stood(town: Crowd) -> None:
    await pause_until(town, town.li, "In 3 days")
    await card(town, town.li)
    await town.stage.tap(town.li, "pause_longer")
    await town.stage.say(town.li, "4-12")
    assert "one later day" in town.stage.last(town.li).text
    await town.stage.tap(town.li, "A week later")
    assert "paused until Sun 19 Apr" in town.stage.last(town.li).text
    assert [str(one.until) for one in await pauses_of(town)] == ["2026-04-19"]


async def test_two_of_the_staff_pause_once(town: Crowd) -> None:
    for one in (town.li, town.boss):
        await card(town, one)
        await town.stage.tap(one, "pause_ask")
        await town.stage.tap(one, "in hospital")
        await town.stage.tap(one, "Today")
        await town.stage.tap(one, "In a week")
    await town.stage.tap(town.li, "Pause until")
    await town.stage.tap(town.boss, "Pause until")
    assert len(await pauses_of(town)) == 1
    await card(town, town.boss)
    await town.stage.tap(town.boss, "pause_ask")
    assert "paused until" in town.stage.last(town.boss).text


async def test_in_hospital_as_the_outcome_of_a_call_offers_the_pause(town: Crowd) -> None:
    for why in ("in hospital", "away with family"):
        await town.stage.say(town.li, "/calls")
        await town.stage.tap(town.li, WANG)
        await town.stage.tap(town.li, "not possible")
        await town.stage.tap(town.li, why)
        assert "Paused, nobody calls or visits." in town.stage.last(town.li).text
    await town.stage.tap(town.li, "pause_ask")
    assert "Where is 王桂芳?" in town.stage.last(town.li).text


async def test_another_reason_offers_nothing(town: Crowd) -> None:
    await town.stage.say(town.li, "/calls")
    await town.stage.tap(town.li, WANG)
    await town.stage.tap(town.li, "not possible")
    await town.stage.tap(town.li, "the number is wrong")
    assert not any("Paused, nobody" in one for one in town.texts(town.li))


async def test_the_ladder_stops_for_somebody_who_is_paused_in_the_afternoon(town: Crowd) -> None:
    await town.stage.at("15:00")
    assert any("has not been reached" in one for one in town.texts(town.chen))
    await pause_until(town, town.li, "In a week")
    before = town.sent(town.boss), town.sent(town.chen)
    await town.stage.at("17:00")
    await town.stage.at("18:00")
    assert (town.sent(town.boss), town.sent(town.chen)) == before


async def first_day(home: Street, who: Person, first: str) -> None:
    """As it is written; today when it is not."""
    if first:
        await home.stage.say(who, first)
    else:
        await home.stage.tap(who, "今天")


async def paused(home: Street, until: str, first: str = "") -> None:
    """李敏 pauses 王桂芳, in Chinese."""
    await home.stage.say(home.li, "/elders")
    await home.stage.tap(home.li, WANG)
    await home.stage.tap(home.li, "pause_ask")
    await home.stage.tap(home.li, "住院了")
    await first_day(home, home.li, first)
    await home.stage.say(home.li, until)
    await home.stage.tap(home.li, "暂停")


async def test_visits_within_the_pause_are_off_and_only_the_next_ones_are_worth_a_message(
    home: Street,
) -> None:
    await home.published()
    before = {one.id: home.stage.chat(one) for one in (home.chen, home.wang)}
    await paused(home, "4-20")
    visits = [one for one in await home.visits() if one.elder_id == 1]
    assert {(one.state, one.reason) for one in visits} == {(State.DROPPED, "paused")}
    new = home.stage.last(home.chen)
    assert len(home.stage.chat(home.chen)) == len(before[home.chen.id]) + 1
    for words in ("不用去了", WANG, "4月13日"):
        assert words in new.text
    assert "住院" not in new.text
    assert len(home.stage.chat(home.wang)) == len(before[home.wang.id])
    assert not any(WANG in one.text for one in home.stage.chat(home.wang))


async def test_drafts_within_the_pause_are_dropped_and_nobody_hears_of_them(
    home: Street,
) -> None:
    await home.published()
    async with home.stage.database.write() as tx:
        await tx.execute(update(Assignment).values(state=State.DRAFT))
    before = len(home.stage.chat(home.chen))
    await paused(home, "4-20")
    for one in await home.visits():
        assert one.state is (State.DROPPED if one.elder_id == 1 else State.DRAFT)
    assert len(home.stage.chat(home.chen)) == before


async def test_a_week_that_is_planned_later_leaves_the_paused_days_free(home: Street) -> None:
    await home.can_come(home.chen)
    await paused(home, "4-16")
    await home.published()
    days = sorted(str(one.day) for one in await home.visits() if one.elder_id == 1)
    assert days
    assert min(days) >= "2026-04-16"


async def test_the_family_was_told_of_a_visit_and_reads_that_it_is_off(home: Street) -> None:
    await home.published()
    await home.stage.at("2026-04-12 19:00")
    assert "明天上午" in home.stage.last(home.daughter).text
    await paused(home, "4-20")
    assert "不上门看望王桂芳" in home.stage.last(home.daughter).text


async def family_tells(home: Street, first: str = "") -> None:
    await home.stage.say(home.daughter, "/elder")
    await home.stage.tap(home.daughter, "pause_tell")
    await home.stage.tap(home.daughter, "住院了")
    await first_day(home, home.daughter, first)
    await home.stage.say(home.daughter, "4-20")
    await home.stage.tap(home.daughter, "告诉服务站")


async def test_what_a_family_tells_is_a_question_to_the_staff_and_no_pause(home: Street) -> None:
    await family_tells(home)
    assert "服务站会在这里答复您" in home.stage.last(home.daughter).text
    asked = home.stage.last(home.li).text
    for words in ("王小雨", WANG, "4月20日", "住院了"):
        assert words in asked
    async with home.stage.database.read() as tx:
        assert await tx.scalar(select(Pause)) is None
        audit = await tx.scalar(select(Audit).where(Audit.action == "pause_asked"))
    assert audit is not None
    assert audit.member_id == (await home.stage.member(home.daughter)).id


async def test_yes_makes_it_a_pause_and_the_family_hears_so_once(home: Street) -> None:
    await family_tells(home)
    await home.stage.tap(home.li, "pause_grant")
    assert "李敏已设为暂停" in home.stage.last(home.li).text
    told = home.stage.last(home.daughter).text
    assert "不给王桂芳打电话，也不上门" in told
    async with home.stage.database.read() as tx:
        row = await tx.scalar(select(Pause))
    assert row is not None
    assert (str(row.until), row.by_id) == ("2026-04-20", (await home.stage.member(home.li)).id)
    await home.stage.say(home.daughter, "/elder")
    assert "之前不打电话、不上门" in home.stage.last(home.daughter).text
    assert sum("也不上门" in one.text for one in home.stage.chat(home.daughter)) == 1


async def test_no_leaves_everything_as_it_was_and_says_so(home: Street) -> None:
    await family_tells(home)
    await home.stage.tap(home.li, "pause_refuse")
    assert "李敏没有同意" in home.stage.last(home.li).text
    assert "照常" in home.stage.last(home.daughter).text
    assert await home.forge(home.li, "pause_grant:1") is not None
    async with home.stage.database.read() as tx:
        assert await tx.scalar(select(Pause)) is None


async def test_nobody_else_pauses_tells_or_answers(home: Street) -> None:
    await family_tells(home)
    async with home.stage.database.read() as tx:
        number = await tx.scalar(select(Audit.id).where(Audit.action == "pause_asked"))
    for who in (home.chen, home.wang):
        await home.stage.say(who, "/menu")
        for data in ("pause_ask:1", "pause_tell:1", f"pause_grant:{number}", "exit:1:died"):
            assert await home.forge(who, data) == NOT_YOURS
    await home.stage.say(home.daughter, "/menu")
    for data in ("pause_ask:1", "pause_tell:2", f"pause_grant:{number}", f"pause_refuse:{number}"):
        assert await home.forge(home.daughter, data) == NOT_YOURS
    await paused(home, "4-20")
    await home.stage.say(home.daughter, "/menu")
    for data in ("pause_end:1", "pause_longer:1", "pause_back:1:2026-04-20"):
        assert await home.forge(home.daughter, data) == NOT_YOURS


async def test_made_up_buttons_change_nothing(home: Street) -> None:
    await home.stage.say(home.li, "/menu")
    for data in ("pause_ask:x", "pause_ask", "pause_grant:1", "pause_back:1:soon", "exit:1:gone"):
        assert await home.forge(home.li, data) is not None
    async with home.stage.database.read() as tx:
        assert await tx.scalar(select(Pause)) is None
        assert not list(await tx.scalars(select(Outbox).where(Outbox.state == Post.REFUSED)))


async def test_an_elder_who_is_paused_is_not_asked_how_they_are(home: Street) -> None:
    granny = await home.stage.person("王桂芳本人", Role.ELDER, elder=WANG)
    await paused(home, "4-11")
    before = len(home.stage.chat(granny))
    await home.stage.at("2026-04-10 08:00")
    assert len(home.stage.chat(granny)) == before
    await home.stage.at("2026-04-11 08:00")
    assert len(home.stage.chat(granny)) == before + 1


async def test_who_is_paused_meanwhile_is_not_asked_about_again(town: Crowd) -> None:
    await town.stage.say(town.li, "/calls")
    await town.stage.tap(town.li, WANG)
    await town.stage.tap(town.li, "no answer")
    await pause_until(town, town.li, "In a week")
    await town.stage.at("08:31")
    assert not any("did not answer at" in one for one in town.texts(town.li))


async def test_a_pause_of_next_week_leaves_everything_owed_until_it_begins(town: Crowd) -> None:
    await card(town, town.li)
    await town.stage.tap(town.li, "pause_ask")
    await town.stage.tap(town.li, "travelling")
    for wrong in ("4-8", "soon", "4-13 4-14", "2-30"):
        assert "today or later" in (await town.stage.say(town.li, wrong)).text
    await town.stage.say(town.li, "4-13")
    await town.stage.tap(town.li, "After 3 days")
    assert "from Mon 13 Apr until Thu 16 Apr?" in town.stage.last(town.li).text
    await town.stage.tap(town.li, "Pause from")
    said = town.stage.last(town.li)
    assert "paused from Mon 13 Apr until Thu 16 Apr" in said.text
    assert "Until Mon 13 Apr everything goes on as usual." in said.text
    for day, owed in (("09", True), ("12", True), ("13", False), ("15", False), ("16", True)):
        await town.stage.at(f"2026-04-{day} 08:30")
        assert (WANG in (await town.stage.say(town.li, "/calls")).text) is owed, day


async def test_the_day_before_it_begins_is_escalated_like_any_other(town: Crowd) -> None:
    await pause_until(town, town.li, "After a week", first="Tomorrow")
    await town.stage.at("17:00")
    assert any("not been reached today" in one for one in town.texts(town.boss))


async def test_days_that_are_paused_already_are_refused_by_their_dates(town: Crowd) -> None:
    await pause_until(town, town.li, "After 3 days", first="Tomorrow")
    await card(town, town.boss)
    assert "⏸ Paused from Fri 10 Apr until Mon 13 Apr" in town.stage.last(town.boss).text
    await town.stage.tap(town.boss, "pause_ask")
    await town.stage.tap(town.boss, "in hospital")
    await town.stage.tap(town.boss, "Today")
    await town.stage.tap(town.boss, "In a week")
    toast = await town.stage.tap(town.boss, "Pause until")
    assert toast == "Paused from Fri 10 Apr until Mon 13 Apr already. Change that pause instead."
    assert "🏠 Not away after all" in labels(town, town.boss)
    assert len(await pauses_of(town)) == 1
    await pause_until(town, town.boss, "Tomorrow")
    assert [str(one.first_day) for one in await pauses_of(town)] == ["2026-04-10", "2026-04-09"]


async def test_a_pause_is_not_made_longer_into_the_next_one(town: Crowd) -> None:
    await pause_until(town, town.li, "After a week", first="The day after tomorrow")
    await pause_until(town, town.li, "Tomorrow")
    await card(town, town.li)
    await town.stage.tap(town.li, "pause_longer")
    toast = await town.stage.tap(town.li, "3 days later")
    assert toast == "Paused from Sat 11 Apr until Sat 18 Apr already. Change that pause instead."
    assert str((await pauses_of(town))[1].until) == "2026-04-10"


async def test_not_away_after_all(town: Crowd) -> None:
    await pause_until(town, town.li, "After 3 days", first="Tomorrow")
    await card(town, town.li)
    toast = await town.stage.tap(town.li, "Not away after all")
    assert toast == "Everything goes on as usual for 王桂芳."
    assert "Paused" not in town.stage.last(town.li).text
    await town.stage.at("2026-04-10 08:30")
    listed = (await town.stage.say(town.li, "/calls")).text
    assert WANG in listed
    assert "hospital" not in listed


async def test_only_the_visits_within_a_pause_to_come_are_off(home: Street) -> None:
    await home.published()
    days = sorted(one.day for one in await home.visits() if one.elder_id == 1)
    assert len(days) == 2
    before = len(home.stage.chat(home.chen))
    await paused(home, "4-20", f"{days[1].month}-{days[1].day}")
    states = {one.day: one.state for one in await home.visits() if one.elder_id == 1}
    assert states[days[1]] is State.DROPPED
    assert states[days[0]] is not State.DROPPED
    assert len(home.stage.chat(home.chen)) == before, "it is not tomorrow's"


async def test_a_family_tells_of_a_trip_next_week_and_the_staff_grants_it(home: Street) -> None:
    await family_tells(home, "4-13")
    assert "4月13日 周一 出门，4月20日 周一 回来" in home.stage.last(home.li).text
    await home.stage.tap(home.li, "pause_grant")
    assert (
        "从 4月13日 周一 起，4月20日 周一 之前不给王桂芳打电话"
        in home.stage.last(home.daughter).text
    )
    async with home.stage.database.read() as tx:
        row = await tx.scalar(select(Pause))
    assert row is not None
    assert (str(row.first_day), str(row.until)) == ("2026-04-13", "2026-04-20")
    await home.stage.say(home.daughter, "/elder")
    assert "从 4月13日 周一 起" in home.stage.last(home.daughter).text


async def test_what_a_family_told_for_a_day_that_has_come_begins_when_it_is_granted(
    home: Street,
) -> None:
    await family_tells(home, "4-10")
    await home.stage.at("2026-04-12 10:00")
    await home.stage.tap(home.li, "pause_grant")
    async with home.stage.database.read() as tx:
        row = await tx.scalar(select(Pause))
    assert row is not None
    assert str(row.first_day) == "2026-04-12"


async def test_a_family_tells_of_days_that_are_paused_already(home: Street) -> None:
    await paused(home, "4-16", "4-12")
    await family_tells(home, "4-15")
    said = home.stage.last(home.li)
    assert "4月12日 周日 到 4月16日 周四 已经设了暂停" in said.text
    assert "🏠 不走了" in [one.label for row in said.rows for one in row]
