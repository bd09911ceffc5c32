"""Leave: who is away, what becomes of their visits, and who stands in for a social worker."""

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel
from pydantic_core import PydanticCustomError
from telegram import Update

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.screens.leave import leave_card
from bot.turn import Turn
from bot.week import refresh_visit, tell_keepers
from care.access import Role
from care.days import WEEK, local_day, week_of
from care.leave import absence
from care.notices import Notice
from care.refusals import NotYours
from care.visits import PLANNED, State
from storage import leave, members, visits
from storage.call_list import list_card
from storage.tables import Leave, Member
from storage.week import ON_LEAVE

MAY = frozenset({Role.VOLUNTEER, Role.SOCIAL_WORKER})
SUPERVISOR = "0"


class Away(BaseModel):
    """From when to when, and who stands in."""

    days: str
    deputy: int | None = None


async def _ask_days(filling: Filling) -> Markup:
    return filling.tr("When are you away? Press a button, or write two days like 4-12 4-15.")


def _today_of(filling: Filling) -> date:
    if filling.person is None:
        raise NotYours
    return local_day(filling.now, filling.person.zone)


async def _spans(filling: Filling) -> list[Option]:
    tr, today = filling.tr, _today_of(filling)
    monday = week_of(today)
    sunday = monday + timedelta(days=6)
    spans = (
        (tr("Only today"), today, today),
        (tr("Until Sunday, {day}", day=tr.day(sunday)), today, sunday),
        (tr("All of next week"), monday + WEEK, sunday + WEEK),
    )
    return [Option(f"{first} {last}", label.unescape()) for label, first, last in spans]


def _read_days(filling: Filling, text: str) -> str:
    try:
        first, last = absence(text, _today_of(filling))
    except ValueError:
        raise PydanticCustomError("date_range", "two days") from None
    return f"{first} {last}"


def _two(days: str) -> tuple[date, date]:
    first, last = days.split()
    return date.fromisoformat(first), date.fromisoformat(last)


async def _ask_deputy(filling: Filling) -> Markup:
    return filling.tr("Who stands in for you? They get your call list on these days.")


async def _deputies(filling: Filling) -> list[Option]:
    """The other social workers who are there, and the supervisor."""
    found = [Option(str(one.id), one.name) for one in await _can_stand_in(filling)]
    return [*found, Option(SUPERVISOR, filling.tr("The supervisor").unescape())]


async def _can_stand_in(filling: Filling) -> list[Member]:
    person = filling.person
    if person is None:
        return []
    tx, station = filling.tx, person.community.id
    away = await leave.away_between(tx, station, *_two(filling.answers["days"]))
    return [
        one
        for one in await members.with_role(tx, station, Role.SOCIAL_WORKER)
        if one.id != person.member.id and one.id not in away and members.reachable(one)
    ]


async def ask(update: Update, turn: Turn) -> None:
    """`/leave`: what is entered already; else the question at once."""
    if not MAY & turn.me.roles:
        raise NotYours
    today = local_day(turn.now, turn.me.zone)
    if await leave.of_member(turn.tx, turn.me.viewer, today):
        await turn.show(Notice.AWAY)
    else:
        await _begin(turn)


async def ask_more(update: Update, turn: Turn) -> None:
    """`leave_more`: another absence."""
    if not MAY & turn.me.roles:
        raise NotYours
    await _begin(turn)


async def _begin(turn: Turn) -> None:
    await forms.begin(turn, AWAY, leads=Role.SOCIAL_WORKER in turn.me.roles)


