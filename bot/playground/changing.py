"""Messages that the bot changes, pins or takes away."""

from dataclasses import replace
from typing import Any

from bot.playground import wording
from bot.playground.access import access_chat, access_chat_to_write, access_message
from bot.playground.entities import Entity
from bot.playground.markup import Markup, read_markup
from bot.playground.params import Params
from bot.playground.records import Chat, Message
from bot.playground.refusals import (
    CANNOT_DELETE,
    CANNOT_EDIT,
    NOT_MODIFIED,
    TOO_OLD_TO_DELETE,
    bad_request,
)
from bot.playground.sending import document_of, formatted, photo_of, text_of
from bot.playground.world import World

_DELETABLE_SECONDS = 48 * 3600
_MOST_AT_ONCE = 100
_CAPTION = {"caption", "parse_mode", "caption_entities"}


def edit_message_text(world: World, params: Params) -> dict[str, Any]:
    """Replace the text; without buttons in the call the buttons go."""
    text, entities = text_of(world, params)
    message, markup = _own_message(world, params)
    if message.is_media or not message.text:
        raise bad_request("there is no text in the message to edit")
    return _change(world, message, markup, text, entities)


def edit_message_caption(world: World, params: Params) -> dict[str, Any]:
    """Replace the caption; without buttons in the call the buttons go."""
    text, entities = formatted(world, params, "caption")
    message, markup = _own_message(world, params)
    if not message.is_media:
        raise bad_request("there is no caption in the message to edit")
    return _change(world, message, markup, text, entities)


def edit_message_reply_markup(world: World, params: Params) -> dict[str, Any]:
    """Replace only the buttons."""
    message, markup = _own_message(world, params)
    return _change(world, message, markup, message.text, message.entities, mark=False)


def edit_message_media(world: World, params: Params) -> dict[str, Any]:
    """Replace the picture or the file, and its caption."""
    media = params.json("media")
    if not isinstance(media, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    written = {name: value for name, value in media.items() if name in _CAPTION}
    text, entities = formatted(world, Params(written, {}), "caption")
    given = str(media.get("media", ""))
    if media.get("type") == "photo":
        files = {"photo": photo_of(world, params, "media", given), "document": None}
    elif media.get("type") == "document":
        files = {"photo": None, "document": document_of(world, params, "media", given)}
    else:
        raise bad_request("can't parse InputMedia: type is unsupported")
    message, markup = _own_message(world, params)
    return _change(world, message, markup, text, entities, files=files)


def _own_message(world: World, params: Params) -> tuple[Message, Markup]:
    markup = read_markup(params, inline_only=True)
    chat = access_chat_to_write(world, params)
    message = access_message(chat, params, "edit")
    if not world.is_bot(message.sender) or message.service is not None or message.keyboard:
        raise bad_request(CANNOT_EDIT)
    return message, markup


def _change(
    world: World,
    message: Message,
    markup: Markup,
    text: str,
    entities: list[Entity],
    *,
    files: dict[str, Any] | None = None,
    mark: bool = True,
) -> dict[str, Any]:
    changed = replace(message, text=text, entities=entities, rows=markup.rows, **(files or {}))
    if changed == message:
        raise bad_request(NOT_MODIFIED)
    message.text, message.entities, message.rows = text, entities, markup.rows
    message.photo, message.document = changed.photo, changed.document
    if mark:
        message.edit_date = world.timestamp()
    world.tell_edited(message)
    return wording.message(world, message)


def delete_message(world: World, params: Params) -> bool:
    """Take one message away for everybody."""
    chat = access_chat(world, params)
    message = access_message(chat, params, "delete")
    _check_deletable(world, chat, message)
    world.remove(message)
    return True


def delete_messages(world: World, params: Params) -> bool:
    """Take several away; those that are gone already are passed over."""
    chat = access_chat(world, params)
    numbers = params.json("message_ids")
    if not isinstance(numbers, list) or not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > _MOST_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    found = [chat.messages[n] for n in numbers if n in chat.messages]
    for message in found:
        _check_deletable(world, chat, message)
    for message in found:
        world.remove(message)
    return True


def _check_deletable(world: World, chat: Chat, message: Message) -> None:
    others = not world.is_bot(message.sender)
    if others and chat.kind != "private" and chat.bot != "administrator":
        raise bad_request(CANNOT_DELETE)
    if world.timestamp() - message.date > _DELETABLE_SECONDS:
        raise bad_request(TOO_OLD_TO_DELETE)


def pin_chat_message(world: World, params: Params) -> bool:
    """Put a message at the top of the chat."""
    chat = access_chat_to_write(world, params)
    message = access_message(chat, params, "pin")
    message.pinned = True
    world.pin(chat, message.id)
    world.service(chat, world.bot.id, pinned_message=message)
    return True


def unpin_chat_message(world: World, params: Params) -> bool:
    """Take the message at the top, or the one named, down again."""
    chat = access_chat(world, params)
    number = params.integer("message_id") or chat.pinned
    message = chat.messages.get(number or 0)
    if message is None:
        raise bad_request("message to unpin not found")
    message.pinned = False
    rest = [m.id for m in chat.messages.values() if m.pinned]
    world.pin(chat, max(rest, default=None))
    return True
