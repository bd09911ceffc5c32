"""Whether a message that could not be sent may have been sent all the same.

Telegram takes no key by which it would recognise a repeat, so everything that is repeated depends
on this one question, answered in one place.
"""

import os
from enum import Enum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

# The library warns at every flood unless it is told which of its two types of duration is wanted.
os.environ["PTB_TIMEDELTA"] = "1"


class NotSent(NetworkError):
    """The request never left this machine, so it may be repeated without doubt."""


class Sent(Enum):
    """What is known after a failed attempt.

    Attributes:
        NO: certainly not done; repeat it, after the pause asked for or to a moved chat's new id.
        UNCLEAR: perhaps done; repeat only what must arrive, and say that it may be a repeat.
        REFUSED: certainly not done, and the same request never will be.
    """

    NO = "no"
    UNCLEAR = "unclear"
    REFUSED = "refused"


# In this order: BadRequest, TimedOut and NotSent are all NetworkErrors, which alone means unclear.
# A wrong token or a second poller is our own fault, not that of the message: it waits for the cure.
_MEANING: tuple[tuple[type[TelegramError], Sent], ...] = (
    (NotSent, Sent.NO),
    (RetryAfter, Sent.NO),
    (ChatMigrated, Sent.NO),
    (InvalidToken, Sent.NO),
    (Conflict, Sent.NO),
    (BadRequest, Sent.REFUSED),
    (Forbidden, Sent.REFUSED),
    (EndPointNotFound, Sent.REFUSED),
)


def was_it_sent(error: BaseException) -> Sent:
    """Tell what a failed attempt means; whatever is not known for certain is unclear."""
    for kind, meaning in _MEANING:
        if isinstance(error, kind):
            return meaning
    return Sent.UNCLEAR
