"""A volunteer's visits: yes or no, sign in, the short report, or why it was not possible."""

from datetime import date, datetime, time, timedelta
from typing import Any

from telegram import Update

from bot import door, leave, presence, week
from bot.contacts import written
from bot.door import AtTheDoor
from bot.turn import Turn
from bot.week import refresh_visit, tell_keepers
from care.access import Role
from care.calls import Kind, Outcome, Reason
from care.days import WEEK, HalfDay, local_day, moment
from care.notices import Notice
from care.refusals import NotYours, Stale
from care.visits import (
    PLANNED,
    CannotCome,
    NotVisited,
    Report,
    State,
    answerable,
    can_report,
)
from storage import calls, contacts, drafts, visit_files, visits
from storage.calls import Happened
from storage.tables import Standing
from storage.visits import Visiting
from storage.week import visits_card

ask_leave = leave.ask
show_week = week.show
AT_THE_DOOR = frozenset({State.SIGNED_IN})
USUAL = {HalfDay.AM: time(10), HalfDay.PM: time(15)}


async def show_mine(update: Update, turn: Turn) -> None:
    """`/visits`."""
    await _list(turn)


async def _list(turn: Turn, **facts: Any) -> None:
    if Role.VOLUNTEER not in turn.me.roles:
        raise NotYours
    await turn.show(Notice.VISITS, visits_card(turn.me.member.id), **facts)


async def show_one(update: Update, turn: Turn) -> None:
    """One visit: `visit:<visit>`."""
    await show_visit(turn, await mine(turn))


async def mine(turn: Turn) -> Visiting:
    """The visit that a button names, if it is the volunteer's own."""
    [visit_id] = turn.numbers(1)
    return await visits.access_my_visit(turn.tx, turn.me.viewer, visit_id)


def _today(turn: Turn) -> date:
    return local_day(turn.now, turn.me.zone)


async def show_visit(turn: Turn, row: Visiting, **facts: Any) -> None:
    """Show the visit; beside the reminder and never over it, for the address stands there."""
    standing = await turn.tx.get(Standing, (turn.here.chat, turn.pressed or 0))
    beside = standing is not None and standing.notice is Notice.VISIT_REMINDER
    show = turn.say if beside else turn.show
    await show(Notice.VISIT, visits_card(turn.me.member.id), visit=row.visit.id, **facts)


async def accept_all(update: Update, turn: Turn) -> None:
    """ "I can come to all": `visits_yes:<week or ->:<how many were asked about>`."""
    monday, count = turn.words(2)
    today = _today(turn)
    try:
        first = today if monday == "-" else date.fromisoformat(monday)
    except ValueError:
        raise Stale from None
    last = first + (2 * WEEK if monday == "-" else WEEK) - timedelta(days=1)
    rows = [
        row
        for row in await visits.of_volunteer(turn.tx, turn.me.viewer, first, last)
        if row.visit.state is State.OFFERED and row.visit.day >= today
    ]
    await _list(turn, **({} if monday == "-" else {"week": monday}))
    if rows and str(len(rows)) != count:
        raise Stale
    for row in rows:
        await visits.move(turn.tx, row.visit, visits.OFFERED, State.ACCEPTED)
        await refresh_visit(turn, row)
    turn.toast(turn.tr("Thank you! The social worker sees it."))


async def accept(update: Update, turn: Turn) -> None:
    """ "I can come"."""
    row = await mine(turn)
    if not answerable(row.visit.state, row.visit.day, _today(turn)):
        raise Stale
    await show_visit(turn, row)
    if row.visit.state is State.OFFERED:
        await visits.move(turn.tx, row.visit, visits.OFFERED, State.ACCEPTED)
        await refresh_visit(turn, row)
    turn.toast(turn.tr("Thank you! The social worker sees it."))


async def ask_why_cannot(update: Update, turn: Turn) -> None:
    """ "I cannot come…": the reasons."""
    row = await mine(turn)
    if not answerable(row.visit.state, row.visit.day, _today(turn)):
        raise Stale
    await show_visit(turn, row, cannot=True)


async def decline(update: Update, turn: Turn) -> None:
    """ "I cannot come", with the reason: `visit_no:<visit>:<reason>`; the social worker is told."""
    number, why = turn.words(2)
    try:
        reason = CannotCome(why)
        row = await visits.access_my_visit(turn.tx, turn.me.viewer, int(number))
    except ValueError:
        raise Stale from None
    await turn.show(Notice.VISIT, visits_card(turn.me.member.id), visit=row.visit.id)
    if row.visit.state is State.DECLINED:
        return
    if not answerable(row.visit.state, row.visit.day, _today(turn)):
        raise Stale
    await visits.move(turn.tx, row.visit, PLANNED, State.DECLINED, reason=str(reason))
    await turn.plan_anew(given_back=True)
    await refresh_visit(turn, row)
    await tell_keepers(turn, [row])
    turn.toast(turn.tr("Noted. The social worker has been told."))


