"""Who may fetch medicine: one line and one button for each volunteer."""

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines, pages, tap
from care.access import Role
from care.refusals import NotYours
from storage import errand_helpers, members

PAGE = 12


async def page(reader: Reader, facts: Facts) -> Screen | None:
    """For the staff; whoever may is marked, and a tap changes it."""
    tr = reader.tr
    if not reader.me.viewer.staff:
        raise NotYours
    known = await errand_helpers.of_community(reader.tx, reader.station.id)
    approved = {one for one, helper in known.items() if helper.medicine}
    people = await members.with_role(reader.tx, reader.station.id, Role.VOLUNTEER)
    people = sorted(people, key=lambda one: (one.id not in approved, one.name))
    number = min(facts["page"], max(0, (len(people) - 1) // PAGE))
    names = [one.name for one in people if one.id in approved]
    parts = [
        tr("💊 <b>Who may fetch medicine</b>"),
        BLANK,
        tr("For every elder: {names}", names=tr(", ").join(names))
        if names
        else tr("For every elder: nobody yet."),
        tr("For the elders of their own pairing all volunteers may."),
        BLANK,
        tr("A tap on a name changes it:"),
    ]
    rows: list[tuple[Button, ...]] = []
    for one in people[number * PAGE : (number + 1) * PAGE]:
        may = one.id in approved
        label = f"✅ {one.name}" if may else one.name
        rows.append((Button(label, tap("medicine", one.id, "no" if may else "yes", number)),))
    rows.append(pages(len(people), number, PAGE, "helpers"))
    rows.append(reader.back(str(tr("Errands")), "errands_all"))
    return Screen(lines(*parts), tuple(filter(None, rows)))
