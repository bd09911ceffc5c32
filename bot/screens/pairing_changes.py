"""Changing a pairing: what, whom, what would follow; and what those hear whom it is about."""

from collections.abc import Collection

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.elders import MARKS
from bot.screens.pairings import names_of, warnings
from bot.screens.reader import Facts, Reader, lines, pages, paragraphs, tap
from bot.screens.visits import when
from bot.texts import Texts
from care.pairings import Change
from storage import pairing_changes as changes
from storage import pairings, visits
from storage.pairings import Whole
from storage.tables import Elder, Member
from storage.visits import Visiting

PAGE = 20


def change_name(tr: Texts, change: Change) -> Markup:
    """What a button offers to change."""
    match change:
        case Change.ADD_ELDER:
            return tr("➕ An elder joins")
        case Change.ADD_VOLUNTEER:
            return tr("➕ A volunteer joins")
        case Change.REMOVE_ELDER:
            return tr("➖ An elder leaves")
        case Change.REMOVE_VOLUNTEER:
            return tr("➖ A volunteer leaves")
        case Change.LEAD:
            return tr("🔄 Somebody else leads")


async def change(reader: Reader, facts: Facts) -> Screen | None:
    """The three steps: what, whom, and what would follow."""
    whole = await pairings.access_pairing(reader.tx, reader.me.viewer, facts["pairing"])
    if facts.get("change") is None:
        return _what(reader, whole)
    wanted = Change(facts["change"])
    if facts.get("person") is None:
        return await _whom(reader, whole, wanted, facts.get("page", 0))
    one = await changes.chosen(reader.tx, reader.me.viewer, whole, wanted, facts["person"])
    return await _sure(reader, whole, wanted, one)


def _head(tr: Texts, whole: Whole) -> Markup:
    volunteers = tr(", ").join(one.name for one in whole.volunteers)
    return lines(
        tr("Social worker: {name}", name=whole.worker.name),
        tr("Volunteers: {names}", names=volunteers or "—"),
        tr("Elders: {names}", names=names_of(tr, list(whole.elders)) or "—"),
    )


def _what(reader: Reader, whole: Whole) -> Screen:
    tr, number = reader.tr, whole.pairing.id
    empty = {
        Change.REMOVE_ELDER: not whole.elders,
        Change.REMOVE_VOLUNTEER: not whole.volunteers,
    }
    rows = [
        (Button(change_name(tr, one), tap("pair_people", number, one, 0)),)
        for one in Change
        if changes.may_change(reader.me.viewer, whole, one) and not empty.get(one)
    ]
    back = reader.back(tr("Back"), tap("pairing", number))
    ask = tr("What is to be changed?")
    return Screen(paragraphs(_head(tr, whole), ask), (*rows, back))


async def _whom(reader: Reader, whole: Whole, wanted: Change, page: int) -> Screen:
    tr, number = reader.tr, whole.pairing.id
    found = await changes.candidates(reader.tx, reader.me.viewer, whole, wanted)
    page = min(page, max(0, (len(found) - 1) // PAGE))
    paired = await pairings.workers_by_elder(reader.tx, reader.station.id)
    buttons = [
        Button(_label(one, paired.keys()), tap("pair_ask", number, wanted, one.id))
        for one in found[page * PAGE : (page + 1) * PAGE]
    ]
    rows = [tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)]
    turn = pages(len(found), page, PAGE, "pair_people", number, wanted)
    back = reader.back(tr("Back"), tap("pair_change", number))
    ask = tr("Who is it?") if found else tr("There is nobody for this.")
    text = paragraphs(_head(tr, whole), Markup("<b>{}</b>").format(change_name(tr, wanted)), ask)
    return Screen(text, tuple(row for row in (*rows, turn, back) if row))


def _label(one: Elder | Member, paired: Collection[int]) -> str:
    if isinstance(one, Member):
        return one.name
    inside = one.id in paired
    return f"{MARKS[one.tier]} {one.name}" + (" 🤝" if inside else "")


async def _sure(reader: Reader, whole: Whole, wanted: Change, one: Elder | Member) -> Screen:
    """What would follow, and what would be unusual; it is said, never blocked."""
    tr, number = reader.tr, whole.pairing.id
    elders = len(whole.elders) + _more(wanted, Change.ADD_ELDER, Change.REMOVE_ELDER)
    volunteers = len(whole.volunteers) + _more(
        wanted, Change.ADD_VOLUNTEER, Change.REMOVE_VOLUNTEER
    )
    title = Markup("<b>{}: {}</b>").format(change_name(tr, wanted), one.name)
    text = paragraphs(
        _head(tr, whole),
        title,
        await _follows(reader, whole, wanted, one),
        lines(*warnings(tr, reader.settings, elders, volunteers)),
    )
    return Screen(
        text,
        (
            (Button(tr("Yes, do it"), tap("pair_do", number, wanted, one.id)),),
            (Button(tr("No, leave it"), tap("pairing", number)),),
        ),
    )


def _more(wanted: Change, add: Change, remove: Change) -> int:
    return (wanted is add) - (wanted is remove)


async def _follows(reader: Reader, whole: Whole, wanted: Change, one: Elder | Member) -> Markup:
    tr = reader.tr
    if isinstance(one, Elder):
        return await _for_elder(reader, whole, wanted, one)
    if wanted is Change.LEAD:
        return tr("From now on {name} has the calls of these elders.", name=one.name)
    coming: list[Visiting] = []
    if wanted is Change.REMOVE_VOLUNTEER:
        coming = await changes.coming(reader.tx, whole, one.id, reader.today)
    if not coming:
        return tr("{name} is told.", name=one.name)
    return tr.many(
        "{n} coming visit is open again and needs somebody else. {name} is told.",
        "{n} coming visits are open again and need somebody else. {name} is told.",
        len(coming),
        name=one.name,
    )


async def _for_elder(reader: Reader, whole: Whole, wanted: Change, one: Elder) -> Markup:
    tr, joins = reader.tr, wanted is Change.ADD_ELDER
    if not await changes.elsewhere(reader.tx, one, whole):
        return (
            tr("The volunteers are told.")
            if joins
            else tr("⚠️ {name} is in no pairing then. Visits planned already stay.", name=one.name)
        )
    return (
        tr("⚠️ {name} is in another pairing too, and stays in it.", name=one.name)
        if joins
        else tr("{name} stays in the other pairing.", name=one.name)
    )


async def unpaired(reader: Reader, facts: Facts) -> Screen | None:
    """To whoever is out: that it is so, and which visits are not theirs any more."""
    tr = reader.tr
    menu = reader.back(tr("Menu"), "do:menu")
    if facts.get("lead"):
        told = tr.many(
            "🔄 {name} now leads a pairing of yours, with {n} elder.",
            "🔄 {name} now leads a pairing of yours, with {n} elders.",
            facts["elders"],
            name=facts["lead"],
        )
        return Screen(told, (menu,))
    found = [
        await visits.access_my_visit(reader.tx, reader.me.viewer, one) for one in facts["visits"]
    ]
    return Screen(
        paragraphs(
            tr("You are no longer in the pairing of {worker}.", worker=facts["worker"]),
            lines(
                tr("These visits are somebody else’s now, you need not go:") if found else "",
                *(Markup("· {}").format(when(tr, row.visit)) for row in found),
            ),
            tr("Thank you for everything! 🌷"),
        ),
        (menu,),
    )
