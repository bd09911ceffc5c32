"""One update, one transaction: from the inbox through the handlers to the outbox."""

import asyncio
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update
from telegram.error import TelegramError
from telegram.ext import Application, CallbackContext, ExtBot

from bot.clock import Clock
from bot.texts import Texts, choose_language
from care.access import Role
from care.joining import Standing as Joined
from care.notices import Notice, Priority, manner_of
from care.refusals import NotYours, Stale
from storage import communities, inbox, members, outbox, week
from storage.engine import Database
from storage.members import Person
from storage.outbox import To
from storage.tables import Standing

log = structlog.get_logger()
TRIES = 5
LONGEST_NUMBER = 15
FIRST_PAUSE = 0.2
AGAIN_AFTER = 1.0
STATION_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Opening:
    """What a turn begins with; the handlers' context is made from it."""

    tx: AsyncSession
    now: datetime
    update: Update
    person: Person | None
    prepared: Any = None
    error: BaseException | None = None
    toast: str | None = None
    alert: bool = False
    plan: bool = False


CURRENT: ContextVar[Opening] = ContextVar("nuanlin_turn")


class Turn(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """The context of a handler: who, when, and the transaction it all happens in."""

    opening: Opening
    tr: Texts

    @classmethod
    def from_update(cls, update: object, application: Any) -> "Turn":
        """Made by python-telegram-bot when the first handler matches."""
        turn: Turn = super().from_update(update, application)
        turn.opening = CURRENT.get()
        turn.tr = texts_for(turn.opening)
        return turn

    @property
    def tx(self) -> AsyncSession:
        """The transaction of this turn."""
        return self.opening.tx

    @property
    def now(self) -> datetime:
        """When this turn began; the clock is not read again."""
        return self.opening.now

    @property
    def person(self) -> Person | None:
        """The member who acts, None when the account is nobody yet."""
        return self.opening.person

    @property
    def me(self) -> Person:
        """The member who acts.

        Raises:
            NotYours: the account is nobody.
        """
        if self.opening.person is None:
            raise NotYours
        return self.opening.person

    @property
    def account(self) -> int:
        """Telegram's id of whoever acts."""
        user = self.opening.update.effective_user
        if user is None:
            raise NotYours
        return user.id

    @property
    def private(self) -> bool:
        """In a chat with one person, where personal data may stand."""
        chat = self.opening.update.effective_chat
        return chat is not None and chat.type == "private"

    @property
    def here(self) -> To:
        """The chat the update came from."""
        chat = self.opening.update.effective_chat
        person = self.opening.person
        return To(
            chat.id if chat else self.account,
            person.member.id if person and self.private else None,
            person.member.community_id if person else None,
        )

    @property
    def private_to(self) -> To:
        """The private chat of whoever acts."""
        person = self.opening.person
        return To(
            self.account,
            person.member.id if person else None,
            person.member.community_id if person else None,
        )

    @property
    def pressed(self) -> int | None:
        """The message whose button was pressed."""
        query = self.opening.update.callback_query
        return query.message.message_id if query and query.message else None

    def plan_soon(self) -> None:
        """Weeks are looked at once this turn is written down, and not at the next beat only."""
        self.opening.plan = True

    async def plan_anew(self, *, given_back: bool = False) -> None:
        """Something has changed that the weeks' plans go by (`storage.week.want`)."""
        await week.want(self.tx, self.now, self.me.community.id, given_back=given_back)
        self.plan_soon()

    def words(self, count: int) -> list[str]:
        """What the button carries after its name.

        Raises:
            Stale: a button of an older version, or made up.
        """
        query = self.opening.update.callback_query
        parts = (query.data or "").split(":")[1:] if query else []
        if len(parts) != count:
            raise Stale
        return parts

    def numbers(self, count: int) -> list[int]:
        """What the button carries, as ids.

        Raises:
            Stale: not numbers.
        """
        return [number_of(word) for word in self.words(count)]

    def toast(self, text: str, *, alert: bool = False) -> None:
        """Answer the press with a line over the chat, or a box to be closed."""
        self.opening.toast = str(text)
        self.opening.alert = alert

    async def show(self, notice: Notice, card: str | None = None, **facts: Any) -> None:
        """Turn the pressed message into another screen; a new message when none was pressed."""
        edits = self.pressed if self.private else None
        to = self.here if self.private else self.private_to
        await outbox.post(
            self.tx, self.now, to, notice, facts, card=card, edits=edits, priority=_answer(notice)
        )

    async def say(self, notice: Notice, card: str | None = None, **facts: Any) -> None:
        """A new message in the private chat of whoever acts."""
        await outbox.post(
            self.tx, self.now, self.private_to, notice, facts, card=card, priority=_answer(notice)
        )

    async def tell(
        self,
        to: To | None,
        notice: Notice,
        *,
        key: str | None = None,
        card: str | None = None,
        **facts: Any,
    ) -> None:
        """A message to somebody else; nobody to write to is fine, they are shown as unreachable."""
        if to is not None:
            await outbox.post(self.tx, self.now, to, notice, facts, key=key, card=card)

    async def refresh(self, *cards: str) -> None:
        """Change `cards` in place in every chat where they stand."""
        await outbox.refresh(self.tx, self.now, *cards)


def _answer(notice: Notice) -> Priority:
    """What somebody asked for never waits behind a broadcast, whatever it is."""
    return min(Priority.ANSWER, manner_of(notice).priority)


def number_of(word: str) -> int:
    """A number that a button carries.

    Raises:
        Stale: no number, or one that no record can have.
    """
    if not word.isascii() or not word.isdecimal() or len(word) > LONGEST_NUMBER:
        raise Stale
    return int(word)


def monday_of(word: str) -> date:
    """The Monday that a button carries.

    Raises:
        Stale: no Monday.
    """
    try:
        day = date.fromisoformat(word)
    except ValueError:
        raise Stale from None
    if day.weekday():
        raise Stale
    return day


def texts_for(opening: Opening) -> Texts:
    """The language and zone of whoever acts."""
    user = opening.update.effective_user
    if opening.person is not None:
        return Texts(opening.person.language, opening.person.zone)
    return Texts(choose_language(user.language_code if user else None), STATION_ZONE)


App = Application[Any, Turn, Any, Any, Any, Any]
Prepare = Callable[[Update, Database, datetime], Awaitable[Any]]


@dataclass
class Turns:
    """Takes updates from the inbox: one chat in order, chats side by side."""

    database: Database
    application: App
    clock: Clock
    prepare: Prepare
    on_commit: Callable[[], None]
    on_plan: Callable[[], None] = lambda: None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _queues: dict[int, deque[inbox.Waiting]] = field(default_factory=dict)
    _queued: set[int] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _more: bool = False
    _stopping: bool = False

    def wake(self) -> None:
        """Something may have arrived."""
        self._wake.set()

    async def run(self) -> None:
        """Until stopped: look at what waits, hand it to its chat."""
        while not self._stopping:
            self._wake.clear()
            try:
                await self._look()
            except Exception:
                log.exception("inbox_unreadable")
                await asyncio.sleep(AGAIN_AFTER)
                continue
            await self._wake.wait()

    async def stop(self) -> None:
        """Finish the turns under way; what waits stays in the inbox."""
        self._stopping = True
        for queue in self._queues.values():
            queue.clear()
        self.wake()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=10)

    async def drain(self) -> None:
        """Handle everything that waits, then return."""
        await self._look()
        while self._tasks:
            await asyncio.wait(self._tasks)
            await self._look()

    async def _look(self) -> None:
        async with self.database.read() as tx:
            rows = await inbox.waiting(tx)
        self._more = len(rows) == inbox.MOST_AT_ONCE
        for row in rows:
            if row.id in self._queued or self._stopping:
                continue
            self._queued.add(row.id)
            queue = self._queues.get(row.chat)
            if queue is not None:
                queue.append(row)
                continue
            self._queues[row.chat] = deque([row])
            task = asyncio.create_task(self._work(row.chat), name=f"chat {row.chat}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, chat: int) -> None:
        queue = self._queues[chat]
        while queue:
            row = queue.popleft()
            try:
                await self._until_done(row)
            except Exception:
                log.exception("turn_unfinished", row=row.id)
                # What came after it waits with it: the next look finds all of them in order.
                self._queued.difference_update(later.id for later in queue)
                queue.clear()
                await asyncio.sleep(AGAIN_AFTER)
                self.wake()
            finally:
                self._queued.discard(row.id)
        del self._queues[chat]
        if self._more:
            self.wake()

    async def _until_done(self, row: inbox.Waiting) -> None:
        for tried in range(row.tries, TRIES):
            try:
                await self._once(row)
            except Exception as error:  # noqa: BLE001 - any failure is counted and tried again
                log.warning("turn_failed", row=row.id, tried=tried + 1, **_where(error))
                async with self.database.write() as tx:
                    await inbox.note_failure(tx, row.id, type(error).__name__)
                if self._stopping:
                    return
                await asyncio.sleep(FIRST_PAUSE * 2**tried)
            else:
                return
        await self._set_aside(row)

    async def _once(self, row: inbox.Waiting) -> None:
        update = Update.de_json(row.payload, self.application.bot)
        now = self.clock.now()
        prepared = await self.prepare(update, self.database, now)
        async with self.database.write() as tx:
            if not await inbox.finish(tx, now, row.id):
                return
            opening = Opening(tx, now, update, await _person(tx, update, now), prepared)
            token = CURRENT.set(opening)
            try:
                await self.application.process_update(update)
            finally:
                CURRENT.reset(token)
            # process_update returns normally when a handler raised; committing that would lose it.
            if opening.error is not None:
                raise opening.error
        self.on_commit()
        if opening.plan:
            self.on_plan()
        await self._answer(update, opening)

    async def _answer(self, update: Update, opening: Opening) -> None:
        if update.callback_query is None:
            return
        try:
            await update.callback_query.answer(opening.toast, show_alert=opening.alert)
        except TelegramError as error:
            # A press that is too old cannot be answered; the screen itself is in the outbox.
            log.info("press_unanswered", error=type(error).__name__)

    async def _set_aside(self, row: inbox.Waiting) -> None:
        now = self.clock.now()
        async with self.database.write() as tx:
            if not await inbox.set_aside(tx, now, row.id):
                return
            await tell_of_trouble(tx, now, row, self.application.bot)
        self.on_commit()


def _where(error: Exception) -> dict[str, str]:
    """What went wrong and at which line; its words may hold what people wrote."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return {"error": type(error).__name__, "at": f"{Path(last.filename).name}:{last.lineno}"}


async def _person(tx: AsyncSession, update: Update, now: datetime) -> Person | None:
    """Who acts: an account, never a channel, an anonymous admin, or another bot.

    Of somebody in two communities, a press is by the member whose message it was.
    """
    message = update.message
    user = update.effective_user
    if user is None or user.is_bot or (message is not None and message.sender_chat is not None):
        return None
    person = await _addressee(tx, update, now)
    if person is None:
        person = await members.person_of_account(tx, user.id, now)
    chat = update.effective_chat
    spoke = chat is not None and chat.type == "private" and update.my_chat_member is None
    if spoke and person is not None and not members.reachable(person.member):
        await members.note_reached(tx, user.id)
    return person


async def _addressee(tx: AsyncSession, update: Update, now: datetime) -> Person | None:
    """To whom the pressed message was sent, if they are still a member and it is they who press."""
    query = update.callback_query
    if query is None or query.message is None:
        return None
    stands = await tx.get(Standing, (query.message.chat.id, query.message.message_id))
    if stands is None or stands.member_id is None:
        return None
    person = await members.person_of_id(tx, stands.member_id, now)
    if person is None or person.member.standing is not Joined.ACTIVE:
        return None
    return person if person.member.account == query.from_user.id else None


async def tell_of_trouble(
    tx: AsyncSession, now: datetime, row: inbox.Waiting, bot: ExtBot[None]
) -> None:
    """The member is told that it did not work; the supervisors that something was set aside."""
    try:
        update = Update.de_json(row.payload, bot)
    except Exception:
        # An update that cannot even be read is set aside like any other.
        log.exception("update_unreadable", row=row.id)
        person = await members.person_of_account(tx, row.chat)
    else:
        person = await _person(tx, update, now)
    if row.chat > 0:
        to = To(row.chat, person.member.id if person else None)
        await outbox.post(tx, now, to, Notice.SET_ASIDE, key=f"aside:{row.id}")
    facts = {"name": person.member.name if person else "", "row": row.id}
    stations = [person.community] if person else await communities.every(tx)
    for station in stations:
        for one in await members.with_role(tx, station.id, Role.SUPERVISOR):
            to_one = members.to_of(one)
            if to_one is not None:
                key = f"aside:{row.id}:{one.id}"
                await outbox.post(tx, now, to_one, Notice.ALARM, facts, key=key)
