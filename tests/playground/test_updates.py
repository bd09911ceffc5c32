"""Getting updates, by long poll and by webhook, and the command menus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import BadRequest, Conflict

from bot.playground.records import Person
from bot.playground.telegram import LocalTelegram
from tests.playground.clock import Clock


async def test_an_offset_confirms_what_came_before_it(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    telegram.phones.say(li, "two")
    first, second = await bot.get_updates()
    assert second.update_id == first.update_id + 1
    assert await bot.get_updates() == (first, second)
    assert await bot.get_updates(offset=second.update_id) == (second,)
    assert await bot.get_updates() == (second,)
    assert await bot.get_updates(offset=second.update_id + 1) == ()


async def test_a_negative_offset_keeps_the_last_ones(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    telegram.phones.say(li, "two")
    telegram.phones.say(li, "three")
    kept = await bot.get_updates(offset=-1)
    assert [u.effective_message.text for u in kept if u.effective_message] == ["three"]
    assert len(await bot.get_updates()) == 1


async def test_a_limit_is_kept(telegram: LocalTelegram, bot: Bot, li: Person) -> None:
    telegram.phones.say(li, "two")
    assert len(await bot.get_updates(limit=1)) == 1


async def test_a_long_poll_returns_when_something_comes(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    (start,) = await bot.get_updates()
    poll = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=60))
    await asyncio.sleep(0)
    telegram.phones.say(li, "now")
    (update,) = await poll
    assert update.effective_message is not None
    assert update.effective_message.text == "now"


async def test_a_second_poll_ends_the_first(bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=60))
    await asyncio.sleep(0)
    second = asyncio.create_task(bot.get_updates(timeout=60))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    second.cancel()


async def test_only_the_kinds_that_were_asked_for_are_kept(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    (start,) = await bot.get_updates(allowed_updates=["my_chat_member"])
    telegram.phones.say(li, "unheard")
    telegram.phones.block(li)
    (update,) = await bot.get_updates(offset=start.update_id + 1)
    assert update.my_chat_member is not None


async def test_updates_are_forgotten_after_a_day(bot: Bot, li: Person, clock: Clock) -> None:
    clock.pass_(hours=24, seconds=1)
    assert await bot.get_updates() == ()


@asynccontextmanager
async def receiver(answers: list[int], got: "asyncio.Queue[Any]") -> AsyncIterator[str]:
    async def receive(request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        await got.put((secret, await request.json()))
        return web.Response(status=answers.pop(0) if answers else 200)

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def test_a_webhook_gets_everything_in_order_and_again_until_it_says_200(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    telegram.world.webhook.first_pause = 0.01
    telegram.phones.say(li, "two")
    got: asyncio.Queue[Any] = asyncio.Queue()
    async with receiver([500, 200, 503], got) as url:
        await bot.set_webhook(url, secret_token="s3cret")
        deliveries = [await got.get() for _ in range(4)]
        await bot.delete_webhook()
    assert {secret for secret, _ in deliveries} == {"s3cret"}
    texts = [update["message"]["text"] for _, update in deliveries]
    assert texts == ["/start", "/start", "two", "two"]


async def test_while_a_webhook_is_set_nobody_may_poll(telegram: LocalTelegram, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=60))
    await asyncio.sleep(0)
    await bot.set_webhook("https://example.org/hook")
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_pending_updates_can_be_dropped(bot: Bot, li: Person) -> None:
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "secret", "why"),
    [
        ("http://example.org/", "a", "Bad webhook: an https url must be provided for webhook"),
        ("https://example.org/", "a b", "Secret token contains unallowed characters"),
    ],
)
async def test_a_bad_webhook_is_refused(bot: Bot, url: str, secret: str, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.set_webhook(url, secret_token=secret)
    assert refused.value.message.lower() == why.lower()


async def test_the_narrowest_menu_in_the_persons_language_is_shown(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    commands = telegram.world.commands
    await bot.set_my_commands([BotCommand("a", "default")])
    assert commands.of(li)[0]["command"] == "a"
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("b", "private")], scope=private)
    await bot.set_my_commands([BotCommand("c", "private")], scope=private, language_code="zh")
    assert commands.of(li)[0]["command"] == "c"
    own = BotCommandScopeChat(li.id)
    await bot.set_my_commands([BotCommand("d", "own")], scope=own)
    assert commands.of(li)[0]["command"] == "d"
    assert (await bot.get_my_commands(scope=own))[0].command == "d"
    await bot.delete_my_commands(scope=own)
    telegram.phones.change_language(li, "en")
    assert commands.of(li)[0]["command"] == "b"


@pytest.mark.parametrize(
    ("command", "description", "why"),
    [
        ("Menu", "x", "Bot_command_invalid"),
        ("带", "x", "Bot_command_invalid"),
        ("a" * 33, "x", "Command length must not exceed 32"),
        ("", "x", "Command must be non-empty"),
        ("a", "", "Command description must be non-empty"),
        ("a", "x" * 257, "Command description length must not exceed 256"),
    ],
)
async def test_a_bad_command_is_refused(bot: Bot, command: str, description: str, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.set_my_commands([(command, description)])
    assert refused.value.message == why


async def test_names_and_the_menu_button_are_accepted(bot: Bot) -> None:
    assert await bot.set_my_name("x")
    assert await bot.set_my_description("x")
    assert await bot.set_my_short_description("x")
    assert await bot.set_chat_menu_button()
