"""A volunteer's calendar: a file in the chat, and a secret address that calendars read by it."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update

from bot.clock import Clock
from bot.screens.calendar import ics, told_of
from bot.texts import Texts
from bot.turn import Turn
from care.access import Role
from care.notices import Notice
from care.refusals import NotYours
from storage import calendar
from storage.calendar import address_card
from storage.engine import Database

# Under this name the application knows the public address of its web part; empty: there is none.
WHERE = "calendar_url"
MINUTES_FRESH = 15
HEADERS = {
    "Cache-Control": f"private, max-age={MINUTES_FRESH * 60}",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


async def send_file(update: Update, turn: Turn) -> None:
    """`calendar`: the visits as a file, in a message of its own."""
    if Role.VOLUNTEER not in turn.me.roles:
        raise NotYours
    await turn.say(Notice.CALENDAR, live=bool(turn.bot_data.get(WHERE)))


async def show_address(update: Update, turn: Turn) -> None:
    """`calendar_live`: the address that stays up to date; made when there is none."""
    if await calendar.address(turn.tx, turn.me.viewer) is None:
        await calendar.renew(turn.tx, turn.now, turn.me.viewer)
    await _show(turn, beside=True)


async def renew(update: Update, turn: Turn) -> None:
    """`calendar_new`: another address; the old one leads nowhere any more."""
    await calendar.renew(turn.tx, turn.now, turn.me.viewer)
    await _show(turn)
    turn.toast(turn.tr("The old address does not work any more."))


async def stop(update: Update, turn: Turn) -> None:
    """`calendar_stop`: no address at all."""
    await calendar.revoke(turn.tx, turn.me.viewer)
    await _show(turn)


async def _show(turn: Turn, *, beside: bool = False) -> None:
    """A file cannot turn into words, so the first one is a message of its own.

    Raises:
        NotYours: no volunteer, or the station has no web part.
    """
    url = turn.bot_data.get(WHERE)
    if not url or Role.VOLUNTEER not in turn.me.roles:
        raise NotYours
    show = turn.say if beside else turn.show
    await show(Notice.CALENDAR_ADDRESS, address_card(turn.me.member.id), url=url)


def route(database: Database, clock: Clock, prefix: str) -> Route:
    """The page at which calendars read; whatever is not an address of today reads the same."""

    async def read(request: Request) -> Response:
        now = clock.now()
        try:
            async with database.read() as tx:
                person = await calendar.access_calendar(tx, request.path_params["token"], now)
                tr = Texts(person.language, person.zone)
                content = await ics(tx, now, tr, person)
                tag = f'"{sha256(repr(await told_of(tx, now, person)).encode()).hexdigest()[:32]}"'
        except NotYours:
            return Response(status_code=404)
        headers = HEADERS | {"ETag": tag}
        if request.headers.get("If-None-Match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    return Route(prefix + "/calendar/{token}.ics", read, methods=["GET"])


PRESSED = {
    "calendar": send_file,
    "calendar_live": show_address,
    "calendar_new": renew,
    "calendar_stop": stop,
}
