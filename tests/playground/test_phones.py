"""What people do, and what the bot is told of it."""

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest

from bot.playground.records import Person
from bot.playground.refusals import NotOnThisPhone
from bot.playground.telegram import LocalTelegram
from tests.playground.pictures import png

CHOICE = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Yes", callback_data="yes")],
        [InlineKeyboardButton("Site", url="https://example.org")],
    ]
)


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates())[-1]


async def test_start_carries_the_payload_of_the_link(telegram: LocalTelegram, bot: Bot) -> None:
    wang = telegram.add_person("Wang", username="wang")
    telegram.phones.start(wang, "invite-1")
    message = (await newest(bot)).effective_message
    assert message is not None
    assert message.text == "/start invite-1"
    assert message.parse_entities() == {message.entities[0]: "/start"}
    assert message.from_user is not None
    assert (message.from_user.id, message.from_user.is_bot) == (wang.id, False)
    assert (message.from_user.language_code, message.from_user.username) == ("zh-hans", "wang")
    assert (message.chat.id, message.chat.type) == (wang.id, "private")


async def test_before_start_nothing_can_be_written(telegram: LocalTelegram) -> None:
    wang = telegram.add_person("Wang")
    with pytest.raises(NotOnThisPhone, match="press Start first"):
        telegram.phones.say(wang, "hello")


async def test_pictures_files_places_and_numbers_are_delivered(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    phones = telegram.phones
    phones.send_photo(li, "a.png", png(4, 3), caption="the door")
    phones.send_document(li, "名单.xlsx", b"PK")
    phones.send_location(li, 31.2, 121.4)
    phones.send_contact(li)
    photo, document, place, contact = [
        u.effective_message for u in await bot.get_updates() if u.effective_message
    ][-4:]
    assert (photo.photo[-1].width, photo.caption) == (4, "the door")
    assert document.document is not None
    assert document.document.file_name == "名单.xlsx"
    fetched = await (await bot.get_file(document.document.file_id)).download_as_bytearray()
    assert bytes(fetched) == b"PK"
    assert place.location is not None
    assert place.location.latitude == 31.2
    assert contact.contact is not None
    assert (contact.contact.user_id, contact.contact.phone_number) == (li.id, li.phone)


async def test_a_press_reaches_the_bot_and_its_answer_the_person(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "Well?", reply_markup=CHOICE)
    press = telegram.phones.press(li, sent.message_id, label="Yes")
    query = (await newest(bot)).callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("yes", li.id)
    assert isinstance(query.message, Message)
    assert query.message.reply_markup == CHOICE
    assert query.chat_instance
    await query.answer("Thank you", show_alert=True)
    assert await press is press
    assert (press.text, press.alert) == ("Thank you", True)


async def test_a_press_can_be_awaited_before_it_is_answered(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "Well?", reply_markup=CHOICE)

    async def press() -> str:
        return (await telegram.phones.press(li, sent.message_id, "yes")).text

    async def answer() -> None:
        query = None
        while query is None:
            query = (await bot.get_updates(timeout=5))[-1].callback_query
        await query.answer("ok")

    assert (await asyncio.gather(press(), answer()))[0] == "ok"


async def test_a_press_is_answered_once(telegram: LocalTelegram, bot: Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "Well?", reply_markup=CHOICE)
    number = telegram.phones.press(li, sent.message_id, "yes").ids[0]
    await bot.answer_callback_query(number)
    with pytest.raises(BadRequest) as refused:
        await bot.answer_callback_query(number)
    why = "Query is too old and response timeout expired or query id is invalid"
    assert refused.value.message == why


async def test_a_press_that_waited_too_long_cannot_be_answered(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "Well?", reply_markup=CHOICE)
    press = telegram.phones.press(li, sent.message_id, "yes")
    telegram.phones.expire(press)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(press.ids[0])


async def test_only_buttons_that_are_there_can_be_pressed_unless_the_screen_is_stale(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "Well?", reply_markup=CHOICE)
    await sent.edit_text("Done")
    with pytest.raises(NotOnThisPhone, match="no such button"):
        telegram.phones.press(li, sent.message_id, "yes")
    telegram.phones.press(li, sent.message_id, "yes", stale=True)
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.data == "yes"
    await sent.delete()
    telegram.phones.press(li, sent.message_id, "yes", stale=True)
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.message is not None
    assert not query.message.is_accessible


async def test_a_link_button_is_not_a_callback(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_message(li.id, "Well?", reply_markup=CHOICE)
    with pytest.raises(NotOnThisPhone, match="not a callback"):
        telegram.phones.press(li, sent.message_id, label="Site")


async def test_blocking_and_taking_back_are_told(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    telegram.phones.block(li)
    change = (await newest(bot)).my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(NotOnThisPhone):
        telegram.phones.say(li, "hello")
    telegram.phones.unblock(li)
    change = (await newest(bot)).my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("kicked", "member")


async def test_one_waits_for_a_message_without_looking_again_and_again(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    waiting = asyncio.create_task(telegram.phones.wait_for(li, lambda m: m.text == "two"))
    await bot.send_message(li.id, "one")
    await bot.send_message(li.id, "two")
    assert (await waiting).text == "two"
    with pytest.raises(TimeoutError):
        await telegram.phones.wait_for(li, lambda m: m.text == "three", timeout=0.01)


async def test_the_counter_of_events_can_be_waited_for(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    before = telegram.phones.count
    waiting = asyncio.create_task(telegram.phones.changed())
    await asyncio.sleep(0)
    await bot.send_message(li.id, "one")
    assert await waiting == before + 1
    assert await telegram.phones.changed(before) == before + 1
