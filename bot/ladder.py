"""The ladder's buttons: going to the door, taking an alert, the all-clear; and what stops it."""

from datetime import date
from typing import Any

from telegram import Update

from bot.lists import refresh_lists
from bot.turn import Turn, number_of
from care.access import Role
from care.calls import Kind, Outcome, is_contact
from care.days import local_day
from care.ladder import BY_HAND, Clear, DoorEnd
from care.ladder import Alert as AlertKind
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import alerts, calls, calming, doors, ladder, members
from storage.alerts import alert_card
from storage.calls import Happened
from storage.calming import Reached
from storage.doors import AtDoor, door_card
from storage.tables import Elder
from storage.week import visits_card


async def written(
    turn: Turn, elder: Elder, outcome: Outcome, day: date | None = None, *, at_door: bool = False
) -> None:
    """A contact or attempt of a local day (today by default) is on record: what it stops or starts.

    Whoever calls this has what shows the elder drawn anew.
    """
    if is_contact(outcome):
        await contacted(turn, elder, day)
    else:
        shut = at_door and outcome is Outcome.NO_ANSWER
        await attempted(turn, elder, shut_on=day if shut else None)
    if outcome is Outcome.EMERGENCY:
        await calming.emergency(turn.tx, turn.now, elder, turn.me.member)


async def contacted(turn: Turn, elder: Elder, day: date | None = None) -> None:
    """A contact is on record: what was set in motion stops, and the others are told."""
    found = local_day(turn.now, turn.me.zone) if day is None else day
    await calming.contacted(turn.tx, turn.now, elder, Reached(turn.me.member.id, found))
    await ladder.note_pressed(turn.tx, turn.now, turn.me.member.id, elder.id)


async def attempted(turn: Turn, elder: Elder, *, shut_on: date | None = None) -> None:
    """Nobody answered: the next look of the heartbeat counts it.

    Whoever went to the door and found it shut has been there, and is not waited for any more.
    """
    me = turn.me.member.id
    await ladder.note_pressed(turn.tx, turn.now, me, elder.id)
    for one in await doors.open_doors(turn.tx, elder.community_id, elder.id):
        if one.door.claimed_by == me and one.door.day == shut_on:
            await doors.end_door(turn.tx, turn.now, one.door, DoorEnd.NOBODY)
        await turn.refresh(door_card(one.door.id))
    for whole in await alerts.open_of(turn.tx, elder.id):
        await turn.refresh(alert_card(whole.alert.id))


async def no_longer_owed(turn: Turn, elder: Elder) -> None:
    """Paused: nobody need look for them any more."""
    await calming.no_longer_owed(turn.tx, turn.now, elder, turn.me.member.id)


async def claim_door(update: Update, turn: Turn) -> None:
    """ "I will go": `door_claim:<door visit>`; the address comes in a message of its own."""
    [door_id] = turn.numbers(1)
    found = await doors.claim_door(turn.tx, turn.now, turn.me.viewer, door_id)
    await ladder.note_pressed(turn.tx, turn.now, turn.me.member.id, found.elder.id)
    await _show_door(turn, found)
    if found.door.assignment_id is not None:
        await turn.say(
            Notice.VISIT_REMINDER, visits_card(turn.me.member.id), day=str(found.door.day)
        )
    await _door_changed(turn, found)


async def _show_door(turn: Turn, found: AtDoor) -> None:
    await turn.show(Notice.DOOR, door_card(found.door.id), door=found.door.id)


async def _door_changed(turn: Turn, found: AtDoor) -> None:
    """The others see it in place; the elder's staff are told by the lists they have open."""
    await turn.refresh(door_card(found.door.id))
    for whole in await alerts.open_of(turn.tx, found.elder.id, AlertKind.SILENT):
        await turn.refresh(alert_card(whole.alert.id))
    await refresh_lists(turn, found.elder)


async def cannot_go(update: Update, turn: Turn) -> None:
    """ "I cannot go": `door_no:<door visit>`; nobody who said no is asked again."""
    [door_id] = turn.numbers(1)
    found = await doors.access_door(turn.tx, turn.me.viewer, door_id)
    await ladder.note_pressed(turn.tx, turn.now, turn.me.member.id, found.elder.id)
    await turn.show(Notice.DOOR, door_card(door_id), door=door_id, declined=True)


async def return_door(update: Update, turn: Turn) -> None:
    """ "I cannot go after all": `door_return:<door visit>`; the others are asked again."""
    [door_id] = turn.numbers(1)
    found = await doors.access_door(turn.tx, turn.me.viewer, door_id)
    me = turn.me.member
    if found.goer is None or found.goer.id != me.id or found.door.ended_at is not None:
        raise Stale
    await doors.give_back(turn.tx, turn.now, found, me)
    await turn.show(Notice.DOOR, door_card(door_id), door=door_id, declined=True)
    await _door_changed(turn, found)


