"""What the independent server leaves out of the Bot API, added on the way to it.

It is a proxy, not a request class, because `nuanlin serve` is a process of its own that can only be
given a URL. Everything that is adapted here is a known gap of that server; nothing else is touched.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

# It says 500 to these; a bot would wait and ask again for ever.
NOT_KNOWN_THERE = frozenset(
    {
        "deleteMyCommands",
        "logOut",
        "pinChatMessage",
        "sendChatAction",
        "setChatMenuButton",
        "setMyCommands",
        "setMyDescription",
        "setMyName",
        "setMyShortDescription",
        "unpinChatMessage",
    }
)
_YEAR_5138 = 100_000_000_000


class Refusal(Exception):
    """The server does not do it."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


class Adapter:
    """The proxy; `telegram_at` starts one."""

    def __init__(self, server: str, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._session = session
        self._unconfirmed: dict[str, list[dict[str, Any]]] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of a bot."""
        token, method = request.match_info["token"], request.match_info["method"]
        parameters = await _parameters(request)
        try:
            result = await self._result(token, method, parameters)
        except Refusal as refusal:
            said = {"ok": False, "error_code": refusal.code, "description": str(refusal)}
            return web.json_response(said, status=refusal.code)
        return web.json_response({"ok": True, "result": result})

    async def _result(self, token: str, method: str, parameters: dict[str, Any]) -> Any:
        if method in NOT_KNOWN_THERE:
            return True
        if method == "getUpdates":
            return await self._updates(token, parameters)
        result = await self._ask(token, method, parameters)
        if method == "getMe":
            return {"is_bot": True, **result}
        if method == "sendMessage":
            return _message(result)
        if method.startswith("editMessage"):
            return _edited(parameters)
        return True if result is None else result

    async def _updates(self, token: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Wait as asked and keep what was not confirmed; that server does neither."""
        offset = int(parameters.get("offset") or 0)
        last_moment = time.monotonic() + float(parameters.get("timeout") or 0)
        waiting = self._unconfirmed.setdefault(token, [])
        waiting[:] = [update for update in waiting if update["update_id"] >= offset]
        while True:
            waiting += [_update(each) for each in await self._ask(token, "getUpdates", {})]
            if waiting or time.monotonic() >= last_moment:
                return waiting[: int(parameters.get("limit") or 100)]
            await asyncio.sleep(0.02)

    async def _ask(self, token: str, method: str, parameters: dict[str, Any]) -> Any:
        url = f"{self._server}/bot{token}/{method}"
        async with self._session.post(url, json=parameters) as answer:
            said = await answer.json()
        if said.get("ok"):
            return said["result"]
        raise Refusal(said.get("error_code", 400), said.get("description") or said["message"])


async def _parameters(request: web.Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return given | dict(await request.json())
    return given | dict(await request.post())


def _message(message: dict[str, Any]) -> dict[str, Any]:
    bot = {"id": 666, "is_bot": True, "first_name": "Test First name"}
    date = message["date"]
    return {"from": bot, **message, "date": date // 1000 if date > _YEAR_5138 else date}


def _edited(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "message_id": int(parameters["message_id"]),
        "date": int(time.time()),
        "edit_date": int(time.time()),
        "chat": {"id": int(parameters["chat_id"]), "type": "private"},
        "text": parameters.get("text", ""),
    }


def _update(update: dict[str, Any]) -> dict[str, Any]:
    query = update.get("callback_query")
    if query is not None:
        query.setdefault("chat_instance", str(query["from"]["id"]))
    return update


@asynccontextmanager
async def telegram_at(server: str) -> AsyncIterator[str]:
    """Lend the URL that a bot takes for Telegram's."""
    async with aiohttp.ClientSession() as session:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", Adapter(server, session).handle)
        runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
