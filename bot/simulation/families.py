"""Families and the elders who use the chat themselves."""

from collections.abc import Callable
from datetime import date, time
from functools import partial

from bot.playground.records import Message
from bot.simulation.fates import Fate, Fates
from bot.simulation.forms import Forms
from bot.simulation.hands import MINUTE, Hands, is_new, taps
from bot.simulation.town import Actor, Town
from care.access import Role
from care.days import moment

ASKS_AN_ERRAND, TELLS_OF_A_TRIP = 1 / 40, 1 / 150
ANSWERS_AN_ALERT, TAKES_AN_ALERT = 0.5, 0.15
CHECKS_IN, ASKS_TO_BE_CALLED = 0.7, 0.05


class Families:
    """How they react to what arrives, and what they ask for."""

    def __init__(self, town: Town, hands: Hands, fates: Fates, forms: Forms) -> None:
        self.town = town
        self.hands = hands
        self.fates = fates
        self.forms = forms

    def dawn(self, today: date) -> None:
        """Now and then something is to be bought, or somebody takes their mother along."""
        for one in self.town.of(Role.FAMILY):
            if self.hands.likely(ASKS_AN_ERRAND):
                self._sometime(today, partial(self._ask, one, "/errand"))
            if self.hands.likely(TELLS_OF_A_TRIP):
                self._sometime(today, partial(self._ask, one, "/elder"))

    def _sometime(self, today: date, call: Callable[[], None]) -> None:
        begin = moment(today, time(9), self.hands.zone)
        self.hands.agenda.at(begin + self.hands.chance.uniform(0, 600) * MINUTE, call)

    def _ask(self, actor: Actor, command: str) -> None:
        if self.hands.say(actor, command):
            self.forms.expect(actor, command)

    def heard(self, actor: Actor, message: Message) -> None:
        """Something arrived or changed on a phone."""
        if self.forms.heard(actor, message) or not is_new(message):
            return
        if actor.role is Role.ELDER:
            self._check_in(actor, message)
            return
        for data in taps(message, "pause_tell")[:1]:
            self.hands.press_within(0.2, 2, actor, message, data)
        for data in taps(message, "alert_reached")[:1]:
            if self.hands.likely(ANSWERS_AN_ALERT):
                self.hands.press_within(3, 120, actor, message, data)
        for data in taps(message, "alert_take")[:1]:
            if self.hands.likely(TAKES_AN_ALERT):
                self.hands.press_within(3, 60, actor, message, data)

    def _check_in(self, actor: Actor, message: Message) -> None:
        """Most mornings "I am fine", sometimes "please call me", often nothing."""
        if not taps(message, "fine") or self.fates.of(actor.elder or 0) is not Fate.WELL:
            return
        if self.hands.likely(CHECKS_IN):
            wanted = "call_me" if self.hands.likely(ASKS_TO_BE_CALLED) else "fine"
            for data in taps(message, wanted)[:1]:
                self.hands.press_within(2, 150, actor, message, data)
