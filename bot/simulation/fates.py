"""How it really goes for the elders, which nobody at the station knows before somebody looks."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from care.visits import NotVisited


class Fate(StrEnum):
    """How somebody's day goes."""

    WELL = "well"
    OUT = "out"
    FALLEN = "fallen"
    IN_HOSPITAL = "in_hospital"


OUT, FALLEN, ILL = 0.03, 0.003, 0.004
MISSES_A_CALL, WORRIES, RELATIVE_ANSWERS, WALKS_OVER = 0.06, 0.05, 0.6, 0.6
HOSPITAL_DAYS = (3, 12)
OPENS_WHEN_OUT = 0.3


@dataclass(frozen=True)
class Call:
    """What comes of a call."""

    outcome: str
    reason: str = "-"


class Fates:
    """Every elder's day."""

    def __init__(self, chance: random.Random, with_phone: dict[int, bool]) -> None:
        self._chance = chance
        self._with_phone = with_phone
        self._today: dict[int, Fate] = {}
        self._home_on: dict[int, date] = {}

    def dawn(self, today: date) -> None:
        """A new day for everybody."""
        for elder in self._with_phone:
            if today < self._home_on.get(elder, today):
                continue
            draw = self._chance.random()
            self._today.pop(elder, None)
            if draw < OUT:
                self._today[elder] = Fate.OUT
            elif draw < OUT + FALLEN:
                self._today[elder] = Fate.FALLEN
            elif draw < OUT + FALLEN + ILL:
                self._to_hospital(elder, today)

    def _to_hospital(self, elder: int, today: date) -> None:
        self._today[elder] = Fate.IN_HOSPITAL
        self._home_on[elder] = today + timedelta(days=self._chance.randint(*HOSPITAL_DAYS))

    def of(self, elder: int) -> Fate:
        """How their day is."""
        return self._today.get(elder, Fate.WELL)

    def home_on(self, elder: int) -> date | None:
        """When they come back from the hospital."""
        return self._home_on.get(elder)

    def call(self, elder: int, today: date) -> Call | None:
        """What comes of calling them; None: there is no phone, and nobody walks over."""
        chance = self._chance
        if not self._with_phone.get(elder, True) and chance.random() > WALKS_OVER:
            return None
        fate = self.of(elder)
        if fate is Fate.FALLEN:
            self._to_hospital(elder, today)
            return Call("emergency")
        if fate is Fate.IN_HOSPITAL and chance.random() < RELATIVE_ANSWERS:
            return Call("not_possible", "hospital")
        draw = chance.random()
        if fate is not Fate.WELL or draw < MISSES_A_CALL:
            return Call("no_answer")
        return Call("follow_up" if draw < MISSES_A_CALL + WORRIES else "fine")

    def door(self, elder: int) -> NotVisited | None:
        """Why the door stays shut; None: somebody opens."""
        match self.of(elder):
            case Fate.OUT if self._chance.random() > OPENS_WHEN_OUT:
                return NotVisited.NO_ANSWER
            case Fate.IN_HOSPITAL:
                return NotVisited.HOSPITAL
        return None
