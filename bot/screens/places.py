"""Buildings: the list with what is known of each, and one with its neighbours."""

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import Facts, Reader, lines, pages, paragraphs, tap
from bot.texts import Texts
from care.places import Map, house
from care.roster_lines import PlaceProblem, PlaceWrong
from storage import places as records
from storage.places import key_of

PAGE = 24
OTHERS = 60
NAME = 20
EXAMPLE = "12 80; 13 60"


async def places(reader: Reader, facts: Facts) -> Screen | None:
    """Every building; what is known of it stands on its button."""
    tr = reader.tr
    names = await records.access_buildings(reader.tx, reader.me.viewer)
    known = await records.map_of(reader.tx, reader.station.id)
    page = min(facts.get("page", 0), max(0, (len(names) - 1) // PAGE))
    buttons = [
        Button(_mark(known, one) + one[:NAME], tap("place", key_of(one)))
        for one in names[page * PAGE : (page + 1) * PAGE]
    ]
    text = paragraphs(
        tr("🏠 <b>Buildings</b>"),
        tr(
            "📍 it is known where it stands · 🔗 its neighbours are known. "
            "Short walks are planned by this; without it, by the numbers of the houses."
        )
        if names
        else tr("No building is written down yet. They come with the roster."),
    )
    rows = [
        *(tuple(buttons[n : n + 3]) for n in range(0, len(buttons), 3)),
        pages(len(names), page, PAGE, "places"),
        reader.back(tr("Pairings"), "do:pairings"),
    ]
    return Screen(text, tuple(row for row in rows if row))


def _mark(known: Map, name: str) -> str:
    where = "📍" if name in known.points else ""
    return where + ("🔗" if known.beside(name) else "")


async def place(reader: Reader, facts: Facts) -> Screen | None:
    """One building: where it stands, and how far it is to those beside it."""
    name = facts["place"]
    names = await records.access_buildings(reader.tx, reader.me.viewer)
    known = await records.map_of(reader.tx, reader.station.id)
    tr, key = reader.tr, key_of(name)
    back = reader.back(tr("Buildings"), tap("places", 0))
    if name not in names:
        return Screen(tr("This building is not written down any more."), (back,))
    head = lines(
        Markup("🏠 <b>{}</b>").format(name),
        tr("📍 It is known where it stands.") if name in known.points else "",
        *(
            tr("🔗 {name}: {n} m on foot", name=other, n=metres)
            for other, metres in sorted(known.beside(name), key=lambda one: house(one[0]))
        ),
    )
    if facts.get("asked"):
        far = tr("⚠️ That is more than 20 km from the other buildings, so it was not taken.")
        ask = tr("Please stand there and send your location (📎 → Location). /cancel stops.")
        here = reader.back(tr("Back"), tap("place", key))
        return Screen(paragraphs(head, far if facts.get("far") else "", ask), (here,))
    if facts.get("beside"):
        return _beside(reader, known, name, names, head)
    rows = [
        (Button(tr("📍 Send where it stands"), tap("place_point", key)),),
        (Button(tr("🔗 What stands next to it"), tap("place_next", key)),),
    ]
    if name in known.points:
        rows.append((Button(tr("Forget where it stands"), tap("place_off", key)),))
    return Screen(head, (*rows, back))


def _beside(reader: Reader, known: Map, name: str, names: list[str], head: Markup) -> Screen:
    """The others, nearest numbers first; a tap links, another takes the link away."""
    tr, key = reader.tr, key_of(name)
    near = sorted((one for one in names if one != name), key=lambda one: _order(known, name, one))
    buttons = [
        Button(
            ("✅ " if known.way(name, one) is not None else "") + one[:NAME],
            tap("place_link", key, key_of(one)),
        )
        for one in near[:OTHERS]
    ]
    rows = [tuple(buttons[n : n + 3]) for n in range(0, len(buttons), 3)]
    ask = tr("Which buildings stand right next to it? Tap them.")
    return Screen(paragraphs(head, ask), (*rows, reader.back(tr("Back"), tap("place", key))))


def _order(known: Map, name: str, other: str) -> tuple[int, tuple[str, int, str]]:
    return known.between(name, other).metres, house(other)


def place_problem(tr: Texts, one: PlaceProblem) -> Markup:
    """What is wrong with a row about a building, and what to write instead."""
    return tr("Buildings, row {row}: {why}", row=one.row, why=_wrong(tr, one))


def _wrong(tr: Texts, one: PlaceProblem) -> Markup:
    value = one.value
    return {
        PlaceWrong.NO_BUILDING: tr("no building is named."),
        PlaceWrong.LATITUDE: tr("“{value}” is no latitude. Write it like 31.2304.", value=value),
        PlaceWrong.LONGITUDE: tr("“{value}” is no longitude. Write it like 121.4737.", value=value),
        PlaceWrong.HALF_A_POINT: tr("{value} has only one of latitude and longitude.", value=value),
        PlaceWrong.WALK: tr(
            "“{value}” is no walk. Write it like “{example}”.", value=value, example=EXAMPLE
        ),
        PlaceWrong.TWICE: tr("{value} stands there twice.", value=value),
        PlaceWrong.FAR: tr("{value} is more than 20 km from the others.", value=value),
    }[one.wrong]
