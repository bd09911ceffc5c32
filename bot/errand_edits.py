"""Changing an errand in chat: one thing at a time, with a reason; whoever has it in hand hears."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field
from pydantic_core import PydanticCustomError
from telegram import Update

from bot import forms
from bot.errand_asking import PHOTO, day_options, due, meeting_questions
from bot.forms import Filling, Form, Option, Question
from bot.screens.words import edit_reason, payer_name
from bot.turn import Turn, number_of
from bot.visit_time import TimeOfDay
from care.days import local_day
from care.errand_money import MOST_FEN, WrongSum, read_yuan
from care.errands import Payer, Step
from care.notices import Notice
from care.refusals import Stale
from storage import errand_edits, errand_offers, errands
from storage.errand_offers import errand_card

REASONS = ("slip", "changed")


class Thing(StrEnum):
    """What can be changed in chat."""

    WHAT = "what"
    BY_WHEN = "by_when"
    BUDGET = "budget"
    PAYER = "payer"
    PHOTO = "photo"


class Edited(BaseModel):
    """One new value, and why.

    `after` is the day from which the days are counted; `meets` of an escort, which has a time too.
    """

    errand: int
    thing: Thing
    after: date
    meets: bool = False
    what: str | None = Field(default=None, min_length=1, max_length=500)
    days: int | None = Field(default=None, ge=0, le=180)
    clock: TimeOfDay | None = None
    fen: int | None = Field(default=None, ge=0, le=MOST_FEN)
    payer: Payer | None = None
    photo: str | None = Field(default=None, max_length=200)
    reason: str = Field(min_length=1, max_length=200)


async def _ask_what(filling: Filling) -> Markup:
    return filling.tr("What exactly? Please write it, e.g. “blood-pressure pills, one box”.")


async def _ask_days(filling: Filling) -> Markup:
    return filling.tr("By when?")


async def _ask_budget(filling: Filling) -> Markup:
    return filling.tr("How much may it cost, in yuan? E.g. 50")


def _read_budget(_filling: Filling, text: str) -> str:
    try:
        return str(read_yuan(text))
    except WrongSum:
        raise PydanticCustomError("no_sum", "a sum like 35.60") from None


async def _ask_payer(filling: Filling) -> Markup:
    return filling.tr("Who pays?")


async def _payers(filling: Filling) -> list[Option]:
    return [Option(one, payer_name(filling.tr, one).unescape()) for one in Payer]


async def _ask_photo(filling: Filling) -> Markup:
    return filling.tr("Please send the photo. It takes the place of the one before.")


async def _ask_reason(filling: Filling) -> Markup:
    return filling.tr("Why is it changed? Press a button, or write it.")


async def _reasons(filling: Filling) -> list[Option]:
    return [Option(one, edit_reason(filling.tr, one).unescape()) for one in REASONS]


async def _edited(turn: Turn, said: Edited, _answers: dict[str, Any]) -> None:
    whole, _ = await errands.access_step(turn.tx, turn.me.viewer, said.errand, Step.EDIT)
    me = turn.me.member
    names = await errand_edits.edit(
        turn.tx, turn.now, whole, me.id, said.reason, **_values(turn, said)
    )
    await turn.show(Notice.ERRAND, errand_card(said.errand), errand=said.errand)
    if not names:
        return
    await turn.refresh(errand_card(said.errand))
    told = {one.id for one in await errand_offers.keepers(turn.tx, turn.now, whole)}
    if whole.claimer is not None:
        told.add(whole.claimer.id)
    for member_id in sorted(told):
        await errand_offers.tell(turn.tx, turn.now, member_id, whole.errand, "edited", me)


def _values(turn: Turn, said: Edited) -> dict[str, Any]:
    """The new value under the name of its column.

    Raises:
        Stale: a form that was begun for something else.
    """
    match said:
        case Edited(thing=Thing.WHAT, what=str(what)):
            return {"what": what}
        case Edited(thing=Thing.BUDGET, fen=int(fen)):
            return {"budget_fen": fen}
        case Edited(thing=Thing.PAYER, payer=Payer() as payer):
            return {"payer": payer}
        case Edited(thing=Thing.BY_WHEN, days=int(days)):
            by_when, meet_at = due(turn, said.after + timedelta(days=days), said.clock)
            return {"by_when": by_when, "meet_at": meet_at}
        case Edited(thing=Thing.PHOTO):
            return {"photo": said.photo}
    raise Stale


FORM = Form(
    "errand_edit",
    Edited,
    (
        Question("what", _ask_what, write=True, when=lambda said: said["thing"] == Thing.WHAT),
        Question(
            "days",
            _ask_days,
            options=day_options,
            columns=2,
            when=lambda said: said["thing"] == Thing.BY_WHEN and not said["meets"],
        ),
        *meeting_questions(lambda said: said["thing"] == Thing.BY_WHEN and said["meets"]),
        Question(
            "fen",
            _ask_budget,
            write=True,
            read=_read_budget,
            when=lambda said: said["thing"] == Thing.BUDGET,
        ),
        Question(
            "payer",
            _ask_payer,
            options=_payers,
            columns=2,
            when=lambda said: said["thing"] == Thing.PAYER,
        ),
        Question(
            PHOTO,
            _ask_photo,
            skip=lambda tr: tr("No photo").unescape(),
            when=lambda said: said["thing"] == Thing.PHOTO,
        ),
        Question("reason", _ask_reason, options=_reasons, write=True),
    ),
    done=_edited,
    title=lambda tr: tr("Change the errand"),
)
forms.FORMS.add(FORM)


async def choose(update: Update, turn: Turn) -> None:
    """`errand_edit:<errand>`: what is to be changed?"""
    [errand_id] = turn.numbers(1)
    await errands.access_step(turn.tx, turn.me.viewer, errand_id, Step.EDIT)
    await turn.show(Notice.ERRAND, errand_card(errand_id), errand=errand_id, edit=True)


async def begin(update: Update, turn: Turn) -> None:
    """`errand_change:<errand>:<thing>`: the new value is asked for, then the reason."""
    number, thing = turn.words(2)
    errand_id = number_of(number)
    if thing not in set(Thing):
        raise Stale
    whole, _ = await errands.access_step(turn.tx, turn.me.viewer, errand_id, Step.EDIT)
    await forms.begin(
        turn,
        FORM,
        errand=errand_id,
        thing=thing,
        after=str(local_day(turn.now, turn.me.zone)),
        meets=whole.errand.meet_at is not None,
    )


PRESSED = {"errand_edit": choose, "errand_change": begin}
