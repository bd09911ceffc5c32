"""Follow-ups: the message that asks when, and how they stand on a call and on a card."""

from datetime import timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import Facts, Reader, beside, lines, tap
from storage import follow_ups
from storage.tables import Elder

LATER = (0, 1, 3, 7)


async def open_follow_ups(reader: Reader, elder: Elder) -> list[Markup]:
    """What is to be come back to about an elder, and when."""
    tr = reader.tr
    return [
        beside(
            tr("📌 Follow-up on {day}", day=tr.day(one.due)),
            Markup("“{}”").format(one.note) if one.note else "",
        )
        for one in await follow_ups.open_of(reader.tx, elder)
    ]


async def done_rows(reader: Reader, elder: Elder) -> list[tuple[Button, ...]]:
    """A button for each: "Followed up ✓"."""
    return [
        (Button(reader.tr("📌 Followed up ✓"), tap("follow_done", one.id)),)
        for one in await follow_ups.open_of(reader.tx, elder)
    ]


async def follow_up(reader: Reader, facts: Facts) -> Screen | None:
    """When to come back to what was heard, and a note about it; tomorrow unless somebody says."""
    tr = reader.tr
    found, elder = await follow_ups.access_follow_up(
        reader.tx, reader.me.viewer, facts["follow_up"]
    )
    if found.closed_at is not None:
        return Screen(tr("📌 {name}: followed up. ✓", name=elder.name))
    day = tr("today") if found.due == reader.today else tr.day(found.due)
    text = lines(
        tr("📌 <b>{name}</b> is on the list again: {day}.", name=elder.name, day=day),
        Markup("“{}”").format(found.note) if found.note else "",
        tr("Another day? Press a button; otherwise it stays like this."),
    )
    choices = [
        Button(_later(reader, days), tap("follow_day", found.id, reader.today + timedelta(days)))
        for days in LATER
        if reader.today + timedelta(days) != found.due
    ]
    note = tr("📝 Change the note") if found.note else tr("📝 Add a note")
    rows = (
        *(tuple(choices[n : n + 2]) for n in range(0, len(choices), 2)),
        (Button(note, tap("follow_note", found.id)),),
        (Button(tr("📞 Call {name}", name=elder.name), tap("call", elder.id)),),
        (Button(tr("📌 Followed up ✓"), tap("follow_done", found.id)),),
    )
    return Screen(text, rows)


def _later(reader: Reader, days: int) -> Markup:
    tr = reader.tr
    match days:
        case 0:
            return tr("later today")
        case 1:
            return tr("tomorrow")
        case 7:
            return tr("in a week")
        case _:
            return tr("in {n} days", n=days)
