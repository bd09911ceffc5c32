"""Answering questions one after the other, as people do: mostly the first thing that fits."""

from datetime import datetime, timedelta

from bot.playground.records import Message
from bot.simulation.hands import Hands, taps
from bot.simulation.town import Actor

PATIENCE = timedelta(hours=2)
GIVES_UP = 0.03
NOBODY_OPENS, NOBODY_OPENS_TO_THE_SILENT = 0.05, 0.25
WORDS = "降压药一盒"
NO_VISIT = "=no_visit"
# Of several that may be chosen people choose few; of what is not safe at home, mostly none.
NOTHING_MORE = 0.9
# Which answers are likelier than the others, by what the form is about.
PREFERRED = {"late": {"=fine": 0.8}, "exit": {"=ends": 1.0}}


class Forms:
    """Who is in the middle of which form."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self._open: dict[int, tuple[str, datetime]] = {}

    def expect(self, actor: Actor, subject: str) -> None:
        """They have asked for a form, and will answer it."""
        self._open[actor.person.id] = (subject, self.hands.agenda.now() + PATIENCE)

    def heard(self, actor: Actor, message: Message) -> bool:
        """A question on the phone of somebody who is answering; whether it was one."""
        subject, until = self._open.get(actor.person.id, ("", None))
        if until is None or self.hands.agenda.now() > until:
            return False
        answers = taps(message, "answer")
        if not answers and not taps(message, "cancel"):
            return False
        if self.hands.likely(GIVES_UP):
            self._open.pop(actor.person.id)
        elif answers:
            chosen = self._choose(subject, answers)
            self.hands.press_within(0.1, 0.7, actor, message, chosen)
        else:
            self.hands.say_within(0.3, 2, actor, WORDS)
        return True

    def _choose(self, subject: str, answers: list[str]) -> str:
        by_end = {one.split(":", 3)[3]: one for one in answers}
        if NO_VISIT in by_end:
            shut = NOBODY_OPENS_TO_THE_SILENT if subject == "door" else NOBODY_OPENS
            if self.hands.likely(shut):
                return by_end[NO_VISIT]
            by_end.pop(NO_VISIT)
        for end, probability in PREFERRED.get(subject, {}).items():
            if end in by_end and self.hands.likely(probability):
                return by_end[end]
        if "ok" in by_end and self.hands.likely(NOTHING_MORE):
            return by_end["ok"]
        real = [one for end, one in by_end.items() if end.startswith("=")]
        # "Pass on" where it is offered, or a page to turn; else whatever fits.
        return self.hands.chance.choice(real or list(by_end.values()))
