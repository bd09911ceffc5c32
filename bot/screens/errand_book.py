"""The month's book of an elder's errands as a file, for the staff."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from bot.screen import Screen
from bot.screens.errand_money import flow_name
from bot.screens.reader import Facts, Reader
from bot.screens.words import errand_name
from bot.texts import Texts
from care.access import Right
from care.errand_money import Flow, accounts, counted, standing
from storage import errand_book, errand_money
from storage.elders import access_elder
from storage.errand_book import Line, Total
from storage.errand_money import Book


def month_of(day: date) -> tuple[date, date]:
    """The first day of a month, and of the next one."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


async def book(reader: Reader, facts: Facts) -> Screen | None:
    """What was said of money in a month, all of it, and what that comes to."""
    tr, viewer = reader.tr, reader.me.viewer
    elder = await access_elder(reader.tx, viewer, facts["elder"], Right.SEE_ALL)
    first, before = month_of(date.fromisoformat(facts["month"]))
    books = await errand_money.of_elder(reader.tx, viewer, elder.id, first, before)
    names = await errand_book.people_of(reader.tx, books)
    pictures = await errand_book.receipts_of(reader.tx, books)
    lines = [
        line for one in books for line in _lines(tr, one, names, pictures) if first <= line.day
    ]
    lines = [line for line in lines if line.day < before]
    title = tr("{name}: errands' money, {month}", name=elder.name, month=f"{first:%Y-%m}")
    words = title.unescape(), _heads(tr), lines, _totals(tr, books, first, before)
    content = await asyncio.to_thread(errand_book.write_book, *words)
    file = tr("money-{name}-{month}.xlsx", name=elder.name, month=f"{first:%Y-%m}").unescape()
    return Screen(title, document=(file, content), protect=True)


def _heads(tr: Texts) -> dict[str, str]:
    heads = (
        tr("Day"), tr("Errand"), tr("Volunteer"), tr("What"), tr("Said by"), tr("Yuan"),
        tr("Counts"), tr("Reason"), tr("Receipt"),
    )  # fmt: skip
    return {name: head.unescape() for name, head in zip(errand_book.COLUMNS, heads, strict=True)}


def _lines(
    tr: Texts, one: Book, names: dict[int, str], pictures: dict[int, bytes | None]
) -> list[Line]:
    stands = {entry.number for entry in standing(one.entries)}
    what = f"{errand_name(tr, one.whole.errand.kind).unescape()} {one.whole.errand.what}"
    found = []
    for row in one.rows:
        counts = tr("yes") if row.id in stands else tr("corrected")
        words = (
            what, names[row.holder_id], flow_name(tr, row.flow).unescape(), names[row.by_id],
        )  # fmt: skip
        picture = pictures.get(row.photo_id) if row.photo_id is not None else None
        note = tr("photo").unescape() if row.photo_id is not None else ""
        found.append(
            Line(row.day, words, row.fen, counts.unescape(), row.reason or "", picture, note)
        )
    return found


def _totals(tr: Texts, books: Sequence[Book], first: date, before: date) -> list[Total]:
    """What each kind of sum of these days comes to, by the volunteers' word, else the payers'.

    What is not settled is of the whole errands, whenever their money passed.
    """
    sums: Counter[Flow] = Counter()
    for one in books:
        days = {row.id: row.day for row in one.rows}
        for entry in counted(one.entries):
            if first <= days[entry.number] < before:
                sums[entry.flow] += entry.fen
    totals = [Total(flow_name(tr, flow).unescape(), sums[flow]) for flow in Flow]
    found = [account for one in books for account in accounts(one.entries)]
    open_ = sum(abs(account.left) for account in found)
    return [*totals, Total(tr("not settled").unescape(), open_)]
