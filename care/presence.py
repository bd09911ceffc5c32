"""Being there: signed in, near the building or not, and when somebody left who did not say so."""

from datetime import datetime, timedelta
from enum import StrEnum

from care.places import Point, straight

# Beyond this a forgotten sign-out is likelier than a long visit, so the time of leaving is asked.
LONGEST_STAY = timedelta(hours=3)
# In the evening nobody is asked who has only just come.
STILL_THERE = timedelta(minutes=90)
# A house stands among others, and a phone between walls is off by as much.
NEAR_METRES = 200
TOO_VAGUE_METRES = 500
STAYS = (20, 30, 45, 60, 90, 120, 180)
MINUTE = timedelta(minutes=1)


class Nearness(StrEnum):
    """All that is kept of a location that somebody shared at the door."""

    NEAR = "near"
    FAR = "far"
    UNKNOWN = "unknown"


def nearness(building: Point | None, here: Point, accuracy: float | None = None) -> Nearness:
    """Whether somebody is near the building; `accuracy` in metres is the phone's own doubt.

    Unknown where nobody knows where the building stands, or the phone does not know where it is.
    """
    doubt = accuracy or 0.0
    if building is None or doubt > TOO_VAGUE_METRES:
        return Nearness.UNKNOWN
    return Nearness.NEAR if straight(building, here) - doubt <= NEAR_METRES else Nearness.FAR


def minutes_since(begun: datetime, now: datetime) -> int:
    """Whole minutes between two moments; at least one, for who was there was there."""
    return max(1, int((now - begun) / MINUTE))


def stays(begun: datetime, now: datetime) -> list[int]:
    """The minutes that are offered to whoever is asked how long they stayed."""
    most = minutes_since(begun, now)
    return [one for one in STAYS if one < most]


def leaving_is_clear(begun: datetime, now: datetime) -> bool:
    """Whether a sign-out now can be taken as the time of leaving, without asking."""
    return now - begun <= LONGEST_STAY
