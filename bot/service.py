"""The whole program, wired together: receive, turn, send, heartbeat."""

import asyncio
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.request import BaseRequest

from bot import calendar, errand_photos, proposals, roster
from bot.channel import Channel
from bot.clock import Clock
from bot.pacer import Pacer
from bot.receive import Receiver
from bot.request import AiohttpRequest
from bot.send import Sender
from bot.settings import Settings, SettingWrong
from bot.turn import App, Turns
from scheduler import proposer
from scheduler.heartbeat import Heartbeat
from scheduler.jobs import jobs
from scheduler.planner_worker import Here, Planner
from scheduler.week import Plans
from storage.engine import Database

log = structlog.get_logger()
__all__ = ["Here", "Planner", "Service", "Webhook", "prepare", "requests"]


async def prepare(update: Update, database: Database, now: datetime) -> Any:
    """What takes its time is done before a turn opens its transaction: files, proposals."""
    file = await roster.prepare(update, database, now)
    sent = file or await errand_photos.prepare(update, database)
    return sent or await proposals.prepare(update, database, proposer.propose)


@dataclass
class Service:
    """Everything that runs while the bot serves."""

    database: Database
    application: App
    clock: Clock
    receiver: Receiver
    turns: Turns
    sender: Sender
    heartbeat: Heartbeat
    planner: Planner

    @classmethod
    def make(
        cls,
        database: Database,
        application: App,
        clock: Clock,
        *,
        speed: float = 1.0,
        pacer: Pacer | None = None,
        channel: Channel | None = None,
        planner: Plans | None = None,
    ) -> "Service":
        """Wire the parts; nothing runs yet.

        Weeks are planned in a process of its own unless a `planner` is given.
        """
        own = Planner()
        sender = Sender(database, application.bot, clock, pacer or Pacer(), channel)
        turns = Turns(database, application, clock, prepare, sender.wake)
        receiver = Receiver(database, application.bot, clock, turns.wake)
        heartbeat = Heartbeat(database, clock, jobs(planner or own), sender.wake, speed)
        turns.on_plan = heartbeat.work_on
        return cls(database, application, clock, receiver, turns, sender, heartbeat, own)

    async def run(
        self, webhook: "Webhook | None" = None, calendars: "Calendars | None" = None
    ) -> None:
        """Serve until cancelled; then finish what is under way.

        Raises:
            SettingWrong: Telegram does not know the token.
        """
        await self._begin()
        loops = [
            asyncio.create_task(self.turns.run(), name="turns"),
            asyncio.create_task(self.sender.run(), name="sender"),
            asyncio.create_task(self._receive(webhook, calendars), name="receive"),
        ]
        if calendars and not webhook:
            pages = Starlette(routes=[calendars.route(self)])
            loops.append(asyncio.create_task(_serve(pages, calendars.listen), name="calendars"))
        self.heartbeat.start()
        try:
            done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
            _reraise(done)
        finally:
            await self._end(loops)

    async def _receive(self, webhook: "Webhook | None", calendars: "Calendars | None") -> None:
        """Poll; or listen, and then calendars are read at the same port."""
        if webhook is None:
            await self.receiver.poll()
        else:
            await webhook.serve(self.receiver, *([calendars.route(self)] if calendars else []))

    async def _begin(self) -> None:
        pause = 0.5
        while True:
            try:
                await self.application.initialize()
            except InvalidToken:
                raise SettingWrong(
                    "NUANLIN_TOKEN is not known to Telegram: copy it from BotFather once more."
                ) from None
            except TelegramError as error:
                log.warning("telegram_away", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 15)
            else:
                log.info("started", bot=self.application.bot.username)
                return

    async def _end(self, loops: list[asyncio.Task[None]]) -> None:
        await self.heartbeat.stop()
        await self.planner.close()
        loops[2].cancel()
        await self.turns.stop()
        await self.sender.stop()
        for task in loops:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
        await self.application.shutdown()


def _reraise(done: Iterable[asyncio.Task[None]]) -> None:
    for task in done:
        error = task.exception()
        if isinstance(error, InvalidToken):
            raise SettingWrong(
                "NUANLIN_TOKEN is not known to Telegram any more: copy it from BotFather again."
            ) from None
        if error is not None:
            raise error


@dataclass(frozen=True)
class Webhook:
    """Where Telegram delivers, and where we listen for it."""

    url: str
    listen: str
    secret: str

    @classmethod
    def from_settings(cls, settings: Settings) -> "Webhook | None":
        """The webhook that the settings ask for, None for long polling."""
        if not settings.webhook_url:
            return None
        secret = settings.webhook_secret.get_secret_value() or secrets.token_urlsafe(32)
        return cls(settings.webhook_url, settings.listen, secret)

    async def serve(self, receiver: Receiver, *more: Route) -> None:
        """Listen, then tell Telegram; `more` is what else is read at the same port."""
        path = urlsplit(self.url).path or "/"
        pages = receiver.webhook(path, self.secret, *more)
        announcing = asyncio.create_task(receiver.announce_webhook(self.url, self.secret))
        try:
            await _serve(pages, self.listen)
        finally:
            announcing.cancel()


@dataclass(frozen=True)
class Calendars:
    """Where volunteers' calendars are read, and where we listen for it."""

    url: str
    listen: str

    @classmethod
    def from_settings(cls, settings: Settings) -> "Calendars | None":
        """As the settings ask for, None for files in the chat only."""
        return cls(settings.calendar_url, settings.listen) if settings.calendar_url else None

    def route(self, service: Service) -> Route:
        """The page, under the path of the public address."""
        prefix = urlsplit(self.url).path.rstrip("/")
        return calendar.route(service.database, service.clock, prefix)


class _Server(uvicorn.Server):
    """The service has its own signal handling; uvicorn's would end it halfway."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(pages: Starlette, listen: str) -> None:
    """Listen until cancelled. No line is written per request: the paths are secrets.

    Raises:
        SettingWrong: the port cannot be had.
    """
    host, _, port = listen.rpartition(":")
    config = uvicorn.Config(
        pages, host=host or "127.0.0.1", port=int(port), log_config=None, access_log=False
    )
    try:
        await _Server(config).serve()
    except SystemExit:
        raise SettingWrong(f"NUANLIN_LISTEN: {listen} cannot be listened at.") from None


def requests() -> tuple[BaseRequest, BaseRequest]:
    """The wire to a Bot API server: one for calls, one for the long poll."""
    return AiohttpRequest(), AiohttpRequest(connections=1)
