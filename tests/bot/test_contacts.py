"""The history of contacts: written down late, moved, corrected, withdrawn; and who may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Message, Person
from care.access import Role
from care.calls import Kind, Outcome
from care.ladder import Alert as AlertKind
from care.ledger import State
from storage import alerts, calls, elders, follow_ups
from storage.calls import Happened
from storage.tables import Contact, ContactChange, Elder, RedDay
from tests.bot.crowd import Crowd, arrive, crowd
from tests.stage import ZONE, local

YESTERDAY = local("2026-04-08 00:00").astimezone(ZONE).date()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    """The next day, with yesterday closed: nobody was called."""
    async with crowd(tmp_path) as made:
        made.stage.station.created_at = local("2026-01-01 08:00")
        async with made.stage.database.write() as tx:
            elder = (await tx.scalars(select(Elder))).one()
            elder.created_at = local("2026-01-01 08:00")
            station = await tx.get_one(type(made.stage.station), made.stage.station.id)
            station.created_at = local("2026-04-08 08:00")
        await made.stage.at("2026-04-09 08:30")
        yield made


async def changes(town: Crowd) -> list[ContactChange]:
    async with town.stage.database.read() as tx:
        return list(await tx.scalars(select(ContactChange).order_by(ContactChange.id)))


async def red_day(town: Crowd) -> RedDay:
    async with town.stage.database.read() as tx:
        return (await tx.scalars(select(RedDay).where(RedDay.day == YESTERDAY))).one()


async def history(town: Crowd, person: Person | None = None) -> Message:
    """Open the history from the elder's card."""
    who = person or town.li
    await town.stage.say(who, "/elders")
    await town.stage.tap(who, "elder")
    await town.stage.tap(who, "contacts")
    return town.stage.last(who)


async def press(town: Crowd, *labels: str, person: Person | None = None) -> str:
    """Press one button after the other; what the last message says."""
    for label in labels:
        await town.stage.tap(person or town.li, label)
    return town.stage.last(person or town.li).text


async def called(town: Crowd, outcome: str = "fine") -> Contact:
    """A call of just now."""
    await town.stage.say(town.li, "/calls")
    await press(town, "call", outcome)
    return (await town.contacts())[-1]


async def open_contact(town: Crowd) -> str:
    await history(town)
    return await press(town, f"contact:{(await town.contacts())[-1].id}")


@pytest.mark.parametrize(
    ("language", "taps", "said"),
    [
        (
            "en",
            ("Enter a contact of the past", "a visit", "yesterday", "afternoon", "✅ fine",
             "陈同学", "Nothing to add"),
            "Wed 8 Apr 15:00 visit ✅ fine — 陈同学 (written down on Thu 9 Apr)",
        ),
        (
            "zh_CN",
            ("补录以前的探访", "上门探访", "昨天", "下午", "✅ 平安", "陈同学", "没有了"),
            "4月8日 周三 15:00 上门探访 ✅ 平安 — 陈同学 （4月9日 周四记下）",
        ),
    ],
)  # fmt: skip
async def test_what_happened_yesterday_and_is_written_down_today_counts_for_yesterday(
    town: Crowd, language: str, taps: tuple[str, ...], said: str
) -> None:
    """Happened and recorded are two times; both are kept, with who wrote it down."""
    assert (await red_day(town)).state is State.MISSED
    await town.stage.speak(language)
    await history(town)
    assert said in await press(town, *taps)
    [contact] = await town.contacts()
    li, chen = await town.stage.member(town.li), await town.stage.member(town.chen)
    assert (contact.by_id, contact.entered_by) == (chen.id, li.id)
    assert (contact.kind, contact.day) == (Kind.VISIT, YESTERDAY)
    assert contact.recorded_at == town.stage.clock.now()
    day = await red_day(town)
    assert (day.closed_as, day.state, day.contact_id) == (State.MISSED, State.MET, contact.id)


async def test_a_picture_of_the_ledger_that_stands_open_follows_a_late_contact(town: Crowd) -> None:
    shown = await town.stage.say(town.boss, "/ledger")
    assert "met 0, missed 1" in shown.text
    before = shown.photo
    await history(town)
    await press(town, "Enter a contact", "a call", "yesterday", "morning", "✅ fine", "I did")
    await town.stage.say(town.li, "asked for the plumber")
    assert "met 1, missed 0" in shown.text
    assert shown.photo != before


