"""The sender: renders what the outbox holds and sends it, in order, at Telegram's pace."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import ChatMigrated, Forbidden, RetryAfter
from telegram.ext import ExtBot

from bot.channel import Channel, ChannelFailed
from bot.clock import Clock
from bot.pacer import Pacer, seconds_of
from bot.screen import Screen
from bot.screens import closed, render
from bot.screens.menu import commands_for
from bot.wire import edit, fits_in_place, painted, remove, send_new, set_commands
from bot.wire_errors import Sent, was_it_sent
from care.access import STAFF
from care.notices import Delivery, Notice, manner_of
from storage import communities, errand_offers, members, outbox
from storage.engine import Database
from storage.tables import Outbox, Post

log = structlog.get_logger()
AT_ONCE = 8
MUST_AGAIN = timedelta(seconds=20)
ONCE_AGAIN = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(seconds=60)
LONGEST_OUTSIDE = timedelta(minutes=5)
NO_CHANNEL = "no second channel"
LONGEST_SLEEP = 30.0
WRITE_AGAIN = 1.0


@dataclass(frozen=True)
class Shown:
    """What a row came to.

    Attributes:
        message: what now stands in the chat; None: nothing does.
        protected: it was sent as one that cannot be passed on.
        instead_of: the message that gives way to it.
    """

    message: int | None = None
    protected: bool = False
    instead_of: int | None = None


@dataclass
class Sender:
    """Takes due rows from the outbox; one chat in order, several chats side by side."""

    database: Database
    bot: ExtBot[None]
    clock: Clock
    pacer: Pacer = field(default_factory=Pacer)
    channel: Channel | None = None
    monotonic: Callable[[], float] = time.monotonic
    longest_sleep: float = LONGEST_SLEEP
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: dict[int, asyncio.Task[bool]] = field(default_factory=dict)
    _under_way: set[int] = field(default_factory=set)
    _left: list[tuple[int, int]] = field(default_factory=list)
    _later: datetime | None = None
    _looked: float = 0.0
    _news: bool = True
    _full: bool = False
    _stopping: bool = False
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Something may be due."""
        self._idle.clear()
        self._news = True
        self._wake.set()

    async def run(self) -> None:
        """Until stopped. What a crash left half-sent is settled first."""
        await self._written(self._recover)
        while not self._stopping:
            self._wake.clear()
            try:
                pause = await self._look()
            except Exception:
                log.exception("outbox_unreadable")
                self._news = True
                pause = 1.0
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _recover(self) -> None:
        async with self.database.write() as tx:
            found = await outbox.recover(tx, self.clock.now())
        if found:
            log.warning("half_sent_before_restart", rows=found)

    async def stop(self) -> None:
        """Finish what is being sent; what waits stays in the outbox."""
        self._stopping = True
        self.wake()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=10)

    async def drain(self) -> None:
        """Send everything that is due, then return."""
        while True:
            self._news = True
            pause = await self._look()
            if self._busy:
                await asyncio.wait(self._busy.values(), return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(0)
            elif self._idle.is_set():
                return
            else:
                await asyncio.sleep(pause)

    async def _look(self) -> float:
        """Start what may go now; seconds until the next look."""
        now, at = self.clock.now(), self.monotonic()
        if self._news or self._is_old(now, at):
            self._news, self._looked = False, at
            async with self.database.read() as tx:
                due, self._later = await outbox.due(tx, now)
            self._full = len(due) == outbox.MOST_AT_ONCE
            # What has only just set out still waits in the database; it needs no turn of its own.
            self._left = [one for one in due if one[0] not in self._under_way]
        pause = self.longest_sleep
        if self._later is not None:
            pause = min(pause, self.clock.real_seconds_until(self._later))
        if self._left:
            self._idle.clear()
            pause = min(pause, self._start())
        elif not self._busy:
            self._idle.set()
        return pause

    def _is_old(self, now: datetime, at: float) -> bool:
        """Whether something may have become due, or been written by somebody else, since."""
        later = self._later is not None and now >= self._later
        return later or at - self._looked >= self.longest_sleep or (self._full and not self._left)

    def _start(self) -> float:
        """Start what is left and may go; seconds until more may."""
        pause, left, passed = LONGEST_SLEEP, list[tuple[int, int]](), set[int]()
        for n, (row, chat) in enumerate(self._left):
            at = self.monotonic()
            wait = self.pacer.wait_for_all(at)
            if wait > 0 or len(self._busy) >= AT_ONCE:
                left += self._left[n:]
                pause = min(pause, wait) if wait > 0 else pause
                break
            if chat in self._busy or chat in passed:
                left.append((row, chat))
                continue
            wait = self.pacer.wait_for_chat(chat, at)
            if wait > 0:
                passed.add(chat)
                left.append((row, chat))
                pause = min(pause, wait)
                continue
            self.pacer.sent(chat, at)
            task = asyncio.create_task(self._send(row), name=f"send {row}")
            self._busy[chat] = task
            self._under_way.add(row)
            task.add_done_callback(partial(self._done, row, chat))
        self._left = left
        return pause

    def _done(self, row: int, chat: int, task: asyncio.Task[bool]) -> None:
        self._busy.pop(chat, None)
        self._under_way.discard(row)
        self._news = self._news or task.cancelled() or task.result()
        # With nothing left over and nothing new there would be nothing to find.
        if self._news or self._left or self._full:
            self._wake.set()

    async def _send(self, row: int) -> bool:
        """Send one row; whether something may be due now because of what came of it."""
        try:
            async with self.database.write() as tx:
                now = self.clock.now()
                post = await outbox.take(tx, now, row)
                if post is None:
                    return False
                screen = await self._screen(tx, now, post)
                if screen is None:
                    await outbox.end(tx, now, row, Post.DROPPED)
                    return False
                if post.chat == outbox.SECOND_CHANNEL and self.channel is None:
                    log.error("nobody_can_be_told", row=row, why="no second channel")
                    await outbox.end(tx, now, row, Post.DROPPED, NO_CHANNEL)
                    return False
        except (OperationalError, InterfaceError):
            # The message is not to blame; it stays due.
            log.exception("outbox_unwritable", row=row)
            await asyncio.sleep(WRITE_AGAIN)
            return True
        except Exception as error:
            log.exception("message_not_drawn", row=row)
            await self._written(partial(self._not_drawn, row, error))
            return True
        return await self._deliver(post, await painted(screen))

    async def _not_drawn(self, row: int, error: Exception) -> None:
        async with self.database.write() as tx:
            post = await tx.get(Outbox, row)
            if post is None:
                return
            post.tries += 1
            post.error = type(error).__name__
            if post.tries >= 5:  # noqa: PLR2004 - as for updates
                post.state = Post.REFUSED
            else:
                post.not_before = self.clock.now() + ONCE_AGAIN

    async def _screen(
        self, tx: AsyncSession, now: datetime, post: Outbox
    ) -> Screen | dict[str, Any] | None:
        if post.notice is Notice.COMMANDS:
            return await commands_for(tx, post)
        screen = await render(tx, now, post, self.bot.username)
        if screen is None and post.edits is not None:
            return await closed(tx, post)
        return screen

    async def _deliver(self, post: Outbox, screen: Screen | dict[str, Any]) -> bool:
        try:
            shown = await self._call(post, screen)
        except Exception as error:  # noqa: BLE001 - whatever happened, it may have gone out
            log.info("call_failed", row=post.id, error=type(error).__name__)
            await self._written(partial(self._failed, post, error))
            return True
        again = bool(await self._written(partial(self._arrived, post.id, shown)))
        if shown.instead_of is not None:
            await self._give_way(post, shown.instead_of)
        return again

    async def _arrived(self, row: int, shown: Shown) -> bool:
        async with self.database.write() as tx:
            return await outbox.sent(
                tx, self.clock.now(), row, shown.message, protected=shown.protected
            )

    async def _give_way(self, post: Outbox, message: int) -> None:
        """Take away what was replaced; left standing by a fault, the next redraw does it."""
        try:
            if not await remove(self.bot, post.chat, message):
                async with self.database.read() as tx:
                    over = await closed(tx, post)
                await edit(self.bot, post.chat, message, over)
            async with self.database.write() as tx:
                await outbox.forget_message(tx, post.chat, message)
        except Exception as error:  # noqa: BLE001 - what matters has arrived and is written down
            log.info("not_taken_away", row=post.id, error=type(error).__name__)

    async def _written(self, write: Callable[[], Awaitable[bool | None]]) -> bool | None:
        """Write down what came of an attempt; a database that is away is waited for.

        Stopped meanwhile, the row is found half-sent at the next start, and settled then.
        """
        while True:
            try:
                return await write()
            except Exception:
                # Given up, the row would be in sending for ever.
                log.exception("outcome_not_written")
                if self._stopping:
                    return True
                await asyncio.sleep(WRITE_AGAIN)

    async def _call(self, post: Outbox, screen: Screen | dict[str, Any]) -> Shown:
        if post.chat == outbox.SECOND_CHANNEL:
            await self._call_outside(screen)
            return Shown()
        if isinstance(screen, dict):
            await set_commands(self.bot, post.chat, screen["commands"])
            return Shown()
        if post.edits is not None and screen.stays:
            return Shown(post.edits)
        instead_of = await self._unprotected(post, screen)
        if post.edits is not None and instead_of is None and fits_in_place(screen):
            if await edit(self.bot, post.chat, post.edits, screen):
                return Shown(post.edits)
            async with self.database.write() as tx:
                await outbox.forget_message(tx, post.chat, post.edits)
            # A card that was deleted stays deleted; an answer to a tap is shown anew.
            if post.priority > manner_of(Notice.PLAIN).priority:
                return Shown()
        if post.edits is not None:
            # An edit may be repeated without harm. What goes out as a new message may not.
            async with self.database.write() as tx:
                await outbox.make_new(tx, post.id)
            post.edits = None
        sent = await send_new(self.bot, post.chat, screen)
        return Shown(sent.message_id, screen.protect, instead_of)

    async def _unprotected(self, post: Outbox, screen: Screen) -> int | None:
        """The message that was to hold this screen, if it can be passed on and this must not be."""
        if post.edits is None or not screen.protect:
            return None
        async with self.database.read() as tx:
            safe = await outbox.is_protected(tx, post.chat, post.edits)
        return None if safe else post.edits

    async def _call_outside(self, screen: Screen | dict[str, Any]) -> None:
        if self.channel is not None and isinstance(screen, Screen):
            await self.channel.send(screen.text.unescape())

    async def _failed(self, post: Outbox, error: Exception) -> None:
        now = self.clock.now()
        if isinstance(error, RetryAfter):
            self.pacer.told_to_wait(post.chat, self.monotonic(), seconds_of(error))
            async with self.database.write() as tx:
                await outbox.put_back(tx, post.id, now, "429")
            return
        if isinstance(error, ChatMigrated):
            async with self.database.write() as tx:
                await outbox.put_back(tx, post.id, now, "migrated")
                await communities.move_group(tx, post.chat, error.new_chat_id)
                await errand_offers.follow_group(tx, now, post.chat, error.new_chat_id)
                await outbox.move_chat(tx, post.chat, error.new_chat_id)
            return
        if isinstance(error, ChannelFailed):
            async with self.database.write() as tx:
                pause = min(MUST_AGAIN * post.tries, LONGEST_OUTSIDE)
                await outbox.put_back(tx, post.id, now + pause, "ChannelFailed", unclear=True)
            return
        sent = was_it_sent(error)
        log.warning("not_delivered", row=post.id, sent=sent.name, error=type(error).__name__)
        async with self.database.write() as tx:
            if sent is Sent.REFUSED:
                await self._refused(tx, now, post, error)
            elif sent is Sent.NO:
                # It waits until the line is back or it expires; an alarm is never given up.
                pause = min(ONCE_AGAIN * post.tries, LONGEST_PAUSE)
                await outbox.put_back(tx, post.id, now + pause, type(error).__name__)
            elif post.edits is not None or _repeated(post):
                again = now + (ONCE_AGAIN if post.edits is not None else MUST_AGAIN)
                await outbox.put_back(tx, post.id, again, type(error).__name__, unclear=True)
            else:
                await outbox.end(tx, now, post.id, Post.UNCLEAR, type(error).__name__)

    async def _refused(
        self, tx: AsyncSession, now: datetime, post: Outbox, error: Exception
    ) -> None:
        await outbox.end(tx, now, post.id, Post.REFUSED, str(error)[:200])
        if not isinstance(error, Forbidden) or post.chat < 0:
            return
        for member in await members.note_blocked(tx, now, post.chat):
            for one in await members.with_role(tx, member.community_id, *STAFF):
                to = members.to_of(one)
                if to is not None and members.reachable(one):
                    key = f"unreachable:{member.id}:{one.id}:{now:%Y%m%d}"
                    await outbox.post(
                        tx, now, to, Notice.UNREACHABLE, {"member": member.id}, key=key
                    )


def _repeated(post: Outbox) -> bool:
    return manner_of(post.notice).delivery is Delivery.MUST
