"""The ledger: a month as a picture, and the days that were missed with who was told when."""

from datetime import date

from babel.dates import format_date
from markupsafe import Markup

from bot.pictures.ledger import (
    DEEP_GREEN,
    RED,
    TODAY,
    YELLOW,
    Cell,
    Column,
    Figure,
    Row,
    Sheet,
    drawn,
)
from bot.pinyin import spelled
from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines, pages, paragraphs, tap
from bot.screens.words import step_name, weekday_name
from bot.texts import Texts
from care.cadence import days_of_month, month_before, month_of, next_month
from care.days import WEEKDAYS, local_day
from care.ledger import State, Tally, tally
from care.rates import MonthlyRate, Part
from storage import ledger as records
from storage.communities import zone_of
from storage.ledger import Entry, Ledger, Line, Telling
from storage.tables import Elder

PAGE = 20
MISSED_PAGE = 6
MOST_TOLD = 10
MONTH_FORMAT = {"zh_CN": "yyyy年M月", "en": "MMMM yyyy"}
SHORT_MONTH = {"zh_CN": "M月", "en": "MMM"}
SATURDAY = 5


async def ledger(reader: Reader, facts: Facts) -> Screen | None:
    """A month of the red elders the reader looks after, with the rates of all tiers."""
    if not reader.me.viewer.staff:
        return None
    tr, first = reader.tr, _month(reader, facts)
    found = await _read(reader, first)
    everybody = sorted(found.lines, key=lambda one: (spelled(one.elder.name), one.elder.id))
    page = min(facts.get("page", 0), max(0, (len(everybody) - 1) // PAGE))
    shown = everybody[page * PAGE : (page + 1) * PAGE]
    missed = len(found.missed)
    name = f"{first:%Y-%m}"
    rows = [_months(reader, first), pages(len(everybody), page, PAGE, "ledger_page", name)]
    if missed:
        label = tr.many(
            "❗ {n} missed day: who was told", "❗ {n} missed days: who was told", missed
        )
        rows.append((Button(label, tap("ledger_missed", name)),))
    sheet = _sheet(reader, found, shown, first)
    return Screen(_caption(reader, found), tuple(filter(None, rows)), drawing=drawn(sheet))


def _month(reader: Reader, facts: Facts) -> date:
    """The month asked for; this one when none was, or when it is not there yet."""
    this = month_of(reader.today)
    return min(this, date.fromisoformat(facts["month"] + "-01")) if "month" in facts else this


async def _read(reader: Reader, first: date) -> Ledger:
    last = days_of_month(first)[-1]
    return await records.read(reader.tx, reader.now, reader.station, first, last, reader.me.viewer)


def _months(reader: Reader, first: date) -> tuple[Button, ...]:
    """To the month before, as far as the station goes back, and to the one after."""
    tr, found = reader.tr, []
    begun = month_of(local_day(reader.station.created_at, zone_of(reader.station)))
    before, after = month_before(first), next_month(first)
    if first > begun:
        label = "◀ " + _name(tr, before, SHORT_MONTH)
        found.append(Button(label, tap("ledger_month", f"{before:%Y-%m}")))
    if after <= reader.today:
        label = _name(tr, after, SHORT_MONTH) + " ▶"
        found.append(Button(label, tap("ledger_month", f"{after:%Y-%m}")))
    return tuple(found)


def _name(tr: Texts, first: date, formats: dict[str, str]) -> str:
    return format_date(first, formats[tr.language], locale=tr.language)


def _caption(reader: Reader, found: Ledger) -> Markup:
    """The totals in words."""
    tr, all_ = reader.tr, found.rates.all
    red = all_.red
    monthly = found.rates.monthly[month_of(found.first)]
    parts = [
        tr("met {n}", n=red.met),
        tr("excused {n}", n=red.excused) if red.excused else "",
        tr("missed {n}", n=red.missed),
        tr("still open {n}", n=red.open) if red.open else "",
    ]
    return lines(
        tr("🗓 <b>Ledger {month}</b>", month=_name(tr, found.first, MONTH_FORMAT)),
        tr("Red elders: {n}", n=len(found.lines)),
        tr("Their days: {parts}", parts=tr(", ").join(part for part in parts if part)),
        BLANK,
        Markup("🔴 {}").format(_counts(tr, red)),
        Markup("🟡 {}").format(_counts(tr, all_.yellow)),
        Markup("🟢 {}").format(_counts(tr, all_.green)),
        tr("Visited as owed: {counts}", counts=_counts(tr, monthly)),
    )


def _counts(tr: Texts, one: Tally | Part | MonthlyRate) -> Markup:
    """ "97% (352/360)", and what can still be done."""
    match one:
        case Tally():
            done, owed, open_ = one.met, one.owed, 0
        case Part():
            done, owed, open_ = one.done, one.owed, one.open
        case MonthlyRate():
            done, owed, open_ = one.as_owed, one.elders, one.open
    if not owed:
        return tr("nothing owed")
    said = Markup("{}% ({}/{})").format(one.percent, done, owed)
    return tr("{rate}, {n} still possible", rate=said, n=open_) if open_ else said


def _sheet(reader: Reader, found: Ledger, shown: list[Line], first: date) -> Sheet:
    tr, days = reader.tr, days_of_month(first)
    now = f"{tr.day(reader.now)} {tr.time(reader.now)}"
    return Sheet(
        title=str(tr("Red elders, day by day")),
        month=_name(tr, first, MONTH_FORMAT),
        below=tr("{station} · as of {now}", station=reader.station.name, now=now).unescape(),
        columns=tuple(_column(tr, day, found.today) for day in days),
        rows=tuple(_row(line, days, found.today) for line in shown),
        totals=str(tr.of("heading of the totals", "days")),
        figures=_figures(tr, found),
        legend=_legend(tr),
        pause=str(tr.of("sign of an excused day", "II")),
        empty=str(tr("Nobody was red in this month.")),
        note=tuple(_note(tr).unescape().split("\n")),
    )


def _note(tr: Texts) -> Markup:
    """What the rates mean; the rules stand in `care.rates`."""
    return tr(
        "Red: days with a contact, of the days that are over and were owed one.\n"
        "Yellow by the week, green by the month: visits made, of the visits owed;\n"
        "more than was owed makes up for no other week. Visited as owed: elders who got\n"
        "all that was owed this month so far, of those in care to whom something was owed."
    )


def _column(tr: Texts, day: date, today: date) -> Column:
    weekday = weekday_name(tr, WEEKDAYS[day.weekday()])
    # One letter; in Chinese it is the last of two.
    letter = weekday[-1] if tr.language == "zh_CN" else weekday[0]
    return Column(day.day, letter, weekend=day.weekday() >= SATURDAY, today=day == today)


def _row(line: Line, days: list[date], today: date) -> Row:
    total = tally([one.state for one in line.days.values()])
    cells = tuple(_cell(line.days.get(day), day, today) for day in days)
    return Row(line.elder.name, line.elder.building or "", cells, f"{total.met}/{total.owed}")


def _cell(entry: Entry | None, day: date, today: date) -> Cell:
    if entry is None:
        return Cell.AHEAD if day > today else Cell.NOT_RED
    match entry.state:
        case State.MET:
            return Cell.LATE if entry.closed_as is State.MISSED else Cell.MET
        case State.EXCUSED:
            return Cell.EXCUSED
        case State.MISSED:
            return Cell.MISSED
        case None:
            return Cell.OPEN


def _legend(tr: Texts) -> tuple[tuple[Cell, str], ...]:
    return (
        (Cell.MET, str(tr("contacted"))),
        (Cell.LATE, str(tr("entered late"))),
        (Cell.EXCUSED, str(tr("excused"))),
        (Cell.MISSED, str(tr("missed"))),
        (Cell.OPEN, str(tr("still open"))),
        (Cell.NOT_RED, str(tr("not red"))),
    )


def _figures(tr: Texts, found: Ledger) -> tuple[Figure, ...]:
    all_, monthly = found.rates.all, found.rates.monthly[month_of(found.first)]
    red = tr("{done} of {owed} days", done=all_.red.met, owed=all_.red.owed)
    elders = tr("{done} of {owed} people", done=monthly.as_owed, owed=monthly.elders)
    return (
        _figure(tr, tr("Red, by day"), RED, all_.red.percent, red),
        _part(tr, tr("Yellow, by week"), YELLOW, all_.yellow),
        _part(tr, tr("Green, by month"), DEEP_GREEN, all_.green),
        _figure(tr, tr("Visited as owed"), TODAY, monthly.percent, elders, monthly.open),
    )


def _part(tr: Texts, label: Markup, colour: str, part: Part) -> Figure:
    counts = tr("{done} of {owed} done", done=part.done, owed=part.owed)
    return _figure(tr, label, colour, part.percent, counts, part.open)


def _figure(
    tr: Texts, label: Markup, colour: str, percent: int | None, counts: Markup, open_: int = 0
) -> Figure:
    if percent is None:
        return Figure(str(label), "—", str(tr("nothing owed")), colour)
    if open_:
        counts = tr("{counts}, {n} open", counts=counts, n=open_)
    return Figure(str(label), f"{percent}%", str(counts), colour)


async def missed(reader: Reader, facts: Facts) -> Screen | None:
    """The days of a month that were missed: of whom, and who was told when."""
    if not reader.me.viewer.staff:
        return None
    tr, first = reader.tr, _month(reader, facts)
    found = (await _read(reader, first)).missed
    page = min(facts.get("page", 0), max(0, (len(found) - 1) // MISSED_PAGE))
    shown = found[page * MISSED_PAGE : (page + 1) * MISSED_PAGE]
    month = _name(tr, first, MONTH_FORMAT)
    head = (
        tr.many(
            "❗ <b>{month}: {n} missed day</b>",
            "❗ <b>{month}: {n} missed days</b>",
            len(found),
            month=month,
        )
        if found
        else tr("No day was missed in {month}.", month=month)
    )
    rows = (
        pages(len(found), page, MISSED_PAGE, "missed_page", f"{first:%Y-%m}"),
        reader.back(tr("Menu"), "do:menu"),
    )
    body = [_missed(reader, elder, entry) for elder, entry in shown]
    return Screen(paragraphs(head, *body), tuple(filter(None, rows)))


def _missed(reader: Reader, elder: Elder, entry: Entry) -> Markup:
    tr = reader.tr
    head = Markup("<b>{} · {}</b>").format(tr.day(entry.day), elder.name)
    told = [_told(reader, entry.day, one) for one in entry.told[:MOST_TOLD]]
    more = len(entry.told) - MOST_TOLD
    return lines(
        head,
        *(told or [tr("Nobody was told.")]),
        Markup("… +{}").format(more) if more > 0 else "",
    )


def _told(reader: Reader, day: date, one: Telling) -> Markup:
    """ "17:00 周督导：告急（17:01 送达）"; with the date when it was not that day."""
    tr = reader.tr
    at = tr.time(one.at)
    if local_day(one.at, zone_of(reader.station)) != day:
        at = f"{tr.day(one.at)} {at}"
    facts = {"at": at, "name": one.name, "step": step_name(tr, one.step)}
    if one.delivered is None:
        return tr("· {at} {name}: {step}, not delivered", **facts)
    return tr("· {at} {name}: {step}, delivered {time}", time=tr.time(one.delivered), **facts)
