"""What is queued arrives once, at Telegram's pace, drawn for whoever may still see it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

import bot.send
import bot.wire
from bot.pacer import Pacer
from bot.playground.records import Person
from bot.screens import SCREENS
from care.notices import Notice, Priority
from storage import communities, members, outbox
from storage.outbox import To
from storage.tables import MemberRole, Outbox, Post
from tests.bot.crowd import Crowd, crowd


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Crowd]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with crowd(tmp_path) as made:
        monkeypatch.setattr(bot.send, "WRITE_AGAIN", 0)
        yield made


async def post(town: Crowd, person: Person, notice: Notice, **how: Any) -> None:
    """Queue a message to a member."""
    member = await town.stage.member(person)
    async with town.stage.database.write() as tx:
        to = members.to_of(member)
        assert to is not None
        await outbox.post(tx, town.stage.clock.now(), to, notice, **how)


async def last_post(town: Crowd) -> Outbox:
    return (await town.posts())[-1]


async def later(town: Crowd, seconds: float) -> None:
    town.stage.clock.set(town.stage.clock.now() + timedelta(seconds=seconds))
    await town.stage.settle()


CALLS = {"day": "2026-04-09", "late": None}
ALARM = {"name": "陈同学", "row": 1}


async def test_without_a_connection_it_is_sent_later_and_once(town: Crowd) -> None:
    before = town.sent(town.li)
    town.stage.telegram.faults.once("connect_error", method="sendMessage")
    await post(town, town.li, Notice.CALL_LIST, facts=CALLS)
    await town.stage.settle()
    assert town.sent(town.li) == before
    assert (await last_post(town)).state is Post.WAITING
    for _ in range(3):
        await later(town, 60)
    assert town.sent(town.li) == before + 1
    assert (await last_post(town)).state is Post.SENT


async def test_every_further_attempt_without_a_connection_waits_longer_up_to_a_minute(
    town: Crowd,
) -> None:
    town.stage.telegram.faults.set("connect_error", 1.0)
    await post(town, town.boss, Notice.ALARM, facts=ALARM)
    pauses = []
    for _ in range(15):
        await town.stage.service.sender.drain()
        row = await last_post(town)
        pauses.append((row.not_before - town.stage.clock.now()).total_seconds())
        town.stage.clock.set(row.not_before)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (5, 60)
    town.stage.telegram.faults.clear()
    await town.stage.settle()
    assert (await last_post(town)).state is Post.SENT


@pytest.mark.parametrize("fault", ["timeout_after", "drop_after", "bad_gateway_after"])
async def test_a_notice_that_may_have_arrived_is_not_repeated(town: Crowd, fault: str) -> None:
    before = town.sent(town.li)
    town.stage.telegram.faults.once(fault, method="sendMessage")
    await post(town, town.li, Notice.CALL_LIST, facts=CALLS)
    await town.stage.settle()
    await later(town, 3600)
    assert town.sent(town.li) == before + 1
    assert (await last_post(town)).state is Post.UNCLEAR


@pytest.mark.parametrize("fault", ["timeout_after", "drop_before", "bad_gateway", "server_error"])
async def test_what_must_arrive_is_repeated_until_it_certainly_has(town: Crowd, fault: str) -> None:
    before = town.sent(town.boss)
    town.stage.telegram.faults.once(fault, method="sendMessage")
    await post(town, town.boss, Notice.ALARM, facts=ALARM)
    await town.stage.settle()
    await later(town, 19)
    arrived = fault == "timeout_after"
    assert town.sent(town.boss) == before + arrived
    await later(town, 1)
    await later(town, 3600)
    row = await last_post(town)
    assert town.sent(town.boss) == before + arrived + 1
    assert (row.state, row.unclear) == (Post.SENT, 1)


async def test_an_edit_that_may_have_been_made_is_made_again(town: Crowd) -> None:
    await town.stage.say(town.li, "/menu")
    town.stage.telegram.faults.once("timeout_after", method="editMessageText")
    await town.stage.tap(town.li, "do:help")
    assert (await last_post(town)).state is Post.WAITING
    await later(town, 5)
    assert (await last_post(town)).state is Post.SENT


async def test_a_message_that_shows_this_already_is_a_success(town: Crowd) -> None:
    await town.stage.say(town.li, "/menu")
    message = town.stage.last(town.li).id
    await post(town, town.li, Notice.MENU, edits=message)
    await town.stage.settle()
    assert "not modified" in str([one.answer for one in town.stage.telegram.log[-4:]])
    assert (await last_post(town)).state is Post.SENT


async def test_an_answer_to_a_tap_on_a_message_that_is_gone_is_shown_anew(town: Crowd) -> None:
    await post(town, town.li, Notice.HELP, edits=4711)
    await town.stage.settle()
    assert "What I can do here" in town.stage.last(town.li).text
    assert (await last_post(town)).state is Post.SENT


async def test_a_card_that_was_deleted_stays_deleted(town: Crowd) -> None:
    before = town.sent(town.li)
    await post(town, town.li, Notice.HELP, edits=4711, priority=Priority.PROMPT)
    await town.stage.settle()
    assert town.sent(town.li) == before


async def test_who_has_blocked_us_is_recorded_and_the_staff_told_with_the_number(
    town: Crowd,
) -> None:
    town.chen.blocked = True
    await post(town, town.chen, Notice.HELP)
    await post(town, town.chen, Notice.HELP)
    await town.stage.settle()
    assert (await town.stage.member(town.chen)).blocked_at is not None
    assert [row.state for row in await town.posts() if row.chat == town.chen.id][-2:] == [
        Post.REFUSED,
        Post.REFUSED,
    ]
    for one in (town.li, town.boss):
        told = [text for text in town.texts(one) if "do not reach 陈同学" in text]
        assert len(told) == 1
        assert "No phone is on record" in told[0]


async def test_the_supervisor_hears_of_a_social_worker_who_blocked_us_with_their_phone(
    town: Crowd,
) -> None:
    async with town.stage.database.write() as tx:
        li = await members.person_of_account(tx, town.li.id)
        assert li is not None
        li.member.phone = "+8613800000099"
    town.li.blocked = True
    await post(town, town.li, Notice.HELP)
    await town.stage.settle()
    assert "138 0000 0099" in town.texts(town.boss)[-1]


async def test_who_writes_again_is_reachable_again(town: Crowd) -> None:
    town.chen.blocked = True
    await post(town, town.chen, Notice.HELP)
    await town.stage.settle()
    town.chen.blocked = False
    await town.stage.say(town.chen, "/menu")
    assert (await town.stage.member(town.chen)).blocked_at is None


async def test_a_group_that_became_a_supergroup_is_followed(town: Crowd) -> None:
    group = await town.stage.group("志愿者", [town.li, town.chen], town.li)
    moved = town.stage.phones.upgrade_group(group)
    # The message about it is still on its way when the next one is due.
    async with town.stage.database.write() as tx:
        to = To(group.id, None, town.stage.station.id)
        facts = {"say": "group_linked", "bare": True}
        await outbox.post(tx, town.stage.clock.now(), to, Notice.PLAIN, facts)
    await town.stage.service.sender.drain()
    assert "volunteers' group" in town.stage.last(town.chen, moved).text
    await town.stage.settle()
    async with town.stage.database.read() as tx:
        assert await communities.find_by_group(tx, moved.id) is not None


async def test_a_screen_that_refuses_is_not_sent(town: Crowd) -> None:
    before = town.sent(town.chen)
    await post(town, town.chen, Notice.ALARM, facts=ALARM)
    await post(town, town.chen, Notice.CALL, facts={"elder": 1})
    await town.stage.settle()
    assert town.sent(town.chen) == before
    assert [row.state for row in await town.posts()][-2:] == [Post.DROPPED, Post.DROPPED]


async def test_a_message_that_may_not_stand_there_any_more_is_closed(town: Crowd) -> None:
    await town.stage.say(town.li, "/calls")
    message = town.stage.last(town.li)
    assert "王桂芳" in message.text
    async with town.stage.database.write() as tx:
        role = await tx.get(MemberRole, ((await town.stage.member(town.li)).id, "social_worker"))
        await tx.delete(role)
    await post(town, town.li, Notice.CALL_LIST, facts=CALLS, edits=message.id)
    await town.stage.settle()
    assert "no longer shown here" in town.stage.last(town.li).text


async def test_permission_is_asked_again_when_it_is_sent(town: Crowd) -> None:
    soon = town.stage.clock.now() + timedelta(minutes=5)
    await post(town, town.li, Notice.CALL_LIST, facts=CALLS, not_before=soon)
    async with town.stage.database.write() as tx:
        role = await tx.get(MemberRole, ((await town.stage.member(town.li)).id, "social_worker"))
        await tx.delete(role)
    before = town.sent(town.li)
    await later(town, 300)
    assert town.sent(town.li) == before
    assert (await last_post(town)).state is Post.DROPPED


async def test_what_was_queued_for_somebody_is_not_sent_after_they_have_left(town: Crowd) -> None:
    soon = town.stage.clock.now() + timedelta(minutes=5)
    await post(town, town.chen, Notice.CHECK_IN, not_before=soon)
    await town.stage.say(town.chen, "/me")
    await town.stage.tap(town.chen, "leave_ask")
    await town.stage.tap(town.chen, "leave_yes")
    before = town.sent(town.chen)
    await later(town, 300)
    assert town.sent(town.chen) == before


async def test_it_is_drawn_in_the_language_of_the_moment_it_is_sent(town: Crowd) -> None:
    soon = town.stage.clock.now() + timedelta(minutes=5)
    await post(town, town.chen, Notice.HELP, not_before=soon)
    async with town.stage.database.write() as tx:
        chen = await members.person_of_account(tx, town.chen.id)
        assert chen is not None
        chen.member.language = "zh_CN"
    await later(town, 300)
    assert "What I can do" not in town.texts(town.chen)[-1]


async def test_one_that_cannot_be_drawn_is_given_up_after_five_times_and_stops_nobody(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(SCREENS, Notice.WELCOME, broken)
    await post(town, town.chen, Notice.WELCOME)
    await post(town, town.chen, Notice.HELP)
    for _ in range(6):
        await later(town, 5)
    welcome, help_ = (await town.posts())[-2:]
    assert (welcome.state, welcome.tries, welcome.error) == (Post.REFUSED, 5, "ZeroDivisionError")
    assert help_.state is Post.SENT


def away(times: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with a database that is away at first."""
    left = iter([True] * times)

    async def call(*args: Any, **how: Any) -> Any:
        if next(left, False):
            raise OperationalError("UPDATE", {}, Exception("disk I/O error"))
        return await real(*args, **how)

    return call


