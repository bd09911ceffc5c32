"""Our request class speaks to a server written by others, through the library's own Bot."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import BadRequest

from bot.request import AiohttpRequest
from tests.peer.peer import MISSING, VARIABLE, Person, peer_running

pytestmark = pytest.mark.peer

TOKEN = "12345:peer"


@pytest.fixture
async def bot(telegram_url: str) -> AsyncIterator[Bot]:
    ours = Bot(
        TOKEN,
        base_url=f"{telegram_url}/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
    )
    async with ours:
        yield ours


@pytest.fixture
def li(peer_server: str) -> Person:
    return Person(peer_server, TOKEN, number=501)


async def test_the_bot_learns_who_it_is(bot: Bot) -> None:
    assert bot.bot.is_bot
    assert bot.username == "TestNameBot"


async def test_a_text_and_a_command_arrive_as_what_they_are(bot: Bot, li: Person) -> None:
    await li.write("/start abc")
    await li.write("王奶奶好")
    command, text = await bot.get_updates(timeout=5)
    assert command.message is not None
    assert text.message is not None
    assert command.message.parse_entities(["bot_command"]).popitem()[1] == "/start"
    assert text.message.text == "王奶奶好"
    assert text.message.from_user is not None
    assert (text.message.from_user.id, text.message.chat.id) == (501, 501)


async def test_what_was_not_confirmed_comes_again(bot: Bot, li: Person) -> None:
    await li.write("one")
    await li.write("two")
    first, second = await bot.get_updates(timeout=5)
    assert [each.update_id for each in await bot.get_updates()] == [
        first.update_id,
        second.update_id,
    ]
    assert await bot.get_updates(offset=first.update_id + 1) == (second,)
    assert await bot.get_updates(offset=second.update_id + 1) == ()


async def test_a_button_is_shown_pressed_answered_and_the_message_edited(
    bot: Bot, li: Person
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("认领", callback_data="claim:42")]])
    sent = await bot.send_message(501, "送药 7 号楼", reply_markup=keyboard)
    assert (await li.sees("送药")).buttons == {"认领": "claim:42"}

    await li.press("认领")
    (update,) = await bot.get_updates(timeout=5)
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("claim:42", 501)
    assert isinstance(query.message, Message)
    assert query.message.message_id == sent.message_id

    assert await query.answer("好")
    await query.edit_message_text("送药 7 号楼 · 已认领", reply_markup=InlineKeyboardMarkup([]))
    shown = await li.sees("已认领")
    assert shown.number == sent.message_id
    assert shown.buttons == {}


async def test_a_deleted_message_is_gone_and_cannot_be_deleted_again(bot: Bot, li: Person) -> None:
    sent = await bot.send_message(501, "13800000000")
    assert await bot.delete_message(501, sent.message_id)
    assert await li.screen() == []
    with pytest.raises(BadRequest, match="wasn't found"):
        await bot.delete_message(501, sent.message_id)


async def test_people_see_only_their_own_chat(bot: Bot, li: Person, peer_server: str) -> None:
    await bot.send_message(501, "for Li")
    await bot.send_message(502, "for Wang")
    wang = Person(peer_server, TOKEN, number=502)
    assert [shown.text for shown in await li.screen()] == ["for Li"]
    assert [shown.text for shown in await wang.screen()] == ["for Wang"]


async def test_what_the_server_cannot_do_is_refused_or_accepted_without_effect(bot: Bot) -> None:
    assert await bot.set_my_commands([("start", "begin")])
    with pytest.raises(BadRequest, match="not supported"):
        await bot.get_chat(501)


def test_without_the_package_the_test_fails_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(RuntimeError, match=VARIABLE), peer_running():
        pass
    assert "npm install" in MISSING
