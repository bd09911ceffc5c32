"""One street: a social worker, two volunteers, two elders who are owed visits, and a daughter."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from bot.playground.records import Message, Person
from care.access import Role
from care.days import HALF_DAYS
from care.elders import Tier
from storage.tables import Assignment, Contact, Volunteer
from tests.beginnings import Beginning
from tests.stage import Stage

ADDRESS = "12号楼 3单元 501"
PHONE = "138 0000 0001"
SUNDAY = "2026-04-12 18:00"
MONDAY = "2026-04-13 08:30"
NOT_YOURS = "这一项没有对您开放。"


@dataclass
class Street:
    """Everybody's phones; the planner sends 陈同学 on Monday and 王老师 on Wednesday."""

    stage: Stage
    boss: Person
    li: Person
    chen: Person
    wang: Person
    daughter: Person

    async def can_come(self, who: Person, *half_days: str, most: int = 3) -> None:
        """When a volunteer can come every week, in any half-day if none is named."""
        member = await self.stage.member(who)
        async with self.stage.database.write() as tx:
            await tx.execute(
                update(Volunteer)
                .where(Volunteer.member_id == member.id)
                .values(half_days=list(half_days or HALF_DAYS), most_visits=most)
            )

    async def published(self) -> None:
        """It is Sunday evening: everybody has been told of the week."""
        await self.stage.at(SUNDAY)

    async def on_the_day(self) -> None:
        """It is Monday, and 陈同学 has the reminder."""
        await self.published()
        await self.stage.tap(self.chen, "visits_yes")
        await self.stage.at(MONDAY)

    async def answer(self, *words: str) -> None:
        """陈同学 answers the form at the door: a value, or "-" to go on."""
        for word in words:
            rows = [one for row in self.stage.last(self.chen).rows for one in row]
            data = next(
                one.data for one in rows if (one.data or "").split(":")[-1] in {word, f"={word}"}
            )
            await self.stage.tap(self.chen, str(data))

    async def report(self, *words: str) -> None:
        """Sign in with 王桂芳 and answer."""
        await self.stage.tap(self.chen, "sign_in:1")
        await self.answer(*words)

    async def visits(self) -> list[Assignment]:
        """What is in the plan."""
        async with self.stage.database.read() as tx:
            return list(await tx.scalars(select(Assignment).order_by(Assignment.id)))

    async def contacts(self) -> list[Contact]:
        """What is on record."""
        async with self.stage.database.read() as tx:
            return list(await tx.scalars(select(Contact).order_by(Contact.id)))

    async def forge(self, who: Person, data: str) -> str | None:
        """Press a button that the message never had; the answer."""
        press = self.stage.phones.press(who, self.stage.last(who).id, data, stale=True)
        await self.stage.settle()
        return press.text

    def about(self, who: Person, words: str) -> Message:
        """The newest message with these words."""
        return next(one for one in reversed(self.stage.chat(who)) if words in one.text)

    def edits(self, who: Person) -> int:
        """How often a message in somebody's chat was changed."""
        return sum(
            call.method == "editMessageText" and str(call.params.get("chat_id")) == str(who.id)
            for call in self.stage.telegram.log
        )

    def says(self, who: Person, words: str) -> bool:
        """Whether any message in a chat has these words."""
        return any(words in one.text for one in self.stage.chat(who))


async def settle_in(stage: Stage) -> Street:
    """Everybody joins, and is paired."""
    boss = await stage.person("周督导", Role.SUPERVISOR)
    li = await stage.person("李敏", Role.SOCIAL_WORKER)
    chen = await stage.person("陈同学", Role.VOLUNTEER)
    wang = await stage.person("王老师", Role.VOLUNTEER)
    await stage.elder(
        "王桂芳",
        tier=Tier.YELLOW,
        phone="+8613800000001",
        building="12号楼",
        address=ADDRESS,
        door_hint="敲三下",
        chronic_illness=True,
    )
    await stage.elder("赵大爷", tier=Tier.YELLOW, building="3号楼")
    daughter = await stage.person("王小雨", Role.FAMILY, elder="王桂芳")
    await stage.pair(li, [chen, wang], ["王桂芳", "赵大爷"])
    home = Street(stage, boss, li, chen, wang, daughter)
    await home.can_come(chen, "mon_am")
    await home.can_come(wang, "wed_am")
    return home


STREET = Beginning(settle_in)


def street(folder: Path) -> AbstractAsyncContextManager[Street]:
    """A Thursday, before anything is planned."""
    return STREET.again(folder)
