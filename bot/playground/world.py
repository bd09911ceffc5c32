"""The state behind the server: who is there, what is written where, and what the bot is told."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.playground import show, wording
from bot.playground.commands import Commands
from bot.playground.faults import Faults
from bot.playground.files import Files
from bot.playground.limits import Limits
from bot.playground.live import Live
from bot.playground.presses import Press
from bot.playground.records import Chat, Group, Message, Person
from bot.playground.updates import Updates
from bot.playground.webhook import Webhook

_FIRST_PERSON = 10001
_SUPERGROUP = -1_000_000_000_000


class World:
    """People, chats, files and updates; every change of it is an event in `live`.

    Attributes:
        listeners: called at once with every message that the bot has posted or changed.
    """

    def __init__(
        self,
        *,
        bot: Person,
        now: Callable[[], datetime],
        limits: Limits,
        faults: Faults,
        seed: int | None,
    ) -> None:
        self.bot = bot
        self.now = now
        self.limits = limits
        self.faults = faults
        self.language = "zh_CN"
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.live = Live()
        self.updates = Updates(now, seed)
        self.webhook = Webhook(self.updates, now)
        self.random = random.Random(seed)  # noqa: S311 - ids on one's own machine
        self.files = Files(self.random)
        self.commands = Commands()
        self.listeners: list[Callable[[Message], None]] = []
        # One counter for people and basic groups, as every Telegram account has.
        self._last_message = 0

    def timestamp(self) -> int:
        """Now, as messages carry it."""
        return int(self.now().timestamp())

    def add_person(self, person: Person) -> Person:
        """A new phone with an empty chat; an id of 0 is given out here."""
        person.id = person.id or max([_FIRST_PERSON - 1, *self.people]) + 1
        self.people[person.id] = person
        self.chats[person.id] = Chat(person.id, "private", person.name, [person.id], bot="member")
        self.tell_person(person)
        self.tell_chat(self.chats[person.id])
        return person

    def add_group(self, title: str, people: Sequence[Person]) -> Group:
        """A new group without the bot."""
        number = -4_000_000 - sum(1 for chat in self.chats.values() if chat.id < 0)
        group = Group(number, "group", title, [person.id for person in people])
        self.chats[number] = group
        self.tell_chat(group)
        for person in people:
            self.tell_person(person)
        return group

    def become_supergroup(self, group: Chat) -> Group:
        """The supergroup that takes the group's place."""
        moved = Group(
            _SUPERGROUP + group.id, "supergroup", group.title, list(group.members), group.bot
        )
        self.chats[moved.id] = moved
        group.moved_to = moved.id
        group.members.clear()
        return moved

    def is_bot(self, user: int) -> bool:
        """Whether the id is the bot's."""
        return user == self.bot.id

    def user(self, user: int) -> dict[str, Any]:
        """The bot or a person, as the Bot API's User."""
        if self.is_bot(user):
            return wording.bot_user(self.bot)
        return self.people[user].user()

    def chats_of(self, person: Person) -> list[Chat]:
        """The private chat first, then the groups they are in."""
        groups = (chat for chat in self.chats.values() if chat.id < 0 and person.id in chat.members)
        return [self.chats[person.id], *groups]

    def post(self, message: Message) -> Message:
        """Give the message its number and show it."""
        chat = self.chats[message.chat]
        if chat.kind == "supergroup":
            chat.last_id += 1
            message.id = chat.last_id
        else:
            self._last_message += 1
            message.id = self._last_message
        chat.messages[message.id] = message
        self.live.tell("message", lambda: {"message": show.message(self, message)})
        if self.is_bot(message.sender) and message.service is None:
            self._tell_listeners(message)
        return message

    def tell_edited(self, message: Message) -> None:
        """The message looks different now."""
        self.live.tell("edited", lambda: {"message": show.message(self, message)})
        self._tell_listeners(message)

    def _tell_listeners(self, message: Message) -> None:
        for listener in self.listeners:
            listener(message)

    def remove(self, message: Message) -> None:
        """The message is gone for everybody."""
        chat = self.chats[message.chat]
        del chat.messages[message.id]
        self.live.tell("deleted", lambda: {"chat": chat.id, "id": message.id})
        if chat.pinned == message.id:
            self.pin(chat, None)

    def pin(self, chat: Chat, message: int | None) -> None:
        """Put this message at the top, or none."""
        chat.pinned = message
        self.live.tell("pinned", lambda: {"chat": chat.id, "message": message})

    def service(self, chat: Chat, sender: int, **fields: Any) -> Message:
        """A line such as "… joined", shown to people and told to the bot while it is there."""
        message = Message(chat.id, sender, self.timestamp(), service=fields)
        self.post(message)
        if chat.bot in {"member", "administrator"}:
            self.tell_bot("message", wording.message(self, message))
        return message

    def tell_bot(self, kind: str, payload: dict[str, Any]) -> None:
        """Queue an update, now and then twice."""
        self.updates.push(kind, payload, twice=self.faults.strikes("duplicate_update"))

    def tell_standing(self, chat: Chat, by: int, before: dict[str, Any]) -> None:
        """The bot's standing in a chat has changed from what it was before."""
        change = {
            "chat": wording.chat(self, chat),
            "from": self.user(by),
            "date": self.timestamp(),
            "old_chat_member": before,
            "new_chat_member": wording.member(self, chat, self.bot.id),
        }
        self.tell_bot("my_chat_member", change)

    def tell_person(self, person: Person) -> None:
        """Their phone looks different now."""
        self.live.tell("person", lambda: {"person": show.person(self, person)})

    def tell_chat(self, chat: Chat) -> None:
        """The chat itself looks different now."""
        self.live.tell("chat", lambda: {"chat": show.chat(self, chat)})

    def tell_commands(self) -> None:
        """Everybody's command menu, after the bot has changed some."""
        for person in self.people.values():
            self.tell_menu(person)

    def tell_menu(self, person: Person) -> None:
        """Somebody's command menu as it is now."""
        self.live.tell(
            "commands", lambda: {"person": person.id, "commands": self.commands.of(person)}
        )
