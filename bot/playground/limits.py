"""How fast a bot may write before Telegram tells it to wait."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.playground.refusals import too_many_requests

_SECOND = 1.0
_MINUTE = 60.0


@dataclass
class Limits:
    """Flood limits, counted in real time unless there is another clock.

    Attributes:
        overall: messages a second, over all chats.
        burst: messages at once to one person, after which there is one a second.
        group: messages a minute in one group.
        clock: seconds that never go back.
    """

    overall: int = 30
    burst: int = 5
    group: int = 20
    clock: Callable[[], float] = time.monotonic
    enabled: bool = True
    _all: deque[float] = field(default_factory=deque, repr=False)
    _chats: dict[int, deque[float]] = field(default_factory=dict, repr=False)
    _debts: dict[int, float] = field(default_factory=dict, repr=False)

    @classmethod
    def off(cls) -> "Limits":
        """No limits, for tests of something else."""
        return cls(enabled=False)

    def admit(self, chat: int) -> None:
        """Count one message to this chat.

        Raises:
            Refusal: 429, with the seconds to wait.
        """
        if not self.enabled:
            return
        now = self.clock()
        private = chat > 0
        own = self._wait_private(chat, now) if private else self._wait_group(chat, now)
        wait = max(own, _wait(self._all, self.overall, _SECOND, now))
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        self._all.append(now)
        if private:
            self._debts[chat] = max(self._debts.get(chat, 0.0), now) + _SECOND
        else:
            self._chats[chat].append(now)

    def _wait_private(self, chat: int, now: float) -> float:
        # The debt is the moment by which a steady message a second would have caught up.
        return max(self._debts.get(chat, 0.0), now) - now - (self.burst - 1) * _SECOND

    def _wait_group(self, chat: int, now: float) -> float:
        return _wait(self._chats.setdefault(chat, deque()), self.group, _MINUTE, now)


def _wait(sent: deque[float], limit: int, window: float, now: float) -> float:
    while sent and sent[0] <= now - window:
        sent.popleft()
    return sent[-limit] + window - now if len(sent) >= limit else 0.0
