"""What the tour can do: go on in time, write, press, and look whether it happened."""

from dataclasses import dataclass, field
from datetime import date, time
from zoneinfo import ZoneInfo

from bot.demo.telling import Telling
from bot.demo.theatre import NoButton, Theatre
from bot.playground.records import Button, Chat, Message, Person
from bot.texts import Texts
from care.days import moment
from storage.tables import Community

ZONE = ZoneInfo("Asia/Shanghai")


class NotSeen(Exception):
    """A step of the day did not happen; the text says which."""


@dataclass
class Play:
    """The day, its people by the names of their parts, and the one who tells it."""

    theatre: Theatre
    telling: Telling
    tr: Texts
    station: Community
    people: dict[str, Person] = field(default_factory=dict)
    group: Chat | None = None

    def person(self, who: str) -> Person:
        """Somebody of the cast."""
        return self.people[who]

    async def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Go on to a time of the station's day."""
        await self.theatre.go_to(moment(day, time(hour, minute), ZONE))
        self.telling.look()

    async def says(self, who: str, text: str) -> None:
        """Somebody writes."""
        person = self.person(who)
        self.telling.said(person, text)
        self.theatre.phones.say(person, text)
        await self.theatre.settle()
        self.telling.look()

    async def taps(
        self, who: str, data: str, label: str = "", chat: Chat | None = None, end: str = ""
    ) -> str:
        """Somebody presses a button; what popped up.

        Raises:
            NotSeen: there is no such button.
        """
        person = self.person(who)
        try:
            message, button = self.theatre.find(person, data, chat, label, end)
        except NoButton as missing:
            raise NotSeen(f"{person.name}: [{missing}]") from None
        return await self.press(who, message, button, chat)

    async def press(
        self, who: str, message: Message, button: Button, chat: Chat | None = None
    ) -> str:
        """Somebody presses this button, perhaps a moment too late; what popped up."""
        person = self.person(who)
        answer = await self.theatre.press(person, message, button, chat)
        self.telling.pressed(person, button.label, answer)
        self.telling.look()
        return answer or ""

    def must(self, happened: object, what: str) -> None:
        """Go on only if the step happened.

        Raises:
            NotSeen: it did not.
        """
        if not happened:
            raise NotSeen(what)

    def last(self, who: str, chat: Chat | None = None) -> Message:
        """The newest message of the bot on a phone."""
        return self.theatre.heard(self.person(who), chat)[-1]
