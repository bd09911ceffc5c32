"""The Bot API over HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

import asyncio
import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.playground.faults import Dropped
from bot.playground.params import Upload
from bot.playground.refusals import Refusal, bad_request
from bot.playground.telegram import LocalTelegram

_SILENCE = 30.0


class _Severed(Response):
    """Announce a body and close without it, so that the client loses the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def routes(telegram: LocalTelegram, stopping: asyncio.Event) -> list[Route]:
    """What a bot talks to."""

    async def method(request: Request) -> Response:
        token, name = request.path_params["token"], request.path_params["method"]
        try:
            params, files = await _sent(request)
        except Refusal as refusal:
            return _json(*refusal.answer())
        try:
            status, body = await telegram.call(token, name, params, files)
        except Dropped as dropped:
            if dropped.how == "timeout_after":
                await _pause(stopping, _SILENCE)
            return _Severed()
        await _pause(stopping, telegram.late(name))
        return _json(status, body)

    async def file(request: Request) -> Response:
        stored = telegram.world.files.at(request.path_params["path"])
        if request.path_params["token"] != telegram.token or stored is None:
            return _json(*Refusal(404, "Not Found").answer())
        return Response(stored.data, media_type="application/octet-stream")

    return [
        Route("/bot{token}/{method}", method, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", file, methods=["GET"]),
    ]


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    if seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return


def _json(status: int, body: dict[str, Any]) -> JSONResponse:
    return JSONResponse(body, status_code=status)


async def _sent(request: Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters and files, from the address, a form or JSON."""
    params: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return params | _object(await request.body()), {}
    files: dict[str, Upload] = {}
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                files[name] = (value.filename or name, await value.read())
            else:
                params[name] = value
    return params, files


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise bad_request("can't parse request body JSON object")
    return value
