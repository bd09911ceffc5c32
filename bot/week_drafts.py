"""The draft of a week before it is published: give, move, drop, lock, add, plan again."""

from datetime import date, timedelta
from typing import Any

from telegram import Update

from bot.screens.plan_reasons import bar_name
from bot.turn import Turn, monday_of, number_of
from care.calls import Reason
from care.days import HalfDay
from care.notices import Notice
from care.plans import Visit
from care.refusals import NotYours, Stale
from care.visits import State
from care.week_drafts import Verdict, together
from storage import week as weeks
from storage import week_drafts as drafts
from storage.visits import Visiting
from storage.week import draft_card
from storage.week_drafts import Drafted, as_shown, planned

DAYS = 7


async def show_draft(turn: Turn, monday: date, **facts: Any) -> None:
    """A drafted week, for the staff."""
    if not turn.me.viewer.staff:
        raise NotYours
    card = draft_card(turn.me.member.id, monday)
    await turn.show(Notice.WEEK_DRAFT, card, week=str(monday), **facts)


async def show_page(update: Update, turn: Turn) -> None:
    """The draft: `draft_show:<monday>:<page>`."""
    word, page = turn.words(2)
    await show_draft(turn, monday_of(word), page=number_of(page))


async def show_gaps(update: Update, turn: Turn) -> None:
    """Who has nobody: `draft_gaps:<monday>:<page>`."""
    word, page = turn.words(2)
    await show_draft(turn, monday_of(word), gaps=True, page=number_of(page))


async def show_visit(update: Update, turn: Turn) -> None:
    """One visit of the draft: `draft_visit:<visit>`."""
    await _show(turn, await _row(turn, turn.numbers(1)[0]))


async def _row(turn: Turn, visit_id: int) -> Visiting:
    return await drafts.access(turn.tx, turn.me.viewer, visit_id)


async def _show(turn: Turn, row: Visiting, **facts: Any) -> None:
    card = draft_card(turn.me.member.id, row.visit.week)
    await turn.show(Notice.DRAFT_VISIT, card, visit=row.visit.id, **facts)


async def ask_who(update: Update, turn: Turn) -> None:
    """Who else could go: `draft_who:<visit>:<page>`."""
    number, page = turn.numbers(2)
    await _show(turn, await _row(turn, number), view="who", page=page)


async def ask_when(update: Update, turn: Turn) -> None:
    """When else they could go: `draft_when:<visit>`."""
    await _show(turn, await _row(turn, turn.numbers(1)[0]), view="when")


async def ask_why_drop(update: Update, turn: Turn) -> None:
    """ "Not needed…": the reasons, `draft_drop:<visit>`."""
    await _show(turn, await _row(turn, turn.numbers(1)[0]), view="drop")


async def _held(turn: Turn, monday: date) -> Drafted:
    return await drafts.read(turn.tx, turn.now, turn.me.community, monday, hold=True)


def _slot(monday: date, word: str, half: str) -> tuple[date, HalfDay]:
    """The half-day that a button carries.

    Raises:
        Stale: none.
    """
    number = number_of(word)
    if number >= DAYS or half not in set(HalfDay):
        raise Stale
    return monday + timedelta(days=number), HalfDay(half)


def _sure(word: str) -> bool:
    if word not in {"0", "1"}:
        raise Stale
    return word == "1"


async def put(update: Update, turn: Turn) -> None:
    """Somebody else, or another half-day.

    `draft_put:<visit>:<member>:<weekday>:<half>:<how it stood>:<sure>`; what breaks a hard rule is
    answered with the rule, what is only worth a thought is asked about once.
    """
    number, member, day, half, shown, sure = turn.words(6)
    row = await _row(turn, number_of(number))
    new = Visit(row.elder.id, number_of(member), *_slot(row.visit.week, day, half))
    week = await _held(turn, row.visit.week)
    await turn.tx.refresh(row.visit)
    if planned(row.visit) == new and row.visit.state is State.DRAFT:
        await _show(turn, row)
        return
    if as_shown(row.visit) != shown:
        raise Stale
    changes = together(week.visits, row.visit.id, new)
    verdict = week.judge_all(changes)
    if _refused(turn, week, new, verdict):
        await _show(turn, row)
    elif verdict.doubts and not _sure(sure):
        facts = {"member": new.volunteer_id, "day": str(new.day), "half": str(new.half)}
        await _show(turn, row, view="sure", **facts)
    else:
        await drafts.put(turn.tx, turn.now, turn.me.viewer, week, changes)
        await _show(turn, row)
        await _redraw(turn, row.visit.week)
        turn.toast(turn.tr("Changed and locked."))


def _refused(turn: Turn, week: Drafted, new: Visit, verdict: Verdict) -> bool:
    """Answer with the strongest rule that stands against it."""
    if verdict.allowed:
        return False
    member = week.members.get(new.volunteer_id)
    why = bar_name(turn.tr, verdict.bars[0])
    text = turn.tr("Not possible. {name}: {why}.", name=member.name if member else "", why=why)
    turn.toast(text.unescape(), alert=True)
    return True


