"""The command line."""

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from bot import ledger_report, plan_report, proposal_report, station
from bot.logs import hide, set_up
from bot.settings import Settings, SettingWrong, read_settings
from bot.station import Wrong
from bot.texts import LANGUAGES
from care.access import Role

app = typer.Typer(
    name="nuanlin",
    help="Nuanlin 暖邻: a community looks after elders who live alone.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out = Console(highlight=False, soft_wrap=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def main() -> None:
    """Run a command; what is wrong is said in one sentence, never a traceback."""
    try:
        app()
    except (SettingWrong, Wrong) as error:
        _fail(str(error))
    except DBAPIError as error:
        first = str(error.orig or error).splitlines()[0]
        _fail(f"The database at NUANLIN_DATABASE_URL does not answer as it should: {first}")


def _fail(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201 - a command's answer
    raise SystemExit(1)


def _say(text: str) -> None:
    out.print(text, markup=False)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))  # noqa: T201 - a command's answer


def _settings() -> Settings:
    settings = read_settings()
    hide(settings.second_channel.get_secret_value())
    set_up(settings.log_level)
    return settings


@app.command()
def init(
    community: Annotated[str, typer.Option(help="Name of the community.")],
    timezone: Annotated[str, typer.Option(help="Where its days begin.")] = "Asia/Shanghai",
    language: Annotated[str, typer.Option(help="zh_CN or en.")] = "zh_CN",
    as_json: AsJson = False,
) -> None:
    """Make the database, a community, and the link of its first supervisor."""
    if language not in LANGUAGES:
        raise Wrong(f"Language {language!r} is not known: use {' or '.join(LANGUAGES)}.")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Wrong(f"Time zone {timezone!r} is not known: use one like Asia/Shanghai.") from None
    settings = _settings()
    found = asyncio.run(station.init(settings, community, timezone, language))
    if as_json:
        _print_json(found)
        return
    _say(f"{community}: ready. The supervisor opens the bot with this link, once, within 72 hours:")
    _say(asyncio.run(station.start_link(settings, found["start"])))


