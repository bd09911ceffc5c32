"""Surge days as the staff sees them."""

from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines, tap
from bot.screens.words import surge_name
from bot.texts import Texts
from care.surge import Why
from storage import surge as stored


def _days(tr: Texts, first: date, last: date) -> Markup:
    if first == last:
        return Markup("{}").format(tr.day(first))
    return tr("{first} to {last}", first=tr.day(first), last=tr.day(last))


async def surge(reader: Reader, facts: Facts) -> Screen | None:
    """What is switched on, who did it, and how to switch it off."""
    tr, viewer = reader.tr, reader.me.viewer
    if not viewer.staff:
        return None
    found = await stored.to_come(reader.tx, viewer, reader.today)
    today = await stored.on(reader.tx, reader.station, reader.today)
    rows = [
        (
            Button(
                tr("Switch off: {why}", why=surge_name(tr, Why(row.why))), tap("surge_off", row.id)
            ),
        )
        for row, _ in found
    ]
    entries = [
        Markup("🌡 <b>{}</b> · {} · {}").format(
            surge_name(tr, Why(row.why)), _days(tr, row.first_day, row.last_day), by.name
        )
        for row, by in found
    ]
    if today is not None and not any(row.first_day <= reader.today for row, _ in found):
        entries.append(tr("🎏 Today is a festival day; it comes every year."))
    text = lines(
        *(entries or [tr("No such days are switched on.")]),
        BLANK,
        tr("On these days yellow elders are called every day, green ones once."),
    )
    rows.append((Button(tr("➕ Switch days on"), "surge_new"),))
    return Screen(text, (*rows, reader.back(tr("Menu"), "do:menu")))
