"""News of an errand: one line to each of those who wait for it."""

from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.errand_money import fault_text
from bot.screens.errands import when
from bot.screens.reader import Facts, Reader, lines, tap
from bot.screens.words import errand_name, errand_reason
from bot.texts import Texts
from care.errands import Part, State
from care.refusals import NotYours
from storage import elders, errand_money
from storage import errands as records
from storage.errands import Whole


async def told(reader: Reader, facts: Facts) -> Screen | None:
    """One line to those who wait for it."""
    money = facts["event"] == "money_said"
    former = await _to_a_former_holder(reader, facts) if money else None
    return await _told(reader, facts) if former is None else former


async def _told(reader: Reader, facts: Facts) -> Screen:
    tr = reader.tr
    try:
        whole = await records.access_errand(reader.tx, reader.me.viewer, facts["errand"])
    except NotYours:
        whole = await records.load(reader.tx, reader.station.id, facts["errand"])
        mine = {one.id for one in await elders.of_family(reader.tx, reader.me.viewer)}
        # Whoever had it in hand has nothing to do with it any more, and hears only that.
        over = facts["event"] in {"cancelled", "lapsed"} and whole.elder.exited_at is None
        if whole.elder.id not in mine and not over:
            raise
    part = await records.part_of(reader.tx, reader.me.viewer, whole)
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
            text = lines(text, _reason(tr, whole))
        case "cancelled":
            text = tr("✖️ {by} cancelled the errand: {kind}", by=by, kind=kind)
            text = lines(text, _reason(tr, whole))
        case other:
            text = _news(reader, whole, other, facts)
    return Screen(text, _rows(reader, whole, part, facts["event"]))


async def _to_a_former_holder(reader: Reader, facts: Facts) -> Screen | None:
    """Who gave it back and had money of it is asked as well, and reads nobody's name."""
    book = await errand_money.access_book(reader.tx, reader.me.viewer, facts["errand"])
    errand, me = book.whole.errand, reader.me.member.id
    if errand.claimed_by == me or me not in book.holders:
        return None
    kind, by = errand_name(reader.tr, errand.kind), facts["by"]
    text = reader.tr(
        "💰 {by} wrote down money: {kind}. Please say whether it is right.", by=by, kind=kind
    )
    return Screen(text, ((Button(reader.tr("💰 Money"), tap("errand_money", errand.id)),),))


def _reason(tr: Texts, whole: Whole) -> Markup:
    """Why it ended, as whoever ended it said."""
    reason = whole.errand.reason
    return Markup("({})").format(errand_reason(tr, reason)) if reason else Markup("")


def _news(reader: Reader, whole: Whole, event: str, facts: Facts) -> Markup:
    """What only some hear of."""
    tr, name, by = reader.tr, whole.elder.name, facts["by"]
    kind = errand_name(tr, whole.errand.kind)
    match event:
        case "requested":
            return tr("🛒 To be approved: {kind} for {name}", kind=kind, name=name)
        case "approved":
            return tr("👌 {by} has approved the errand: {kind} for {name}", by=by, kind=kind,
                      name=name)  # fmt: skip
        case "bought":
            return tr("🧾 {by} has bought it: {kind} for {name}", by=by, kind=kind, name=name)
        case "confirmed":
            return tr("✅ Received, says {by}: {kind} for {name}", by=by, kind=kind, name=name)
        case "edited":
            return tr("✏️ {by} has changed the errand: {kind} for {name}", by=by, kind=kind,
                      name=name)  # fmt: skip
        case "money":
            faults = [fault_text(tr, *one) for one in facts["faults"]]
            head = tr("💰 The money does not agree: {kind} for {name}", kind=kind, name=name)
            return lines(head, *(Markup("· {}").format(one) for one in faults))
        case "money_said":
            return tr("💰 {by} wrote down money: {kind} for {name}. Please say whether it is "
                      "right.", by=by, kind=kind, name=name)  # fmt: skip
        case _:
            return _undone(reader, whole, event, facts)


def _undone(reader: Reader, whole: Whole, event: str, facts: Facts) -> Markup:
    """What nobody did, or what is in the way."""
    tr, name = reader.tr, whole.elder.name
    kind, time = errand_name(tr, whole.errand.kind), when(reader, whole)
    match event:
        case "half_time":
            return tr("⏳ Nobody has taken it yet: {kind} for {name} ({when})", kind=kind,
                      name=name, when=time)  # fmt: skip
        case "away":
            until = tr.day(date.fromisoformat(facts["until"]))
            return tr("⏸ {name} is away, back on {until}: {kind} ({when}). Is it still needed?",
                      name=name, until=until, kind=kind, when=time)  # fmt: skip
        case "late":
            return tr("⏰ Not done in time: {kind} for {name} ({when})", kind=kind, name=name,
                      when=time)  # fmt: skip
        case _:
            return tr("The errand “{kind}” is offered to others, as we did not hear from you.",
                      kind=kind)  # fmt: skip


def _rows(reader: Reader, whole: Whole, part: Part, event: str) -> tuple[tuple[Button, ...], ...]:
    """What can be done about the news at once."""
    tr, one = reader.tr, whole.errand
    if event == "done" and one.state is State.DONE and (part.receiver or part.keeper):
        return ((Button(tr("✅ Received"), tap("errand_step", one.id, "confirm", "-")),),)
    if event in {"money", "money_said"} and (part.keeper or part.receiver or part.claimer):
        return ((Button(tr("💰 Money"), tap("errand_money", one.id)),),)
    if event in {"requested", "half_time", "late", "edited", "away"} and (
        part.keeper or part.asker or part.claimer
    ):
        return ((Button(tr("Look at it"), tap("errand", one.id)),),)
    return ()