async def test_a_late_contact_leaves_today_open_and_takes_yesterday_off_the_list(
    town: Crowd,
) -> None:
    assert "not reached yesterday" in town.stage.last(town.li).text
    await history(town)
    await press(town, "Enter a contact", "a call", "yesterday", "morning", "✅ fine", "I did")
    await town.stage.say(town.li, "asked for the plumber")
    await town.stage.say(town.li, "/calls")
    text = town.stage.last(town.li).text
    assert "1 of 1 still to call" in text
    assert "not reached yesterday" not in text
    [contact] = await town.contacts()
    assert (contact.remark, contact.entered_by) == ("asked for the plumber", None)


@pytest.mark.parametrize(
    ("now", "first", "closed"),
    [("2026-04-15 09:00", "3-1", "2-28"), ("2026-04-16 09:00", "4-1", "3-31")],
)
async def test_last_month_is_open_until_the_fifteenth_of_this_one(
    town: Crowd, now: str, first: str, closed: str
) -> None:
    """A typed day that is closed, or to come, is asked for again; the other answers stay."""
    stage = town.stage
    await stage.at(now)
    for wrong in (closed, "4-30", "soon"):
        await history(town)
        await press(town, "Enter a contact", "a call")
        await stage.say(town.li, wrong)
        if wrong != "soon":
            await press(town, "morning", "✅ fine", "I did", "Nothing to add")
        assert "Please write a day like 4-7" in stage.last(town.li).text
    assert await town.contacts() == []
    await stage.say(town.li, first)
    await press(town, "morning", "✅ fine", "I did", "Nothing to add")
    [contact] = await town.contacts()
    assert f"{contact.day.month}-{contact.day.day}" == first


async def test_a_part_of_today_that_is_to_come_cannot_be_chosen(town: Crowd) -> None:
    await history(town)
    await press(town, "Enter a contact", "a call", "today")
    shown = str(town.stage.last(town.li).rows)
    assert "morning" in shown
    assert "evening" not in shown


async def test_an_emergency_of_days_ago_raises_no_alarm_now(town: Crowd) -> None:
    await history(town)
    await press(
        town, "Enter a contact", "a visit", "yesterday", "morning", "emergency", "陈同学", "Nothing"
    )
    assert (await town.contacts())[0].outcome is Outcome.EMERGENCY
    assert not any("Emergency" in text for text in town.texts(town.boss))


async def test_not_possible_of_the_past_asks_why(town: Crowd) -> None:
    await history(town)
    await press(town, "Enter a contact", "a visit", "yesterday", "morning", "not possible")
    await press(town, "does not want it", "陈同学", "Nothing to add")
    [contact] = await town.contacts()
    assert (contact.outcome, contact.reason) == ("not_possible", "refused")
    assert (await red_day(town)).state is State.MISSED


async def test_a_needed_follow_up_of_the_past_is_due_tomorrow(town: Crowd) -> None:
    await history(town)
    await press(town, "Enter a contact", "a visit", "yesterday", "morning", "follow-up")
    await press(town, "陈同学", "Nothing to add")
    async with town.stage.database.read() as tx:
        elder = await elders.named(tx, town.stage.station.id, "王桂芳")
        [found] = await follow_ups.open_of(tx, elder)
    assert str(found.due) == "2026-04-10"


async def test_without_volunteers_nobody_is_asked_who_did_it(town: Crowd) -> None:
    await town.stage.elder("赵大爷")
    await town.stage.say(town.li, "/elders")
    await press(town, "⚪ 赵大爷", "contacts", "Enter a contact", "a call", "yesterday", "morning")
    await press(town, "✅ fine", "Nothing to add")
    [contact] = await town.contacts()
    assert contact.by_id == (await town.stage.member(town.li)).id


async def test_the_last_button_pressed_twice_writes_one_record(town: Crowd) -> None:
    await history(town)
    await press(town, "Enter a contact", "a call", "yesterday", "morning", "✅ fine", "I did")
    message = town.stage.last(town.li)
    data = str(message.rows[0][0].data)
    town.stage.phones.press(town.li, message.id, data)
    town.stage.phones.press(town.li, message.id, data, stale=True)
    await town.stage.settle()
    assert len(await town.contacts()) == 1


async def test_moved_across_midnight_it_counts_for_the_day_before(town: Crowd) -> None:
    """A call of 23:50 that was logged at 00:10."""
    await town.stage.at("2026-04-09 00:10")
    await called(town)
    assert (await red_day(town)).state is State.MISSED
    await open_contact(town)
    text = await press(town, "📅 Day", "yesterday", "learned more")
    assert "Happened: Wed 8 Apr 00:10, by 李敏" in text
    assert "Thu 9 Apr → Wed 8 Apr. Reason: I learned more later" in text
    [contact] = await town.contacts()
    assert contact.day == YESTERDAY
    assert (await red_day(town)).state is State.MET
    await town.stage.say(town.li, "/calls")
    assert "1 of 1 still to call" in town.stage.last(town.li).text
    await called(town)
    assert len(await town.contacts()) == 2


