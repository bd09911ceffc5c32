"""What the bot may send, and what Telegram says when it may not."""

import json
from datetime import timedelta
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden

from bot.playground.records import Person
from bot.playground.telegram import LocalTelegram
from tests.playground.clock import Clock
from tests.playground.pictures import png


def buttons(*rows: list[str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(data, callback_data=data) for data in row] for row in rows]
    )


async def test_a_message_reaches_the_phone_as_it_was_meant(
    telegram: LocalTelegram, bot: Bot, li: Person, clock: Clock
) -> None:
    sent = await bot.send_message(
        li.id,
        " <b>Hello</b> ",
        parse_mode="HTML",
        protect_content=True,
        reply_markup=buttons(["a"]),
    )
    seen = telegram.phones.read(li)[-1]
    assert (seen.text, seen.protected, seen.edited) == ("Hello", True, False)
    assert seen.rows[0][0].data == "a"
    assert sent.text_html == "<b>Hello</b>"
    assert sent.date == clock.now
    assert sent.from_user is not None
    assert sent.from_user.is_bot
    assert sent.has_protected_content


async def test_commands_in_a_bots_own_message_are_entities_too(bot: Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "👵 /menu")
    assert sent.parse_entities() == {sent.entities[0]: "/menu"}


async def test_entities_may_be_given_instead_of_markup(bot: Bot, li: Person) -> None:
    sent = await bot.send_message(li.id, "👵a", entities=[MessageEntity("bold", 2, 1)])
    assert sent.text_html == "👵<b>a</b>"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Message text is empty"),
        ("   ", "Text must be non-empty"),
        ("<b> </b>", "Text must be non-empty"),
        ("x" * 4097, "Message is too long"),
        ("👵" * 2049, "Message is too long"),
        ("<b>x", "Can't parse entities: can't find end tag corresponding to start tag \"b\""),
    ],
)
async def test_a_bad_text_is_refused(bot: Bot, li: Person, text: str, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(li.id, text, parse_mode="HTML")
    assert refused.value.message.lower() == why.lower()


async def test_the_length_counts_after_the_tags_are_gone(bot: Bot, li: Person) -> None:
    await bot.send_message(li.id, f"<b>{'👵' * 2048}</b>", parse_mode="HTML")


async def test_another_parse_mode_is_refused(bot: Bot, li: Person) -> None:
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        await bot.send_message(li.id, "x", parse_mode="Latex")


async def test_half_a_character_is_refused(telegram: LocalTelegram, li: Person) -> None:
    params = {"chat_id": li.id, "text": "\ud800"}
    status, body = await telegram.call("1:playground", "sendMessage", params)
    assert status == 400
    assert body["description"] == "Bad Request: strings must be encoded in UTF-8"


@pytest.mark.parametrize("chat", [999, -999, "@nobody"])
async def test_an_unknown_chat_is_not_found(bot: Bot, chat: int | str) -> None:
    with pytest.raises(BadRequest, match=r"^Chat not found$"):
        await bot.send_message(chat, "x")


async def test_a_person_who_never_pressed_start_cannot_be_written_to(
    telegram: LocalTelegram, bot: Bot
) -> None:
    stranger = telegram.add_person("Wang")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "x")


async def test_who_blocked_the_bot_cannot_be_written_to_until_they_start_again(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    telegram.phones.block(li)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(li.id, "x")
    telegram.phones.start(li)
    await bot.send_message(li.id, "x")


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ([[{"text": "a", "callback_data": "界" * 22}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "a", "callback_data": ""}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "", "callback_data": "a"}]], "inline keyboard button text must be non-empty"),
        (
            [[{"text": "a"}]],
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            [[{"text": "a", "url": "http://localhost:1/"}]],
            "inline keyboard button URL 'http://localhost:1/' is invalid: Wrong HTTP URL",
        ),
        ([[{"text": "a", "callback_data": "a"}] * 9], "reply markup is too long"),
        ([[{"text": "a", "callback_data": "a"}]] * 101, "reply markup is too long"),
        ("a", 'field "inline_keyboard" must be an Array of Arrays'),
    ],
)
async def test_bad_buttons_are_refused(
    telegram: LocalTelegram, li: Person, markup: Any, why: str
) -> None:
    params = {
        "chat_id": li.id,
        "text": "x",
        "reply_markup": json.dumps({"inline_keyboard": markup}),
    }
    status, body = await telegram.call("1:playground", "sendMessage", params)
    assert (status, body["description"]) == (400, f"Bad Request: {why}")


async def test_64_bytes_and_100_buttons_are_allowed(bot: Bot, li: Person) -> None:
    widest = ["界" * 21 + "a"]
    await bot.send_message(li.id, "x", reply_markup=buttons(widest, *[["a"] * 3] * 33))


