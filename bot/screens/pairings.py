"""Pairings: the list, one pairing, and what its volunteers are told."""

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.elders import MARKS, in_order
from bot.screens.reader import Facts, Reader, lines, pages, paragraphs, tap
from bot.screens.words import oddity_name
from bot.texts import Texts
from care.community import Settings
from care.pairings import oddities
from storage import pairings as stored
from storage.pairings import Whole
from storage.tables import Elder

PAGE = 8
MOST_NAMES = 40


def warnings(tr: Texts, settings: Settings, elders: int, volunteers: int) -> list[Markup]:
    """What is unusual about a pairing of this size, in plain words."""
    return [
        Markup("⚠️ {}").format(oddity_name(tr, one, elders))
        for one in oddities(elders, volunteers, settings)
    ]


def names_of(tr: Texts, found: list[Elder]) -> Markup:
    """Elders by name with their tier's colour."""
    told = [Markup("{}{}").format(MARKS[one.tier], one.name) for one in found[:MOST_NAMES]]
    return tr(", ").join([*told, Markup("…")] if len(found) > MOST_NAMES else told)


async def pairings(reader: Reader, facts: Facts) -> Screen | None:
    """The pairings the reader leads, or all of them, and who is in none."""
    viewer = reader.me.viewer
    if not viewer.staff:
        return None
    tr = reader.tr
    found = await stored.led_by(reader.tx, viewer)
    alone = in_order(await stored.unpaired(reader.tx, viewer.community_id))
    page = min(facts.get("page", 0), max(0, (len(found) - 1) // PAGE))
    shown = list(enumerate(found, 1))[page * PAGE : (page + 1) * PAGE]
    head = (
        tr.many("🤝 <b>{n} pairing</b>", "🤝 <b>{n} pairings</b>", len(found))
        if found
        else tr("There is no pairing yet.")
    )
    tail = tr.many(
        "<b>{n} elder is in no pairing:</b>", "<b>{n} elders are in no pairing:</b>", len(alone)
    )
    text = paragraphs(
        head,
        *(_entry(reader, number, whole) for number, whole in shown),
        lines(tail, names_of(tr, alone)) if alone else "",
    )
    buttons = [
        Button(f"{number}. {_called(whole)}", tap("pairing", whole.pairing.id))
        for number, whole in shown
    ]
    rows = [
        *(tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)),
        pages(len(found), page, PAGE, "pairings_page"),
        (Button("➕ " + tr("New pairing"), "pairing_new"),),
        (Button("🧩 " + tr("Propose pairings"), "pairings_propose"),),
        (Button("🏠 " + tr("Buildings and walks"), tap("places", 0)),),
        reader.back(tr("Menu"), "do:menu"),
    ]
    return Screen(text, tuple(filter(None, rows)))


def _called(whole: Whole) -> str:
    """By its first elder: a social worker leads all of her pairings."""
    if not whole.elders:
        return whole.worker.name
    return whole.elders[0].name + ("…" if len(whole.elders) > 1 else "")


def _entry(reader: Reader, number: int, whole: Whole) -> Markup:
    tr = reader.tr
    volunteers = tr(", ").join(one.name for one in whole.volunteers)
    odd = warnings(tr, reader.settings, len(whole.elders), len(whole.volunteers))
    return lines(
        tr("{n}. <b>{worker}</b> with {volunteers}", n=number, worker=whole.worker.name,
           volunteers=volunteers)
        if volunteers
        else Markup("{}. <b>{}</b>").format(number, whole.worker.name),
        Markup("    {}").format(names_of(tr, list(whole.elders))) if whole.elders else "",
        *(Markup("    {}").format(one) for one in odd),
    )  # fmt: skip


async def pairing(reader: Reader, facts: Facts) -> Screen | None:
    """One pairing with its people; dissolving is asked twice."""
    tr = reader.tr
    whole = await stored.access_pairing(reader.tx, reader.me.viewer, facts["pairing"])
    number = whole.pairing.id
    if facts.get("asked"):
        return Screen(
            tr(
                "Dissolve the pairing of {worker} with {elders}? The history stays, and so do "
                "visits planned already.",
                worker=whole.worker.name,
                elders=names_of(tr, list(whole.elders)),
            ),
            (
                (Button(tr("Yes, dissolve"), tap("pairing_end_yes", number)),),
                (Button(tr("No, keep it"), tap("pairing", number)),),
            ),
        )
    volunteers = tr(", ").join(one.name for one in whole.volunteers)
    found = in_order(list(whole.elders))
    text = paragraphs(
        tr("🤝 Created. The volunteers have been told.") if facts.get("created") else "",
        tr("🔄 You now lead this pairing.") if facts.get("given") else "",
        lines(
            tr("Social worker: {name}", name=whole.worker.name),
            tr("Volunteers: {names}", names=volunteers or "—"),
        ),
        lines(*(_elder(one) for one in found)),
        lines(*warnings(tr, reader.settings, len(found), len(whole.volunteers))),
    )
    buttons = [Button(f"{MARKS[one.tier]} {one.name}", tap("elder", one.id)) for one in found[:60]]
    rows = [tuple(buttons[n : n + 3]) for n in range(0, len(buttons), 3)]
    free = [
        Button(f"🕘 {one.name}", tap("avail_from", number, one.id)) for one in whole.volunteers[:20]
    ]
    rows.extend(tuple(free[n : n + 3]) for n in range(0, len(free), 3))
    rows.append((Button(tr("✏️ Change who is in it"), tap("pair_change", number)),))
    rows.append((Button(tr("Dissolve"), tap("pairing_end", number)),))
    rows.append(reader.back(tr("Pairings"), "do:pairings"))
    return Screen(text, tuple(rows))


def _elder(one: Elder) -> Markup:
    where = Markup(" · {}").format(one.building) if one.building else ""
    return Markup("{} <b>{}</b>{}").format(MARKS[one.tier], one.name, where)


async def paired(reader: Reader, facts: Facts) -> Screen | None:
    """To a volunteer of a new pairing: with whom, by name and building, and no more."""
    tr, me = reader.tr, reader.me
    for whole in await stored.of_community(reader.tx, reader.station.id):
        if whole.pairing.id != facts["pairing"]:
            continue
        if me.member.id not in {one.id for one in whole.volunteers}:
            return None
        named = [
            tr("{name} ({building})", name=one.name, building=one.building)
            if one.building
            else Markup("{}").format(one.name)
            for one in whole.elders
        ]
        return Screen(
            paragraphs(
                tr("🤝 You now look after, together with {worker}:", worker=whole.worker.name),
                lines(*(Markup("· {}").format(one) for one in named)),
                tr("You need not do anything yet: your visits will be sent to you here."),
            )
        )
    return None