async def test_moved_to_a_day_that_is_closed_it_stays(town: Crowd) -> None:
    contact = await called(town)
    await open_contact(town)
    await press(town, "📅 Day")
    await town.stage.say(town.li, "2-1")
    assert "Please write a day" in await press(town, "wrong button")
    assert (await town.contacts())[0].day == contact.day
    assert await changes(town) == []
    await town.stage.say(town.li, "4-8")
    assert (await town.contacts())[0].day == YESTERDAY


@pytest.mark.parametrize(
    ("language", "taps", "said"),
    [
        ("en", ("✏️ Outcome", "no answer", "wrong button"),
         "李敏: ✅ fine → 📵 no answer. Reason: pressed the wrong button"),
        ("zh_CN", ("✏️ 结果", "未接", "按错了按钮"), "李敏：✅ 平安 → 📵 未接。原因：按错了按钮"),
    ],
)  # fmt: skip
async def test_a_correction_shows_before_and_after_with_who_when_and_why(
    town: Crowd, language: str, taps: tuple[str, ...], said: str
) -> None:
    await called(town)
    await town.stage.speak(language)
    await open_contact(town)
    assert said in await press(town, *taps)
    [change] = await changes(town)
    assert (change.before["outcome"], change.after["outcome"]) == ("fine", "no_answer")
    await town.stage.say(town.li, "/calls")
    assert ("did not answer today" if language == "en" else "今天没接") in town.stage.last(
        town.li
    ).text


async def test_the_reason_of_a_correction_may_be_written(town: Crowd) -> None:
    await called(town)
    await open_contact(town)
    await press(town, "📝 Remark")
    await town.stage.say(town.li, "her daughter was there")
    await town.stage.say(town.li, "forgot it")
    assert "no remark → “her daughter was there”. Reason: forgot it" in (
        town.stage.last(town.li).text
    )
    await press(town, "📝 Remark", "No remark at all", "wrong button")
    assert (await town.contacts())[0].remark is None
    assert len(await changes(town)) == 2


async def test_not_possible_is_corrected_with_its_reason(town: Crowd) -> None:
    await called(town)
    await open_contact(town)
    await press(town, "✏️ Outcome", "not possible")
    text = await press(town, "the number is wrong", "wrong button")
    assert "✅ fine → 🚫 not possible: the number is wrong" in text


async def test_a_mistake_is_struck_through_and_counts_for_nothing(town: Crowd) -> None:
    await called(town)
    await open_contact(town)
    text = await press(town, "It was a mistake", "somebody else")
    assert "This was a mistake" in text
    assert "withdrawn. Reason: that was somebody else" in text
    assert "✏️ Outcome" not in str(town.stage.last(town.li).rows)
    await town.stage.say(town.li, "/calls")
    assert "1 of 1 still to call" in town.stage.last(town.li).text
    message = await history(town)
    assert "strikethrough" in {one["type"] for one in message.entities or ()}
    assert "✖ Thu 9 Apr" in str(message.rows)


async def test_corrected_to_fine_the_search_for_somebody_ends(town: Crowd) -> None:
    await called(town, "no answer")
    async with town.stage.database.write() as tx:
        elder = (await tx.scalars(select(Elder))).one()
        now = town.stage.clock.now()
        await alerts.open_one(tx, now, elder, now.astimezone(ZONE).date(), AlertKind.SILENT)
    await open_contact(town)
    await press(town, "✏️ Outcome", "✅ fine", "wrong button")
    async with town.stage.database.read() as tx:
        assert await alerts.open_of(tx, elder.id) == []


async def test_corrected_to_an_emergency_everybody_is_told(town: Crowd) -> None:
    await called(town)
    await open_contact(town)
    await press(town, "✏️ Outcome", "emergency", "wrong button")
    assert "Emergency" in town.stage.last(town.boss).text


@pytest.mark.parametrize("taps", [("✏️ Outcome", "✅ fine"), ("It was a mistake",)])
async def test_when_the_outcome_was_a_mistake_so_was_its_follow_up(
    town: Crowd, taps: tuple[str, ...]
) -> None:
    await called(town, "needs follow-up")
    await open_contact(town)
    await press(town, *taps, "wrong button")
    async with town.stage.database.read() as tx:
        elder = (await tx.scalars(select(Elder))).one()
        assert await follow_ups.open_of(tx, elder) == []


