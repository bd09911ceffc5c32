"""Proposed pairings: page by page with the reasons, under a picture of all of them."""

from collections import defaultdict
from collections.abc import Iterable

from markupsafe import Markup

from bot.pictures.pairings import House, Name, Piece, Sheet, drawn
from bot.screen import Button, Screen
from bot.screens.elders import MARKS
from bot.screens.reader import Facts, Reader, lines, pages, paragraphs, tap
from bot.screens.words import tier_name
from bot.texts import Texts
from care.elders import Tier
from care.places import house
from care.proposals import Group, LeftOver, Reason, Repair, Why, WhyLeft
from care.refusals import Stale
from storage import proposals as stored
from storage.proposals import Kept, Names, takeable
from storage.tables import Elder

PAGE = 4
# Telegram takes 1024 letters under a picture.
ROOM = 900
MOST_LEFT = 12


async def proposal(reader: Reader, facts: Facts) -> Screen | None:
    """What is proposed and not decided yet; nothing is made by looking."""
    if not reader.me.viewer.staff:
        return None
    number = facts["number"]
    try:
        kept = await stored.access_kept(reader.tx, reader.chat, reader.me.viewer, number)
    except Stale:
        return Screen(reader.tr("This proposal is closed."), tuple(_ends(reader)))
    names = await stored.names_of(reader.tx, reader.station.id)
    roster = await stored.roster(reader.tx, reader.station)
    picture = drawn(_sheet(reader, kept, names))
    if stored.fingerprint(roster) != kept.shown:
        moved = reader.tr(
            "⚠️ The records have changed meanwhile. Please have it proposed once more."
        )
        return Screen(moved, tuple(_ends(reader)), drawing=picture)
    entries = _pages([(one, _entry(reader, kept, names, one)) for one in kept.undecided])
    page = min(facts.get("page", 0), len(entries) - 1)
    head, tail = _head(reader.tr, kept), _left(reader.tr, kept, names) if page == 0 else ""
    text = paragraphs(head, *(entry for _, entry in entries[page]), tail)
    shown = [one for one, _ in entries[page]]
    rows = [*_rows(reader, kept, names, shown, page, len(entries)), *_ends(reader)]
    return Screen(text, tuple(rows), drawing=picture)


def _head(tr: Texts, kept: Kept) -> Markup:
    made = sum(kept.decided.values())
    if not kept.undecided:
        return tr("🧩 Everything is decided. Made: {n}", n=made)
    open_ = [kept.groups[one] for one in kept.undecided if one in kept.groups]
    elders = sum(len(one.elders) for one in open_)
    return lines(
        tr.many(
            "🧩 <b>{n} pairing proposed</b>, {elders} elders",
            "🧩 <b>{n} pairings proposed</b>, {elders} elders",
            len(open_),
            elders=elders,
        )
        if open_
        else "",
        tr("Made already: {n}", n=made) if made else tr("Nothing is made yet: you decide."),
    )


def _pages(entries: list[tuple[str, Markup]]) -> list[list[tuple[str, Markup]]]:
    """As many to a page as fit under a picture; there is always one page."""
    found: list[list[tuple[str, Markup]]] = [[]]
    room = ROOM
    for name, entry in entries:
        size = len(entry.striptags()) + 2
        if found[-1] and (size > room or len(found[-1]) == PAGE):
            found.append([])
            room = ROOM
        found[-1].append((name, entry))
        room -= size
    return found


def _entry(reader: Reader, kept: Kept, names: Names, name: str) -> Markup:
    if name in kept.repairs:
        return _repair(reader.tr, names, kept.repairs[name])
    if name in kept.joins:
        return _join(reader.tr, names, kept.joins[name])
    return _group(reader.tr, names, number_of(name), kept.groups[name])


def number_of(name: str) -> int:
    """The number under which people know a group: "g0" is number 1."""
    return int(name[1:]) + 1


def _group(tr: Texts, names: Names, number: int, group: Group) -> Markup:
    elders = [names.elders[one] for one in group.elders]
    return lines(
        tr("<b>{n}.</b> social worker {name}", n=number, name=names.members[group.worker_id].name),
        tr("Elders: {names}", names=_named(tr, elders)),
        tr("Volunteers: {names}", names=_people(tr, names, group.volunteers)),
        Markup("<i>{}</i>").format(why(tr, group.why)),
    )


def _named(tr: Texts, elders: Iterable[Elder]) -> Markup:
    return tr(", ").join(Markup("{}{}").format(MARKS[one.tier], one.name) for one in elders)


def _people(tr: Texts, names: Names, ids: Iterable[int]) -> Markup:
    return tr(", ").join(names.members[one].name for one in ids)


def _repair(tr: Texts, names: Names, one: Repair) -> Markup:
    said = []
    if one.worker_id is not None:
        name = names.members[one.worker_id].name
        said.append(tr("The social worker has left. Proposed: {name}", name=name))
    if one.volunteer_id is not None:
        name = names.members[one.volunteer_id].name
        said.append(tr("The volunteer has left. Proposed: {name}", name=name))
    elders = [names.elders[each] for each in one.elders]
    return lines(
        tr("🔧 <b>Pairing of {names}</b>", names=_named(tr, elders)),
        *said,
        Markup("<i>{}</i>").format(why(tr, one.why)),
    )


def _join(tr: Texts, names: Names, one: LeftOver) -> Markup:
    worker = names.members[one.led_by].name if one.led_by is not None else "—"
    return tr(
        "➕ <b>{name}</b> to the pairing of {worker}, with {others}",
        name=names.elders[one.elder_id].name,
        worker=worker,
        others=_named(tr, [names.elders[each] for each in one.beside]),
    )


