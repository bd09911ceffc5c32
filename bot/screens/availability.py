"""When a volunteer can come: half-days of every week, single dates, and about themselves."""

from datetime import date, timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.joining import half_day_label
from bot.screens.reader import Facts, Reader, lines, pages, paragraphs, tap
from bot.screens.words import dialect_name, half_name, sex_name
from bot.texts import Texts
from care.access import Viewer
from care.availability import DAYS_AHEAD, MOST_VISITS, Slot, can_come
from care.days import HALF_DAYS, WEEK, HalfDay, week_of
from care.elders import Sex
from care.visits import PLANNED
from care.wishes import Dialect
from storage import availability as stored
from storage import elders, errand_helpers, leave, pairings, visits, wishes
from storage.tables import Elder, Member, Volunteer

VIEWS = ("week", "dates", "about", "people")
WALKS = (200, 500, 1000, None)
DAYS_A_PAGE = 7
PEOPLE = 20


def mark(chosen: bool) -> str:
    """What stands before something that can be chosen."""
    return "✅" if chosen else "▫️"


def choice(label: Markup, chosen: bool, *stem: object) -> Button:
    """A button that carries what is wanted, the opposite of what holds."""
    return Button(Markup("{} {}").format(mark(chosen), label), tap(*stem, int(not chosen)))


async def availability(reader: Reader, facts: Facts) -> Screen | None:
    """One volunteer's answers; changed in place by every tap."""
    viewer = reader.me.viewer
    member, said = await stored.access_availability(reader.tx, viewer, facts["member"])
    match facts["view"]:
        case "dates":
            return await _dates(reader, member, said, facts.get("page") or 0)
        case "about":
            return await _about(reader, member, said)
        case "people":
            return await _people(reader, member, facts.get("page") or 0)
    return await _week(reader, member, said, facts.get("pairing"))


def _to(member: Member, view: str, page: int = 0) -> str:
    return tap("avail", member.id, view, page)


def _mine(reader: Reader, member: Member) -> bool:
    return member.id == reader.me.member.id


async def _week(reader: Reader, member: Member, said: Volunteer, pairing: int | None) -> Screen:
    tr, mine, most = reader.tr, _mine(reader, member), said.most_visits
    title = (
        tr("🕘 <b>When I can come</b>")
        if mine
        else tr("🕘 <b>When {name} can come</b>", name=member.name)
    )
    text = paragraphs(
        lines(title, tr("Tap to change it; it is kept at once.\n✅ can come   ▫️ cannot")),
        tr.many("At most {n} visit a week.", "At most {n} visits a week.", most)
        if most
        else tr("No visits for now."),
        await _exceptions(reader, member, said),
    )
    grid = [
        choice(half_day_label(tr, name), name in said.half_days, "avail_set", member.id, name)
        for name in HALF_DAYS
    ]
    back = (
        reader.back(tr("Pairing"), tap("pairing", pairing))
        if pairing is not None
        else reader.back(tr("Menu"), "do:menu")
    )
    rows = (
        *(tuple(grid[n : n + 2]) for n in range(0, len(grid), 2)),
        _most_row(tr, member, most),
        (
            Button("📅 " + tr("Single days…"), _to(member, "dates")),
            Button("🙋 " + tr("About me…") if mine else "🙋 " + tr("About…"), _to(member, "about")),
        ),
        (Button("🏠 " + tr("Rather not go to…"), _to(member, "people")),),
        back,
    )
    return Screen(text, rows)


def _most_row(tr: Texts, member: Member, most: int) -> tuple[Button, ...]:
    """Fewer, as it is, more."""
    stem = ("avail_most", member.id)
    return (
        Button("➖", tap(*stem, max(0, most - 1))),
        Button(tr("{n} a week", n=most), tap(*stem, most)),
        Button("➕", tap(*stem, min(MOST_VISITS, most + 1))),
    )


async def _exceptions(reader: Reader, member: Member, said: Volunteer) -> Markup:
    """Single dates that differ, and visits that are planned on a half-day that is not possible."""
    tr, today = reader.tr, reader.today
    end = today + timedelta(days=DAYS_AHEAD)
    dates = await stored.dates_of(reader.tx, member, today, end)
    told = [
        tr("· {when}: can come", when=_slot(tr, slot))
        if can
        else tr("· {when}: cannot", when=_slot(tr, slot))
        for slot, can in dates.items()
    ]
    asked = Viewer(member.id, member.community_id, frozenset())
    rows = await visits.of_volunteer(reader.tx, asked, today, end - timedelta(days=1))
    clash = [
        _slot(tr, slot)
        for row in rows
        if row.visit.state in PLANNED
        for slot in [(row.visit.day, row.visit.half)]
        if not can_come(slot, said.half_days, dates, ())
    ]
    warning = (
        tr("⚠️ A visit is planned already: {when}. Whoever cannot go says so at “My visits”.",
           when=tr(", ").join(clash))
        if clash
        else ""
    )  # fmt: skip
    return paragraphs(lines(*told), warning)


def _slot(tr: Texts, slot: Slot) -> Markup:
    """ "4月15日 周三上午"."""
    return tr("{day} {half}", day=tr.day(slot[0]), half=half_name(tr, slot[1]))


