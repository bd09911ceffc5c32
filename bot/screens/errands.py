"""Errands as people see them: the card for everybody, the whole for who does it."""

from datetime import timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines, phone_of, tap
from bot.screens.words import errand_name, errand_state
from care.access import Role
from care.days import local_day
from care.errands import ENDED, EXPLAINED, IN_HAND, State, Step, WhyNot
from care.refusals import NotYours
from storage import elders
from storage import errands as records
from storage.errands import Whole

MOST = 12


def when(reader: Reader, whole: Whole) -> Markup:
    """ "今天 20:00前", "4月10日 周五 20:00前"."""
    tr = reader.tr
    by = whole.errand.by_when
    day = local_day(by, tr.zone)  # type: ignore[arg-type]
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
        return Screen(head, ((Button(tr("🙋 I will do it"), tap("claim", errand.id)),),))
    if errand.state in IN_HAND and whole.claimer is not None:
        return Screen(lines(head, BLANK, tr("✋ taken by {name}", name=whole.claimer.name)))
    if errand.state is State.DONE and whole.claimer is not None:
        thanks = tr("✅ done by {name}. Thank you!", name=whole.claimer.name)
        return Screen(lines(head, BLANK, thanks))
    return Screen(lines(head, BLANK, errand_state(tr, errand.state)))


def _off(reader: Reader, whole: Whole) -> Screen | None:
    """For somebody who is in care no more: what stands in a chat forgets for whom it was."""
    kind, state = whole.errand.kind, errand_state(reader.tr, whole.errand.state)
    text = lines(reader.tr("🛒 <b>{kind}</b>", kind=errand_name(reader.tr, kind)), state)
    return Screen(text) if reader.edits else None


async def errand(reader: Reader, facts: Facts) -> Screen | None:
    """One errand: in full for whoever does it, while they do it, and for the staff."""
    tr, viewer = reader.tr, reader.me.viewer
    known = await records.load(reader.tx, reader.station.id, facts["errand"])
    if known.elder.exited_at is not None and viewer.member_id == known.errand.claimed_by:
        return _off(reader, known)
    whole = await records.access_errand(reader.tx, viewer, facts["errand"])
    one = whole.errand
    mine = one.claimed_by == viewer.member_id
    parts: list[str] = [
        tr("🛒 <b>{kind}</b> for {name}", kind=errand_name(tr, one.kind), name=whole.elder.name)
        if not (mine and one.state in ENDED)
        else tr("🛒 <b>{kind}</b>", kind=errand_name(tr, one.kind)),
        Markup("{}").format(one.what),
        tr("When: {when}", when=when(reader, whole)),
        BLANK,
        _how_it_stands(reader, whole, mine=mine),
    ]
    if mine and one.state in IN_HAND:
        parts += [BLANK, *_where(reader, whole)]
    why = facts.get("why")
    rows = _reasons(reader, whole, Step(why)) if why else _steps(reader, whole, mine=mine)
    return Screen(lines(*parts), tuple(rows), protect=mine)


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
    if one.state is State.OPEN:
        return tr("⏳ Nobody has taken it yet. You will be told.")
    if one.state in ENDED:
        mark = "✅" if one.state is State.DONE else "🚫"
        by = tr(" · by {name}", name=whole.claimer.name) if whole.claimer else ""
        reason = tr(" · {reason}", reason=reason_text(reader, one.reason)) if one.reason else ""
        return Markup("{} {}{}{}").format(mark, errand_state(tr, one.state), by, reason)
    if mine:
        return tr("✋ It is yours: {state}", state=errand_state(tr, one.state))
    name = whole.claimer.name if whole.claimer else "—"
    return tr("✋ {name}: {state}", name=name, state=errand_state(tr, one.state))


