"""Errands as people see them: the card for everybody, the whole for who does it."""

from datetime import timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, beside, lines, pages, phone_of, tap
from bot.screens.words import errand_name, errand_reason, errand_state, payer_name
from bot.texts import Texts
from care.access import Role
from care.days import local_day
from care.errand_money import yuan
from care.errand_offers import FREE_UNTIL, Free
from care.errands import (
    ENDED,
    EXPLAINED,
    FINAL,
    IN_HAND,
    STEPS,
    UNCLAIMED,
    EnoughInHand,
    Kind,
    NotAsked,
    Part,
    State,
    Step,
    may_take,
)
from care.refusals import NotYours, Refusal
from storage import errand_circles, errand_helpers, errand_money, pauses
from storage import errands as records
from storage.communities import zone_of
from storage.errands import Whole

PAGE = 12
# Of an escort or a repair there is nothing to be bought first.
BOUGHT_KINDS = frozenset({Kind.MEDICINE, Kind.GROCERIES, Kind.BILL, Kind.PARCEL})


def when(reader: Reader, whole: Whole) -> Markup:
    """ "今天 20:00前", "4月10日 周五 20:00前"."""
    tr = reader.tr
    by = whole.errand.by_when
    day = local_day(by, tr.zone)  # type: ignore[arg-type]
    if whole.errand.meet_at is not None:
        named = tr("today") if day == reader.today else tr.day(day)
        return tr("{day}, at the door at {time}", day=named, time=tr.time(by))
    if day == reader.today:
        return tr("today, by {time}", time=tr.time(by))
    if day == reader.today + timedelta(days=1):
        return tr("tomorrow, by {time}", time=tr.time(by))
    return tr("{day}, by {time}", day=tr.day(day), time=tr.time(by))


async def card(reader: Reader, facts: Facts) -> Screen | None:
    """For the group: building and kind, never a name or an address; then who took it."""
    tr = reader.tr
    whole = await records.load(reader.tx, reader.station.id, facts["errand"])
    errand = whole.errand
    if whole.elder.exited_at is not None:
        return _off(reader, whole)
    head = lines(
        tr("🛒 <b>Errand</b>: {kind}", kind=errand_name(tr, errand.kind)),
        tr("Where: {building}", building=whole.elder.building or tr("in the community")),
        tr("When: {when}", when=when(reader, whole)),
    )
    if errand.state is State.OPEN:
        return await _to_claim(reader, whole, head)
    if errand.state in IN_HAND and whole.claimer is not None:
        return Screen(lines(head, BLANK, tr("✋ taken by {name}", name=whole.claimer.name)))
    if errand.state in {State.DONE, State.CONFIRMED} and whole.claimer is not None:
        thanks = tr("✅ done by {name}. Thank you!", name=whole.claimer.name)
        return Screen(lines(head, BLANK, thanks))
    return Screen(lines(head, BLANK, errand_state(tr, errand.state)))


async def _to_claim(reader: Reader, whole: Whole, head: Markup) -> Screen:
    """The button; in private also "not me", which is the end of it for whoever presses it."""
    tr, errand = reader.tr, whole.errand
    if errand.kind is Kind.MEDICINE and reader.settings.errand_medicine_approved:
        head = lines(head, tr("Only volunteers approved for medicine can take it."))
    claim = Button(tr("🙋 I will do it"), tap("claim", errand.id))
    if reader.person is None:
        return Screen(head, ((claim,),))
    if await errand_circles.said_no(reader.tx, errand, reader.me.member.id):
        return Screen(lines(head, BLANK, tr("All right, you will not be asked for this again.")))
    return Screen(head, ((claim, Button(tr("Not me"), tap("errand_no", errand.id))),))


def refused_claim(tr: Texts, refusal: Refusal) -> Markup:
    """Why a volunteer cannot have an errand."""
    match refusal:
        case EnoughInHand(most=most):
            return tr("You have {n} errands in hand. Please finish one first.", n=most)
        case NotAsked():
            return tr("Others are being asked first. If they cannot, you will be asked. Thank you!")
        case _:
            return tr("Medicine is fetched by volunteers whom the social worker has approved.")


