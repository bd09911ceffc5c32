"""Errands: claimed by exactly one, done, and told to who asked."""

from telegram import Update

from bot.turn import Turn
from care.access import Role
from care.errand_offers import Free, free_until
from care.errands import EXPLAINED, Part, State, Step, longest, must_explain
from care.hours import Kind, Work, believed
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import errand_helpers, errand_offers, errands, hours
from storage.errand_offers import errand_card
from storage.errands import Whole

# What those who wait are told a step was; of the others, what state it led to.
EVENTS = {Step.RETURN: "returned", Step.APPROVE: "approved"}


async def claim(update: Update, turn: Turn) -> None:
    """`claim:<errand>`, in the group or in private: exactly one wins, the others read who did."""
    [errand_id] = turn.numbers(1)
    whole = await errands.claim(turn.tx, turn.now, turn.me.viewer, errand_id)
    await turn.say(Notice.ERRAND, errand_card(errand_id), errand=errand_id)
    await turn.refresh(errand_card(errand_id))
    turn.toast(turn.tr("It is yours. The address is in your private chat."))
    await errand_offers.tell_circle(turn.tx, turn.now, whole, "claimed", turn.me.member)


async def show_open(update: Update, turn: Turn) -> None:
    """`/errands`: what can be claimed, and what one has in hand; for staff, all of them."""
    if Role.VOLUNTEER in turn.me.roles:
        await turn.show(Notice.ERRANDS)
    else:
        await show_all(update, turn)


async def show_all(update: Update, turn: Turn) -> None:
    """`errands_all`: everything that is open, in hand, or to be confirmed."""
    if not turn.me.viewer.staff:
        raise NotYours
    await turn.show(Notice.ERRANDS_ALL)


async def turn_page(update: Update, turn: Turn) -> None:
    """`errands_page:<page>`: more of what can be claimed."""
    [page] = turn.numbers(1)
    if Role.VOLUNTEER not in turn.me.roles:
        raise NotYours
    await turn.show(Notice.ERRANDS, page=page)


async def turn_page_of_all(update: Update, turn: Turn) -> None:
    """`errands_all_page:<page>`: more of all errands."""
    [page] = turn.numbers(1)
    if not turn.me.viewer.staff:
        raise NotYours
    await turn.show(Notice.ERRANDS_ALL, page=page)


async def say_free(update: Update, turn: Turn) -> None:
    """`errands_free:<until when>`: "I am free this afternoon", asked first until then."""
    [word] = turn.words(1)
    if Role.VOLUNTEER not in turn.me.roles or word not in {*Free, "no"}:
        raise NotYours
    until = None if word == "no" else free_until(turn.now, Free(word), turn.me.zone)
    await errand_helpers.set_free(turn.tx, turn.me.member, until)
    await turn.show(Notice.ERRANDS)


async def show_one(update: Update, turn: Turn) -> None:
    """One errand in full."""
    [errand_id] = turn.numbers(1)
    await errands.access_errand(turn.tx, turn.me.viewer, errand_id)
    await turn.show(Notice.ERRAND, errand_card(errand_id), errand=errand_id)


async def ask_why(update: Update, turn: Turn) -> None:
    """`errand_why:<errand>:<step>`: giving back, failing, cancelling need a reason."""
    number, word = turn.words(2)
    whole, step, _part = await _allowed(turn, number, word)
    await turn.show(Notice.ERRAND, errand_card(whole.errand.id), errand=whole.errand.id, why=step)


async def take_step(update: Update, turn: Turn) -> None:
    """`errand_step:<errand>:<step>:<reason or ->`."""
    number, word, why = turn.words(3)
    whole, step, part = await _allowed(turn, number, word)
    needed = must_explain(step, part)
    if needed and why not in EXPLAINED[step]:
        raise Stale
    reason = why if needed else None
    claimer = whole.claimer
    await errands.take_step(turn.tx, turn.now, whole, step, turn.me.member.id, reason)
    if step is Step.FINISH and claimer is not None:
        await _note_hours(turn, whole, claimer.id)
    await turn.show(Notice.ERRAND, errand_card(whole.errand.id), errand=whole.errand.id)
    await turn.refresh(errand_card(whole.errand.id))
    if step is not Step.KEEP:
        event = EVENTS.get(step, str(whole.errand.state))
        await errand_offers.tell_circle(turn.tx, turn.now, whole, event, turn.me.member)
        if claimer is not None and step in {Step.CANCEL, Step.CONFIRM}:
            await errand_offers.tell(
                turn.tx, turn.now, claimer.id, whole.errand, event, turn.me.member
            )
    if step in {Step.RETURN, Step.APPROVE}:
        await errand_offers.offer(turn.tx, turn.now, turn.me.community, whole)


async def _note_hours(turn: Turn, whole: Whole, claimer_id: int) -> None:
    """The way and the shop count as service hours, from setting out until it is done.

    What is doubtful waits for the staff: two errands on one way are one time.
    """
    errand, begun = whole.errand, whole.errand.set_out_at
    if begun is None:
        return
    taken = await hours.overlaps(turn.tx, errand.community_id, claimer_id, begun, turn.now)
    ended, why = believed(begun, turn.now, longest(errand.kind), taken=taken)
    spent = hours.Spent(
        errand.community_id,
        claimer_id,
        Work.ERRAND,
        begun,
        ended,
        f"errand:{errand.id}:{claimer_id}",
        Kind.VERIFIED if why is None else Kind.ADDED,
        why,
        elder_id=errand.elder_id,
        errand_id=errand.id,
    )
    if await hours.note(turn.tx, turn.now, spent):
        await turn.refresh(hours.hours_card(claimer_id))


async def give_back_all(turn: Turn) -> None:
    """Whoever leaves gives back what they have in hand; it is offered again."""
    for whole in await errands.in_hand_of(turn.tx, turn.me.viewer):
        await errand_offers.give_back(turn.tx, turn.now, turn.me.community, whole, turn.me.member)


async def not_me(update: Update, turn: Turn) -> None:
    """`errand_no:<errand>`: not asked any more for this one; when nobody is left, others are."""
    [errand_id] = turn.numbers(1)
    me = turn.me.viewer
    if Role.VOLUNTEER not in me.roles:
        raise NotYours
    whole = await errands.load(turn.tx, me.community_id, errand_id)
    if whole.errand.state is not State.OPEN:
        raise Stale
    await errand_helpers.note_no(turn.tx, turn.now, whole.errand, me.member_id)
    await turn.show(Notice.ERRAND_CARD, errand_card(errand_id), errand=errand_id)
    await errand_offers.offer(turn.tx, turn.now, turn.me.community, whole)


async def _allowed(turn: Turn, number: str, word: str) -> tuple[Whole, Step, Part]:
    """The errand and the step, for whoever may take it, and what they have to do with it.

    Raises:
        NotYours: the step is another person's.
        Stale: no such step, or one that asks for more than a tap, or the errand is past it.
    """
    try:
        step, errand_id = Step(word), int(number)
    except ValueError:
        raise Stale from None
    if step in {Step.CLAIM, Step.EDIT, Step.BUY}:
        raise Stale
    whole, part = await errands.access_step(turn.tx, turn.me.viewer, errand_id, step)
    return whole, step, part


PRESSED = {
    "claim": claim,
    "errand_no": not_me,
    "errands_page": turn_page,
    "errands_all": show_all,
    "errands_all_page": turn_page_of_all,
    "errands_free": say_free,
    "errand": show_one,
    "errand_why": ask_why,
    "errand_step": take_step,
}
