"""Elders: the list, one elder's card, whom chat does not reach, and the choice of a family."""

from datetime import datetime

from markupsafe import Markup

from bot import forms
from bot.pinyin import spelled
from bot.screen import Button, Screen
from bot.screens.cadence import pace_line, short_pace
from bot.screens.contacts import contact_line
from bot.screens.exits import gone
from bot.screens.follow_ups import done_rows, open_follow_ups
from bot.screens.pauses import on_card
from bot.screens.reader import Facts, Reader, age, lines, pages, paragraphs, phone_of, spaced, tap
from bot.screens.roster import column
from bot.screens.words import grade_name, role_name, tier_name
from bot.texts import Texts
from care.access import STAFF, Right, Role
from care.elders import Sex, Tier
from care.roster_lines import FLAGS
from storage import calls as records
from storage import elders as stored
from storage import families, members, pairings
from storage.cadence import Pace, paces
from storage.tables import Elder, Member

PAGE = 12
MEMBERS_PAGE = 20
LONGEST_REMARK = 600
MARKS: dict[Tier | None, str] = {
    Tier.RED: "🔴",
    Tier.YELLOW: "🟡",
    Tier.GREEN: "🟢",
    None: "⚪",
}
SHELVES: dict[str, Tier | None] = {
    "red": Tier.RED,
    "yellow": Tier.YELLOW,
    "green": Tier.GREEN,
    "none": None,
}


def card_of(elder_id: int) -> str:
    """The card name of messages that show one elder."""
    return f"elder:{elder_id}"


def in_order(found: list[Elder]) -> list[Elder]:
    """Red first, those not assessed last; by pinyin within a tier."""
    place = list(MARKS)
    return sorted(found, key=lambda one: (place.index(one.tier), spelled(one.name), one.id))


