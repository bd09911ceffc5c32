"""Changing a pairing in chat: elders and volunteers come and go, somebody else leads."""

from collections.abc import Iterable

from telegram import Update

from bot.lists import refresh_call_lists
from bot.turn import Turn, number_of
from bot.week import refresh_visit
from care.days import local_day
from care.notices import Notice
from care.pairings import Change
from care.refusals import Stale
from storage import members, pairings
from storage import pairing_changes as changes
from storage.pairings import Whole
from storage.tables import Elder, Member
from storage.visits import Visiting


async def show(update: Update, turn: Turn) -> None:
    """What can be changed: `pair_change:<pairing>`."""
    [number] = turn.numbers(1)
    whole = await pairings.access_pairing(turn.tx, turn.me.viewer, number)
    await turn.show(Notice.PAIRING_CHANGE, pairing=whole.pairing.id)


async def show_people(update: Update, turn: Turn) -> None:
    """Whom it could be about: `pair_people:<pairing>:<change>:<page>`."""
    number, word, page = turn.words(3)
    whole, change = await _asked(turn, number, word)
    await changes.candidates(turn.tx, turn.me.viewer, whole, change)
    what, at = str(change), number_of(page)
    await turn.show(Notice.PAIRING_CHANGE, pairing=whole.pairing.id, change=what, page=at)


async def ask(update: Update, turn: Turn) -> None:
    """What would follow is said before: `pair_ask:<pairing>:<change>:<person>`."""
    number, word, person = turn.words(3)
    whole, change = await _asked(turn, number, word)
    found = await changes.chosen(turn.tx, turn.me.viewer, whole, change, number_of(person))
    what = str(change)
    await turn.show(Notice.PAIRING_CHANGE, pairing=whole.pairing.id, change=what, person=found.id)


async def _asked(turn: Turn, number: str, word: str) -> tuple[Whole, Change]:
    whole = await pairings.access_pairing(turn.tx, turn.me.viewer, number_of(number))
    try:
        return whole, Change(word)
    except ValueError:
        raise Stale from None


async def do(update: Update, turn: Turn) -> None:
    """Do it: `pair_do:<pairing>:<change>:<person>`; whoever it is about is told."""
    number, word, person = turn.words(3)
    whole, change = await _asked(turn, number, word)
    one = await changes.chosen(turn.tx, turn.me.viewer, whole, change, number_of(person))
    done = False
    match change, one:
        case Change.ADD_ELDER, Elder():
            done = await changes.add_elder(turn.tx, turn.me.viewer, whole, one.id)
            await joined(turn, whole.pairing.id, one.id)
        case Change.REMOVE_ELDER, Elder():
            done = await changes.remove_elder(turn.tx, whole, one.id)
        case Change.ADD_VOLUNTEER, Member():
            done = await changes.add_volunteer(turn.tx, turn.me.viewer, whole, one.id)
            await _tell_paired(turn, whole.pairing.id, [one], "joined")
        case Change.REMOVE_VOLUNTEER, Member():
            done = await changes.remove_volunteer(turn.tx, whole, one.id)
            await _let_go(turn, whole, one)
        case Change.LEAD, Member():
            done = await changes.lead(turn.tx, whole, one.id)
            await _tell_leaders(turn, whole, one)
    if done:
        await _noted(turn, whole, change, one.id)
        await turn.plan_anew()
    await _show_what_is_left(turn, whole.pairing.id)


async def _noted(turn: Turn, whole: Whole, change: Change, person_id: int) -> None:
    target = f"pairing:{whole.pairing.id}"
    action = f"pairing_{change}"
    await members.audit(turn.tx, turn.now, turn.me.viewer, action, target, person=person_id)
    await refresh_call_lists(turn)


async def _show_what_is_left(turn: Turn, number: int) -> None:
    """The pairing; the list for somebody who has just given it away."""
    found = await pairings.led_by(turn.tx, turn.me.viewer)
    if any(one.pairing.id == number for one in found):
        await turn.show(Notice.PAIRING, pairing=number)
    else:
        await turn.show(Notice.PAIRINGS)


async def joined(turn: Turn, pairing_id: int, elder_id: int) -> None:
    """An elder has joined: the pairing's volunteers are told whom they look after now."""
    for whole in await pairings.of_community(turn.tx, turn.me.community.id):
        if whole.pairing.id == pairing_id:
            await _tell_paired(turn, pairing_id, whole.volunteers, f"elder:{elder_id}")


async def _tell_paired(turn: Turn, pairing_id: int, volunteers: Iterable[Member], why: str) -> None:
    """Once for each occasion; who comes back to a pairing is told anew."""
    for one in volunteers:
        key = f"paired:{pairing_id}:{one.id}:{why}:{turn.now:%Y%m%d%H%M}"
        await turn.tell(members.to_of(one), Notice.PAIRED, key=key, pairing=pairing_id)


async def _let_go(turn: Turn, whole: Whole, one: Member) -> None:
    """The volunteer's coming visits are open again, and they are told once of all of it."""
    today = local_day(turn.now, turn.me.zone)
    freed: list[Visiting] = await changes.open_again(turn.tx, whole, one.id, today)
    for row in freed:
        await refresh_visit(turn, row)
    await turn.tell(
        members.to_of(one),
        Notice.UNPAIRED,
        key=f"unpaired:{whole.pairing.id}:{one.id}:{turn.now:%Y%m%d%H%M}",
        worker=whole.worker.name,
        visits=[row.visit.id for row in freed],
    )


async def _tell_leaders(turn: Turn, whole: Whole, follower: Member) -> None:
    """Both hear of it, but not who has done it themselves."""
    key = f"led:{whole.pairing.id}:{follower.id}:{turn.now:%Y%m%d%H%M}"
    if follower.id != turn.me.member.id:
        number = whole.pairing.id
        to = members.to_of(follower)
        await turn.tell(to, Notice.PAIRING, key=f"{key}:new", pairing=number, given=True)
    if whole.worker.id != turn.me.member.id:
        await turn.tell(
            members.to_of(whole.worker),
            Notice.UNPAIRED,
            key=f"{key}:old",
            lead=follower.name,
            elders=len(whole.elders),
        )


PRESSED = {
    "pair_change": show,
    "pair_people": show_people,
    "pair_ask": ask,
    "pair_do": do,
}
