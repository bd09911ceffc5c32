"""Calls to Telegram: what is asked, what comes back, and what a failure lets us conclude."""

import asyncio
import json
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
import telegram.error
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.request import AiohttpRequest, Timeouts
from bot.wire_errors import NotSent, Sent, was_it_sent

CANARY = "12345:canary-AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
MESSAGE = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "好"}
SHORT = Timeouts(pool=0.1, connect=0.2, write=0.2, upload=0.2, read=0.2)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Upload:
    """A file as it arrived."""

    name: str
    kind: str
    content: bytes


def _kept(value: str | bytearray | bytes | web.FileField) -> object:
    if not isinstance(value, web.FileField):
        return value
    return Upload(value.filename, value.content_type, value.file.read())


class Server:
    """A Bot API server that answers as one test tells it to."""

    def __init__(self) -> None:
        self.answer: Answer = self.message
        self.seen: list[dict[str, object]] = []
        self.url = ""

    async def message(self, request: web.Request) -> web.StreamResponse:
        """Answer as if the message had been sent."""
        return web.json_response({"ok": True, "result": MESSAGE})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note what was asked before answering it."""
        if request.content_type == "application/json":
            self.seen.append(await request.json())
        elif request.content_type == "multipart/form-data" and self.answer == self.message:
            form = await request.post()
            self.seen.append({name: _kept(value) for name, value in form.items()})
        return await self.answer(request)

    def says(self, status: int, body: object) -> None:
        """Give this answer from now on."""

        async def answer(request: web.Request) -> web.StreamResponse:
            text = body if isinstance(body, str) else json.dumps(body)
            return web.Response(status=status, text=text)

        self.answer = answer


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    ours = Server()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", ours.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    ours.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield ours
    await runner.cleanup()


def a_bot(url: str, request: AiohttpRequest | None = None) -> Bot:
    return Bot(
        CANARY,
        base_url=f"{url}/bot",
        base_file_url=f"{url}/file/bot",
        request=request or AiohttpRequest(timeouts=SHORT),
        get_updates_request=AiohttpRequest(timeouts=SHORT),
    )


async def failure(url: str, request: AiohttpRequest | None = None) -> TelegramError:
    """Send once and hand back what went wrong, having looked that it does not tell the token."""
    client = request or AiohttpRequest(timeouts=SHORT)
    async with client:
        with pytest.raises(TelegramError) as caught:
            await a_bot(url, client).send_message(5, "hi")
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "canary" not in told
    assert caught.value.__context__ is None
    return caught.value


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (NotSent("no connection"), Sent.NO),
        (RetryAfter(3), Sent.NO),
        (ChatMigrated(-1009), Sent.NO),
        (InvalidToken(), Sent.NO),
        (Conflict("another getUpdates"), Sent.NO),
        (BadRequest("chat not found"), Sent.REFUSED),
        (Forbidden("bot was blocked"), Sent.REFUSED),
        (EndPointNotFound("no such method"), Sent.REFUSED),
        (TimedOut(), Sent.UNCLEAR),
        (NetworkError("Bad Gateway"), Sent.UNCLEAR),
        (TelegramError("Invalid server response"), Sent.UNCLEAR),
        (KeyError("result"), Sent.UNCLEAR),
        (asyncio.CancelledError(), Sent.UNCLEAR),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value.name,
)
def test_only_a_certainly_unsent_message_counts_as_not_sent(
    error: BaseException, meaning: Sent
) -> None:
    assert was_it_sent(error) is meaning


def test_every_error_of_the_library_has_been_thought_of() -> None:
    thought_of = {
        "BadRequest", "ChatMigrated", "Conflict", "EndPointNotFound", "Forbidden", "InvalidToken",
        "NetworkError", "RetryAfter", "TelegramError", "TimedOut", "PassportDecryptionError",
    }  # fmt: skip
    assert set(telegram.error.__all__) == thought_of


def test_a_flood_says_how_long_to_wait_and_warns_of_nothing() -> None:
    assert RetryAfter(3).retry_after == timedelta(seconds=3)


async def test_parameters_arrive_as_they_were_given(server: Server) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("认领", callback_data="claim:42")]])
    async with AiohttpRequest() as client:
        sent = await a_bot(server.url, client).send_message(5, "王奶奶 & 👵", reply_markup=keyboard)
    assert sent.text == "好"
    assert server.seen[0]["text"] == "王奶奶 & 👵"
    assert server.seen[0]["chat_id"] == 5
    assert server.seen[0]["reply_markup"] == keyboard.to_dict()


async def test_a_file_keeps_its_chinese_name_and_every_byte(server: Server) -> None:
    content = bytes(range(256)) * 12 * 1024
    async with AiohttpRequest() as client:
        await a_bot(server.url, client).send_document(
            5, BytesIO(content), filename='名单 "一".xlsx', caption="本周"
        )
    form = server.seen[0]
    assert form["document"] == Upload(
        '名单 "一".xlsx',
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        content,
    )
    assert form["caption"] == "本周"


async def test_a_file_name_cannot_smuggle_in_a_header(server: Server) -> None:
    async with AiohttpRequest() as client:
        await a_bot(server.url, client).send_document(
            5, BytesIO(b"x"), filename="a\r\nContent-Type: text/html\r\n.txt"
        )
    assert server.seen[0]["document"] == Upload(
        "a Content-Type: text/html .txt", "text/plain", b"x"
    )


async def test_a_file_is_downloaded_unchanged(server: Server) -> None:
    content = b'{"ok": false}' + bytes(range(256)) * 8192

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/file/"):
            return web.Response(body=content)
        result = {"file_id": "f", "file_unique_id": "u", "file_path": "documents/名单.xlsx"}
        return web.json_response({"ok": True, "result": result})

    server.answer = answer
    async with AiohttpRequest() as client:
        file = await a_bot(server.url, client).get_file("f")
        assert bytes(await file.download_as_bytearray()) == content


async def test_an_answer_of_megabytes_is_read_whole(server: Server) -> None:
    server.says(
        200, {"ok": True, "result": [{"update_id": n, "x": "长" * 999} for n in range(900)]}
    )
    async with AiohttpRequest(), AiohttpRequest() as polling:
        bot = Bot(CANARY, base_url=f"{server.url}/bot", get_updates_request=polling)
        assert len(await bot.get_updates()) == 900


async def test_an_endless_answer_is_given_up(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        for _ in range(1000):
            await stream.write(b" " * 4096)
        return stream

    server.answer = answer
    error = await failure(server.url, AiohttpRequest(timeouts=SHORT, largest_answer=100_000))
    assert was_it_sent(error) is Sent.UNCLEAR


async def test_a_refused_connection_means_not_sent() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        error = await failure(f"http://127.0.0.1:{nobody.getsockname()[1]}")
    assert type(error) is NotSent


async def test_an_unknown_host_means_not_sent() -> None:
    assert type(await failure("http://nowhere.invalid")) is NotSent


async def test_a_connection_that_does_not_come_about_means_not_sent() -> None:
    """A full backlog leaves the handshake unanswered, as a dead line would."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        error = await failure(f"http://127.0.0.1:{address[1]}")
        for each in waiting:
            each.close()
    assert type(error) is NotSent


