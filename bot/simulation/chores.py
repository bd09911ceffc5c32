"""What staff do besides their calls: alerts, pauses and tiers through an elder's card, leave."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.playground.records import Message
from bot.simulation.fates import Fate, Fates
from bot.simulation.forms import Forms
from bot.simulation.hands import Hands, is_new, number, taps
from bot.simulation.town import Actor, Town
from care.access import Role

ASLEEP_FROM, ASLEEP_UNTIL = time(22, 30), time(6, 30)
KEEN = {Role.SUPERVISOR: 0.9, Role.SOCIAL_WORKER: 0.35}
WAKES_UP = 0.4
CHORE_LASTS = timedelta(minutes=30)
ANSWERS_A_QUESTION = 0.6
QUESTIONS = (
    ("review_rest", "review_keep"),
    ("tier_take", "tier_keep"),
    ("pause_grant", "pause_refuse"),
    ("pause_back", "pause_longer"),
    ("follow_done",),
)
ENDINGS = ("reached", "reached", "hospital", "with_family", "other")


@dataclass
class Chore:
    """Something done for one elder: the buttons that lead to it, from their card on.

    Attributes:
        subject: the form that comes after the last of them.
        step: how far along the path somebody is.
    """

    elder: int
    path: tuple[str, ...]
    subject: str
    until: datetime
    step: int = 0
    searched: bool = False


# What is done, and by which buttons: the elder's id is put in.
CHORES = {
    "tier": ("tier_menu:{0}", "tier_ask:{0}", "tier_to:{0}:"),
    "fall": ("tier_menu:{0}", "fall_ask:{0}", "fall:{0}"),
    "pause": ("pause_ask:{0}",),
    "exit": ("pause_ask:{0}", "exit_ask:{0}:", "exit:{0}:"),
    "late": ("contacts:{0}", "contact_new:{0}"),
    "mistake": ("contacts:{0}", "contact:", "withdraw:"),
    "surge": ("surge_new",),
}


class Chores:
    """One step for each message that arrives."""

    def __init__(self, town: Town, hands: Hands, fates: Fates, forms: Forms) -> None:
        self.town = town
        self.hands = hands
        self.fates = fates
        self.forms = forms
        self._chores: dict[int, Chore] = {}
        self._minded: set[tuple[int, str]] = set()

    def dawn(self) -> None:
        """Yesterday's intentions are forgotten."""
        self._chores.clear()
        self._minded.clear()

    def begin(self, actor: Actor, what: str, elder: int) -> None:
        """Look for an elder's card, to do something with it; a surge is not one elder's."""
        account, anybody = actor.person.id, what == "surge"
        if account in self._chores or not self.hands.say(actor, "/surge" if anybody else "/elders"):
            return
        until = self.hands.agenda.now() + CHORE_LASTS
        path = tuple(one.format(elder) for one in CHORES[what])
        self._chores[account] = Chore(elder, path, what, until, searched=anybody)

    def heard(self, actor: Actor, message: Message) -> bool:
        """The next press of what is under way; False when the message has nothing to do with it."""
        chore = self._chores.get(actor.person.id)
        if chore is None:
            return False
        if self.hands.agenda.now() > chore.until:
            del self._chores[actor.person.id]
            return False
        if chore.searched and not chore.step and taps(message, "cancel"):
            name = self.town.neighbours[chore.elder].name
            self.hands.say_within(0.2, 1, actor, name)
            return True
        data = self._next(actor, chore, message)
        if data:
            self.hands.press_within(0.1, 0.6, actor, message, data)
        return bool(data)

    def _next(self, actor: Actor, chore: Chore, message: Message) -> str:
        """The button farthest along the path; else whatever leads to the card."""
        shown = [one.data or "" for row in message.rows for one in row]
        for step in range(len(chore.path), chore.step, -1):
            wanted = chore.path[step - 1]
            fitting = [one for one in shown if one == wanted or _goes_on(one, wanted)]
            if fitting:
                chore.step = step
                self.forms.expect(actor, chore.subject)
                if step == len(chore.path):
                    del self._chores[actor.person.id]
                return self.hands.chance.choice(fitting)
        if not chore.step and f"elder:{chore.elder}" in shown:
            return f"elder:{chore.elder}"
        if "elders_find" in shown and not chore.searched:
            chore.searched = True
            return "elders_find"
        return ""

    def mind_questions(self, actor: Actor, message: Message) -> None:
        """What the program asks of staff by itself is answered, some of it at once."""
        if not is_new(message):
            return
        for names in QUESTIONS:
            answers = taps(message, *names)
            if answers and self.hands.likely(ANSWERS_A_QUESTION):
                chosen = self.hands.chance.choice(answers)
                self.forms.expect(actor, "pause")
                self.hands.press_within(5, 400, actor, message, chosen)
                return

    def mind_pause(self, actor: Actor, message: Message) -> None:
        """A pause is offered: it is taken for who is in hospital indeed."""
        for data in taps(message, "pause_ask")[:1] if is_new(message) else []:
            if self.fates.of(number(data)) is Fate.IN_HOSPITAL:
                self.forms.expect(actor, "pause")
                self.hands.press_within(1, 10, actor, message, data)

    def mind_alert(self, actor: Actor, message: Message) -> None:
        """An alert is taken by whoever is awake and willing, cleared once somebody has looked."""
        for data in taps(message, "alert_take")[:1] if is_new(message) else []:
            keen = KEEN[actor.role] * (1 if self._awake() else WAKES_UP)
            if self.hands.likely(keen):
                wait = (1, 90) if self._awake() else (5, 240)
                self.hands.press_within(*wait, actor, message, data)
        for data in taps(message, "alert_clear")[:1]:
            if (message.id, data) not in self._minded:
                self._minded.add((message.id, data))
                self.hands.press_within(10, 240, actor, message, data)
        for data in taps(message, "alert_cleared")[:1]:
            how = self.hands.chance.choice(ENDINGS)
            chosen = f"{data.rpartition(':')[0]}:{how}"
            self.hands.press_within(0.2, 1, actor, message, chosen)

    def _awake(self) -> bool:
        return ASLEEP_UNTIL <= self.hands.here.time() < ASLEEP_FROM


def _goes_on(data: str, wanted: str) -> bool:
    """Whether a button is one of several that begin alike."""
    return wanted.endswith(":") and data.startswith(wanted)
