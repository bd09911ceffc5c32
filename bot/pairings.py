"""Pairings: the list, a new one in a few taps, and dissolving one."""

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel
from telegram import Update

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.lists import refresh_call_lists
from bot.screens.elders import MARKS, in_order
from bot.screens.pairings import names_of, warnings
from bot.screens.reader import lines, paragraphs
from bot.turn import Turn
from care.access import Role
from care.notices import Notice
from care.refusals import NotYours
from storage import elders, members, pairings
from storage.members import Person
from storage.tables import Elder, Member, Pairing


async def show_list(update: Update, turn: Turn) -> None:
    """`/pairings`, or the button of the same name."""
    _staff(turn)
    await turn.show(Notice.PAIRINGS)


async def turn_page(update: Update, turn: Turn) -> None:
    """Another page of the list."""
    [page] = turn.numbers(1)
    _staff(turn)
    await turn.show(Notice.PAIRINGS, page=page)


async def show_pairing(update: Update, turn: Turn) -> None:
    """One pairing."""
    [number] = turn.numbers(1)
    whole = await pairings.access_pairing(turn.tx, turn.me.viewer, number)
    await turn.show(Notice.PAIRING, pairing=whole.pairing.id)


async def ask_end(update: Update, turn: Turn) -> None:
    """Dissolving is asked twice."""
    [number] = turn.numbers(1)
    whole = await pairings.access_pairing(turn.tx, turn.me.viewer, number)
    await turn.show(Notice.PAIRING, pairing=whole.pairing.id, asked=True)


async def end(update: Update, turn: Turn) -> None:
    """Dissolve: the elders are everybody's again, so every call list changes."""
    [number] = turn.numbers(1)
    whole = await pairings.access_pairing(turn.tx, turn.me.viewer, number)
    if await pairings.end(turn.tx, turn.now, whole.pairing.id):
        target = f"pairing:{whole.pairing.id}"
        await members.audit(turn.tx, turn.now, turn.me.viewer, "pairing_ended", target)
        await refresh_call_lists(turn)
        await turn.plan_anew()
    turn.toast(turn.tr("The pairing is dissolved."))
    await turn.show(Notice.PAIRINGS)


class NewPairing(BaseModel):
    """Who is to look after whom."""

    worker: int
    volunteers: list[int]
    elders: list[int]
    sure: bool


async def _workers(filling: Filling) -> list[Member]:
    """Whom the one who asks may put at the head: anybody for a supervisor, else oneself."""
    person = _person(filling)
    found = await members.with_role(filling.tx, person.community.id, Role.SOCIAL_WORKER)
    if person.viewer.supervisor:
        return found
    return [one for one in found if one.id == person.member.id]


async def _volunteers(filling: Filling) -> list[Member]:
    return await members.with_role(filling.tx, _person(filling).community.id, Role.VOLUNTEER)


async def _elders(filling: Filling) -> list[Elder]:
    """Those in no pairing first."""
    found = in_order(await elders.looked_after(filling.tx, _person(filling).viewer))
    led = await pairings.workers_by_elder(filling.tx, _person(filling).community.id)
    return sorted(found, key=lambda one: one.id in led)


def _person(filling: Filling) -> Person:
    if filling.person is None or not filling.person.viewer.staff:
        raise NotYours
    return filling.person


async def _worker_options(filling: Filling) -> list[Option]:
    return [Option(str(one.id), one.name) for one in await _workers(filling)]


async def _volunteer_options(filling: Filling) -> list[Option]:
    return [Option(str(one.id), one.name) for one in await _volunteers(filling)]


async def _elder_options(filling: Filling) -> list[Option]:
    led = await pairings.workers_by_elder(filling.tx, _person(filling).community.id)
    return [
        Option(str(one.id), f"{MARKS[one.tier]} {one.name}" + (" 🤝" if one.id in led else ""))
        for one in await _elders(filling)
    ]


async def _sure_options(filling: Filling) -> list[Option]:
    return [Option("1", filling.tr("Create this pairing").unescape())]


async def _ask_worker(filling: Filling) -> Markup:
    return filling.tr("Which social worker leads it?")


async def _ask_volunteers(filling: Filling) -> Markup:
    return filling.tr("Which volunteers? Choose any, or type part of a name.")


