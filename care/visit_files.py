"""Pictures and voice messages from a visit."""

from enum import StrEnum

# An album is at most ten; twice that shows a home from every side.
MOST = 20


class Kind(StrEnum):
    """What was sent."""

    PHOTO = "photo"
    VOICE = "voice"


def has_room(kept: int) -> bool:
    """Whether a visit with so many files may have one more."""
    return kept < MOST
