"""Receiving: every update is stored first and acknowledged after, by polling or by webhook."""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.clock import Clock
from bot.pacer import seconds_of
from storage import inbox
from storage.engine import Database

log = structlog.get_logger()
ALLOWED = ["message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
MOST_BODY = 1_000_000
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


@dataclass
class Receiver:
    """Puts what Telegram delivers into the inbox."""

    database: Database
    bot: ExtBot[None]
    clock: Clock
    on_commit: Callable[[], None]
    patience: int = POLL_SECONDS
    _offset: int | None = None

    async def store(self, payloads: list[dict[str, Any]]) -> None:
        """Keep a batch in one commit; only after it may it be acknowledged."""
        async with self.database.write() as tx:
            await inbox.store(tx, self.clock.now(), payloads)
        self.on_commit()

    async def poll_once(self, seconds: int = POLL_SECONDS) -> int:
        """One getUpdates. Asking with the next offset is what acknowledges the last batch."""
        updates = await self.bot.get_updates(
            offset=self._offset, timeout=seconds, allowed_updates=ALLOWED
        )
        payloads = [update.to_dict() for update in updates]
        if payloads:
            await self.store(payloads)
            self._offset = payloads[-1]["update_id"] + 1
        return len(payloads)

    async def poll(self) -> None:
        """Poll until cancelled; what goes wrong is tried again, ever more slowly.

        Raises:
            InvalidToken: Telegram does not know the token; trying again would not help.
        """
        pause = 0.5
        await self._until_done(lambda: self.bot.delete_webhook(drop_pending_updates=False))
        while True:
            try:
                await self.poll_once(self.patience)
                pause = 0.5
            except InvalidToken:
                raise
            except RetryAfter as error:
                log.warning("poll_told_to_wait")
                await asyncio.sleep(seconds_of(error))
            except Exception as error:  # noqa: BLE001 - a deaf bot is the worst that can happen
                kind = "another_bot_polls" if isinstance(error, Conflict) else "poll_failed"
                log.warning(kind, error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 15)

    async def _until_done(self, call: Callable[[], Any]) -> None:
        pause = 0.5
        while True:
            try:
                await call()
            except InvalidToken:
                raise
            except TelegramError as error:
                log.warning("telegram_away", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 15)
            else:
                return

    async def announce_webhook(self, url: str, secret: str) -> None:
        """Tell Telegram where to deliver."""
        await self._until_done(
            lambda: self.bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED)
        )

    def webhook(self, path: str, secret: str, *more: Route) -> Starlette:
        """The web application that Telegram delivers to; 200 only after the commit.

        `more` is what else is read at the same port.
        """

        async def receive(request: Request) -> Response:
            given = request.headers.get(SECRET_HEADER, "")
            if not secrets.compare_digest(given.encode(), secret.encode()):
                return Response(status_code=403)
            body = await request.body()
            if len(body) > MOST_BODY:
                return Response(status_code=413)
            try:
                payload = json.loads(body)
                payload["update_id"] = int(payload["update_id"])
            except (ValueError, KeyError, TypeError):
                return Response(status_code=400)
            await self.store([payload])
            return Response(status_code=200)

        return Starlette(routes=[Route(path, receive, methods=["POST"]), *more])
