"""Surge days: switched on for given dates, seen and switched off from the same place."""

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel
from pydantic_core import PydanticCustomError
from telegram import Update

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.lists import refresh_call_lists
from bot.screens.words import surge_name
from bot.turn import Turn
from care.days import local_day
from care.leave import absence
from care.notices import Notice
from care.refusals import NotYours
from care.surge import Why
from storage import members, surge


class Surging(BaseModel):
    """Why everybody is called, and on which days."""

    why: Why
    days: str


async def _ask_why(filling: Filling) -> Markup:
    return filling.tr("Why shall everybody be called?")


async def _whys(filling: Filling) -> list[Option]:
    return [Option(one, surge_name(filling.tr, one).unescape()) for one in Why]


async def _ask_days(filling: Filling) -> Markup:
    return filling.tr("On which days? Press a button, or write two days like 4-12 4-15.")


def _today_of(filling: Filling) -> date:
    if filling.person is None:
        raise NotYours
    return local_day(filling.now, filling.person.zone)


async def _days(filling: Filling) -> list[Option]:
    tr, today = filling.tr, _today_of(filling)
    names = (tr("Only today"), tr("Until tomorrow"), tr("Three days"), tr("A week"))
    return [
        Option(f"{today} {today + timedelta(days=n)}", name.unescape())
        for n, name in zip((0, 1, 2, 6), names, strict=True)
    ]


def _read_days(filling: Filling, text: str) -> str:
    try:
        first, last = absence(text, _today_of(filling))
    except ValueError:
        raise PydanticCustomError("date_range", "two days") from None
    return f"{first} {last}"


async def show(update: Update, turn: Turn) -> None:
    """`/surge`: what is switched on."""
    if not turn.me.viewer.staff:
        raise NotYours
    await turn.show(Notice.SURGE)


async def ask(update: Update, turn: Turn) -> None:
    """`surge_new`: why, and on which days."""
    if not turn.me.viewer.staff:
        raise NotYours
    await forms.begin(turn, SURGE)


async def _done(turn: Turn, said: Surging, _answers: dict[str, Any]) -> None:
    first, last = (date.fromisoformat(one) for one in said.days.split())
    viewer = turn.me.viewer
    row = await surge.begin(turn.tx, turn.now, viewer, said.why, first, last)
    days = {"first": str(first), "last": str(last)}
    await members.audit(turn.tx, turn.now, viewer, "surge", f"surge:{row.id}", why=said.why, **days)
    await turn.show(Notice.SURGE)
    await refresh_call_lists(turn)


async def off(update: Update, turn: Turn) -> None:
    """`surge_off:<surge>`: everybody is called as on other days again."""
    [number] = turn.numbers(1)
    row = await surge.end(turn.tx, turn.now, turn.me.viewer, number)
    await members.audit(turn.tx, turn.now, turn.me.viewer, "surge_off", f"surge:{row.id}")
    await turn.show(Notice.SURGE)
    await refresh_call_lists(turn)


SURGE = Form(
    "surge",
    Surging,
    (
        Question("why", _ask_why, options=_whys, columns=2),
        Question("days", _ask_days, options=_days, write=True, read=_read_days, columns=2),
    ),
    done=_done,
    title=lambda tr: tr("Heat, cold, festival days"),
)
forms.FORMS.add(SURGE)

PRESSED = {"surge_new": ask, "surge_off": off}
