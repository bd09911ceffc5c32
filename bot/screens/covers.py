"""An offered visit, and the staff's list of visits that nobody makes."""

from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.plan_reasons import gap_reason
from bot.screens.reader import BLANK, Facts, Reader, lines, phone_of, tap
from bot.screens.week import number_of
from bot.screens.words import half_name
from bot.texts import Texts
from care.access import Right
from care.refusals import NotYours
from storage import covers
from storage import week as weeks
from storage.covers import Offered
from storage.elders import access_elder
from storage.tables import Cover


def _when(tr: Texts, cover: Cover) -> Markup:
    return Markup("{} {}").format(tr.day(cover.day), half_name(tr, cover.half))


async def cover(reader: Reader, facts: Facts) -> Screen | None:
    """A visit somebody else is sought for; who it is to is told once it is one's own."""
    found = await covers.access_cover(reader.tx, reader.me.viewer, facts["cover"])
    tr, me = reader.tr, reader.me.member
    when = _when(tr, found.cover)
    if found.goer is not None and found.goer.id == me.id:
        mine = tr(
            "🚶 You visit <b>{name}</b>, {when}. Thank you!", name=found.elder.name, when=when
        )
        return Screen(mine, (reader.back(str(tr("My visits")), "do:visits"),))
    if not found.open or found.cover.day < reader.today:
        over = tr("✅ {when}: somebody goes already. Thank you!", when=when)
        return Screen(over) if reader.edits else None
    go = Button(tr("🚶 I will go"), tap("cover_claim", found.cover.id))
    if -me.id in found.cover.asked:
        return Screen(tr("That is all right, thank you for saying so."), ((go,),))
    no = Button(tr("I cannot go"), tap("cover_no", found.cover.id))
    where = found.elder.building or tr("near you")
    text = lines(
        tr("🙋 <b>Who can visit a neighbour?</b>"),
        Markup("{} · {}").format(when, where),
        BLANK,
        tr("Nobody of the usual people can come. The first to tap goes."),
    )
    return Screen(text, ((go,), (no,)))


async def gaps(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff: visits for which nobody was found, by name; changed in place as somebody is."""
    if not reader.me.viewer.staff:
        return None
    tr, monday = reader.tr, date.fromisoformat(facts["week"])
    plan = await weeks.published(reader.tx, reader.station.id, monday)
    known = await weeks.to_plan(reader.tx, reader.station, monday, reader.today)
    why = weeks.reasons(plan)
    parts = []
    for elder_id, ids in facts["items"]:
        try:
            elder = await access_elder(reader.tx, reader.me.viewer, elder_id, Right.CHANGE)
            offers = [await covers.find(reader.tx, reader.station.id, one) for one in ids]
        except NotYours:
            continue
        phone = phone_of(reader, elder)
        parts += [_offer(tr, one, phone) for one in offers]
        if not ids:
            missing = known.missing[elder_id]
            if missing and elder_id in why:
                reason = gap_reason(tr, why[elder_id])
                parts.append(Markup("⚠️ <b>{}</b> ☎ {} · {}").format(elder.name, phone, reason))
            elif not missing:
                parts.append(tr("✅ {name}: somebody goes now", name=elder.name))
    if not parts:
        return None
    title = tr("🔎 <b>Nobody has been found for these visits</b>")
    ask = tr("Please look for somebody, or tap “Not needed” in the week.")
    button = Button(tr("📅 The week"), tap("week_show", monday))
    return Screen(lines(title, *parts, BLANK, ask), ((button,),))


def _offer(tr: Texts, found: Offered, phone: Markup | str) -> Markup:
    """One visit that was offered."""
    name, when = found.elder.name, _when(tr, found.cover)
    if found.goer is not None:
        return tr("✅ {when} {name}: {goer} goes", when=when, name=name, goer=found.goer.name)
    if found.cover.ended_at is not None:
        return tr("✅ {when} {name}: not needed any more", when=when, name=name)
    if found.waits_for is not None:
        who = found.waits_for.volunteer
        return tr(
            "⚠️ {when} <b>{name}</b>: {goer} has not answered ☎ {phone}",
            when=when,
            name=name,
            goer=who.name,
            phone=number_of(tr, who),
        )
    return Markup("⚠️ {} <b>{}</b> ☎ {}").format(when, name, phone)
