"""The second channel: when the station is told outside of the chat, because chat reaches nobody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from care.community import Settings

EVERY_HOUR = timedelta(hours=1)
EVERY_DAY = timedelta(days=1)


class Matter(StrEnum):
    """What somebody of the station has to hear of."""

    EMERGENCY = "emergency"
    SILENT = "silent"
    MISSED = "missed"


@dataclass(frozen=True)
class Untold:
    """An alert or a missed day of which nobody has been told in chat.

    Attributes:
        day: the local day it belongs to.
        since: from when on somebody should have been told.
        last: when the second channel was last told of it; None when it never was.
        times: how often it was.
    """

    matter: Matter
    elder_id: int
    day: date
    since: datetime
    last: datetime | None = None
    times: int = 0

    @property
    def name(self) -> str:
        """A silent alert and the day that is missed for it are one thing, told of once."""
        kind = self.matter if self.matter is Matter.EMERGENCY else Matter.SILENT
        return f"{kind}:{self.elder_id}:{self.day}"


def counts(now: datetime, one: Untold, *, reachable: bool, settings: Settings) -> bool:
    """Whether chat has failed by now.

    At once when it reaches nobody of the staff; else once a message that should have arrived has
    had the minutes of the setting (reliability: "if nobody can be reached the second channel is
    used").
    """
    patience = timedelta(minutes=settings.second_channel_after_minutes)
    return not reachable or now - one.since >= patience


def is_due(now: datetime, one: Untold) -> bool:
    """Whether it is told now: the first time at once, then every hour, after a day every day.

    A clock that was put back does not silence it.
    """
    if one.last is None:
        return True
    pause = EVERY_HOUR if now - one.since < EVERY_DAY else EVERY_DAY
    return abs(now - one.last) >= pause


def to_tell(now: datetime, failing: list[Untold]) -> list[Untold]:
    """What one message speaks of now: everything, as soon as anything is due; else nothing."""
    return failing if any(is_due(now, one) for one in failing) else []


def key_of(station: int, told: list[Untold]) -> str:
    """The name under which a message is queued once, whoever asks for it.

    It is that of the matter told of least often, and how often that was.
    """
    first = min(told, key=lambda one: (one.times, one.name))
    return f"second_channel:{station}:{first.name}:{first.times}"