async def _done(turn: Turn, said: Away, _answers: dict[str, Any]) -> None:
    if not MAY & turn.me.roles:
        raise NotYours
    first, last = _two(said.days)
    deputy = await _deputy(turn, said)
    deputy_id = deputy.id if deputy is not None else None
    row = await leave.add(turn.tx, turn.now, turn.me.member, first, last, deputy_id)
    days = {"first": str(first), "last": str(last)}
    await members.audit(turn.tx, turn.now, turn.me.viewer, "leave", f"leave:{row.id}", **days)
    if Role.SOCIAL_WORKER in turn.me.roles:
        await turn.show(Notice.AWAY)
        await _tell_stand_ins(turn, row, deputy)
        await _refresh_lists(turn)
    else:
        said_days = {"first": turn.tr.day(first), "last": turn.tr.day(last)}
        await turn.show(Notice.PLAIN, say="leave_noted", **said_days)
    if Role.VOLUNTEER in turn.me.roles:
        await free(turn, first, last, ON_LEAVE, leave=[str(first), str(last)])


async def _deputy(turn: Turn, said: Away) -> Member | None:
    """The colleague who was chosen, as far as they can stand in still.

    Raises:
        NotYours: no social worker of this station.
    """
    if not said.deputy or Role.SOCIAL_WORKER not in turn.me.roles:
        return None
    colleagues = await members.with_role(turn.tx, turn.me.community.id, Role.SOCIAL_WORKER)
    for one in colleagues:
        if one.id == said.deputy and one.id != turn.me.member.id:
            return one
    raise NotYours


async def _tell_stand_ins(turn: Turn, row: Leave, deputy: Member | None) -> None:
    """The deputy; without one, the supervisors."""
    told = [deputy]
    if deputy is None:
        told = [*await members.with_role(turn.tx, turn.me.community.id, Role.SUPERVISOR)]
    for one in told:
        if one is not None and one.id != turn.me.member.id:
            await turn.tell(
                members.to_of(one),
                Notice.DEPUTY,
                key=f"deputy:{row.id}:{one.id}",
                card=leave_card(row.id),
                leave=row.id,
            )


async def _refresh_lists(turn: Turn) -> None:
    """Whom somebody owes a call today may have changed, for everybody."""
    today = local_day(turn.now, turn.me.zone)
    staff = await members.with_role(
        turn.tx, turn.me.community.id, Role.SOCIAL_WORKER, Role.SUPERVISOR
    )
    await turn.refresh(*(list_card(one.id, today) for one in staff))


async def end(update: Update, turn: Turn) -> None:
    """ "I am back": `leave_end:<leave>`; what is left of the absence is taken away."""
    [number] = turn.numbers(1)
    row = await leave.access_leave(turn.tx, turn.me.viewer, number)
    await turn.show(Notice.AWAY)
    await leave.end(turn.tx, row, local_day(turn.now, turn.me.zone))
    target = f"leave:{row.id}"
    await members.audit(turn.tx, turn.now, turn.me.viewer, "leave_ended", target)
    await turn.plan_anew()
    await turn.refresh(leave_card(row.id))
    await _refresh_lists(turn)
    turn.toast(turn.tr("Welcome back!"))


async def free(turn: Turn, first: date, last: date, reason: str, **facts: Any) -> None:
    """The visits of these days need somebody else; the social worker hears of all at once."""
    freed = [
        row
        for row in await visits.of_volunteer(turn.tx, turn.me.viewer, first, last)
        if row.visit.state in PLANNED
    ]
    for row in freed:
        await visits.move(turn.tx, row.visit, PLANNED, State.DECLINED, reason=reason)
        await refresh_visit(turn, row)
    if freed:
        await turn.plan_anew(given_back=True)
    await tell_keepers(turn, freed, **facts)


AWAY = Form(
    "leave",
    Away,
    (
        Question("days", _ask_days, options=_spans, write=True, read=_read_days),
        Question(
            "deputy",
            _ask_deputy,
            options=_deputies,
            when=lambda answers: bool(answers.get("leads")),
            columns=2,
        ),
    ),
    done=_done,
    title=lambda tr: tr("I am away"),
)
forms.FORMS.add(AWAY)

PRESSED = {"leave_more": ask_more, "leave_end": end}