def _off(reader: Reader, whole: Whole, *rows: tuple[Button, ...]) -> Screen | None:
    """For somebody who is in care no more: what stands in a chat forgets for whom it was."""
    kind, state = whole.errand.kind, errand_state(reader.tr, whole.errand.state)
    text = lines(reader.tr("🛒 <b>{kind}</b>", kind=errand_name(reader.tr, kind)), state)
    return Screen(text, rows) if reader.edits else None


async def errand(reader: Reader, facts: Facts) -> Screen | None:
    """One errand: in full for whoever does it, while they do it, and for the staff."""
    tr, viewer = reader.tr, reader.me.viewer
    known = await records.load(reader.tx, reader.station.id, facts["errand"])
    if known.elder.exited_at is not None and viewer.member_id == known.errand.claimed_by:
        book = (Button(tr("💰 Money"), tap("errand_money", known.errand.id)),)
        paid = await errand_money.rows_of(reader.tx, known.errand.id)
        return _off(reader, known, *([book] if paid else []))
    whole = await records.access_errand(reader.tx, viewer, facts["errand"])
    one = whole.errand
    mine = one.claimed_by == viewer.member_id
    parts: list[str] = [
        tr("🛒 <b>{kind}</b> for {name}", kind=errand_name(tr, one.kind), name=whole.elder.name)
        if not (mine and one.state in ENDED)
        else tr("🛒 <b>{kind}</b>", kind=errand_name(tr, one.kind)),
        # Whoever did it needs no more of what somebody takes, or wrote into it.
        Markup("{}").format(one.what) if not (mine and one.state in ENDED) else "",
        tr("When: {when}", when=when(reader, whole)),
        _money(reader, whole),
        BLANK,
        _how_it_stands(reader, whole, mine=mine),
        await _away(reader, whole),
    ]
    if mine and one.state in IN_HAND:
        parts += [BLANK, *_where(reader, whole)]
    if mine and was_asked(whole):
        parts += [BLANK, tr("❓ Will you still do it? Otherwise it is offered again soon.")]
    part = await records.part_of(reader.tx, viewer, whole)
    why = facts.get("why")
    if facts.get("edit") and may_take(Step.EDIT, one.state, part):
        rows = _things(reader, whole)
    else:
        rows = _reasons(reader, whole, Step(why)) if why else _steps(reader, whole, part)
    return Screen(lines(*parts), tuple(rows), protect=mine)


async def _away(reader: Reader, whole: Whole) -> Markup:
    """That nobody is at home, as long as somebody may still go there."""
    if whole.errand.state in ENDED:
        return Markup("")
    pause = await pauses.of_elder(reader.tx, whole.elder, reader.today)
    if pause is None:
        return Markup("")
    return reader.tr("⏸ {name} is away, back on {until}.", name=whole.elder.name,
                     until=reader.tr.day(pause.until))  # fmt: skip


def _where(reader: Reader, whole: Whole) -> list[Markup]:
    elder = whole.elder
    found = [
        Markup("🏠 {}").format(elder.address or elder.building or "—"),
        Markup("☎ {}").format(phone_of(reader, elder)),
    ]
    if elder.door_hint:
        found.append(Markup("🔑 {}").format(elder.door_hint))
    return found


def _how_it_stands(reader: Reader, whole: Whole, *, mine: bool) -> Markup:
    tr, one = reader.tr, whole.errand
    if one.state is State.REQUESTED:
        return tr("⏳ A social worker looks at it first. You will be told.")
    if one.state is State.OPEN:
        return tr("⏳ Nobody has taken it yet. You will be told.")
    if one.state in ENDED:
        mark = "✅" if one.state in {State.DONE, State.CONFIRMED} else "🚫"
        by = tr(" · by {name}", name=whole.claimer.name) if whole.claimer else ""
        reason = tr(" · {reason}", reason=errand_reason(tr, one.reason)) if one.reason else ""
        return Markup("{} {}{}{}").format(mark, errand_state(tr, one.state), by, reason)
    if mine:
        return tr("✋ It is yours: {state}", state=errand_state(tr, one.state))
    name = whole.claimer.name if whole.claimer else "—"
    return tr("✋ {name}: {state}", name=name, state=errand_state(tr, one.state))


