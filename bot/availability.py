"""When a volunteer can come and what they said of themselves: every tap is kept at once."""

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field
from telegram import Update

from bot import errand_helpers, forms
from bot.forms import Filling, Form, Option, Question
from bot.screens.availability import VIEWS, WALKS
from bot.screens.elders import card_of
from bot.turn import Turn, number_of
from care.access import Right, Role
from care.availability import DAYS_AHEAD, MOST_VISITS, weekly_after
from care.days import HALF_DAYS, HalfDay, half_day_name, local_day
from care.elders import Sex
from care.notices import Notice
from care.refusals import NotYours, Stale
from care.wishes import Dialect, Kind, Side
from storage import availability, elders, members, pairings, places, wishes
from storage.availability import availability_card
from storage.tables import Elder, Member, Standing, Volunteer

LONGEST_OPTION = 36


async def show(update: Update, turn: Turn) -> None:
    """`/available`: one's own half-days."""
    if Role.VOLUNTEER not in turn.me.roles:
        raise NotYours
    member, _ = await _volunteer(turn, turn.me.member.id)
    await _show(turn, member, "week")


async def show_view(update: Update, turn: Turn) -> None:
    """`avail:<member>:<view>:<page>`."""
    number, view, page = turn.words(3)
    member, _ = await _volunteer(turn, number_of(number))
    if view not in VIEWS:
        raise Stale
    await _show(turn, member, view, page=number_of(page))


async def show_from(update: Update, turn: Turn) -> None:
    """`avail_from:<pairing>:<member>`: a volunteer, for the staff; the way back is kept."""
    pairing_id, member_id = turn.numbers(2)
    whole = await pairings.access_pairing(turn.tx, turn.me.viewer, pairing_id)
    member, _ = await _volunteer(turn, member_id)
    await _show(turn, member, "week", pairing=whole.pairing.id)


async def _volunteer(turn: Turn, member_id: int) -> tuple[Member, Volunteer]:
    return await availability.access_to_change(turn.tx, turn.me.viewer, member_id)


async def _show(turn: Turn, member: Member, view: str, **facts: Any) -> None:
    """A view of one volunteer; from which pairing it was opened is kept."""
    standing = await turn.tx.get(Standing, (turn.account, turn.pressed or 0))
    if standing is not None and standing.notice is Notice.AVAILABILITY:
        facts = {name: standing.facts.get(name) for name in ("pairing", "page")} | facts
    card = availability_card(member.id)
    await turn.show(Notice.AVAILABILITY, card, member=member.id, view=view, **facts)


async def _keep(
    turn: Turn, member: Member, view: str, pairing: int | None = None, **what: object
) -> None:
    """Write down who changed it, if somebody else did, and draw it wherever it stands."""
    if member.id != turn.me.member.id:
        target = f"member:{member.id}"
        await members.audit(turn.tx, turn.now, turn.me.viewer, "availability", target, **what)
    await turn.tx.flush()
    await turn.plan_anew()
    kept = {} if pairing is None else {"pairing": pairing}
    await _show(turn, member, view, **kept)
    await turn.refresh(availability_card(member.id))


def _wanted(word: str) -> bool:
    """Buttons carry what is wanted, so that a tap delivered twice changes nothing twice."""
    if word not in {"0", "1"}:
        raise Stale
    return word == "1"


async def set_half_day(update: Update, turn: Turn) -> None:
    """A half-day of every week: `avail_set:<member>:<half-day>:<0 or 1>`."""
    number, name, word = turn.words(3)
    if name not in HALF_DAYS:
        raise Stale
    can = _wanted(word)
    member, said = await _volunteer(turn, number_of(number))
    said.half_days = weekly_after(said.half_days, name, can=can)
    await _keep(turn, member, "week", half_day=name, can=can)


async def set_most(update: Update, turn: Turn) -> None:
    """Visits a week at most: `avail_most:<member>:<visits>`."""
    number, most = turn.numbers(2)
    if most > MOST_VISITS:
        raise Stale
    member, said = await _volunteer(turn, number)
    said.most_visits = most
    await _keep(turn, member, "week", most=most)


async def set_date(update: Update, turn: Turn) -> None:
    """One half-day alone: `avail_date:<member>:<day>:<half>:<0 or 1>`."""
    number, word, half_word, wanted = turn.words(4)
    can = _wanted(wanted)
    try:
        day, half = date.fromisoformat(word), HalfDay(half_word)
    except ValueError:
        raise Stale from None
    today = local_day(turn.now, turn.me.zone)
    if not today <= day < today + timedelta(days=DAYS_AHEAD):
        raise Stale
    member, said = await _volunteer(turn, number_of(number))
    usual = half_day_name(day, half) in said.half_days
    kept = None if can == usual else can
    await availability.set_date(turn.tx, member, day, half, can=kept)
    await _keep(turn, member, "dates", day=str(day), half=half, can=can)


