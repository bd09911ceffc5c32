"""Calls to the Bot API over aiohttp, for python-telegram-bot.

The library's own client spends most of a busy bot's processor time in its connection pool, and it
reports "no free connection" and "no answer" as the same error, although only one of them may have
reached Telegram. The token is a part of every URL, so nothing that names a URL leaves this file.
"""

import asyncio
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.wire_errors import NotSent, Sent, was_it_sent

__all__ = ["AiohttpRequest", "NotSent", "Sent", "Timeouts", "redact", "was_it_sent"]

# Seconds, None, or the library's mark for "not given", whose type it keeps to itself.
Given = Any

MEBIBYTE: Final = 1024 * 1024
_SECRET = re.compile(r"(/bot)[^/\s?#'\"]+|(//)[^/\s@'\"]+(?=@)")
_REFUSED_IN_A_GOOD_ANSWER = re.compile(rb'\s*\{\s*"ok"\s*:\s*false')

_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)


def redact(text: str) -> str:
    """Take the bot's token, and the password of a proxy, out of a sentence that may name a URL."""
    return _SECRET.sub(r"\1\2***", text)


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait; None waits for ever.

    Attributes:
        pool: for a free connection.
        connect: for a new connection.
        write: for the whole request to be written.
        upload: the same when the request carries files.
        read: for the answer to begin, and again for each further part of it.
    """

    pool: float | None = 1.0
    connect: float | None = 5.0
    write: float | None = 5.0
    upload: float | None = 60.0
    read: float | None = 5.0

    def before_sending(self) -> float | None:
        """Up to the moment from which the request may have been seen."""
        return _total(self.pool, self.connect)

    def before_the_answer(self) -> float | None:
        """Writing has no limit of its own in aiohttp, so the sum of all holds it."""
        return _total(self.pool, self.connect, self.write, self.read)


def _total(*seconds: float | None) -> float | None:
    known = [each for each in seconds if each is not None]
    return sum(known) if len(known) == len(seconds) else None


class AiohttpRequest(BaseRequest):
    """What python-telegram-bot asks of an HTTP client, on one aiohttp session.

    Args:
        connections: how many calls may be under way at once.
        timeouts: used wherever a call brings none of its own.
        proxy: an `http://` proxy; without it the one in the environment, never for this machine.
        largest_answer: bytes after which an answer is given up, whatever it claimed to be.
    """

    __slots__ = ("_connections", "_largest_answer", "_proxies", "_proxy", "_session", "_timeouts")

    def __init__(
        self,
        connections: int = 64,
        timeouts: Timeouts = Timeouts(),
        proxy: str | None = None,
        largest_answer: int = 32 * MEBIBYTE,
    ) -> None:
        self._connections = connections
        self._timeouts = timeouts
        self._proxy = proxy
        self._largest_answer = largest_answer
        self._proxies: dict[str, str | None] = {}
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """The library adds this to the duration of a long poll."""
        return self._timeouts.read

    async def initialize(self) -> None:
        """Open the session; a second time does nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the session; it may be opened again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Given = BaseRequest.DEFAULT_NONE,
        write_timeout: Given = BaseRequest.DEFAULT_NONE,
        connect_timeout: Given = BaseRequest.DEFAULT_NONE,
        pool_timeout: Given = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call; every failure is a TelegramError that `was_it_sent` can read."""
        usual = self._timeouts
        uploads = request_data is not None and request_data.contains_files
        timeouts = Timeouts(
            pool=_chosen(pool_timeout, usual.pool),
            connect=_chosen(connect_timeout, usual.connect),
            write=_chosen(write_timeout, usual.upload if uploads else usual.write),
            read=_chosen(read_timeout, usual.read),
        )
        try:
            status, payload = await self._exchange(url, method, request_data, timeouts)
        except Exception as error:  # noqa: BLE001 - the library would quote it, URL and all
            failure = _explain(error)
        else:
            if method == "GET" and status < HTTPStatus.MULTIPLE_CHOICES:
                return status, payload
            return _readable(status, payload)
        # Outside the handler, so that no traceback is chained to it whose text holds the token.
        raise failure

    async def _exchange(
        self, url: str, method: str, request_data: RequestData | None, timeouts: Timeouts
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSent("The connection to Telegram is not open")
        async with asyncio.timeout(timeouts.before_the_answer()) as limit:
            answer = await self._session.request(
                method,
                url,
                proxy=self._proxy_to(url),
                timeout=aiohttp.ClientTimeout(
                    connect=timeouts.before_sending(),
                    sock_connect=timeouts.connect,
                    sock_read=timeouts.read,
                ),
                allow_redirects=False,
                **_body(request_data),
            )
            limit.reschedule(None)
            async with answer:
                return answer.status, await self._read(answer)

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        read = bytearray()
        async for part in answer.content.iter_any():
            read += part
            if len(read) > self._largest_answer:
                answer.close()
                raise NetworkError(f"The answer is longer than {self._largest_answer} bytes")
        return bytes(read)

    def _proxy_to(self, url: str) -> str | None:
        # aiohttp's own reading of the environment opens ~/.netrc on each call.
        place = urlsplit(url)
        origin = f"{place.scheme}://{place.netloc}"
        if origin not in self._proxies:
            self._proxies[origin] = _proxy_for(place.scheme, place.hostname or "", self._proxy)
        return self._proxies[origin]

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; unlike the original, write nothing of it into the log or the error."""
        try:
            data = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            data = None
        if isinstance(data, dict) and ("result" in data or data.get("ok") is False):
            return data
        raise TelegramError("Invalid server response")


