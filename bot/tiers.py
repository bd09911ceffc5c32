"""Tiers: deciding what the program proposes, the menu of tier and grade, a fall."""

from datetime import date
from typing import Any

from telegram import Update

from bot.lists import refresh_lists
from bot.screens.elders import card_of
from bot.screens.tiers import evidence_text
from bot.screens.words import grade_name, tier_name
from bot.texts import Texts
from bot.turn import Turn, number_of
from care.access import Right
from care.days import local_day
from care.elders import GRADES, Tier
from care.notices import Notice
from care.refusals import NotYours, Stale
from care.tiers import Question
from storage import elders, evidence, members, tiers
from storage.tables import Elder, Standing
from storage.tiers import Asked, digest_card


async def _asked(turn: Turn) -> Asked:
    [number] = turn.numbers(1)
    return await tiers.access_question(turn.tx, turn.me.viewer, number)


async def take(update: Update, turn: Turn) -> None:
    """ "Yes, red": `tier_take:<question>`; the evidence in words becomes the reason."""
    asked = await _asked(turn)
    station = turn.me.community
    reason = evidence_text(Texts(station.language, turn.me.zone), _proposal(asked).question)
    before, after = asked.question.before, asked.question.after
    await tiers.take(turn.tx, turn.now, turn.me.viewer, asked, reason)
    await turn.plan_anew()
    if Tier.RED in {before, after}:
        await refresh_lists(turn, asked.elder)
    await turn.refresh(card_of(asked.elder.id))
    name, tier = asked.elder.name, tier_name(turn.tr, after)
    turn.toast(turn.tr("{name} is {tier} from now on.", name=name, tier=tier).unescape())


async def keep(update: Update, turn: Turn) -> None:
    """ "No, stays yellow": `tier_keep:<question>`."""
    asked = _proposal(await _asked(turn))
    await tiers.keep(turn.tx, turn.now, turn.me.viewer, asked)
    turn.toast(turn.tr("Noted. I will not ask about this again."))


def _proposal(asked: Asked) -> Asked:
    if asked.question.kind is not Question.PROPOSAL:
        raise Stale
    return asked


async def choose_other(update: Update, turn: Turn) -> None:
    """The usual form, in a message of its own: `tier_other:<question>`; the question stays."""
    asked = await _asked(turn)
    if not asked.open:
        raise Stale
    elder = asked.elder
    await turn.say(Notice.ELDER, card_of(elder.id), elder=elder.id, ask="tier")


async def turn_page(update: Update, turn: Turn) -> None:
    """`tiers_page:<day>:<page>`."""
    day, page = turn.words(2)
    if not turn.me.viewer.staff:
        raise NotYours
    try:
        card = digest_card(turn.me.member.id, date.fromisoformat(day))
    except ValueError:
        raise Stale from None
    await turn.show(Notice.TIERS, card, day=day, page=number_of(page))


async def _elder(turn: Turn, right: Right = Right.CHANGE) -> Elder:
    [number] = turn.numbers(1)
    return await elders.access_elder(turn.tx, turn.me.viewer, number, right)


async def _show(turn: Turn, elder: Elder, view: str, **facts: Any) -> None:
    """A view of tier and grade; from which place in the list the card was opened is kept."""
    standing = await turn.tx.get(Standing, (turn.account, turn.pressed or 0))
    where = standing.facts.get("list", {}) if standing else {}
    await turn.show(
        Notice.ELDER_TIER, card_of(elder.id), elder=elder.id, view=view, list=where, **facts
    )


async def show_menu(update: Update, turn: Turn) -> None:
    """`tier_menu:<elder>`."""
    await _show(turn, await _elder(turn), "menu")


async def show_history(update: Update, turn: Turn) -> None:
    """All changes of the tier: `tier_history:<elder>:<page>`."""
    number, page = turn.numbers(2)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, number, Right.SEE_ALL)
    await _show(turn, elder, "history", page=page)


async def ask_grade(update: Update, turn: Turn) -> None:
    """`grade_ask:<elder>`."""
    await _show(turn, await _elder(turn), "grade")


async def change_grade(update: Update, turn: Turn) -> None:
    """`grade_to:<elder>:<grade or none>`."""
    number, word = turn.words(2)
    after = None if word == "none" else number_of(word)
    if after not in {*GRADES, None}:
        raise Stale
    elder = await elders.access_elder(turn.tx, turn.me.viewer, number_of(number), Right.CHANGE)
    before = elder.ability_grade
    await _show(turn, elder, "menu")
    if before == after:
        return
    elder.ability_grade = after
    target = f"elder:{elder.id}"
    await members.audit(
        turn.tx, turn.now, turn.me.viewer, "grade", target, before=before, after=after
    )
    await turn.tx.flush()
    await turn.refresh(card_of(elder.id))
    turn.toast(turn.tr("Noted: {grade}", grade=grade_name(turn.tr, after)).unescape())


async def ask_fall(update: Update, turn: Turn) -> None:
    """`fall_ask:<elder>`: whether it is meant."""
    await _show(turn, await _elder(turn), "fall")


async def note_fall(update: Update, turn: Turn) -> None:
    """`fall:<elder>`: written down, and whoever keeps the elder is asked about the tier."""
    elder = await _elder(turn)
    await _show(turn, elder, "menu")
    today = local_day(turn.now, turn.me.zone)
    target = f"elder:{elder.id}"
    await members.audit(turn.tx, turn.now, turn.me.viewer, evidence.FALL, target, day=str(today))
    await turn.tx.flush()
    await tiers.propose(turn.tx, turn.now, turn.me.community, {elder.id})
    turn.toast(turn.tr("{name}: the fall is noted.", name=elder.name).unescape())


PRESSED = {
    "tier_take": take,
    "tier_keep": keep,
    "tier_other": choose_other,
    "tiers_page": turn_page,
    "tier_menu": show_menu,
    "tier_history": show_history,
    "grade_ask": ask_grade,
    "grade_to": change_grade,
    "fall_ask": ask_fall,
    "fall": note_fall,
}