async def test_a_database_that_is_away_is_not_the_messages_fault(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "take", away(7, outbox.take))
    before = town.sent(town.chen)
    await post(town, town.chen, Notice.HELP)
    await town.stage.settle()
    assert town.sent(town.chen) == before + 1
    assert (await last_post(town)).tries == 1


@pytest.mark.parametrize("what", ["sent", "put_back"])
async def test_what_came_of_an_attempt_is_written_down_even_if_the_database_was_away(
    town: Crowd, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(outbox, what, away(3, getattr(outbox, what)))
    if what == "put_back":
        town.stage.telegram.faults.once("connect_error", method="sendMessage")
    before = town.sent(town.chen)
    await post(town, town.chen, Notice.HELP)
    await town.stage.settle()
    await later(town, 60)
    assert town.sent(town.chen) == before + 1
    assert (await last_post(town)).state is Post.SENT


async def test_a_call_that_ends_in_no_way_we_know_is_unclear_and_not_for_ever_in_sending(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def odd(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(bot.send, "send_new", odd)
    await post(town, town.chen, Notice.HELP)
    await town.stage.settle()
    assert (await last_post(town)).state is Post.UNCLEAR


async def test_what_a_crash_left_half_sent_is_settled_at_the_start(town: Crowd) -> None:
    await post(town, town.li, Notice.CALL_LIST, facts=CALLS)
    await post(town, town.boss, Notice.ALARM, facts=ALARM)
    lost, alarm = (await town.posts())[-2:]
    async with town.stage.database.write() as tx:
        for row in (lost, alarm):
            await outbox.take(tx, town.stage.clock.now(), row.id)
    sender = town.stage.service.sender
    running = asyncio.create_task(sender.run())
    await town.stage.phones.wait_for(town.boss, lambda one: "could not be handled" in one.text)
    await sender.stop()
    await running
    assert [row.state for row in (await town.posts())[-2:]] == [Post.UNCLEAR, Post.SENT]


# Pace: time is the sender's own, and passes only while it waits.


class Pace:
    """A sender that waits without waiting, and the time of every message."""

    def __init__(self, town: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 0.0
        self.sent: list[tuple[float, int]] = []
        self.town = town
        self.sender = town.stage.service.sender
        self.sender.pacer = Pacer()
        self.sender.monotonic = lambda: self.at
        pause = asyncio.sleep

        async def sleep(seconds: float) -> None:
            self.at += max(seconds, 1e-6)
            await pause(0)

        monkeypatch.setattr(asyncio, "sleep", sleep)
        real = bot.wire.send_new

        async def send_new(bot_: Any, chat: int, screen: Any) -> Any:
            self.sent.append((self.at, chat))
            await self.upon_each()
            return await real(bot_, chat, screen)

        monkeypatch.setattr(bot.send, "send_new", send_new)

    async def upon_each(self) -> None:
        """Something may happen while messages go out."""

    async def broadcast(self, count: int) -> None:
        """Queue one message each to many people."""
        people = [self.town.stage.telegram.add_person(f"邻居{n}") for n in range(count)]
        async with self.town.stage.database.write() as tx:
            for person in people:
                person.started = True
                self.town.stage.telegram.chats[person.id].bot = "member"
                await outbox.post(
                    tx, self.town.stage.clock.now(), To(person.id), Notice.WELCOME,
                    priority=Priority.BROADCAST,
                )  # fmt: skip


@pytest.fixture
def pace(town: Crowd, monkeypatch: pytest.MonkeyPatch) -> Pace:
    return Pace(town, monkeypatch)


async def _answer_amid_a_broadcast(pace: Pace, count: int) -> int:
    """How many messages of a broadcast went out between a tap and its answer."""
    asked = 0

    async def tap() -> None:
        nonlocal asked
        if len(pace.sent) == 50 and not asked:
            asked = len(pace.sent)
            await post(pace.town, pace.town.li, Notice.HELP)

    pace.upon_each = tap  # type: ignore[method-assign]
    await pace.broadcast(count)
    await pace.sender.drain()
    assert len(pace.sent) == count + 1
    return [chat for _, chat in pace.sent].index(pace.town.li.id) - asked


async def test_an_answer_to_a_tap_never_waits_behind_a_broadcast(pace: Pace) -> None:
    assert await _answer_amid_a_broadcast(pace, 300) <= bot.send.AT_ONCE
    times = [at for at, _ in pace.sent]
    assert max(sum(begin <= at < begin + 1 for at in times) for begin in times) <= 30
    assert times[-1] < 12


async def test_in_the_order_of_arrival_it_would_come_last(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = outbox.due

    async def first_come(*args: Any) -> Any:
        rows, later = await real(*args)
        return sorted(rows), later

    monkeypatch.setattr(outbox, "due", first_come)
    assert await _answer_amid_a_broadcast(pace, 100) == 50


async def test_one_chat_gets_its_messages_in_order_and_one_a_second(pace: Pace) -> None:
    for n in range(6):
        say = {"say": "left" if n % 2 else "thanks_fine", "bare": True}
        await post(pace.town, pace.town.li, Notice.PLAIN, facts=say)
    await pace.sender.drain()
    texts = [text[:10] for text in pace.town.texts(pace.town.li)[-6:]]
    assert texts == ["Good to he", "You have l"] * 3
    assert pace.sent[-1][0] >= 3


async def test_a_group_gets_twenty_a_minute(pace: Pace) -> None:
    town = pace.town
    group = await town.stage.group("志愿者", [town.li, town.chen], town.li)
    pace.sent.clear()
    begun = pace.at
    async with town.stage.database.write() as tx:
        for _ in range(22):
            facts = {"say": "group_linked", "bare": True}
            to = To(group.id, None, town.stage.station.id)
            await outbox.post(tx, town.stage.clock.now(), to, Notice.PLAIN, facts)
    await pace.sender.drain()
    assert len(pace.sent) == 22
    assert pace.sent[18][0] - begun < 2
    assert pace.sent[20][0] - begun >= 59


async def test_a_429_is_obeyed_and_the_message_sent_once(pace: Pace) -> None:
    before = pace.town.sent(pace.town.li)
    pace.town.stage.telegram.faults.once("too_many_requests", method="sendMessage")
    await post(pace.town, pace.town.li, Notice.HELP)
    await pace.sender.drain()
    first, second = (at for at, _ in pace.sent)
    assert second - first >= 1
    assert pace.town.sent(pace.town.li) == before + 1
    assert (await last_post(pace.town)).state is Post.SENT