def _chosen(given: Given, usual: float | None) -> float | None:
    seconds: float | None = usual if given is BaseRequest.DEFAULT_NONE else given
    return seconds


def _proxy_for(scheme: str, host: str, named: str | None) -> str | None:
    if _is_loopback(host):
        return None
    known = {} if proxy_bypass(host) else getproxies()
    proxy = named or known.get(scheme) or known.get("all")
    if proxy is None or "://" not in proxy:
        return proxy and f"http://{proxy}"
    if not proxy.startswith(("http://", "https://")):
        raise NotSent("Only http:// and https:// proxies can be used")
    return proxy


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _body(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {
            "data": json.dumps(request_data.parameters).encode(),
            "headers": {"Content-Type": "application/json"},
        }
    # Quoted, a Chinese file name would arrive as a row of percent signs.
    form = aiohttp.FormData(quote_fields=False)
    for name, text in request_data.json_parameters.items():
        form.add_field(name, text)
    for name, (file_name, content, mime_type) in request_data.multipart_data.items():
        # Telegram is told a name, never a header of its own: a line break would start one.
        form.add_field(
            name,
            BytesIO(content) if isinstance(content, bytes) else content,
            filename=re.sub(r"[\x00-\x1f\x7f]+", " ", file_name),
            content_type=mime_type,
        )
    return {"data": form}


def _explain(error: Exception) -> TelegramError:
    if isinstance(error, TelegramError):
        return error
    what = redact(f"{type(error).__name__}: {error}")
    if isinstance(error, _NEVER_LEFT):
        return NotSent(what)
    if isinstance(error, TimeoutError):
        return TimedOut(f"Timed out while waiting for the answer ({type(error).__name__})")
    return NetworkError(what)


def _readable(status: int, payload: bytes) -> tuple[int, bytes]:
    """Spare the library what it would misread: an error page, a refusal sent as a success."""
    success = status < HTTPStatus.MULTIPLE_CHOICES
    if success and not _REFUSED_IN_A_GOOD_ANSWER.match(payload):
        return status, payload
    try:
        data = json.loads(payload)
    except ValueError:
        data = {}
    facts = data if isinstance(data, dict) else {}
    if success:
        code = facts.get("error_code")
        status = code if code in set(HTTPStatus) and code >= HTTPStatus.BAD_REQUEST else 502
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        # Refused for good, which the library only understands of a 400.
        status = HTTPStatus.BAD_REQUEST
    return int(status), json.dumps(_refusal(status, facts)).encode()


def _refusal(status: int, facts: dict[str, Any]) -> dict[str, Any]:
    refusal: dict[str, Any] = {"ok": False}
    if isinstance(facts.get("description"), str):
        refusal["description"] = redact(facts["description"])
    if isinstance(facts.get("parameters"), dict):
        refusal["parameters"] = facts["parameters"]
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        # Without a number the library would not call it a flood, and it would count as unclear.
        wait = refusal.get("parameters", {}).get("retry_after")
        refusal["parameters"] = {"retry_after": wait if isinstance(wait, int) and wait > 0 else 1}
    return refusal
