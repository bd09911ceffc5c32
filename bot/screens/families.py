"""What families see of the elder they belong to: who comes when, and the errands they asked for."""

from datetime import date, timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.cadence import in_a_row
from bot.screens.reader import Facts, Reader, lines, tap
from bot.screens.visits import when
from bot.screens.words import errand_name, errand_state, half_name
from bot.texts import Texts
from care.access import Right
from care.days import WEEK
from care.visits import ON_DUTY, State
from storage import elders, families, outbox, pauses, visits
from storage.cadence import paces
from storage.tables import Elder, Pause
from storage.visits import Visiting
from storage.week import PAUSED


def family_card(visit_id: int) -> str:
    """The card name of what a family was told of a visit."""
    return f"family_visit:{visit_id}"


async def elder(reader: Reader, facts: Facts) -> Screen | None:
    """The reader's elders, or the one asked for; nothing about health, no address, nobody else."""
    tr = reader.tr
    found = [
        one
        for one in await elders.of_family(reader.tx, reader.me.viewer)
        if facts.get("elder") in {None, one.id}
    ]
    if not found:
        return None
    parts = [await _about(reader, one) for one in found]
    rows = (
        (Button(tr("🛒 Ask for an errand"), "do:errand"),),
        *(
            (Button(_trip(tr, one, alone=len(found) == 1), tap("pause_tell", one.id)),)
            for one in found
        ),
        *(
            (Button(_repeats(tr, one, alone=len(found) == 1), tap("standing", one.id)),)
            for one in found
        ),
        reader.back(str(tr("Menu")), "do:menu"),
    )
    return Screen(Markup("\n\n").join(parts), rows)


def _trip(tr: Texts, one: Elder, *, alone: bool) -> Markup:
    return tr("🧳 Trip or hospital stay") if alone else tr("🧳 {name} is away", name=one.name)


def _repeats(tr: Texts, one: Elder, *, alone: bool) -> Markup:
    return tr("🔁 Errands that repeat") if alone else tr("🔁 Repeats for {name}", name=one.name)


async def _about(reader: Reader, one: Elder) -> Markup:
    tr = reader.tr
    last = reader.today + 2 * WEEK - timedelta(days=1)
    coming = await visits.of_elder(reader.tx, reader.station.id, one.id, reader.today, last)
    asked = await families.open_errands(reader.tx, one, reader.me.member.id)
    planned = [_coming(tr, row) for row in coming]
    pause = await pauses.now_or_next(reader.tx, one, reader.today)
    pace = (await paces(reader.tx, reader.now, reader.station, [one]))[one.id]
    errands = [
        Markup("{} {} · {}").format(
            errand_name(tr, row.kind), row.what, errand_state(tr, row.state)
        )
        for row in asked
    ]
    return lines(
        Markup("👵 <b>{}</b>").format(one.name),
        in_a_row(tr, pace),
        _pause(reader, pause) if pause else "",
        *(planned or [tr("No visit is planned in the next days.")]),
        tr("Errands you asked for:") if errands else "",
        *errands,
    )


def _pause(reader: Reader, pause: Pause) -> Markup:
    tr, day = reader.tr, reader.tr.day(pause.until)
    if pause.first_day > reader.today:
        first = tr.day(pause.first_day)
        return tr("⏸ Nobody calls or visits from {first} until {day}.", first=first, day=day)
    return tr("⏸ Nobody calls or visits until {day}.", day=day)


def _coming(tr: Texts, row: Visiting) -> Markup:
    who = first_name(row.volunteer.name)
    if row.visit.state is State.DONE:
        return tr("✅ {when}: {name} has visited", when=when(tr, row.visit), name=who)
    if row.visit.state is State.SIGNED_IN:
        return tr("🚪 {when}: {name} is there now", when=when(tr, row.visit), name=who)
    return tr("📅 {when}: {name} comes to visit", when=when(tr, row.visit), name=who)


def first_name(name: str) -> str:
    """What one calls a person by; a Chinese name is not divided."""
    return name.split(maxsplit=1)[0] if name.strip() else name


async def visit(reader: Reader, facts: Facts) -> Screen | None:
    """The evening before a visit: who comes, and when; changed in place when somebody else does."""
    tr = reader.tr
    row = await visits.find(reader.tx, reader.station.id, facts["visit"])
    person = await elders.access_elder(reader.tx, reader.me.viewer, row.elder.id, Right.KNOW)
    card = family_card(facts["visit"])
    if row.visit.state in {State.DECLINED, State.DROPPED}:
        instead = await visits.instead_of(reader.tx, row.visit)
        if instead is None:
            return await _called_off(reader, row, card)
        row = instead
    if row.visit.state in ON_DUTY and row.visit.day >= reader.today:
        return Screen(
            tr(
                "🌷 {day} {half}: the volunteer {volunteer} comes to visit {elder}.",
                day=_day(reader, row.visit.day),
                half=half_name(tr, row.visit.half),
                volunteer=first_name(row.volunteer.name),
                elder=person.name,
            )
        )
    return Screen(_coming(tr, row)) if row.visit.state is State.DONE else None


async def _called_off(reader: Reader, row: Visiting, card: str) -> Screen | None:
    """Said only to those who were told that somebody comes."""
    if not await outbox.stands(reader.tx, reader.chat, card):
        return None
    if row.visit.reason == PAUSED:
        name, day = row.elder.name, reader.tr.day(row.visit.day)
        return Screen(reader.tr("No visit to {elder} on {day}.", elder=name, day=day))
    return Screen(
        reader.tr(
            "The visit to {elder} on {day} cannot take place. "
            "The station is looking for another time.",
            elder=row.elder.name,
            day=reader.tr.day(row.visit.day),
        )
    )


def _day(reader: Reader, day: date) -> Markup:
    """ "Tomorrow" when it is."""
    tr = reader.tr
    if day == reader.today:
        return tr("Today")
    if day == reader.today + timedelta(days=1):
        return tr("Tomorrow")
    return Markup("{}").format(tr.day(day))
