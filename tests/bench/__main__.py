"""`make bench`: how fast the program is, in medians; `--write FILE` keeps the table.

Nothing here passes or fails: read ratios, not absolutes, on a machine that does nothing else.
"""

import argparse
import asyncio
import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench import inside, lives, planning

Figure = tuple[str, str, str]


def claims(runs: int, count: int) -> Iterator[Figure]:
    """The program and the usual bot, in turns, on the same machine at the same time of day."""
    ours, usual = [], []
    for _ in range(runs):
        ours.append(asyncio.run(lives.claims(lives.UNPACED, count)))
        usual.append(asyncio.run(lives.claims(lives.BASELINE, count)))
    rate, cpu = median(one.rate for one in ours), median(one.cpu_ms for one in ours)
    rate_usual, cpu_usual = (median(getattr(one, n) for one in usual) for n in ("rate", "cpu_ms"))
    yield (
        "durable claims, no limit at Telegram",
        f"{rate:.0f}/s, {cpu:.1f} ms CPU each",
        f"{count} pressed at once; {sum(one.missing for one in ours)} effects never came",
    )
    ratios = f"{rate / rate_usual:.2f} × its rate, {cpu / cpu_usual:.2f} × its CPU"
    missing = sum(one.missing for one in usual)
    yield (
        "the same, usual bot, which promises nothing after a crash",
        f"{rate_usual:.0f}/s, {cpu_usual:.1f} ms CPU each",
        f"ours: {ratios}, goal ≥ 4 × and ≤ 0.25 ×; {missing} effects never came",
    )


def first_answer(runs: int) -> Iterator[Figure]:
    """From the start to the first answer, and memory."""
    found = [asyncio.run(lives.first_answer()) for _ in range(runs)]
    yield ("start to first answer", f"{median(one[0] for one in found):.2f} s", "goal ≤ 2 s")
    yield ("memory, demo community", f"{median(one[1] for one in found):.0f} MB", "goal ≤ 85 MB")


def broadcast(runs: int) -> Iterator[Figure]:
    """A morning at Telegram's limits."""
    found = [asyncio.run(lives.broadcast()) for _ in range(runs)]
    share = median(one.share for one in found)
    yield (
        "broadcast to 600 chats, 2 taps a second",
        f"{share:.3f} of 30/s, {sum(one.refused for one in found)} × 429",
        "messages and edits together; goal ≥ 0.98 and 0 × 429",
    )
    answer, edit = (median(getattr(one, n) for one in found) for n in ("answer_ms", "edit_ms"))
    yield (
        "meanwhile, p99 from a tap",
        f"{answer:.0f} ms to its answer, {edit:.0f} ms to its card",
        "goal ≤ 200 ms",
    )


def quiet(runs: int) -> Iterator[Figure]:
    """A heartbeat that finds nothing to do."""
    few = median(asyncio.run(inside.quiet_beat(1_000)) for _ in range(runs))
    many = median(asyncio.run(inside.quiet_beat(100_000)) for _ in range(runs))
    yield (
        "heartbeat with nothing due",
        f"{few:.1f} ms for 1,000 elders, {many:.1f} ms for 100,000",
        f"{many / few:.1f} ×; goal ≤ 2 ×",
    )


def preview(runs: int) -> Iterator[Figure]:
    """A large roster."""
    found = [inside.preview() for _ in range(runs)]
    seconds, peak = (median(one[n] for one in found) for n in (0, 1))
    yield (f"preview of a roster of {inside.ROWS:,} rows", f"{seconds:.1f} s, {peak:.0f} MB", "")


def week() -> Iterator[Figure]:
    """The week's plan: how good, how fast, and how it grows. CPU seconds, so once is enough."""
    same = planning.compared(range(1, 6))
    yield (
        "week's plan, 82 elders and 140 volunteers",
        f"{same.seconds:.2f} s CPU; exact search {same.seconds_exact:.2f} s",
        f"cost {same.cost[0]}, best {same.cost[1]}; own plans {same.own[0]}, best {same.own[1]}",
    )
    scarce = planning.planned(5, volunteers=50)
    yield (
        "the same with 50 volunteers, who cannot do it all",
        f"{scarce.seconds / scarce.communities:.2f} s CPU, {scarce.missing} visits uncovered",
        f"gap to the bound {scarce.gap:.2%}; {scarce.broken} rules broken",
    )
    tied = planning.tied(4)
    yield (
        "the same with 26 volunteers, each in two or three pairings",
        f"{tied.seconds / tied.communities:.2f} s CPU, {tied.missing} visits uncovered",
        f"{tied.points:.2f} points a visit to the bound; {tied.broken} rules broken",
    )
    few, many = planning.planned(12), planning.planned(122)
    for one in (few, many):
        yield (
            f"week's plan, {planning.elders(one.communities):,} elders",
            f"{one.seconds:.1f} s CPU, gap to the bound {one.gap:.2%}",
            f"{one.communities} communities; {one.missing} visits uncovered, {one.broken} rules "
            "broken" + ("" if one is few else "; goal ≤ 40 s and ≤ 2 %"),
        )
    growth = (many.seconds / few.seconds) / (many.communities / few.communities) * 10
    yield ("week's plan, ten times the elders", f"{growth:.1f} × the time", "goal ≤ 11 ×")


def written(rows: list[Figure], runs: int) -> str:
    """The table as a page."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    python = platform.python_version()
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Medians of {runs}. Read ratios, not absolutes. The local Telegram runs in a process",
            "beside the program, on the same cores, so throughput is a lower bound: it is the CPU",
            "of the program alone that counts. Goals stand beside the figures, reached or not. A",
            "durable claim is inbox, turn, outbox, answer, edited card, and two messages; the",
            "usual bot is python-telegram-bot as documented, with the ORM, no inbox and no outbox",
            "(`tests/bench/baseline.py`).",
            "",
            "| what | measured | remarks |",
            "|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            f"`make bench`, {datetime.now(UTC):%Y-%m-%d}, {machine}, Python {python}; load of the",
            f"machine over the last quarter of an hour: {os.getloadavg()[2]:.1f}.",
            "",
        ]
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--claims", type=int, default=300)
    parser.add_argument("--write", type=Path, help="keep the table, e.g. docs/benchmarks.md")
    given = parser.parse_args()
    console = Console()
    rows: list[Figure] = []
    figures = (claims(given.runs, given.claims), first_answer(given.runs), broadcast(given.runs))
    for several in (*figures, quiet(given.runs), preview(given.runs), week()):
        for row in several:
            console.print(" · ".join(row), markup=False, highlight=False)
            rows.append(row)
    table = Table("what", "measured", "remarks")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    if given.write is not None:
        given.write.write_text(written(rows, given.runs), encoding="utf-8")


if __name__ == "__main__":
    main()
