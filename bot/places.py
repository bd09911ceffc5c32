"""Buildings in chat: where one stands, sent as a location, and which stand next to each other."""

from telegram import Update

from bot import presence
from bot.turn import Turn
from care.notices import Notice
from care.places import NEXT_TO_METRES, Point, out_of_the_way
from care.refusals import Stale
from storage import drafts, members, places
from storage.places import key_of

FORM = "place"


async def show_list(update: Update, turn: Turn) -> None:
    """The buildings: `places:<page>`."""
    [page] = turn.numbers(1)
    await places.access_buildings(turn.tx, turn.me.viewer)
    await turn.show(Notice.PLACES, page=page)


async def show_one(update: Update, turn: Turn) -> None:
    """One building: `place:<building>`."""
    await turn.show(Notice.PLACE, place=await _named(turn))


async def _named(turn: Turn) -> str:
    [key] = turn.words(1)
    return await places.access_building(turn.tx, turn.me.viewer, key)


async def ask_point(update: Update, turn: Turn) -> None:
    """The next location that is sent is where it stands: `place_point:<building>`."""
    name = await _named(turn)
    viewer = turn.me.viewer
    await drafts.begin(
        turn.tx, turn.now, turn.account, FORM, {"place": name},
        member=viewer.member_id, community=viewer.community_id,
    )  # fmt: skip
    await turn.show(Notice.PLACE, place=name, asked=True)


async def take_point(update: Update, turn: Turn) -> None:
    """A location came: of the building that was asked about, else of a volunteer at a door."""
    sent = update.message.location if update.message else None
    draft = await drafts.find(turn.tx, turn.account)
    person = turn.person
    if sent is None or draft is None or draft.form != FORM or person is None:
        await presence.take_place(update, turn)
        return
    viewer = person.viewer
    if (draft.member_id, draft.community_id) != (viewer.member_id, viewer.community_id):
        raise Stale
    name = await places.access_building(turn.tx, viewer, key_of(draft.answers["place"]))
    point = Point(sent.latitude, sent.longitude)
    known = (await places.map_of(turn.tx, viewer.community_id)).points
    others = {one: where for one, where in known.items() if one != name}
    if out_of_the_way(point, others):
        await turn.say(Notice.PLACE, place=name, asked=True, far=True)
        return
    await drafts.end(turn.tx, turn.account)
    await places.put(turn.tx, viewer.community_id, name, point)
    await _noted(turn, name)
    await turn.say(Notice.PLACE, place=name)


async def forget_point(update: Update, turn: Turn) -> None:
    """Nobody knows where it stands: `place_off:<building>`."""
    name = await _named(turn)
    await places.put(turn.tx, turn.me.viewer.community_id, name, None)
    await _noted(turn, name)
    await turn.show(Notice.PLACE, place=name)


async def ask_beside(update: Update, turn: Turn) -> None:
    """Which others stand next to it: `place_next:<building>`."""
    await turn.show(Notice.PLACE, place=await _named(turn), beside=True)


async def link(update: Update, turn: Turn) -> None:
    """Next to each other, or not any more: `place_link:<building>:<other>`."""
    one, other = [
        await places.access_building(turn.tx, turn.me.viewer, key) for key in turn.words(2)
    ]
    if one == other:
        raise Stale
    station = turn.me.viewer.community_id
    known = await places.map_of(turn.tx, station)
    if known.way(one, other) is None:
        await places.put_way(turn.tx, station, one, other, NEXT_TO_METRES)
    else:
        await places.drop_way(turn.tx, station, one, other)
    await _noted(turn, one)
    await turn.show(Notice.PLACE, place=one, beside=True)


async def _noted(turn: Turn, name: str) -> None:
    target = f"place:{key_of(name)}"
    await members.audit(turn.tx, turn.now, turn.me.viewer, "place", target)


PRESSED = {
    "places": show_list,
    "place": show_one,
    "place_point": ask_point,
    "place_off": forget_point,
    "place_next": ask_beside,
    "place_link": link,
}
