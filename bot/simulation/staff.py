"""Social workers and supervisors: the call list, each at their own hour, and what follows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import partial

from bot.playground.records import Message
from bot.simulation.chores import Chores
from bot.simulation.fates import Call, Fates
from bot.simulation.forms import Forms
from bot.simulation.hands import MINUTE, Hands, is_new, number, taps
from bot.simulation.town import Actor, Town
from care.access import Role
from care.days import moment

LOOKS_AT = 6
MOST_TRIES = 3
MOST_LOOKS = 80
WAITS_FOR_ANSWER = timedelta(minutes=25)
IMPATIENT_AFTER = timedelta(minutes=12)
GOES_ON_LEAVE, SWITCHES_A_SURGE_ON = 1 / 60, 1 / 80
# How often a day each is done for an elder.
CHORES = {"tier": 1 / 250, "late": 1 / 150, "fall": 1 / 900, "mistake": 1 / 700, "exit": 1 / 4000}
DAYS_OF_LEAVE = (1, 3, 5)
MORNING_ENDS = time(9, 30)
FREE_HOURS = (time(10), time(14), time(16), time(21, 30))
PAUSES_AT_ONCE = 0.7
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Habit(StrEnum):
    """When somebody makes their calls today."""

    AT_ONCE = "at_once"
    AT_TEN = "at_ten"
    WHEN_REMINDED = "when_reminded"
    LATE = "late"
    NOT_TODAY = "not_today"


HABITS = {
    Role.SOCIAL_WORKER: {
        Habit.AT_ONCE: 40, Habit.AT_TEN: 32, Habit.WHEN_REMINDED: 20, Habit.LATE: 5,
        Habit.NOT_TODAY: 3,
    },
    Role.SUPERVISOR: {Habit.AT_TEN: 50, Habit.WHEN_REMINDED: 45, Habit.NOT_TODAY: 5},
}  # fmt: skip
BEGINS = {Habit.AT_ONCE: (1, 25), Habit.AT_TEN: (80, 140), Habit.LATE: (420, 640)}


@dataclass
class Desk:
    """One member of staff today; `heard` is what came of a call that is not written down yet."""

    actor: Actor
    habit: Habit = Habit.AT_TEN
    calling: bool = False
    looks: int = 0
    done: set[int] = field(default_factory=set)
    tries: dict[int, int] = field(default_factory=dict)
    not_before: dict[int, datetime] = field(default_factory=dict)
    heard: dict[int, Call | None] = field(default_factory=dict)
    pressed: dict[tuple[int, str], datetime] = field(default_factory=dict)
    last_press: datetime = LONG_AGO
    away_until: date = date.min


class Staff:
    """How they react to what arrives, and what they do by themselves."""

    def __init__(self, town: Town, hands: Hands, fates: Fates, forms: Forms) -> None:
        self.town = town
        self.hands = hands
        self.fates = fates
        self.forms = forms
        self.chores = Chores(town, hands, fates, forms)
        everybody = town.of(Role.SOCIAL_WORKER, Role.SUPERVISOR)
        self.desks = {one.person.id: Desk(one) for one in everybody}

    def dawn(self, today: date) -> None:
        """Everybody's day is drawn."""
        self.chores.dawn()
        for account, before in self.desks.items():
            odds = HABITS[before.actor.role]
            [habit] = self.hands.chance.choices(list(odds), list(odds.values()))
            desk = Desk(before.actor, habit, away_until=before.away_until)
            self.desks[account] = desk
            if self._away(desk):
                desk.habit = Habit.NOT_TODAY
            else:
                self._plan(desk, today)

    def _plan(self, desk: Desk, today: date) -> None:
        if desk.actor.role is Role.SOCIAL_WORKER and self.hands.likely(GOES_ON_LEAVE):
            self._after(today, time(17, 40), partial(self._go_on_leave, desk))
        if self.hands.likely(SWITCHES_A_SURGE_ON):
            self._after(today, time(16), partial(self.chores.begin, desk.actor, "surge", 0))
        for elder in self.town.neighbours:
            for what, a_day in CHORES.items():
                if self.hands.likely(a_day / len(self.desks)):
                    begin = partial(self.chores.begin, desk.actor, what, elder)
                    self._after(today, self.hands.chance.choice(FREE_HOURS), begin)

    def _after(self, today: date, at: time, call: Callable[[], None]) -> None:
        wait = self.hands.chance.uniform(0, 90) * MINUTE
        self.hands.agenda.at(moment(today, at, self.hands.zone) + wait, call)

    def _away(self, desk: Desk) -> bool:
        return self.hands.here.date() < desk.away_until

    def _go_on_leave(self, desk: Desk) -> None:
        """From tomorrow the phone stays in the drawer, whatever the form will say."""
        if self.hands.say(desk.actor, "/leave"):
            days = self.hands.chance.choice(DAYS_OF_LEAVE)
            self.forms.expect(desk.actor, "leave")
            desk.away_until = self.hands.here.date() + timedelta(days=days)

    def heard(self, actor: Actor, message: Message) -> None:
        """Something arrived or changed on a phone."""
        desk = self.desks[actor.person.id]
        if self.forms.heard(actor, message) or self._away(desk):
            return
        if self.chores.heard(actor, message):
            return
        self.chores.mind_alert(actor, message)
        self.chores.mind_pause(actor, message)
        self.chores.mind_questions(actor, message)
        if taps(message, "call") and is_new(message):
            self._asked_to_call(desk)

    def _asked_to_call(self, desk: Desk) -> None:
        """The list at 08:30, a reminder, "please call again": some begin, some do not look."""
        if desk.habit is Habit.NOT_TODAY or desk.calling:
            return
        morning = self.hands.here.time() < MORNING_ENDS
        if morning and desk.habit not in BEGINS:
            return
        desk.calling = True
        wait = BEGINS[desk.habit] if morning else (2, 40)
        self.hands.within(*wait, partial(self._look, desk))

    def _look(self, desk: Desk) -> None:
        """One look at the phone, one press."""
        if self.desks[desk.actor.person.id] is not desk:
            return
        desk.looks += 1
        if desk.looks > MOST_LOOKS or not self._press_next(desk):
            desk.calling = False
            return
        self.hands.within(0.7, 4, partial(self._look, desk))

    def _press_next(self, desk: Desk) -> bool:
        """Log the call whose buttons are open, else open the next.

        False when there is nothing to press, and nothing that the bot still has to answer.
        """
        now = self.hands.agenda.now()
        for message in self.hands.newest(desk.actor, LOOKS_AT):
            for data in self._wanted(desk, message):
                last = desk.pressed.get((message.id, data), LONG_AGO)
                if now - last < IMPATIENT_AFTER:
                    return True
                if self.hands.press(desk.actor, message, data):
                    desk.pressed[message.id, data] = desk.last_press = now
                    self._note(desk, data)
                    return True
        return now - desk.last_press < IMPATIENT_AFTER

    def _wanted(self, desk: Desk, message: Message) -> list[str]:
        outcomes = taps(message, "log")
        if outcomes:
            elder = number(outcomes[0])
            return self._outcome(desk, elder, outcomes) if self._open(desk, elder) else []
        return [one for one in taps(message, "call") if self._open(desk, number(one))][:1]

    def _open(self, desk: Desk, elder: int) -> bool:
        if elder in desk.done or desk.tries.get(elder, 0) >= MOST_TRIES:
            return False
        now = self.hands.agenda.now()
        return now >= desk.not_before.get(elder, now)

    def _outcome(self, desk: Desk, elder: int, outcomes: list[str]) -> list[str]:
        """The button for what was heard on the phone; the reasons are behind another."""
        if elder not in desk.heard:
            desk.heard[elder] = self.fates.call(elder, self.hands.here.date())
        call = desk.heard[elder]
        if call is None:
            desk.done.add(elder)
            return []
        found = [one for one in outcomes if one.split(":")[3:5] == [call.outcome, call.reason]]
        return found or [f"why_not:{elder}"]

    def _note(self, desk: Desk, data: str) -> None:
        """What has just been pressed."""
        elder = number(data)
        call = desk.heard.pop(elder, None) if data.startswith("log:") else None
        if call is None:
            return
        desk.tries[elder] = desk.tries.get(elder, 0) + 1
        if call.outcome == "no_answer":
            desk.not_before[elder] = self.hands.agenda.now() + WAITS_FOR_ANSWER
            return
        desk.done.add(elder)
        if call.reason == "hospital" and self.hands.likely(PAUSES_AT_ONCE):
            self.hands.within(3, 20, partial(self.chores.begin, desk.actor, "pause", elder))
