"""Trouble that can be switched on: on the wire, on Telegram's side, and on the phones."""

import random
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

NAMES = {
    "too_many_requests": "429 before anything happened",
    "server_error": "500 before anything happened",
    "bad_gateway": "502 before anything happened",
    "bad_gateway_after": "502 although it was done",
    "connect_error": "no connection at all (over HTTP: dropped before)",
    "drop_before": "the connection ends before anything happened",
    "drop_after": "the connection ends although it was done",
    "timeout_after": "no answer in time although it was done",
    "delay": "the answer comes late",
    "duplicate_update": "an update arrives twice under the same id",
    "resent_press": "a press arrives again under a new update id",
}


class Dropped(Exception):
    """The client gets no answer.

    Attributes:
        how: the fault's name.
    """

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


@dataclass(frozen=True)
class _Once:
    name: str
    method: str | None


class Faults:
    """Which trouble comes, by chance (one seed, one history) or the next time.

    Attributes:
        probabilities: name → chance of each call, update or press.
        injected: how often each has struck.
        late: seconds that `delay` takes.
    """

    def __init__(self, *, seed: int | None = None, late: float = 1.0, **chances: float) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a repeatable history, not a secret
        self.late = late
        self.injected: Counter[str] = Counter()
        self.probabilities: dict[str, float] = dict.fromkeys(NAMES, 0.0)
        self._queue: deque[_Once] = deque()
        for name, chance in chances.items():
            self.set(name, chance)

    def set(self, name: str, probability: float) -> None:
        """Switch a fault on or off.

        Raises:
            ValueError: no such fault, or no such chance.
        """
        if name not in NAMES:
            raise ValueError(f"no fault is called {name}")
        if not 0 <= probability <= 1:
            raise ValueError("a probability is between 0 and 1")
        self.probabilities[name] = probability

    def once(self, name: str, *, method: str | None = None) -> None:
        """The next call (of this method), update or press meets this fault."""
        if name not in NAMES:
            raise ValueError(f"no fault is called {name}")
        self._queue.append(_Once(name, method.lower() if method else None))

    def clear(self) -> None:
        """No more trouble."""
        self._queue.clear()
        self.probabilities = dict.fromkeys(NAMES, 0.0)

    def strikes(self, name: str, method: str = "") -> bool:
        """Whether this fault happens now; if so it is counted."""
        hit = self._queued(name, method.lower()) or self._by_chance(name)
        if hit:
            self.injected[name] += 1
        return hit

    def _by_chance(self, name: str) -> bool:
        chance = self.probabilities[name]
        return chance > 0 and self.random.random() < chance

    def _queued(self, name: str, method: str) -> bool:
        for planned in self._matching(name, method):
            self._queue.remove(planned)
            return True
        return False

    def _matching(self, name: str, method: str) -> Iterator[_Once]:
        return (p for p in self._queue if p.name == name and p.method in {None, method})
