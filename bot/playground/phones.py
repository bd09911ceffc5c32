"""What people do on their phones."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.playground import wording
from bot.playground.plain import trimmed, with_found
from bot.playground.presses import Press
from bot.playground.records import Chat, Group, Message, Person
from bot.playground.refusals import NotOnThisPhone
from bot.playground.world import World

Someone = Person | int
Somewhere = Chat | int | None


class Phones:
    """Everything a person can do, and nothing that their app would not offer."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, person: Someone, payload: str = "") -> Message:
        """Press Start, perhaps from an invitation link; a blocked bot is taken back by it."""
        person = self._person(person)
        if person.blocked:
            self.unblock(person)
        if not person.started:
            person.started = True
            self._world.tell_chat(self._world.chats[person.id])
        return self.say(person, f"/start {payload}".strip())

    def say(
        self, person: Someone, text: str, chat: Somewhere = None, reply_to: int | None = None
    ) -> Message:
        """Write something."""
        text = trimmed(text, [])[0]
        if not text:
            raise NotOnThisPhone("there is nothing to send")
        return self._send(person, chat, text=text, entities=with_found(text, []), reply_to=reply_to)

    def send_photo(
        self,
        person: Someone,
        name: str,
        data: bytes,
        chat: Somewhere = None,
        caption: str = "",
        album: str = "",
    ) -> Message:
        """Send a picture; those of one album are sent together, each as a message."""
        photo = self._world.files.keep_photo(name, data)
        return self._send(person, chat, photo=photo, text=caption, album=album)

    def send_voice(self, person: Someone, data: bytes, chat: Somewhere = None) -> Message:
        """Speak a message."""
        voice = self._world.files.keep_document("voice.ogg", data)
        return self._send(person, chat, voice=voice)

    def send_document(
        self, person: Someone, name: str, data: bytes, chat: Somewhere = None, caption: str = ""
    ) -> Message:
        """Send a file."""
        document = self._world.files.keep_document(name, data)
        return self._send(person, chat, document=document, text=caption)

    def send_location(
        self, person: Someone, latitude: float, longitude: float, chat: Somewhere = None
    ) -> Message:
        """Send where one is."""
        return self._send(person, chat, location={"latitude": latitude, "longitude": longitude})

    def send_contact(self, person: Someone, chat: Somewhere = None) -> Message:
        """Send one's own phone number."""
        person = self._person(person)
        if not person.phone:
            raise NotOnThisPhone("this phone has no number")
        contact = {
            "phone_number": person.phone,
            "first_name": person.name,
            "user_id": person.id,
        }
        return self._send(person, chat, contact=contact)

    def press(
        self,
        person: Someone,
        message_id: int,
        data: str | None = None,
        *,
        label: str | None = None,
        chat: Somewhere = None,
        stale: bool = False,
    ) -> Press:
        """Press a button; `stale` presses one that the message no longer has."""
        person = self._person(person)
        place = self._place(person, chat)
        message = place.messages.get(message_id)
        button = message.button(data=data, label=label) if message else None
        if button is None and not stale:
            raise NotOnThisPhone("there is no such button on the message")
        given = button.data if button else data
        if given is None:
            raise NotOnThisPhone("this button is not a callback")
        press = Press(person.id, given)
        again = self._world.faults.strikes("resent_press")
        for _ in range(2 if again else 1):
            self._query(press, place, message_id)
        return press

    def expire(self, press: Press) -> None:
        """The bot took too long; answering is refused from now on."""
        for number in press.ids:
            self._world.presses.pop(number, None)

    def _query(self, press: Press, chat: Chat, message_id: int) -> None:
        world = self._world
        number = str(world.random.getrandbits(62) + 1)
        press.ids.append(number)
        world.presses[number] = press
        shown = chat.messages.get(message_id)
        gone = {"chat": wording.chat(world, chat), "message_id": message_id, "date": 0}
        query = {
            "id": number,
            "from": world.user(press.person),
            "message": wording.message(world, shown) if shown else gone,
            "chat_instance": str(abs(chat.id) * 7919),
            "data": press.data,
        }
        world.tell_bot("callback_query", query)

    def block(self, person: Someone) -> None:
        """Block the bot."""
        self._set_blocked(self._person(person), blocked=True)

    def unblock(self, person: Someone) -> None:
        """Take the bot back."""
        self._set_blocked(self._person(person), blocked=False)

    def _set_blocked(self, person: Person, *, blocked: bool) -> None:
        if person.blocked == blocked:
            return
        if not person.started:
            raise NotOnThisPhone("there is no chat with the bot yet")
        world, chat = self._world, self._world.chats[person.id]
        before = wording.member(world, chat, world.bot.id)
        person.blocked = blocked
        chat.bot = "kicked" if blocked else "member"
        world.tell_standing(chat, person.id, before)
        world.tell_person(person)

    def change_language(self, person: Someone, language_code: str) -> None:
        """Set the phone to another language."""
        person = self._person(person)
        person.language_code = language_code
        self._world.tell_person(person)
        self._world.tell_menu(person)

    def join_group(self, person: Someone, group: Chat) -> None:
        """Join a group."""
        person = self._person(person)
        if person.id in group.members:
            return
        group.members.append(person.id)
        self._members_changed(group, person)
        self._world.service(group, person.id, new_chat_members=[person.user()])

    def leave(self, person: Someone, group: Chat) -> None:
        """Leave a group."""
        person = self._person(person)
        self._place(person, group)
        group.members.remove(person.id)
        self._members_changed(group, person)
        self._world.service(group, person.id, left_chat_member=person.user())

    def _members_changed(self, group: Chat, person: Person) -> None:
        self._world.tell_chat(group)
        self._world.tell_person(person)

    def add_bot(self, group: Chat, by: Someone, *, admin: bool = False) -> None:
        """Take the bot into a group."""
        standing = "administrator" if admin else "member"
        self._set_standing(group, self._person(by), standing)
        bot = wording.bot_user(self._world.bot)
        self._world.service(group, self._person(by).id, new_chat_members=[bot])

    def remove_bot(self, group: Chat, by: Someone) -> None:
        """Put the bot out of a group."""
        bot = wording.bot_user(self._world.bot)
        self._world.service(group, self._person(by).id, left_chat_member=bot)
        self._set_standing(group, self._person(by), "kicked")

    def _set_standing(self, group: Chat, by: Person, standing: str) -> None:
        self._place(by, group)
        before = wording.member(self._world, group, self._world.bot.id)
        group.bot = standing
        self._world.tell_standing(group, by.id, before)
        self._world.tell_chat(group)

    def upgrade_group(self, group: Chat) -> Group:
        """The group becomes a supergroup with another id; the old id is good for nothing."""
        owner = group.members[0]
        world = self._world
        moved = world.become_supergroup(group)
        world.tell_chat(moved)
        for person in (world.people[number] for number in moved.members):
            world.tell_person(person)
        world.service(group, owner, migrate_to_chat_id=moved.id)
        world.service(moved, owner, migrate_from_chat_id=group.id)
        return moved

    def read(self, person: Someone, chat: Somewhere = None) -> list[Message]:
        """The chat as this person sees it now."""
        return list(self._place(self._person(person), chat).messages.values())

    async def wait_for(
        self,
        person: Someone,
        predicate: Callable[[Message], bool],
        timeout: float = 5.0,  # noqa: ASYNC109 - a person's patience is part of the story
        chat: Somewhere = None,
    ) -> Message:
        """The newest message that the predicate holds for, once there is one.

        Raises:
            TimeoutError: there was none in time.
        """
        async with asyncio.timeout(timeout):
            while True:
                seen = self._world.live.n
                for message in reversed(self.read(person, chat)):
                    if predicate(message):
                        return message
                await self._world.live.changed(seen)

    async def changed(self, since: int | None = None) -> int:
        """Wait until anything has happened after event `since` (by default: after now)."""
        return await self._world.live.changed(since)

    @property
    def count(self) -> int:
        """How many events there have been."""
        return self._world.live.n

    def _person(self, person: Someone) -> Person:
        if isinstance(person, Person):
            return person
        found = self._world.people.get(person)
        if found is None:
            raise NotOnThisPhone("there is no such person")
        return found

    def _place(self, person: Person, chat: Somewhere) -> Chat:
        number = person.id if chat is None else chat if isinstance(chat, int) else chat.id
        place = self._world.chats.get(number)
        if place is None or person.id not in place.members:
            raise NotOnThisPhone("this person has no such chat")
        return place

    def _send(self, someone: Someone, chat: Somewhere, **content: Any) -> Message:
        person = self._person(someone)
        place = self._place(person, chat)
        if place.kind == "private" and (person.blocked or not person.started):
            raise NotOnThisPhone("press Start first")
        reply_to = content.get("reply_to")
        if reply_to is not None and reply_to not in place.messages:
            raise NotOnThisPhone("the message to answer is not there")
        world = self._world
        message = world.post(Message(place.id, person.id, world.timestamp(), **content))
        if self._bot_sees(place, message):
            world.tell_bot("message", wording.message(world, message))
        return message

    def _bot_sees(self, chat: Chat, message: Message) -> bool:
        """In a group: commands for it and answers to it, unless it is an administrator."""
        if chat.kind == "private" or chat.bot == "administrator":
            return True
        if chat.bot != "member":
            return False
        answered = chat.messages.get(message.reply_to or 0)
        to_bot = answered is not None and self._world.is_bot(answered.sender)
        return to_bot or self._is_own_command(message)

    def _is_own_command(self, message: Message) -> bool:
        if not any(e["type"] == "bot_command" and not e["offset"] for e in message.entities):
            return False
        _, at, addressed = message.text.split()[0].partition("@")
        return not at or addressed.lower() == (self._world.bot.username or "").lower()