async def _redraw(turn: Turn, monday: date) -> None:
    await weeks.refresh_staff(turn.tx, turn.now, turn.me.community.id, monday, draft=True)


async def drop(update: Update, turn: Turn) -> None:
    """The visit is not needed: `draft_dropped:<visit>:<reason>:<how it stood>`."""
    number, why, shown = turn.words(3)
    if why not in set(Reason):
        raise Stale
    row = await _row(turn, number_of(number))
    await _held(turn, row.visit.week)
    await turn.tx.refresh(row.visit)
    await show_draft(turn, row.visit.week, beside=row.visit.id)
    if drafts.taken_out(row.visit):
        return
    if as_shown(row.visit) != shown:
        raise Stale
    await drafts.drop(turn.tx, turn.now, turn.me.viewer, row, Reason(why))
    await _redraw(turn, row.visit.week)
    turn.toast(turn.tr("Taken out of the draft. Nobody had been asked yet."))


async def put_back(update: Update, turn: Turn) -> None:
    """It is needed after all: `draft_back:<visit>`; it is judged like a new one."""
    row = await _row(turn, turn.numbers(1)[0])
    week = await _held(turn, row.visit.week)
    await turn.tx.refresh(row.visit)
    await _show(turn, row)
    if row.visit.state is State.DRAFT:
        return
    as_it_was = planned(row.visit)
    if not _refused(turn, week, as_it_was, week.judge(as_it_was)):
        await drafts.put(turn.tx, turn.now, turn.me.viewer, week, {row.visit.id: as_it_was})
        await _redraw(turn, row.visit.week)
        turn.toast(turn.tr("It is in the draft again, and locked."))


async def lock(update: Update, turn: Turn) -> None:
    """Planning leaves the visit as it is, or not: `draft_lock:<visit>:<0 or 1>`."""
    number, word = turn.words(2)
    locked = _sure(word)
    row = await _row(turn, number_of(number))
    await _held(turn, row.visit.week)
    await _show(turn, row)
    await drafts.lock(turn.tx, turn.now, turn.me.viewer, row, locked=locked)
    await _redraw(turn, row.visit.week)


async def _gap(turn: Turn, monday: date, elder_id: int, **facts: Any) -> Drafted:
    """Show who could go to an elder of one's own; the draft, held."""
    week = await _held(turn, monday)
    mine = await drafts.led(turn.tx, turn.me.viewer, week.wholes)
    elder = drafts.access_gap(week, mine, elder_id)
    card = draft_card(turn.me.member.id, monday)
    await turn.show(Notice.DRAFT_GAP, card, week=str(monday), elder=elder.id, **facts)
    return week


async def show_gap(update: Update, turn: Turn) -> None:
    """Who could go: `draft_gap:<monday>:<elder>:<page>`."""
    word, elder, page = turn.words(3)
    await _gap(turn, monday_of(word), number_of(elder), page=number_of(page))


async def show_times(update: Update, turn: Turn) -> None:
    """When somebody could go: `draft_times:<monday>:<elder>:<member>`."""
    word, elder, member = turn.words(3)
    await _gap(turn, monday_of(word), number_of(elder), member=number_of(member))


async def add(update: Update, turn: Turn) -> None:
    """A visit by hand: `draft_add:<monday>:<elder>:<member>:<weekday>:<half>:<sure>`."""
    word, elder, member, day, half, sure = turn.words(6)
    monday = monday_of(word)
    new = Visit(number_of(elder), number_of(member), *_slot(monday, day, half))
    week = await _gap(turn, monday, new.elder_id)
    if new in week.visits.values():
        return
    verdict = week.judge(new)
    if _refused(turn, week, new, verdict):
        return
    if verdict.doubts and not _sure(sure):
        facts = {"member": new.volunteer_id, "day": str(new.day), "half": str(new.half)}
        await _gap(turn, monday, new.elder_id, **facts)
        return
    await drafts.add(turn.tx, turn.now, turn.me.viewer, week, new)
    await _redraw(turn, monday)
    turn.toast(turn.tr("In the draft, and locked."))


async def plan_again(update: Update, turn: Turn) -> None:
    """What is not locked is planned anew, at once but not in this turn: `draft_again:<monday>`."""
    [word] = turn.words(1)
    monday = monday_of(word)
    await show_draft(turn, monday)
    await drafts.want(turn.tx, turn.now, turn.me.community.id, monday)
    turn.plan_soon()
    await _redraw(turn, monday)
    turn.toast(turn.tr("It is being planned again. What is locked stays."))


PRESSED: dict[str, Any] = {
    "draft_show": show_page,
    "draft_gaps": show_gaps,
    "draft_visit": show_visit,
    "draft_who": ask_who,
    "draft_when": ask_when,
    "draft_put": put,
    "draft_drop": ask_why_drop,
    "draft_dropped": drop,
    "draft_back": put_back,
    "draft_lock": lock,
    "draft_gap": show_gap,
    "draft_times": show_times,
    "draft_add": add,
    "draft_again": plan_again,
}
