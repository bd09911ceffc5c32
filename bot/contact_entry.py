"""A contact of the past, written down now: which day, about when, what came of it, by whom."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot import forms
from bot.contacts import asking, history, today_of, written
from bot.forms import Filling, Form, Option, Question
from bot.screens.contacts import kind_choice, part_name
from bot.screens.words import outcome_name, reason_name
from bot.turn import Turn
from care import contacts as rules
from care.access import Right
from care.calls import Kind, Outcome, Reason
from care.contacts import PartOfDay
from care.days import local_day
from care.refusals import NotYours, Stale
from care.typed import one_day
from storage import calls, contacts, elders, pairings
from storage.calls import Happened
from storage.tables import Elder, Member

A_LEAP_YEAR = date(2000, 1, 1)


def _a_day(text: str) -> str:
    """Whether this is a day at all; whether it is open is asked when today is known."""
    try:
        one_day(text, A_LEAP_YEAR)
    except ValueError:
        raise PydanticCustomError("past_day", "a day") from None
    return text


Day = Annotated[str, AfterValidator(_a_day)]


class Entered(BaseModel):
    """A contact or attempt of the past."""

    elder: int
    day: Day
    part: PartOfDay
    kind: Kind
    outcome: Outcome
    reason: Reason | None = None
    by: int | None = None
    remark: str | None = Field(default=None, max_length=1000)


def _today(filling: Filling) -> date:
    if filling.person is None:
        raise NotYours
    return local_day(filling.now, filling.person.zone)


async def _days(filling: Filling) -> list[Option]:
    if filling.person is None:
        raise NotYours
    tr, today = filling.tr, _today(filling)
    named = (tr("today"), tr("yesterday"))
    days = rules.open_days(today, filling.person.settings.late_entries_until)
    return [
        Option(str(day), named[back].unescape() if back < len(named) else tr.day(day))
        for day in days
        for back in [(today - day).days]
    ]


async def _parts(filling: Filling) -> list[Option]:
    if filling.person is None:
        raise NotYours
    day = one_day(filling.answers["day"], _today(filling))
    found = rules.begun(day, filling.now, filling.person.zone) or list(PartOfDay)
    return [Option(one, part_name(filling.tr, one).unescape()) for one in found]


async def _kinds(filling: Filling) -> list[Option]:
    return [Option(one, kind_choice(filling.tr, one).unescape()) for one in Kind]


async def _outcomes(filling: Filling) -> list[Option]:
    return [Option(one, outcome_name(filling.tr, one).unescape()) for one in Outcome]


async def _reasons(filling: Filling) -> list[Option]:
    return [Option(one, reason_name(filling.tr, one).unescape()) for one in Reason]


async def _people(filling: Filling) -> list[Option]:
    if filling.person is None:
        raise NotYours
    tr, me = filling.tr, filling.person.member
    elder = await filling.tx.get_one(Elder, filling.answers["elder"])
    others = [one for one in await _volunteers(filling.tx, elder) if one.id != me.id]
    return [Option(str(me.id), tr("I did").unescape())] + [
        Option(str(one.id), one.name) for one in others
    ]


async def _volunteers(tx: AsyncSession, elder: Elder) -> list[Member]:
    """The volunteers of the elder's pairings, each once."""
    found = {
        one.id: one for whole in await pairings.of_elder(tx, elder) for one in whole.volunteers
    }
    return list(found.values())


def _not_possible(answers: dict[str, Any]) -> bool:
    return answers.get("outcome") == Outcome.NOT_POSSIBLE


DAY = Question(
    "day",
    asking(lambda tr: tr("Which day was it? Press a button, or write it: 4-7.")),
    _days,
    write=True,
    columns=2,
)
OUTCOME = Question(
    "outcome",
    asking(lambda tr: tr("What came of it?")),
    _outcomes,
)
REASON = Question(
    "reason",
    asking(lambda tr: tr("Why was it not possible?")),
    _reasons,
    when=_not_possible,
)


async def enter(update: Update, turn: Turn) -> None:
    """`contact_new:<elder>`: a contact of the past, written down now."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.LOG_CALL)
    others = {one.id for one in await _volunteers(turn.tx, elder)} - {turn.me.member.id}
    await forms.begin(turn, ENTER, elder=elder.id, others=bool(others))


async def _entered(turn: Turn, said: Entered, answers: dict[str, Any]) -> None:
    elder = await elders.access_elder(turn.tx, turn.me.viewer, said.elder, Right.LOG_CALL)
    me = turn.me.member.id
    by = said.by or me
    if by not in {me, *(one.id for one in await _volunteers(turn.tx, elder))}:
        raise NotYours
    day = open_day(turn, said.day)
    if day is None:
        answers.pop("day")
        await forms.begin(turn, ENTER, **answers, _error=["past_day", {}])
        return
    key = f"late:{elder.id}:{me}:{turn.now:%Y%m%d%H%M%S%f}"
    at = rules.about(day, said.part, turn.now, turn.me.zone)
    what = Happened(
        said.kind, said.outcome, by, day, at, key, said.reason, said.remark,
        entered_by=None if by == me else me,
    )  # fmt: skip
    if not await calls.record(turn.tx, turn.now, elder, what):
        raise Stale
    await history(turn, elder.id)
    await written(turn, elder, await contacts.by_key(turn.tx, elder.community_id, key))


def open_day(turn: Turn, text: str) -> date | None:
    """The day that was pressed or typed; None when it is closed, or has not come yet."""
    try:
        return rules.past_day(text, today_of(turn), turn.me.settings.late_entries_until)
    except ValueError:
        return None


ENTER = Form(
    "contact_new",
    Entered,
    (
        Question("kind", asking(lambda tr: tr("What was it?")), _kinds, columns=2),
        DAY,
        Question("part", asking(lambda tr: tr("About when?")), _parts, columns=3),
        OUTCOME,
        REASON,
        Question(
            "by",
            asking(lambda tr: tr("Who did it?")),
            _people,
            when=lambda answers: bool(answers.get("others")),
        ),
        Question(
            "remark",
            asking(lambda tr: tr("Is there anything to remark? Please write it.")),
            write=True,
            skip=lambda tr: tr("Nothing to add, finish").unescape(),
        ),
    ),
    done=_entered,
    title=lambda tr: tr("A contact of the past"),
)


forms.FORMS.add(ENTER)

PRESSED: dict[str, Any] = {"contact_new": enter}
