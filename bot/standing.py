"""Errands that repeat, in chat: made in a few taps, listed, ended."""

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field
from pydantic_core import PydanticCustomError
from telegram import Update

from bot import forms
from bot.errand_asking import EXTRAS, ask_what, kind_options
from bot.forms import Filling, Form, Option, Question
from bot.screens.standing import weekday_of
from bot.turn import Turn
from care.access import Right
from care.days import local_day
from care.errand_money import MOST_FEN
from care.errands import Kind, Payer
from care.notices import Notice
from care.refusals import Stale
from care.standing import LONGEST_MONTH, PLACES, Often, Rhythm, rule_of
from storage import elders, errands
from storage import standing as records
from storage.standing import Repeated

MONTH_DAYS = (1, 5, 10, 15, 20, 25, 28, 31)


class Repeating(BaseModel):
    """What is asked for again and again. `every` is "month", "place" or a number of weeks."""

    elder: int
    after: date
    kind: Kind
    what: str = Field(min_length=1, max_length=500)
    every: str
    day: int | None = Field(default=None, ge=1, le=LONGEST_MONTH)
    place: int | None = None
    weekday: int | None = Field(default=None, ge=0, le=6)
    photo: str | None = Field(default=None, max_length=200)
    fen: int | None = Field(default=None, ge=0, le=MOST_FEN)
    payer: Payer | None = None


async def _ask_kind(filling: Filling) -> Markup:
    return filling.tr("What is to be done again and again?")


async def _kinds(filling: Filling) -> list[Option]:
    # Each time at the doctor's is another one, and has a time of its own.
    return [one for one in await kind_options(filling) if one.value != Kind.ESCORT]


async def _ask_every(filling: Filling) -> Markup:
    return filling.tr("How often?")


async def _everies(filling: Filling) -> list[Option]:
    tr = filling.tr
    names = {
        "month": tr("Every month on the same date"),
        "1": tr("Every week"),
        "2": tr("Every second week"),
        "4": tr("Every four weeks"),
        "place": tr("Every month on the same weekday"),
    }
    return [Option(value, label.unescape()) for value, label in names.items()]


async def _ask_day(filling: Filling) -> Markup:
    return filling.tr("On which day of the month? Press a button, or write a number.")


async def _days(filling: Filling) -> list[Option]:
    last = filling.tr("last day").unescape()
    return [Option(str(one), last if one == LONGEST_MONTH else str(one)) for one in MONTH_DAYS]


def _read_day(_filling: Filling, text: str) -> str:
    digits = text.strip().removesuffix("日").removesuffix("号").strip()
    if not digits.isascii() or not digits.isdecimal() or not 1 <= int(digits) <= LONGEST_MONTH:
        raise PydanticCustomError("month_day", "a day of the month")
    return digits


async def _ask_place(filling: Filling) -> Markup:
    return filling.tr("In which week of the month?")


async def _places(filling: Filling) -> list[Option]:
    tr = filling.tr
    names = (tr("first"), tr("second"), tr("third"), tr("fourth"), tr("last"))
    return [Option(str(n), name.unescape()) for n, name in zip(PLACES, names, strict=True)]


async def _ask_weekday(filling: Filling) -> Markup:
    return filling.tr("On which weekday?")


async def _weekdays(filling: Filling) -> list[Option]:
    return [Option(str(n), weekday_of(filling.tr, n).unescape()) for n in range(7)]


def _rhythm(said: Repeating) -> Rhythm:
    match said:
        case Repeating(every="month", day=int(day)):
            return Rhythm(Often.MONTH_DAY, day)
        case Repeating(every="place", place=int(place), weekday=int(weekday)):
            return Rhythm(Often.MONTH_WEEKDAY, place, weekday)
        case Repeating(every=every, weekday=int(weekday)) if every.isdecimal():
            return Rhythm(Often.WEEKS, int(every), weekday)
    raise Stale


async def _made(turn: Turn, said: Repeating, _answers: dict[str, Any]) -> None:
    elder = await elders.access_elder(turn.tx, turn.me.viewer, said.elder, Right.ASK_ERRAND)
    wanted = Repeated(
        said.kind,
        said.what,
        rule_of(_rhythm(said)),
        max(said.after, local_day(turn.now, turn.me.zone)),
        budget_fen=said.fen,
        payer=said.payer,
        photo=said.photo,
    )
    await records.begin(turn.tx, turn.now, turn.me.viewer, elder.id, wanted)
    await turn.show(Notice.STANDING, standing_card(elder.id), elder=elder.id)


def standing_card(elder_id: int) -> str:
    """The card name of the list of what repeats for an elder."""
    return f"standing:{elder_id}"


FORM = Form(
    "standing",
    Repeating,
    (
        Question("kind", _ask_kind, options=_kinds, columns=2),
        Question("what", ask_what, write=True),
        Question("every", _ask_every, options=_everies),
        Question(
            "day",
            _ask_day,
            options=_days,
            columns=4,
            write=True,
            read=_read_day,
            when=lambda said: said["every"] == "month",
        ),
        Question(
            "place",
            _ask_place,
            options=_places,
            columns=3,
            when=lambda said: said["every"] == "place",
        ),
        Question(
            "weekday",
            _ask_weekday,
            options=_weekdays,
            columns=4,
            when=lambda said: said["every"] != "month",
        ),
        *EXTRAS,
    ),
    done=_made,
    title=lambda tr: tr("Repeat an errand"),
)
forms.FORMS.add(FORM)


async def show(update: Update, turn: Turn) -> None:
    """`standing:<elder>`: what repeats for an elder."""
    [elder_id] = turn.numbers(1)
    await records.of_elder(turn.tx, turn.me.viewer, elder_id)
    await turn.show(Notice.STANDING, standing_card(elder_id), elder=elder_id)


async def make(update: Update, turn: Turn) -> None:
    """`standing_new:<elder>`: what, and how often."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.ASK_ERRAND)
    await forms.begin(turn, FORM, elder=elder.id, after=str(local_day(turn.now, turn.me.zone)))


async def repeat(update: Update, turn: Turn) -> None:
    """`standing_from:<errand>`: the same again and again; only how often is asked."""
    [errand_id] = turn.numbers(1)
    whole = await errands.access_errand(turn.tx, turn.me.viewer, errand_id)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, whole.elder.id, Right.ASK_ERRAND)
    one = whole.errand
    if one.kind is Kind.ESCORT or one.standing_id is not None:
        raise Stale
    # This time is asked for already.
    after = local_day(one.by_when, turn.me.zone) + timedelta(days=1)
    await forms.begin(
        turn, FORM, elder=elder.id, after=str(after), kind=one.kind.value, what=one.what,
        extras=[], photo=one.photo, fen=one.budget_fen,
        payer=one.payer.value if one.payer else None,
    )  # fmt: skip


async def end(update: Update, turn: Turn) -> None:
    """`standing_end:<number>`: asked for no more."""
    [number] = turn.numbers(1)
    row = await records.end(turn.tx, turn.now, turn.me.viewer, number)
    await turn.show(Notice.STANDING, standing_card(row.elder_id), elder=row.elder_id)
    await turn.refresh(standing_card(row.elder_id))
    turn.toast(turn.tr("It is not asked for any more."))


PRESSED = {
    "standing": show,
    "standing_new": make,
    "standing_from": repeat,
    "standing_end": end,
}
