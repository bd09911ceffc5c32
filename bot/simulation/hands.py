"""What a hand does on a phone: presses late, twice, or what is no longer there; writes; waits."""

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.playground.records import Message
from bot.playground.refusals import NotOnThisPhone
from bot.playground.telegram import LocalTelegram
from bot.simulation.town import Actor, Agenda

DOUBLE, GONE_ALL_THE_SAME = 0.03, 0.3
REMEMBERED = 300
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Pressed:
    """A press that somebody may repeat when its card is old."""

    actor: Actor
    chat: int
    message: int
    data: str


class Hands:
    """Everybody's hands; all chance comes from one generator."""

    def __init__(
        self, telegram: LocalTelegram, agenda: Agenda, zone: ZoneInfo, chance: random.Random
    ) -> None:
        self.telegram = telegram
        self.agenda = agenda
        self.zone = zone
        self.chance = chance
        self.pressed: deque[Pressed] = deque(maxlen=REMEMBERED)

    @property
    def here(self) -> datetime:
        """What the clocks on the walls show."""
        return self.agenda.now().astimezone(self.zone)

    def likely(self, probability: float) -> bool:
        """Whether something happens this time."""
        return self.chance.random() < probability

    def within(self, fewest: float, most: float, call: Callable[[], None]) -> None:
        """Do it after so many minutes."""
        wait = self.chance.uniform(fewest, most)
        self.agenda.at(self.agenda.now() + wait * MINUTE, call)

    def press(self, actor: Actor, message: Message, data: str) -> bool:
        """Press a button if it is still there, now and then twice, or although it is gone."""
        there = message.button(data=data) is not None
        if not there and not self.likely(GONE_ALL_THE_SAME):
            return False
        known = Pressed(actor, message.chat, message.id, data)
        if not self.press_again(known):
            return False
        self.pressed.append(known)
        if self.likely(DOUBLE):
            self.again_within(0.01, 0.05, known)
        return True

    def press_within(
        self, fewest: float, most: float, actor: Actor, message: Message, data: str
    ) -> None:
        """Press a button after so many minutes."""
        self.within(fewest, most, partial(self._press, actor, message, data))

    def _press(self, actor: Actor, message: Message, data: str) -> None:
        self.press(actor, message, data)

    def _again(self, known: Pressed) -> None:
        self.press_again(known)

    def again_within(self, fewest: float, most: float, known: Pressed) -> None:
        """Press after so many minutes what was pressed before."""
        self.within(fewest, most, partial(self._again, known))

    def press_again(self, known: Pressed) -> bool:
        """Press what was pressed before, whatever the message shows by now."""
        actor = known.actor
        if actor.person.blocked:
            return False
        try:
            self.telegram.phones.press(
                actor.person, known.message, known.data, chat=known.chat, stale=True
            )
        except NotOnThisPhone:
            return False
        return True

    def say_within(self, fewest: float, most: float, actor: Actor, text: str) -> None:
        """Write after so many minutes."""
        self.within(fewest, most, partial(self._say, actor, text))

    def _say(self, actor: Actor, text: str) -> None:
        self.say(actor, text)

    def say(self, actor: Actor, text: str) -> bool:
        """Write to the bot."""
        try:
            self.telegram.phones.say(actor.person, text)
        except NotOnThisPhone:
            return False
        return True

    def newest(self, actor: Actor, most: int) -> Iterator[Message]:
        """The bot's newest messages on a phone, the newest first."""
        bot = self.telegram.world.bot.id
        seen = 0
        for message in reversed(self.telegram.chats[actor.person.id].messages.values()):
            if message.sender == bot:
                yield message
                seen += 1
                if seen == most:
                    return


def taps(message: Message, *names: str) -> list[str]:
    """The data of a message's buttons that begin with one of these names."""
    return [
        one.data
        for row in message.rows
        for one in row
        if one.data is not None and one.data.partition(":")[0] in names
    ]


def number(data: str) -> int:
    """The id that a button carries first."""
    return int(data.split(":")[1])


def is_new(message: Message) -> bool:
    """Posted, not changed."""
    return not message.edited
