"""Editing, deleting and pinning."""

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest

from bot.playground.records import Person
from bot.playground.telegram import LocalTelegram
from tests.playground.clock import Clock
from tests.playground.pictures import png

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")]])


async def test_an_edit_changes_text_and_buttons_and_says_so(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "one", reply_markup=BUTTON)
    edited = await sent.edit_text("<b>two</b>", parse_mode="HTML")
    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    seen = telegram.phones.read(li)[-1]
    assert (seen.text, seen.rows, seen.edited) == ("two", [], True)


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "<b>one</b>", parse_mode="HTML", reply_markup=BUTTON)
    with pytest.raises(BadRequest) as refused:
        await sent.edit_text("<b>one</b> ", parse_mode="HTML", reply_markup=BUTTON)
    assert refused.value.message == (
        "Message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )
    await sent.edit_text("one", reply_markup=BUTTON)
    await sent.edit_text("one")


async def test_only_the_buttons_may_be_changed(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "one")
    await sent.edit_reply_markup(BUTTON)
    seen = telegram.phones.read(li)[-1]
    assert (seen.rows[0][0].data, seen.edited) == ("a", False)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_reply_markup(BUTTON)


async def test_a_message_that_is_gone_cannot_be_edited(bot: Bot, li: Person) -> None:
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", li.id, 999)


async def test_a_persons_message_cannot_be_edited(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    said = telegram.phones.say(li, "hello")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", li.id, said.id)


async def test_a_message_with_a_reply_keyboard_cannot_be_edited(bot: Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "x", reply_markup=ReplyKeyboardMarkup([["a"]]))
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await sent.edit_text("y")


async def test_text_and_caption_are_not_the_same_thing(bot: Bot, li: Person) -> None:
    text, photo = await bot.send_message(li.id, "x"), await bot.send_photo(li.id, png())
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await photo.edit_text("y")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await text.edit_caption("y")
    await photo.edit_caption("y")


async def test_a_picture_can_be_replaced(telegram: LocalTelegram, bot: Bot, li: Person) -> None:
    sent = await bot.send_photo(li.id, png(), caption="old")
    await sent.edit_media(InputMediaPhoto(png(5, 5), caption="<b>new</b>", parse_mode="HTML"))
    seen = telegram.phones.read(li)[-1]
    assert seen.photo is not None
    assert (seen.photo.width, seen.text) == (5, "new")
    await sent.edit_media(InputMediaDocument(b"abc", filename="a.txt"))
    assert seen.photo is None
    assert seen.document is not None
    assert seen.document.name == "a.txt"


async def test_a_deleted_message_is_gone_from_the_phone(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    said = telegram.phones.say(li, "secret")
    sent = await bot.send_message(li.id, "x")
    await sent.delete()
    await bot.delete_message(li.id, said.id)
    assert [m.text for m in telegram.phones.read(li)] == ["/start"]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await sent.delete()


async def test_after_48_hours_nothing_can_be_deleted(bot: Bot, li: Person, clock: Clock) -> None:
    sent = await bot.send_message(li.id, "x")
    clock.pass_(hours=48)
    other = await bot.send_message(li.id, "y")
    clock.pass_(seconds=1)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await sent.delete()
    await other.delete()


async def test_several_are_deleted_at_once_and_missing_ones_passed_over(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = [(await bot.send_message(li.id, "x")).message_id for _ in range(3)]
    await bot.delete_messages(li.id, [*sent, 999])
    assert [m.text for m in telegram.phones.read(li)] == ["/start"]
    with pytest.raises(BadRequest, match="Too many message identifiers specified"):
        await bot.delete_messages(li.id, list(range(1, 102)))


async def test_a_pinned_message_stands_at_the_top_until_it_is_taken_down(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "x")
    await sent.pin()
    assert telegram.chats[li.id].pinned == sent.message_id
    assert telegram.phones.read(li)[-1].service is not None
    full = await bot.get_chat(li.id)
    assert full.pinned_message is not None
    assert full.pinned_message.message_id == sent.message_id
    await sent.unpin()
    assert telegram.chats[li.id].pinned is None
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await bot.unpin_chat_message(li.id)


async def test_a_pinned_message_that_is_deleted_is_no_longer_pinned(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "x")
    await sent.pin()
    await sent.delete()
    assert telegram.chats[li.id].pinned is None
