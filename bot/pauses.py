"""Pauses: begun in a few taps, made longer, ended early; and what families tell of one."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from telegram import Update

from bot import forms, ladder
from bot.forms import Form
from bot.lists import refresh_lists
from bot.pause_questions import ENDS, LONGER_QUESTIONS, PAUSE_QUESTIONS, Longer, Pausing
from bot.screens.elders import card_of
from bot.screens.pauses import already_paused, request_card
from bot.turn import Turn, number_of
from bot.week import refresh_visit
from care.access import Right
from care.days import local_day
from care.notices import Notice
from care.pauses import Why
from care.refusals import AlreadyPaused, Stale
from care.visits import PLANNED, State
from storage import elders, errand_offers, members, pairings, pauses, visits
from storage.pauses import pause_card
from storage.tables import Elder, Member, Pause
from storage.week import PAUSED


async def ask(update: Update, turn: Turn) -> None:
    """`pause_ask:<elder>`: why, and until when; who is paused already is shown as they are."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.CHANGE)
    if await pauses.of_elder(turn.tx, elder, _today(turn)) is not None:
        await turn.show(Notice.PAUSE, pause_card(elder.id), elder=elder.id)
        return
    await forms.begin(turn, PAUSE, elder=elder.id, name=elder.name, after=str(_today(turn)))


