"""A clock that stands still until a test pushes it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Call it for the time."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def pass_(self, **amount: float) -> None:
        """Let hours or minutes go by."""
        self.now += timedelta(**amount)
