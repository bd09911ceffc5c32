"""What the page of phones asks and does: everything under /client."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground import show
from bot.playground.records import Chat
from bot.playground.refusals import NotOnThisPhone, Refusal
from bot.playground.telegram import LocalTelegram

_HEARTBEAT = 15.0
_LIVE = {"cache-control": "no-store", "x-accel-buffering": "no"}

Json = dict[str, Any]
Action = Callable[[Json], Awaitable[Json | None]]


class ClockBar(Protocol):
    """The clock of a demonstration, which the page shows and can push forward."""

    def state(self) -> Json | None:
        """The `clock` of the page."""

    async def jump(self, to: str | None, plus: float | None) -> None:
        """Go to one of the named moments, or forward by seconds."""


class Client:
    """The page's requests, each a method."""

    def __init__(
        self, telegram: LocalTelegram, clock: ClockBar | None, stopping: asyncio.Event
    ) -> None:
        self._telegram = telegram
        self._world = telegram.world
        self._phones = telegram.phones
        self._clock = clock
        self._stopping = stopping

    def routes(self) -> list[Route]:
        """All of /client."""
        actions: dict[str, Action] = {
            "start": self.start,
            "send": self.send,
            "press": self.press,
            "photo": self.photo,
            "file": self.file,
            "location": self.location,
            "contact": self.contact,
            "block": self.block,
            "people": self.people,
            "language": self.language,
            "fault": self.fault,
            "clock": self.clock,
            "group/add_bot": self.add_bot,
        }
        return [
            Route("/client/state", self.state, methods=["GET"]),
            Route("/client/events", self.events, methods=["GET"]),
            Route("/client/file/{id}", self.stored, methods=["GET"]),
            *(
                Route(f"/client/{name}", _answering(action), methods=["POST"])
                for name, action in actions.items()
            ),
        ]

    async def state(self, _request: Request) -> Response:
        """Everything, to begin with."""
        clock = self._clock.state() if self._clock else None
        return JSONResponse(show.state(self._world, clock), headers=_LIVE)

    async def events(self, request: Request) -> Response:
        """What happens from here on."""
        given = request.query_params.get("since", "")
        since = int(given) if given.isdigit() else self._world.live.n
        lines = self._lines(min(since, self._world.live.n))
        return StreamingResponse(lines, media_type="text/event-stream", headers=_LIVE)

    async def _lines(self, n: int) -> AsyncIterator[str]:
        live = self._world.live
        yield ": here\n\n"
        while not self._stopping.is_set():
            for event in live.since(n):
                n = event.n
                yield f"data: {json.dumps(event.as_json(), ensure_ascii=False)}\n\n"
            if live.n > n:
                continue
            try:
                async with asyncio.timeout(_HEARTBEAT):
                    await live.next_wake()
            except TimeoutError:
                yield ": still here\n\n"

    async def stored(self, request: Request) -> Response:
        """A picture or file of a message."""
        found = self._world.files.find(request.path_params["id"])
        if found is None:
            return JSONResponse({"ok": False, "error": "no such file"}, status_code=404)
        headers = {"x-content-type-options": "nosniff"}
        if not found.width:
            # A page that somebody sent must not run as if it were ours.
            headers["content-disposition"] = "attachment"
        return Response(found.data, media_type=found.mime, headers=headers)

    async def start(self, said: Json) -> Json | None:
        """Press Start."""
        self._phones.start(_person(said), str(said.get("payload") or ""))
        return None

    async def send(self, said: Json) -> Json | None:
        """Write something."""
        self._phones.say(_person(said), str(said["text"]), _chat(said))
        return None

    async def press(self, said: Json) -> Json | None:
        """Press a button."""
        number = int(said["message"])
        self._phones.press(_person(said), number, str(said["data"]), chat=_chat(said))
        return None

    async def photo(self, said: Json) -> Json | None:
        """Send a picture."""
        name, data = said["file"]
        self._phones.send_photo(_person(said), name, data, _chat(said))
        return None

    async def file(self, said: Json) -> Json | None:
        """Send a file."""
        name, data = said["file"]
        self._phones.send_document(_person(said), name, data, _chat(said))
        return None

    async def location(self, said: Json) -> Json | None:
        """Send where one is."""
        latitude, longitude = float(said["latitude"]), float(said["longitude"])
        self._phones.send_location(_person(said), latitude, longitude, _chat(said))
        return None

    async def contact(self, said: Json) -> Json | None:
        """Send one's own number."""
        self._phones.send_contact(_person(said), _chat(said))
        return None

    async def block(self, said: Json) -> Json | None:
        """Block the bot, or take it back."""
        change = self._phones.block if said["blocked"] else self._phones.unblock
        change(_person(said))
        return None

    async def people(self, said: Json) -> Json | None:
        """One more phone."""
        name = str(said["name"]).strip()
        if not name:
            raise NotOnThisPhone("a person has a name")
        person = self._telegram.add_person(
            name,
            language_code=str(said.get("language") or "zh-hans"),
            label=str(said.get("label") or ""),
            phone=f"+861380013{len(self._world.people):04}",
        )
        return {"id": person.id}

    async def language(self, said: Json) -> Json | None:
        """Set a phone to another language."""
        self._phones.change_language(_person(said), str(said["language"]))
        return None

    async def fault(self, said: Json) -> Json | None:
        """Switch some trouble on or off."""
        self._telegram.faults.set(str(said["name"]), float(said["probability"]))
        return None

    async def clock(self, said: Json) -> Json | None:
        """Push the clock."""
        if self._clock is None:
            raise NotOnThisPhone("this playground has no clock of its own")
        plus = said.get("plus")
        await self._clock.jump(said.get("to"), None if plus is None else float(plus))
        state = self._clock.state()
        self._world.live.tell("clock", lambda: {"clock": state})
        return None

    async def add_bot(self, said: Json) -> Json | None:
        """Take the bot into a group."""
        self._phones.add_bot(self._group(said), _person(said))
        return None

    def _group(self, said: Json) -> Chat:
        group = self._world.chats.get(int(said["group"]))
        if group is None or group.kind == "private":
            raise NotOnThisPhone("there is no such group")
        return group


def _person(said: Json) -> int:
    return int(said["person"])


def _chat(said: Json) -> int | None:
    chat = said.get("chat")
    return None if chat in (None, "") else int(chat)


def _answering(action: Action) -> Callable[[Request], Awaitable[Response]]:
    """The action as a request handler, with its refusals as sentences."""

    async def handle(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            return _refused("this page is not ours", 403)
        try:
            more = await action(await _said(request))
        except KeyError as missing:
            return _refused(f"{missing.args[0]} is missing")
        except Refusal as refusal:
            return _refused(refusal.description)
        except (NotOnThisPhone, ValueError, TypeError) as wrong:
            return _refused(str(wrong))
        return JSONResponse({"ok": True, **(more or {})})

    return handle


def _refused(why: str, status: int = 400) -> Response:
    return JSONResponse({"ok": False, "error": why}, status_code=status)


async def _said(request: Request) -> Json:
    if request.headers.get("content-type", "").startswith("multipart/"):
        async with request.form() as form:
            return await _fields(form)
    said = json.loads(await request.body() or b"{}")
    if not isinstance(said, dict):
        raise NotOnThisPhone("an object is expected")
    return said


async def _fields(form: FormData) -> Json:
    said: Json = {}
    for name, value in form.items():
        if isinstance(value, UploadFile):
            said[name] = (value.filename or "file", await value.read())
        else:
            said[name] = value
    if not isinstance(said.get("file"), tuple):
        raise NotOnThisPhone("a file is missing")
    return said