@app.command()
def invite(
    role: Annotated[str, typer.Argument(help=", ".join(Role))],
    name: Annotated[str | None, typer.Option(help="Who is invited.")] = None,
    elder: Annotated[str | None, typer.Option(help="The elder they belong to, or are.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an invitation: a link that works once, for 72 hours."""
    if role not in set(Role):
        raise Wrong(f"Role {role!r} is not known: use one of {', '.join(Role)}.")
    settings = _settings()
    found = asyncio.run(station.invite(settings, Role(role), name, elder))
    if as_json:
        _print_json(found)
        return
    _say(asyncio.run(station.start_link(settings, found["start"])))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Excel or CSV.")],
    dry_run: Annotated[bool, typer.Option(help="Only say what would change.")] = False,
    partial: Annotated[bool, typer.Option(help="Take the good rows if others are bad.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read a roster into the records: all or nothing, unless --partial."""
    found = asyncio.run(station.import_(_settings(), file, dry_run=dry_run, partial=partial))
    if as_json:
        _print_json(found)
    else:
        _say(f"new {found['new']} · changed {found['changed']} · unchanged {found['unchanged']}")
        for problem in found["problems"]:
            _say(f"row {problem['row']}, {problem['column']}: {problem['reason']}")
        if not found["taken"] and not dry_run:
            _say("Nothing was taken. Correct the rows above, or use --partial to take the others.")
    if found["problems"]:
        raise typer.Exit(1)


@app.command()
def export(file: Annotated[Path, typer.Argument(help="The .xlsx to write.")]) -> None:
    """Write the roster as the file that import takes."""
    count = asyncio.run(station.export(_settings(), file))
    _say(f"{file}: {count}")


@app.command()
def pair(
    worker: Annotated[str | None, typer.Option(help="The social worker.")] = None,
    volunteers: Annotated[str | None, typer.Option(help="Names, with commas between.")] = None,
    elders: Annotated[str | None, typer.Option(help="Names, with commas between.")] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Propose pairings for everybody who is in none.")
    ] = False,
    take: Annotated[bool, typer.Option("--take", help="Make what is proposed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a pairing: one social worker, volunteers, 3 to 5 elders; or propose them all."""
    named = (worker, volunteers, elders)
    if propose:
        if any(one is not None for one in named):
            raise Wrong("Say either --propose or who is to be paired, not both.")
        _propose(take=take, as_json=as_json)
        return
    if take:
        raise Wrong("--take belongs to --propose.")
    if worker is None or volunteers is None or elders is None:
        raise Wrong("Say --worker, --volunteers and --elders, or --propose.")
    found = asyncio.run(station.pair(_settings(), worker, _names(volunteers), _names(elders)))
    if as_json:
        _print_json(found)
        return
    _say(f"Pairing {found['pairing']}: {found['elders']} elders, {found['volunteers']} volunteers.")
    for oddity in found["warnings"]:
        _say(f"Note: {oddity}")


def _propose(*, take: bool, as_json: bool) -> None:
    found = asyncio.run(station.propose(_settings(), take=take))
    if as_json:
        _print_json(found)
        return
    for table in proposal_report.tables(found):
        out.print(table)
    _say(proposal_report.summary(found))


def _names(text: str) -> list[str]:
    return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]


@app.command()
def plan(
    week: Annotated[str | None, typer.Option(help="Like 2026-W48; next week if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan the visits still owed in a week, and say how good the plan is; nothing is changed."""
    found = asyncio.run(station.plan(_settings(), _week(week)))
    if as_json:
        _print_json(found)
        return
    for table in plan_report.tables(found):
        out.print(table)
    _say(plan_report.summary(found))


def _week(text: str | None) -> date | None:
    """The Monday of a week written as ISO 8601 does."""
    if text is None:
        return None
    try:
        year, _, number = text.upper().partition("-W")
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise Wrong(f"--week {text!r} is no week: write it like 2026-W48.") from None


@app.command()
def ledger(
    first: Annotated[str | None, typer.Option("--from", help="First day, 2026-04-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, 2026-04-30.")] = None,
    as_json: AsJson = False,
) -> None:
    """How every red elder's day ended, who was told of the missed ones, and the rates."""
    days = _day("--from", first), _day("--to", last)
    station_, found = asyncio.run(station.ledger(_settings(), *days))
    if as_json:
        _print_json(ledger_report.as_json(station_, found))
        return
    for table in ledger_report.tables(station_, found):
        out.print(table)


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"{option} {text!r} is no day: write it like 2026-04-30.") from None


@app.command()
def serve() -> None:
    """Serve the bot until told to stop."""
    settings = _settings()
    settings.needed_token()
    settings.make_clock()
    _run_until_stopped(station.serve(settings))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page, on this machine only.")] = 8080,
    no_browser: Annotated[bool, typer.Option(help="Do not open the browser.")] = False,
    seed_only: Annotated[
        bool, typer.Option(help="Only fill the database at NUANLIN_DATABASE_URL.")
    ] = False,
) -> None:
    """Try everything without a token: a demo community and its phones in a web page."""
    from bot.demo import run  # noqa: PLC0415 - `serve` never pays for it

    if seed_only:
        _say(asyncio.run(station.seed(_settings())))
        return
    set_up("WARNING")
    _run_until_stopped(run(port=port, browser=not no_browser))


@app.command()
def tour(
    language: Annotated[str | None, typer.Option(help="zh_CN or en.")] = None,
) -> None:
    """Play a working day in the terminal, through the real program."""
    from bot.tour import run  # noqa: PLC0415 - `serve` never pays for it

    set_up("ERROR")
    raise typer.Exit(asyncio.run(run(language, _say)))


@app.command()
def simulate(
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 7,
    seed: Annotated[int, typer.Option(help="One seed, one history.")] = 1,
    faults: Annotated[
        bool, typer.Option(help="Let everything fail, but on the last two days.")
    ] = False,
    elders: Annotated[int, typer.Option(min=8, help="How many elders live there.")] = 82,
    as_json: AsJson = False,
) -> None:
    """Play days of a whole community in minutes, and look whether every promise was kept."""
    from bot.simulation.command import run  # noqa: PLC0415 - `serve` never pays for it

    report = run(days, seed, faults=faults, elders=elders, quiet=as_json)
    if as_json:
        _print_json(report.as_json())
    if report.violations:
        raise typer.Exit(1)


proofs = typer.Typer(help="Prove on this machine what the program promises.")
app.add_typer(proofs, name="proof")


@proofs.callback()
def _proof() -> None:
    """Prove on this machine what the program promises."""


@proofs.command("races")
def proof_races(
    claims: Annotated[int, typer.Option(min=1, help="How many tries in all.")] = 2400,
    processes: Annotated[int, typer.Option(min=1, help="How many processes try.")] = 8,
    database: Annotated[
        str | None, typer.Option(help="An empty database; a SQLite file of its own if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(help="In which order they try.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Have many processes claim the same errands at once: each must get exactly one owner."""
    from bot.proof import races  # noqa: PLC0415 - `serve` never pays for it

    with races.empty_database(database) as url:
        if asyncio.run(races.is_used(url)):
            raise Wrong("--database has records in it: name an empty database.")
        result = races.run(url, claims, processes, seed)
    if as_json:
        _print_json(result.as_json())
    else:
        _say(" · ".join(f"{name} {value}" for name, value in result.as_json().items()))
    for error in sorted(set(result.errors)):
        print(error, file=sys.stderr)  # noqa: T201 - what went wrong
    if not result.sound:
        raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """How the station stands right now."""
    found = asyncio.run(station.status(_settings()))
    if as_json:
        _print_json(found)
        return
    for name, value in found.items():
        _say(f"{name}: {value}")


def _run_until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until SIGINT or SIGTERM, then finish what is under way."""

    async def running() -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work)
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(running())
