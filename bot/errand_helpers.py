"""Who may fetch medicine: staff decide with a tap, and the volunteer hears of it."""

from telegram import Update

from bot.turn import Turn, number_of
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import errand_helpers, errand_offers, members


async def show(update: Update, turn: Turn) -> None:
    """`helpers:<page>`: every volunteer, and who may fetch medicine."""
    [page] = turn.numbers(1)
    if not turn.me.viewer.staff:
        raise NotYours
    await turn.show(Notice.ERRAND_HELPERS, page=page)


async def approve(update: Update, turn: Turn) -> None:
    """`medicine:<member>:<yes or no>:<page>`: from now on, for every elder of the station."""
    number, word, page = turn.words(3)
    if word not in {"yes", "no"}:
        raise Stale
    await turn.show(Notice.ERRAND_HELPERS, page=number_of(page))
    await decide(turn, number_of(number), may=word == "yes")


async def decide(turn: Turn, member_id: int, *, may: bool) -> None:
    """Write it down, and tell the volunteer, who is asked for what waits.

    Raises:
        NotYours: not staff, or no volunteer of this community.
    """
    member = await errand_helpers.approve_medicine(
        turn.tx, turn.now, turn.me.viewer, member_id, may=may
    )
    if may:
        key = f"medicine:{member.id}:{turn.opening.update.update_id}"
        await turn.tell(members.to_of(member), Notice.PLAIN, key=key, say="medicine_yes")
        await errand_offers.offer_medicine(turn.tx, turn.now, turn.me.community, member.id)
    turn.toast(
        turn.tr("{name} may fetch medicine.", name=member.name)
        if may
        else turn.tr("{name} is not asked for medicine any more.", name=member.name)
    )


PRESSED = {"helpers": show, "medicine": approve}
