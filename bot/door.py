"""The form at the door: a few taps about how somebody is, each with a way to pass on."""

from collections.abc import Awaitable, Callable
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.screens.reader import lines
from bot.screens.visit_files import came
from bot.screens.visit_words import hazard_name, near_name, not_visited_name
from bot.screens.words import level_name
from bot.texts import Texts
from bot.turn import Turn
from care.visits import Hazard, Level, NotVisited, Report, safety_of
from storage import drafts, places, visit_files, visits
from storage.visits import Visiting

NAME = "visit_report"
NO_VISIT = "no_visit"
STAFF_ALONE = "staff"


class AtTheDoor(BaseModel):
    """What the volunteer taps; `health` is a level, or that there was no visit.

    `hazards` is empty when the home is safe; `readers` is asked where something was written.
    """

    visit: int
    health: str
    reason: NotVisited | None = None
    mood: Level | None = None
    hazards: tuple[Hazard, ...] | None = None
    food: Level | None = None
    needs: bool | None = None
    remark: str | None = Field(default=None, max_length=1000)
    readers: str | None = None

    @property
    def report(self) -> Report | None:
        """The report, None when there was no visit."""
        if self.health == NO_VISIT:
            return None
        return Report(
            health=Level(self.health),
            mood=self.mood,
            safety=safety_of(self.hazards),
            hazards=self.hazards or (),
            food=self.food,
            needs=self.needs,
            remark=self.remark,
            private=self.readers == STAFF_ALONE,
        )


Ask = Callable[[Texts, Markup], Markup]


def _ask(text: Ask) -> Callable[[Filling], Awaitable[Markup]]:
    """A question about the elder, by name; under it what has been sent along."""

    async def ask(filling: Filling) -> Markup:
        found = await visits.find(filling.tx, filling.community_id or 0, filling.answers["visit"])
        question = text(filling.tr, Markup("<b>{}</b>").format(found.elder.name))
        return lines(question, *await _beside(filling, found))

    return ask


async def _beside(filling: Filling, row: Visiting) -> list[Markup]:
    """Under a question: what was sent along, whether near; at the first that both may be sent."""
    tr = filling.tr
    sent = came(tr, await visit_files.count(filling.tx, row.visit.id))
    near = row.visit.near
    found = [sent, near_name(tr, near) if near else Markup("")]
    if "health" in filling.answers or row.visit.signed_in_at is None or any(found):
        return found
    known = await places.map_of(filling.tx, row.elder.community_id)
    if row.elder.building in known.points:
        return [tr("📎 If you like, send a picture, a voice message, or where you are.")]
    return [tr("📎 If you like, send a picture or a voice message.")]


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


async def _hazards(filling: Filling) -> list[Option]:
    return [Option(one, hazard_name(filling.tr, one).unescape()) for one in Hazard]


async def _readers(filling: Filling) -> list[Option]:
    tr = filling.tr
    return [
        Option("all", tr("The next visitor too").unescape()),
        Option(STAFF_ALONE, tr("The social worker alone").unescape()),
    ]


def _wrote(answers: dict[str, Any]) -> bool:
    return bool(answers.get("remark"))


def _safe(tr: Texts) -> str:
    return tr("✅ All in order").unescape()


def _visited(answers: dict[str, Any]) -> bool:
    return answers.get("health") != NO_VISIT


def _pass(tr: Texts) -> str:
    return tr("I do not know, go on").unescape()


def _nothing(tr: Texts) -> str:
    return tr("Nothing to add: sign out").unescape()


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
        "hazards",
        _ask(
            lambda tr, who: tr(
                "Is the home of {who} safe: water, power, gas? Tap what is not in order.", who=who
            )
        ),
        _hazards,
        many=True,
        none=_safe,
        skip=_pass,
        when=_visited,
        columns=3,
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
                "Is there anything to say about {who}? Write it, or send a picture or a voice "
                "message. Then sign out.",
                who=who,
            )
        ),
        write=True,
        skip=_nothing,
        when=_visited,
    ),
    Question(
        "readers",
        _ask(lambda tr, who: tr("Who should read what you wrote about {who}?", who=who)),
        _readers,
        when=_wrote,
    ),
)


async def is_open(turn: Turn, visit_id: int) -> bool:
    """Whether the form about this visit is open."""
    draft = await drafts.find(turn.tx, turn.account)
    return draft is not None and draft.form == NAME and draft.answers.get("visit") == visit_id


Done = Callable[[Turn, AtTheDoor, dict[str, Any]], Awaitable[None]]


def register(done: Done) -> None:
    """Make the form known, with what to do when it is filled in."""
    forms.FORMS.add(
        Form(NAME, AtTheDoor, QUESTIONS, done=done, title=lambda tr: tr("How was the visit?"))
    )
