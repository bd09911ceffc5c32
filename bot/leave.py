"""Leave: a volunteer is away for some days; the visits of these days are free again."""

from datetime import date, timedelta
from typing import Annotated, Any

from markupsafe import Markup
from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError
from telegram import Update

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.turn import Turn
from bot.week import refresh_visit, tell_keepers
from care.access import Role
from care.days import WEEK, local_day, week_of
from care.leave import absence
from care.notices import Notice
from care.refusals import NotYours
from care.visits import PLANNED, CannotCome, State
from storage import leave, visits

A_LEAP_YEAR = date(2000, 1, 1)


def _two_days(text: str) -> str:
    """Whether these are two days at all; whether they are past is asked when today is known."""
    try:
        absence(text, A_LEAP_YEAR)
    except ValueError:
        raise PydanticCustomError("date_range", "two days") from None
    return text


class Away(BaseModel):
    """From when to when."""

    days: Annotated[str, AfterValidator(_two_days)]


async def _ask_days(filling: Filling) -> Markup:
    return filling.tr("When are you away? Press a button, or write two days like 4-12 4-15.")


async def _spans(filling: Filling) -> list[Option]:
    if filling.person is None:
        return []
    tr, today = filling.tr, local_day(filling.now, filling.person.zone)
    monday = week_of(today)
    sunday = monday + timedelta(days=6)
    spans = (
        (tr("Only today"), today, today),
        (tr("Until Sunday, {day}", day=tr.day(sunday)), today, sunday),
        (tr("All of next week"), monday + WEEK, sunday + WEEK),
    )
    return [Option(f"{first} {last}", label.unescape()) for label, first, last in spans]


FORM = "leave"


async def ask(update: Update, turn: Turn) -> None:
    """`/leave`."""
    if Role.VOLUNTEER not in turn.me.roles:
        raise NotYours
    await forms.begin(turn, forms.FORMS.by_name[FORM])


async def _done(turn: Turn, said: Away, _answers: dict[str, Any]) -> None:
    if Role.VOLUNTEER not in turn.me.roles:
        raise NotYours
    try:
        first, last = absence(said.days, local_day(turn.now, turn.me.zone))
    except ValueError:
        await forms.begin(turn, forms.FORMS.by_name[FORM], _error=["date_range", {}])
        return
    await leave.add(turn.tx, turn.now, turn.me.member, first, last)
    days = {"first": turn.tr.day(first), "last": turn.tr.day(last)}
    await turn.show(Notice.PLAIN, say="leave_noted", **days)
    await free(turn, first, last, CannotCome.AWAY, leave=[str(first), str(last)])


async def free(turn: Turn, first: date, last: date, reason: str, **facts: Any) -> None:
    """The visits of these days need somebody else; the social worker hears of all at once."""
    freed = [
        row
        for row in await visits.of_volunteer(turn.tx, turn.me.viewer, first, last)
        if row.visit.state in PLANNED
    ]
    for row in freed:
        await visits.move(turn.tx, row.visit, PLANNED, State.DECLINED, reason=str(reason))
        await refresh_visit(turn, row)
    await tell_keepers(turn, freed, **facts)


forms.FORMS.add(
    Form(
        FORM,
        Away,
        (Question("days", _ask_days, options=_spans, write=True),),
        done=_done,
        title=lambda tr: tr("I am away"),
    )
)
