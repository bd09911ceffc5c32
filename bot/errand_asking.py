"""Asking for an errand: three or four taps; everything that may be left out is left out by one."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field
from pydantic_core import PydanticCustomError
from telegram import Update

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.screens.words import errand_name, payer_name
from bot.turn import Turn
from bot.visit_time import TimeOfDay, a_time
from care.access import Right
from care.days import local_day, moment
from care.errand_money import MOST_FEN, WrongSum, read_yuan, yuan
from care.errands import PRICED, Kind, Payer, State, first_state
from care.notices import Notice
from care.pauses import first_day
from care.refusals import NotYours, Stale
from storage import elders, errand_asking, errand_offers, errands, visits
from storage.errand_offers import errand_card
from storage.errands import Extra
from storage.tables import Elder, Errand

PHOTO = "photo"
SHORTEST = timedelta(hours=2)
DAYS_TO_MEET = 8
# When doctors are gone to; any other time is written.
HOURS_TO_MEET = ("0730", "0800", "0830", "0900", "0930", "1000", "1330", "1430")
BUDGETS_FEN = (2000, 5000, 10000, 20000)
LONGEST_LABEL = 20


class Asked(BaseModel):
    """What is to be done, for whom, by when.

    `kind` is a kind, or "<errand>-<kind>" to ask again for what was asked for before.
    """

    elder: int
    visit: int | None = None
    after: date
    kind: str
    what: str | None = Field(default=None, min_length=1, max_length=500)
    days: int = Field(ge=0, le=180)
    clock: TimeOfDay | None = None
    photo: str | None = Field(default=None, max_length=200)
    fen: int | None = Field(default=None, ge=0, le=MOST_FEN)
    payer: Payer | None = None


def _kind(answers: dict[str, Any]) -> Kind:
    return Kind(str(answers["kind"]).rpartition("-")[2])


def _again(answers: dict[str, Any]) -> bool:
    return "-" in str(answers["kind"])


def is_priced(answers: dict[str, Any]) -> bool:
    """Whether something is to be paid for, so that there may be more to say."""
    return not _again(answers) and _kind(answers) in PRICED


def _meets(answers: dict[str, Any]) -> bool:
    return _kind(answers) is Kind.ESCORT


async def _elders(filling: Filling) -> list[Option]:
    if filling.person is None:
        return []
    found = await errand_asking.may_ask_for(filling.tx, filling.person.viewer)
    return [Option(str(one.id), one.name) for one in found]


async def _kinds(filling: Filling) -> list[Option]:
    """What was asked for before comes first: that is two taps."""
    return [*await _before(filling), *await kind_options(filling)]


async def kind_options(filling: Filling) -> list[Option]:
    """Every kind of errand."""
    return [Option(one, errand_name(filling.tr, one).unescape()) for one in Kind]


async def _before(filling: Filling) -> list[Option]:
    elder = await filling.tx.get(Elder, int(filling.answers["elder"]))
    if filling.person is None or elder is None:
        return []
    found = await errand_asking.asked_before(filling.tx, filling.person.viewer, elder)
    return [Option(f"{one.id}-{one.kind}", f"🔁 {_short(one.what)}") for one in found]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1] + "…"


async def day_options(filling: Filling) -> list[Option]:
    """By when something is needed, in days from today."""
    tr = filling.tr
    names = (tr("today"), tr("tomorrow"), tr("within 3 days"), tr("within a week"))
    return [
        Option(str(days), name.unescape()) for days, name in zip((0, 1, 3, 7), names, strict=True)
    ]


def _first(filling: Filling) -> date:
    """The day on which the questions began, from which the days are counted."""
    return date.fromisoformat(filling.answers["after"])


async def _meet_days(filling: Filling) -> list[Option]:
    tr, first = filling.tr, _first(filling)
    names = [tr("today").unescape(), tr("tomorrow").unescape()]
    names += [tr.day(first + timedelta(days=n)) for n in range(len(names), DAYS_TO_MEET)]
    return [Option(str(n), name) for n, name in enumerate(names)]


def _read_day(filling: Filling, text: str) -> str:
    try:
        return str((first_day(text, _first(filling)) - _first(filling)).days)
    except ValueError:
        raise PydanticCustomError("first_day", "today or a later day") from None


def _meeting(filling: Filling, clock: str) -> datetime | None:
    if filling.person is None:
        return None
    day = _first(filling) + timedelta(days=int(filling.answers["days"]))
    return moment(day, time.fromisoformat(clock), filling.person.zone)


async def _meet_times(filling: Filling) -> list[Option]:
    found = [(one, _meeting(filling, one)) for one in HOURS_TO_MEET]
    return [
        Option(one, f"{one[:2]}:{one[2:]}") for one, at in found if at is not None
        and at > filling.now
    ]  # fmt: skip


def _read_time(filling: Filling, text: str) -> str:
    clock = a_time(text)
    at = _meeting(filling, clock)
    if at is None or at <= filling.now:
        raise PydanticCustomError("later_time", "a later time")
    return clock


async def extra_options(filling: Filling) -> list[Option]:
    """What may be said besides; most people press "ask now"."""
    tr = filling.tr
    is_medicine = _kind(filling.answers) is Kind.MEDICINE
    photo = tr("📷 Photo of the prescription") if is_medicine else tr("📷 A photo")
    names = {PHOTO: photo, "fen": tr("💰 What it may cost"), "payer": tr("👛 Who pays")}
    return [Option(name, label.unescape()) for name, label in names.items()]


async def _budgets(filling: Filling) -> list[Option]:
    return [Option(str(fen), f"¥{yuan(fen).removesuffix('.00')}") for fen in BUDGETS_FEN]


def _read_budget(_filling: Filling, text: str) -> str:
    try:
        return str(read_yuan(text))
    except WrongSum:
        raise PydanticCustomError("no_sum", "a sum like 35.60") from None


async def _payers(filling: Filling) -> list[Option]:
    return [Option(one, payer_name(filling.tr, one).unescape()) for one in Payer]


async def _ask_elder(filling: Filling) -> Markup:
    return filling.tr("For whom?")


async def _ask_kind(filling: Filling) -> Markup:
    return filling.tr("What is to be done?")


async def ask_what(filling: Filling) -> Markup:
    """What to fetch, or where to go."""
    if _kind(filling.answers) is Kind.ESCORT:
        return filling.tr("To which hospital, and which department? Please write it.")
    return filling.tr("What exactly? Please write it, e.g. “blood-pressure pills, one box”.")


async def _ask_days(filling: Filling) -> Markup:
    return filling.tr("By when?")


async def _ask_meet_day(filling: Filling) -> Markup:
    return filling.tr("On which day? Press a button, or write a day like 4-20.")


async def _ask_clock(filling: Filling) -> Markup:
    return filling.tr("When is the volunteer to be at the door? Press a button, or write 8:15.")


async def _ask_extras(filling: Filling) -> Markup:
    return filling.tr("Is that all? If there is more to say, tap it first.")


async def _ask_photo(filling: Filling) -> Markup:
    return filling.tr("Please send the photo. It is shown only until the errand is done.")


async def _ask_budget(filling: Filling) -> Markup:
    return filling.tr("How much may it cost at most, in yuan? Press a button, or write it.")


async def _ask_payer(filling: Filling) -> Markup:
    return filling.tr("Who pays?")


def _wants(name: str) -> Any:
    return lambda answers: name in (answers.get("extras") or [])


EXTRAS = (
    Question(
        "extras",
        _ask_extras,
        options=extra_options,
        many=True,
        none=lambda tr: tr("✅ Ask now").unescape(),
        when=is_priced,
    ),
    Question(PHOTO, _ask_photo, skip=lambda tr: tr("No photo").unescape(), when=_wants(PHOTO)),
    Question(
        "fen",
        _ask_budget,
        options=_budgets,
        columns=2,
        write=True,
        read=_read_budget,
        skip=lambda tr: tr("It does not matter").unescape(),
        when=_wants("fen"),
    ),
    Question(
        "payer",
        _ask_payer,
        options=_payers,
        columns=2,
        skip=lambda tr: tr("Not decided yet").unescape(),
        when=_wants("payer"),
    ),
)


def meeting_questions(when: Callable[[dict[str, Any]], bool]) -> tuple[Question, Question]:
    """On which day and at what time the elder is fetched; `when` to ask.

    Days are counted from the answer `after`, the day on which the questions began.
    """
    return (
        Question(
            "days",
            _ask_meet_day,
            options=_meet_days,
            columns=2,
            write=True,
            read=_read_day,
            when=when,
        ),
        Question(
            "clock",
            _ask_clock,
            options=_meet_times,
            columns=4,
            write=True,
            read=_read_time,
            when=when,
        ),
    )


async def _asked(turn: Turn, said: Asked, answers: dict[str, Any]) -> None:
    viewer, today = turn.me.viewer, local_day(turn.now, turn.me.zone)
    elder = await errand_asking.access_asking(turn.tx, viewer, said.elder, said.visit, today)
    before = await _asked_again(turn, elder, said)
    what = said.what or (before.what if before else None)
    if what is None:
        raise Stale
    by_when, meet_at = due(turn, said.after + timedelta(days=said.days), said.clock)
    extra = Extra(
        photo=before.photo if before else said.photo,
        meet_at=meet_at,
        budget_fen=before.budget_fen if before else said.fen,
        payer=before.payer if before else said.payer,
        assignment_id=said.visit,
    )
    state = first_state(approvals=turn.me.settings.errand_approval, by_staff=viewer.staff)
    errand = await errands.ask(
        turn.tx, turn.now, elder, _kind(answers), what, by_when, viewer.member_id,
        extra=extra, state=state,
    )  # fmt: skip
    await _spread(turn, errand)


async def _asked_again(turn: Turn, elder: Elder, said: Asked) -> Errand | None:
    """What is asked for once more, if it is."""
    number = said.kind.rpartition("-")[0]
    if not number:
        return None
    whole = await errands.access_errand(turn.tx, turn.me.viewer, int(number))
    if whole.elder.id != elder.id:
        raise NotYours
    return whole.errand


def due(turn: Turn, day: date, clock: str | None) -> tuple[datetime, datetime | None]:
    """By when it has to be done; and when the elder is fetched, which is then the same.

    Raises:
        Stale: that moment has gone by while the question stood there.
    """
    if clock is None:
        return max(moment(day, time(20), turn.me.zone), turn.now + SHORTEST), None
    at = moment(day, time.fromisoformat(clock), turn.me.zone)
    if at <= turn.now:
        raise Stale
    return at, at


async def _spread(turn: Turn, errand: Errand) -> None:
    """Shown to whoever asked, offered, and told to the social workers."""
    await turn.show(Notice.ERRAND, errand_card(errand.id), errand=errand.id)
    whole = await errands.load(turn.tx, errand.community_id, errand.id)
    await errand_offers.offer(turn.tx, turn.now, turn.me.community, whole)
    event = "asked" if errand.state is State.OPEN else "requested"
    for one in await errand_offers.keepers(turn.tx, turn.now, whole):
        await errand_offers.tell(turn.tx, turn.now, one.id, errand, event, turn.me.member)


FORM = Form(
    "errand",
    Asked,
    (
        Question("elder", _ask_elder, options=_elders),
        Question("kind", _ask_kind, options=_kinds, columns=2),
        Question("what", ask_what, write=True, when=lambda answers: not _again(answers)),
        Question(
            "days",
            _ask_days,
            options=day_options,
            columns=2,
            when=lambda answers: not _meets(answers),
        ),
        *meeting_questions(_meets),
        *EXTRAS,
    ),
    done=_asked,
    title=lambda tr: tr("Ask for an errand"),
)
forms.FORMS.add(FORM)


async def _begin(turn: Turn, **known: Any) -> None:
    await forms.begin(turn, FORM, after=str(local_day(turn.now, turn.me.zone)), **known)


async def ask(update: Update, turn: Turn) -> None:
    """`/errand`; with one elder only, nobody is asked for whom."""
    found = await errand_asking.may_ask_for(turn.tx, turn.me.viewer)
    if not found:
        raise NotYours
    known = {"elder": found[0].id} if len(found) == 1 else {}
    await _begin(turn, **known)


async def ask_for(update: Update, turn: Turn) -> None:
    """`errand_for:<elder>`: the elder is known already."""
    [elder_id] = turn.numbers(1)
    elder = await elders.access_elder(turn.tx, turn.me.viewer, elder_id, Right.ASK_ERRAND)
    await _begin(turn, elder=elder.id)


async def ask_at(update: Update, turn: Turn) -> None:
    """`errand_at:<visit>`: what was needed at the door; the visit is noted with it."""
    [visit_id] = turn.numbers(1)
    row = await visits.access_visit(turn.tx, turn.me.viewer, visit_id)
    today = local_day(turn.now, turn.me.zone)
    elder = await errand_asking.access_asking(
        turn.tx, turn.me.viewer, row.elder.id, visit_id, today
    )
    await _begin(turn, elder=elder.id, visit=visit_id)


PRESSED = {"errand_for": ask_for, "errand_at": ask_at}
