"""A station with one of everybody, in English, for stories about the conversation itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from structlog.testing import capture_logs

from bot.playground.records import Person
from care.access import Role
from care.elders import Tier
from care.joining import Standing
from storage import joining, members
from storage.tables import Community, Contact, Inbox, Outbox
from tests.beginnings import Beginning
from tests.stage import Stage, local


@dataclass
class Crowd:
    """Who is there."""

    stage: Stage
    boss: Person
    li: Person
    chen: Person

    async def arrivals(self) -> list[Inbox]:
        """The inbox, oldest first."""
        async with self.stage.database.read() as tx:
            return list(await tx.scalars(select(Inbox).order_by(Inbox.id)))

    async def posts(self) -> list[Outbox]:
        """The outbox, oldest first."""
        async with self.stage.database.read() as tx:
            return list(await tx.scalars(select(Outbox).order_by(Outbox.id)))

    async def contacts(self) -> list[Contact]:
        """Every contact that was written down, oldest first."""
        async with self.stage.database.read() as tx:
            return list(await tx.scalars(select(Contact).order_by(Contact.id)))

    async def set_station(self, **how: Any) -> None:
        """The station's settings, as a supervisor would have changed them long ago."""
        async with self.stage.database.write() as tx:
            station = await tx.get_one(Community, self.stage.station.id)
            for name, value in how.items():
                setattr(station, name, value)

    async def no_answer(self) -> None:
        """李敏 calls the first on the list, who does not answer."""
        await self.stage.tap(self.li, "call")
        await self.stage.tap(self.li, "no answer")

    async def pressed_while_it_was_down(self, who: Person, what: str, until: str) -> None:
        """Telegram keeps the press, and the program hears of it when it is back."""
        message = self.stage.last(who)
        data = next(str(one.data) for row in message.rows for one in row if what in str(one.data))
        self.stage.phones.press(who, message.id, data)
        self.stage.clock.set(local(until))
        await self.stage.settle()

    def call_lists(self, person: Person) -> list[str]:
        """The call lists in a private chat, as they stand now."""
        return [text for text in self.texts(person) if "Call list" in text]

    def asked_again(self) -> int:
        """How often the question whether somebody answers by now really went out."""
        return sum(
            call.done
            and call.method == "sendMessage"
            and "did not answer at" in call.params["text"]
            for call in self.stage.telegram.log
        )

    def texts(self, person: Person) -> list[str]:
        """What the bot's messages in a private chat say."""
        return [message.text for message in self.stage.chat(person)]

    def sent(self, person: Person) -> int:
        """How many messages the bot really sent to somebody, whatever it was told."""
        return sum(
            call.done and call.method == "sendMessage" and call.params["chat_id"] == person.id
            for call in self.stage.telegram.log
        )


@asynccontextmanager
async def crowd(folder: Path) -> AsyncIterator[Crowd]:
    """A supervisor, a social worker, a volunteer, and a red elder of theirs."""
    # What the story provokes is expected; to print its tracebacks would take longer than the story.
    with capture_logs():
        async with CROWD.again(folder) as found:
            yield found


async def arrive(stage: Stage, name: str, *roles: Role) -> Person:
    """Somebody who joined long ago; how one joins is told elsewhere."""
    number = len(stage.telegram.people)
    person = stage.telegram.add_person(name, language_code="en", phone=f"+86139{number:08d}")
    person.started = True
    stage.telegram.chats[person.id].bot = "member"
    async with stage.database.write() as tx:
        member = await members.create(
            tx, stage.clock.now(), stage.station.id, name, frozenset(roles),
            standing=Standing.ACTIVE, account=person.id,
        )  # fmt: skip
        if Role.VOLUNTEER in roles:
            await joining.ensure_volunteer(tx, member)
    return person


async def _settle_in(stage: Stage) -> Crowd:
    await stage.speak("en")
    boss = await arrive(stage, "周督导", Role.SUPERVISOR)
    li = await arrive(stage, "李敏", Role.SOCIAL_WORKER)
    chen = await arrive(stage, "陈同学", Role.VOLUNTEER)
    await stage.elder("王桂芳", tier=Tier.RED, phone="+8613800000001")
    await stage.pair(li, [chen], ["王桂芳"])
    return Crowd(stage, boss, li, chen)


CROWD = Beginning(_settle_in)
