"""A whole station in one process; only the clock and Telegram's end of the wire are ours.

Nothing runs by itself: `await stage.settle()` lets everything that is due happen, and
`await stage.at("2026-04-09 08:30")` moves the clock, beats, and settles.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from tempfile import mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url

from bot.pacer import Pacer
from bot.playground.limits import Limits
from bot.playground.records import Chat, Group, Message, Person
from bot.playground.telegram import LocalTelegram
from bot.playground.wire import Wire
from bot.routes import build
from bot.service import Service
from care.access import Role
from care.elders import ElderFacts
from scheduler.planner_worker import Here
from storage import communities, elders, joining, members, pairings
from storage.engine import Database, parse_url
from storage.migrate import migrate
from storage.tables import Community, Elder, Member
from tests.quick_files import open_quickly

ZONE = ZoneInfo("Asia/Shanghai")
THURSDAY = "2026-04-09 08:00"


_TEMPLATES: list[Path] = []


class StillClock:
    """A clock that only moves when it is told to."""

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def real_seconds_until(self, moment: datetime) -> float:
        return max(0.0, (moment - self._now).total_seconds())

    def set(self, moment: datetime) -> None:
        self._now = moment


def local(text: str, zone: ZoneInfo = ZONE) -> datetime:
    """ "2026-04-09 08:30" at the station, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


class Stage:
    """The station and its people's phones."""

    def __init__(
        self, database: Database, clock: StillClock, telegram: LocalTelegram, zone: ZoneInfo
    ) -> None:
        self.database = database
        self.zone = zone
        self.clock = clock
        self.telegram = telegram
        self.phones = telegram.phones
        wire = Wire(telegram)
        self.application = build(wire, wire, self.telegram.token, "http://127.0.0.1")
        self.service = Service.make(
            database,
            self.application,
            self.clock,
            pacer=Pacer(rate=1e9, unlimited=True),
            planner=Here(),
        )
        self.station: Community

    async def speak(self, language: str) -> None:
        """Make the station's language `language`."""
        async with self.database.write() as tx:
            station = await tx.get_one(Community, self.station.id)
            station.language = language

    async def settle(self) -> None:
        """Let everything that is due now happen: updates in, turns, messages out."""
        # The poll that finds nothing is what acknowledges the batch before it.
        poll = self.service.receiver.poll_once
        while await poll(0):
            pass
        while True:
            await self.service.turns.drain()
            await self.service.heartbeat.idle()
            await self.service.sender.drain()
            if not await poll(0):
                return

    async def at(self, when: str) -> None:
        """Move the clock ("08:30" is today's), beat, and settle."""
        text = when if "-" in when else f"{self.clock.now().astimezone(self.zone):%Y-%m-%d} {when}"
        self.clock.set(local(text, self.zone))
        await self.service.heartbeat.beat()
        await self.settle()

    async def person(
        self, name: str, role: Role, *, elder: str | None = None, language: str = "zh-hans"
    ) -> Person:
        """Somebody who has joined with a role, through the link and the consent button."""
        phone = self.telegram.add_person(
            name, language_code=language, phone=f"+86138{len(self.telegram.people):08d}"
        )
        async with self.database.write() as tx:
            elder_id = (await elders.named(tx, self.station.id, elder)).id if elder else None
            token = await joining.invite(
                tx, self.clock.now(), self.station.id, role, name=name, elder_id=elder_id
            )
        self.phones.start(phone, token)
        await self.settle()
        await self.tap(phone, "join")
        return phone

    async def elder(self, name: str, **facts: Any) -> Elder:
        """An elder in care."""
        async with self.database.write() as tx:
            return await elders.add(
                tx, self.clock.now(), self.station.id, ElderFacts(name=name, **facts)
            )

    async def pair(self, worker: Person, volunteers: list[Person], names: list[str]) -> None:
        """A pairing."""
        async with self.database.write() as tx:
            await pairings.create(
                tx,
                self.clock.now(),
                self.station.id,
                (await self.member(worker)).id,
                [(await self.member(one)).id for one in volunteers],
                [(await elders.named(tx, self.station.id, name)).id for name in names],
            )

    async def member(self, person: Person) -> Member:
        """The record of a person."""
        async with self.database.read() as tx:
            found = await members.person_of_account(tx, person.id)
        assert found is not None
        return found.member

    def chat(self, person: Person, chat: Chat | None = None) -> list[Message]:
        """What stands in a chat, the bot's messages only, oldest first."""
        return [one for one in self.phones.read(person, chat) if one.sender == self.bot_id]

    @property
    def bot_id(self) -> int:
        return self.telegram.world.bot.id

    def last(self, person: Person, chat: Chat | None = None) -> Message:
        """The bot's newest message in a chat."""
        return self.chat(person, chat)[-1]

    async def say(self, person: Person, text: str) -> Message:
        """Write to the bot; its newest message afterwards."""
        self.phones.say(person, text)
        await self.settle()
        return self.last(person)

    async def tap(
        self,
        person: Person,
        what: str,
        *,
        chat: Chat | None = None,
        where: Callable[[Message], bool] = lambda _message: True,
    ) -> str | None:
        """Press the newest button whose data or label begins with or contains `what`.

        The toast that answers the press.
        """
        for message in reversed(self.chat(person, chat)):
            for button in (one for row in buttons(message) for one in row):
                data, label = button.data or "", button.label
                hit = data == what or data.startswith(f"{what}:") or what in label
                if hit and where(message):
                    press = self.phones.press(person, message.id, data, chat=chat)
                    await self.settle()
                    return press.text
        shown = [[one.label for row in buttons(m) for one in row] for m in self.chat(person, chat)]
        texts = [one.text for one in self.chat(person, chat)]
        raise AssertionError(f"no button {what!r} among {shown} of {texts}")

    async def group(self, title: str, people: list[Person], by: Person) -> Group:
        """The volunteers' group, with the bot taken into it by a member of staff."""
        group = self.telegram.add_group(title, people)
        self.phones.add_bot(group, by)
        await self.settle()
        return group


