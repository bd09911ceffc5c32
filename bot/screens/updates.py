"""The yearly update: who is left, and one elder's record to be gone through."""

from bot.screen import Button, Screen
from bot.screens.elders import in_order, people, who
from bot.screens.reader import Facts, Reader, pages, paragraphs, tap
from bot.screens.words import tier_mark
from care.access import Right
from care.days import local_day
from care.updates import is_checked
from storage import updates as stored
from storage.elders import access_elder

PAGE = 18
COLUMNS = 3


async def updates(reader: Reader, facts: Facts) -> Screen | None:
    """How far it is, and whose record nobody has gone through this year."""
    viewer = reader.me.viewer
    if not viewer.staff:
        return None
    tr = reader.tr
    found = await stored.progress(reader.tx, viewer, reader.now)
    left = in_order(list(found.left))
    page = min(facts.get("page", 0), max(0, (len(left) - 1) // PAGE))
    buttons = [
        Button(f"{tier_mark(one.tier)} {one.name}", tap("update_one", one.id, page))
        for one in left[page * PAGE : (page + 1) * PAGE]
    ]
    text = paragraphs(
        tr(
            "📋 <b>Yearly check {year}</b>: {done}/{total}",
            year=found.year,
            done=found.done,
            total=found.total,
        ),
        tr("Tap a name and see whether everything is still right. Left: {n}", n=len(left))
        if left
        else tr("Every record was gone through this year. Thank you! 🌷"),
    )
    rows = [tuple(buttons[n : n + COLUMNS]) for n in range(0, len(buttons), COLUMNS)]
    turn = pages(len(left), page, PAGE, "updates_page")
    back = reader.back(tr("Menu"), "do:menu")
    return Screen(text, (*rows, turn, back) if turn else (*rows, back))


async def update(reader: Reader, facts: Facts) -> Screen | None:
    """One record as it stands, with one button that says it is right."""
    tr = reader.tr
    one = await access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.CHANGE)
    if one.exited_at is not None:
        return Screen(tr("{name} is no longer in care.", name=one.name))
    zone = reader.me.zone
    checked = is_checked(reader.today, one.confirmed_on, local_day(one.updated_at, zone))
    back = reader.back(tr("Back"), tap("updates_page", facts.get("page", 0)))
    text = paragraphs(
        who(reader, one),
        await people(reader, one),
        tr("✅ This record was gone through this year.")
        if checked
        else tr(
            "Is everything still right? What is not, please correct in the roster: "
            "/export gives you the file, /import takes it back."
        ),
    )
    right = (Button("✅ " + tr("Everything is right"), tap("confirmed", one.id)),)
    return Screen(text, (back,) if checked else (right, back))