def _steps(reader: Reader, whole: Whole, *, mine: bool) -> list[tuple[Button, ...]]:
    tr, one, viewer = reader.tr, whole.errand, reader.me.viewer
    rows: list[tuple[Button, ...]] = []
    if mine and one.state in IN_HAND:
        if one.state is State.CLAIMED:
            rows.append(
                (Button(tr("🚶 On my way"), tap("errand_step", one.id, Step.SET_OUT, "-")),)
            )
        rows.append((Button(tr("✅ Done"), tap("errand_step", one.id, Step.FINISH, "-")),))
        rows.append(
            (
                Button(tr("Give it back"), tap("errand_why", one.id, Step.RETURN)),
                Button(tr("Not possible"), tap("errand_why", one.id, Step.FAIL)),
            )
        )
    if one.state not in ENDED and (one.asked_by == viewer.member_id or viewer.staff):
        rows.append((Button(tr("Cancel this errand"), tap("errand_why", one.id, Step.CANCEL)),))
    return rows


def _reasons(reader: Reader, whole: Whole, step: Step) -> list[tuple[Button, ...]]:
    number = whole.errand.id
    rows = [
        (Button(reason_text(reader, one), tap("errand_step", number, step, one)),)
        for one in EXPLAINED.get(step, ())
    ]
    return [*rows, (Button("‹ " + reader.tr("Back"), tap("errand", number)),)]


def reason_text(reader: Reader, reason: str) -> Markup:
    """Why an errand was given back or could not be done."""
    tr = reader.tr
    match reason:
        case WhyNot.NO_TIME:
            return tr("I have no time after all")
        case WhyNot.NOT_THERE:
            return tr("not to be had")
        case WhyNot.NOBODY_HOME:
            return tr("nobody at home")
        case WhyNot.NOT_NEEDED:
            return tr("no longer needed")
        case _:
            return tr("another reason")


async def errands(reader: Reader, facts: Facts) -> Screen | None:
    """What a volunteer has in hand, and what can be claimed."""
    tr, viewer = reader.tr, reader.me.viewer
    if Role.VOLUNTEER not in viewer.roles:
        raise NotYours
    mine = await records.in_hand_of(reader.tx, viewer)
    open_ = (await records.open_for(reader.tx, viewer))[:MOST]
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
        for one in open_:
            name = errand_name(tr, one.errand.kind)
            place = one.elder.building or tr("in the community")
            parts.append(Markup("· {} {} · {}").format(name, place, when(reader, one)))
            label = tr("🙋 Claim: {kind} {place}", kind=name, place=place)
            rows.append((Button(label, tap("claim", one.errand.id)),))
    if not parts:
        parts.append(tr("There is no errand to claim at the moment."))
    rows.append(reader.back(str(tr("Menu")), "do:menu"))
    return Screen(lines(*parts), tuple(rows))


async def told(reader: Reader, facts: Facts) -> Screen | None:
    """One line to those who wait for it."""
    tr = reader.tr
    try:
        whole = await records.access_errand(reader.tx, reader.me.viewer, facts["errand"])
    except NotYours:
        whole = await records.load(reader.tx, reader.station.id, facts["errand"])
        mine = {one.id for one in await elders.of_family(reader.tx, reader.me.viewer)}
        cancelled = facts["event"] == "cancelled" and whole.elder.exited_at is None
        if whole.elder.id not in mine and not cancelled:
            raise
    kind, name, by = errand_name(tr, whole.errand.kind), whole.elder.name, facts["by"]
    match facts["event"]:
        case "asked":
            text = tr("🛒 {by} asks for an errand: {kind} for {name}", by=by, kind=kind, name=name)
        case "claimed":
            text = tr(
                "✋ {by} has taken the errand: {kind} for {name}", by=by, kind=kind, name=name
            )
        case "on_the_way":
            text = tr("🚶 {by} is on the way: {kind} for {name}", by=by, kind=kind, name=name)
        case "done":
            text = tr("✅ Done by {by}: {kind} for {name}", by=by, kind=kind, name=name)
        case "returned":
            text = tr("↩️ {by} gave the errand back: {kind} for {name}. It is offered again.",
                      by=by, kind=kind, name=name)  # fmt: skip
        case "failed":
            text = tr(
                "🚫 {by} could not do the errand: {kind} for {name}", by=by, kind=kind, name=name
            )
        case _:
            text = tr("✖️ {by} cancelled the errand: {kind}", by=by, kind=kind)
    return Screen(text)
