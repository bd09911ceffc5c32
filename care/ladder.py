"""The ladder: what happens, and when, while a red elder has not been reached today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from care.community import Settings
from care.days import moment


class Step(StrEnum):
    """The rungs, lowest first (handbook, "The day").

    `CLOSED` is not on the clock: it tells of a day that ended before anybody could be told.
    """

    REMIND = "remind"
    DOOR = "door"
    RAISE = "raise"
    EMERGENCY = "emergency"
    CLOSED = "closed"


# So many people, each with a phone number and a button, are one message.
NAMES_AT_ONCE = 20
ON_THE_CLOCK = (Step.REMIND, Step.DOOR, Step.RAISE)


class Cause(StrEnum):
    """Why somebody is asked to go to the door."""

    NO_CONTACT = "no_contact"
    NO_ANSWER = "no_answer"


class Alert(StrEnum):
    """What an alert is about."""

    SILENT = "silent"
    EMERGENCY = "emergency"


class Clear(StrEnum):
    """How an alert ended; every one ends with an all-clear (handbook, "Words").

    `PAUSED` is what the program says of it when somebody is paused, and nobody's own word.
    """

    REACHED = "reached"
    HOSPITAL = "hospital"
    WITH_FAMILY = "with_family"
    FALSE_ALARM = "false_alarm"
    OTHER = "other"
    PAUSED = "paused"


BY_HAND = (Clear.REACHED, Clear.HOSPITAL, Clear.WITH_FAMILY, Clear.FALSE_ALARM, Clear.OTHER)
# By what is on record; and what is on record may be taken back, the same day or later.
BY_RECORD = (Clear.REACHED, Clear.PAUSED)


class DoorEnd(StrEnum):
    """How a door visit ended."""

    DONE = "done"
    NOBODY = "nobody"
    CALLED_OFF = "called_off"
    DAY_OVER = "day_over"


# Who becomes owed in the course of a day is given time before the next rung.
GRACE = {
    Step.REMIND: timedelta(hours=1),
    Step.DOOR: timedelta(hours=1),
    Step.RAISE: timedelta(hours=1),
}


@dataclass(frozen=True)
class Waiting:
    """A red elder who is owed a contact today and has none.

    Attributes:
        owed_since: since when today: None for the whole day; else when the tier was raised, or
            when a pause was ended.
        attempts: calls nobody answered and doors nobody opened today.
        door_failed: somebody went to the door today and did not reach them.
    """

    elder_id: int
    owed_since: datetime | None = None
    attempts: int = 0
    door_failed: bool = False


def due_at(step: Step, day: date, waiting: Waiting, settings: Settings, zone: ZoneInfo) -> datetime:
    """From when on `step` is due for somebody who still waits (UTC)."""
    at = {
        Step.REMIND: settings.remind_calls_at,
        Step.DOOR: settings.door_visit_at,
        Step.RAISE: settings.escalate_at,
    }[step]
    named = moment(day, at, zone)
    if waiting.owed_since is None:
        return named
    return max(named, waiting.owed_since + GRACE[step])


def begins_at(day: date, settings: Settings, zone: ZoneInfo) -> datetime:
    """Before when on `day` no rung is due by the clock alone, for anybody (UTC)."""
    times = (settings.remind_calls_at, settings.door_visit_at, settings.escalate_at)
    return moment(day, min(times), zone)


def due(
    now: datetime, day: date, waiting: Waiting, settings: Settings, zone: ZoneInfo
) -> frozenset[Step]:
    """The rungs that are due by now (handbook, "The day": 11:30, 15:00, 17:00).

    After as many attempts as the setting says a door visit is due at once; after a door nobody
    opened, whoever answers for the elder is told at once.
    """
    found = {step for step in ON_THE_CLOCK if now >= due_at(step, day, waiting, settings, zone)}
    if waiting.attempts >= settings.attempts_for_door_visit:
        found.add(Step.DOOR)
    if waiting.door_failed:
        found.add(Step.RAISE)
    return frozenset(found)


def cause_of(waiting: Waiting, settings: Settings) -> Cause:
    """What the volunteers are told of why they are asked."""
    if waiting.attempts >= settings.attempts_for_door_visit:
        return Cause.NO_ANSWER
    return Cause.NO_CONTACT
