"""All errands on one page, for the staff who look after the elders."""

from itertools import groupby
from operator import itemgetter

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.errands import when
from bot.screens.reader import BLANK, Facts, Reader, lines, pages, tap
from bot.screens.words import errand_name, errand_state
from bot.texts import Texts
from care.errand_offers import Circle
from storage.errand_overview import Overview, overview
from storage.errands import Whole

PAGE = 15


def circle_name(tr: Texts, circle: Circle) -> Markup:
    """How far an errand has been offered."""
    match circle:
        case Circle.PAIRING:
            return tr("offered to the pairing")
        case Circle.NEIGHBOURS:
            return tr("offered to neighbours")
        case Circle.GROUP:
            return tr("offered to everybody")


async def page(reader: Reader, facts: Facts) -> Screen | None:
    """What waits, what nobody has, who has what; the late and the unsettled are marked."""
    tr = reader.tr
    found = await overview(reader.tx, reader.now, reader.me.viewer)
    entries = [
        (head, one)
        for head, several in (
            (tr("<b>To be approved</b>"), found.to_approve),
            (tr("<b>Nobody has it yet</b>"), found.open),
            (tr("<b>In somebody's hands</b>"), found.in_hand),
            (tr("<b>Done, not confirmed</b>"), found.to_confirm),
        )
        for one in several
    ]
    page = min(int(facts.get("page", 0)), max(0, (len(entries) - 1) // PAGE))
    shown = entries[page * PAGE : (page + 1) * PAGE]
    parts: list[str] = [tr("🛒 <b>All errands</b>")]
    for head, several in groupby(shown, key=itemgetter(0)):
        parts += [BLANK, head, *(_line(reader, found, one) for _, one in several)]
    if not shown:
        parts += [BLANK, tr("There is no errand at the moment.")]
    rows = (
        *((_button(reader, one),) for _, one in shown),
        pages(len(entries), page, PAGE, "errands_all_page"),
        (Button(tr("💊 Who may fetch medicine"), tap("helpers", 0)),),
        reader.back(str(tr("Menu")), "do:menu"),
    )
    return Screen(lines(*parts), tuple(row for row in rows if row))


def _line(reader: Reader, found: Overview, whole: Whole) -> Markup:
    tr, one = reader.tr, whole.errand
    marks = ("⏰ " if one.id in found.late else "") + ("💰 " if one.id in found.money else "")
    name = errand_name(tr, one.kind)
    if whole.claimer is not None:
        stands = tr("{name}: {state}", name=whole.claimer.name, state=errand_state(tr, one.state))
    elif asked := found.circles.get(one.id):
        stands = circle_name(tr, [circle for circle in Circle if circle in asked][-1])
    else:
        stands = errand_state(tr, one.state)
    return Markup("{}{} {} · {} · {}").format(
        marks, name, whole.elder.name, when(reader, whole), stands
    )


def _button(reader: Reader, whole: Whole) -> Button:
    name = errand_name(reader.tr, whole.errand.kind)
    return Button(f"{name} {whole.elder.name}", tap("errand", whole.errand.id))
