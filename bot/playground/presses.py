"""A button that somebody pressed, until the bot has answered."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, field


@dataclass
class Press:
    """Await it for the answer.

    Attributes:
        text: what the phone shows; empty when the bot only took the press.
        alert: shown as a box that has to be closed.
        ids: the callback queries that this press became.
    """

    person: int
    data: str
    text: str = ""
    alert: bool = False
    answered: bool = False
    ids: list[str] = field(default_factory=list)
    _waiting: "list[asyncio.Future[None]]" = field(default_factory=list, repr=False)

    def answer(self, text: str, *, alert: bool) -> None:
        """The bot has answered."""
        self.text, self.alert, self.answered = text, alert, True
        for future in self._waiting:
            if not future.done() and not future.get_loop().is_closed():
                future.set_result(None)
        self._waiting.clear()

    def __await__(self) -> "Generator[object, None, Press]":
        if not self.answered:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            yield from future
        return self
