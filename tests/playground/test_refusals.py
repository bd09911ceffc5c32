"""Calls that no library would make, and what Telegram says to them."""

import asyncio
from typing import Any

import pytest

from bot.playground.limits import Limits
from bot.playground.records import Person
from bot.playground.telegram import LocalTelegram


@pytest.mark.parametrize(
    ("method", "params", "why"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ("sendMessage", {"text": "x", "reply_markup": []}, "object expected as reply markup"),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"inline_keyboard": [["a"]]}},
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"keyboard": [[1]]}},
            "can't parse keyboard button: KeyboardButton must be a String or an Object",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"keyboard": [[""]]}},
            "keyboard button text must be non-empty",
        ),
        (
            "sendMessage",
            {"text": "x", "entities": [{"type": "bold"}]},
            "can't parse MessageEntity: expected an Object",
        ),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendDocument", {}, "there is no document in the request"),
        (
            "sendDocument",
            {"document": "attach://a"},
            "wrong file identifier/HTTP URL specified",
        ),
        ("sendLocation", {"latitude": 1}, "longitude is empty"),
        ("sendContact", {"first_name": "x"}, "contact phone number must be non-empty"),
        ("sendContact", {"phone_number": "1"}, "contact first name must be non-empty"),
        ("editMessageMedia", {"media": []}, "can't parse InputMedia: expected an Object"),
        (
            "editMessageMedia",
            {"media": {"type": "song"}},
            "can't parse InputMedia: type is unsupported",
        ),
        (
            "editMessageText",
            {"text": "x", "reply_markup": {"keyboard": [["a"]]}},
            "inline keyboard expected",
        ),
        ("getFile", {}, "file_id not specified"),
        ("setMyCommands", {"commands": {}}, "expected an Array of BotCommand"),
        ("setMyCommands", {"commands": [1]}, "can't parse BotCommand: expected an Object"),
        ("getMyCommands", {"scope": []}, "BotCommandScope must be an Object"),
        (
            "getMyCommands",
            {"scope": {"type": "everybody"}},
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        (
            "getMyCommands",
            {"scope": {"type": "chat"}},
            "can't parse BotCommandScope: Empty chat_id specified",
        ),
        (
            "setChatMenuButton",
            {"menu_button": {"type": "bell"}},
            "can't parse menu button: MenuButton has unsupported type",
        ),
        ("answerCallbackQuery", {"text": "x" * 201}, "MESSAGE_TOO_LONG"),
    ],
)
async def test_a_malformed_call_is_refused_before_anything_else_is_asked(
    telegram: LocalTelegram, li: Person, method: str, params: dict[str, Any], why: str
) -> None:
    status, body = await telegram.call("1:playground", method, params)
    assert (status, body["description"]) == (400, f"Bad Request: {why}")


@pytest.mark.parametrize(
    ("method", "params", "why"),
    [
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("deleteMessages", {}, "message identifiers are not specified"),
        ("leaveChat", {}, "chat member status can't be changed in private chats"),
    ],
)
async def test_a_call_without_its_object_is_refused(
    telegram: LocalTelegram, li: Person, method: str, params: dict[str, Any], why: str
) -> None:
    given = {"chat_id": li.id, **params}
    status, body = await telegram.call("1:playground", method, given)
    assert (status, body["description"]) == (400, f"Bad Request: {why}")


def test_a_loop_that_was_thrown_away_in_a_wait_does_no_harm() -> None:
    telegram = LocalTelegram(limits=Limits.off())
    li = telegram.add_person("Li")
    dead = asyncio.new_event_loop()
    tasks = [
        dead.create_task(telegram.call("1:playground", "getUpdates", {"timeout": 60})),
        dead.create_task(telegram.phones.changed()),
    ]
    dead.run_until_complete(asyncio.sleep(0))
    dead.close()
    telegram.phones.start(li)
    answer = asyncio.run(telegram.call("1:playground", "getUpdates", {"timeout": 60}))
    assert [u["message"]["text"] for u in answer[1]["result"]] == ["/start"]
    for task in tasks:
        # Nobody will ever finish them, and the test is not about that.
        task._log_destroy_pending = False  # type: ignore[attr-defined] # asyncio's own switch
