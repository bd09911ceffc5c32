"""Where an errand can happen: an elder, her daughter, a social worker, two volunteers, a group."""

from base64 import b64decode
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.playground.records import Message, Person
from care.access import Role
from care.errands import PRICED
from storage.tables import Community, Errand
from tests.beginnings import Beginning
from tests.stage import Stage

CARD = "Errand"
WANG = "王桂芳"
ADDRESS = "12号楼 3单元 501"
PHONE = "138 0000 0001"
NOT_YOURS = "That is not available to you."
PHOTO = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass
class Home:
    """周督导 supervises; 李敏 leads a pairing with 陈同学; 周阿姨 is a neighbour."""

    stage: Stage
    boss: Person
    li: Person
    chen: Person
    zhou: Person
    daughter: Person

    async def ask(self, day: str = "tomorrow", kind: str = "groceries", what: str = "rice") -> None:
        """The daughter asks for something, in as few taps as can be."""
        await self.stage.say(self.daughter, "/errand")
        await self.stage.tap(self.daughter, kind)
        await self.stage.say(self.daughter, what)
        await self.stage.tap(self.daughter, day)
        if kind in PRICED:
            await self.stage.tap(self.daughter, "Ask now")

    async def press(self, who: Person, data: str) -> str | None:
        """Press a button that the newest message never had; the answer."""
        press = self.stage.phones.press(who, self.stage.last(who).id, data, stale=True)
        await self.stage.settle()
        return press.text

    def texts(self, person: Person) -> str:
        """All that stands in a chat."""
        return "\n".join(one.text for one in self.stage.chat(person))

    def about(self, person: Person, words: str) -> Message:
        """The newest message with these words."""
        return next(one for one in reversed(self.stage.chat(person)) if words in one.text)

    def labels(self, person: Person) -> list[str]:
        """The buttons under somebody's newest message."""
        return [one.label for row in self.stage.last(person).rows for one in row]

    async def errands(self) -> list[Errand]:
        """All of them, the first first."""
        async with self.stage.database.read() as tx:
            return list(await tx.scalars(select(Errand).order_by(Errand.id)))

    async def errand(self) -> Errand:
        """The newest one."""
        return (await self.errands())[-1]

    async def settle_with(self, **choices: Any) -> None:
        """Make the station's choices."""
        async with self.stage.database.write() as tx:
            (await tx.get_one(Community, self.stage.station.id)).settings = choices


async def settle_in(stage: Stage) -> Home:
    """Everybody joins, and is paired."""
    await stage.speak("en")
    boss = await stage.person("周督导", Role.SUPERVISOR)
    li = await stage.person("李敏", Role.SOCIAL_WORKER)
    chen = await stage.person("陈同学", Role.VOLUNTEER)
    zhou = await stage.person("周阿姨", Role.VOLUNTEER)
    await stage.elder(
        WANG,
        building="12号楼",
        address=ADDRESS,
        phone="+8613800000001",
        door_hint="knock loudly",
    )
    daughter = await stage.person("王小雨", Role.FAMILY, elder=WANG)
    await stage.pair(li, [chen], [WANG])
    return Home(stage, boss, li, chen, zhou, daughter)


HOME = Beginning(settle_in, "2026-04-09 09:00")


def errand_home(folder: Path) -> AbstractAsyncContextManager[Home]:
    """A Thursday morning at nine, in English."""
    return HOME.again(folder)
