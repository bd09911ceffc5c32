"""The week as the staff leads it: look, plan what is missing, give visits to others, drop them."""

from datetime import date
from typing import Any

from telegram import Update

from bot import covers
from bot.screens.families import family_card
from bot.screens.plan_reasons import bar_name
from bot.screens.week_visit import declined_card
from bot.turn import Turn, monday_of
from care.calls import Reason
from care.days import WEEK, local_day, week_of
from care.joining import Standing
from care.notices import Notice
from care.plans import Visit
from care.refusals import NotYours, Stale
from care.visits import PLANNED, CannotCome, State, answerable
from care.week_drafts import Bar
from storage import members, pairings, planning, visits
from storage import week as weeks
from storage import week_drafts as drafts
from storage.tables import Member
from storage.visits import Visiting
from storage.week import draft_card, visits_card, week_card

OPEN_AGAIN = frozenset({State.DECLINED, State.NOT_POSSIBLE})


async def show(update: Update, turn: Turn) -> None:
    """`/week`: this week; the next one when only that is planned."""
    this = week_of(local_day(turn.now, turn.me.zone))
    found = turn.me.community.id
    begun = await weeks.published(turn.tx, found, this)
    coming = await weeks.published(turn.tx, found, this + WEEK)
    await _show(turn, this + WEEK if coming and not begun else this)


async def _show(turn: Turn, monday: date, **facts: Any) -> None:
    if not turn.me.viewer.staff:
        raise NotYours
    me = turn.me.member.id
    if await drafts.drafted(turn.tx, turn.me.community.id, monday) is None:
        await turn.show(Notice.WEEK, week_card(me, monday), week=str(monday), **facts)
    else:
        await turn.show(Notice.WEEK_DRAFT, draft_card(me, monday), week=str(monday), **facts)


async def show_other(update: Update, turn: Turn) -> None:
    """Another week: `week_show:<monday>`."""
    [monday] = turn.words(1)
    await _show(turn, monday_of(monday))


async def turn_page(update: Update, turn: Turn) -> None:
    """Another page of pairings: `week_page:<monday>:<page>`."""
    monday, page = turn.words(2)
    if not page.isdecimal():
        raise Stale
    await _show(turn, monday_of(monday), page=int(page))


async def plan(update: Update, turn: Turn) -> None:
    """Have what is missing in the pairings one leads planned at once: `week_plan:<monday>`."""
    [word] = turn.words(1)
    monday = monday_of(word)
    await _show(turn, monday)
    station = turn.me.community
    this = week_of(local_day(turn.now, turn.me.zone))
    if monday > this and await weeks.published(turn.tx, station.id, monday) is None:
        raise Stale
    if monday < this:
        raise Stale
    if await drafts.drafted(turn.tx, station.id, monday) is None:
        await weeks.publish(turn.tx, turn.now, station.id, monday)
        row = await weeks.plan_of(turn.tx, station.id, monday)
        if row is not None:
            weeks.ask_for(row, turn.now, await _led(turn))
    turn.plan_soon()
    turn.toast(turn.tr("It is being planned. The week changes here in a moment."))


async def _led(turn: Turn) -> frozenset[int]:
    found = await pairings.led_by(turn.tx, turn.me.viewer)
    return frozenset(one.pairing.id for one in found)


async def _led_visit(turn: Turn) -> Visiting:
    [visit_id] = turn.numbers(1)
    return await visits.access_led_visit(turn.tx, turn.me.viewer, visit_id)


async def show_visit(update: Update, turn: Turn) -> None:
    """One visit of the week: `week_visit:<visit>`."""
    row = await _led_visit(turn)
    await _show_visit(turn, row)


async def _show_visit(turn: Turn, row: Visiting, **facts: Any) -> None:
    card = week_card(turn.me.member.id, row.visit.week)
    await turn.show(Notice.WEEK_VISIT, card, visit=row.visit.id, **facts)


async def give(update: Update, turn: Turn) -> None:
    """Somebody else of the pairing goes: `week_give:<visit>:<member>`."""
    visit_id, member_id = turn.numbers(2)
    row = await visits.access_led_visit(turn.tx, turn.me.viewer, visit_id)
    whole = await pairings.access_pairing(turn.tx, turn.me.viewer, row.visit.pairing_id)
    chosen = next((one for one in whole.volunteers if one.id == member_id), None)
    if chosen is None or chosen.standing is Standing.LEFT or row.visit.volunteer_id == member_id:
        raise NotYours
    await _show_visit(turn, row)
    before = await visits.instead_of(turn.tx, row.visit)
    if before is not None and before.volunteer.id == member_id:
        return
    if member_id in await visits.goers(turn.tx, row.elder, row.visit.day):
        # Of two who go together, neither goes for the other.
        raise Stale
    barred = await planning.barred_from(turn.tx, row.elder, [member_id])
    if barred:
        why = bar_name(turn.tr, Bar(barred[member_id]))
        text = turn.tr("Not possible. {name}: {why}.", name=chosen.name, why=why)
        turn.toast(text.unescape(), alert=True)
        return
    await _hand_over(turn, row, chosen)
    turn.toast(turn.tr("{name} is asked.", name=chosen.name))


