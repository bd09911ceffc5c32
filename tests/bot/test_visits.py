"""A volunteer's visits in chat: the week arrives, yes or no, at the door, the honest ways out."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from care.calls import Kind, Outcome, Reason
from care.elders import Tier
from care.visits import State
from storage import elders
from storage.elders import Decision, change_tier
from storage.tables import FollowUp
from tests.stage import local
from tests.street import ADDRESS, MONDAY, NOT_YOURS, PHONE, Street, street

FINE = ("good", "-", "-", "-", "-", "-")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        yield found


async def test_the_week_arrives_in_one_message_without_address_or_phone(home: Street) -> None:
    before = len(home.stage.chat(home.chen))
    await home.published()
    assert len(home.stage.chat(home.chen)) == before + 1
    text = home.stage.last(home.chen).text
    assert "周一 上午 王桂芳 · 12号楼" in text
    assert ADDRESS not in text
    assert PHONE not in text


async def test_all_are_accepted_with_one_tap_and_the_staff_see_it_in_place(home: Street) -> None:
    await home.published()
    await home.stage.tap(home.chen, "visits_yes")
    assert [one.state for one in await home.visits() if one.day == date(2026, 4, 13)] == [
        State.ACCEPTED,
        State.ACCEPTED,
    ]
    assert "已答应 2" in home.stage.last(home.li).text
    assert "已答应 2" in home.stage.last(home.boss).text


async def test_a_tap_delivered_again_accepts_nothing_more(home: Street) -> None:
    await home.published()
    message = home.stage.last(home.chen)
    data = message.rows[0][0].data
    for _ in range(2):
        home.stage.phones.press(home.chen, message.id, data, stale=True)
    await home.stage.settle()
    assert sum(one.state is State.ACCEPTED for one in await home.visits()) == 2


async def test_no_needs_a_reason_and_the_social_worker_hears_who_which_and_why(
    home: Street,
) -> None:
    await home.published()
    await home.stage.tap(home.chen, "visit:1")
    await home.stage.tap(home.chen, "visit_cannot")
    await home.stage.tap(home.chen, "visit_no:1:ill")
    told = home.stage.last(home.li).text
    for fact in ("陈同学去不了", "4月13日", "王桂芳", "我病了"):
        assert fact in told
    assert "缺 1 次探访（陈同学去不了）" in home.about(home.li, "上门探访安排").text


async def test_declining_twice_tells_the_social_worker_once(home: Street) -> None:
    await home.published()
    await home.stage.tap(home.chen, "visit:1")
    for _ in range(2):
        await home.forge(home.chen, "visit_no:1:ill")
    assert sum("去不了。" in one.text for one in home.stage.chat(home.li)) == 1


async def test_an_answer_after_the_day_is_over_is_too_late(home: Street) -> None:
    await home.published()
    home.stage.clock.set(local("2026-04-14 00:01"))
    await home.forge(home.chen, "visit_yes:1")
    await home.forge(home.chen, "visit_no:1:ill")
    assert (await home.visits())[0].state is State.OFFERED


@pytest.mark.parametrize(
    "data",
    [
        "visit:3",
        "visit_yes:3",
        "visit_cannot:3",
        "visit_no:3:ill",
        "visit_where:3",
        "sign_in:3",
        "report:3",
        "visit_why:3",
        "visit_not:3:other",
        "visit:99999",
        "week_visit:1",
        "week_yes:1",
        "week_no:1",
        "week_drop:1",
        "week_dropped:1:other",
        "week_give:1:4",
        "week_show:2026-04-13",
        "week_plan:2026-04-13",
    ],
)
async def test_a_forged_button_reads_not_available_and_changes_nothing(
    home: Street, data: str
) -> None:
    """Visit 3 is the other volunteer's; absent and forbidden read the same."""
    await home.published()
    before = [(one.state, one.reason) for one in await home.visits()]
    assert await home.forge(home.chen, data) == NOT_YOURS
    assert [(one.state, one.reason) for one in await home.visits()] == before


