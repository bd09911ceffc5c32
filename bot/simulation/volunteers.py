"""Volunteers: doors, errands and weekly visits; claimed, ignored, given back, done, reported."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from bot.playground.records import Message
from bot.simulation.forms import Forms
from bot.simulation.hands import MINUTE, Hands, is_new, number, taps
from bot.simulation.town import Actor, Town
from care.access import Role
from care.days import moment

GOES_TO_A_DOOR, SAYS_NO, GIVES_A_DOOR_BACK = 0.45, 0.15, 0.06
VISITS, REPORTS_AFTER_A_DOOR = 0.3, 0.92
CAN_COME, DECLINES_ONE = 0.8, 0.3
ERRAND_TAKERS = (1, 1, 2, 3)
TAKES_AN_ERRAND, NOT_ME = 0.35, 0.15
AT_THE_SAME_MOMENT = 0.3
FINISHES, GIVES_BACK = 0.85, 0.6
TAKES_AN_ALERT = 0.05
SAYS_WHEN = 0.6
TAKES_AN_OFFER = 0.3
GOES_ON_LEAVE = 1 / 60
DOOR_LASTS = timedelta(hours=8)


@dataclass
class Helper:
    """One volunteer; what they have seen already they do not act on twice."""

    actor: Actor
    seen: set[str] = field(default_factory=set)
    going_until: datetime | None = None
    declining: bool = False


class Volunteers:
    """How they react to what arrives."""

    def __init__(self, town: Town, hands: Hands, forms: Forms) -> None:
        self.town = town
        self.hands = hands
        self.forms = forms
        self.helpers = {one.person.id: Helper(one) for one in town.of(Role.VOLUNTEER)}

    def dawn(self, today: date) -> None:
        """A new day: old intentions are forgotten; now and then somebody goes on leave."""
        for account, before in self.helpers.items():
            self.helpers[account] = Helper(before.actor, going_until=before.going_until)
            if self.hands.likely(GOES_ON_LEAVE):
                wait = self.hands.chance.uniform(0, 180) * MINUTE
                at = moment(today, time(18), self.hands.zone) + wait
                self.hands.agenda.at(at, partial(self._go_on_leave, before.actor))

    def _go_on_leave(self, actor: Actor) -> None:
        if self.hands.say(actor, "/leave"):
            self.forms.expect(actor, "leave")

    def heard_in_group(self, message: Message) -> None:
        """An errand for everybody: one takes it, or several at the same moment."""
        for data in taps(message, "claim")[:1] if is_new(message) else []:
            wanted = self.hands.chance.choice(ERRAND_TAKERS)
            keen = self.hands.chance.sample(
                list(self.helpers.values()), min(wanted, len(self.helpers))
            )
            together = self.hands.likely(AT_THE_SAME_MOMENT)
            moment_ = self.hands.chance.uniform(1, 90)
            for one in keen:
                wait = moment_ if together else self.hands.chance.uniform(1, 120)
                self._later(one, message, data, wait, wait + 0.02)

    def heard(self, actor: Actor, message: Message) -> None:
        """Something arrived or changed on a phone."""
        helper = self.helpers[actor.person.id]
        if self.forms.heard(actor, message):
            return
        self._mind_door(helper, message)
        self._mind_visits(helper, message)
        self._mind_leaving(helper, message)
        self._mind_offer(helper, message)
        self._mind_errand_offer(helper, message)
        self._mind_errand(helper, message)
        for data in self._first_time(helper, message, "alert_take"):
            if self.hands.likely(TAKES_AN_ALERT):
                self._later(helper, message, data, 2, 60)
        for data in taps(message, "alert_clear")[:1]:
            self._later(helper, message, data, 20, 200)
        for data in taps(message, "alert_cleared")[:1]:
            self._later(helper, message, data, 0.2, 1)

    def _first_time(self, helper: Helper, message: Message, name: str) -> list[str]:
        found = [one for one in taps(message, name) if one not in helper.seen]
        helper.seen.update(found)
        return found

    def _later(
        self, helper: Helper, message: Message, data: str, fewest: float, most: float
    ) -> None:
        self.hands.within(fewest, most, partial(self._press, helper, message, data))

    def _press(self, helper: Helper, message: Message, data: str) -> None:
        pressed = self.hands.press(helper.actor, message, data)
        if pressed and data.startswith(("sign_in:", "sign_over:")):
            going = helper.going_until is not None
            self.forms.expect(helper.actor, "door" if going else "visit")
            helper.going_until = None

    def _mind_door(self, helper: Helper, message: Message) -> None:
        """Somebody has to go and see: some go, some say no, some say nothing, some go too late."""
        for data in self._first_time(helper, message, "door_claim"):
            if self.hands.likely(GOES_TO_A_DOOR):
                helper.going_until = self.hands.agenda.now() + DOOR_LASTS
                self._later(helper, message, data, 2, 75)
            elif self.hands.likely(SAYS_NO):
                self._later(helper, message, f"door_no:{number(data)}", 2, 60)
        for data in self._first_time(helper, message, "door_return"):
            if self.hands.likely(GIVES_A_DOOR_BACK):
                self._later(helper, message, data, 3, 30)
        if helper.going_until is not None and taps(message, "call") and is_new(message):
            helper.seen.update(taps(message, "call"))

    def _mind_visits(self, helper: Helper, message: Message) -> None:
        """The week's visits are accepted or not; on the day, some go and tell how it was."""
        for data in self._first_time(helper, message, "visits_yes"):
            if self.hands.likely(CAN_COME):
                self._later(helper, message, data, 2, 600)
            elif self.hands.likely(DECLINES_ONE):
                helper.declining = True
                self._later(helper, message, (taps(message, "visit") or [data])[0], 5, 300)
        if helper.declining:
            for data in taps(message, "visit_cannot")[:1]:
                self._later(helper, message, data, 0.1, 0.5)
            for data in taps(message, "visit_no")[:1]:
                helper.declining = False
                self._later(helper, message, data, 0.1, 0.5)
        for data in self._first_time(helper, message, "sign_in"):
            going = helper.going_until is not None
            if self.hands.likely(REPORTS_AFTER_A_DOOR if going else VISITS):
                self._later(helper, message, data, *((8, 50) if going else (20, 500)))

    def _mind_leaving(self, helper: Helper, message: Message) -> None:
        """Signed in elsewhere still, or asked when they left: some answer, some never do."""
        for data in self._first_time(helper, message, "sign_over"):
            self._later(helper, message, data, 0.2, 2)
        for data in self._first_time(helper, message, "left_at")[:1]:
            if self.hands.likely(SAYS_WHEN):
                self._later(helper, message, data, 2, 90)

    def _mind_offer(self, helper: Helper, message: Message) -> None:
        """A neighbour needs a visit: some go, some say no, some say nothing."""
        for data in self._first_time(helper, message, "cover_claim"):
            if self.hands.likely(TAKES_AN_OFFER):
                self._later(helper, message, data, 2, 300)
            elif self.hands.likely(SAYS_NO):
                self._later(helper, message, f"cover_no:{number(data)}", 2, 300)

    def _mind_errand_offer(self, helper: Helper, message: Message) -> None:
        """An errand for this one: some take it, some say "not me", some say nothing."""
        for data in self._first_time(helper, message, "claim"):
            if self.hands.likely(TAKES_AN_ERRAND):
                self._later(helper, message, data, 1, 40)
            elif self.hands.likely(NOT_ME):
                self._later(helper, message, f"errand_no:{number(data)}", 1, 40)

    def _mind_errand(self, helper: Helper, message: Message) -> None:
        """On the way, done; or given back with a reason."""
        steps = taps(message, "errand_step")
        for data in steps:
            if data in helper.seen:
                continue
            if data.split(":")[2] == "finish":
                helper.seen.add(data)
                self._take_step(helper, message, data)
            elif data.split(":")[2] in {"return", "fail"}:
                helper.seen.update(steps)
                self._later(helper, message, data, 0.1, 0.5)
                return

    def _take_step(self, helper: Helper, message: Message, finish: str) -> None:
        if self.hands.likely(0.5):
            self._later(helper, message, finish.replace(":finish:", ":set_out:"), 5, 60)
        if self.hands.likely(FINISHES):
            self._later(helper, message, finish, 61, 240)
        elif self.hands.likely(GIVES_BACK):
            self._later(helper, message, f"errand_why:{number(finish)}:return", 61, 300)
