"""A community with its phones, ready to be served: the records, and the cards in the chats."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.playground.limits import Limits
from bot.playground.presses import Press
from bot.playground.records import Button, Message, Person
from bot.playground.telegram import LocalTelegram
from bot.playground.updates import Updates
from care.access import Role
from care.elders import ElderFacts, Tier
from care.errand_offers import Circle
from care.errands import Kind
from care.joining import Standing as Joined
from care.notices import Notice
from storage import communities, elders, errand_circles, errands, members, pairings
from storage.call_list import list_card
from storage.engine import Database, parse_url
from storage.errand_offers import errand_card
from storage.migrate import migrate
from storage.tables import Community, Standing

# Thursday 10:00 at the station: the day's lists are owed, and midnight is far.
START = datetime(2026, 4, 9, 2, 0, tzinfo=UTC)
DAY = date(2026, 4, 9)
VOLUNTEERS = 40
WORKERS = 10
CONTENDERS = 2


class Remembering(Updates):
    """Knows which updates it was told to forget."""

    def __init__(self, telegram: LocalTelegram) -> None:
        super().__init__(telegram.world.now, seed=1)
        self.forgotten: set[int] = set()

    def confirm(self, offset: int) -> None:
        """Forget, and remember what was forgotten."""
        before = {one.id for one in self.pending}
        super().confirm(offset)
        self.forgotten |= before - {one.id for one in self.pending}


@dataclass(frozen=True)
class Offer:
    """An errand and the cards that offer it: person's id → message."""

    errand: int
    cards: dict[int, int]


@dataclass
class Town:
    """Everybody and everything there is to press, and what has been done so far."""

    url: str
    telegram: LocalTelegram
    updates: Remembering
    volunteers: list[Person] = field(default_factory=list)
    workers: list[Person] = field(default_factory=list)
    lists: dict[int, int] = field(default_factory=dict)
    alone: list[Offer] = field(default_factory=list)
    contended: list[Offer] = field(default_factory=list)
    red: list[tuple[Person, int]] = field(default_factory=list)
    pressed: list[tuple[Press, Offer]] = field(default_factory=list)
    logged: list[int] = field(default_factory=list)
    helped: list[int] = field(default_factory=list)

    def claim(self, offer: Offer, person: int) -> None:
        """Press "I will do it"."""
        press = self.telegram.phones.press(
            person, offer.cards[person], f"claim:{offer.errand}", stale=True
        )
        self.pressed.append((press, offer))

    def log(self, worker: Person, elder: int) -> None:
        """Press the outcome of a call."""
        data = f"log:{elder}:0:fine:-:{DAY}"
        self.telegram.phones.press(worker, self.lists[worker.id], data, stale=True)
        self.logged.append(elder)

    def ask_help(self, person: Person) -> None:
        """Type `/help`; it is answered by exactly one message."""
        self.telegram.phones.say(person, "/help")
        self.helped.append(person.id)


async def build(url: str, offers: int, calls: int) -> Town:
    """A town with `offers` errands for one, as many for several, and `calls` elders to call."""
    telegram = LocalTelegram(limits=Limits.off(), seed=1)
    updates = telegram.world.updates = Remembering(telegram)
    town = Town(url, telegram, updates)
    await migrate(parse_url(url))
    database = Database(url)
    try:
        async with database.write() as tx:
            await _fill(tx, town, offers, calls)
    finally:
        await database.close()
    return town


async def _fill(tx: AsyncSession, town: Town, offers: int, calls: int) -> None:
    station = await communities.create(tx, START, "试验社区", "Asia/Shanghai", "zh_CN")
    # The same few claim all day long.
    station.settings = {"errands_at_once": 1_000_000}
    for number in range(VOLUNTEERS):
        await _join(tx, town, station, f"志愿者{number + 1}", Role.VOLUNTEER)
    for number in range(WORKERS):
        await _worker(tx, town, station, number, -(-calls // WORKERS))
    everybody = town.volunteers
    for number in range(offers):
        alone = everybody[number % VOLUNTEERS]
        first = (number * CONTENDERS + 7) % VOLUNTEERS
        several = (everybody * 2)[first : first + CONTENDERS]
        town.alone.append(await _offer(tx, town, station, number, [alone]))
        town.contended.append(await _offer(tx, town, station, number, several))


async def _join(
    tx: AsyncSession, town: Town, station: Community, name: str, role: Role
) -> tuple[Person, int]:
    person = town.telegram.add_person(name)
    person.started = True
    member = await members.create(
        tx,
        START,
        station.id,
        name,
        frozenset({role}),
        standing=Joined.ACTIVE,
        account=person.id,
    )
    (town.volunteers if role is Role.VOLUNTEER else town.workers).append(person)
    return person, member.id


async def _worker(
    tx: AsyncSession, town: Town, station: Community, number: int, calls: int
) -> None:
    person, member = await _join(tx, town, station, f"社工{number + 1}", Role.SOCIAL_WORKER)
    found = []
    for place in range(calls):
        facts = ElderFacts(name=f"老人{number + 1}之{place + 1}", tier=Tier.RED, building="3号楼")
        found.append((await elders.add(tx, START, station.id, facts)).id)
    quiet = await elders.add(tx, START, station.id, ElderFacts(name=f"老人{number + 1}"))
    await pairings.create(tx, START, station.id, member, [], [*found, quiet.id])
    town.red += [(person, one) for one in found]
    card = list_card(member, DAY)
    facts_of_list: dict[str, object] = {"day": str(DAY)}
    town.lists[person.id] = _stand(
        tx, town, station, person, member, Notice.CALL_LIST, facts_of_list, card, "calls_page:0"
    )


async def _offer(
    tx: AsyncSession, town: Town, station: Community, number: int, people: list[Person]
) -> Offer:
    worker = town.workers[number % WORKERS]
    asker = await members.person_of_account(tx, worker.id)
    assert asker is not None
    elder = await elders.named(tx, station.id, f"老人{number % WORKERS + 1}")
    by_when = START + timedelta(hours=8)
    errand = await errands.ask(tx, START, elder, Kind.GROCERIES, "米", by_when, asker.member.id)
    for circle in Circle:
        # Their cards stand in the chats already.
        await errand_circles.note_asked(tx, START, errand, circle, None)
    cards = {
        one.id: _stand(
            tx,
            town,
            station,
            one,
            None,
            Notice.ERRAND_CARD,
            {"errand": errand.id},
            errand_card(errand.id),
            f"claim:{errand.id}",
        )
        for one in people
    }
    return Offer(errand.id, cards)


def _stand(
    tx: AsyncSession,
    town: Town,
    station: Community,
    person: Person,
    member: int | None,
    notice: Notice,
    facts: dict[str, object],
    card: str,
    data: str,
) -> int:
    """A message of the bot's that stands in the chat already, sent before the story begins."""
    world = town.telegram.world
    raw = {"text": "…", "callback_data": data}
    rows = [[Button("…", data, None, raw)]]
    message = world.post(Message(person.id, world.bot.id, world.timestamp(), text="…", rows=rows))
    tx.add(
        Standing(
            chat=person.id,
            message=message.id,
            community_id=station.id,
            member_id=member,
            notice=notice,
            facts=facts,
            card=card,
            sent_at=START,
        )
    )
    return message.id
