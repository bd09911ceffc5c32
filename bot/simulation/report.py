"""What came of a simulation, for people and for programs."""

from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.simulation.judging.errand_times import ErrandTimes

RED_DAYS = ("met", "excused", "missed")
VISITS = ("owed", "coverable", "covered")


@dataclass
class Report:
    """What happened in so many days, and what was not as promised.

    Attributes:
        before: the last events before each of the first violations.
        broken: violations by invariant.
        coverage: visits that were owed, could be made, and were planned.
        errands: how long claims took, and how often each volunteer was asked.
    """

    days: int
    seed: int
    elders: int
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    before: list[list[str]] = field(default_factory=list)
    checks: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    red_days: Counter[str] = field(default_factory=Counter)
    coverage: Counter[str] = field(default_factory=Counter)
    errands: ErrandTimes = field(default_factory=ErrandTimes)
    messages: int = 0
    seconds: float = 0.0
    trace: str = ""

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {
            "days": self.days,
            "elders": self.elders,
            "faults": dict(sorted(self.faults.items())),
            "violations": self.violations,
            "checks": dict(sorted(self.checks.items())),
            "red_days": {state: self.red_days[state] for state in RED_DAYS},
            "coverage": {name: self.coverage[name] for name in VISITS},
            "errands": self.errands.as_json(),
            "messages": self.messages,
            "seconds": round(self.seconds, 1),
            "trace": self.trace,
        }


MOST_SHOWN = 10


def show(console: Console, report: Report) -> None:
    """The report, for a person."""
    console.print(
        f"{report.days} days, {report.elders} elders, seed {report.seed}: "
        f"{report.messages} messages, {report.seconds:.1f} s",
        markup=False,
    )
    red = ", ".join(f"{report.red_days[state]} {state}" for state in RED_DAYS)
    console.print(f"days of red elders: {red}", markup=False)
    visits = ", ".join(f"{report.coverage[name]} {name}" for name in VISITS)
    console.print(f"visits to the yellow in whole weeks: {visits}", markup=False)
    _show_errands(console, report.errands.as_json())
    struck = ", ".join(f"{count} {kind}" for kind, count in sorted(report.faults.items()))
    console.print(f"faults: {report.faults.total()}" + (f" ({struck})" if struck else ""))
    table = Table("invariant", "checks", "violations")
    for name in sorted({*report.checks, *report.broken}, key=_number):
        table.add_row(name, str(report.checks[name]), str(report.broken[name]))
    console.print(table)
    for place, found in enumerate(report.violations[:MOST_SHOWN]):
        console.print(found, markup=False, style="red")
        for event in report.before[place]:
            console.print(f"    {event}", markup=False)
    if len(report.violations) > MOST_SHOWN:
        console.print(f"… and {len(report.violations) - MOST_SHOWN} more violations")
    console.print(f"trace {report.trace}", markup=False)


def _show_errands(console: Console, errands: dict[str, Any]) -> None:
    waited = ", ".join(
        f"{minutes:g} min {name.replace('_', ' ')}"
        for name, minutes in errands["minutes_to_claim"].items()
        if minutes is not None
    )
    console.print(f"errands claimed: {errands['claims']}" + (f" after {waited}" if waited else ""))
    asked = sorted(errands["volunteer_asked"].values())
    if asked:
        console.print(
            f"asked for errands: the group {errands['group_asked']} times, each of {len(asked)} "
            f"volunteers {asked[0]} to {asked[-1]} times, median {median(asked):g}",
            markup=False,
        )


def _number(name: str) -> tuple[int, str]:
    number = name.partition(" ")[0]
    return (int(number) if number.isdecimal() else 99, name)
