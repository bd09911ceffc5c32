"""A volunteer's visits as a calendar file, and the address at which calendars read them."""

from datetime import date, datetime

from icalendar import Calendar, Event
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pinyin import shortened
from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines
from bot.texts import Texts
from care.access import Role
from care.calendar import AHEAD, BEFORE, Entry, entry
from care.days import local_day
from storage import calendar as records
from storage.members import Person
from storage.tables import Assignment, Elder

FILE = "nuanlin.ics"


async def told_of(
    tx: AsyncSession, now: datetime, person: Person
) -> list[tuple[str, str, date, str, str]]:
    """What the calendar says, without the time of saying it: the same until something changes."""
    hours = person.settings.model_dump_json(include=_HOURS)
    return [
        (hours, shortened(elder.name), visit.day, f"{visit.id}{visit.half}", visit.state)
        for visit, elder in await _visits(tx, now, person)
    ]


_HOURS = {"morning_from", "morning_until", "afternoon_from", "afternoon_until"}


async def _visits(
    tx: AsyncSession, now: datetime, person: Person
) -> list[tuple[Assignment, Elder]]:
    today = local_day(now, person.zone)
    return await records.visits_of(tx, person.viewer, today - BEFORE, today + AHEAD)


async def ics(tx: AsyncSession, now: datetime, tr: Texts, person: Person) -> bytes:
    """The calendar of one volunteer (RFC 5545).

    It leaves the chat for other people's servers and screens: initials, no address, no number.
    """
    book = Calendar()
    book.add("prodid", "-//Nuanlin//Visits//EN")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", tr("My visits").unescape())
    for visit, elder in await _visits(tx, now, person):
        found = entry(
            visit.id, visit.state, visit.day, visit.half, visit.created_at, now,
            person.settings, person.zone,
        )  # fmt: skip
        book.add_component(_event(tr, found, shortened(elder.name), now))
    book.add_missing_timezones()
    return bytes(book.to_ical())


def _event(tr: Texts, found: Entry, initials: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", found.uid)
    event.add("sequence", found.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", found.starts)
    event.add("dtend", found.ends)
    event.add("summary", tr("Visit {initials}", initials=initials).unescape())
    event.add("description", tr("On the day the address stands in the chat.").unescape())
    event.add("status", "CANCELLED" if found.off else "CONFIRMED" if found.sure else "TENTATIVE")
    event.add("class", "PRIVATE")
    return event


async def file(reader: Reader, facts: Facts) -> Screen | None:
    """The file, to be opened with the phone's own calendar."""
    if Role.VOLUNTEER not in reader.me.roles:
        return None
    tr = reader.tr
    content = await ics(reader.tx, reader.now, tr, reader.me)
    text = lines(
        tr("📆 <b>Your visits for the calendar</b>"),
        tr("Open the file and your phone takes them over. It has initials only, no address."),
        tr("Open a newer file later, and the old entries are changed."),
    )
    rows: list[tuple[Button, ...]] = []
    if facts.get("live"):
        rows.append((Button(tr("🔗 Keep it up to date by itself"), "calendar_live"),))
    rows.append(reader.back(str(tr("My visits")), "do:visits"))
    return Screen(text, tuple(rows), document=(FILE, content))


async def address(reader: Reader, facts: Facts) -> Screen | None:
    """The reader's own address, as it is at the moment of drawing."""
    tr = reader.tr
    if Role.VOLUNTEER not in reader.me.roles:
        return None
    back = reader.back(str(tr("My visits")), "do:visits")
    token = await records.address(reader.tx, reader.me.viewer)
    if token is None:
        rows = ((Button(tr("🔗 Make an address"), "calendar_new"),), back)
        return Screen(tr("There is no address any more. Nobody can read your visits."), rows)
    link = f"{facts['url']}/calendar/{token}.ics"
    text = lines(
        tr("🔗 <b>The address of your calendar</b>"),
        tr("Tap it to copy. In the calendar of your phone choose “subscribe”, and paste it."),
        BLANK,
        Markup("<code>{}</code>").format(link),
        BLANK,
        tr("It is for you alone: whoever has it sees when you go. Initials only, no address."),
    )
    return Screen(
        text,
        (
            (Button(tr("New address"), "calendar_new"),),
            (Button(tr("Stop the address"), "calendar_stop"),),
            back,
        ),
        protect=True,
    )