async def test_another_day_leaves_the_follow_up_and_raises_no_second_alarm(town: Crowd) -> None:
    await called(town, "needs follow-up")
    await open_contact(town)
    await press(town, "📅 Day", "yesterday", "wrong button")
    async with town.stage.database.read() as tx:
        elder = (await tx.scalars(select(Elder))).one()
        assert len(await follow_ups.open_of(tx, elder)) == 1


async def test_the_same_again_is_no_correction(town: Crowd) -> None:
    await called(town)
    await open_contact(town)
    await press(town, "✏️ Outcome", "✅ fine", "wrong button")
    assert await changes(town) == []


async def test_a_correction_that_a_colleague_overtook_is_not_made(town: Crowd) -> None:
    await called(town)
    await open_contact(town)
    await press(town, "✏️ Outcome", "no answer")
    await history(town, town.boss)
    mine = (await town.contacts())[-1].id
    await press(town, f"contact:{mine}", "It was a mistake", "wrong button", person=town.boss)
    await press(town, "wrong button")
    [contact] = await town.contacts()
    assert (contact.outcome, contact.withdrawn_at) == (Outcome.FINE, town.stage.clock.now())
    assert len(await changes(town)) == 1


async def test_an_old_contact_says_that_it_cannot_be_corrected_any_more(town: Crowd) -> None:
    await called(town)
    await open_contact(town)
    message = town.stage.last(town.li)
    data = str(message.rows[0][0].data)
    await town.stage.at("2026-05-16 09:00")
    press_ = town.stage.phones.press(town.li, message.id, data, stale=True)
    await town.stage.settle()
    assert "changed meanwhile" in str(press_.text)
    assert "only days from Fri 1 May are open" in await open_contact(town)
    assert "✏️ Outcome" not in str(town.stage.last(town.li).rows)


async def visited(town: Crowd) -> Contact:
    """Chen's visit."""
    async with town.stage.database.write() as tx:
        elder = (await tx.scalars(select(Elder))).one()
        chen = await town.stage.member(town.chen)
        now = town.stage.clock.now()
        day = now.astimezone(ZONE).date()
        what = Happened(Kind.VISIT, Outcome.FINE, chen.id, day, now, "visit:77")
        await calls.record(tx, now, elder, what)
    return (await town.contacts())[-1]


async def test_who_wrote_it_may_correct_it_and_other_volunteers_may_not(town: Crowd) -> None:
    contact = await visited(town)
    other = await arrive(town.stage, "吴同学", Role.VOLUNTEER)
    for person, answer in ((town.chen, None), (other, "not available"), (town.boss, None)):
        await town.stage.say(person, "/menu")
        message = town.stage.last(person)
        pressed = town.stage.phones.press(person, message.id, f"contact:{contact.id}", stale=True)
        await town.stage.settle()
        assert (answer is None) or (answer in str(pressed.text))
    assert "王桂芳" in town.stage.last(town.chen).text
    await press(town, "✏️ Outcome", "no answer", "wrong button", person=town.chen)
    assert (await town.contacts())[-1].outcome is Outcome.NO_ANSWER
    assert "王桂芳" not in town.stage.last(other).text
    await press(town, "My visits", person=town.chen)


async def test_another_social_workers_elder_has_no_history_here(town: Crowd) -> None:
    colleague = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.say(colleague, "/menu")
    for data in ("contacts:1", "contacts_page:1:0", "contact_new:1", "contact:9", "remark:9"):
        press_ = town.stage.phones.press(colleague, town.stage.last(colleague).id, data, stale=True)
        await town.stage.settle()
        assert "not available" in str(press_.text)


async def test_a_long_history_has_pages(town: Crowd) -> None:
    async with town.stage.database.write() as tx:
        elder = (await tx.scalars(select(Elder))).one()
        li, now = await town.stage.member(town.li), town.stage.clock.now()
        for n in range(9):
            what = Happened(Kind.CALL, Outcome.NO_ANSWER, li.id, YESTERDAY, now, f"call:{n}")
            await calls.record(tx, now, elder, what)
    first = (await history(town)).text
    assert "Contacts of 王桂芳: 9" in first
    second = await press(town, "▶")
    assert second.count("no answer") == 1


async def test_an_open_history_shows_a_new_contact_in_place(town: Crowd) -> None:
    message = await history(town, town.boss)
    assert "No contact is on record yet" in message.text
    await called(town)
    assert "✅ fine — 李敏" in town.stage.last(town.boss).text
