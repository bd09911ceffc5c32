"""The history of one seed: everything that happened, in one hash, and the end of it in words."""

import hashlib
import re
from collections import Counter, deque
from datetime import datetime

from bot.playground.telegram import Call
from bot.simulation.agenda import Agenda

KEPT = 60
# The secret of an invitation is drawn from the system's own randomness, in every run another.
SECRET = re.compile(r"start=[\w-]+")
NEW_MESSAGES = frozenset({"sendMessage", "sendPhoto", "sendDocument"})


class Trace:
    """A SHA-256 over the ordered events."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._hash = hashlib.sha256()
        self._last: deque[tuple[float, str]] = deque(maxlen=KEPT)

    def note(self, event: str) -> None:
        """This happened now."""
        seconds = self._agenda.seconds
        self._hash.update(f"{seconds:.6f} {event}\n".encode())
        self._last.append((seconds, event))

    @property
    def digest(self) -> str:
        """The hash of everything so far."""
        return self._hash.hexdigest()

    def last(self, count: int = KEPT) -> list[str]:
        """The newest events, with their local time."""
        return [f"{self._local(seconds)} {event}" for seconds, event in [*self._last][-count:]]

    def _local(self, seconds: float) -> str:
        moment = self._agenda.start.timestamp() + seconds
        return datetime.fromtimestamp(moment, self._agenda.zone).strftime("%m-%d %H:%M:%S")


class Calls(list[Call]):
    """Telegram's log of calls, each of which is an event of the history."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._trace = trace
        self.counts: Counter[str] = Counter()

    def append(self, call: Call) -> None:
        """One call, done or not."""
        super().append(call)
        if call.done:
            self.counts[call.method] += 1
        self._trace.note(_call(call))

    @property
    def messages(self) -> int:
        """How many messages have arrived."""
        return sum(self.counts[method] for method in NEW_MESSAGES)


def _call(call: Call) -> str:
    given = call.params
    result = call.answer.get("result")
    number = given.get("message_id") or (
        result.get("message_id", "") if isinstance(result, dict) else ""
    )
    if call.method == "getUpdates":
        number = len(result) if isinstance(result, list) else ""
    text = SECRET.sub("", str(given.get("text", "")))
    shown = hashlib.sha256(f"{text}{given.get('reply_markup', '')}".encode()).hexdigest()[:8]
    done = "done" if call.done else "not done"
    return f"{call.method} {given.get('chat_id', '')} {number} {call.status} {done} {shown}"
