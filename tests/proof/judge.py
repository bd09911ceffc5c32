"""Whether anything was lost, doubled, or left lying, by the records and by Telegram's own log."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.playground.presses import Press
from bot.playground.records import Message
from bot.texts import Texts
from care.errands import Step
from care.notices import Delivery, Notice, manner_of
from storage.engine import Database
from storage.tables import Arrival, Contact, Errand, ErrandStep, Inbox, Member, Outbox, Post
from tests.proof.town import Offer, Town

NEW_MESSAGES = {"sendmessage", "sendphoto", "senddocument"}
YOURS = Texts("zh_CN", ZoneInfo("Asia/Shanghai"))(
    "It is yours. The address is in your private chat."
).unescape()


class Wrong(StrEnum):
    """What kind of promise was broken."""

    LOST = "lost"
    DOUBLED = "doubled"
    MISLED = "misled"
    STUCK = "stuck"


Finding = tuple[Wrong, str]


@dataclass
class Verdict:
    """Every broken promise, in words."""

    found: list[Finding] = field(default_factory=list)

    def count(self, kind: Wrong) -> int:
        """How many promises of one kind were broken."""
        return sum(one is kind for one, _ in self.found)


async def judge(town: Town) -> Verdict:
    """Look at everything once."""
    database = Database(town.url)
    verdict = Verdict()
    try:
        async with database.read() as tx:
            verdict.found += [one async for one in _findings(tx, town)]
    finally:
        await database.close()
    return verdict


async def _findings(tx: AsyncSession, town: Town) -> AsyncIterator[Finding]:
    for look in (_inbox, _errands, _answers, _messages):
        for one in await look(tx, town):
            yield one
    sound = await tx.scalar(text("PRAGMA integrity_check"))
    if sound != "ok":
        yield Wrong.LOST, f"the database file is damaged: {sound}"


async def _inbox(tx: AsyncSession, town: Town) -> list[Finding]:
    """Every update that Telegram was told to forget is here, and is done."""
    rows = (await tx.execute(select(Inbox.update_id, Inbox.state))).all()
    here = {update for update, _ in rows}
    found = [(Wrong.LOST, f"update {one} is nowhere") for one in town.updates.forgotten - here]
    found += [
        (Wrong.STUCK, f"update {update} is {state}")
        for update, state in rows
        if state is not Arrival.DONE
    ]
    left = len(town.updates.pending)
    return [*found, *([(Wrong.STUCK, f"{left} updates were never fetched")] if left else [])]


async def _errands(tx: AsyncSession, town: Town) -> list[Finding]:
    """One owner, who pressed; whoever was told "yours" is the owner, the others see who is."""
    owners: dict[int, int | None] = dict(
        (
            await tx.execute(
                select(Errand.id, Member.account).join(Member, Member.id == Errand.claimed_by)
            )
        ).all()
    )
    steps = Counter(
        await tx.scalars(select(ErrandStep.errand_id).where(ErrandStep.step == Step.CLAIM))
    )
    found: list[Finding] = []
    for errand in {offer.errand for _, offer in town.pressed}:
        who = {press.person for press, offer in town.pressed if offer.errand == errand}
        if owners.get(errand) not in who:
            found.append((Wrong.LOST, f"errand {errand} was claimed and has no owner"))
        if steps[errand] > 1:
            found.append((Wrong.DOUBLED, f"errand {errand} was claimed {steps[errand]} times"))
    for press, offer in town.pressed:
        owner = owners.get(offer.errand)
        found += _told(town, press, offer, is_owner=press.person == owner)
    return [*found, *_shown(town, owners)]


def _told(town: Town, press: Press, offer: Offer, *, is_owner: bool) -> Iterator[Finding]:
    if press.text == YOURS and not is_owner:
        yield Wrong.MISLED, f"{press.person} was told that errand {offer.errand} is theirs"
    card = town.telegram.chats[press.person].messages[offer.cards[press.person]]
    if card.button(data=f"claim:{offer.errand}") is not None:
        yield Wrong.STUCK, f"{press.person} still sees errand {offer.errand} as open"


def _shown(town: Town, owners: dict[int, int | None]) -> Iterator[Finding]:
    """Messages that treat the reader as the owner."""
    for chat in town.telegram.chats.values():
        for message in chat.messages.values():
            for errand in _owned(message):
                if owners.get(errand) != chat.id:
                    yield Wrong.MISLED, f"{chat.id} reads that errand {errand} is theirs"


def _owned(message: Message) -> set[int]:
    data = (button.data or "" for row in message.rows for button in row)
    return {int(one.split(":")[1]) for one in data if one.startswith("errand_step:")}


async def _answers(tx: AsyncSession, town: Town) -> list[Finding]:
    """One effect for each thing that was done: an answer a `/help`, a contact a call."""
    asked = Counter(town.helped)
    answered = Counter(await tx.scalars(select(Outbox.chat).where(Outbox.notice == Notice.HELP)))
    noted = Counter(await tx.scalars(select(Contact.elder_id)))
    logged = Counter(dict.fromkeys(town.logged, 1))
    names = ((asked, answered, "/help of"), (logged, noted, "calls of elder"))
    return [
        (Wrong.LOST if have[one] < want[one] else Wrong.DOUBLED,
         f"{name} {one}: {want[one]} wanted, {have[one]} there")
        for want, have, name in names
        for one in want | have
        if want[one] != have[one]
    ]  # fmt: skip


async def _messages(tx: AsyncSession, town: Town) -> list[Finding]:
    """What Telegram delivered against the outbox: nothing twice, nothing lost, nothing half sent.

    A delivered message is accounted for when its outbox row knows its number. One that no row knows
    was cut off in the middle: it is allowed once for each row that says so, never silently.
    """
    columns = (Outbox.id, Outbox.chat, Outbox.notice, Outbox.state, Outbox.message, Outbox.unclear)
    rows = (await tx.execute(select(*columns, Outbox.edits))).all()
    here = {(row.chat, row.message) for row in rows if row.message is not None}
    allowed = Counter[int]()
    found: list[Finding] = []
    for row in rows:
        must = manner_of(row.notice).delivery is Delivery.MUST
        if row.edits is None:
            allowed[row.chat] += row.unclear if must else row.state is Post.UNCLEAR
        if row.state not in {Post.SENT, Post.UNCLEAR, Post.DROPPED, Post.EXPIRED}:
            found.append((Wrong.STUCK, f"message {row.id} ({row.notice}) is {row.state}"))
    delivered = _delivered(town)
    unknown = Counter(chat for chat, _ in delivered - here)
    found += [
        (Wrong.DOUBLED, f"{chat} got {count} messages that no row knows, {allowed[chat]} unclear")
        for chat, count in unknown.items()
        if count > allowed[chat]
    ]
    news = {(r.chat, r.message) for r in rows if r.message is not None and r.edits is None}
    return found + [(Wrong.LOST, f"message {one} was never delivered") for one in news - delivered]


def _delivered(town: Town) -> set[tuple[int, int]]:
    return {
        (int(call.params["chat_id"]), int(call.answer["result"]["message_id"]))
        for call in town.telegram.log
        if call.done and call.method.lower() in NEW_MESSAGES
    }
