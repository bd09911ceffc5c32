"""The day's calls: who is owed one, in two taps, and nobody is missed without somebody knowing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.playground.records import Person
from care.access import Role
from care.elders import Tier
from scheduler.heartbeat import Job
from scheduler.jobs import JOBS
from storage import communities
from storage.tables import CheckIn, Community, Contact, Elder, FamilyLink
from tests.bot.crowd import Crowd, arrive, crowd
from tests.stage import local

LIST = "Call list"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        yield made


async def contacts(town: Crowd) -> list[Contact]:
    async with town.stage.database.read() as tx:
        return list(await tx.scalars(select(Contact).order_by(Contact.id)))


def lists(town: Crowd, person: Person) -> list[str]:
    return [text for text in town.texts(person) if LIST in text]


async def set_station(town: Crowd, **how: Any) -> None:
    async with town.stage.database.write() as tx:
        station = await tx.get_one(Community, town.stage.station.id)
        for name, value in how.items():
            setattr(station, name, value)


async def no_answer(town: Crowd) -> None:
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "no answer")


def asked_again(town: Crowd) -> int:
    """How often the question really went out."""
    return sum(
        call.done and call.method == "sendMessage" and "did not answer at" in call.params["text"]
        for call in town.stage.telegram.log
    )


async def test_at_half_past_eight_each_social_worker_gets_their_list(town: Crowd) -> None:
    await town.stage.at("08:29")
    assert lists(town, town.li) == []
    await town.stage.at("08:30")
    [text] = lists(town, town.li)
    assert "王桂芳" in text
    assert "138 0000 0001" in text
    assert "late" not in text
    assert lists(town, town.boss) == []


async def test_a_contact_is_two_taps_and_the_list_changes_in_place(town: Crowd) -> None:
    stage = town.stage
    await stage.at("08:30")
    message = stage.last(town.li).id
    await stage.tap(town.li, "call")
    toast = await stage.tap(town.li, "fine")
    assert "noted" in str(toast)
    [contact] = await contacts(town)
    assert contact.by_id == (await stage.member(town.li)).id
    assert stage.last(town.li).id == message
    assert "still to call" not in stage.last(town.li).text
    assert "Contacted: 王桂芳" in stage.last(town.li).text


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
async def test_each_job_run_three_times_says_it_once(town: Crowd, job: Job) -> None:
    granny = await arrive(town.stage, "王奶奶", Role.ELDER)
    async with town.stage.database.write() as tx:
        elder = await tx.scalar(select(Elder))
        assert elder is not None
        elder.member_id = (await town.stage.member(granny)).id
    await town.stage.at("2026-04-12 08:00")
    await town.stage.at("18:00")
    before = len(town.stage.telegram.log)
    heartbeat = town.stage.service.heartbeat
    heartbeat.jobs = (job,)
    for _ in range(3):
        await heartbeat.beat()
        await town.stage.settle()
    sent = [one for one in town.stage.telegram.log[before:] if one.method == "sendMessage"]
    assert sent == []


async def test_a_list_missed_at_its_time_goes_out_late_with_its_real_time(town: Crowd) -> None:
    await town.stage.at("11:17")
    [text] = lists(town, town.li)
    assert "late, sent at 11:17" in text


async def test_a_few_minutes_are_not_late(town: Crowd) -> None:
    await town.stage.at("08:40")
    assert "late" not in lists(town, town.li)[0]


async def test_a_list_whose_day_is_over_is_not_sent(town: Crowd) -> None:
    stage = town.stage
    stage.clock.set(local("2026-04-09 23:50"))
    stage.telegram.faults.set("connect_error", 1.0)
    await stage.service.heartbeat.beat()
    await stage.service.sender.drain()
    stage.telegram.faults.clear()
    before = town.sent(town.li)
    await stage.at("2026-04-10 00:05")
    assert town.sent(town.li) == before
    await stage.at("08:30")
    assert len(lists(town, town.li)) == 1


async def test_yesterdays_list_is_closed_when_it_is_touched(town: Crowd) -> None:
    await town.stage.at("08:30")
    await town.stage.at("2026-04-10 07:00")
    page = town.stage.last(town.li)
    assert LIST in page.text
    await town.stage.say(town.li, "/calls")
    assert "王桂芳" in town.stage.last(town.li).text


async def test_no_answer_is_asked_about_again_after_half_an_hour_twice(town: Crowd) -> None:
    await town.stage.at("08:30")
    await no_answer(town)
    await town.stage.at("08:59")
    assert asked_again(town) == 0
    await town.stage.at("09:00")
    assert asked_again(town) == 1
    await no_answer(town)
    await town.stage.at("09:30")
    assert asked_again(town) == 2
    await no_answer(town)
    await town.stage.at("12:00")
    assert asked_again(town) == 2
    assert len(await contacts(town)) == 3
    assert any("did not answer today" in text for text in town.texts(town.li))


async def test_it_is_not_asked_again_when_somebody_has_reached_them_meanwhile(
    town: Crowd,
) -> None:
    await town.stage.at("08:30")
    await no_answer(town)
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "fine")
    before = town.sent(town.li)
    await town.stage.at("09:00")
    assert asked_again(town) == 0
    assert town.sent(town.li) == before


async def test_a_question_that_stands_already_says_that_they_were_reached(town: Crowd) -> None:
    await town.stage.at("08:30")
    await no_answer(town)
    await town.stage.at("09:00")
    assert asked_again(town) == 1
    await town.stage.say(town.boss, "/calls")
    await town.stage.say(town.li, "/calls")
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "fine")
    assert asked_again(town) == 1
    assert any("contacted meanwhile" in text for text in town.texts(town.li))


async def test_the_same_outcome_from_an_old_message_is_stale(town: Crowd) -> None:
    stage = town.stage
    await stage.at("08:30")
    await stage.tap(town.li, "call")
    data = str(stage.last(town.li).rows[0][0].data)
    await stage.tap(town.li, "fine")
    press = stage.phones.press(town.li, stage.last(town.li).id, data, stale=True)
    await stage.settle()
    assert "changed meanwhile" in str(press.text)
    assert len(await contacts(town)) == 1


async def test_not_possible_is_kept_with_its_reason_and_is_no_contact(town: Crowd) -> None:
    stage = town.stage
    await stage.at("08:30")
    await stage.tap(town.li, "call")
    await stage.tap(town.li, "why_not")
    await stage.tap(town.li, "in hospital")
    [contact] = await contacts(town)
    assert (contact.outcome, contact.reason) == ("not_possible", "hospital")
    assert "1 of 1 still to call" in lists(town, town.li)[0]


async def test_an_emergency_is_told_at_once_to_supervisor_pairing_and_family(town: Crowd) -> None:
    stage = town.stage
    daughter = await arrive(stage, "王小雨", Role.FAMILY)
    async with stage.database.write() as tx:
        elder = await tx.scalar(select(Elder))
        assert elder is not None
        number = (await stage.member(daughter)).id
        tx.add(
            FamilyLink(
                member_id=number, elder_id=elder.id, community_id=stage.station.id,
                created_at=stage.clock.now(),
            )
        )  # fmt: skip
    await stage.at("08:30")
    await stage.tap(town.li, "call")
    await stage.tap(town.li, "emergency")
    for one in (town.boss, daughter, town.chen):
        assert "Emergency" in stage.last(one).text
        assert stage.last(one).protected
    assert "138 0000 0001" in stage.last(town.boss).text
    assert "138 0000 0001" not in stage.last(daughter).text
    assert "138 0000 0001" not in stage.last(town.chen).text


async def test_red_elders_without_a_pairing_are_on_every_social_workers_list(town: Crowd) -> None:
    colleague = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.elder("赵大爷", tier=Tier.RED)
    await town.stage.at("08:30")
    assert "赵大爷" in lists(town, town.li)[0]
    assert "赵大爷" in lists(town, colleague)[0]
    assert "王桂芳" not in lists(town, colleague)[0]


async def test_when_a_social_worker_has_blocked_us_the_supervisor_gets_the_list(
    town: Crowd,
) -> None:
    await town.stage.say(town.li, "/menu")
    town.stage.phones.block(town.li)
    await town.stage.settle()
    await town.stage.at("08:30")
    assert "王桂芳" in lists(town, town.boss)[0]


async def test_another_social_workers_elder_cannot_be_logged(town: Crowd) -> None:
    colleague = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.say(colleague, "/calls")
    press = town.stage.phones.press(
        colleague, town.stage.last(colleague).id, "log:1:0:fine:-:2026-04-09", stale=True
    )
    await town.stage.settle()
    assert "not available" in str(press.text)
    assert await contacts(town) == []


@pytest.mark.parametrize(
    "data",
    [
        "log:1:0:fine:2026-04-09",
        "log:1:0:odd:-:2026-04-09",
        "log:x:0:fine:-:2026-04-09",
        "log:1:7:fine:-:2026-04-09",
        "log:1:0:fine:-",
        "log:1:0:fine:-:2026-04-08",
    ],
)
async def test_a_made_up_outcome_is_stale(town: Crowd, data: str) -> None:
    await town.stage.say(town.li, "/calls")
    press = town.stage.phones.press(town.li, town.stage.last(town.li).id, data, stale=True)
    await town.stage.settle()
    assert "changed meanwhile" in str(press.text)
    assert await contacts(town) == []


async def granny_with_chat(town: Crowd) -> Person:
    granny = await arrive(town.stage, "王奶奶", Role.ELDER)
    async with town.stage.database.write() as tx:
        elder = await tx.scalar(select(Elder).where(Elder.name == "王桂芳"))
        assert elder is not None
        elder.member_id = (await town.stage.member(granny)).id
    return granny


async def test_an_elder_with_a_chat_is_asked_at_eight_and_their_word_is_on_the_list(
    town: Crowd,
) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    assert "How are you" in town.stage.last(granny).text
    await town.stage.tap(granny, "fine")
    await town.stage.at("08:30")
    assert "I am fine" in lists(town, town.li)[0]
    assert await contacts(town) == []


async def test_asked_after_noon_nobody_is_woken(town: Crowd) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("12:00")
    assert not any("How are you" in text for text in town.texts(granny))


async def test_please_call_me_is_told_at_once_and_gone_when_they_were_called(
    town: Crowd,
) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    await town.stage.tap(granny, "call_me")
    assert "asks to be called" in town.stage.last(town.li).text
    await town.stage.at("08:30")
    assert "asked to be called" in lists(town, town.li)[0]
    await town.stage.tap(town.li, "Log the call")
    await town.stage.tap(town.li, "fine")
    assert not any("asks to be called" in text for text in town.texts(town.li))


async def test_please_call_me_asked_for_again_after_the_call_is_told_again(town: Crowd) -> None:
    granny = await granny_with_chat(town)

    async def asks() -> int:
        before = len(town.texts(town.li))
        await town.stage.tap(granny, "call_me")
        return len(town.texts(town.li)) - before

    await town.stage.at("08:00")
    assert await asks() == 1
    await town.stage.at("08:05")
    assert await asks() == 0, "one request, for as long as nobody has called"
    await town.stage.tap(town.li, "Log the call")
    await town.stage.tap(town.li, "fine")
    await town.stage.at("14:00")
    assert await asks() == 1
    assert "asks to be called" in town.stage.last(town.li).text


async def test_please_call_me_that_nobody_answered_is_on_the_next_days_list(town: Crowd) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("14:00")
    await town.stage.say(granny, "/menu")
    await town.stage.tap(granny, "call_me")
    await town.stage.at("2026-04-10 08:30")
    assert "asked to be called" in lists(town, town.li)[-1]
    assert any("asks to be called" in text for text in town.texts(town.li))
    await town.stage.tap(town.li, "Log the call")
    await town.stage.tap(town.li, "fine")
    assert "asked to be called" not in lists(town, town.li)[-1]


async def test_nobody_is_said_to_have_called_when_the_elder_said_that_they_are_fine(
    town: Crowd,
) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    await town.stage.tap(granny, "call_me")
    await town.stage.tap(granny, "fine")
    assert not any("has been called" in text for text in town.texts(town.li))
    assert any("I am fine" in text for text in town.texts(town.li))


async def pressed_while_it_was_down(town: Crowd, who: Person, what: str, until: str) -> None:
    """Telegram keeps the press, and the program hears of it when it is back."""
    message = town.stage.last(who)
    data = next(str(one.data) for row in message.rows for one in row if what in str(one.data))
    town.stage.phones.press(who, message.id, data)
    town.stage.clock.set(local(until))
    await town.stage.settle()


async def test_an_outcome_that_arrives_after_midnight_is_no_contact_of_the_new_day(
    town: Crowd,
) -> None:
    """The screen is drawn anew, so that who means today presses once more."""
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "call")
    await pressed_while_it_was_down(town, town.li, ":fine:", "2026-04-10 07:00")
    assert await contacts(town) == []
    await town.stage.tap(town.li, "fine")
    [row] = await contacts(town)
    assert str(row.day) == "2026-04-10"


@pytest.mark.parametrize(("what", "fine"), [("fine", True), ("call_me", False)])
async def test_the_elders_word_that_arrives_after_midnight_is_of_its_own_day(
    town: Crowd, what: str, *, fine: bool
) -> None:
    granny = await granny_with_chat(town)
    await set_station(town, settings={"check_in_is_contact": True})
    await town.stage.at("08:00")
    await pressed_while_it_was_down(town, granny, what, "2026-04-10 07:00")
    async with town.stage.database.read() as tx:
        [row] = await tx.scalars(select(CheckIn))
        assert (str(row.day), row.fine) == ("2026-04-09", fine)
    await town.stage.at("08:30")
    assert "王桂芳" in lists(town, town.li)[-1]
    assert ("asked to be called" in lists(town, town.li)[-1]) is not fine


async def test_an_old_good_morning_asks_anew_instead_of_writing_about_long_ago(
    town: Crowd,
) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    town.stage.clock.set(local("2026-04-11 07:00"))
    await town.stage.tap(granny, "fine")
    async with town.stage.database.read() as tx:
        assert list(await tx.scalars(select(CheckIn))) == []
    await town.stage.tap(granny, "fine")
    async with town.stage.database.read() as tx:
        [row] = await tx.scalars(select(CheckIn))
        assert str(row.day) == "2026-04-11"


async def test_a_wish_to_be_called_is_never_turned_away(town: Crowd) -> None:
    """Of yesterday's button after today's "fine", and of one that is days old."""
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    old = town.stage.last(granny).id
    await town.stage.at("2026-04-10 08:00")
    await town.stage.tap(granny, "fine")
    for day, when in (("2026-04-09", "2026-04-10 09:00"), ("2026-04-09", "2026-04-13 07:00")):
        town.stage.clock.set(local(when))
        before = len(town.texts(town.li))
        town.stage.phones.press(granny, old, f"call_me:{day}", stale=True)
        await town.stage.settle()
        assert len(town.texts(town.li)) == before + 1
        assert "asks to be called" in town.stage.last(town.li).text


async def test_who_is_no_elder_cannot_say_they_are_fine(town: Crowd) -> None:
    await town.stage.say(town.chen, "/menu")
    press = town.stage.phones.press(town.chen, town.stage.last(town.chen).id, "fine", stale=True)
    await town.stage.settle()
    assert "not available" in str(press.text)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-03-28", "07:30"),
        ("2026-03-29", "06:30"),
        ("2026-10-24", "06:30"),
        ("2026-10-25", "07:30"),
    ],
)
async def test_half_past_eight_is_local_on_the_days_around_summer_time_too(
    town: Crowd, day: str, utc: str
) -> None:
    await set_station(town, zone="Europe/Berlin")
    at = datetime.fromisoformat(f"{day}T{utc}").replace(tzinfo=UTC)
    for moment, count in ((at - timedelta(seconds=1), 0), (at, 1), (at + timedelta(hours=2), 1)):
        town.stage.clock.set(moment)
        await town.stage.service.heartbeat.beat()
        await town.stage.settle()
        assert len(lists(town, town.li)) == count


async def test_the_community_may_choose_another_time(town: Crowd) -> None:
    await set_station(town, settings={"call_list_at": "09:15", "call_again_times": 0})
    await town.stage.at("09:14")
    assert lists(town, town.li) == []
    await town.stage.at("09:15")
    assert len(lists(town, town.li)) == 1
    await no_answer(town)
    await town.stage.at("11:00")
    assert asked_again(town) == 0


async def test_one_job_that_fails_stops_neither_the_others_nor_the_next_beat(
    town: Crowd,
) -> None:
    async def fails(*_: object) -> None:
        raise ZeroDivisionError

    heartbeat = town.stage.service.heartbeat
    broken = Job("broken", lambda settings: settings.check_in_at, fails)
    heartbeat.jobs = (broken, *JOBS)
    await town.stage.at("08:30")
    assert len(lists(town, town.li)) == 1
    assert heartbeat.last_beat == town.stage.clock.now()


async def test_one_community_with_broken_settings_does_not_cost_the_others_their_list(
    town: Crowd,
) -> None:
    async with town.stage.database.write() as tx:
        other = await communities.create(tx, town.stage.clock.now(), "A", "Asia/Shanghai", "en")
        other.settings = {"call_list_at": "nonsense"}
        other.zone = "Nowhere/Never"
        first = await tx.get_one(Community, town.stage.station.id)
        first.name = "Z"
    try:
        await town.stage.at("08:30")
    except Exception:  # noqa: BLE001 - the beat may complain when it is done
        await town.stage.settle()
    assert len(lists(town, town.li)) == 1


async def test_pages_of_a_long_list(town: Crowd) -> None:
    for n in range(15):
        await town.stage.elder(f"老人{n:02}", tier=Tier.RED)
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "▶")
    second = town.stage.last(town.li).text
    await town.stage.tap(town.li, "◀")
    first = town.stage.last(town.li).text
    for n in range(15):
        assert (f"老人{n:02}" in first) != (f"老人{n:02}" in second)


async def test_volunteers_have_no_list(town: Crowd) -> None:
    await town.stage.say(town.chen, "/menu")
    for data in ("do:calls", "calls_page:0", "call:1", "why_not:1", "at_door:1"):
        press = town.stage.phones.press(town.chen, town.stage.last(town.chen).id, data, stale=True)
        await town.stage.settle()
        assert "not available" in str(press.text)
    assert not any("王桂芳" in text for text in town.texts(town.chen))
