"""Leaving: signing out, saying afterwards when one left, and being near the building."""

from datetime import datetime, timedelta
from typing import Any

from telegram import Update

from bot import door, menu
from bot.turn import Turn
from bot.week import refresh_visit
from care.days import local_day
from care.hours import LONGEST
from care.notices import Notice, Priority
from care.places import Point
from care.presence import leaving_is_clear, minutes_since, nearness
from care.refusals import Stale
from care.visits import State
from storage import drafts, hours, inbox, outbox, places, presence, visits
from storage.hours import hours_card
from storage.visit_files import files_card
from storage.visits import Visiting
from storage.week import visits_card


async def sign_out(update: Update, turn: Turn) -> None:
    """`sign_out:<visit>`: gone; how it was can be told afterwards."""
    [visit_id] = turn.numbers(1)
    row = await visits.access_my_visit(turn.tx, turn.me.viewer, visit_id)
    if row.visit.state is not State.SIGNED_IN or row.visit.signed_in_at is None:
        raise Stale
    if await depart(turn, row):
        await turn.show(Notice.VISIT, visits_card(turn.me.member.id), visit=row.visit.id)
    else:
        await ask_when(turn, row)


async def depart(turn: Turn, row: Visiting) -> bool:
    """Sign out now; False when so much time has passed that it has to be asked when they left."""
    begun = row.visit.signed_in_at
    if begun is None or row.visit.signed_out_at is not None:
        return True
    today = local_day(turn.now, turn.me.zone)
    if row.visit.day != today or not leaving_is_clear(begun, turn.now):
        return False
    await _gone(turn, row, turn.now, said=False)
    return True


async def _gone(turn: Turn, row: Visiting, at: datetime, *, said: bool) -> None:
    await presence.sign_out(turn.tx, row.visit, at)
    await presence.note_hours(turn.tx, turn.now, row, said=said)
    await refresh_visit(turn, row)
    await turn.refresh(hours_card(turn.me.member.id))


async def show_when(update: Update, turn: Turn) -> None:
    """`left_at_ask:<visit>`: the question once more."""
    [visit_id] = turn.numbers(1)
    await ask_when(turn, await visits.access_my_visit(turn.tx, turn.me.viewer, visit_id))


async def ask_when(turn: Turn, row: Visiting) -> None:
    """When did they leave? The buttons are a few times."""
    await turn.say(Notice.VISIT_LEFT, visits_card(turn.me.member.id), visit=row.visit.id)


async def say_when(update: Update, turn: Turn) -> None:
    """`left_at:<visit>:<minutes>`: how long one stayed; 0 is "until now".

    Said on the same day it is a sign-out; later it waits for the social worker.
    """
    visit_id, minutes = turn.numbers(2)
    row = await visits.access_my_visit(turn.tx, turn.me.viewer, visit_id)
    begun = row.visit.signed_in_at
    if begun is None:
        raise Stale
    await turn.show(Notice.VISIT_LEFT, visits_card(turn.me.member.id), visit=row.visit.id)
    if row.visit.signed_out_at is not None:
        return
    until_now = minutes_since(begun, turn.now)
    today = local_day(turn.now, turn.me.zone)
    if minutes > min(until_now, LONGEST) or (minutes == 0 and row.visit.day != today):
        raise Stale
    if row.visit.day == today:
        at = begun + timedelta(minutes=minutes) if minutes else turn.now
        await _gone(turn, row, at, said=minutes != 0)
        return
    await presence.note_unknown(turn.tx, turn.now, row, minutes)
    entry = await hours.find(turn.tx, row.visit.id)
    if entry is None or not await hours.say_end(turn.tx, entry, minutes):
        raise Stale
    await turn.refresh(hours_card(turn.me.member.id))


async def take_place(update: Update, turn: Turn) -> None:
    """A location was shared: kept is whether it is near the building, and nothing else."""
    message = update.message
    shared = message.location if message else None
    await inbox.erase_place(turn.tx, update.update_id)
    row = None
    if turn.person is not None:
        today = local_day(turn.now, turn.me.zone)
        row = await presence.at_the_door(turn.tx, turn.me.viewer, today)
    if shared is None or row is None or row.visit.state is not State.SIGNED_IN:
        await menu.words(update, turn)
        return
    known = await places.map_of(turn.tx, row.elder.community_id)
    building = known.points.get(row.elder.building or "")
    here = Point(shared.latitude, shared.longitude)
    near = nearness(building, here, shared.horizontal_accuracy)
    await presence.set_near(turn.tx, row.visit, near)
    await show_at_the_door(turn, row, f"place:{update.update_id}")


async def show_at_the_door(turn: Turn, row: Visiting, key: str) -> None:
    """Say that something came: in the open question if there is one, else on the visit.

    What comes under the same `key`, such as the rest of an album, only changes that message.
    """
    notice, facts, card = Notice.VISIT, {"visit": row.visit.id}, visits_card(turn.me.member.id)
    draft = await drafts.find(turn.tx, turn.account)
    if draft is not None and draft.form == door.NAME:
        notice, card = Notice.FORM, files_card(row.visit.id)
        facts = {"number": draft.number}
    new = await outbox.post(
        turn.tx,
        turn.now,
        turn.private_to,
        notice,
        facts,
        key=f"{key}:{turn.account}",
        card=card,
        priority=Priority.ANSWER,
    )
    if not new:
        await turn.refresh(card)


PRESSED: dict[str, Any] = {
    "sign_out": sign_out,
    "left_at": say_when,
    "left_at_ask": show_when,
}