async def _hand_over(turn: Turn, row: Visiting, chosen: Member) -> None:
    """The old visit ends, a new one is offered; everybody's messages follow."""
    found, station = row.visit, turn.me.community
    if found.day < local_day(turn.now, turn.me.zone):
        raise Stale
    if found.state not in OPEN_AGAIN:
        await visits.move(turn.tx, found, PLANNED, State.DROPPED, reason=weeks.GIVEN)
    new = Visit(row.elder.id, chosen.id, found.day, found.half)
    if not await visits.assign(
        turn.tx, turn.now, station.id, found.week, found.pairing_id, new, second=found.second
    ):
        raise Stale
    await turn.refresh(visits_card(chosen.id))
    await weeks.tell_volunteers(turn.tx, turn.now, station, found.week, (new,))
    await refresh_visit(turn, row)
    await turn.refresh(declined_card(found.id))


async def said_yes(update: Update, turn: Turn) -> None:
    """The volunteer said on the phone that they can come: `week_yes:<visit>`."""
    row = await _led_visit(turn)
    await _show_visit(turn, row)
    if row.visit.state is State.ACCEPTED:
        return
    if not answerable(row.visit.state, row.visit.day, local_day(turn.now, turn.me.zone)):
        raise Stale
    await visits.move(turn.tx, row.visit, visits.OFFERED, State.ACCEPTED)
    await _note_said(turn, row, yes=True)
    turn.toast(turn.tr("Noted: {name} can come.", name=row.volunteer.name))


async def said_no(update: Update, turn: Turn) -> None:
    """The volunteer said on the phone that they cannot come: `week_no:<visit>`."""
    row = await _led_visit(turn)
    await _show_visit(turn, row)
    if row.visit.state is State.DECLINED:
        return
    if not answerable(row.visit.state, row.visit.day, local_day(turn.now, turn.me.zone)):
        raise Stale
    await visits.move(turn.tx, row.visit, PLANNED, State.DECLINED, reason=str(CannotCome.OTHER))
    await turn.plan_anew(given_back=True)
    await _note_said(turn, row, yes=False)
    turn.toast(turn.tr("Noted: {name} cannot come.", name=row.volunteer.name))


async def _note_said(turn: Turn, row: Visiting, *, yes: bool) -> None:
    viewer = turn.me.viewer
    await members.audit(turn.tx, turn.now, viewer, "said", f"visit:{row.visit.id}", yes=yes)
    await refresh_visit(turn, row)


async def ask_why_drop(update: Update, turn: Turn) -> None:
    """ "Not needed…": the reasons."""
    row = await _led_visit(turn)
    await _show_visit(turn, row, drop=True)


async def drop(update: Update, turn: Turn) -> None:
    """The visit is not needed: `week_dropped:<visit>:<reason>`."""
    number, why = turn.words(2)
    try:
        reason = Reason(why)
        row = await visits.access_led_visit(turn.tx, turn.me.viewer, int(number))
    except ValueError:
        raise Stale from None
    await _show(turn, row.visit.week)
    if row.visit.state is State.DROPPED:
        return
    if not answerable(row.visit.state, row.visit.day, local_day(turn.now, turn.me.zone)):
        raise Stale
    await visits.move(turn.tx, row.visit, PLANNED, State.DROPPED, reason=str(reason))
    await refresh_visit(turn, row)
    turn.toast(turn.tr("Dropped. {name} has been told.", name=row.volunteer.name))


async def refresh_visit(turn: Turn, row: Visiting) -> None:
    """Change what shows a visit: the volunteer's list, the week, the family's message."""
    await turn.refresh(visits_card(row.visit.volunteer_id), family_card(row.visit.id))
    found = row.visit
    await weeks.refresh_leaders(turn.tx, turn.now, found.community_id, found.week, found.elder_id)


async def tell_keepers(turn: Turn, rows: list[Visiting], **facts: Any) -> None:
    """Whoever looks after the elders hears of visits that cannot be made, in one message each."""
    told: dict[int, tuple[Member, list[int]]] = {}
    today = local_day(turn.now, turn.me.zone)
    for row in rows:
        for one in await pairings.keepers(turn.tx, row.elder, today):
            told.setdefault(one.id, (one, []))[1].append(row.visit.id)
    for one, ids in told.values():
        await turn.tell(
            members.to_of(one),
            Notice.VISIT_DECLINED,
            key=f"declined:{ids[0]}:{len(ids)}:{one.id}",
            card=declined_card(ids[0]),
            visits=ids,
            **facts,
        )


async def tell_concern(turn: Turn, row: Visiting) -> None:
    """Whoever looks after the elder hears at once of what is worrying, or needed."""
    today = local_day(turn.now, turn.me.zone)
    for one in await pairings.keepers(turn.tx, row.elder, today):
        await turn.tell(
            members.to_of(one),
            Notice.VISIT_CONCERN,
            key=f"concern:{row.visit.id}:{one.id}",
            visit=row.visit.id,
        )


PRESSED: dict[str, Any] = {
    "week_show": show_other,
    "week_page": turn_page,
    "week_plan": plan,
    "week_visit": show_visit,
    "week_give": give,
    "week_yes": said_yes,
    "week_no": said_no,
    "week_drop": ask_why_drop,
    "week_dropped": drop,
    **covers.PRESSED,
}