async def tell(update: Update, turn: Turn) -> None:
    """`pause_tell:<elder>`, from a family: the same questions; then the station decides."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.ASK_PAUSE)
    known = {"elder": elder.id, "name": elder.name, "after": str(_today(turn)), "told": True}
    await forms.begin(turn, PAUSE, **known)


async def _done(turn: Turn, said: Pausing, _answers: dict[str, Any]) -> None:
    right = Right.ASK_PAUSE if said.told else Right.CHANGE
    elder = await elders.access_elder(turn.tx, turn.me.viewer, said.elder, right)
    if said.why == ENDS and not said.told:
        await turn.show(Notice.PAUSE, elder=elder.id, ask="exit")
    elif said.until is None:
        raise Stale
    elif said.told:
        await _ask_staff(turn, elder, said, said.until)
    else:
        try:
            await _begin(turn, elder, Why(said.why), said.first, said.until)
        except AlreadyPaused as other:
            # The one that is in the way is shown, with what can be done about it.
            text = already_paused(turn.tr, other.first, other.until)
            turn.toast(text.unescape(), alert=True)
        await turn.show(Notice.PAUSE, pause_card(elder.id), elder=elder.id)


async def _begin(turn: Turn, elder: Elder, why: Why, first: date | None, until: date) -> None:
    """Nothing is owed from the first day until the return date; who was to come then is told."""
    by = turn.me.member.id
    pause = await pauses.begin(turn.tx, turn.now, elder, why, until, by, first=first)
    await _audit(turn, "pause", elder, why=why, first=str(pause.first_day), until=str(until))
    if pause.first_day == _today(turn):
        await ladder.no_longer_owed(turn, elder)
    await _drop_visits(turn, elder, pause)
    await _redraw(turn, elder)


async def _audit(turn: Turn, action: str, elder: Elder, **facts: str) -> None:
    await members.audit(turn.tx, turn.now, turn.me.viewer, action, f"elder:{elder.id}", **facts)


async def _drop_visits(turn: Turn, elder: Elder, pause: Pause) -> None:
    """Visits of these days are off; only those of today and tomorrow are worth a message.

    Errands are not off by themselves; those concerned are asked.
    """
    today = _today(turn)
    soon: defaultdict[int, list[int]] = defaultdict(list)
    people: dict[int, Member] = {}
    first = max(today, pause.first_day)
    await visits.drop_drafts(turn.tx, elder, first, pause.until)
    for row in await visits.open_of(turn.tx, elder, first, pause.until):
        if row.visit.state not in PLANNED:
            continue
        await visits.move(turn.tx, row.visit, PLANNED, State.DROPPED, reason=PAUSED)
        await refresh_visit(turn, row)
        people[row.volunteer.id] = row.volunteer
        if row.visit.day <= today + timedelta(days=1):
            soon[row.volunteer.id].append(row.visit.id)
    for member_id, ids in soon.items():
        key = f"visit_off:{pause.id}:{pause.until}:{member_id}"
        to = members.to_of(people[member_id])
        await turn.tell(to, Notice.VISIT_OFF, key=key, visits=ids)
    await errand_offers.tell_away(turn.tx, turn.now, elder, pause)


async def _redraw(turn: Turn, elder: Elder) -> None:
    await turn.tx.flush()
    await refresh_lists(turn, elder)
    await turn.refresh(card_of(elder.id))
    await turn.refresh(pause_card(elder.id))


def _today(turn: Turn) -> date:
    return local_day(turn.now, turn.me.zone)


async def _ask_staff(turn: Turn, elder: Elder, said: Pausing, until: date) -> None:
    viewer, first = turn.me.viewer, said.first or _today(turn)
    number = await pauses.ask(turn.tx, turn.now, viewer, elder, Why(said.why), until, first=first)
    await turn.show(Notice.PAUSE_TOLD, request=number)
    for one in await pairings.keepers(turn.tx, elder, _today(turn)):
        await turn.tell(
            members.to_of(one),
            Notice.PAUSE_ASKED,
            key=f"pause_asked:{number}:{one.id}",
            card=request_card(number),
            request=number,
        )


async def grant(update: Update, turn: Turn) -> None:
    """`pause_grant:<request>`: what the family told becomes a pause."""
    found = await _answer(turn, pauses.GRANTED)
    await _begin(turn, found.elder, found.why, found.first, found.until)


async def refuse(update: Update, turn: Turn) -> None:
    """`pause_refuse:<request>`: calls and visits go on."""
    await _answer(turn, pauses.REFUSED)


async def _answer(turn: Turn, action: str) -> pauses.Request:
    """Write the answer down, for the colleagues and the family to see."""
    [number] = turn.numbers(1)
    found = await pauses.access_request(turn.tx, turn.me.viewer, number)
    await turn.show(Notice.PAUSE_ASKED, request_card(number), request=number)
    await pauses.answer(turn.tx, turn.now, turn.me.viewer, found, action)
    await turn.refresh(request_card(number))
    to = members.to_of(found.asker)
    await turn.tell(to, Notice.PAUSE_TOLD, key=f"pause_told:{number}", request=number)
    return found


async def end(update: Update, turn: Turn) -> None:
    """ "Back today", or "not away after all": `pause_end:<pause>`; owed again from now on."""
    [number] = turn.numbers(1)
    pause, elder = await pauses.access_pause(turn.tx, turn.me.viewer, number)
    await turn.show(Notice.ELDER, card_of(elder.id), elder=elder.id)
    if pause.until <= _today(turn):
        raise Stale
    await pauses.end(turn.tx, turn.now, pause, turn.me.member.id)
    await _audit(turn, "pause_ended", elder)
    await turn.plan_anew()
    await _redraw(turn, elder)
    begun = pause.first_day <= _today(turn)
    turn.toast(
        turn.tr("{name} is back on the lists today.", name=elder.name)
        if begun
        else turn.tr("Everything goes on as usual for {name}.", name=elder.name)
    )


async def ask_longer(update: Update, turn: Turn) -> None:
    """ "Stays longer…": `pause_longer:<pause>`; still possible on the return date itself."""
    [number] = turn.numbers(1)
    pause, elder = await pauses.access_pause(turn.tx, turn.me.viewer, number)
    if pause.ended_at is not None or pause.until < _today(turn):
        raise Stale
    await forms.begin(turn, LONGER, pause=pause.id, name=elder.name, after=str(pause.until))


async def _longer(turn: Turn, said: Longer, answers: dict[str, Any]) -> None:
    pause, elder = await pauses.access_pause(turn.tx, turn.me.viewer, said.pause)
    await turn.show(Notice.PAUSE, pause_card(elder.id), elder=elder.id)
    if str(pause.until) != answers["after"] or pause.until < _today(turn):
        # A colleague was faster: how it stands now is the answer.
        return
    await pauses.extend(turn.tx, pause, said.until)
    await _audit(turn, "pause_longer", elder, before=answers["after"], until=str(said.until))
    if pause.first_day <= _today(turn):
        await ladder.no_longer_owed(turn, elder)
    await _drop_visits(turn, elder, pause)
    await _redraw(turn, elder)


async def comes_back(update: Update, turn: Turn) -> None:
    """ "Yes, back tomorrow": `pause_back:<pause>:<return date>`; the colleagues need not ask."""
    word, until = turn.words(2)
    pause, elder = await pauses.access_pause(turn.tx, turn.me.viewer, number_of(word))
    card = pause_card(elder.id)
    await turn.show(Notice.PAUSE_RETURN, card, pause=pause.id, until=str(pause.until))
    if str(pause.until) != until or pause.ended_at is not None:
        raise Stale
    await pauses.note_comes_back(turn.tx, turn.now, turn.me.viewer, pause)
    await turn.refresh(card)


PAUSE = Form("pause", Pausing, PAUSE_QUESTIONS, done=_done, title=lambda tr: tr("Pause"))
LONGER = Form(
    "pause_longer",
    Longer,
    LONGER_QUESTIONS,
    done=_longer,
    title=lambda tr: tr("Stays longer"),
)
forms.FORMS.add(PAUSE, LONGER)

PRESSED = {
    "pause_ask": ask,
    "pause_tell": tell,
    "pause_grant": grant,
    "pause_refuse": refuse,
    "pause_end": end,
    "pause_longer": ask_longer,
    "pause_back": comes_back,
}
