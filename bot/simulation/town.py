"""A community that never was: its people, their phones, and who looks after whom, from a seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.playground.records import Group, Person
from bot.playground.telegram import LocalTelegram
from care.access import Role
from care.elders import ElderFacts, Tier
from care.joining import Standing
from storage import communities, elders, joining, members, pairings
from storage.engine import Database
from storage.once import insert_once
from storage.tables import Community, Elder, FamilyLink, Member

STATION = "模拟社区"
GROUP_TITLE = "模拟社区志愿者群"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = (
    "桂芳,秀英,建国,玉兰,福全,德海,淑珍,永年,兰英,志强,美珍,文彬,凤英,宝山,惠英,克勤,"
    "金花,世荣,爱珠,庆云,玉梅,长贵,淑华,兆祥,素芬,忠诚,月英,来福,秀兰,家驹,翠娥,振声"
)
PER_VOLUNTEER, PER_WORKER, PER_FAMILY, PER_CHAT = 4, 7, 3, 10
RED, YELLOW = 0.18, 0.5
MOST_WORKERS, TWO_SUPERVISORS_FROM = 4, 40
SMALLEST, LARGEST = 3, 5
VOLUNTEERS_OF_A_PAIRING = 3
DOORS_OF_A_BUILDING = 8


class Agenda(Protocol):
    """What happens when, in virtual time."""

    random: random.Random

    def now(self) -> datetime:
        """The true time, UTC."""

    def at(self, moment: datetime, call: Callable[[], None]) -> None:
        """Call at this moment."""


@dataclass(frozen=True)
class Actor:
    """A member with a phone; `elder` is whom a family belongs to, or who they are."""

    person: Person
    member: int
    role: Role
    elder: int | None = None


@dataclass(frozen=True)
class Neighbour:
    """An elder as everybody in the street knows them."""

    id: int
    name: str
    phone: str | None
    address: str


@dataclass
class Town:
    """Everybody, by account and by elder's id."""

    station: int
    zone: ZoneInfo
    group: Group
    actors: dict[int, Actor] = field(default_factory=dict)
    neighbours: dict[int, Neighbour] = field(default_factory=dict)

    def of(self, *roles: Role) -> list[Actor]:
        """Everybody with a phone and one of these roles."""
        return [one for one in self.actors.values() if one.role in roles]

    @property
    def canaries(self) -> frozenset[str]:
        """What must never be found in a log line: names, numbers, addresses."""
        found = {one.person.name for one in self.actors.values()}
        found |= {one.person.phone for one in self.actors.values()}
        for one in self.neighbours.values():
            found |= {one.name, one.address, one.phone or ""}
        return frozenset(found - {""})


async def settle_in(
    database: Database,
    telegram: LocalTelegram,
    agenda: Agenda,
    elders: int,
    *,
    zone: str = "Asia/Shanghai",
) -> Town:
    """Fill an empty database with a community of so many elders; everybody has pressed start."""
    chance = random.Random(agenda.random.getrandbits(64))  # noqa: S311 - a repeatable history
    async with database.write() as tx:
        station = await communities.create(tx, agenda.now(), STATION, zone, "zh_CN")
        builder = _Builder(tx, agenda.now(), telegram, station, chance)
        return await builder.build(elders)


