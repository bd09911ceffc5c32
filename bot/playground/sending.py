"""Messages that the bot sends."""

from typing import Any

from bot.playground import wording
from bot.playground.access import access_chat_to_write
from bot.playground.entities import Entity, parse_html, utf16_length
from bot.playground.markup import read_markup
from bot.playground.params import Params
from bot.playground.plain import clean, trimmed, with_found
from bot.playground.records import Chat, Message, StoredFile
from bot.playground.refusals import (
    CAPTION_TOO_LONG,
    TEXT_EMPTY,
    TEXT_MUST_BE_NON_EMPTY,
    TEXT_TOO_LONG,
    WRONG_FILE,
    bad_request,
)
from bot.playground.world import World

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_ENTITY_FIELDS = {"type", "offset", "length", "url", "language", "user"}
_FARTHEST = {"latitude": 90, "longitude": 180}


def formatted(world: World, params: Params, name: str = "text") -> tuple[str, list[Entity]]:
    """A text or caption with its entities, as Telegram would keep it.

    Raises:
        Refusal: the markup is wrong, or the text is too long.
    """
    raw = clean(params.text(name))
    mode = params.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(raw)
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        listed = params.json("entities" if name == "text" else f"{name}_entities")
        text, entities = raw, [_listed(entity) for entity in listed or []]
    text, entities = trimmed(text, entities)
    entities = [
        e for e in entities if e.get("user_id", world.bot.id) in {world.bot.id, *world.people}
    ]
    longest = LONGEST_TEXT if name == "text" else LONGEST_CAPTION
    if utf16_length(text) > longest:
        raise bad_request(TEXT_TOO_LONG if name == "text" else CAPTION_TOO_LONG)
    return text, with_found(text, entities)


def _listed(entity: Any) -> Entity:
    known = {"type", "offset", "length"}
    if not isinstance(entity, dict) or not known <= entity.keys() <= _ENTITY_FIELDS:
        raise bad_request("can't parse MessageEntity: expected an Object")
    if entity["type"] == "text_mention":
        kept = {key: entity[key] for key in known}
        return kept | {"user_id": entity.get("user", {}).get("id")}
    return dict(entity)


def text_of(world: World, params: Params) -> tuple[str, list[Entity]]:
    """The text of a message, which may not be empty.

    Raises:
        Refusal: as `formatted`, or there is no text.
    """
    if not params.text("text"):
        raise bad_request(TEXT_EMPTY)
    text, entities = formatted(world, params)
    if not text:
        raise bad_request(TEXT_MUST_BE_NON_EMPTY)
    return text, entities


def photo_of(world: World, params: Params, name: str, given: str) -> StoredFile:
    """A picture: uploaded with the call, or known by its id.

    Raises:
        Refusal: no such picture, or Telegram would not take it.
    """
    upload = params.files.get(given.removeprefix("attach://")) or params.files.get(name)
    if upload:
        return world.files.keep_photo(*upload)
    return world.files.known(_file_id(given, "photo"), photo=True)


def document_of(world: World, params: Params, name: str, given: str) -> StoredFile:
    """A file: uploaded with the call, or known by its id.

    Raises:
        Refusal: no such file, or Telegram would not take it.
    """
    upload = params.files.get(given.removeprefix("attach://")) or params.files.get(name)
    if upload:
        return world.files.keep_document(*upload)
    return world.files.known(_file_id(given, "document"), photo=False)


def _file_id(given: str, kind: str) -> str:
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    if given.startswith("attach://"):
        raise bad_request(WRONG_FILE)
    if given.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    return given


def send_message(world: World, params: Params) -> dict[str, Any]:
    """Send a text."""
    text, entities = text_of(world, params)
    return _send(world, params, text=text, entities=entities)


def send_photo(world: World, params: Params) -> dict[str, Any]:
    """Send a picture."""
    text, entities = formatted(world, params, "caption")
    photo = photo_of(world, params, "photo", params.text("photo"))
    return _send(world, params, text=text, entities=entities, photo=photo)


def send_document(world: World, params: Params) -> dict[str, Any]:
    """Send a file."""
    text, entities = formatted(world, params, "caption")
    document = document_of(world, params, "document", params.text("document"))
    return _send(world, params, text=text, entities=entities, document=document)


def send_voice(world: World, params: Params) -> dict[str, Any]:
    """Send a voice message that somebody sent before; the bot does not speak itself."""
    text, entities = formatted(world, params, "caption")
    voice = document_of(world, params, "voice", params.text("voice"))
    return _send(world, params, text=text, entities=entities, voice=voice)


def send_location(world: World, params: Params) -> dict[str, Any]:
    """Send a point on the map."""
    location = {name: params.number(name) for name in _FARTHEST}
    for name, value in location.items():
        if value is None:
            raise bad_request(f"{name} is empty")
        if abs(value) > _FARTHEST[name]:
            raise bad_request("wrong location specified")
    return _send(world, params, location=location)


def send_contact(world: World, params: Params) -> dict[str, Any]:
    """Send a name with a phone number."""
    phone, name = params.text("phone_number"), params.text("first_name")
    if not phone:
        raise bad_request("contact phone number must be non-empty")
    if not name:
        raise bad_request("contact first name must be non-empty")
    return _send(world, params, contact={"phone_number": phone, "first_name": name})


def _send(world: World, params: Params, **content: Any) -> dict[str, Any]:
    markup = read_markup(params)
    chat = access_chat_to_write(world, params)
    message = Message(
        chat.id,
        world.bot.id,
        world.timestamp(),
        rows=markup.rows,
        keyboard=markup.keyboard,
        reply_to=_replied(chat, params),
        protected=params.flag("protect_content"),
        **content,
    )
    return wording.message(world, world.post(message))


def _replied(chat: Chat, params: Params) -> int | None:
    reply = params.json("reply_parameters") or {}
    number = reply.get("message_id") or params.integer("reply_to_message_id")
    if not number:
        return None
    if number in chat.messages:
        return int(number)
    if reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")