@pytest.mark.parametrize(
    "data",
    ["visit_no:1:x", "visit_no:x:ill", "visits_yes:x:1", "visit:1:2", "visit_not:1:x", "sign_in:y"],
)
async def test_a_button_made_up_changes_nothing(home: Street, data: str) -> None:
    await home.published()
    await home.forge(home.chen, data)
    assert {one.state for one in await home.visits()} == {State.OFFERED}


async def test_on_the_day_the_address_comes_in_a_message_that_cannot_be_forwarded(
    home: Street,
) -> None:
    await home.on_the_day()
    reminder = home.stage.last(home.chen)
    assert reminder.protected
    for fact in (ADDRESS, PHONE, "敲三下"):
        assert fact in reminder.text
    assert not any(ADDRESS in one.text for one in home.stage.chat(home.wang))
    assert not any(ADDRESS in one.text for one in home.stage.chat(home.chen) if not one.protected)


async def test_the_address_goes_with_the_day_of_a_visit_that_nobody_told_of(home: Street) -> None:
    await home.published()
    await home.stage.at("2026-04-13 08:30")
    assert home.says(home.chen, ADDRESS)
    await home.stage.at("2026-04-14 00:01")
    assert not home.says(home.chen, ADDRESS)


async def test_the_address_on_request_is_a_protected_message_of_its_own(home: Street) -> None:
    await home.on_the_day()
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visit:1")
    assert ADDRESS not in home.stage.last(home.chen).text
    await home.stage.tap(home.chen, "visit_where")
    assert ADDRESS in home.stage.last(home.chen).text
    assert home.stage.last(home.chen).protected


async def test_the_address_is_not_shown_before_the_day(home: Street) -> None:
    await home.published()
    await home.forge(home.chen, "visit_where:1")
    assert not home.says(home.chen, ADDRESS)


async def test_signing_in_before_the_day_is_refused(home: Street) -> None:
    await home.published()
    await home.forge(home.chen, "sign_in:1")
    assert (await home.visits())[0].state is State.OFFERED


async def test_two_taps_on_sign_in_are_one_sign_in_and_one_form(home: Street) -> None:
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    count = len(home.stage.chat(home.chen))
    signed = (await home.visits())[0].signed_in_at
    home.stage.clock.set(local("2026-04-13 08:45"))
    await home.forge(home.chen, "sign_in:1")
    assert len(home.stage.chat(home.chen)) == count
    assert (await home.visits())[0].signed_in_at == signed


async def test_the_form_in_a_few_taps_is_a_contact_with_hours_and_the_address_goes(
    home: Street,
) -> None:
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    home.stage.clock.set(local("2026-04-13 09:20"))
    await home.answer(*FINE)
    [contact] = await home.contacts()
    assert (contact.kind, contact.outcome) == (Kind.VISIT, Outcome.FINE)
    assert contact.happened_at == local(MONDAY)
    visit = (await home.visits())[0]
    assert visit.state is State.DONE
    assert visit.signed_out_at == local("2026-04-13 09:20")
    assert not home.says(home.chen, ADDRESS)


async def test_health_is_the_one_question_that_cannot_be_passed_over(home: Street) -> None:
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    labels = [one.data for row in home.stage.last(home.chen).rows for one in row]
    assert not any((one or "").endswith(":-") for one in labels)


async def test_a_form_that_was_stopped_can_be_taken_up_again(home: Street) -> None:
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    await home.stage.say(home.chen, "/cancel")
    await home.stage.tap(home.chen, "report:1")
    await home.answer(*FINE)
    assert (await home.visits())[0].state is State.DONE


async def test_a_worrying_report_reaches_the_social_worker_at_once(home: Street) -> None:
    await home.on_the_day()
    await home.report("bad", "fair", "-", "-", "0")
    await home.stage.say(home.chen, "吃得很少")
    await home.answer("all")
    told = home.stage.last(home.li)
    for fact in ("王桂芳的情况请您关注", "身体：😟 让人担心", "吃得很少", PHONE, "陈同学"):
        assert fact in told.text
    assert "心情" not in told.text
    assert (await home.contacts())[0].outcome is Outcome.FOLLOW_UP
    async with home.stage.database.read() as tx:
        [follow_up] = await tx.scalars(select(FollowUp))
    assert follow_up.contact_id == (await home.contacts())[0].id


