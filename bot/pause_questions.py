"""What is asked about a pause: why, from when, until when, and whether that is right."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from bot.forms import Filling, Option, Question
from bot.screens.words import pause_name
from care.pauses import Why, first_day, return_day

ENDS = "ends"
AHEAD = (1, 3, 7, 14, 30)


class Pausing(BaseModel):
    """Why nothing is owed, from when, and until when."""

    elder: int
    why: str
    first: date | None = None
    until: date | None = None
    sure: bool = False
    told: bool = False


class Longer(BaseModel):
    """Another return date."""

    pause: int
    until: date


def _goes_on(answers: dict[str, Any]) -> bool:
    return answers.get("why") != ENDS


async def _ask_why(filling: Filling) -> Markup:
    return filling.tr("Where is {name}?", name=filling.answers["name"])


async def _whys(filling: Filling) -> list[Option]:
    tr = filling.tr
    found = [Option(one, pause_name(tr, one).unescape()) for one in Why]
    if filling.answers.get("told"):
        return found
    return [*found, Option(ENDS, tr("Care ends for good…").unescape())]


async def _ask_first(filling: Filling) -> Markup:
    return filling.tr("From when? Press a button, or write a day like 4-20.")


async def _first_days(filling: Filling) -> list[Option]:
    tr, today = filling.tr, date.fromisoformat(filling.answers["after"])
    names = (tr("Today"), tr("Tomorrow"), tr("The day after tomorrow"))
    return _on(filling, today, names, range(len(names)))


def _read_first(filling: Filling, text: str) -> str:
    try:
        return str(first_day(text, date.fromisoformat(filling.answers["after"])))
    except ValueError:
        raise PydanticCustomError("first_day", "today or a later day") from None


async def _ask_until(filling: Filling) -> Markup:
    return filling.tr("When do they come back? Press a button, or write a day like 4-20.")


async def _days(filling: Filling) -> list[Option]:
    """The return dates that are asked for most, counted from the first day."""
    tr, first = filling.tr, _after(filling)
    names = (
        tr("Tomorrow"), tr("In 3 days"), tr("In a week"), tr("In two weeks"), tr("In a month"),
    )  # fmt: skip
    if str(first) != filling.answers["after"]:
        names = (
            tr("After 1 day"), tr("After 3 days"), tr("After a week"), tr("After two weeks"),
            tr("After a month"),
        )  # fmt: skip
    return _on(filling, first, names)


def _after(filling: Filling) -> date:
    """The day that the return date has to come after."""
    said = filling.answers
    return date.fromisoformat(said.get("first") or said["after"])


async def _later_days(filling: Filling) -> list[Option]:
    """The same, counted from the return date that stands."""
    tr, after = filling.tr, date.fromisoformat(filling.answers["after"])
    names = (
        tr("1 day later"), tr("3 days later"), tr("A week later"), tr("Two weeks later"),
        tr("A month later"),
    )  # fmt: skip
    return _on(filling, after, names)


def _on(
    filling: Filling, after: date, names: tuple[Markup, ...], ahead: Sequence[int] = AHEAD
) -> list[Option]:
    days = [after + timedelta(days=n) for n in ahead]
    return [
        Option(str(day), f"{name.unescape()} · {filling.tr.day(day)}")
        for day, name in zip(days, names, strict=True)
    ]


def _read_day(filling: Filling, text: str) -> str:
    try:
        return str(return_day(text, _after(filling)))
    except ValueError:
        raise PydanticCustomError("return_day", "a later day") from None


async def _ask_sure(filling: Filling) -> Markup:
    tr, said = filling.tr, filling.answers
    first, day = tr.day(_after(filling)), tr.day(date.fromisoformat(said["until"]))
    name, why = said["name"], pause_name(tr, Why(said["why"]))
    facts = {"name": name, "why": why, "first": first, "day": day}
    match bool(said.get("told")), _is_later(said):
        case True, True:
            return tr("{name} ({why}) is away from {first} until {day}?", **facts)
        case True, False:
            return tr("{name} ({why}) is away until {day}?", **facts)
        case False, True:
            return tr("{name} ({why}): nobody calls or visits from {first} until {day}?", **facts)
        case _:
            return tr("{name} ({why}): nobody calls or visits until {day}?", **facts)


def _is_later(said: dict[str, Any]) -> bool:
    """Whether it begins on a day to come."""
    return bool(said.get("first")) and said["first"] != said["after"]


async def _sure(filling: Filling) -> list[Option]:
    tr, said = filling.tr, filling.answers
    first, day = tr.day(_after(filling)), tr.day(date.fromisoformat(said["until"]))
    if said.get("told"):
        label = tr("Yes, tell the station")
    elif _is_later(said):
        label = tr("⏸ Pause from {first} until {day}", first=first, day=day)
    else:
        label = tr("⏸ Pause until {day}", day=day)
    return [Option("1", label.unescape())]


PAUSE_QUESTIONS = (
    Question("why", _ask_why, options=_whys),
    Question("first", _ask_first, options=_first_days, when=_goes_on, write=True, read=_read_first),
    Question("until", _ask_until, options=_days, when=_goes_on, write=True, read=_read_day),
    Question("sure", _ask_sure, options=_sure, when=_goes_on),
)
LONGER_QUESTIONS = (Question("until", _ask_until, options=_later_days, write=True, read=_read_day),)
