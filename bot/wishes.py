"""Wishes of an elder about who comes, and the handover card; both are the staff's to write."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field
from telegram import Update

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.screens.elders import card_of
from bot.screens.wishes import subject_name
from bot.texts import Texts
from bot.turn import Turn, number_of
from care.access import Right
from care.notices import Notice
from care.refusals import Stale
from care.wishes import Dialect, Kind
from storage import elders, members, pairings, wishes
from storage.tables import Elder, Standing
from storage.wishes import SUBJECTS

WHOLE = frozenset({Kind.SAME_SEX, Kind.TWO_PEOPLE})


async def _elder(turn: Turn, number: int) -> Elder:
    return await elders.access_elder(turn.tx, turn.me.viewer, number, Right.CHANGE)


async def _show(turn: Turn, elder: Elder, view: str) -> None:
    """A view; from which place in the list the elder's card was opened is kept."""
    standing = await turn.tx.get(Standing, (turn.account, turn.pressed or 0))
    where = standing.facts.get("list", {}) if standing else {}
    await turn.show(Notice.WISHES, card_of(elder.id), elder=elder.id, view=view, list=where)


async def show(update: Update, turn: Turn) -> None:
    """`wishes:<elder>`."""
    [number] = turn.numbers(1)
    await _show(turn, await _elder(turn, number), "wishes")


async def show_dialects(update: Update, turn: Turn) -> None:
    """`wish_dialects:<elder>`."""
    [number] = turn.numbers(1)
    await _show(turn, await _elder(turn, number), "dialects")


async def show_handover(update: Update, turn: Turn) -> None:
    """`handover:<elder>`."""
    [number] = turn.numbers(1)
    await _show(turn, await _elder(turn, number), "handover")


def _wanted(word: str) -> bool:
    """Buttons carry what is wanted, so that a tap delivered twice changes nothing twice."""
    if word not in {"0", "1"}:
        raise Stale
    return word == "1"


async def _set(turn: Turn, elder: Elder, view: str, kind: Kind, on: bool, **about: Any) -> None:
    await wishes.put(turn.tx, turn.now, turn.me.viewer, elder, kind, on=on, **about)
    await turn.tx.flush()
    await turn.plan_anew()
    await _show(turn, elder, view)
    await turn.refresh(card_of(elder.id))


async def set_kind(update: Update, turn: Turn) -> None:
    """Same sex, or two people: `wish:<elder>:<kind>:<0 or 1>`."""
    number, kind, word = turn.words(3)
    if kind not in WHOLE:
        raise Stale
    elder = await _elder(turn, number_of(number))
    await _set(turn, elder, "wishes", Kind(kind), _wanted(word))


async def set_dialect(update: Update, turn: Turn) -> None:
    """Whoever comes shall speak it: `wish_dialect:<elder>:<dialect>:<0 or 1>`."""
    number, dialect, word = turn.words(3)
    if dialect not in set(Dialect):
        raise Stale
    elder = await _elder(turn, number_of(number))
    await _set(turn, elder, "dialects", Kind.DIALECT, _wanted(word), value=dialect)


async def set_person(update: Update, turn: Turn) -> None:
    """Not this person: `wish_person:<elder>:<member>:<0 or 1>`.

    It may begin for a volunteer of the elder's pairings, and end for anybody who is named.
    """
    number, who, word = turn.words(3)
    on = _wanted(word)
    elder, member_id = await _elder(turn, number_of(number)), number_of(who)
    people = {
        one.id for whole in await pairings.of_elder(turn.tx, elder) for one in whole.volunteers
    }
    if on and member_id not in people:
        raise Stale
    await _set(turn, elder, "wishes", Kind.NOT_PERSON, on, member_id=member_id)


async def set_speaks(update: Update, turn: Turn) -> None:
    """What the elder speaks: `elder_speaks:<elder>:<dialect>:<0 or 1>`."""
    number, dialect, word = turn.words(3)
    if dialect not in set(Dialect):
        raise Stale
    speaks = _wanted(word)
    elder = await _elder(turn, number_of(number))
    await turn.tx.refresh(elder, with_for_update=True)
    kept = {*elder.dialects, dialect} if speaks else {*elder.dialects} - {dialect}
    elder.dialects, elder.updated_at = sorted(kept), turn.now
    target = f"elder:{elder.id}"
    facts = {"dialect": dialect, "speaks": speaks}
    await members.audit(turn.tx, turn.now, turn.me.viewer, "elder_speaks", target, **facts)
    await turn.tx.flush()
    await _show(turn, elder, "dialects")
    await turn.refresh(card_of(elder.id))


class Handed(BaseModel):
    """One subject of the handover card."""

    elder: int
    subject: str
    text: str | None = Field(default=None, min_length=1, max_length=200)


def _usual(tr: Texts, subject: str) -> Mapping[str, Markup]:
    """Answers given with one tap; anything else is typed."""
    found: dict[str, dict[str, Markup]] = {
        "hearing": {
            "~well": tr("hears well"),
            "~loud": tr("speak up and slowly"),
            "~aid": tr("wears a hearing aid"),
            "~knock": tr("does not hear knocking, ring first"),
        },
        "pets": {"~none": tr("no pets"), "~dog": tr("a dog"), "~cat": tr("a cat")},
        "likes": {
            "~family": tr("the children"),
            "~past": tr("the old days"),
            "~opera": tr("opera and songs"),
            "~food": tr("cooking"),
        },
    }
    return found.get(subject, {})


async def _ask_text(filling: Filling) -> Markup:
    tr, said = filling.tr, filling.answers
    subject = subject_name(tr, said["subject"])
    return tr("{name}: {subject}. Choose, or write a few words.", name=said["name"],
              subject=subject)  # fmt: skip


async def _texts(filling: Filling) -> list[Option]:
    usual = _usual(filling.tr, filling.answers["subject"])
    return [Option(key, text.unescape()) for key, text in usual.items()]


async def _handed(turn: Turn, said: Handed, _answers: dict[str, Any]) -> None:
    elder = await _elder(turn, said.elder)
    if said.subject not in SUBJECTS:
        raise Stale
    usual = _usual(turn.tr, said.subject).get(said.text or "")
    text = usual.unescape() if usual is not None else said.text
    await wishes.write_handover(turn.tx, turn.now, turn.me.viewer, elder, {said.subject: text})
    target = f"elder:{elder.id}"
    await members.audit(turn.tx, turn.now, turn.me.viewer, "handover", target, subject=said.subject)
    await turn.tx.flush()
    await _show(turn, elder, "handover")
    await turn.refresh(card_of(elder.id))


HANDOVER = Form(
    "handover",
    Handed,
    (
        Question(
            "text",
            _ask_text,
            options=_texts,
            write=True,
            columns=2,
            skip=lambda tr: tr("Leave it empty").unescape(),
        ),
    ),
    done=_handed,
    title=lambda tr: tr("For whoever visits"),
)
forms.FORMS.add(HANDOVER)


async def ask_handover(update: Update, turn: Turn) -> None:
    """`handover_ask:<elder>:<subject>`."""
    number, subject = turn.words(2)
    if subject not in SUBJECTS:
        raise Stale
    elder = await _elder(turn, number_of(number))
    await forms.begin(turn, HANDOVER, elder=elder.id, name=elder.name, subject=subject)


PRESSED = {
    "wishes": show,
    "wish": set_kind,
    "wish_dialects": show_dialects,
    "wish_dialect": set_dialect,
    "wish_person": set_person,
    "elder_speaks": set_speaks,
    "handover": show_handover,
    "handover_ask": ask_handover,
}
