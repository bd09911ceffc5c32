"""Joining: invitations, applications, consent (reliability: security and privacy)."""

from datetime import datetime, timedelta
from enum import StrEnum

INVITATION_LASTS = timedelta(hours=72)
WRONG_TRIES_AN_HOUR = 5
CONSENT_VERSION = 1


class Standing(StrEnum):
    """Where a member stands."""

    INVITED = "invited"
    APPLIED = "applied"
    ACTIVE = "active"
    LEFT = "left"


class VolunteerKind(StrEnum):
    """Who the volunteer is; a student's default is the weekend."""

    STUDENT = "student"
    YOUNG_ELDER = "young_elder"
    OTHER = "other"


class Skill(StrEnum):
    """What a volunteer offers."""

    CHAT = "chat"
    SHOPPING = "shopping"
    REPAIR = "repair"
    MEDICAL = "medical"
    DIALECT = "dialect"
    PHONE = "phone"


def invitation_open(now: datetime, created_at: datetime, used_at: datetime | None) -> bool:
    """An invitation works once, for 72 hours."""
    return used_at is None and now - created_at < INVITATION_LASTS
