"""Everybody in town: reasonable, not perfect, often late."""

import random
from datetime import date, timedelta
from functools import partial
from itertools import islice

from bot.playground.records import Message
from bot.playground.telegram import LocalTelegram
from bot.simulation.families import Families
from bot.simulation.fates import Fates
from bot.simulation.forms import Forms
from bot.simulation.hands import Hands
from bot.simulation.staff import Staff
from bot.simulation.town import Actor, Agenda, Town
from bot.simulation.volunteers import Volunteers
from care.access import Role
from care.days import day_bounds

FINDS_AN_OLD_CARD = 0.02
OLD_CARD_AFTER = (60, 1800)
BLOCKS = {Role.VOLUNTEER: 1 / 60, Role.FAMILY: 1 / 90, Role.ELDER: 1 / 60,
          Role.SOCIAL_WORKER: 1 / 240}  # fmt: skip
BLOCKED_HOURS = (3, 70)
SAYS_START, VANISHES = 0.4, 0.5
PHONE_FORGETS_AFTER = timedelta(days=50)
MANY_MESSAGES, MANY_PRESSES = 400, 4000


class People:
    """Puts everybody on the agenda, and lets them react to what arrives on their phones.

    With `faults` some of them block the bot for a while, which tries the program harder than
    forgetting, being late, and pressing twice.
    """

    def __init__(
        self, town: Town, telegram: LocalTelegram, agenda: Agenda, *, faults: bool
    ) -> None:
        self.town = town
        self.telegram = telegram
        self.agenda = agenda
        self.faults = faults
        chance = random.Random(agenda.random.getrandbits(64))  # noqa: S311 - a repeatable history
        self.hands = Hands(telegram, agenda, town.zone, chance)
        with_phone = {one.id: one.phone is not None for one in town.neighbours.values()}
        self.fates = Fates(chance, with_phone)
        forms = Forms(self.hands)
        self.staff = Staff(town, self.hands, self.fates, forms)
        self.volunteers = Volunteers(town, self.hands, forms)
        self.families = Families(town, self.hands, self.fates, forms)

    def begin(self) -> None:
        """Everybody picks up their phone."""
        self.telegram.world.listeners.append(self._heard)
        self._dawn()

    def _dawn(self) -> None:
        today = self.hands.here.date()
        self.fates.dawn(today)
        self.staff.dawn(today)
        self.volunteers.dawn(today)
        self.families.dawn(today)
        self._find_old_cards()
        if self.faults:
            self._block_some()
        self._forget()
        self._next_dawn(today)

    def _next_dawn(self, today: date) -> None:
        _, end = day_bounds(today, self.town.zone)
        self.agenda.at(end, self._dawn)

    def _heard(self, message: Message) -> None:
        if message.chat < 0:
            self.volunteers.heard_in_group(message)
            return
        actor = self.town.actors.get(message.chat)
        if actor is None or not message.rows:
            return
        if actor.role in {Role.SOCIAL_WORKER, Role.SUPERVISOR}:
            self.staff.heard(actor, message)
        elif actor.role is Role.VOLUNTEER:
            self.volunteers.heard(actor, message)
        else:
            self.families.heard(actor, message)

    def _find_old_cards(self) -> None:
        """Somebody scrolls up and presses what they pressed before, or finds it an hour late."""
        for known in list(self.hands.pressed):
            if self.hands.likely(FINDS_AN_OLD_CARD):
                self.hands.again_within(*OLD_CARD_AFTER, known)
        self.hands.pressed.clear()

    def _block_some(self) -> None:
        for actor in self.town.actors.values():
            if self.hands.likely(BLOCKS.get(actor.role, 0.0)):
                self.hands.within(0, 1400, partial(self._block, actor))

    def _block(self, actor: Actor) -> None:
        if actor.person.blocked:
            return
        if self.hands.likely(VANISHES):
            # A deleted account: Telegram says so only to whoever writes to it.
            actor.person.blocked = True
        else:
            self.telegram.phones.block(actor.person)
        hours = self.hands.chance.uniform(*BLOCKED_HOURS)
        self.hands.within(hours * 60, hours * 60, partial(self._unblock, actor))

    def _unblock(self, actor: Actor) -> None:
        if not actor.person.blocked:
            return
        if self.hands.likely(SAYS_START):
            self.telegram.phones.start(actor.person)
        else:
            self.telegram.phones.unblock(actor.person)

    def _forget(self) -> None:
        """Old messages and presses go, or years would not fit into memory."""
        limit = int((self.agenda.now() - PHONE_FORGETS_AFTER).timestamp())
        for chat in self.telegram.chats.values():
            if (
                len(chat.messages) > MANY_MESSAGES
                and next(iter(chat.messages.values())).date < limit
            ):
                chat.messages = {n: one for n, one in chat.messages.items() if one.date >= limit}
        presses = self.telegram.world.presses
        if len(presses) > 2 * MANY_PRESSES:
            newest = islice(presses.items(), len(presses) - MANY_PRESSES, None)
            self.telegram.world.presses = dict(newest)
