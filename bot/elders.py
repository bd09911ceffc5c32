"""Elders: the list, one elder, a change of tier, and invitations from the card."""

from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field
from telegram import Update

from bot import forms, joining
from bot.forms import Filling, Form, Option, Question
from bot.lists import refresh_lists
from bot.screens.elders import SHELVES, card_of
from bot.screens.words import tier_name
from bot.texts import Texts
from bot.turn import Turn, number_of
from care.access import Right, Role
from care.elders import Tier
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import elders, members, tiers
from storage.elders import Decision
from storage.tables import Standing

KEPT = ("shelf", "page", "find")


async def show_list(update: Update, turn: Turn) -> None:
    """`/elders`, or the button of the same name."""
    _staff(turn)
    await turn.show(Notice.ELDERS)


async def turn_page(update: Update, turn: Turn) -> None:
    """`elders_page:<tier or all>:<page>`; what was looked for stays while pages are turned."""
    shelf, page = turn.words(2)
    _staff(turn)
    if shelf not in {*SHELVES, "all"}:
        raise Stale
    before = await _shown(turn)
    kept = {"find": before["find"]} if before.get("find") and shelf == before.get("shelf") else {}
    await turn.show(Notice.ELDERS, shelf=shelf, page=number_of(page), **kept)


async def back(update: Update, turn: Turn) -> None:
    """From a card to the place in the list that it was opened from."""
    _staff(turn)
    await turn.show(Notice.ELDERS, **(await _shown(turn)).get("list", {}))


async def _shown(turn: Turn) -> dict[str, Any]:
    """The facts of the message whose button was pressed."""
    standing = await turn.tx.get(Standing, (turn.account, turn.pressed or 0))
    return {} if standing is None else standing.facts


class Find(BaseModel):
    """Whom to look for."""

    text: str = Field(min_length=1, max_length=40)


async def _ask_find(filling: Filling) -> Markup:
    return filling.tr("Write part of the name, or its initials: wgf finds 王桂芳.")


async def _found(turn: Turn, said: Find, _answers: dict[str, Any]) -> None:
    _staff(turn)
    everybody = await elders.looked_after(turn.tx, turn.me.viewer)
    found = [one for one in everybody if forms.matches(one.name, said.text)]
    if len(found) == 1:
        await _show(turn, found[0].id)
    else:
        await turn.show(Notice.ELDERS, shelf="all", page=0, find=said.text)


FIND = Form(
    "find_elder",
    Find,
    (Question("text", _ask_find, write=True),),
    done=_found,
    title=lambda tr: tr("Find by name"),
)


async def find(update: Update, turn: Turn) -> None:
    """Ask for a name."""
    _staff(turn)
    await forms.begin(turn, FIND)


async def show_card(update: Update, turn: Turn) -> None:
    """One elder."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.SEE_ALL)
    await _show(turn, elder.id)


async def _show(turn: Turn, elder_id: int, **facts: Any) -> None:
    """The card, which remembers from which place in the list it was opened."""
    before = await _shown(turn)
    where = before.get("list") or {name: before[name] for name in KEPT if name in before}
    await turn.show(Notice.ELDER, card_of(elder_id), elder=elder_id, list=where, **facts)


async def ask_tier(update: Update, turn: Turn) -> None:
    """The tiers to choose from."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.CHANGE)
    await _show(turn, elder.id, ask="tier")


class TierSaid(BaseModel):
    """A change of tier with its reason; `before` is what whoever decided was looking at."""

    elder: int
    before: str
    after: Tier
    reason: str = Field(min_length=2, max_length=200)


SEVERITY = ("none", Tier.GREEN, Tier.YELLOW, Tier.RED)


def _usual(tr: Texts, before: str, after: str) -> dict[str, Markup]:
    """Reasons given with one tap; anything else is typed."""
    if before == "none":
        return {"~first": tr("first assessment")}
    if SEVERITY.index(after) < SEVERITY.index(before):
        return {"~quiet": tr("quiet for several weeks"), "~better": tr("has recovered")}
    return {
        "~fall": tr("had a fall"),
        "~hospital": tr("back from hospital"),
        "~weaker": tr("has become weaker"),
        "~unreached": tr("was not reached for days"),
    }


