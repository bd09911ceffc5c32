"""Service hours: how a volunteer's time is known."""

from enum import StrEnum


class Kind(StrEnum):
    """How the time is known (handbook, "Words"): signed in and out, or entered later."""

    VERIFIED = "verified"
    ADDED = "added"
