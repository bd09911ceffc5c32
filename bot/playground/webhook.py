"""The other way to get updates: they are posted, in order, until the bot has said 200."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.playground.refusals import TERMINATED_BY_WEBHOOK, bad_request
from bot.playground.updates import Updates

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_LONGEST_PAUSE = 60.0
_ANSWER_WITHIN = aiohttp.ClientTimeout(total=60)
_OK = 200


@dataclass
class Webhook:
    """Where updates are posted.

    Attributes:
        first_pause: seconds before the second attempt; every further pause is twice as long.
    """

    updates: Updates
    now: Callable[[], datetime]
    first_pause: float = 0.5
    url: str = ""
    secret: str = ""
    last_error: str = ""
    last_error_date: int = 0
    _task: "asyncio.Task[None] | None" = None

    async def set(self, url: str, secret: str) -> None:
        """Post to this address from now on.

        Raises:
            Refusal: Telegram would not take the address or the secret.
        """
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        parts = urlsplit(url)
        # Only the playground takes http, and only on this machine, where nobody has certificates.
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        await self.delete()
        self.url, self.secret = url, secret
        self.updates.by_webhook = True
        self.updates.end_poll(TERMINATED_BY_WEBHOOK)
        self._task = asyncio.create_task(self._deliver())

    async def delete(self) -> None:
        """Back to polling."""
        await self.stop()
        self.url = self.secret = self.last_error = ""
        self.last_error_date = 0
        self.updates.by_webhook = False

    async def stop(self) -> None:
        """Stop posting, without forgetting the address."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            await asyncio.wait([task])

    def info(self) -> dict[str, Any]:
        """As the Bot API's WebhookInfo."""
        self.updates.expire()
        known: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
        }
        if self.last_error:
            known |= {
                "last_error_date": self.last_error_date,
                "last_error_message": self.last_error,
            }
        if self.updates.allowed is not None:
            known["allowed_updates"] = sorted(self.updates.allowed)
        return known

    async def _deliver(self) -> None:
        arrived = asyncio.Event()
        self.updates.arrived = arrived.set
        pause = self.first_pause
        async with aiohttp.ClientSession(timeout=_ANSWER_WITHIN) as session:
            while True:
                arrived.clear()
                self.updates.expire()
                if not self.updates.pending:
                    await arrived.wait()
                    continue
                waiting = self.updates.pending[0]
                if await self._post(session, waiting.body):
                    pause = self.first_pause
                    self._forget(waiting)
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)

    def _forget(self, waiting: object) -> None:
        pending = self.updates.pending
        if pending and pending[0] is waiting:
            pending.pop(0)

    async def _post(self, session: aiohttp.ClientSession, body: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=body, headers=headers) as response:
                await response.read()
                if response.status == _OK:
                    return True
                why = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError) as fault:
            why = f"Connection failed: {type(fault).__name__}"
        self.last_error, self.last_error_date = why, int(self.now().timestamp())
        return False
