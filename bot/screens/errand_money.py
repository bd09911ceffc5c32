"""The money of an errand: what both sides said, and what does not add up."""

from collections.abc import Mapping
from datetime import timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines, tap
from bot.screens.words import errand_name
from bot.texts import Texts
from care.errand_money import (
    HANDED,
    TO_VOLUNTEER,
    Account,
    Entry,
    Fault,
    Flow,
    Side,
    accounts,
    side_of,
    standing,
    yuan,
)
from care.errands import IN_HAND, Step
from storage import errand_money as records
from storage import members
from storage.errand_money import Book

MOST_FIXES = 6


def flow_name(tr: Texts, flow: Flow) -> Markup:
    """What a sum was."""
    match flow:
        case Flow.ADVANCE:
            return tr("advance")
        case Flow.SPENT:
            return tr("spent")
        case Flow.CHANGE:
            return tr("change")
        case Flow.REPAID:
            return tr("paid back")


def _unbalanced(tr: Texts, fen: int, *, mine: bool) -> Markup:
    sum_ = yuan(abs(fen))
    if mine:
        if fen > 0:
            return tr("you still have ¥{sum}", sum=sum_)
        return tr("you are owed ¥{sum}", sum=sum_)
    if fen > 0:
        return tr("the volunteer still has ¥{sum}", sum=sum_)
    return tr("the volunteer is owed ¥{sum}", sum=sum_)


def fault_text(tr: Texts, fault: str, fen: int, flow: str | None, *, mine: bool = False) -> Markup:
    """What does not add up, and by how much; `mine` for the volunteer who has the money."""
    sum_, what = yuan(abs(fen)), flow_name(tr, Flow(flow)) if flow else Markup("")
    match Fault(fault):
        case Fault.DISAGREE:
            return tr("{what}: the two sides differ by ¥{sum}", what=what, sum=sum_)
        case Fault.ONE_SIDED:
            return tr("{what} ¥{sum}: only one side has said so", what=what, sum=sum_)
        case Fault.OVER_BUDGET:
            return tr("¥{sum} more than the budget", sum=sum_)
        case Fault.NO_RECEIPT:
            return tr("¥{sum} without a receipt", sum=sum_)
        case Fault.UNBALANCED:
            return _unbalanced(tr, fen, mine=mine)


async def money(reader: Reader, facts: Facts) -> Screen | None:
    """The book of one errand, for both sides and the staff."""
    tr = reader.tr
    book = await records.access_book(reader.tx, reader.me.viewer, facts["errand"])
    errand = book.whole.errand
    parts: list[str] = [tr("💰 <b>Money</b>: {kind}", kind=errand_name(tr, errand.kind))]
    if errand.budget_fen is not None:
        parts.append(tr("Budget: ¥{sum}", sum=yuan(errand.budget_fen)))
    names = {
        one: (await members.in_community(reader.tx, errand.community_id, one)).name
        for one in book.holders
    }
    for account in accounts(book.entries):
        parts += [BLANK, Markup("<b>{}</b>").format(names[account.holder]), *_sums(tr, account)]
    if not book.rows:
        parts += [BLANK, tr("Nothing has been written down yet.")]
    mine = book.part.claimer
    found = [fault_text(tr, one.fault, one.fen, one.flow, mine=mine) for one in book.differences]
    if found:
        parts += [BLANK, *(Markup("⚠️ {}").format(one) for one in found)]
    elif book.rows:
        parts += [BLANK, tr("✅ It all agrees.")]
    return Screen(lines(*parts), tuple(_rows(reader, book, names)))


def _sums(tr: Texts, account: Account) -> list[Markup]:
    found = []
    for flow in Flow:
        own = account.said.get((flow, Side.VOLUNTEER))
        other = account.said.get((flow, Side.PAYER))
        if own is None and other is None:
            continue
        if flow is Flow.SPENT:
            text = tr("{what}: ¥{sum}", what=flow_name(tr, flow), sum=yuan(own or 0))
        else:
            text = tr("{what}: volunteer {own}, payer {other}", what=flow_name(tr, flow),
                      own=_said(own), other=_said(other))  # fmt: skip
        found.append(text)
    return found


def _said(fen: int | None) -> str:
    return "—" if fen is None else f"¥{yuan(fen)}"


