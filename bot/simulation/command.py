"""`nuanlin simulate`: a bar while it runs, and what came of it."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.simulation.report import Report, show
from bot.simulation.run import simulate


def run(days: int, seed: int, *, faults: bool, elders: int, quiet: bool) -> Report:
    """Simulate, and show it unless `quiet`."""
    if quiet:
        return simulate(days, seed, faults=faults, elders=elders)
    columns = (TextColumn("days"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("days", total=days)
        report = simulate(
            days,
            seed,
            faults=faults,
            elders=elders,
            progress=lambda done: progress.update(task, completed=done),
        )
    show(Console(highlight=False, soft_wrap=True), report)
    return report
