"""One update, one transaction: all of it or nothing, in order, and nothing is ever lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from telegram import Update
from telegram.ext import MessageHandler, filters

import bot.turn
from bot.turn import TRIES, Turn
from care.access import Role
from care.joining import Standing
from care.notices import Notice
from storage import communities, inbox, members
from storage.engine import Database
from storage.tables import Arrival, Contact, Member
from tests.bot.crowd import Crowd, crowd

SORRY = "That did not work, and it is our fault."


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        monkeypatch.setattr(bot.turn, "FIRST_PAUSE", 0)
        monkeypatch.setattr(bot.turn, "AGAIN_AFTER", 0)
        yield made


def upon(
    town: Crowd, word: str, handle: Callable[[Update, Turn], Coroutine[Any, Any, None]]
) -> None:
    """Handle a typed word in another way, before anything else."""
    only = filters.TEXT & filters.Regex(f"^{word}$")
    town.stage.application.add_handler(MessageHandler(only, handle), group=-1)


class Trouble:
    """A handler that changes a record, queues a message, and then fails so many times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.calls = 0

    async def __call__(self, update: Update, turn: Turn) -> None:
        self.calls += 1
        turn.me.member.name = "half done"
        await turn.tx.flush()
        await turn.say(Notice.HELP)
        self.left -= 1
        if self.left >= 0:
            raise ZeroDivisionError


async def name_of(town: Crowd) -> str:
    async with town.stage.database.read() as tx:
        found = await tx.get_one(Member, (await town.stage.member(town.chen)).id)
        return found.name


async def test_a_handler_that_fails_leaves_nothing_half_done_and_is_tried_again(
    town: Crowd,
) -> None:
    trouble = Trouble(2)
    upon(town, "boom", trouble)
    before = town.sent(town.chen)
    await town.stage.say(town.chen, "boom")
    assert trouble.calls == 3
    assert [row.tries for row in await town.arrivals()][-1] == 2
    assert (await town.arrivals())[-1].state is Arrival.DONE
    # The help of the one attempt that went through, and the answer to words that mean nothing.
    assert town.sent(town.chen) == before + 2


async def test_after_five_attempts_it_is_set_aside_told_and_the_queue_goes_on(
    town: Crowd,
) -> None:
    trouble = Trouble(99)
    upon(town, "boom", trouble)
    town.stage.phones.say(town.chen, "boom")
    town.stage.phones.say(town.chen, "/menu")
    await town.stage.settle()
    boom, menu = (await town.arrivals())[-2:]
    assert trouble.calls == TRIES == boom.tries
    assert (boom.state, boom.error) == (Arrival.ASIDE, "ZeroDivisionError")
    assert boom.payload["message"]["text"] == "boom"
    assert menu.state is Arrival.DONE
    assert await name_of(town) == "陈同学"
    texts = town.texts(town.chen)
    assert sum(SORRY in text for text in texts) == 1
    assert sum("Hello 陈同学" in text for text in texts) == 1
    alarms = [text for text in town.texts(town.boss) if "could not be handled" in text]
    assert len(alarms) == 1
    assert "陈同学" in alarms[0]
    assert not any("could not be handled" in text for text in town.texts(town.li))


async def test_what_was_tried_before_a_restart_counts(town: Crowd) -> None:
    trouble = Trouble(99)
    upon(town, "boom", trouble)
    town.stage.phones.say(town.chen, "boom")
    await town.stage.service.receiver.poll_once(0)
    row = (await town.arrivals())[-1]
    async with town.stage.database.write() as tx:
        for _ in range(3):
            await inbox.note_failure(tx, row.id, "Crash")
    await town.stage.settle()
    assert trouble.calls == 2


async def test_an_update_that_cannot_even_be_read_is_set_aside_and_told(town: Crowd) -> None:
    broken: dict[str, Any] = {
        "update_id": 900_000,
        "message": {"chat": {"id": town.chen.id}, "message_id": "?", "date": "yesterday"},
    }
    await town.stage.service.receiver.store([broken])
    town.stage.phones.say(town.chen, "/menu")
    await town.stage.settle()
    first, second = (await town.arrivals())[-2:]
    assert (first.state, second.state) == (Arrival.ASIDE, Arrival.DONE)
    assert any(SORRY in text for text in town.texts(town.chen))
    assert any("could not be handled" in text for text in town.texts(town.boss))


async def test_one_chat_in_order_and_chats_side_by_side(town: Crowd) -> None:
    handled: list[str] = []
    go_on, heard = asyncio.Event(), asyncio.Event()

    async def prepare(update: Update, _database: Database, _now: datetime) -> None:
        message = update.effective_message
        assert message is not None
        if message.text == "slow":
            await go_on.wait()

    async def note(update: Update, turn: Turn) -> None:
        assert update.message is not None
        handled.append(str(update.message.text))
        heard.set()

    upon(town, "(slow|next|other)", note)
    town.stage.service.turns.prepare = prepare
    town.stage.phones.say(town.chen, "slow")
    town.stage.phones.say(town.chen, "next")
    town.stage.phones.say(town.li, "other")
    await town.stage.service.receiver.poll_once(0)
    draining = asyncio.create_task(town.stage.service.turns.drain())
    async with asyncio.timeout(5):
        await heard.wait()
    assert handled == ["other"]
    go_on.set()
    await draining
    assert handled == ["other", "slow", "next"]


