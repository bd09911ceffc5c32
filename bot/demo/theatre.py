"""A whole station in one process that moves only when it is told to: for the tour."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import OwnClock
from bot.pacer import Pacer
from bot.playground.limits import Limits
from bot.playground.phones import Phones
from bot.playground.records import Button, Chat, Message, Person
from bot.playground.telegram import LocalTelegram
from bot.playground.wire import Wire
from bot.routes import build
from bot.service import Service
from storage.engine import Database, parse_url
from storage.migrate import migrate


class NoButton(Exception):
    """Nothing on the phone can be pressed that fits."""


class Theatre:
    """The station, its clock, and the people's phones."""

    def __init__(self, database: Database, start: datetime, name: str) -> None:
        self.database = database
        self.clock = OwnClock(start)
        self.telegram = LocalTelegram(clock=self.clock.now, limits=Limits.off(), name=name)
        self.wire = Wire(self.telegram)
        self.application = build(self.wire, self.wire, self.telegram.token, "http://127.0.0.1")
        pacer = Pacer(unlimited=True)
        self.service = Service.make(database, self.application, self.clock, pacer=pacer)

    @property
    def phones(self) -> Phones:
        """What people do."""
        return self.telegram.phones

    async def settle(self) -> None:
        """Let everything that is due now happen: updates in, turns, messages out."""
        while True:
            got = await self.service.receiver.poll_once(0)
            await self.service.turns.drain()
            await self.service.sender.drain()
            if not got:
                return

    async def go_to(self, moment: datetime) -> None:
        """Set the clock, and let happen what is due then."""
        self.clock.jump(moment)
        await self.service.heartbeat.beat()
        await self.settle()

    def heard(self, person: Person, chat: Chat | None = None) -> list[Message]:
        """What the bot has written in a chat, oldest first."""
        bot = self.telegram.world.bot.id
        return [one for one in self.phones.read(person, chat) if one.sender == bot]

    def find(
        self, person: Person, data: str, chat: Chat | None = None, label: str = "", end: str = ""
    ) -> tuple[Message, Button]:
        """The newest button whose data begins with `data`, ends with `end`, and says `label`.

        Raises:
            NoButton: there is none.
        """
        for message in reversed(self.heard(person, chat)):
            for button in (one for row in message.rows for one in row):
                sent = button.data or ""
                known = sent == data or sent.startswith(f"{data}:")
                if known and sent.endswith(end) and label in button.label:
                    return message, button
        raise NoButton(f"{data}{end} {label}".strip())

    async def press(
        self, person: Person, message: Message, button: Button, chat: Chat | None = None
    ) -> str | None:
        """Press, and let happen what follows; the line that answers the press.

        Somebody may press what another has just used up, so the button need not be there any more.
        """
        press = self.phones.press(person, message.id, button.data, chat=chat, stale=True)
        await self.settle()
        return press.text


@asynccontextmanager
async def opened(start: datetime, name: str) -> AsyncIterator[Theatre]:
    """A station with nobody in it and a bot called `name`, thrown away afterwards."""
    with TemporaryDirectory(prefix="nuanlin-tour-", ignore_cleanup_errors=True) as folder:
        url = parse_url(f"sqlite:///{Path(folder) / 'tour.db'}")
        await migrate(url)
        database = Database(url)
        theatre = Theatre(database, start, name)
        await theatre.application.initialize()
        try:
            yield theatre
        finally:
            await theatre.application.shutdown()
            await theatre.telegram.close()
            await database.close()
