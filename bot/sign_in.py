"""At the door: signing in, once, and the form that opens then."""

from typing import Any

from telegram import Update

from bot import door, presence, visits
from bot.contacts import today_of
from bot.turn import Turn
from bot.week import refresh_visit
from care.notices import Notice
from care.refusals import Stale
from care.visits import PLANNED, State, can_begin
from storage import drafts
from storage import presence as presences
from storage import visits as records
from storage.tables import Assignment
from storage.visits import Visiting

SOMEBODY_ELSE = frozenset({State.DONE, State.DROPPED})


async def sign_in(update: Update, turn: Turn) -> None:
    """At the door; or the day after: "I did visit". Then the short form, in its own message."""
    row = await visits.mine(turn)
    today = today_of(turn)
    if row.visit.state is not State.SIGNED_IN:
        if row.visit.day == today and row.visit.state in SOMEBODY_ELSE:
            # They stand at the door: they read who is there, and can write down that they came.
            await visits.show_visit(turn, row)
            return
        if not can_begin(row.visit.state, row.visit.day, today):
            raise Stale
        other = await presences.elsewhere(turn.tx, turn.me.viewer, row.visit)
        if other is not None and row.visit.day == today:
            await visits.show_visit(turn, row, elsewhere=other.visit.id)
            return
        await _sign_in(turn, row)
    await _begin_report(turn, row)


async def _sign_in(turn: Turn, row: Visiting) -> None:
    # A visit told of the day after has no sign-in: nobody saw when it began.
    at = turn.now if row.visit.day == today_of(turn) else None
    await records.move(turn.tx, row.visit, PLANNED, State.SIGNED_IN, signed_in_at=at)
    await refresh_visit(turn, row)


async def sign_over(update: Update, turn: Turn) -> None:
    """`sign_over:<visit>:<the one before>`: gone from there, here now; both are kept."""
    here, there = turn.numbers(2)
    row = await records.access_my_visit(turn.tx, turn.me.viewer, here)
    before = await records.access_my_visit(turn.tx, turn.me.viewer, there)
    if not can_begin(row.visit.state, row.visit.day, today_of(turn)):
        raise Stale
    if before.visit.state is State.SIGNED_IN and not await presence.depart(turn, before):
        await presence.ask_when(turn, before)
    await _sign_in(turn, row)
    await _begin_report(turn, row)


async def report(update: Update, turn: Turn) -> None:
    """The form once more, after it was stopped."""
    row = await visits.mine(turn)
    if row.visit.state is not State.SIGNED_IN:
        raise Stale
    await _begin_report(turn, row)


async def _begin_report(turn: Turn, row: Visiting) -> None:
    """Open the form; a second tap leaves the one that is open as it is."""
    if await door.is_open(turn, row.visit.id):
        return
    form = door.NAME
    me = turn.me.member
    await _keep_begun(turn)
    answers = (row.visit.begun or {}) | {"visit": row.visit.id}
    draft = await drafts.begin(
        turn.tx, turn.now, turn.account, form, answers, member=me.id, community=me.community_id
    )
    await turn.say(Notice.FORM, number=draft.number)


async def _keep_begun(turn: Turn) -> None:
    """A form about another visit that is half answered goes on later where it was."""
    draft = await drafts.find(turn.tx, turn.account)
    if draft is not None and draft.form == door.NAME:
        other = await turn.tx.get(Assignment, draft.answers["visit"])
        if other is not None and other.volunteer_id == turn.me.member.id:
            other.begun = draft.answers
            await turn.tx.flush()


PRESSED: dict[str, Any] = {"sign_in": sign_in, "sign_over": sign_over, "report": report}