def _steps(reader: Reader, whole: Whole, part: Part) -> list[tuple[Button, ...]]:
    tr, one = reader.tr, whole.errand
    rows: list[tuple[Button, ...]] = []
    if part.claimer and one.state in IN_HAND:
        rows += _in_hand(reader, whole)
    if one.photo is not None and (one.state not in ENDED or part.keeper):
        rows.append((Button(tr("📷 See the photo"), tap("errand_photo", one.id)),))
    if one.state is State.REQUESTED and part.keeper:
        rows.append((Button(tr("👌 Approve"), tap("errand_step", one.id, Step.APPROVE, "-")),))
    if one.state is State.DONE and (part.receiver or part.keeper):
        rows.append((Button(tr("✅ Received"), tap("errand_step", one.id, Step.CONFIRM, "-")),))
    elif one.state is State.DONE and part.claimer:
        rows.append((Button(tr("✅ They have it"), tap("errand_why", one.id, Step.CONFIRM)),))
    if one.state not in UNCLAIMED and (part.claimer or part.receiver or part.keeper):
        rows.append((Button(tr("💰 Money"), tap("errand_money", one.id)),))
    approvals = reader.settings.errand_approval
    editable = one.state in STEPS[Step.EDIT][0]
    if editable and may_take(Step.EDIT, one.state, part, approvals=approvals):
        rows.append((Button(tr("✏️ Change it"), tap("errand_edit", one.id)),))
    if one.state not in FINAL and (
        part.receiver or part.keeper or (part.asker and not part.claimer)
    ):
        rows += _repeating(reader, whole)
    if one.state not in ENDED and (part.asker or part.keeper):
        rows.append((Button(tr("Cancel this errand"), tap("errand_why", one.id, Step.CANCEL)),))
    return rows


def _repeating(reader: Reader, whole: Whole) -> list[tuple[Button, ...]]:
    """The same again and again; each time at the doctor's is another one."""
    tr, one = reader.tr, whole.errand
    if one.standing_id is not None:
        return [(Button(tr("🔁 It repeats…"), tap("standing", whole.elder.id)),)]
    if one.kind is Kind.ESCORT:
        return []
    return [(Button(tr("🔁 Repeat it…"), tap("standing_from", one.id)),)]


def _in_hand(reader: Reader, whole: Whole) -> list[tuple[Button, ...]]:
    """What whoever has it can do next."""
    tr, one = reader.tr, whole.errand
    rows: list[tuple[Button, ...]] = []
    if was_asked(whole):
        rows.append((Button(tr("👌 Yes, I will do it"), tap("errand_step", one.id, "keep", "-")),))
    if one.state is State.CLAIMED:
        rows.append((Button(tr("🚶 On my way"), tap("errand_step", one.id, "set_out", "-")),))
    if one.state is not State.BOUGHT and one.kind in BOUGHT_KINDS:
        rows.append((Button(tr("🧾 Bought"), tap("errand_bought", one.id)),))
    rows.append((Button(tr("✅ Done"), tap("errand_step", one.id, Step.FINISH, "-")),))
    rows.append(
        (
            Button(tr("Give it back"), tap("errand_why", one.id, Step.RETURN)),
            Button(tr("Not possible"), tap("errand_why", one.id, Step.FAIL)),
        )
    )
    return rows


def was_asked(whole: Whole) -> bool:
    """Whether whoever claimed it was asked if they still will, and has not answered."""
    one = whole.errand
    return one.state is State.CLAIMED and one.asked_claimer_at is not None and one.kept_at is None


