"""A volunteer's visits as entries of a calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from care.community import Settings
from care.days import HalfDay, moment
from care.visits import State

# What has been, for somebody who looks back, and the weeks that can be planned already.
BEFORE, AHEAD = timedelta(days=28), timedelta(days=28)
_MINUTE = timedelta(minutes=1)
_OFF = frozenset({State.DECLINED, State.DROPPED})


@dataclass(frozen=True)
class Entry:
    """One entry, with nothing in it of who is visited.

    Attributes:
        uid: stays the same for ever, so that a calendar changes the entry and makes no second one.
        sequence: never falls, and grows with every change.
        sure: the volunteer has said yes; else it is tentative.
        off: it does not happen, and a calendar that has it takes it away.
    """

    uid: str
    starts: datetime
    ends: datetime
    sequence: int
    sure: bool
    off: bool


def entry(
    visit_id: int,
    state: State,
    day: date,
    half: HalfDay,
    made_at: datetime,
    now: datetime,
    settings: Settings,
    zone: ZoneInfo,
) -> Entry:
    """One visit as a calendar shows it at `now`, in the community's own time.

    A visit's state may go back as well as forth, so the sequence is its age in minutes.
    """
    starts, ends = (moment(day, at, zone).astimezone(zone) for at in settings.hours(half))
    return Entry(
        uid=f"visit-{visit_id}-{made_at:%Y%m%d%H%M%S}@nuanlin",
        starts=starts,
        ends=ends,
        sequence=max(0, (now - made_at) // _MINUTE),
        sure=state is not State.OFFERED,
        off=state in _OFF,
    )
