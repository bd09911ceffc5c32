"""Questions one after the other: a pydantic model filled in field by field, kept as a draft."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.pinyin import initials
from bot.screen import Button, Screen
from bot.texts import Texts
from bot.turn import Turn
from care.notices import Notice
from care.refusals import Stale
from storage import drafts
from storage.members import Person
from storage.tables import Draft

PAGE = 8


@dataclass(frozen=True)
class Option:
    """One answer that can be pressed."""

    value: str
    label: str


@dataclass(frozen=True)
class Filling:
    """What the makers of questions and options may look at."""

    tx: AsyncSession
    now: datetime
    tr: Texts
    person: Person | None
    community_id: int | None
    answers: dict[str, Any]


@dataclass(frozen=True)
class Question:
    """One field of a form.

    Attributes:
        ask: the question.
        options: makes the buttons, when the choice is finite.
        many: several may be chosen, then "done".
        none: label of "done" while nothing is chosen, where that is an answer of its own.
        write: an answer may be typed.
        read: makes of typed words what an option would have been; asked before the model.
        contact: the phone number may be shared with one button.
        skip: label that leaves the field empty.
        when: whether to ask at all, given the answers so far.
        columns: buttons in a row.
    """

    field: str
    ask: Callable[[Filling], Awaitable[Markup]]
    options: Callable[[Filling], Awaitable[list[Option]]] | None = None
    many: bool = False
    none: Callable[[Texts], str] | None = None
    write: bool = False
    read: Callable[[Filling, str], str] | None = None
    contact: bool = False
    skip: Callable[[Texts], str] | None = None
    when: Callable[[dict[str, Any]], bool] = lambda _answers: True
    columns: int = 1


@dataclass(frozen=True)
class Form:
    """A model, its questions in order, and what to do when all are answered."""

    name: str
    model: type[BaseModel]
    questions: tuple[Question, ...]
    done: Callable[[Turn, Any, dict[str, Any]], Awaitable[None]]
    title: Callable[[Texts], Markup]


@dataclass
class Forms:
    """All forms by name."""

    by_name: dict[str, Form] = field(default_factory=dict)

    def add(self, *forms: Form) -> None:
        """Make forms known."""
        self.by_name |= {form.name: form for form in forms}


FORMS = Forms()


def current(form: Form, answers: dict[str, Any]) -> Question | None:
    """The next question, None when all are answered."""
    for question in form.questions:
        if question.field not in answers and question.when(answers):
            return question
    return None


def check(model: type[BaseModel], name: str, value: Any) -> Any:
    """The value as the model keeps it.

    Raises:
        ValidationError: pydantic's reason.
    """
    blank = model.model_construct()
    model.__pydantic_validator__.validate_assignment(blank, name, value)
    return blank.model_dump(mode="json", include={name})[name]


async def begin(turn: Turn, form: Form, **answers: Any) -> None:
    """Open a form in the private chat; `answers` are known already."""
    person = turn.person
    draft = await drafts.begin(
        turn.tx,
        turn.now,
        turn.account,
        form.name,
        answers,
        member=person.member.id if person else None,
        community=person.member.community_id if person else answers.get("community_id"),
    )
    await _next(turn, form, draft, anew=False)


async def _next(turn: Turn, form: Form, draft: Draft, *, anew: bool) -> None:
    if current(form, draft.answers) is None:
        answers = draft.answers
        await drafts.end(turn.tx, turn.account)
        known = {name: answers[name] for name in form.model.model_fields if name in answers}
        await form.done(turn, form.model.model_validate(known), answers)
        return
    facts: dict[str, Any] = {"number": draft.number, "language": turn.tr.language}
    if anew:
        await turn.say(Notice.FORM, **facts)
    else:
        await turn.show(Notice.FORM, **facts)


async def pressed(update: Update, turn: Turn) -> None:
    """A button of a question: `answer:<draft>:<field's place>:<what>`."""
    number, place, what = turn.words(3)
    draft = await drafts.find(turn.tx, turn.account)
    if draft is None or str(draft.number) != number or draft.form not in FORMS.by_name:
        raise Stale
    form = FORMS.by_name[draft.form]
    question = current(form, draft.answers)
    if question is None or str(form.questions.index(question)) != place:
        raise Stale
    filling = _filling(turn, draft)
    answers = dict(draft.answers)
    answers.pop("_error", None)
    if await _take_press(filling, question, answers, what):
        for helper in ("_picked", "_page", "_find"):
            answers.pop(helper, None)
    draft.answers = answers
    draft.updated_at = turn.now
    await _next(turn, form, draft, anew=False)


async def _take_press(
    filling: Filling, question: Question, answers: dict[str, Any], what: str
) -> bool:
    """Change `answers` as the press says; whether the question is answered."""
    if what == "-" and question.skip is not None:
        answers[question.field] = None
        return True
    if what.startswith("p") and what[1:].isdigit() and question.options:
        answers["_page"] = int(what[1:])
        return False
    if what == "*":
        answers.pop("_find", None)
        answers["_page"] = 0
        return False
    if question.many and what == "ok":
        answers[question.field] = list(answers.get("_picked", []))
        return True
    value = what.removeprefix("=")
    options = await question.options(filling) if question.options else []
    if value not in {option.value for option in options}:
        raise Stale
    if not question.many:
        answers[question.field] = value
        return True
    picked = list(answers.get("_picked", []))
    picked.remove(value) if value in picked else picked.append(value)
    answers["_picked"] = picked
    return False


async def typed(turn: Turn, text: str) -> bool:
    """A typed (or shared) answer to the open question; False when no form is open."""
    draft = await drafts.find(turn.tx, turn.account)
    if draft is None or draft.form not in FORMS.by_name:
        return False
    form = FORMS.by_name[draft.form]
    question = current(form, draft.answers)
    if question is None:
        return False
    answers = dict(draft.answers)
    answers.pop("_error", None)
    filling = _filling(turn, draft)
    if question.write or question.contact:
        try:
            said = clean(text)
            if question.read is not None:
                said = question.read(filling, said)
            answers[question.field] = check(form.model, question.field, said)
        except PydanticCustomError as error:
            answers["_error"] = [error.type, {}]
        except ValidationError as error:
            first = error.errors()[0]
            context = {name: str(value) for name, value in first.get("ctx", {}).items()}
            answers["_error"] = [first["type"], context]
    elif question.options:
        await _find(filling, question, answers, text)
    draft.answers = answers
    draft.updated_at = turn.now
    await _next(turn, form, draft, anew=True)
    return True


def asks(draft: Draft, name: str) -> bool:
    """Whether the open question of a draft is the one for a field."""
    form = FORMS.by_name.get(draft.form)
    question = current(form, draft.answers) if form else None
    return question is not None and question.field == name


async def given(turn: Turn, draft: Draft, name: str, value: Any) -> None:
    """The open question is answered by something that is neither a press nor words."""
    draft.answers = {**draft.answers, name: value}
    draft.updated_at = turn.now
    await _next(turn, FORMS.by_name[draft.form], draft, anew=True)


async def _find(filling: Filling, question: Question, answers: dict[str, Any], text: str) -> None:
    """A typed word chooses the option it names, or narrows a long list."""
    options = await question.options(filling) if question.options else []
    found = [option for option in options if matches(option.label, text)]
    exact = [option for option in options if option.label.strip() == text.strip()]
    chosen = exact if len(exact) == 1 else found
    if not found:
        answers["_error"] = ["press_a_button", {}]
    elif len(chosen) == 1 and question.many:
        picked = list(answers.get("_picked", []))
        answers["_picked"] = picked if chosen[0].value in picked else [*picked, chosen[0].value]
    elif len(chosen) == 1:
        answers[question.field] = chosen[0].value
        answers.pop("_find", None)
        answers.pop("_page", None)
    else:
        answers["_find"] = text.strip()[:40]
        answers["_page"] = 0


def clean(text: str) -> str:
    """Typed text without control and direction characters, which could disguise what it says."""
    kept = "".join(
        char
        for char in text
        if char == "\n"
        or (
            char.isprintable()
            and not "\u202a" <= char <= "\u202e"
            and not "\u2066" <= char <= "\u2069"
        )
    )
    return kept.strip()


def matches(label: str, text: str) -> bool:
    """Whether a label contains the text, or its pinyin initials do ("wgf" finds 王桂芳)."""
    wanted = text.strip().lower()
    if wanted in label.lower():
        return True
    readings = initials(label)
    return _initials_match(readings, wanted)


def _initials_match(readings: Sequence[Sequence[str]], wanted: str) -> bool:
    letters = [{one[:1].lower() for one in reading} for reading in readings]
    return bool(wanted) and any(
        all(wanted[n] in letters[start + n] for n in range(len(wanted)))
        for start in range(len(letters) - len(wanted) + 1)
    )


def _filling(turn: Turn, draft: Draft) -> Filling:
    return Filling(turn.tx, turn.now, turn.tr, turn.person, draft.community_id, draft.answers)


async def draw(filling: Filling, draft: Draft, error: Markup | None) -> Screen | None:
    """The open question as a message."""
    form = FORMS.by_name.get(draft.form)
    question = current(form, draft.answers) if form else None
    if form is None or question is None:
        return None
    tr = filling.tr
    parts = [Markup("<b>{}</b>").format(form.title(tr))]
    if error is not None:
        parts.append(Markup("⚠️ {}").format(error))
    parts.append(await question.ask(filling))
    stem = f"answer:{draft.number}:{form.questions.index(question)}:"
    rows = await _option_rows(filling, question, stem)
    if question.skip is not None:
        rows.append((Button(question.skip(tr), stem + "-"),))
    contact = str(tr("Share my phone number")) if question.contact else None
    if not question.contact:
        rows.append((Button(tr("Cancel"), "cancel"),))
    return Screen(Markup("\n\n").join(parts), tuple(rows), ask_contact=contact)


async def _option_rows(filling: Filling, question: Question, stem: str) -> list[tuple[Button, ...]]:
    if question.options is None:
        return []
    tr, answers = filling.tr, filling.answers
    options = await question.options(filling)
    wanted = answers.get("_find")
    if wanted:
        options = [option for option in options if matches(option.label, wanted)]
    picked = set(answers.get("_picked", []))
    pages = max(1, -(-len(options) // (PAGE * question.columns)))
    page = min(int(answers.get("_page", 0)), pages - 1)
    shown = options[page * PAGE * question.columns : (page + 1) * PAGE * question.columns]
    buttons = [
        Button(f"✅ {one.label}" if one.value in picked else one.label, f"{stem}={one.value}")
        for one in shown
    ]
    rows = [
        tuple(buttons[n : n + question.columns]) for n in range(0, len(buttons), question.columns)
    ]
    turns = []
    if page > 0:
        turns.append(Button("◀", f"{stem}p{page - 1}"))
    if page < pages - 1:
        turns.append(Button("▶", f"{stem}p{page + 1}"))
    if turns:
        rows.append(tuple(turns))
    if wanted:
        rows.append((Button(tr("Show all"), stem + "*"),))
    if question.many:
        done = question.none(tr) if question.none and not picked else None
        rows.append((Button(done or tr("Done ({n} chosen)", n=len(picked)), stem + "ok"),))
    return rows