def _things(reader: Reader, whole: Whole) -> list[tuple[Button, ...]]:
    """What can be changed."""
    tr, number = reader.tr, whole.errand.id
    names = {
        "what": tr("What exactly"),
        "by_when": tr("By when"),
        "budget": tr("Budget"),
        "payer": tr("Who pays"),
        "photo": tr("📷 The photo"),
    }
    buttons = [Button(label, tap("errand_change", number, name)) for name, label in names.items()]
    back = Button("‹ " + reader.tr("Back"), tap("errand", number))
    return [tuple(buttons[:2]), tuple(buttons[2:4]), tuple(buttons[4:]), (back,)]


def _money(reader: Reader, whole: Whole) -> Markup:
    """What it may cost and who pays, as far as somebody said so."""
    tr, one = reader.tr, whole.errand
    budget = tr("Budget: ¥{sum}", sum=yuan(one.budget_fen)) if one.budget_fen is not None else ""
    payer = tr("Paid by: {payer}", payer=payer_name(tr, one.payer)) if one.payer else ""
    return beside(budget, payer)


def _reasons(reader: Reader, whole: Whole, step: Step) -> list[tuple[Button, ...]]:
    number = whole.errand.id
    rows = [
        (Button(errand_reason(reader.tr, one), tap("errand_step", number, step, one)),)
        for one in EXPLAINED.get(step, ())
    ]
    return [*rows, (Button("‹ " + reader.tr("Back"), tap("errand", number)),)]


async def _duty(reader: Reader, parts: list[str]) -> list[tuple[Button, ...]]:
    """ "I am free this afternoon": whoever says so is asked first."""
    tr = reader.tr
    until = await errand_helpers.free_until(reader.tx, reader.me.member.id)
    if until is not None and until > reader.now:
        parts += [BLANK, tr("🙌 You are free until {time}: you are asked first.",
                            time=tr.time(until))]  # fmt: skip
        return [(Button(tr("I am not free any more"), tap("errands_free", "no")),)]
    names = {
        Free.MORNING: tr("🙌 I am free this morning"),
        Free.AFTERNOON: tr("🙌 I am free this afternoon"),
        Free.EVENING: tr("🙌 I am free this evening"),
    }
    clock = reader.now.astimezone(zone_of(reader.station)).time()
    rows: list[tuple[Button, ...]] = [
        (Button(label, tap("errands_free", free)),)
        for free, label in names.items()
        if clock < FREE_UNTIL[free]
    ]
    # The time of day it is, and the next one.
    return rows[:2]


async def errands(reader: Reader, facts: Facts) -> Screen | None:
    """What a volunteer has in hand, and what can be claimed."""
    tr, viewer = reader.tr, reader.me.viewer
    if Role.VOLUNTEER not in viewer.roles:
        raise NotYours
    mine = await records.in_hand_of(reader.tx, viewer)
    open_ = await records.open_for(reader.tx, viewer)
    page = min(int(facts.get("page", 0)), max(0, (len(open_) - 1) // PAGE))
    parts: list[str] = []
    rows: list[tuple[Button, ...]] = []
    if mine:
        parts.append(tr("<b>In your hands</b>"))
        for one in mine:
            name = errand_name(tr, one.errand.kind)
            parts.append(Markup("· {} {} · {}").format(name, one.elder.name, when(reader, one)))
            rows.append((Button(f"{name} {one.elder.name}", tap("errand", one.errand.id)),))
        parts.append(BLANK)
    if open_:
        parts.append(tr("<b>Can be claimed</b>"))
        for one in open_[page * PAGE : (page + 1) * PAGE]:
            name = errand_name(tr, one.errand.kind)
            place = one.elder.building or tr("in the community")
            parts.append(Markup("· {} {} · {}").format(name, place, when(reader, one)))
            label = tr("🙋 Claim: {kind} {place}", kind=name, place=place)
            rows.append((Button(label, tap("claim", one.errand.id)),))
        if turn := pages(len(open_), page, PAGE, "errands_page"):
            rows.append(turn)
    if not parts:
        parts.append(tr("There is no errand to claim at the moment."))
    rows += await _duty(reader, parts)
    rows.append(reader.back(str(tr("Menu")), "do:menu"))
    return Screen(lines(*parts), tuple(rows))
