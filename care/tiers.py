"""Tiers over time: what was whose, what the program proposes, and when it asks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from care.elders import Tier


class Question(StrEnum):
    """What staff are asked about an elder's tier."""

    PROPOSAL = "proposal"
    REVIEW = "review"


class Evidence(StrEnum):
    """Why the program proposes a change (handbook, "Tiers and cadence")."""

    ATTEMPTS = "attempts"
    FALL = "fall"
    EMERGENCY = "emergency"
    LOW_MOOD = "low_mood"
    READING = "reading"
    QUIET = "quiet"


class Answer(StrEnum):
    """What was decided."""

    CHANGE = "change"
    KEEP = "keep"


@dataclass(frozen=True)
class Change:
    """One entry of an elder's history."""

    at: datetime
    before: Tier | None
    after: Tier | None


def tiers_between(
    start: datetime, end: datetime, now_is: Tier | None, changes: list[Change], since: datetime
) -> set[Tier | None]:
    """Every tier an elder had at any time from `start` to before `end`.

    Args:
        start: UTC.
        end: UTC, not included.
        now_is: the tier after the last change.
        changes: the history, oldest first.
        since: when the elder came into care.
    """
    if since >= end:
        return set()
    found: set[Tier | None] = set()
    after = next((one for one in changes if one.at >= start), None)
    # A change at the first moment of the day leaves nothing of the day to the tier before it.
    if after is None or after.at > max(start, since):
        found.add(after.before if after else now_is)
    found |= {one.after for one in changes if start <= one.at < end}
    return found