async def test_what_was_written_at_the_door_can_be_corrected_by_who_wrote_it(home: Street) -> None:
    await home.on_the_day()
    await home.report(*FINE)
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visit:1")
    await home.stage.tap(home.chen, "更正我写的")
    for answer in ("✏️ 结果", "未接", "按错了按钮"):
        await home.stage.tap(home.chen, answer)
    assert "陈同学：✅ 平安 → 📵 未接。原因：按错了按钮" in home.stage.last(home.chen).text
    assert (await home.contacts())[0].outcome is Outcome.NO_ANSWER


async def test_a_good_report_disturbs_nobody(home: Street) -> None:
    await home.on_the_day()
    before = len(home.stage.chat(home.li))
    await home.report(*FINE)
    assert len(home.stage.chat(home.li)) == before


async def test_a_need_becomes_an_errand_in_one_tap(home: Street) -> None:
    await home.on_the_day()
    await home.report("good", "-", "-", "-", "1", "-")
    assert "王桂芳有事要代办" in home.stage.last(home.li).text
    await home.stage.tap(home.chen, "errand_at:1")
    assert await home.stage.tap(home.chen, "answer") != NOT_YOURS


async def test_the_next_visitor_reads_the_remark_of_the_last_one(home: Street) -> None:
    await home.on_the_day()
    await home.report("good", "-", "-", "-", "-")
    await home.stage.say(home.chen, "门铃坏了，请敲窗")
    await home.answer("all")
    await home.stage.tap(home.wang, "visits_yes")
    await home.stage.at("2026-04-15 08:30")
    assert "门铃坏了，请敲窗" in home.stage.last(home.wang).text


async def test_could_not_visit_is_an_attempt_and_not_a_contact(home: Street) -> None:
    await home.on_the_day()
    await home.report("no_visit", "no_answer")
    [contact] = await home.contacts()
    assert contact.outcome is Outcome.NO_ANSWER
    assert (await home.visits())[0].state is State.NOT_POSSIBLE
    told = home.stage.last(home.li).text
    assert "陈同学没能探访" in told
    assert "没人开门" in told
    assert not home.says(home.chen, ADDRESS)


async def test_not_possible_keeps_its_reason_and_is_written_once(home: Street) -> None:
    await home.on_the_day()
    for _ in range(2):
        await home.forge(home.chen, "visit_not:1:hospital")
    [contact] = await home.contacts()
    assert (contact.outcome, contact.reason) == (Outcome.NOT_POSSIBLE, Reason.HOSPITAL)


async def test_a_visit_of_yesterday_may_be_told_of_and_counts_for_yesterday(home: Street) -> None:
    await home.on_the_day()
    await home.stage.at("2026-04-14 09:00")
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visit:1")
    await home.report(*FINE)
    [contact] = await home.contacts()
    assert contact.day == date(2026, 4, 13)
    assert contact.recorded_at == local("2026-04-14 09:00")
    visit = (await home.visits())[0]
    assert (visit.signed_in_at, visit.signed_out_at) == (None, None)


async def test_a_visit_of_the_day_before_yesterday_is_too_late(home: Street) -> None:
    await home.on_the_day()
    await home.stage.at("2026-04-15 09:00")
    await home.forge(home.chen, "sign_in:1")
    assert (await home.visits())[0].state is State.ACCEPTED


async def test_visits_are_for_volunteers_alone(home: Street) -> None:
    await home.published()
    assert NOT_YOURS in (await home.stage.say(home.daughter, "/visits")).text
    assert NOT_YOURS in (await home.stage.say(home.li, "/visits")).text


async def test_without_visits_the_list_says_so(home: Street) -> None:
    assert "这几天没有您的探访" in (await home.stage.say(home.chen, "/visits")).text


async def test_a_red_elder_who_was_visited_is_off_the_call_list(home: Street) -> None:
    """One record fills the contact log: the list of the day changes in place."""
    await home.on_the_day()
    async with home.stage.database.write() as tx:
        found = await elders.named(tx, home.stage.station.id, "王桂芳")
        change_tier(tx, home.stage.clock.now(), found, Tier.RED, Decision(None, "fall"))
    await home.stage.say(home.li, "/calls")
    await home.report(*FINE)
    assert "✅" in home.about(home.li, "每日电话清单").text