async def show_why(update: Update, turn: Turn) -> None:
    """ "Why me?": the real reasons, `visit_me:<visit>`."""
    await show_visit(turn, await mine(turn), why=True)


async def show_where(update: Update, turn: Turn) -> None:
    """Address and phone, in a message of its own that cannot be forwarded."""
    row = await mine(turn)
    today = _today(turn)
    if row.visit.day != today:
        raise Stale
    card = visits_card(turn.me.member.id)
    await turn.say(Notice.VISIT_REMINDER, card, day=str(today))


async def reported(turn: Turn, said: AtTheDoor, _answers: dict[str, Any]) -> None:
    """The form is filled in: the volunteer signs out, and the contact is on record."""
    row = await visits.access_my_visit(turn.tx, turn.me.viewer, said.visit)
    found = said.report
    if found is None:
        await _not_possible(turn, row, said.reason or NotVisited.OTHER)
        return
    outcome = Outcome.FOLLOW_UP if found.worrying else Outcome.FINE
    await turn.show(Notice.VISIT, visits_card(turn.me.member.id), visit=row.visit.id)
    await visits.move(
        turn.tx,
        row.visit,
        AT_THE_DOOR,
        State.DONE,
        report=found.model_dump(mode="json"),
        begun=None,
    )
    if not await presence.depart(turn, row) and row.visit.day == _today(turn):
        await presence.ask_when(turn, row)
    await record(turn, row, outcome, remark=found.remark)
    await tell_what_was_found(turn, row, found)


async def tell_what_was_found(turn: Turn, row: Visiting, found: Report) -> None:
    """Whoever looks after the elder hears at once of what is worrying, or needed."""
    if found.worrying or found.needs:
        await week.tell_concern(turn, row)
    if found.worrying:
        await visit_files.tell_keepers(turn.tx, turn.now, row, _today(turn))


async def record(
    turn: Turn,
    row: Visiting,
    outcome: Outcome,
    *,
    reason: Reason | None = None,
    remark: str | None = None,
    at: datetime | None = None,
) -> None:
    """The visit enters the contact log, once; everything that shows it follows."""
    what = Happened(
        Kind.VISIT,
        outcome,
        turn.me.member.id,
        row.visit.day,
        at or _happened_at(turn, row),
        f"visit:{row.visit.id}",
        reason=reason,
        remark=remark,
    )
    await calls.record(turn.tx, turn.now, row.elder, what)
    await refresh_visit(turn, row)
    found = await contacts.by_key(turn.tx, row.elder.community_id, what.key)
    await written(turn, row.elder, found)


def _happened_at(turn: Turn, row: Visiting) -> datetime:
    """When the visit was: at the sign-in, or about the time it was planned for."""
    if row.visit.signed_in_at is not None:
        return row.visit.signed_in_at
    return min(turn.now, moment(row.visit.day, USUAL[row.visit.half], turn.me.zone))


async def ask_why_not(update: Update, turn: Turn) -> None:
    """ "Could not visit, because…": the reasons."""
    row = await mine(turn)
    if not can_report(row.visit.state, row.visit.day, _today(turn)):
        raise Stale
    await show_visit(turn, row, why_not=True)


async def not_possible(update: Update, turn: Turn) -> None:
    """ "Could not visit", with the reason: `visit_not:<visit>:<reason>`."""
    number, why = turn.words(2)
    try:
        reason = NotVisited(why)
        row = await visits.access_my_visit(turn.tx, turn.me.viewer, int(number))
    except ValueError:
        raise Stale from None
    if row.visit.state is State.NOT_POSSIBLE:
        return
    if not can_report(row.visit.state, row.visit.day, _today(turn)):
        raise Stale
    await _not_possible(turn, row, reason)


async def _not_possible(turn: Turn, row: Visiting, reason: NotVisited) -> None:
    """An attempt is on record, which is not a contact; the social worker is told."""
    await turn.show(Notice.VISIT, visits_card(turn.me.member.id), visit=row.visit.id)
    allowed = PLANNED | AT_THE_DOOR
    await visits.move(turn.tx, row.visit, allowed, State.NOT_POSSIBLE, reason=str(reason))
    if await door.is_open(turn, row.visit.id):
        await drafts.end(turn.tx, turn.account)
    # Who went and stood before a closed door gave their time all the same.
    await presence.depart(turn, row)
    await record(turn, row, reason.outcome, reason=reason.reason)
    await tell_keepers(turn, [row])


door.register(reported)

PRESSED: dict[str, Any] = {
    "visit": show_one,
    "visits_yes": accept_all,
    "visit_yes": accept,
    "visit_cannot": ask_why_cannot,
    "visit_no": decline,
    "visit_where": show_where,
    "visit_me": show_why,
    "visit_why": ask_why_not,
    "visit_not": not_possible,
    **week.PRESSED,
}