async def test_a_database_that_is_away_for_a_moment_does_not_change_the_order(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[str] = []

    async def note(update: Update, turn: Turn) -> None:
        assert update.message is not None
        handled.append(str(update.message.text))

    upon(town, "[123]", note)
    away = iter([True, True, False])
    real: dict[str, Any] = {"finish": inbox.finish, "note_failure": inbox.note_failure}

    def failing(name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any) -> Any:
            if next(away, False):
                raise OperationalError("UPDATE", {}, Exception("disk I/O error"))
            return await real[name](*args)

        return call

    for name in real:
        monkeypatch.setattr(inbox, name, failing(name))
    for word in "123":
        town.stage.phones.say(town.chen, word)
    await town.stage.settle()
    assert handled == ["1", "2", "3"]


async def test_an_update_delivered_twice_is_done_once(town: Crowd) -> None:
    before = town.sent(town.chen)
    town.stage.telegram.faults.once("duplicate_update")
    await town.stage.say(town.chen, "/help")
    assert town.stage.telegram.faults.injected["duplicate_update"] == 1
    assert town.sent(town.chen) == before + 1


async def test_a_press_sent_again_under_a_new_number_does_nothing_twice(town: Crowd) -> None:
    stage = town.stage
    await stage.say(town.li, "/calls")
    await stage.tap(town.li, "call")
    stage.telegram.faults.once("resent_press")
    await stage.tap(town.li, "fine")
    async with stage.database.read() as tx:
        count = await tx.scalar(select(func.count()).select_from(Contact))
    assert stage.telegram.faults.injected["resent_press"] == 1
    assert count == 1


async def test_a_press_is_by_the_member_whose_message_it_was_in_whichever_community(
    town: Crowd,
) -> None:
    """李敏 has looked into her other station since the list of this one came."""
    stage = town.stage
    await stage.at("08:30")
    async with stage.database.write() as tx:
        other = await communities.create(tx, stage.clock.now(), "Other", "Asia/Shanghai", "en")
        second = await members.create(
            tx, stage.clock.now(), other.id, "李敏", frozenset({Role.SOCIAL_WORKER}),
            standing=Standing.ACTIVE, account=town.li.id,
        )  # fmt: skip
        second.chosen_at = stage.clock.now()
        number = second.id
    await stage.tap(town.li, "call")
    await stage.tap(town.li, "fine")
    async with stage.database.read() as tx:
        [row] = await tx.scalars(select(Contact))
    assert row.community_id == stage.station.id
    await stage.say(town.li, "/menu")
    assert "Other" in stage.last(town.li).text, "what is typed is for the one chosen last"
    async with stage.database.write() as tx:
        (await tx.get_one(Member, number)).standing = Standing.LEFT
    await stage.tap(town.li, "Help")
    assert "Other" not in stage.last(town.li).text


async def test_a_row_that_another_process_has_done_is_left_alone(town: Crowd) -> None:
    town.stage.phones.say(town.chen, "/help")
    await town.stage.service.receiver.poll_once(0)
    async with town.stage.database.read() as tx:
        [row] = await inbox.waiting(tx)
    async with town.stage.database.write() as tx:
        await inbox.finish(tx, town.stage.clock.now(), row.id)
    before = town.sent(town.chen)
    await town.stage.service.turns._until_done(row)
    await town.stage.settle()
    assert town.sent(town.chen) == before


async def test_a_press_too_old_to_be_answered_has_its_effect_all_the_same(town: Crowd) -> None:
    stage = town.stage
    await stage.say(town.li, "/menu")
    press = stage.phones.press(town.li, stage.last(town.li).id, "do:help")
    stage.phones.expire(press)
    await stage.settle()
    assert "What I can do here" in stage.last(town.li).text
    assert (await town.arrivals())[-1].state is Arrival.DONE


async def test_stopping_finishes_the_turn_under_way_and_keeps_the_rest(town: Crowd) -> None:
    turns = town.stage.service.turns
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def prepare(_update: Update, _database: Database, _now: datetime) -> None:
        begun.set()
        await go_on.wait()

    turns.prepare = prepare
    for word in ("/menu", "/help"):
        town.stage.phones.say(town.chen, word)
    running = asyncio.create_task(turns.run())
    await town.stage.service.receiver.poll_once(0)
    await begun.wait()
    stopping = asyncio.create_task(turns.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    await running
    assert [row.state for row in await town.arrivals()][-2:] == [Arrival.DONE, Arrival.WAITING]


async def test_the_loop_outlives_a_database_that_is_away(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = town.stage.service.turns
    real, calls = inbox.waiting, 0

    async def waiting(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OperationalError("SELECT", {}, Exception("away"))
        return await real(*args)

    monkeypatch.setattr(inbox, "waiting", waiting)
    done = asyncio.Event()
    turns.on_commit = done.set
    town.stage.phones.say(town.chen, "/help")
    await town.stage.service.receiver.poll_once(0)
    running = asyncio.create_task(turns.run())
    async with asyncio.timeout(5):
        await done.wait()
    await turns.stop()
    await running