async def elders(reader: Reader, facts: Facts) -> Screen | None:
    """Whom the reader looks after, a page at a time; one tier alone, or those a word finds."""
    if not reader.me.viewer.staff:
        return None
    tr = reader.tr
    everybody = in_order(await stored.looked_after(reader.tx, reader.me.viewer))
    shelf, find = facts.get("shelf", "all"), facts.get("find", "")
    found = [one for one in everybody if shelf == "all" or one.tier == SHELVES.get(shelf)]
    if find:
        found = [one for one in found if forms.matches(one.name, find)]
    page = min(facts.get("page", 0), max(0, (len(found) - 1) // PAGE))
    shown = found[page * PAGE : (page + 1) * PAGE]
    names = [Button(f"{MARKS[one.tier]} {one.name}", tap("elder", one.id)) for one in shown]
    rows = [
        *(tuple(names[n : n + 3]) for n in range(0, len(names), 3)),
        pages(len(found), page, PAGE, "elders_page", shelf),
        _shelf_row(reader, everybody, shelf, narrowed=bool(find) or shelf != "all"),
        (
            Button("🔍 " + tr("Find by name"), "elders_find"),
            Button("📵 " + tr("Not reached by chat"), tap("not_reached", 0)),
        ),
        reader.back(tr("Menu"), "do:menu"),
    ]
    pace = await paces(reader.tx, reader.now, reader.station, shown)
    body = [_line(reader, page * PAGE + n, one, pace[one.id]) for n, one in enumerate(shown, 1)]
    return Screen(paragraphs(_head(tr, find, len(found)), lines(*body)), tuple(filter(None, rows)))


def _head(tr: Texts, find: str, count: int) -> Markup:
    if find and not count:
        return tr("Nobody is called “{text}”.", text=find)
    if find:
        return tr("👵 <b>Elders</b> with “{text}”: {n}", text=find, n=count)
    if not count:
        return tr("There is nobody here yet. /import takes in your roster.")
    return tr("👵 <b>Elders</b>: {n}", n=count)


def _line(reader: Reader, number: int, elder: Elder, pace: Pace) -> Markup:
    name = Markup("{}. {} <b>{}</b>").format(number, MARKS[elder.tier], elder.name)
    parts = (name, age(reader, elder), elder.building, short_pace(reader.tr, pace))
    return Markup(" · ").join(part for part in parts if part)


def _shelf_row(
    reader: Reader, everybody: list[Elder], now: str, *, narrowed: bool
) -> tuple[Button, ...]:
    """One button per tier that has anybody, with how many."""
    found = []
    for name, tier in SHELVES.items():
        count = sum(one.tier == tier for one in everybody)
        if count and name != now:
            found.append(Button(f"{MARKS[tier]} {count}", tap("elders_page", name, 0)))
    if narrowed:
        found.append(Button(reader.tr("All {n}", n=len(everybody)), "elders_all"))
    return tuple(found)


async def elder(reader: Reader, facts: Facts) -> Screen | None:
    """Everything about one elder, and what can be done for them."""
    tr, tx = reader.tr, reader.tx
    one = await stored.access_elder(tx, reader.me.viewer, facts["elder"], Right.SEE_ALL)
    if one.exited_at is not None:
        return await gone(reader, one)
    match facts.get("ask"):
        case "tier":
            return await _ask_tier(reader, one)
        case "invite":
            return await _ask_invite(reader, one)
    past = [contact_line(reader, contact, by) for contact, by in await records.latest(tx, one, 5)]
    moved = tr("⚠️ The tier was changed meanwhile. This is how it stands.")
    pace = (await paces(tx, reader.now, reader.station, [one]))[one.id]
    paused, pause_rows = await on_card(reader, one)
    text = paragraphs(
        moved if facts.get("moved") else "",
        paused,
        who(reader, one, pace_line(tr, pace)),
        await people(reader, one),
        lines(*await open_follow_ups(reader, one)),
        lines(tr("<b>Last contacts</b>"), *past) if past else tr("No contact is on record yet."),
    )
    rows = (
        (
            Button("📞 " + tr("Log a call"), tap("call", one.id)),
            Button("🛒 " + tr("Ask for an errand"), tap("errand_for", one.id)),
        ),
        (
            Button("📒 " + tr("Contacts…"), tap("contacts", one.id)),
            Button("🔁 " + tr("Errands that repeat…"), tap("standing", one.id)),
        ),
        *await done_rows(reader, one),
        (
            Button("🎚 " + tr("Tier and grade…"), tap("tier_menu", one.id)),
            Button("✉️ " + tr("Invite family"), tap("invite_for", one.id)),
        ),
        (
            Button("💛 " + tr("Wishes…"), tap("wishes", one.id)),
            Button("🪪 " + tr("Handover card…"), tap("handover", one.id)),
        ),
        *pause_rows,
        reader.back(tr("Elders"), "elders_back"),
    )
    return Screen(text, rows)


def who(reader: Reader, one: Elder, below: str = "") -> Markup:
    """Everything that is written down about an elder; `below` stands under the name."""
    tr = reader.tr
    sex = _sex(tr, one.sex)
    flags = [column(tr, name) for name in FLAGS if getattr(one, name)]
    remark = (one.remark or "")[:LONGEST_REMARK]
    head = (Markup("<b>{}</b>").format(one.name), sex, age(reader, one), _tier(reader, one))
    return lines(
        Markup(" ").join(part for part in head if part),
        below,
        Markup("☎ {}").format(phone_of(reader, one)),
        Markup("🏠 {}").format(one.address or one.building or tr("no address on record")),
        Markup("🆘 {}").format(_emergency(tr, one)),
        Markup("🩺 {}").format(tr(", ").join(flags)) if flags else "",
        tr("🧭 Ability grade: {grade}", grade=grade_name(tr, one.ability_grade))
        if one.ability_grade is not None
        else "",
        Markup("🔑 {}").format(one.door_hint[:LONGEST_REMARK]) if one.door_hint else "",
        Markup("📝 {}").format(remark) if remark else "",
        tr("No. {number}", number=one.number) if one.number else "",
    )


def _sex(tr: Texts, sex: Sex | None) -> Markup:
    match sex:
        case Sex.FEMALE:
            return tr.of("roster sex", "female")
        case Sex.MALE:
            return tr.of("roster sex", "male")
        case None:
            return Markup("")


def _tier(reader: Reader, one: Elder) -> Markup:
    name = tier_name(reader.tr, one.tier)
    if one.tier is None or one.tier_since is None:
        return name
    return reader.tr("{tier} since {day}", tier=name, day=reader.tr.day(one.tier_since))


def _emergency(tr: Texts, one: Elder) -> Markup:
    if not one.emergency_name and not one.emergency_phone:
        return tr("no emergency contact on record")
    phone = spaced(one.emergency_phone) if one.emergency_phone else tr("no phone")
    name = one.emergency_name or one.emergency_relation or ""
    if one.emergency_name and one.emergency_relation:
        return tr(
            "{name} ({relation}) {phone}", name=name, relation=one.emergency_relation, phone=phone
        )
    return Markup("{} {}").format(name, phone)


async def people(reader: Reader, one: Elder) -> Markup:
    """The pairing and the family, by name."""
    tr = reader.tr
    found = []
    for whole in await pairings.of_elder(reader.tx, one):
        volunteers = tr(", ").join(each.name for each in whole.volunteers)
        found.append(
            tr("🤝 {worker} with {volunteers}", worker=whole.worker.name, volunteers=volunteers)
            if volunteers
            else tr("🤝 {worker}, no volunteer yet", worker=whole.worker.name)
        )
    if not found:
        found.append(tr("🤝 in no pairing yet"))
    linked = tr(", ").join(each.name for each in await families.of_elder(reader.tx, one))
    found.append(tr("👪 {names}", names=linked) if linked else tr("👪 no family linked yet"))
    return lines(*found)


async def _ask_tier(reader: Reader, one: Elder) -> Screen:
    """The tiers to choose from, with how it came to be what it is."""
    tr = reader.tr
    past = [
        _decision(tr, change.at, change.before, change.after, change.reason, by)
        for change, by in await stored.tier_history(reader.tx, one)
    ]
    text = paragraphs(
        tr("<b>{name}</b> is {tier}.", name=one.name, tier=tier_name(tr, one.tier)),
        lines(*past),
        tr("Which tier from now on? I will ask for the reason."),
    )
    now = one.tier or "none"
    rows = [
        (Button(tier_name(tr, tier), tap("tier_to", one.id, now, tier)),)
        for tier in Tier
        if tier is not one.tier
    ]
    return Screen(text, (*rows, reader.back(one.name, tap("elder", one.id))))


def _decision(
    tr: Texts, at: datetime, before: Tier | None, after: Tier | None, why: str, by: Member | None
) -> Markup:
    return Markup("· {} {}→{} {} — {}").format(
        tr.day(at), MARKS[before], MARKS[after], why[:200], by.name if by else tr("the office")
    )


async def _ask_invite(reader: Reader, one: Elder) -> Screen:
    tr = reader.tr
    linked = tr(", ").join(each.name for each in await families.of_elder(reader.tx, one))
    text = paragraphs(
        tr("Whom do you want to invite?"),
        tr("Linked already: {names}", names=linked) if linked else "",
        tr("{name} uses this chat already.", name=one.name) if one.member_id else "",
    )
    family = Button(tr("Family of {name}", name=one.name), tap("invite_as", one.id, "family"))
    rows = [(family,)]
    if one.member_id is None:
        label = tr("{name} in person", name=one.name)
        rows.append((Button(label, tap("invite_as", one.id, "elder")),))
    return Screen(text, (*rows, reader.back(one.name, tap("elder", one.id))))


async def not_reached(reader: Reader, facts: Facts) -> Screen | None:
    """Whom chat does not reach, with the number, so that somebody calls."""
    viewer = reader.me.viewer
    if not viewer.staff:
        return None
    tr = reader.tr
    # An elder's phone is for those who look after them.
    mine = {one.member_id for one in await stored.looked_after(reader.tx, viewer)}
    found = [
        (member, roles)
        for member, roles in await members.unreachable(reader.tx, viewer.community_id)
        if (viewer.supervisor or not roles & STAFF)
        and (Role.ELDER not in roles or member.id in mine)
    ]
    page = min(facts.get("page", 0), max(0, (len(found) - 1) // MEMBERS_PAGE))
    rows = []
    for member, roles in found[page * MEMBERS_PAGE : (page + 1) * MEMBERS_PAGE]:
        named = tr(", ").join(role_name(tr, role) for role in sorted(roles))
        phone = spaced(member.phone) if member.phone else tr("no phone")
        why = tr("blocked me") if member.blocked_at else tr("never pressed start")
        rows.append(
            tr(
                "<b>{name}</b> ({roles}) ☎ {phone} — {why}",
                name=member.name,
                roles=named,
                phone=phone,
                why=why,
            )
        )
    head = (
        tr("📵 <b>Not reached by chat</b>: {n}. Please call them.", n=len(found))
        if found
        else tr("Chat reaches everybody. 👍")
    )
    turn = pages(len(found), page, MEMBERS_PAGE, "not_reached")
    back = reader.back(tr("Elders"), "do:elders")
    return Screen(paragraphs(head, lines(*rows)), (turn, back) if turn else (back,))


async def family_choice(reader: Reader, facts: Facts) -> Screen | None:
    """To a family member of several elders, or of none."""
    tr = reader.tr
    found = await stored.of_family(reader.tx, reader.me.viewer)
    if not found:
        return Screen(tr("You are not linked to anybody yet. Please ask the station."))
    rows = tuple((Button(one.name, tap("my_elder", one.id)),) for one in found)
    return Screen(tr("Whom is it about?"), rows)