async def test_waiting_for_a_free_connection_means_not_sent(server: Server) -> None:
    """The same error as "no answer" in the library's own client, which made repeats a gamble."""
    calls = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.6)
        return await server.message(request)

    server.answer = answer
    timeouts = Timeouts(pool=0.1, connect=0.1, read=5)
    async with AiohttpRequest(connections=1, timeouts=timeouts) as client:
        bot = a_bot(server.url, client)
        first, second = await asyncio.gather(
            bot.send_message(5, "one"), bot.send_message(5, "two"), return_exceptions=True
        )
    assert not isinstance(first, BaseException)
    assert type(second) is NotSent
    assert "canary" not in repr(second)
    assert calls == 1


async def test_no_answer_in_time_is_unclear(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return await server.message(request)

    server.answer = answer
    error = await failure(server.url)
    assert type(error) is TimedOut
    assert was_it_sent(error) is Sent.UNCLEAR
    assert len(server.seen) == 1


async def test_a_call_may_bring_its_own_patience(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.5)
        return await server.message(request)

    server.answer = answer
    async with AiohttpRequest(timeouts=SHORT) as client:
        assert await a_bot(server.url, client).send_message(5, "hi", read_timeout=5)


async def test_an_upload_nobody_reads_ends_as_unclear(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(2)
        return await server.message(request)

    server.answer = answer
    async with AiohttpRequest(timeouts=SHORT) as client:
        with pytest.raises(TimedOut):
            await a_bot(server.url, client).send_document(5, BytesIO(b"x" * 20_000_000))


async def test_a_connection_lost_after_the_request_is_unclear(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    server.answer = answer
    error = await failure(server.url)
    assert was_it_sent(error) is Sent.UNCLEAR
    assert len(server.seen) == 1, "a lost POST must not be repeated behind our back"


async def test_a_connection_lost_in_the_middle_of_the_answer_is_unclear(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Length": "1000"})
        await stream.prepare(request)
        await stream.write(b'{"ok": true, "res')
        assert request.transport is not None
        request.transport.abort()
        return stream

    server.answer = answer
    assert was_it_sent(await failure(server.url)) is Sent.UNCLEAR


async def test_an_answer_that_stops_coming_is_unclear(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Length": "1000"})
        await stream.prepare(request)
        await stream.write(b'{"ok": true')
        await asyncio.sleep(1)
        return stream

    server.answer = answer
    assert type(await failure(server.url)) is TimedOut


async def test_an_answer_that_is_no_http_is_unclear() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-hello\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        assert was_it_sent(await failure(f"http://127.0.0.1:{port}")) is Sent.UNCLEAR


REFUSED = {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "meaning"),
    [
        (400, REFUSED, BadRequest, Sent.REFUSED),
        (200, REFUSED, BadRequest, Sent.REFUSED),
        (200, {"ok": False}, NetworkError, Sent.UNCLEAR),
        (200, {"ok": False, "error_code": "x"}, NetworkError, Sent.UNCLEAR),
        (200, {"ok": True}, TelegramError, Sent.UNCLEAR),
        (200, [], TelegramError, Sent.UNCLEAR),
        (200, "", TelegramError, Sent.UNCLEAR),
        (200, "<html>log in to the wifi</html>", TelegramError, Sent.UNCLEAR),
        (302, "", NetworkError, Sent.UNCLEAR),
        (
            400,
            {"ok": False, "parameters": {"migrate_to_chat_id": -1009}},
            ChatMigrated,
            Sent.NO,
        ),
        (401, {"ok": False, "description": "Unauthorized"}, InvalidToken, Sent.NO),
        (403, {"ok": False, "description": "Forbidden"}, Forbidden, Sent.REFUSED),
        (404, {"ok": False, "description": "Not Found"}, InvalidToken, Sent.NO),
        (409, {"ok": False, "description": "Conflict"}, Conflict, Sent.NO),
        (413, "<html>too large</html>", BadRequest, Sent.REFUSED),
        (429, {"ok": False, "parameters": {"retry_after": 9}}, RetryAfter, Sent.NO),
        (429, "slow down", RetryAfter, Sent.NO),
        (429, {"ok": False, "parameters": {"retry_after": 0}}, RetryAfter, Sent.NO),
        (500, {"ok": False, "description": "Internal"}, NetworkError, Sent.UNCLEAR),
        (502, f"<html>no way to /bot{CANARY}/sendMessage</html>", NetworkError, Sent.UNCLEAR),
        (502, '"just text"', NetworkError, Sent.UNCLEAR),
        (599, "", NetworkError, Sent.UNCLEAR),
    ],
)
async def test_each_answer_of_a_server_has_one_meaning(
    server: Server, status: int, body: object, kind: type[TelegramError], meaning: Sent
) -> None:
    server.says(status, body)
    error = await failure(server.url)
    assert isinstance(error, kind)
    assert was_it_sent(error) is meaning


async def test_a_redirect_does_not_carry_the_token_to_another_host(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect(f"/elsewhere{request.path}")

    server.answer = answer
    await failure(server.url)
    assert len(server.seen) == 1


async def test_before_it_is_opened_and_after_it_is_closed_nothing_is_sent(server: Server) -> None:
    client = AiohttpRequest()
    for _ in range(2):
        with pytest.raises(NotSent):
            await a_bot(server.url, client).send_message(5, "hi")
        await client.initialize()
        await client.initialize()
        assert await a_bot(server.url, client).send_message(5, "hi")
        await client.shutdown()
        await client.shutdown()
    assert len(server.seen) == 2


async def test_a_proxy_is_asked_for_others_but_never_for_this_machine(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("REQUEST_METHOD", raising=False)
    monkeypatch.setenv("http_proxy", server.url)
    async with AiohttpRequest(timeouts=SHORT) as client:
        assert await a_bot("http://telegram.invalid", client).send_message(5, "through the proxy")
    assert len(server.seen) == 1
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with AiohttpRequest(timeouts=SHORT) as client:
        assert await a_bot(server.url, client).send_message(5, "straight")


async def test_a_proxy_that_refuses_means_not_sent_and_keeps_its_password(server: Server) -> None:
    server.says(407, "who are you")
    proxy = server.url.replace("//", "//user:canary@")
    client = AiohttpRequest(timeouts=SHORT, proxy=proxy)
    assert type(await failure("https://telegram.invalid", client)) is NotSent
    unusable = AiohttpRequest(timeouts=SHORT, proxy="socks5://user:canary@localhost:1")
    assert type(await failure("http://telegram.invalid", unusable)) is NotSent


async def test_a_call_writes_the_token_into_no_log_line(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with AiohttpRequest(timeouts=SHORT) as client:
        assert "canary" not in repr(client)
        await a_bot(server.url, client).send_message(5, "hi")
        server.says(200, f"not JSON /bot{CANARY}/")
        with pytest.raises(TelegramError):
            await a_bot(server.url, client).send_message(5, "hi")
    await failure("http://127.0.0.1:1")
    # The first is the test's own server; the second tells its URL at DEBUG when a Bot is made.
    others = ("aiohttp.access", "telegram.Bot")
    told = [line.getMessage() for line in caplog.records if line.name not in others]
    assert not [line for line in told if "canary" in line]
