"""A visit that is over, written down now: when it was, how long, and why only now."""

from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field
from telegram import Update

from bot import contact_entry, forms, visits
from bot.contacts import asking, today_of, written
from bot.forms import Filling, Form, Option, Question
from bot.screens.words import level_name
from bot.turn import Turn
from bot.visit_time import LENGTH, START, WHY, TimeOfDay, begun_at, doubled, note_time
from care import hours as rules
from care.access import Role
from care.calls import Kind as ContactKind
from care.calls import Outcome
from care.contacts import first_open
from care.days import NOON, HalfDay, local_day, week_of
from care.notices import Notice
from care.plans import Visit
from care.refusals import NotYours
from care.visits import ON_DUTY, Level, Report, State
from storage import calls, contacts, pairings, presence
from storage import visits as records
from storage.calls import Happened
from storage.hours import hours_card
from storage.tables import Elder
from storage.visits import Visiting
from storage.week import visits_card


class LateVisit(BaseModel):
    """A visit that is on record nowhere."""

    elder: int
    day: contact_entry.Day
    start: TimeOfDay
    minutes: int = Field(ge=1, le=rules.LONGEST)
    health: Level
    remark: str | None = Field(default=None, max_length=1000)
    why: str = Field(min_length=2, max_length=200)

    @property
    def report(self) -> Report:
        """What is told of it."""
        return Report(health=self.health, remark=self.remark)


async def _elders(filling: Filling) -> list[Option]:
    if filling.person is None:
        raise NotYours
    person = filling.person
    today = local_day(filling.now, person.zone)
    first = first_open(today, person.settings.late_entries_until)
    found = await presence.whom_one_visits(filling.tx, person.viewer, first)
    return [Option(str(one.id), one.name) for one in found]


async def _levels(filling: Filling) -> list[Option]:
    return [Option(one, level_name(filling.tr, one).unescape()) for one in Level]


async def enter(update: Update, turn: Turn) -> None:
    """`late_visit`: a visit of the past days, planned or not."""
    _volunteer(turn)
    await forms.begin(turn, LATE)


async def enter_of(update: Update, turn: Turn) -> None:
    """`late_visit_to:<elder>`: the elder is known already."""
    [elder_id] = turn.numbers(1)
    elder = await _whom(turn, elder_id)
    await forms.begin(turn, LATE, elder=str(elder.id))


def _volunteer(turn: Turn) -> None:
    if Role.VOLUNTEER not in turn.me.roles:
        raise NotYours


async def _whom(turn: Turn, elder_id: int) -> Elder:
    """Somebody whom the volunteer may have visited.

    Raises:
        NotYours: nobody of theirs.
    """
    _volunteer(turn)
    first = first_open(today_of(turn), turn.me.settings.late_entries_until)
    for one in await presence.whom_one_visits(turn.tx, turn.me.viewer, first):
        if one.id == elder_id:
            return one
    raise NotYours


async def _entered(turn: Turn, said: LateVisit, answers: dict[str, Any]) -> None:
    elder = await _whom(turn, said.elder)
    day = contact_entry.open_day(turn, said.day)
    if day is None:
        answers.pop("day")
        await forms.begin(turn, LATE, **answers, _error=["past_day", {}])
        return
    begun = begun_at(turn, day, said.start)
    if not rules.fits(begun, said.minutes, turn.now):
        answers.pop("start")
        await forms.begin(turn, LATE, **answers, _error=["not_over", {}])
        return
    mine = await records.mine_of_day(turn.tx, turn.me.viewer, elder, day)
    if await doubled(turn, begun, said.minutes, mine):
        return
    row = mine or await _unplanned(turn, elder, day, begun)
    if row is not None:
        await turn.show(Notice.VISIT, visits_card(turn.me.member.id), visit=row.visit.id)
        await _tell(turn, row, said, begun)
    else:
        await turn.show(Notice.HOURS, hours_card(turn.me.member.id))
        await _log(turn, elder, day, said, begun)
    await note_time(turn, elder, begun, said, row)


async def _unplanned(turn: Turn, elder: Elder, day: date, begun: datetime) -> Visiting | None:
    """A visit that stood in no plan; None without a pairing, or where somebody else's stands."""
    led = [
        one.pairing.id
        for one in await pairings.of_elder(turn.tx, elder)
        if any(volunteer.id == turn.me.member.id for volunteer in one.volunteers)
    ]
    if not led:
        return None
    half = HalfDay.AM if begun.astimezone(turn.me.zone).time() < NOON else HalfDay.PM
    visit = Visit(elder.id, turn.me.member.id, day, half)
    station = turn.me.community.id
    await records.drop_drafts(turn.tx, elder, day, day + timedelta(days=1))
    await records.assign(turn.tx, turn.now, station, week_of(day), led[0], visit, State.ACCEPTED)
    return await records.mine_of_day(turn.tx, turn.me.viewer, elder, day)


async def _tell(turn: Turn, row: Visiting, said: LateVisit, begun: datetime) -> None:
    """The visit is done, and enters the contact log; one that was told of stays as it was told."""
    if row.visit.state is State.DONE:
        return
    found = said.report
    report = found.model_dump(mode="json")
    await records.move(turn.tx, row.visit, ON_DUTY, State.DONE, report=report)
    outcome = Outcome.FOLLOW_UP if found.worrying else Outcome.FINE
    await visits.record(turn, row, outcome, remark=found.remark, at=begun)
    await visits.tell_what_was_found(turn, row, found)


async def _log(turn: Turn, elder: Elder, day: date, said: LateVisit, begun: datetime) -> None:
    """Somebody else's visit stands in the plan that day, or none can: the contact alone."""
    outcome = Outcome.FOLLOW_UP if said.report.worrying else Outcome.FINE
    key = f"late:{elder.id}:{turn.me.member.id}:{begun:%Y%m%d%H%M}"
    what = Happened(
        ContactKind.VISIT, outcome, turn.me.member.id, day, begun, key, remark=said.remark
    )
    if await calls.record(turn.tx, turn.now, elder, what):
        await written(turn, elder, await contacts.by_key(turn.tx, elder.community_id, key))


LATE = Form(
    "late_visit",
    LateVisit,
    (
        Question("elder", asking(lambda tr: tr("Whom did you visit?")), _elders),
        contact_entry.DAY,
        START,
        LENGTH,
        Question("health", asking(lambda tr: tr("How was their health?")), _levels),
        WHY,
        Question(
            "remark",
            asking(lambda tr: tr("Is there anything to remark? Please write it.")),
            write=True,
            skip=lambda tr: tr("Nothing to add, finish").unescape(),
        ),
    ),
    done=_entered,
    title=lambda tr: tr("A visit that is over"),
)
forms.FORMS.add(LATE)

PRESSED: dict[str, Any] = {
    "late_visit": enter,
    "late_visit_to": enter_of,
}