async def take_alert(update: Update, turn: Turn) -> None:
    """ "I am handling it": `alert_take:<alert>`; exactly one owner, and the others see who."""
    [alert_id] = turn.numbers(1)
    whole = await alerts.take(turn.tx, turn.now, turn.me.viewer, alert_id)
    await ladder.note_pressed(turn.tx, turn.now, turn.me.member.id, whole.elder.id)
    await turn.show(Notice.ALERT, alert_card(alert_id), alert=alert_id, day=str(whole.alert.day))
    await turn.refresh(alert_card(alert_id))
    turn.toast(turn.tr("You are handling it. Thank you."))


async def ask_clear(update: Update, turn: Turn) -> None:
    """ "All-clear…": how it ended: `alert_clear:<alert>`."""
    [alert_id] = turn.numbers(1)
    whole = await alerts.access_to_clear(turn.tx, turn.me.viewer, alert_id)
    await turn.show(
        Notice.ALERT, alert_card(alert_id), alert=alert_id, day=str(whole.alert.day), ask="clear"
    )


async def clear_alert(update: Update, turn: Turn) -> None:
    """The all-clear: `alert_cleared:<alert>:<day>:<how>`; who was reached has a contact on record.

    That contact is of the day of the buttons, so one of yesterday is asked for again.
    """
    number, day, word = turn.words(3)
    if word not in BY_HAND or day != str(local_day(turn.now, turn.me.zone)):
        raise Stale
    whole = await alerts.access_to_clear(turn.tx, turn.me.viewer, number_of(number))
    how = Clear(word)
    alert, elder = whole.alert, whole.elder
    await turn.show(Notice.ALERT, alert_card(alert.id), alert=alert.id, day=str(alert.day))
    if not await calming.all_clear(turn.tx, turn.now, alert, how, turn.me.member.id):
        raise Stale
    await ladder.note_pressed(turn.tx, turn.now, turn.me.member.id, elder.id)
    if how is Clear.REACHED and turn.me.viewer.staff:
        await _write_contact(turn, elder, alert.id)
    turn.toast(turn.tr("All-clear. Everybody who was told hears of it."))
    if how in {Clear.HOSPITAL, Clear.WITH_FAMILY} and turn.me.viewer.staff:
        await offer_pause(turn, elder)


async def _write_contact(turn: Turn, elder: Elder, alert_id: int) -> None:
    today = local_day(turn.now, turn.me.zone)
    what = Happened(
        Kind.CALL, Outcome.FINE, turn.me.member.id, today, turn.now, f"alert:{alert_id}"
    )
    if await calls.record(turn.tx, turn.now, elder, what):
        await written(turn, elder, Outcome.FINE)
        await refresh_lists(turn, elder)


async def offer_pause(turn: Turn, elder: Elder) -> None:
    """In hospital, or with family: a pause is one tap away."""
    await turn.say(Notice.PAUSE_OFFER, elder=elder.id)


async def family_reached(update: Update, turn: Turn) -> None:
    """The family says that they have reached them: `alert_reached:<alert>`; staff still call."""
    [alert_id] = turn.numbers(1)
    whole = await alerts.access_alert(turn.tx, turn.me.viewer, alert_id)
    if Role.FAMILY not in turn.me.roles:
        raise NotYours
    if whole.alert.closed_at is not None:
        raise Stale
    await ladder.note_pressed(turn.tx, turn.now, turn.me.member.id, whole.elder.id)
    told = {one.id: one for one in await alerts.leaders(turn.tx, turn.now, whole.elder)}
    if whole.owner is not None:
        told[whole.owner.id] = whole.owner
    for one in await alerts.keepers_of(turn.tx, turn.now, whole.elder):
        told[one.id] = one
    for one in told.values():
        await turn.tell(
            members.to_of(one),
            Notice.FAMILY_REACHED,
            key=f"family_reached:{alert_id}:{turn.me.member.id}:{one.id}",
            alert=alert_id,
            by=turn.me.member.id,
        )
    turn.toast(turn.tr("Thank you! The station has been told and will call."), alert=True)


async def show_alert(update: Update, turn: Turn) -> None:
    """Back to the alert: `alert_back:<alert>`."""
    [alert_id] = turn.numbers(1)
    whole = await alerts.access_alert(turn.tx, turn.me.viewer, alert_id)
    await turn.show(Notice.ALERT, alert_card(alert_id), alert=alert_id, day=str(whole.alert.day))


PRESSED: dict[str, Any] = {
    "alert_back": show_alert,
    "door_claim": claim_door,
    "door_no": cannot_go,
    "door_return": return_door,
    "alert_take": take_alert,
    "alert_clear": ask_clear,
    "alert_cleared": clear_alert,
    "alert_reached": family_reached,
}
