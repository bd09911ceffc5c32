"""A small station for stories of whole days: everybody the ladder speaks of, one of each."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import select

from bot.playground.records import Message, Person
from care.access import Role
from care.elders import Tier
from care.joining import Standing
from care.ladder import Step
from storage import elders, joining, members
from storage.tables import Elder, FamilyLink, Member, Pause, RedDay, Told
from tests.beginnings import Beginning
from tests.stage import THURSDAY, Stage, local

WANG = "王桂芳"
DAY, NEXT = date(2026, 4, 9), date(2026, 4, 10)
BOSS, LI, CHEN, LIU, DAUGHTER = "周督导", "李敏", "陈同学", "刘阿姨", "赵敏"


@dataclass
class Neighbours:
    """周督导 supervises; 李敏 leads 陈同学 and 刘阿姨 for 王桂芳, whose daughter is 赵敏."""

    stage: Stage
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    async def arrive(self, name: str, *roles: Role, elder: str | None = None) -> Person:
        """Somebody who joined long ago; how one joins is told elsewhere."""
        stage = self.stage
        number = len(stage.telegram.people)
        person = stage.telegram.add_person(name, phone=f"+86139{number:08d}")
        person.started = True
        stage.telegram.chats[person.id].bot = "member"
        async with stage.database.write() as tx:
            member = await members.create(
                tx, stage.clock.now(), stage.station.id, name, frozenset(roles),
                standing=Standing.ACTIVE, account=person.id,
            )  # fmt: skip
            if Role.VOLUNTEER in roles:
                await joining.ensure_volunteer(tx, member)
            if elder is not None:
                found = await elders.named(tx, stage.station.id, elder)
                if Role.FAMILY in roles:
                    tx.add(FamilyLink(member_id=member.id, elder_id=found.id,
                                      community_id=stage.station.id,
                                      created_at=stage.clock.now()))  # fmt: skip
                else:
                    found.member_id = member.id
        self.people[name] = person
        return person

    async def red(self, name: str, **facts: object) -> Elder:
        """A red elder of 李敏's pairing with 陈同学 and 刘阿姨."""
        given = {"tier": Tier.RED, "phone": "+8613800000001", "building": "12号楼",
                 "address": "12号楼 3单元 501"} | facts  # fmt: skip
        return await self.stage.elder(name, **given)

    async def pause(self, first: date, until: date) -> None:
        """王桂芳 is in hospital, from a day until the one on which she is back."""
        async with self.stage.database.write() as tx:
            elder = await elders.named(tx, self.stage.station.id, WANG)
            tx.add(Pause(community_id=elder.community_id, elder_id=elder.id, first_day=first,
                         until=until, why="hospital", created_at=self.stage.clock.now(),
                         by_id=(await self.stage.member(self[LI])).id))  # fmt: skip

    async def leaves(self, name: str) -> None:
        """Somebody is no longer of the station."""
        async with self.stage.database.write() as tx:
            member = await tx.get_one(Member, (await self.stage.member(self[name])).id)
            member.standing = Standing.LEFT

    def heard(self, name: str, *words: str) -> list[Message]:
        """The messages in somebody's chat that have all these words as they stand now."""
        return [
            one for one in self.stage.chat(self[name]) if all(word in one.text for word in words)
        ]

    def count(self, name: str) -> int:
        """How many messages the bot has written to somebody."""
        return len(self.stage.chat(self[name]))

    async def log(self, name: str, elder: str, outcome: str) -> None:
        """Two taps: the name on the list, and the outcome."""
        await self.stage.say(self[name], "/calls")
        await self.stage.tap(self[name], elder)
        await self._outcome(name, outcome)

    async def _outcome(self, name: str, outcome: str) -> None:
        rows = [one for row in self.stage.last(self[name]).rows for one in row]
        data = next(str(one.data) for one in rows if f":{outcome}:" in str(one.data))
        await self.stage.tap(self[name], data)

    async def number(self, elder: str) -> int:
        """An elder's id."""
        async with self.stage.database.read() as tx:
            return (await elders.named(tx, self.stage.station.id, elder)).id

    async def ended(self, elder: str = WANG, day: date = DAY) -> str | None:
        """How an elder's day stands in the ledger; None when it is not closed."""
        number = await self.number(elder)
        async with self.stage.database.read() as tx:
            row = await tx.get(RedDay, (number, day))
            return None if row is None else str(row.state)

    async def told(self, step: Step, day: date = DAY) -> set[str]:
        """Who was told a step about anybody, and has it."""
        async with self.stage.database.read() as tx:
            rows = await tx.scalars(
                select(Told).where(
                    Told.step == step, Told.day == day, Told.delivered_at.is_not(None)
                )
            )
            found = {row.member_id for row in rows}
            return {(await members.in_community(tx, self.stage.station.id, one)).name
                    for one in found}  # fmt: skip

    async def rows(self, table: type) -> list:  # type: ignore[type-arg]
        """Everything in a table, oldest first."""
        async with self.stage.database.read() as tx:
            return list(await tx.scalars(select(table)))

    async def through(self, first: str, last: str, minutes: int = 60) -> None:
        """The clock goes on in steps, the last one shorter: from the one moment to the other."""
        await self.stage.at(first)
        now, end = self.stage.clock.now(), local(last, self.stage.zone)
        while now < end:
            now = min(now + timedelta(minutes=minutes), end)
            self.stage.clock.set(now)
            await self.stage.service.heartbeat.beat()
            await self.stage.settle()


def neighbours(
    folder: Path, *, start: str = THURSDAY, zone: str = "Asia/Shanghai", supervisor: bool = True,
    red: bool = True,
) -> AbstractAsyncContextManager[Neighbours]:  # fmt: skip
    """A Thursday morning at eight, with one red elder unless said otherwise."""
    return _beginning(start, zone, supervisor, red).again(folder)


@cache
def _beginning(start: str, zone: str, supervisor: bool, red: bool) -> Beginning[Neighbours]:
    async def settle_in(stage: Stage) -> Neighbours:
        found = Neighbours(stage)
        if supervisor:
            await found.arrive(BOSS, Role.SUPERVISOR)
        await found.arrive(LI, Role.SOCIAL_WORKER)
        await found.arrive(CHEN, Role.VOLUNTEER)
        await found.arrive(LIU, Role.VOLUNTEER)
        if red:
            await found.red(WANG)
            await stage.pair(found[LI], [found[CHEN], found[LIU]], [WANG])
            await found.arrive(DAUGHTER, Role.FAMILY, elder=WANG)
        return found

    return Beginning(settle_in, start, zone)
