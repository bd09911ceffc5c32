"""Proposed pairings by chat: asked for, looked at, and taken one by one or all at once."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import structlog
from telegram import Update

from bot.lists import refresh_call_lists
from bot.pairing_changes import joined
from bot.pairings import made, tell_paired
from bot.turn import Turn, number_of
from care.notices import Notice
from care.proposals import Proposal, Roster
from care.refusals import NotYours, Stale
from storage import members, proposals
from storage.engine import Database
from storage.proposals import Kept, may_take

log = structlog.get_logger()
ASK = "pairings_propose"
_NAME = re.compile(r"[grj][0-9]{1,4}")


@dataclass(frozen=True)
class Solved:
    """A proposal for the roster as it was a moment ago; None when none could be worked out."""

    community_id: int
    shown: str
    proposal: Proposal | None


async def prepare(
    update: Update, database: Database, solve: Callable[[Roster], Awaitable[Proposal]]
) -> Solved | None:
    """Work out a proposal that is asked for, before the transaction opens.

    Only for staff: nobody else can make the station think that long.
    """
    query = update.callback_query
    if query is None or query.data != ASK:
        return None
    async with database.read() as tx:
        person = await members.person_of_account(tx, query.from_user.id)
        if person is None or not person.viewer.staff:
            return None
        roster = await proposals.roster(tx, person.community)
    shown = proposals.fingerprint(roster)
    try:
        found = await solve(roster)
    except Exception:
        # Whatever went wrong there, the one who asked can go on by hand.
        log.exception("no_proposal", elders=len(roster.elders))
        found = None
    return Solved(person.community.id, shown, found)


async def propose(update: Update, turn: Turn) -> None:
    """`pairings_propose`: a new message, for a text does not turn into a picture."""
    if not turn.me.viewer.staff:
        raise NotYours
    solved = turn.opening.prepared
    if not isinstance(solved, Solved) or solved.community_id != turn.me.community.id:
        raise Stale
    found = solved.proposal
    if found is None:
        text = turn.tr("That did not work. Please try again, or pair by hand.")
        turn.toast(text.unescape(), alert=True)
        return
    if not (found.groups or found.left or found.repairs):
        text = turn.tr("Everybody is in a pairing, and none of them lacks anybody.")
        turn.toast(text.unescape(), alert=True)
        return
    viewer = turn.me.viewer
    kept = await proposals.keep(turn.tx, turn.now, turn.account, viewer, found, solved.shown)
    await turn.say(Notice.PROPOSAL, number=kept.number)


async def turn_page(update: Update, turn: Turn) -> None:
    """`proposal_page:<proposal>:<page>`."""
    number, page = turn.numbers(2)
    await _kept(turn, number)
    await turn.show(Notice.PROPOSAL, number=number, page=page)


async def take_one(update: Update, turn: Turn) -> None:
    """`proposal_take:<proposal>:<group or repair>:<page>`."""
    kept, name, page = await _decided(turn)
    await _take(turn, kept, [name])
    await turn.show(Notice.PROPOSAL, number=kept.number, page=page)


async def take_all(update: Update, turn: Turn) -> None:
    """`proposal_take_all:<proposal>`: everything the one who presses may decide on."""
    [number] = turn.numbers(1)
    kept = await _kept(turn, number)
    names = proposals.takeable(turn.me.viewer, kept)
    if not names:
        raise Stale
    await _take(turn, kept, names)
    await turn.show(Notice.PROPOSAL, number=kept.number)


async def leave_out(update: Update, turn: Turn) -> None:
    """`proposal_out:<proposal>:<group or repair>:<page>`: it is not shown any more."""
    kept, name, page = await _decided(turn)
    kept.note(turn.now, name, taken=False)
    await turn.show(Notice.PROPOSAL, number=kept.number, page=page)


async def _kept(turn: Turn, number: int) -> Kept:
    return await proposals.access_kept(turn.tx, turn.account, turn.me.viewer, number)


async def _decided(turn: Turn) -> tuple[Kept, str, int]:
    word, name, page = turn.words(3)
    if not _NAME.fullmatch(name):
        raise Stale
    kept = await _kept(turn, number_of(word))
    if name not in kept.undecided:
        raise Stale
    return kept, name, number_of(page)


async def _take(turn: Turn, kept: Kept, names: Iterable[str]) -> None:
    """Make what was proposed; the volunteers are told, and every call list changes."""
    chosen = list(names)
    station, viewer = turn.me.community, turn.me.viewer
    groups = [kept.groups[one] for one in chosen if one in kept.groups]
    mends = [kept.repairs[one] for one in chosen if one in kept.repairs]
    if not all(may_take(viewer, kept, one) for one in chosen):
        raise NotYours
    await proposals.hold(turn.tx, station, kept.shown)
    found = await proposals.take(turn.tx, turn.now, station, groups)
    for pairing, one in zip(found, groups, strict=True):
        people = [await members.in_community(turn.tx, station.id, each) for each in one.volunteers]
        await made(turn, pairing, people)
    for mend in mends:
        await proposals.mend(turn.tx, station, mend)
        target = f"pairing:{mend.pairing_id}"
        await members.audit(turn.tx, turn.now, viewer, "pairing_mended", target)
        if mend.volunteer_id is not None:
            follower = await members.in_community(turn.tx, station.id, mend.volunteer_id)
            await tell_paired(turn, mend.pairing_id, [follower])
    await turn.plan_anew()
    for elder in [kept.joins[each] for each in chosen if each in kept.joins]:
        await proposals.join(turn.tx, station, elder)
        await joined(turn, elder.pairing_id or 0, elder.elder_id)
    shown = proposals.fingerprint(await proposals.roster(turn.tx, station))
    kept.note(turn.now, *chosen, taken=True, shown=shown)
    await refresh_call_lists(turn)
    turn.toast(turn.tr.many("{n} pairing is made.", "{n} pairings are made.", len(chosen)))


PRESSED = {
    ASK: propose,
    "proposal_page": turn_page,
    "proposal_take": take_one,
    "proposal_take_all": take_all,
    "proposal_out": leave_out,
}
