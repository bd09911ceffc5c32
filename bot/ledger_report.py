"""The ledger on the command line: one JSON object, or tables."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from care.cadence import days_between
from care.ledger import Tally, tally
from care.rates import Fulfilment, MonthlyRate, Part, Rates
from storage.communities import zone_of
from storage.ledger import Entry, Ledger, Line, Telling
from storage.tables import Community

OPEN = "open"


def as_json(station: Community, ledger: Ledger) -> dict[str, Any]:
    """Everything, with local times; days that are still to come are left out."""
    days = days_between(ledger.first, min(ledger.last, ledger.today))
    return {
        "community": station.name,
        "from": str(ledger.first),
        "to": str(ledger.last),
        "days": [_day(ledger, day) for day in days],
        "elders": [_elder(station, line) for line in ledger.lines],
        "rates": _rates(ledger.rates),
    }


def _of_day(ledger: Ledger, day: date) -> Tally:
    return tally([line.days[day].state for line in ledger.lines if day in line.days])


def _day(ledger: Ledger, day: date) -> dict[str, Any]:
    counts = _of_day(ledger, day)
    return {
        "day": str(day),
        "met": counts.met,
        "excused": counts.excused,
        "missed": counts.missed,
        "open": counts.open,
    }


def _elder(station: Community, line: Line) -> dict[str, Any]:
    return {
        "elder": line.elder.name,
        "building": line.elder.building,
        "days": [_entry(station, one) for one in line.days.values()],
    }


def _entry(station: Community, one: Entry) -> dict[str, Any]:
    met = one.contact
    return {
        "day": str(one.day),
        "state": one.state or OPEN,
        "closed_as": one.closed_as,
        "late": one.late,
        "by": met and met.by,
        "at": _local(station, met.at if met else None),
        "recorded": _local(station, met.recorded if met else None),
        "how": met and met.how,
        "excuse": one.excuse,
        "told": [_told(station, each) for each in one.told],
    }


def _told(station: Community, one: Telling) -> dict[str, Any]:
    return {
        "name": one.name,
        "step": one.step,
        "at": _local(station, one.at),
        "delivered": _local(station, one.delivered),
    }


def _local(station: Community, at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(zone_of(station)).isoformat(timespec="seconds")


def _rates(rates: Rates) -> dict[str, Any]:
    def by(tier: str, of: str) -> list[dict[str, Any]]:
        found = rates.weeks if of == "week" else rates.months
        return [{of: _period(first, of)} | _tier(one, tier) for first, one in found.items()]

    return {
        "red": _tier(rates.all, "red") | {"weeks": by("red", "week"), "months": by("red", "month")},
        "yellow": _tier(rates.all, "yellow")
        | {"weeks": by("yellow", "week"), "months": by("yellow", "month")},
        "green": _tier(rates.all, "green") | {"months": by("green", "month")},
        "monthly": [
            {"month": _period(first, "month")} | _monthly(one)
            for first, one in rates.monthly.items()
        ],
    }


def _period(first: date, of: str) -> str:
    return str(first) if of == "week" else f"{first:%Y-%m}"


def _tier(one: Fulfilment, tier: str) -> dict[str, Any]:
    known: dict[str, Tally | Part] = {"red": one.red, "yellow": one.yellow, "green": one.green}
    found = known[tier]
    match found:
        case Tally():
            done = {"done": found.met, "excused": found.excused}
        case Part():
            done = {"done": found.done}
    more = {"owed": found.owed, "missed": found.missed, "open": found.open}
    return done | more | {"percent": found.percent}


def _monthly(one: MonthlyRate) -> dict[str, Any]:
    return {
        "done": one.as_owed,
        "owed": one.elders,
        "missed": one.behind,
        "open": one.open,
        "nothing_owed": one.nothing_owed,
        "percent": one.percent,
    }


def tables(station: Community, ledger: Ledger) -> Iterator[Table]:
    """Per day how it ended; per missed day who was told when; the rates."""
    yield _days(station, ledger)
    if ledger.missed:
        yield _missed(station, ledger)
    yield _fulfilment(ledger.rates)


def _days(station: Community, ledger: Ledger) -> Table:
    table = Table(
        title=Text(f"{station.name}: {ledger.first} to {ledger.last}"), title_justify="left"
    )
    table.add_column("day", no_wrap=True)
    for name in ("met", "excused", "missed", OPEN):
        table.add_column(name, justify="right")
    for day in days_between(ledger.first, min(ledger.last, ledger.today)):
        counts = _of_day(ledger, day)
        numbers = (counts.met, counts.excused, counts.missed, counts.open)
        table.add_row(f"{day:%Y-%m-%d %a}", *(str(one) if one else "" for one in numbers))
    return table


def _missed(station: Community, ledger: Ledger) -> Table:
    table = Table("day", "elder", "told", title="Missed", title_justify="left")
    for elder, entry in ledger.missed:
        told = "\n".join(_told_line(station, one) for one in entry.told)
        table.add_row(str(entry.day), Text(elder.name), Text(told or "nobody"))
    return table


def _told_line(station: Community, one: Telling) -> str:
    zone = zone_of(station)
    at = f"{one.at.astimezone(zone):%m-%d %H:%M}"
    if one.delivered is None:
        return f"{at} {one.name} ({one.step}), not delivered"
    return f"{at} {one.name} ({one.step}), delivered {one.delivered.astimezone(zone):%H:%M}"


def _fulfilment(rates: Rates) -> Table:
    table = Table("", "done", "owed", OPEN, "percent", title="Rates", title_justify="left")
    rows: list[tuple[str, dict[str, Any]]] = [
        ("red, days", _tier(rates.all, "red")),
        ("yellow, visits by week", _tier(rates.all, "yellow")),
        ("green, visits by month", _tier(rates.all, "green")),
    ]
    rows += [
        (f"月探访率 {first:%Y-%m}, elders", _monthly(one)) for first, one in rates.monthly.items()
    ]
    for name, one in rows:
        percent = "—" if one["percent"] is None else f"{one['percent']} %"
        table.add_row(name, str(one["done"]), str(one["owed"]), str(one["open"]), percent)
    return table