def why(tr: Texts, reasons: Iterable[Reason]) -> Markup:
    """The reasons in one line."""
    return tr("; ").join(_reason(tr, one) for one in reasons)


def _reason(tr: Texts, one: Reason) -> Markup:
    match one.why:
        case Why.CAPACITY:
            return tr("owed about {owed} visits a week, able to make {able}",
                      **_figures(one))  # fmt: skip
        case Why.CAPACITY_SHORT:
            return tr("⚠️ owed about {owed} visits a week, able to make only {able}",
                      **_figures(one))  # fmt: skip
        case Why.DIALECT:
            return tr("{dialect} is spoken ({n} elders)", dialect=one.dialect, n=one.elders)
        case Why.DIALECT_MISSING:
            return tr("⚠️ no volunteer speaks {dialect}", dialect=one.dialect)
        case Why.LEADS_FEWEST:
            return tr("leads the fewest pairings ({n})", n=one.pairings)
        case _:
            return _of_place(tr, one)


def _figures(one: Reason) -> dict[str, str]:
    """Visits a week as people say them, "4.5" and "6"."""
    return {"owed": f"{one.owed or 0:g}", "able": f"{one.able or 0:g}"}


def _of_place(tr: Texts, one: Reason) -> Markup:
    where = tr(", ").join(one.buildings)
    metres = tr("about {n} m by the house numbers", n=one.metres) if one.guessed else tr(
        "{n} m", n=one.metres
    )  # fmt: skip
    match one.why:
        case Why.SAME_BUILDING:
            return tr("all in {building}", building=where)
        case Why.NEAR_BUILDINGS:
            return tr("near each other: {buildings} ({metres})", buildings=where, metres=metres)
        case Why.FAR_BUILDINGS:
            return tr("⚠️ far apart: {buildings} ({metres})", buildings=where, metres=metres)
        case Why.VOLUNTEER_NEAR if not one.metres:
            return tr("a volunteer lives in the same building")
        case Why.VOLUNTEER_NEAR:
            return tr("a volunteer lives near ({metres})", metres=metres)
        case _:
            return tr("⚠️ not everybody's building is known")


def _left(tr: Texts, kept: Kept, names: Names) -> Markup:
    """Who is in no group, by reason; never dropped without a word."""
    by_reason: dict[WhyLeft, list[Elder]] = defaultdict(list)
    joins = set(kept.joins.values())
    for one in kept.proposal.left:
        if one in joins:
            continue
        by_reason[one.reason].append(names.elders[one.elder_id])
    said = {
        WhyLeft.NO_WORKER: tr("⚠️ There is no social worker to lead a pairing of:"),
        WhyLeft.NO_VOLUNTEER: tr("⚠️ There are not enough volunteers for:"),
    }
    return lines(
        *(
            Markup("{} {}{}").format(
                said[reason],
                _named(tr, those[:MOST_LEFT]),
                f" … +{len(those) - MOST_LEFT}" if len(those) > MOST_LEFT else "",
            )
            for reason, those in by_reason.items()
        )
    )


def _mark(kept: Kept, names: Names, name: str) -> str:
    """What stands on the button of something that has no number."""
    return names.elders[kept.joins[name].elder_id].name if name in kept.joins else "🔧"


def _rows(
    reader: Reader, kept: Kept, names: Names, shown: list[str], page: int, count: int
) -> Iterable[tuple[Button, ...]]:
    tr, number = reader.tr, kept.number
    mine = takeable(reader.me.viewer, kept)
    for one in shown:
        if one not in mine:
            continue
        label = f"{number_of(one)}" if one in kept.groups else _mark(kept, names, one)
        yield (
            Button(tr("✅ Take {n}", n=label), tap("proposal_take", number, one, page)),
            Button(tr("✖ Leave {n} out", n=label), tap("proposal_out", number, one, page)),
        )
    turn = pages(count, page, 1, "proposal_page", number)
    if turn:
        yield turn
    if len(mine) > 1:
        label = tr("✅ Take all {n}", n=len(mine))
        yield (Button(label, tap("proposal_take_all", number)),)


def _ends(reader: Reader) -> list[tuple[Button, ...]]:
    tr = reader.tr
    again = (Button("🧩 " + tr("Propose once more"), "pairings_propose"),)
    return [again, reader.back(tr("Pairings"), "do:pairings")]


def _sheet(reader: Reader, kept: Kept, names: Names) -> Sheet:
    """Every group but those left out, building by building; who left care is not drawn."""
    tr = reader.tr
    pieces: dict[str, dict[int, list[Elder]]] = defaultdict(lambda: defaultdict(list))
    of = {
        name: one.elders for name, one in kept.groups.items() if kept.decided.get(name) is not False
    }
    of |= {"g-1": tuple(one.elder_id for one in kept.proposal.left)}
    for name, ids in of.items():
        for elder in (names.elders[one] for one in ids):
            if elder.exited_at is None:
                pieces[elder.building or ""][number_of(name)].append(elder)
    unknown = str(tr("unknown"))
    return Sheet(
        title=str(tr("Proposed pairings")),
        below=tr(
            "{station} · one colour and number, one pairing", station=reader.station.name
        ).unescape(),
        houses=tuple(
            House(one or unknown, tuple(_piece(kept, n, those) for n, those in found.items()))
            for one, found in sorted(pieces.items(), key=lambda each: (not each[0], house(each[0])))
        ),
        legend=tuple((str(one or ""), str(tier_name(tr, one))) for one in (*Tier, None)),
        done=str(tr("made")),
        empty=str(tr("Nothing is proposed.")),
    )


def _piece(kept: Kept, number: int, those: list[Elder]) -> Piece:
    named = tuple(Name(one.name, str(one.tier or "")) for one in those)
    return Piece(number, named, done=kept.decided.get(f"g{number - 1}", False))
