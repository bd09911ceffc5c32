"""A screen on the wire: sent as a new message, or put in the place of one that stands."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.pictures.paint import NotPainted, paint
from bot.screen import Screen
from care.visit_files import Kind

log = structlog.get_logger()
# Telegram's words for a message that is not there, or cannot become what it is to become.
GONE = ("to edit not found", "can't be edited", "no text", "no media")


async def painted(screen: Screen | dict[str, Any]) -> Screen | dict[str, Any]:
    """With its picture; one that cannot be painted leaves the words that stand under it."""
    if isinstance(screen, dict) or not screen.drawing:
        return screen
    try:
        return replace(screen, photo=await paint(screen.drawing))
    except NotPainted as error:
        log.warning("not_painted", reason=str(error))
        return screen


def fits_in_place(screen: Screen) -> bool:
    """Whether a message may turn into this one; an uploaded file always comes as a new one."""
    uploaded = screen.photo or screen.document or screen.stored
    return bool(screen.drawing) or uploaded is None


async def edit(bot: ExtBot[None], chat: int, message: int, screen: Screen) -> bool:
    """Put a screen in the place of a message; False when it is gone or cannot become this.

    A message that shows the screen already is left as it is.

    Raises:
        TelegramError: anything else that Telegram said.
    """
    try:
        if screen.photo is not None:
            await bot.edit_message_media(
                InputMediaPhoto(screen.photo, caption=str(screen.text), parse_mode="HTML"),
                chat_id=chat,
                message_id=message,
                reply_markup=inline(screen),
            )
        else:
            await bot.edit_message_text(
                str(screen.text),
                chat_id=chat,
                message_id=message,
                parse_mode="HTML",
                reply_markup=inline(screen),
            )
    except BadRequest as error:
        text = str(error).lower()
        if any(words in text for words in GONE):
            return False
        if "not modified" not in text:
            raise
    return True


async def remove(bot: ExtBot[None], chat: int, message: int) -> bool:
    """Take a message away; False when Telegram allows it no more, two days after it was sent.

    Raises:
        TelegramError: anything else that Telegram said.
    """
    try:
        return await bot.delete_message(chat, message)
    except BadRequest as error:
        return "to delete not found" in str(error).lower()


async def set_commands(bot: ExtBot[None], chat: int, pairs: Iterable[tuple[str, str]]) -> None:
    """The list behind the menu button of one chat: (command, what it does)."""
    await bot.set_my_commands(
        [BotCommand(*pair) for pair in pairs], scope=BotCommandScopeChat(chat)
    )


def inline(screen: Screen) -> InlineKeyboardMarkup | None:
    """The buttons as Telegram takes them."""
    if not screen.rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(one.label, url=one.url)
                if one.url
                else InlineKeyboardButton(one.label, callback_data=one.data)
                for one in row
            ]
            for row in screen.rows
        ]
    )


async def send_new(bot: ExtBot[None], chat: int, screen: Screen) -> Message:
    """Send a screen as a new message."""
    markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = inline(screen)
    if screen.ask_contact:
        markup = ReplyKeyboardMarkup(
            [[KeyboardButton(screen.ask_contact, request_contact=True)]],
            resize_keyboard=True,
            one_time_keyboard=True,
        )
    photo: bytes | str | None = screen.photo
    if screen.stored is not None:
        if screen.stored.kind is Kind.VOICE:
            return await bot.send_voice(
                chat,
                screen.stored.id,
                caption=str(screen.text),
                parse_mode="HTML",
                reply_markup=markup,
                protect_content=screen.protect,
            )
        photo = screen.stored.id
    if photo is not None:
        return await bot.send_photo(
            chat,
            photo,
            caption=str(screen.text),
            parse_mode="HTML",
            reply_markup=markup,
            protect_content=screen.protect,
        )
    if screen.document is not None:
        name, content = screen.document
        return await bot.send_document(
            chat,
            InputFile(content, filename=name),
            caption=str(screen.text),
            parse_mode="HTML",
            reply_markup=markup,
            protect_content=screen.protect,
        )
    return await bot.send_message(
        chat,
        str(screen.text),
        parse_mode="HTML",
        reply_markup=markup,
        protect_content=screen.protect,
        disable_web_page_preview=True,
    )
