"""Pictures and voice messages from a visit."""

from enum import StrEnum

# An album is at most ten; more tells nobody more.
MOST = 20


class Kind(StrEnum):
    """What was sent."""

    PHOTO = "photo"
    VOICE = "voice"
