"""`make proof`: killed many times, raced by many processes, and years of simulated time.

`python -m tests.proof --kills 200 --claims 20000 --year 365 --seeds 20` prints tables; with
`--write FILE` the sections of the page that were proved anew are written anew. Ends with 1 on any
fault. Without `--postgres URL` (an empty database) a PostgreSQL is started for the purpose.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.proof import races
from tests.postgres import installations, running
from tests.proof import kill, simulated
from tests.proof.simulated import History

COLUMNS = ("proof", "what was done", "lost", "doubled", "other faults", "seconds")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    proof: str
    done: str
    lost: int
    doubled: int
    other: int
    seconds: float
    found: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.doubled or self.other)

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        figures = (self.lost, self.doubled, self.other)
        return (self.proof, self.done, *map(str, figures), f"{self.seconds:.0f}")


def killed(progress: Progress, kills: int, seed: int) -> Row:
    """The real process under SIGKILL."""
    task = progress.add_task("kill -9", total=kills)
    with tempfile.TemporaryDirectory(prefix="nuanlin-kill-") as name:
        result = asyncio.run(
            kill.run(
                Path(name),
                kill.plan(seed, kills),
                seed,
                progress=lambda: progress.advance(task),
            )
        )
    done = (
        f"{result.kills} kills, {result.updates} updates at 20 a second; "
        f"start to first poll {result.start_seconds} s (median)"
    )
    other = result.misled + result.stuck
    return Row(
        "kill -9, SQLite",
        done,
        result.lost,
        result.doubled,
        other,
        result.seconds,
        tuple(result.found),
    )


def raced(progress: Progress, name: str, url: str, claims: int, processes: int) -> Row:
    """Many processes on one database."""
    task = progress.add_task(f"races, {name}", total=claims)
    result = races.run(url, claims, processes)
    progress.update(task, completed=claims)
    done = f"{processes} processes, {result.claims} claims, {result.won} errands"
    return Row(f"races, {name}", done, result.lost, result.double, 0, result.seconds, result.errors)


@contextmanager
def empty_postgres(url: str) -> Iterator[str]:
    """The database that was named, or one of our own."""
    if url:
        yield url
        return
    with running(installations()) as server, server.database() as own:
        yield own


def everything(given: argparse.Namespace, console: Console) -> list[Row]:
    """All proofs, one after the other."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        rows = [killed(progress, given.kills, given.seed)] if given.kills else []
        if not given.claims:
            return rows
        with tempfile.TemporaryDirectory(prefix="nuanlin-races-") as folder:
            url = f"sqlite:///{folder}/races.db"
            rows.append(raced(progress, "SQLite", url, given.claims, given.processes))
        with empty_postgres(given.postgres) as url:
            rows.append(raced(progress, "PostgreSQL", url, given.claims, given.processes))
    return rows


def played(given: argparse.Namespace, console: Console) -> list[tuple[History, dict[str, Any]]]:
    """All simulated histories."""
    asked = simulated.histories(given.year, given.seeds, given.days)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("simulated histories", total=len(asked))
        return list(simulated.played(asked, given.keep, lambda: progress.advance(task)))


def show(console: Console, rows: list[Row]) -> None:
    """The table, and whatever was found."""
    table = Table()
    for column in COLUMNS:
        table.add_column(column)
    for row in rows:
        table.add_row(*row.cells)
    console.print(table)
    for row in rows:
        for one in row.found[:20]:
            console.print(f"{row.proof}: {one}", markup=False)


def written(before: str, sections: dict[str, list[str]]) -> str:
    """The page with these sections in place of older ones."""
    _, *parts = before.split("\n## ")
    kept = {part.partition("\n")[0]: part.partition("\n")[2].strip("\n") for part in parts}
    kept |= {title: "\n".join(lines).strip("\n") for title, lines in sections.items()}
    told = [f"## {title}\n\n{kept[title]}" for title in (KILLED, SIMULATED) if title in kept]
    return "\n\n".join([HEAD, *told]) + "\n"


def killed_section(rows: list[Row], command: str) -> list[str]:
    """The section about kills and races."""
    return [
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
        *(f"| {' | '.join(row.cells)} |" for row in rows),
        "",
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, {machine()}.",
        "",
        EXPLAINED,
    ]


