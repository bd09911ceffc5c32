"""Limits, and faults that can be switched on."""

from datetime import timedelta

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import NetworkError, RetryAfter, TimedOut

from bot.playground.faults import NAMES, Faults
from bot.playground.limits import Limits
from bot.playground.records import Person
from bot.playground.refusals import Refusal
from bot.playground.telegram import LocalTelegram


class Seconds:
    """Seconds that a test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def admitted(limits: Limits, chat: int, times: int) -> int:
    """How many of so many messages go through at once."""
    done = 0
    for _ in range(times):
        try:
            limits.admit(chat)
        except Refusal:
            break
        done += 1
    return done


def test_a_person_gets_five_at_once_and_then_one_a_second() -> None:
    seconds = Seconds()
    limits = Limits(clock=seconds)
    assert admitted(limits, 1, 9) == 5
    assert admitted(limits, 2, 9) == 5
    seconds.now += 1
    assert admitted(limits, 1, 9) == 1
    seconds.now += 60
    assert admitted(limits, 1, 9) == 5


def test_a_group_gets_twenty_a_minute() -> None:
    seconds = Seconds()
    limits = Limits(clock=seconds)
    assert admitted(limits, -1, 30) == 20
    seconds.now += 59
    with pytest.raises(Refusal) as refused:
        limits.admit(-1)
    assert refused.value.answer() == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        },
    )
    seconds.now += 1
    assert admitted(limits, -1, 30) == 20


def test_thirty_a_second_is_the_most_over_all() -> None:
    seconds = Seconds()
    limits = Limits(clock=seconds)
    assert sum(admitted(limits, chat, 1) for chat in range(1, 50)) == 30
    seconds.now += 1
    assert sum(admitted(limits, chat, 1) for chat in range(1, 50)) == 30


async def test_edits_count_and_the_bot_is_told_how_long_to_wait(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    telegram.world.limits.enabled = True
    telegram.world.limits.clock = Seconds()
    sent = await bot.send_message(li.id, "0")
    for n in range(1, 5):
        await sent.edit_text(str(n))
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(li.id, "6")
    assert refused.value.retry_after == timedelta(seconds=1)
    assert telegram.phones.read(li)[-1].text == "4"


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        ("too_many_requests", RetryAfter, False),
        ("server_error", NetworkError, False),
        ("bad_gateway", NetworkError, False),
        ("bad_gateway_after", NetworkError, True),
        ("connect_error", NetworkError, False),
        ("drop_before", NetworkError, False),
        ("drop_after", NetworkError, True),
        ("timeout_after", TimedOut, True),
    ],
)
async def test_a_fault_strikes_once_before_or_after_the_effect(
    telegram: LocalTelegram,
    bot: Bot,
    li: Person,
    fault: str,
    error: type[Exception],
    arrives: bool,
) -> None:
    telegram.faults.once(fault, method="sendMessage")
    await bot.get_me()
    with pytest.raises(error):
        await bot.send_message(li.id, "x")
    assert (telegram.phones.read(li)[-1].text == "x") is arrives
    assert telegram.log[-1].done is arrives
    assert telegram.faults.injected[fault] == 1
    await bot.send_message(li.id, "y")


async def test_no_connection_can_be_told_from_a_lost_one(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    for fault, cause in (("connect_error", httpx.ConnectError), ("drop_after", httpx.ReadError)):
        telegram.faults.once(fault)
        with pytest.raises(NetworkError) as lost:
            await bot.send_message(li.id, "x")
        known = isinstance(lost.value.__cause__, httpx.ConnectError)
        assert known is (cause is httpx.ConnectError)


async def test_an_update_can_come_twice(telegram: LocalTelegram, bot: Bot, li: Person) -> None:
    telegram.faults.once("duplicate_update")
    telegram.phones.say(li, "x")
    assert len({u.update_id for u in (await bot.get_updates())[-2:]}) == 1


async def test_a_press_can_come_again_under_a_new_update_id(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    button = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")]])
    sent = await bot.send_message(li.id, "x", reply_markup=button)
    telegram.faults.once("resent_press")
    press = telegram.phones.press(li, sent.message_id, "a")
    first, second = (await bot.get_updates())[-2:]
    assert first.update_id != second.update_id
    for update in (first, second):
        assert update.callback_query is not None
        assert update.callback_query.data == "a"
        await update.callback_query.answer(str(update.update_id))
    assert press.text == str(first.update_id)


async def test_an_answer_can_be_late(telegram: LocalTelegram, bot: Bot) -> None:
    telegram.faults.late = 0.001
    telegram.faults.once("delay")
    await bot.get_me()
    assert telegram.faults.injected["delay"] == 1


def test_one_seed_makes_one_history() -> None:
    histories = [
        [faults.strikes("drop_after") for _ in range(50)]
        for faults in (Faults(seed=7, drop_after=0.5), Faults(seed=7, drop_after=0.5))
    ]
    assert histories[0] == histories[1]
    assert 0 < sum(histories[0]) < 50


def test_all_trouble_can_be_ended() -> None:
    faults = Faults(seed=1, **dict.fromkeys(NAMES, 1.0))
    faults.once("delay")
    faults.clear()
    assert not any(faults.strikes(name) for name in NAMES)


def test_a_fault_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault is called rain"):
        Faults().set("rain", 1)
    with pytest.raises(ValueError, match="no fault is called rain"):
        Faults().once("rain")
    with pytest.raises(ValueError, match="between 0 and 1"):
        Faults().set("delay", 2)