async def _ask_reason(filling: Filling) -> Markup:
    tr, said = filling.tr, filling.answers
    before = None if said["before"] == "none" else Tier(said["before"])
    return tr(
        "{name}: from {before} to {after}. Why? Choose, or write a few words.",
        name=said["name"],
        before=tier_name(tr, before),
        after=tier_name(tr, Tier(said["after"])),
    )


async def _reasons(filling: Filling) -> list[Option]:
    usual = _usual(filling.tr, filling.answers["before"], filling.answers["after"])
    return [Option(key, text.unescape()) for key, text in usual.items()]


async def _tier_said(turn: Turn, said: TierSaid, _answers: dict[str, Any]) -> None:
    elder = await elders.access_elder(turn.tx, turn.me.viewer, said.elder, Right.CHANGE)
    if (elder.tier or "none") != said.before:
        await _show(turn, elder.id, moved=True)
        return
    before = elder.tier
    usual = _usual(turn.tr, said.before, said.after).get(said.reason)
    reason = usual.unescape() if usual is not None else said.reason
    decision = Decision(turn.me.member.id, reason)
    elders.change_tier(turn.tx, turn.now, elder, said.after, decision)
    await members.audit(
        turn.tx,
        turn.now,
        turn.me.viewer,
        "tier",
        f"elder:{elder.id}",
        before=before,
        after=said.after,
    )
    await turn.tx.flush()
    await turn.plan_anew()
    await tiers.settle(turn.tx, turn.now, elder, turn.me.member.id)
    if Tier.RED in {before, said.after}:
        await refresh_lists(turn, elder)
    await turn.refresh(card_of(elder.id))
    await _show(turn, elder.id)


TIER = Form(
    "tier",
    TierSaid,
    (Question("reason", _ask_reason, options=_reasons, write=True, columns=2),),
    done=_tier_said,
    title=lambda tr: tr("Change the tier"),
)
forms.FORMS.add(FIND, TIER)


async def change_tier(update: Update, turn: Turn) -> None:
    """`tier_to:<elder>:<tier now>:<tier to be>`: asks why, for nothing changes without a reason."""
    number, before, after = turn.words(3)
    if after not in set(Tier):
        raise Stale
    elder_id = number_of(number)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.CHANGE)
    if (elder.tier or "none") != before:
        raise Stale
    await forms.begin(turn, TIER, elder=elder.id, before=before, after=after, name=elder.name)


async def ask_invite(update: Update, turn: Turn) -> None:
    """Whether the family is to be invited, or the elder."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.CHANGE)
    await _show(turn, elder.id, ask="invite")


async def invite(update: Update, turn: Turn) -> None:
    """`invite_as:<elder>:<role>`: the usual invitation, with the elder known already."""
    number, role = turn.words(2)
    if role not in {Role.FAMILY, Role.ELDER}:
        raise Stale
    elder_id = number_of(number)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.CHANGE)
    if role == Role.ELDER and elder.member_id is not None:
        raise Stale
    await forms.begin(turn, joining.INVITE, role=role, elder=str(elder.id))


async def show_not_reached(update: Update, turn: Turn) -> None:
    """Whom chat does not reach."""
    [page] = turn.numbers(1)
    _staff(turn)
    await turn.show(Notice.NOT_REACHED, page=page)


async def show_family(update: Update, turn: Turn) -> None:
    """`/elder`: the family's elder; a choice when there are several."""
    found = await elders.of_family(turn.tx, turn.me.viewer)
    if len(found) == 1:
        await turn.show(Notice.FAMILY_ELDER, elder=found[0].id)
    else:
        await turn.show(Notice.FAMILY_CHOICE)


async def choose_family(update: Update, turn: Turn) -> None:
    """One of several elders of a family."""
    [elder_id] = turn.numbers(1)
    found = await elders.of_family(turn.tx, turn.me.viewer)
    if elder_id not in {one.id for one in found}:
        raise NotYours
    await turn.show(Notice.FAMILY_ELDER, elder=elder_id)


def _staff(turn: Turn) -> None:
    if not turn.me.viewer.staff:
        raise NotYours


PRESSED = {
    "elders_page": turn_page,
    "elders_all": show_list,
    "elders_back": back,
    "elders_find": find,
    "elder": show_card,
    "tier_ask": ask_tier,
    "tier_to": change_tier,
    "invite_for": ask_invite,
    "invite_as": invite,
    "not_reached": show_not_reached,
    "my_elder": choose_family,
}