class _Builder:
    """Everything that is needed while the people move in."""

    def __init__(
        self,
        tx: AsyncSession,
        now: datetime,
        telegram: LocalTelegram,
        station: Community,
        chance: random.Random,
    ) -> None:
        self.tx = tx
        self.now = now
        self.telegram = telegram
        self.station = station
        self.chance = chance
        self.names = _names(chance)
        group = telegram.add_group(GROUP_TITLE, [])
        self.town = Town(station.id, communities.zone_of(station), group)
        self.elders: list[Elder] = []

    async def build(self, count: int) -> Town:
        """Elders first, then those who look after them."""
        await self._move_in(count)
        for _ in range(2 if count >= TWO_SUPERVISORS_FROM else 1):
            await self._member(Role.SUPERVISOR)
        workers = [
            await self._member(Role.SOCIAL_WORKER)
            for _ in range(min(MOST_WORKERS, max(2, count // PER_WORKER)))
        ]
        volunteers = [
            await self._member(Role.VOLUNTEER) for _ in range(max(3, count // PER_VOLUNTEER))
        ]
        await self._families()
        await self._chats()
        await self._pair(workers, volunteers)
        await self._open_group()
        return self.town

    async def _move_in(self, count: int) -> None:
        red, yellow = max(2, round(count * RED)), round(count * YELLOW)
        tiers = [Tier.RED] * red + [Tier.YELLOW] * yellow
        tiers += [Tier.GREEN] * max(0, count - len(tiers))
        self.chance.shuffle(tiers)
        silent, unassessed = self.chance.sample(range(count), 2)
        for number, tier in enumerate(tiers[:count]):
            known = None if number == unassessed and tier is not Tier.RED else tier
            phone = None if number == silent else f"+861380000{number + 1:04d}"
            await self._elder(number, known, phone)

    async def _elder(self, number: int, tier: Tier | None, phone: str | None) -> None:
        building, door = divmod(number, DOORS_OF_A_BUILDING)
        address = f"{building + 1}号楼 {door % 2 + 1}单元 {door // 2 + 1}0{number % 4 + 1}"
        facts = ElderFacts(
            name=next(self.names),
            birth_date=date(1930 + self.chance.randrange(25), 1 + self.chance.randrange(12), 9),
            phone=phone,
            building=f"{building + 1}号楼",
            address=address,
            tier=tier,
            emergency_name=next(self.names),
            emergency_relation="女儿",
            emergency_phone=f"+861370000{number + 1:04d}",
        )
        elder = await elders.add(self.tx, self.now, self.station.id, facts)
        self.elders.append(elder)
        self.town.neighbours[elder.id] = Neighbour(elder.id, elder.name, phone, address)

    async def _member(
        self, role: Role, *, elder: Elder | None = None, name: str = "", phone: str = ""
    ) -> Member:
        """Somebody who joined long ago; how one joins is told elsewhere."""
        name = name or next(self.names)
        phone = phone or f"+861390000{len(self.town.actors) + 1:04d}"
        person = self.telegram.add_person(name, phone=phone)
        person.started = True
        self.telegram.chats[person.id].bot = "member"
        member = await members.create(
            self.tx, self.now, self.station.id, name, frozenset({role}),
            standing=Standing.ACTIVE, account=person.id, phone=phone,
        )  # fmt: skip
        await members.consent(self.tx, self.now, member, "notice", "membership")
        if role is Role.VOLUNTEER:
            await joining.ensure_volunteer(self.tx, member)
        actor = Actor(person, member.id, role, elder.id if elder else None)
        self.town.actors[person.id] = actor
        return member

    async def _families(self) -> None:
        """A third of the elders have somebody who reads along."""
        for elder in self._some(PER_FAMILY):
            member = await self._member(
                Role.FAMILY,
                elder=elder,
                name=elder.emergency_name or "",
                phone=elder.emergency_phone or "",
            )
            await insert_once(
                self.tx,
                FamilyLink,
                member_id=member.id,
                elder_id=elder.id,
                community_id=self.station.id,
                created_at=self.now,
            )

    async def _chats(self) -> None:
        """A few elders use the chat themselves."""
        able = [one for one in self._some(PER_CHAT) if one.phone]
        for elder in able:
            member = await self._member(
                Role.ELDER, elder=elder, name=elder.name, phone=elder.phone or ""
            )
            elder.member_id = member.id
        await self.tx.flush()

    def _some(self, one_of: int) -> list[Elder]:
        return self.chance.sample(self.elders, max(1, len(self.elders) // one_of))

    async def _pair(self, workers: list[Member], volunteers: list[Member]) -> None:
        """Neighbours together, in threes to fives; the last elder is in no pairing yet."""
        waiting = self.elders[:-1]
        number = 0
        while waiting:
            size = self.chance.randint(SMALLEST, LARGEST)
            if len(waiting) - size < SMALLEST:
                size = min(len(waiting), LARGEST)
            together, waiting = waiting[:size], waiting[size:]
            chosen = {
                volunteers[(number * 2 + n) % len(volunteers)].id
                for n in range(VOLUNTEERS_OF_A_PAIRING)
            }
            await pairings.create(
                self.tx,
                self.now,
                self.station.id,
                workers[number % len(workers)].id,
                sorted(chosen),
                [one.id for one in together],
            )
            number += 1

    async def _open_group(self) -> None:
        group = self.town.group
        group.members = [one.person.id for one in self.town.of(Role.VOLUNTEER, Role.SOCIAL_WORKER)]
        group.bot = "member"
        await communities.set_group(self.tx, self.station.id, group.id)


def _names(chance: random.Random) -> Iterator[str]:
    """Names of three characters, none twice, so that a name in a text is one person's."""
    found = ["".join(pair) for pair in product(SURNAMES, GIVEN.split(","))]
    chance.shuffle(found)
    return iter(found)