def buttons(message: Message) -> list[list[Any]]:
    """The inline buttons under a message."""
    return message.rows


async def new_database(url: str) -> Database:
    """A database at the newest schema; a SQLite file is a copy of one migrated before.

    With the program's own driver, unless the URL says `sqlite+inline`.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        await migrate(parsed)
        return Database(url)
    if not _TEMPLATES:
        template = Path(mkdtemp(prefix="nuanlin-")) / "template.db"
        await migrate(parse_url(f"sqlite:///{template}"))
        _TEMPLATES.append(template)
    copyfile(_TEMPLATES[0], parsed.database or "")
    return open_file(url)


def open_file(url: str) -> Database:
    """A SQLite file that is at the newest schema."""
    asked = make_url(url)
    return open_quickly(asked) if asked.get_driver_name() == "inline" else Database(url)


@asynccontextmanager
async def staged(
    url: str, *, start: str = THURSDAY, name: str = "幸福社区", zone: str = ZONE.key
) -> AsyncIterator[Stage]:
    """A station with nobody in it yet."""
    clock = StillClock(local(start, ZoneInfo(zone)))
    telegram = LocalTelegram(clock=clock.now, limits=Limits.off(), seed=1)
    async with served(Stage(await new_database(url), clock, telegram, ZoneInfo(zone))) as stage:
        async with stage.database.write() as tx:
            stage.station = await communities.create(tx, clock.now(), name, zone, "zh_CN")
        yield stage


@asynccontextmanager
async def served(stage: Stage) -> AsyncIterator[Stage]:
    """The stage for as long as the block lasts."""
    await stage.application.initialize()
    try:
        yield stage
    finally:
        await stage.application.shutdown()
        await stage.telegram.close()
        await stage.database.close()


def sqlite_url(folder: Path) -> str:
    """A SQLite file of this test's own, without the program's thread."""
    return f"sqlite+inline:///{folder / 'station.db'}"
