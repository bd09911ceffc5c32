"""A wire without a socket: python-telegram-bot talks to the playground in the same process."""

import asyncio
import json
from typing import IO, Any
from urllib.parse import unquote

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.playground.faults import Dropped
from bot.playground.params import Upload
from bot.playground.telegram import LocalTelegram
from bot.wire_errors import NotSent

_BAD_TOKEN = (404, b'{"ok":false,"error_code":404,"description":"Not Found"}')
_ENDINGS: dict[str, httpx.TransportError] = {
    "connect_error": httpx.ConnectError("All connection attempts failed"),
    "drop_before": httpx.RemoteProtocolError("Server disconnected without sending a response."),
    "drop_after": httpx.RemoteProtocolError("Server disconnected without sending a response."),
}


class Wire(BaseRequest):
    """Hand every request of `telegram.Bot` straight to a `LocalTelegram`.

    Give it to `Bot` or `ApplicationBuilder` both as `request` and as `get_updates_request`.
    """

    def __init__(self, telegram: LocalTelegram, *, read_timeout: float | None = 5.0) -> None:
        self._telegram = telegram
        self._read_timeout = read_timeout

    @property
    def read_timeout(self) -> float | None:
        """Seconds that python-telegram-bot adds to those of a long poll."""
        return self._read_timeout

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - GET and POST mean the same to Telegram
        request_data: RequestData | None = None,
        *_timeouts: Any,
        **_named_timeouts: Any,
    ) -> tuple[int, bytes]:
        """One request: the status and the body, or the error that a lost connection makes."""
        kind, token, path = _parts(url)
        if kind == "file":
            stored = self._telegram.world.files.at(path) if token == self._telegram.token else None
            return (200, stored.data) if stored else _BAD_TOKEN
        params = request_data.parameters if request_data else {}
        files = _uploads(request_data) if request_data else {}
        try:
            status, body = await self._telegram.call(token, path, params, files)
        except Dropped as dropped:
            raise _broken(dropped) from _ENDINGS.get(dropped.how)
        # Zero seconds would still give the loop away, and tests count on the order of turns.
        if late := self._telegram.late(path):
            await asyncio.sleep(late)
        return status, json.dumps(body, ensure_ascii=False).encode()


def _broken(dropped: Dropped) -> NetworkError:
    ending = _ENDINGS.get(dropped.how)
    if dropped.how == "connect_error":
        # As our own request tells it: what was never connected was never sent.
        return NotSent(f"httpx.{type(ending).__name__}: {ending}")
    return NetworkError(f"httpx.{type(ending).__name__}: {ending}") if ending else TimedOut()


def _parts(url: str) -> tuple[str, str, str]:
    path = unquote(url.partition("://")[2].partition("/")[2])
    kind = "file" if path.startswith("file/") else "bot"
    token, _, rest = path.removeprefix("file/").removeprefix("bot").partition("/")
    return kind, token, rest


def _uploads(request_data: RequestData) -> dict[str, Upload]:
    parts = request_data.multipart_data if request_data.contains_files else {}
    return {name: (part[0], _bytes(part[1])) for name, part in parts.items()}


def _bytes(content: IO[bytes] | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.read()