async def _ask_elders(filling: Filling) -> Markup:
    return filling.tr(
        "Which elders? Choose any, or type part of a name. 🤝 is in a pairing already."
    )


async def _ask_sure(filling: Filling) -> Markup:
    """What would be created, with everything unusual about it said before the tap."""
    tr, person = filling.tr, _person(filling)
    worker, volunteers, chosen = await _chosen(filling)
    led = await pairings.workers_by_elder(filling.tx, person.community.id)
    again = [one for one in chosen if one.id in led]
    odd = warnings(tr, person.settings, len(chosen), len(volunteers))
    if again:
        names = names_of(tr, again)
        odd.append(tr("⚠️ In another pairing already: {names}", names=names))
    named = tr(", ").join(one.name for one in volunteers)
    return paragraphs(
        lines(
            tr("Social worker: {name}", name=worker.name),
            tr("Volunteers: {names}", names=named or "—"),
            tr("Elders: {names}", names=names_of(tr, chosen) or "—"),
        ),
        lines(*odd),
    )


async def _chosen(filling: Filling) -> tuple[Member, list[Member], list[Elder]]:
    """The people of the answers, as far as they may be chosen still.

    Raises:
        NotYours: not the social worker one may put at the head.
    """
    said = filling.answers
    workers = [one for one in await _workers(filling) if str(one.id) == str(said["worker"])]
    if not workers:
        raise NotYours
    volunteers = [one for one in await _volunteers(filling) if str(one.id) in said["volunteers"]]
    chosen = [one for one in await _elders(filling) if str(one.id) in said["elders"]]
    return workers[0], volunteers, in_order(chosen)


async def _create(turn: Turn, _said: NewPairing, answers: dict[str, Any]) -> None:
    person = turn.me
    filling = Filling(turn.tx, turn.now, turn.tr, person, person.community.id, answers)
    worker, volunteers, chosen = await _chosen(filling)
    pairing = await pairings.create(
        turn.tx,
        turn.now,
        person.community.id,
        worker.id,
        [one.id for one in volunteers],
        [one.id for one in chosen],
    )
    await made(turn, pairing, volunteers)
    await refresh_call_lists(turn)
    await turn.show(Notice.PAIRING, pairing=pairing.id, created=bool(volunteers))


async def made(turn: Turn, pairing: Pairing, volunteers: Iterable[Member]) -> None:
    """A pairing was made: it is written down who did, and its volunteers are told."""
    target = f"pairing:{pairing.id}"
    await members.audit(turn.tx, turn.now, turn.me.viewer, "pairing_made", target)
    await turn.plan_anew()
    await tell_paired(turn, pairing.id, volunteers)


async def tell_paired(turn: Turn, pairing_id: int, volunteers: Iterable[Member]) -> None:
    """Volunteers hear once with whom they are paired."""
    for one in volunteers:
        key = f"paired:{pairing_id}:{one.id}"
        await turn.tell(members.to_of(one), Notice.PAIRED, key=key, pairing=pairing_id)


PAIRING = Form(
    "pairing",
    NewPairing,
    (
        Question("worker", _ask_worker, options=_worker_options),
        Question("volunteers", _ask_volunteers, options=_volunteer_options, many=True, columns=2),
        Question("elders", _ask_elders, options=_elder_options, many=True, columns=2),
        Question("sure", _ask_sure, options=_sure_options),
    ),
    done=_create,
    title=lambda tr: tr("New pairing"),
)
forms.FORMS.add(PAIRING)


async def new(update: Update, turn: Turn) -> None:
    """ "New pairing"; a social worker leads their own."""
    _staff(turn)
    viewer = turn.me.viewer
    if not viewer.supervisor:
        await forms.begin(turn, PAIRING, worker=str(viewer.member_id))
        return
    if not await members.with_role(turn.tx, viewer.community_id, Role.SOCIAL_WORKER):
        text = turn.tr("There is no social worker yet. Please invite one first, with /invite.")
        turn.toast(text.unescape(), alert=True)
        return
    await forms.begin(turn, PAIRING)


def _staff(turn: Turn) -> None:
    if not turn.me.viewer.staff:
        raise NotYours


PRESSED = {
    "pairings_page": turn_page,
    "pairing": show_pairing,
    "pairing_new": new,
    "pairing_end": ask_end,
    "pairing_end_yes": end,
}
