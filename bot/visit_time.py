"""The time of a visit that nobody signed in and out: when it began, how long, and why."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError
from telegram import Update

from bot import forms
from bot.contacts import asking, today_of
from bot.forms import Filling, Form, Option, Question
from bot.screens.hours_words import length, why_name
from bot.turn import Turn
from care import hours as rules
from care.contacts import first_open
from care.days import moment
from care.hours import TO_CHOOSE, USUAL, Kind, Work
from care.notices import Notice
from care.refusals import Stale
from care.visits import State
from storage import hours, presence
from storage import visits as records
from storage.hours import Spent, hours_card
from storage.presence import visit_key
from storage.tables import Elder
from storage.visits import Visiting
from storage.week import visits_card

FIRST_HOUR, LAST_HOUR = 7, 21


def a_time(text: str) -> str:
    """ "9:30", "0930" or "9" as "0930"."""
    digits = text.replace("：", ":").replace(".", ":").strip()
    hour, _, minute = digits.partition(":")
    if not minute and len(hour) > 2:  # noqa: PLR2004 - written without a colon
        hour, minute = hour[:-2], hour[-2:]
    try:
        return time(int(hour), int(minute or 0)).strftime("%H%M")
    except ValueError:
        raise PydanticCustomError("time_of_day", "a time") from None


TimeOfDay = Annotated[str, AfterValidator(a_time)]


class TimeOfVisit(BaseModel):
    """When a visit that is on record was."""

    visit: int
    start: TimeOfDay
    minutes: int = Field(ge=1, le=rules.LONGEST)
    why: str = Field(min_length=2, max_length=200)


class Told(Protocol):
    """A form that asked how long, and why only now."""

    minutes: int
    why: str


async def _starts(filling: Filling) -> list[Option]:
    return [Option(f"{hour:02}00", f"{hour}:00") for hour in range(FIRST_HOUR, LAST_HOUR + 1)]


async def _lengths(filling: Filling) -> list[Option]:
    return [Option(str(one), length(filling.tr, one).unescape()) for one in USUAL]


async def _whys(filling: Filling) -> list[Option]:
    return [Option(one, why_name(filling.tr, one).unescape()) for one in TO_CHOOSE]


START = Question(
    "start",
    asking(lambda tr: tr("When did you come? Press a button, or write it: 9:30.")),
    _starts,
    write=True,
    columns=4,
)
LENGTH = Question(
    "minutes",
    asking(lambda tr: tr("How long were you there? Press a button, or write the minutes.")),
    _lengths,
    write=True,
    columns=3,
)
WHY = Question(
    "why",
    asking(lambda tr: tr("Why was it not signed in? Choose, or write a few words.")),
    _whys,
    write=True,
)


def begun_at(turn: Turn, day: date, start: str) -> datetime:
    """The moment of a time of day that was pressed or typed."""
    return moment(day, time(int(start[:2]), int(start[2:])), turn.me.zone)


async def doubled(turn: Turn, begun: datetime, minutes: int, row: Visiting | None) -> bool:
    """Nobody is in two places: time that is on record already is not entered again.

    The visit's own time, of which nobody knew the end, is put right instead.
    """
    ended = begun + timedelta(minutes=minutes)
    me = turn.me.member
    but = row.visit.id if row else 0
    found = await hours.overlaps(turn.tx, me.community_id, me.id, begun, ended, but)
    if found:
        await turn.show(Notice.PLAIN, say="time_taken", language=turn.tr.language)
    return found


async def note_time(
    turn: Turn,
    elder: Elder,
    begun: datetime,
    said: Told,
    row: Visiting | None,
) -> None:
    """The time waits for the social worker, who reads why it comes only now."""
    me = turn.me.member
    spent = Spent(
        me.community_id,
        me.id,
        await presence.work_of(turn.tx, row.visit) if row else Work.VISIT,
        begun,
        begun + timedelta(minutes=said.minutes),
        visit_key(row.visit) if row else f"late:{elder.id}:{me.id}:{begun:%Y%m%d%H%M}",
        Kind.ADDED,
        said.why,
        elder.id,
        row.visit.id if row else None,
    )
    if not await hours.note(turn.tx, turn.now, spent) and row is not None:
        before = await hours.find(turn.tx, row.visit.id)
        if before is not None:
            await hours.say_end(turn.tx, before, said.minutes)
    await turn.refresh(hours_card(me.id))


async def enter_time(update: Update, turn: Turn) -> None:
    """`late_hours:<visit>`: a visit that is on record, and nobody knows how long it took."""
    row = await _without_time(turn, turn.numbers(1)[0])
    await forms.begin(turn, TIME, visit=row.visit.id)


async def _without_time(turn: Turn, visit_id: int) -> Visiting:
    row = await records.access_my_visit(turn.tx, turn.me.viewer, visit_id)
    first = first_open(today_of(turn), turn.me.settings.late_entries_until)
    if row.visit.state is not State.DONE or row.visit.day < first:
        raise Stale
    if await hours.find(turn.tx, row.visit.id) is not None:
        raise Stale
    return row


async def _timed(turn: Turn, said: TimeOfVisit, answers: dict[str, Any]) -> None:
    row = await _without_time(turn, said.visit)
    begun = begun_at(turn, row.visit.day, said.start)
    if not rules.fits(begun, said.minutes, turn.now):
        answers.pop("start")
        await forms.begin(turn, TIME, **answers, _error=["not_over", {}])
        return
    if await doubled(turn, begun, said.minutes, row):
        return
    await turn.show(Notice.VISIT, visits_card(turn.me.member.id), visit=row.visit.id)
    await note_time(turn, row.elder, begun, said, row)


TIME = Form(
    "visit_time",
    TimeOfVisit,
    (START, LENGTH, WHY),
    done=_timed,
    title=lambda tr: tr("How long was the visit?"),
)
forms.FORMS.add(TIME)

PRESSED: dict[str, Any] = {"late_hours": enter_time}
