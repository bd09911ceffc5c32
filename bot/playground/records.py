"""What the playground remembers: people, chats, messages and files."""

from dataclasses import dataclass, field
from typing import Any

from bot.playground.entities import Entity

_COLOURS = ("#c0504d", "#d08a2e", "#5b8c3e", "#2f8f83", "#3b76b5", "#6a5fb0", "#a8528f", "#7a6a58")


@dataclass(frozen=True)
class Button:
    """An inline button; `raw` is how the Bot API writes it."""

    label: str
    data: str | None
    url: str | None
    raw: dict[str, Any]


@dataclass(frozen=True)
class StoredFile:
    """A file on the server. `width` is 0 unless it is a picture."""

    id: str
    unique: str
    name: str
    mime: str
    data: bytes
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        """Where the Bot API serves it."""
        folder = "photos" if self.width else "documents"
        _, dot, ending = self.name.rpartition(".")
        return f"{folder}/file_{self.unique}{dot}{ending if ending.isalnum() else 'bin'}"


@dataclass
class Person:
    """Somebody with a phone."""

    id: int
    name: str
    language_code: str = "zh-hans"
    phone: str = ""
    label: str = ""
    label_en: str = ""
    username: str | None = None
    started: bool = False
    blocked: bool = False

    @property
    def color(self) -> str:
        """The colour of their round picture."""
        return _COLOURS[self.id % len(_COLOURS)]

    def user(self) -> dict[str, Any]:
        """As the Bot API's User."""
        known = {"username": self.username, "language_code": self.language_code}
        return {"id": self.id, "is_bot": False, "first_name": self.name} | {
            key: value for key, value in known.items() if value
        }


@dataclass
class Message:
    """One message in one chat.

    Attributes:
        sender: the id of a person, or of the bot.
        text: the text, or the caption when there is a picture or file.
        rows: inline buttons.
        album: equal for pictures that were sent together.
        keyboard: a reply keyboard, its removal, or a forced reply, as the Bot API writes it.
        service: the Bot API's field of a service message, such as `new_chat_members`.
    """

    chat: int
    sender: int
    date: int
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    rows: list[list[Button]] = field(default_factory=list)
    keyboard: dict[str, Any] | None = None
    photo: StoredFile | None = None
    document: StoredFile | None = None
    voice: StoredFile | None = None
    album: str = ""
    location: dict[str, Any] | None = None
    contact: dict[str, Any] | None = None
    service: dict[str, Any] | None = None
    reply_to: int | None = None
    protected: bool = False
    pinned: bool = False
    edit_date: int = 0
    id: int = 0

    @property
    def edited(self) -> bool:
        """Whether the phone writes "edited" beside it."""
        return bool(self.edit_date)

    @property
    def is_media(self) -> bool:
        """Whether the text is a caption."""
        return bool(self.photo or self.document or self.voice)

    def button(self, *, data: str | None = None, label: str | None = None) -> Button | None:
        """The button with this data or label, if it is on the message."""
        for row in self.rows:
            for button in row:
                if (data is not None and button.data == data) or label == button.label:
                    return button
        return None


@dataclass
class Chat:
    """A private chat (its id is the person's) or a group.

    Attributes:
        bot: the bot's standing: left, member, administrator or kicked (a blocked bot is kicked).
        moved_to: the supergroup that this group became.
    """

    id: int
    kind: str
    title: str
    members: list[int]
    bot: str = "left"
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: int | None = None
    moved_to: int | None = None
    last_id: int = 0


class Group(Chat):
    """A group or a supergroup."""