def simulated_section(found: list[tuple[History, dict[str, Any]]], command: str) -> list[str]:
    """The section about simulated time."""
    return [
        SIMULATED_HOW,
        "",
        *simulated.table(found),
        "",
        *simulated.errands(found),
        "",
        f"Faults by kind, in all of them: {simulated.kinds(found)}.",
        "",
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, {machine()}.",
    ]


def machine() -> str:
    """What it ran on."""
    version = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {version}"


KILLED, SIMULATED = "Killed and raced", "Simulated time"
HEAD = """\
# Proof

What the promises of [architecture](architecture.md) are held against. `make proof` runs all of it
and ends with an error when anything is lost, doubled, late or told to the wrong person. `make test`
runs the same for less long: 20 kills, 2,400 claims, and simulated days; and it shows for each guard
taken out that the proof would notice. `nuanlin proof races --claims 20000 --processes 8` runs the
races alone, for whoever wants to see them on their own machine, or with `--database` on their own
kind of database."""
SIMULATED_HOW = """\
The real program on a real SQLite file, with a virtual clock and a Telegram inside the process:
82 elders, and people who answer, sleep, forget, go on leave, fall ill (`nuanlin simulate`). After
every day, every restart and at the end a judge who asks none of the program's own queries looks at
thirteen invariants, from the file and from what really was sent: no silent miss, one owner, no
update lost, no double effect, the right person, nothing unhappens, it calms down, time, unreachable
is not silent, private at rest, sound, faults accounted for, no gap unsaid. With faults the process
is killed about ten times a day at any point, calls fail before and after their effect, updates come
late, twice and out of order, the disk fills up, the clock jumps. One seed is one history: same
seed, same trace. Visits are counted once their week is over: how many were planned of those that
could be, those that volunteers gave back or did not answer left out."""
EXPLAINED = """\
The real program, killed with SIGKILL again and again while people go on pressing, and many
processes that claim the same errands at once.

How it is judged, from the records and from the log of the local Telegram:

- **lost**: an update that Telegram was told to forget and that is not in the inbox; something
  pressed or written without its one effect (a claimed errand without an owner, `/help` without its
  answer, a call without its record); a message noted as sent that never arrived; a loser of a race
  who was told nothing.
- **doubled**: a second effect of the same thing, an errand claimed twice, a message delivered a
  second time. A message cut off between Telegram and the commit may be there or not; it is counted
  as doubled when it arrives and no row of the outbox says that it was unclear.
- **other faults**: somebody told "it is yours" who is not the owner; anything still waiting at the
  end; a program that does not end well when told to stop.

A kill strikes during the start, at any time, in the very moment when Telegram was told to forget
updates, or in the middle of a call that Telegram has carried out and whose answer the program never
gets. Meanwhile one press in twenty arrives again under a new number, and one update in twenty
arrives twice.
"""


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--claims", type=int, default=20_000, help="on each database")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", default="", help="URL of an empty database")
    parser.add_argument("--write", type=Path, help="keep the table, e.g. docs/proof.md")
    parser.add_argument("--year", type=int, default=365, help="days of the long histories")
    parser.add_argument("--seeds", type=int, default=20, help="other seeds, with faults")
    parser.add_argument("--days", type=int, default=30, help="days of each other seed")
    parser.add_argument("--keep", type=Path, help="folder of reports; what is there is not redone")
    given = parser.parse_args()
    console = Console()
    sections: dict[str, list[str]] = {}
    rows = everything(given, console)
    if rows:
        show(console, rows)
        command = f"python -m tests.proof --kills {given.kills} --claims {given.claims}"
        sections[KILLED] = killed_section(rows, command)
    found = played(given, console)
    for one in simulated.wrong(found):
        console.print(one, markup=False)
    if found:
        command = (
            f"python -m tests.proof --year {given.year} --seeds {given.seeds} --days {given.days}"
        )
        sections[SIMULATED] = simulated_section(found, command)
        console.print("\n".join(simulated.table(found)), markup=False)
    if given.write is not None:
        before = given.write.read_text(encoding="utf-8") if given.write.exists() else ""
        given.write.write_text(written(before, sections), encoding="utf-8")
    return 0 if all(row.sound for row in rows) and not simulated.wrong(found) else 1


if __name__ == "__main__":
    sys.exit(main())