async def _dates(reader: Reader, member: Member, said: Volunteer, page: int) -> Screen:
    """The coming fourteen days, seven at a time; leave is shown as leave."""
    tr, today = reader.tr, reader.today
    page = min(page, DAYS_AHEAD // DAYS_A_PAGE - 1)
    first = today + timedelta(days=page * DAYS_A_PAGE)
    shown = [first + timedelta(days=n) for n in range(DAYS_A_PAGE)]
    dates = await stored.dates_of(reader.tx, member, today, today + timedelta(days=DAYS_AHEAD))
    away = await _away(reader, member, shown)
    text = paragraphs(
        lines(
            tr("📅 <b>Single days</b>"),
            tr("On a day when it is not as every week: tap it. The other weeks stay as they are."),
        ),
        await _exceptions(reader, member, said),
    )
    rows = [
        (Button(tr("🌴 {day}: on leave", day=tr.day(day)), _to(member, "dates", page)),)
        if day in away
        else tuple(
            choice(
                _slot(tr, (day, half)),
                can_come((day, half), said.half_days, dates, ()),
                "avail_date",
                member.id,
                day,
                half,
            )
            for half in HalfDay
        )
        for day in shown
    ]
    turn = pages(DAYS_AHEAD, page, DAYS_A_PAGE, "avail", member.id, "dates")
    return Screen(text, (*rows, turn, _back(reader, member)))


async def _away(reader: Reader, member: Member, days: list[date]) -> set[date]:
    found: set[date] = set()
    for week in {week_of(days[0]), week_of(days[0]) + WEEK}:
        found |= (await leave.days_away(reader.tx, member.community_id, week))[member.id]
    return found


def _back(reader: Reader, member: Member) -> tuple[Button, ...]:
    return reader.back(reader.tr("Back"), _to(member, "week"))


async def _about(reader: Reader, member: Member, said: Volunteer) -> Screen:
    """Sex, dialects, how far on foot, alone or in pairs, where they live."""
    tr, number = reader.tr, member.id
    spoken = tr(", ").join(dialect_name(tr, one) for one in Dialect if one in said.dialects)
    text = paragraphs(
        Markup("🙋 <b>{}</b>").format(member.name),
        lines(
            tr("Sex: {sex}", sex=sex_name(tr, said.sex) if said.sex else "—"),
            tr("Speaks: {dialects}", dialects=spoken or "—"),
            tr("Walks: {distance}", distance=_distance(tr, said.walks_metres)),
            tr("Goes only together with somebody.") if said.in_pairs else tr("Goes alone, too."),
            tr("Lives in: {building}", building=said.building or "—"),
        ),
        tr("So visits fit: nearby, in your own dialect. Only the station sees it."),
    )
    sexes = tuple(
        Button(Markup("{} {}").format(mark(one is said.sex), sex_name(tr, one)),
               tap("avail_sex", number, one))
        for one in Sex
    )  # fmt: skip
    spoken_buttons = [
        choice(dialect_name(tr, one), one in said.dialects, "avail_speaks", number, one)
        for one in Dialect
    ]
    walks = tuple(
        Button(
            Markup("{} {}").format(mark(metres == said.walks_metres), _short(tr, metres)),
            tap("avail_walks", number, "any" if metres is None else metres),
        )
        for metres in WALKS
    )
    together = choice(tr("Only with somebody"), said.in_pairs, "avail_pairs", number)
    rows = (
        sexes,
        *(tuple(spoken_buttons[n : n + 3]) for n in range(0, len(spoken_buttons), 3)),
        walks[:2],
        walks[2:],
        (together,),
        *await _medicine(reader, member),
        (Button("🏠 " + tr("Which building…"), tap("avail_home", number)),),
        _back(reader, member),
    )
    return Screen(text, rows)


async def _medicine(reader: Reader, member: Member) -> list[tuple[Button, ...]]:
    """Whether somebody may fetch medicine: for the staff to say, where the station asks for it."""
    if not (reader.me.viewer.staff and reader.settings.errand_medicine_approved):
        return []
    may = await errand_helpers.may_fetch_medicine(reader.tx, member.id)
    return [(choice(reader.tr("May fetch medicine"), may, "avail_medicine", member.id),)]


def _distance(tr: Texts, metres: int | None) -> Markup:
    return tr("does not matter") if metres is None else tr("up to {n} metres", n=metres)


def _short(tr: Texts, metres: int | None) -> Markup:
    return tr("any distance") if metres is None else tr("{n} metres", n=metres)


async def _people(reader: Reader, member: Member, page: int) -> Screen:
    """The elders of the volunteer's pairings: to whom they would rather not go."""
    tr = reader.tr
    found = await _elders(reader, member)
    page = min(page, max(0, (len(found) - 1) // PEOPLE))
    shown = found[page * PEOPLE : (page + 1) * PEOPLE]
    not_to = await wishes.not_wished_by(reader.tx, member)
    text = paragraphs(
        tr("🏠 <b>Rather not go to</b>"),
        tr("Tap whoever you would rather not visit. You need not say why; only the staff sees it.")
        if found
        else tr("There is no pairing yet."),
    )
    rows = [
        (
            Button(
                Markup("{} {}").format("🚫" if one.id in not_to else "▫️", one.name),
                tap("avail_not", member.id, one.id, int(one.id not in not_to)),
            ),
        )
        for one in shown
    ]
    turn = pages(len(found), page, PEOPLE, "avail", member.id, "people")
    return Screen(text, (*rows, *([turn] if turn else []), _back(reader, member)))


async def _elders(reader: Reader, member: Member) -> list[Elder]:
    """Those of the volunteer's pairings; of them the staff sees whom they look after."""
    found: dict[int, Elder] = {}
    for whole in await pairings.of_community(reader.tx, member.community_id):
        if any(one.id == member.id for one in whole.volunteers):
            found |= {one.id: one for one in whole.elders}
    if not _mine(reader, member):
        mine = {one.id for one in await elders.looked_after(reader.tx, reader.me.viewer)}
        found = {number: one for number, one in found.items() if number in mine}
    return list(found.values())
