"""People, chats and messages as the Bot API writes them."""

from typing import TYPE_CHECKING, Any

from bot.playground.records import Chat, Message, Person, StoredFile

if TYPE_CHECKING:  # the world speaks through this module
    from bot.playground.world import World

Json = dict[str, Any]


def bot_user(bot: Person) -> Json:
    """The bot as a User."""
    return {"id": bot.id, "is_bot": True, "first_name": bot.name, "username": bot.username}


def chat(world: "World", record: Chat) -> Json:
    """A Chat."""
    if record.kind != "private":
        return {"id": record.id, "type": record.kind, "title": record.title}
    person = world.people[record.id]
    known = {"id": person.id, "type": "private", "first_name": person.name}
    return known | ({"username": person.username} if person.username else {})


def file(stored: StoredFile) -> Json:
    """A Document, or one size of a photo."""
    known: Json = {
        "file_id": stored.id,
        "file_unique_id": stored.unique,
        "file_size": len(stored.data),
    }
    if stored.width:
        return known | {"width": stored.width, "height": stored.height}
    return known | {"file_name": stored.name, "mime_type": stored.mime}


def _voice(stored: StoredFile) -> Json:
    """A Voice; nobody listens to it here, so it lasts a second."""
    known = file(stored)
    del known["file_name"]
    return known | {"duration": 1}


def member(world: "World", record: Chat, user: int) -> Json:
    """A ChatMember."""
    status = record.bot if world.is_bot(user) else _standing(record, user)
    known: Json = {"user": world.user(user), "status": status}
    if status == "kicked":
        known["until_date"] = 0
    if status == "administrator":
        known |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
    if status == "creator":
        known["is_anonymous"] = False
    return known


_RIGHTS = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
]


def _standing(record: Chat, user: int) -> str:
    if user not in record.members:
        return "left"
    return "creator" if record.kind != "private" and record.members[0] == user else "member"


def message(world: "World", record: Message, *, depth: int = 1) -> Json:
    """A Message; with the message it answers, but not what that one answers."""
    chat_record = world.chats[record.chat]
    known: Json = {
        "message_id": record.id,
        "from": world.user(record.sender),
        "chat": chat(world, chat_record),
        "date": record.date,
    }
    replied = chat_record.messages.get(record.reply_to or 0)
    if replied and depth:
        known["reply_to_message"] = message(world, replied, depth=depth - 1)
    if record.edit_date:
        known["edit_date"] = record.edit_date
    if record.protected:
        known["has_protected_content"] = True
    if record.rows:
        known["reply_markup"] = {"inline_keyboard": [[b.raw for b in row] for row in record.rows]}
    return known | _content(world, record)


def _content(world: "World", record: Message) -> Json:
    known: Json = {}
    prefix = "caption_" if record.is_media else ""
    if record.text:
        known["caption" if record.is_media else "text"] = record.text
    if record.entities:
        known[f"{prefix}entities"] = [_entity(world, entity) for entity in record.entities]
    if record.photo:
        known["photo"] = [file(record.photo)]
    if record.document:
        known["document"] = file(record.document)
    if record.voice:
        known["voice"] = _voice(record.voice)
    if record.album:
        known["media_group_id"] = record.album
    if record.location:
        known["location"] = record.location
    if record.contact:
        known["contact"] = record.contact
    for field, value in (record.service or {}).items():
        known[field] = message(world, value) if isinstance(value, Message) else value
    return known


def _entity(world: "World", entity: Json) -> Json:
    if entity["type"] != "text_mention":
        return entity
    kept = {key: entity[key] for key in ("type", "offset", "length")}
    return kept | {"user": world.user(entity["user_id"])}