def _rows(reader: Reader, book: Book, names: Mapping[int, str]) -> list[tuple[Button, ...]]:
    tr, errand, me = reader.tr, book.whole.errand, reader.me.member.id
    rows: list[tuple[Button, ...]] = []
    if errand.claimed_by == me and errand.state in IN_HAND:
        rows.append((Button(tr("✅ Done"), tap("errand_step", errand.id, Step.FINISH, "-")),))
    for mine in (True, False):
        side = side_of(Flow.ADVANCE, book.part, for_volunteer=mine)
        if side is None:
            continue
        rows += _agreeing(tr, book, me, side, names)
        rows += _saying(tr, book, {me: names[me]} if mine else names, mine=mine)
    for row in _own(book, me)[-MOST_FIXES:]:
        label = tr("✏️ {what} ¥{sum}", what=flow_name(tr, row.flow), sum=yuan(row.fen))
        rows.append((Button(label, tap("money_fix", errand.id, row.number)),))
    if book.part.keeper:
        rows.append(_files(reader, book))
    return [*rows, _back(reader, book)]


def _files(reader: Reader, book: Book) -> tuple[Button, ...]:
    """The month's books of the elder: of this month, and of the one that is over."""
    tr, elder = reader.tr, book.whole.elder.id
    before = reader.today.replace(day=1) - timedelta(days=1)
    return (
        Button(tr("📒 This month as a file"), tap("errand_book", elder, f"{reader.today:%Y-%m}")),
        Button(tr("📒 Last month"), tap("errand_book", elder, f"{before:%Y-%m}")),
    )


def _back(reader: Reader, book: Book) -> tuple[Button, ...]:
    """To the errand; of somebody who is in care no more nobody sees that any more."""
    tr, elder = reader.tr, book.whole.elder
    if elder.exited_at is None:
        return reader.back(str(tr("The errand")), tap("errand", book.whole.errand.id))
    if book.part.keeper:
        return reader.back(str(tr("Back")), tap("elder", elder.id))
    return reader.back(str(tr("Menu")), "do:menu")


def _saying(
    tr: Texts, book: Book, holders: Mapping[int, str], *, mine: bool
) -> list[tuple[Button, ...]]:
    """What passed can be said: by a holder, or of each of them by whoever speaks for the payer."""
    number, word = book.whole.errand.id, "v" if mine else "p"
    return [
        (
            Button(
                _of(name, _label(tr, flow, mine=mine), holders),
                tap("money_say", number, word, flow, holder),
            ),
        )
        for holder, name in holders.items()
        for flow in Flow
        if side_of(flow, book.part, for_volunteer=mine) is not None
    ]


def _of(name: str, label: Markup, holders: Mapping[int, str]) -> Markup:
    """A label, with whose money it is as soon as that could be another one's."""
    return label if len(holders) == 1 else Markup("{} · {}").format(name, label)


def _own(book: Book, me: int) -> list[Entry]:
    """The rows that somebody may put right: what they said themselves and still stands."""
    said = {one.id for one in book.rows if one.by_id == me}
    return [one for one in standing(book.entries) if one.number in said]


def _label(tr: Texts, flow: Flow, *, mine: bool) -> Markup:
    match flow:
        case Flow.SPENT:
            return tr("🧾 I spent…")
        case Flow.ADVANCE:
            return tr("I was given an advance…") if mine else tr("An advance was given…")
        case Flow.CHANGE:
            return tr("I gave change back…") if mine else tr("Change came back…")
        case Flow.REPAID:
            return tr("I was paid back…") if mine else tr("The volunteer was paid back…")


def _agreeing(
    tr: Texts, book: Book, me: int, side: Side, names: Mapping[int, str]
) -> list[tuple[Button, ...]]:
    """One tap says the same as the other side, where only the other side has spoken."""
    rows: list[tuple[Button, ...]] = []
    for account in accounts(book.entries):
        if side is Side.VOLUNTEER and account.holder != me:
            continue
        for flow in HANDED:
            own, other = account.said.get((flow, side)), account.said.get((flow, _other(side)))
            if own is None and other is not None:
                arrow = "→" if flow in TO_VOLUNTEER else "←"
                label = tr("✅ Right: {what} {arrow} ¥{sum}", what=flow_name(tr, flow),
                           arrow=arrow, sum=yuan(other))  # fmt: skip
                data = tap("money_yes", book.whole.errand.id, account.holder, flow, other)
                rows.append((Button(_of(names[account.holder], label, names), data),))
    return rows


def _other(side: Side) -> Side:
    return Side.PAYER if side is Side.VOLUNTEER else Side.VOLUNTEER
