"""Why something was not done: facts, turned into a sentence for the reader by the screens."""

from datetime import date


class Refusal(Exception):
    """A person asked for something that cannot be done; nothing was changed."""


class NotYours(Refusal):
    """Absent or forbidden; the two read the same, so that asking reveals nothing."""


class Stale(Refusal):
    """The button belongs to a state that has passed; the message is shown anew."""


class Taken(Refusal):
    """Somebody else was first.

    Attributes:
        by: the name of who has it.
    """

    def __init__(self, by: str) -> None:
        super().__init__("taken")
        self.by = by


class AlreadyPaused(Refusal):
    """Some of these days are within another pause.

    Attributes:
        first: that pause's first day.
        until: its return date.
    """

    def __init__(self, first: date, until: date) -> None:
        super().__init__("paused")
        self.first = first
        self.until = until


class LinkInvalid(Refusal):
    """The invitation is unknown, used, or older than it may be."""


class TooManyTries(Refusal):
    """Five wrong invitation codes within an hour."""


class AlreadyJoined(Refusal):
    """This account is already the member the invitation is for."""


class UnknownName(Refusal):
    """No member or elder, or more than one, answers to a name given on the command line.

    Attributes:
        name: as it was given.
        found: how many there are.
    """

    def __init__(self, name: str, found: int) -> None:
        super().__init__(name)
        self.name = name
        self.found = found
