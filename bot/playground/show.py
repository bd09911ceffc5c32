"""People, chats and messages as the page of phones draws them."""

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.playground.entities import Entity
from bot.playground.records import Chat, Message, Person

if TYPE_CHECKING:  # the world tells its events through this module
    from bot.playground.world import World

Json = dict[str, Any]

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote>", "</blockquote>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
}
_SERVICE = {
    "zh_CN": {
        "new_chat_members": "{names}加入了群",
        "left_chat_member": "{names}离开了群",
        "pinned_message": "{who}置顶了一条消息",
        "migrate_to_chat_id": "本群已升级为超级群",
        "migrate_from_chat_id": "本群已升级为超级群",
    },
    "en": {
        "new_chat_members": "{names} joined the group",
        "left_chat_member": "{names} left the group",
        "pinned_message": "{who} pinned a message",
        "migrate_to_chat_id": "This group became a supergroup",
        "migrate_from_chat_id": "This group became a supergroup",
    },
}


def html(text: str, entities: list[Entity]) -> str:
    """The text as HTML of a few harmless tags; everything else is escaped."""
    units = text.encode("utf-16-le")
    ordered = sorted(entities, key=lambda e: (e["offset"], -e["length"]))
    return _between(units, 0, len(units) // 2, ordered)


def _between(units: bytes, begin: int, end: int, entities: list[Entity]) -> str:
    out, at, rest = [], begin, list(entities)
    while rest:
        entity = rest.pop(0)
        start, stop = entity["offset"], min(entity["offset"] + entity["length"], end)
        if start < at or stop <= start:
            continue
        inside = [e for e in rest if e["offset"] < stop]
        rest = rest[len(inside) :]
        before, after = _tags(entity, _plain(units, start, stop))
        out += [_safe(units, at, start), before, _between(units, start, stop, inside), after]
        at = stop
    return "".join([*out, _safe(units, at, end)])


def _plain(units: bytes, begin: int, end: int) -> str:
    return units[2 * begin : 2 * end].decode("utf-16-le", "replace")


def _safe(units: bytes, begin: int, end: int) -> str:
    return escape(_plain(units, begin, end)).replace("\n", "<br>")


def _tags(entity: Entity, text: str) -> tuple[str, str]:
    kind = entity["type"]
    url = {"text_link": entity.get("url", ""), "url": text, "phone_number": f"tel:{text}"}.get(kind)
    if url is not None:
        good = urlsplit(url).scheme in {"http", "https", "tel"}
        return (f'<a href="{escape(url)}">', "</a>") if good else ("", "")
    return _TAGS.get(kind, ("", ""))


def message(world: "World", record: Message) -> Json:
    """MESSAGE of the page."""
    by_bot = world.is_bot(record.sender)
    return {
        "id": record.id,
        "chat": record.chat,
        "from": "bot" if by_bot else record.sender,
        "from_name": world.bot.name if by_bot else world.people[record.sender].name,
        "date": record.date,
        "edited": record.edited,
        "html": html(record.text, record.entities),
        "text": record.text,
        "buttons": [
            [{"label": b.label, "data": b.data, "url": b.url} for b in row] for row in record.rows
        ],
        "photo": f"/client/file/{record.photo.id}" if record.photo else None,
        "document": _document(record),
        "location": record.location,
        "contact": _contact(record),
        "protected": record.protected,
        "service": _service(world, record),
        "keyboard": _keyboard(record),
    }


def _document(record: Message) -> Json | None:
    stored = record.document or record.voice
    if not stored:
        return None
    return {"name": stored.name, "url": f"/client/file/{stored.id}", "size": len(stored.data)}


def _contact(record: Message) -> Json | None:
    if not record.contact:
        return None
    return {"name": record.contact["first_name"], "phone": record.contact["phone_number"]}


def _service(world: "World", record: Message) -> str | None:
    if record.service is None:
        return None
    field, value = next(iter(record.service.items()))
    users = value if isinstance(value, list) else [value]
    names = "、".join(user["first_name"] for user in users if isinstance(user, dict))
    who = world.user(record.sender)["first_name"]
    return _SERVICE[world.language][field].format(names=names, who=who)


def _keyboard(record: Message) -> Json | None:
    if record.keyboard is None:
        return None
    rows = [[_key(key) for key in row] for row in record.keyboard.get("keyboard", [])]
    return {"rows": rows, "remove": bool(record.keyboard.get("remove_keyboard"))}


def _key(key: Any) -> Json:
    key = {"text": key} if isinstance(key, str) else key
    return {
        "label": key["text"],
        "request_contact": bool(key.get("request_contact")),
        "request_location": bool(key.get("request_location")),
    }


def person(world: "World", record: Person) -> Json:
    """One of the people on the page."""
    return {
        "id": record.id,
        "name": record.name,
        "label": record.label,
        "label_en": record.label_en or record.label,
        "language": record.language_code,
        "phone": record.phone,
        "blocked": record.blocked,
        "color": record.color,
        "chats": [chat.id for chat in world.chats_of(record)],
    }


def chat(world: "World", record: Chat) -> Json:
    """One of the chats on the page, with its messages."""
    private = record.kind == "private"
    return {
        "id": record.id,
        "type": record.kind,
        "title": record.title,
        "members": list(record.members),
        "pinned": record.pinned,
        "started": world.people[record.id].started if private else _bot_is_in(record),
        "messages": [message(world, m) for m in record.messages.values()],
    }


def _bot_is_in(record: Chat) -> bool:
    return record.bot in {"member", "administrator"}


def state(world: "World", clock: Json | None) -> Json:
    """Everything the page needs to begin."""
    people = list(world.people.values())
    return {
        "n": world.live.n,
        "bot": {"name": world.bot.name, "username": world.bot.username},
        "language": world.language,
        "people": [person(world, p) for p in people],
        "chats": [chat(world, c) for c in world.chats.values() if c.moved_to is None],
        "commands": {str(p.id): world.commands.of(p) for p in people},
        "clock": clock,
        "faults": dict(world.faults.probabilities),
    }
