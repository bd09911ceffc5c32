"""What the program logs in the simulation: nothing is printed, what was not expected is kept."""

import logging
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

import structlog
from structlog.typing import EventDict

# The faults of the simulation come out of the database's driver as these.
EXPECTED = {"OperationalError", "InterfaceError", "PendingRollbackError"}
# What is logged of every fault of the wire.
ABOUT_THE_WIRE = {
    "poll_failed",
    "poll_told_to_wait",
    "telegram_away",
    "call_failed",
    "not_delivered",
    "press_unanswered",
    "half_sent_before_restart",
    "started",
}


class Journal:
    """Counts every line.

    Attributes:
        lines: how often each event was logged.
        on_line: is shown each line as the program would have written it.
    """

    def __init__(self, on_unexpected: Callable[[str], None]) -> None:
        self.lines: Counter[str] = Counter()
        self.on_line: Callable[[EventDict], None] | None = None
        self._on_unexpected = on_unexpected
        self._muted = False

    @contextmanager
    def muted(self) -> Iterator[None]:
        """What is logged meanwhile was never logged."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def __call__(self, _logger: object, method: str, event: EventDict) -> EventDict:
        """A processor of structlog, the last there is.

        Raises:
            DropEvent: always.
        """
        if self._muted:
            raise structlog.DropEvent
        name = event["event"]
        self.lines[name] += 1
        if self.on_line is not None:
            self.on_line(event)
        if name not in ABOUT_THE_WIRE:
            self._look(name, method, event)
        raise structlog.DropEvent

    def _look(self, name: str, method: str, event: EventDict) -> None:
        error = sys.exc_info()[1] if method == "exception" or event.get("exc_info") else None
        kind = type(error).__name__ if error else str(event.get("error", ""))
        if kind in EXPECTED or method == "info":
            return
        at = event.get("at") or (_where(error.__traceback__) if error else "")
        self._on_unexpected(f"{name}: {kind} {at} {error or ''}".strip())


def _where(traceback: TracebackType | None) -> str:
    found = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if "site-packages" not in code.co_filename:
            found = f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return found


@contextmanager
def quiet(journal: Journal) -> Iterator[None]:
    """Log lines go to the journal; what is left of killed processes ends without a word."""
    before = structlog.get_config()
    disabled = logging.root.manager.disable
    hook = sys.unraisablehook
    everything = structlog.make_filtering_bound_logger(0)
    structlog.configure(processors=[journal], wrapper_class=everything)
    logging.disable(logging.CRITICAL)
    sys.unraisablehook = _unraised
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.unraisablehook = hook
        logging.disable(disabled)
        structlog.configure(**before)


def _unraised(_what: object) -> None:
    """A coroutine of a process that is gone was thrown away."""
