"""Simulated time as a proof: a year with and without faults, twice, and many seeds with faults.

Each run is a process of its own, as somebody at a keyboard would start it, two at a time.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

COLUMNS = (
    "history", "days", "faults", "red days met / excused / missed", "visits covered / coverable",
    "checks", "violations", "messages", "seconds a day", "trace",
)  # fmt: skip
AT_ONCE = 2
TRACE = 12


@dataclass(frozen=True)
class History:
    """What is to be simulated."""

    days: int
    seed: int
    faults: bool

    @property
    def command(self) -> list[str]:
        """As it is typed, after the program's name."""
        given = ["simulate", "--days", str(self.days), "--seed", str(self.seed), "--json"]
        return [*given, "--faults"] if self.faults else given


def histories(year: int, seeds: int, days: int) -> list[History]:
    """The long ones twice, for one seed is one history; then `seeds` other ones."""
    long = [History(year, 1, faults) for faults in (True, False)] * 2 if year else []
    return long + [History(days, 1 + n, faults=True) for n in range(1, seeds + 1)]


def play(history: History) -> dict[str, Any]:
    """Run one, and give back its report.

    Raises:
        RuntimeError: it printed no report.
    """
    program = Path(sys.executable).with_name("nuanlin")
    command = [str(program), *history.command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise RuntimeError(done.stderr[-2000:]) from error
    return found


def played(
    asked: list[History], kept: Path | None, progress: Callable[[], None]
) -> Iterator[tuple[History, dict[str, Any]]]:
    """Every report, in order; with a folder, each is kept there and not played again."""

    def one(numbered: tuple[int, History]) -> dict[str, Any]:
        number, history = numbered
        name = f"{history.days}-{history.seed}-{'faults' if history.faults else 'calm'}-{number}"
        file = kept / f"{name}.json" if kept else None
        if file is not None and file.exists():
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        else:
            found = play(history)
            if file is not None:
                file.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        progress()
        return found

    counted: Counter[History] = Counter()
    numbered = []
    for history in asked:
        counted[history] += 1
        numbered.append((counted[history], history))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(asked, pool.map(one, numbered), strict=True)


def wrong(found: list[tuple[History, dict[str, Any]]]) -> list[str]:
    """Every violation, and every history that was not the same twice."""
    traces: dict[History, set[str]] = {}
    for history, report in found:
        traces.setdefault(history, set()).add(report["trace"])
    return [
        *(one for _, report in found for one in report["violations"]),
        *(f"not the same twice: {' '.join(one.command)}" for one, two in traces.items()
          if len(two) > 1),
    ]  # fmt: skip


def table(found: list[tuple[History, dict[str, Any]]]) -> list[str]:
    """The lines of the page's table; the many seeds are summed up in one."""
    long = max(history.days for history, _ in found)
    rows = [_row(_name(history), [report]) for history, report in found if history.days == long]
    many = [report for history, report in found if history.days != long]
    if many:
        rows.append(_row(f"{len(many)} other seeds, with faults", many))
    return [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}", *rows]


def errands(found: list[tuple[History, dict[str, Any]]]) -> list[str]:
    """A line for each long history: how long errands waited, how often volunteers were asked."""
    long = max(history.days for history, _ in found)
    lines = {}
    for history, report in found:
        had = report["errands"]
        waited, asked = had["minutes_to_claim"], sorted(had["volunteer_asked"].values())
        if history.days == long and had["claims"]:
            lines[history] = (
                f"- {_name(history)}: {had['claims']:,} errands claimed, half of them within "
                f"{waited['median']:g} minutes, nine in ten within {waited['nine_in_ten']:g}, the "
                f"last after {waited['longest']:g}; each of {len(asked)} volunteers was written to "
                f"for an errand {asked[0]:,} to {asked[-1]:,} times, {median(asked):g} in the "
                f"middle, and the group {had['group_asked']:,} times"
            )
    return list(lines.values())


def _name(history: History) -> str:
    return f"seed {history.seed}, {'with' if history.faults else 'without'} faults"


def _row(name: str, reports: list[dict[str, Any]]) -> str:
    def summed(field: str) -> int:
        return sum(sum(one[field].values()) for one in reports)

    red = " / ".join(
        f"{sum(one['red_days'][state] for one in reports):,}"
        for state in ("met", "excused", "missed")
    )
    visits = " / ".join(
        f"{sum(one['coverage'][what] for one in reports):,}" for what in ("covered", "coverable")
    )
    days = sum(one["days"] for one in reports)
    cells = (
        name,
        f"{days:,}",
        f"{summed('faults'):,}",
        red,
        visits,
        f"{summed('checks'):,}",
        str(sum(len(one["violations"]) for one in reports)),
        f"{sum(one['messages'] for one in reports):,}",
        f"{sum(one['seconds'] for one in reports) / days:.1f}",
        f"`{reports[0]['trace'][:TRACE]}`" if len(reports) == 1 else "",
    )
    return f"| {' | '.join(cells)} |"


def kinds(found: list[tuple[History, dict[str, Any]]]) -> str:
    """How often each kind of fault struck, in all of them."""
    total: Counter[str] = Counter()
    for _, report in found:
        total.update(report["faults"])
    return ", ".join(f"{name} {count:,}" for name, count in total.most_common())
