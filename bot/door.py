"""The form at the door: a few taps about how somebody is, each with a way to pass on."""

from collections.abc import Awaitable, Callable
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.screens.visits import not_visited_name
from bot.screens.words import level_name
from bot.texts import Texts
from bot.turn import Turn
from care.visits import Level, NotVisited, Report
from storage import visits

NAME = "visit_report"
NO_VISIT = "no_visit"


class AtTheDoor(BaseModel):
    """What the volunteer taps; `health` is a level, or that there was no visit."""

    visit: int
    health: str
    reason: NotVisited | None = None
    mood: Level | None = None
    safety: Level | None = None
    food: Level | None = None
    needs: bool | None = None
    remark: str | None = Field(default=None, max_length=1000)

    @property
    def report(self) -> Report | None:
        """The report, None when there was no visit."""
        if self.health == NO_VISIT:
            return None
        return Report.model_validate(self.model_dump(exclude={"visit", "reason"}))


Ask = Callable[[Texts, Markup], Markup]


def _ask(text: Ask) -> Callable[[Filling], Awaitable[Markup]]:
    """A question about the elder, by name."""

    async def ask(filling: Filling) -> Markup:
        found = await visits.find(filling.tx, filling.community_id or 0, filling.answers["visit"])
        return text(filling.tr, Markup("<b>{}</b>").format(found.elder.name))

    return ask


async def _levels(filling: Filling) -> list[Option]:
    return [Option(one, level_name(filling.tr, one).unescape()) for one in Level]


async def _health(filling: Filling) -> list[Option]:
    no = filling.tr("Could not visit, because…").unescape()
    return [*await _levels(filling), Option(NO_VISIT, no)]


async def _reasons(filling: Filling) -> list[Option]:
    return [Option(one, not_visited_name(filling.tr, one).unescape()) for one in NotVisited]


async def _yes_no(filling: Filling) -> list[Option]:
    tr = filling.tr
    return [Option("0", tr("No, nothing").unescape()), Option("1", tr("Yes").unescape())]


def _visited(answers: dict[str, Any]) -> bool:
    return answers.get("health") != NO_VISIT


def _pass(tr: Texts) -> str:
    return tr("I do not know, go on").unescape()


def _nothing(tr: Texts) -> str:
    return tr("Nothing to add, finish").unescape()


QUESTIONS = (
    Question("health", _ask(lambda tr, who: tr("How is the health of {who}?", who=who)), _health),
    Question(
        "reason",
        _ask(lambda tr, who: tr("Why was the visit to {who} not possible?", who=who)),
        _reasons,
        when=lambda answers: not _visited(answers),
    ),
    Question(
        "mood",
        _ask(lambda tr, who: tr("How is the mood of {who}?", who=who)),
        _levels,
        skip=_pass,
        when=_visited,
    ),
    Question(
        "safety",
        _ask(lambda tr, who: tr("Is the home of {who} safe: water, power, gas?", who=who)),
        _levels,
        skip=_pass,
        when=_visited,
    ),
    Question(
        "food",
        _ask(lambda tr, who: tr("How does {who} eat?", who=who)),
        _levels,
        skip=_pass,
        when=_visited,
    ),
    Question(
        "needs",
        _ask(lambda tr, who: tr("Does {who} need something fetched, paid, or repaired?", who=who)),
        _yes_no,
        skip=_pass,
        when=_visited,
        columns=2,
    ),
    Question(
        "remark",
        _ask(
            lambda tr, who: tr(
                "Is there anything the next visitor of {who} should know? Please write it.", who=who
            )
        ),
        write=True,
        skip=_nothing,
        when=_visited,
    ),
)

Done = Callable[[Turn, AtTheDoor, dict[str, Any]], Awaitable[None]]


def register(done: Done) -> None:
    """Make the form known, with what to do when it is filled in."""
    forms.FORMS.add(
        Form(NAME, AtTheDoor, QUESTIONS, done=done, title=lambda tr: tr("How was the visit?"))
    )