async def set_sex(update: Update, turn: Turn) -> None:
    """`avail_sex:<member>:<sex>`."""
    number, word = turn.words(2)
    if word not in set(Sex):
        raise Stale
    member, said = await _volunteer(turn, number_of(number))
    said.sex = Sex(word)
    await _keep(turn, member, "about", sex=word)


async def set_dialect(update: Update, turn: Turn) -> None:
    """`avail_speaks:<member>:<dialect>:<0 or 1>`."""
    number, word, wanted = turn.words(3)
    if word not in set(Dialect):
        raise Stale
    speaks = _wanted(wanted)
    member, said = await _volunteer(turn, number_of(number))
    kept = {*said.dialects, word} if speaks else {*said.dialects} - {word}
    said.dialects = sorted(kept)
    await _keep(turn, member, "about", dialect=word, speaks=speaks)


async def set_walk(update: Update, turn: Turn) -> None:
    """How far they walk: `avail_walks:<member>:<metres or any>`."""
    number, word = turn.words(2)
    metres = None if word == "any" else number_of(word)
    if metres not in WALKS:
        raise Stale
    member, said = await _volunteer(turn, number_of(number))
    said.walks_metres = metres
    await _keep(turn, member, "about", walks=metres)


async def set_pairs(update: Update, turn: Turn) -> None:
    """Only together with somebody: `avail_pairs:<member>:<0 or 1>`."""
    number, word = turn.words(2)
    in_pairs = _wanted(word)
    member, said = await _volunteer(turn, number_of(number))
    said.in_pairs = in_pairs
    await _keep(turn, member, "about", in_pairs=in_pairs)


async def set_medicine(update: Update, turn: Turn) -> None:
    """Whether they may fetch medicine, the staff says: `avail_medicine:<member>:<0 or 1>`."""
    number, word = turn.words(2)
    may = _wanted(word)
    member, _ = await _volunteer(turn, number_of(number))
    await errand_helpers.decide(turn, member.id, may=may)
    await _show(turn, member, "about")
    await turn.refresh(availability_card(member.id))


async def set_not(update: Update, turn: Turn) -> None:
    """Rather not to this elder: `avail_not:<member>:<elder>:<0 or 1>`."""
    number, elder_word, word = turn.words(3)
    rather_not = _wanted(word)
    member, _ = await _volunteer(turn, number_of(number))
    elder = await _may_name(turn, number_of(elder_word))
    await wishes.put(
        turn.tx,
        turn.now,
        turn.me.viewer,
        elder,
        Kind.NOT_PERSON,
        on=rather_not,
        side=Side.VOLUNTEER,
        member_id=member.id,
    )
    await _keep(turn, member, "people", elder=elder.id, rather_not=rather_not)
    await turn.refresh(card_of(elder.id))


async def _may_name(turn: Turn, elder_id: int) -> Elder:
    """An elder of one's own pairings, or whom the staff looks after."""
    return await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.KNOW)


class Home(BaseModel):
    """Where a volunteer lives."""

    member: int
    building: str | None = Field(default=None, min_length=1, max_length=40)


async def _ask_building(filling: Filling) -> Markup:
    return filling.tr(
        "Which building do you live in? Choose, or write it. Visits nearby come first; "
        "nobody but the station sees it."
    )


async def _buildings(filling: Filling) -> list[Option]:
    if filling.person is None:
        return []
    found = await places.buildings(filling.tx, filling.person.community.id)
    # A button carries little; a longer name is typed.
    return [Option(one, one) for one in found if len(one.encode()) <= LONGEST_OPTION]


async def _lives(turn: Turn, said: Home, answers: dict[str, Any]) -> None:
    member, volunteer = await _volunteer(turn, said.member)
    volunteer.building = said.building
    await _keep(turn, member, "about", answers.get("pairing"), building=said.building)


HOME = Form(
    "home",
    Home,
    (
        Question(
            "building",
            _ask_building,
            options=_buildings,
            write=True,
            columns=3,
            skip=lambda tr: tr("Rather not say").unescape(),
        ),
    ),
    done=_lives,
    title=lambda tr: tr("Where I live"),
)
forms.FORMS.add(HOME)


async def ask_building(update: Update, turn: Turn) -> None:
    """`avail_home:<member>`."""
    [number] = turn.numbers(1)
    member, _ = await _volunteer(turn, number)
    standing = await turn.tx.get(Standing, (turn.account, turn.pressed or 0))
    pairing = standing.facts.get("pairing") if standing else None
    await forms.begin(turn, HOME, member=member.id, pairing=pairing)


PRESSED = {
    "avail": show_view,
    "avail_from": show_from,
    "avail_set": set_half_day,
    "avail_most": set_most,
    "avail_date": set_date,
    "avail_sex": set_sex,
    "avail_speaks": set_dialect,
    "avail_walks": set_walk,
    "avail_pairs": set_pairs,
    "avail_medicine": set_medicine,
    "avail_not": set_not,
    "avail_home": ask_building,
}