async def test_a_keyboard_that_asks_for_the_number_is_shown_and_taken_away(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    keys = ReplyKeyboardMarkup([[KeyboardButton("mine", request_contact=True), "no"]])
    await bot.send_message(li.id, "x", reply_markup=keys)
    shown = telegram.phones.read(li)[-1].keyboard
    assert shown is not None
    assert shown["keyboard"][0][0]["request_contact"]
    await bot.send_message(li.id, "x", reply_markup=ReplyKeyboardRemove())
    assert telegram.phones.read(li)[-1].keyboard == {"remove_keyboard": True}


async def test_a_reply_needs_the_message_it_answers(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    asked = telegram.phones.say(li, "hello?")
    sent = await bot.send_message(li.id, "x", reply_parameters=ReplyParameters(asked.id))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "hello?"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(li.id, "x", reply_parameters=ReplyParameters(999))
    lenient = ReplyParameters(999, allow_sending_without_reply=True)
    assert (await bot.send_message(li.id, "x", reply_parameters=lenient)).reply_to_message is None


async def test_a_picture_arrives_and_can_be_sent_again_by_its_id(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    sent = await bot.send_photo(li.id, png(3, 2), caption="<i>x</i>", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (3, 2)
    assert sent.caption_html == "<i>x</i>"
    again = await bot.send_photo(li.id, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    seen = telegram.phones.read(li)[-1].photo
    assert seen is not None
    assert seen.data == png(3, 2)


async def test_a_document_keeps_its_name_and_can_be_fetched(bot: Bot, li: Person) -> None:
    sent = await bot.send_document(li.id, b"a,b", filename="名单.csv")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("名单.csv", 3)
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a,b"


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (b"not a picture", "Image_process_failed"),
        (b"", "File must be non-empty"),
        (png(21, 1), "Photo_invalid_dimensions"),
        ("AgACnothing", "Wrong file identifier/http url specified"),
        ("https://example.org/a.png", "Failed to get http url content"),
    ],
)
async def test_a_bad_picture_is_refused(bot: Bot, li: Person, photo: bytes | str, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.send_photo(li.id, photo)
    assert refused.value.message.lower() == why.lower()


async def test_a_caption_has_1024_units(bot: Bot, li: Person) -> None:
    await bot.send_photo(li.id, png(), caption="x" * 1024)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(li.id, png(), caption="👵" * 513)


async def test_an_unknown_file_cannot_be_fetched(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("nothing")


async def test_a_place_and_a_contact_arrive(telegram: LocalTelegram, bot: Bot, li: Person) -> None:
    await bot.send_location(li.id, 31.2, 121.4)
    await bot.send_contact(li.id, "+8612345", "Dr Wu")
    place, contact = telegram.phones.read(li)[-2:]
    assert place.location == {"latitude": 31.2, "longitude": 121.4}
    assert contact.contact == {"phone_number": "+8612345", "first_name": "Dr Wu"}
    with pytest.raises(BadRequest, match="Wrong location"):
        await bot.send_location(li.id, 91, 0)


async def test_typing_is_an_event_and_nonsense_is_refused(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    await bot.send_chat_action(li.id, "typing")
    assert telegram.world.live.events[-1].as_json()["type"] == "typing"
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(li.id, "juggling")


async def test_the_log_says_what_the_chat_of_a_person_was_sent(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    await bot.send_message(li.id, "one")
    call = telegram.log[-1]
    assert (call.method, call.params["chat_id"], call.params["text"]) == (
        "sendMessage",
        li.id,
        "one",
    )
    assert (call.status, call.done, call.answer["result"]["text"]) == (200, True, "one")
    assert "1:playground" not in repr(telegram.log)


async def test_an_unknown_method_and_a_wrong_token_are_told_apart(
    telegram: LocalTelegram,
) -> None:
    assert await telegram.call("1:playground", "sendMoney", {}) == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found"},
    )
    assert await telegram.call("1:wrong", "getMe", {}) == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )


async def test_method_names_may_be_in_any_case(telegram: LocalTelegram) -> None:
    status, body = await telegram.call("1:playground", "GETME", {})
    assert status == 200
    assert body["result"]["username"] == "nuanlin_bot"


async def test_messages_are_dated_by_the_given_clock(bot: Bot, li: Person, clock: Clock) -> None:
    first = await bot.send_message(li.id, "x")
    clock.pass_(hours=5)
    second = await bot.send_message(li.id, "x")
    assert second.date - first.date == timedelta(hours=5)


async def test_a_voice_message_goes_out_again_by_its_id_and_no_picture_does_as_voice(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    voice = telegram.phones.send_voice(li, b"OggS").voice
    photo = telegram.phones.send_photo(li, "a.png", png(), album="1").photo
    assert voice is not None
    assert photo is not None
    sent = await bot.send_voice(li.id, voice.id, caption="heard")
    assert sent.voice is not None
    assert (sent.voice.file_unique_id, sent.caption) == (voice.unique, "heard")
    with pytest.raises(BadRequest):
        await bot.send_voice(li.id, photo.id)
