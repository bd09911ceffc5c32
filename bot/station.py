"""What the commands do, one function each; every one opens the database and closes it again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot
from telegram.error import TelegramError

from bot import plan_report, proposal_report
from bot.calendar import WHERE
from bot.channel import SecondChannel
from bot.request import AiohttpRequest, Timeouts
from bot.routes import build
from bot.screens.places import place_problem
from bot.screens.roster import column, reason
from bot.screens.words import oddity_name
from bot.service import Calendars, Service, Webhook, requests
from bot.settings import Settings
from bot.texts import Texts
from care.access import Role
from care.cadence import days_of_month, month_of
from care.days import WEEK, HalfDay, local_day, week_of
from care.elders import Tier
from care.pairings import oddities
from care.refusals import Stale, UnknownName
from scheduler import proposer
from scheduler.highs import NotSolved
from scheduler.planner_worker import NotPlanned, Planner
from storage import (
    calls,
    channel,
    communities,
    elders,
    inbox,
    joining,
    members,
    outbox,
    pairings,
    places,
    planning,
    proposals,
    roster,
    roster_import,
)
from storage import ledger as ledgers
from storage.elders import Decision, facts_of
from storage.engine import Database, parse_url
from storage.ledger import Ledger
from storage.migrate import migrate
from storage.tables import Community

log = structlog.get_logger()


class Wrong(Exception):
    """A command cannot be carried out; the text is one sentence for whoever gave it."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database, brought to the newest schema."""
    url = parse_url(settings.database_url)
    try:
        await migrate(url)
    except OSError as error:
        raise Wrong(f"{url.database} cannot be made: {error.strerror}.") from None
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def the_community(tx: AsyncSession) -> Community:
    """The community that commands speak of: the newest one.

    Raises:
        Wrong: there is none yet.
    """
    found = await communities.every(tx)
    if not found:
        raise Wrong("There is no community yet: run `nuanlin init --community NAME` first.")
    return found[-1]


async def start_link(settings: Settings, token: str) -> str:
    """The link of a start token; without Telegram's word for it, the bot's name is left open."""
    name = await _bot_name(settings) or "<your bot>"
    return f"https://t.me/{name}?start={token}"


async def _bot_name(settings: Settings) -> str | None:
    if not settings.token.get_secret_value():
        return None
    request = AiohttpRequest(timeouts=Timeouts(connect=3, read=3))
    url = f"{settings.telegram_url}/bot"
    try:
        async with Bot(settings.needed_token(), base_url=url, request=request) as bot:
            return bot.username
    except TelegramError:
        return None


async def init(settings: Settings, name: str, zone: str, language: str) -> dict[str, Any]:
    """A community, and its first supervisor's invitation.

    Raises:
        Wrong: the name is taken.
    """
    now = settings.make_clock().now()
    async with opened(settings) as database, database.write() as tx:
        if name in {one.name for one in await communities.every(tx)}:
            raise Wrong(f"{name!r} is there already: `nuanlin invite supervisor` makes a new link.")
        station = await communities.create(tx, now, name, zone, language)
        token = await joining.invite(tx, now, station.id, Role.SUPERVISOR)
    return {"community": name, "start": token}


async def invite(
    settings: Settings, role: Role, name: str | None, elder: str | None
) -> dict[str, Any]:
    """An invitation.

    Raises:
        Wrong: no such elder, or an elder is missing.
    """
    if role in {Role.FAMILY, Role.ELDER} and elder is None:
        raise Wrong(f"For {role}, say which elder: --elder NAME.")
    now = settings.make_clock().now()
    async with opened(settings) as database, database.write() as tx:
        station = await the_community(tx)
        elder_id = None
        if elder is not None:
            with _known():
                elder_id = (await elders.named(tx, station.id, elder)).id
        token = await joining.invite(
            tx,
            now,
            station.id,
            role,
            name=name or (elder if role is Role.ELDER else None),
            elder_id=elder_id,
        )
    return {"start": token}


class _known:  # noqa: N801 - reads as words where it is used
    """Turns an unknown name into a sentence."""

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Say who is not known."""
        if isinstance(error, UnknownName):
            how_many = "nobody is" if not error.found else f"{error.found} people are"
            raise Wrong(f"{error.name!r}: {how_many} called that.") from None


async def import_(
    settings: Settings, file: Path, *, dry_run: bool, partial: bool
) -> dict[str, Any]:
    """Read a roster; what was new, changed, unchanged, and what was wrong, by row and column.

    Raises:
        Wrong: the file cannot be opened.
    """
    now = settings.make_clock().now()
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise Wrong(f"{file} cannot be read: {error.strerror}.") from None
    async with opened(settings) as database:
        async with database.read() as tx:
            station = await the_community(tx)
        today = local_day(now, communities.zone_of(station))
        reading = await roster.read_file(file.name, content, today=today)
        async with database.write() as tx:
            plan = await roster_import.plan(tx, station.id, None, reading)
            preview = plan.preview
            doubts = bool(preview.problems or plan.map.problems)
            taken = not dry_run and (partial or not doubts)
            if taken:
                decision = Decision(None, file.name)
                await roster_import.apply(tx, now, station.id, plan, decision)
    tr = Texts(station.language, communities.zone_of(station))
    return {
        "new": len(preview.new),
        "changed": len(preview.changed),
        "unchanged": preview.unchanged,
        "buildings": len(plan.map.lines),
        "problems": [
            {
                "row": one.row,
                "column": column(tr, one.column).unescape() if one.column else "",
                "value": one.value,
                "reason": reason(tr, one).unescape(),
            }
            for one in preview.problems
        ]
        + [
            {
                "row": one.row,
                "column": "",
                "value": one.value,
                "reason": place_problem(tr, one).unescape(),
            }
            for one in plan.map.problems
        ],
        "taken": taken,
    }


async def export(settings: Settings, file: Path) -> int:
    """Write the roster; how many elders are in it.

    Raises:
        Wrong: the file cannot be written.
    """
    async with opened(settings) as database, database.read() as tx:
        station = await the_community(tx)
        found = [facts_of(one) for one in await elders.of_community(tx, station.id)]
        language = station.language
        known = await places.for_a_sheet(tx, station.id)
    content = roster.write_file(found, language=language, buildings=known)
    try:
        await asyncio.to_thread(file.write_bytes, content)
    except OSError as error:
        raise Wrong(f"{file} cannot be written: {error.strerror}.") from None
    return len(found)


async def pair(
    settings: Settings, worker: str, volunteers: list[str], names: list[str]
) -> dict[str, Any]:
    """Make a pairing; what is unusual about it is said, not blocked.

    Raises:
        Wrong: a name is nobody's, or several people's.
    """
    now = settings.make_clock().now()
    async with opened(settings) as database, database.write() as tx:
        station = await the_community(tx)
        with _known():
            leader = await members.named(tx, station.id, worker, Role.SOCIAL_WORKER)
            helpers = [
                await members.named(tx, station.id, one, Role.VOLUNTEER) for one in volunteers
            ]
            cared = [await elders.named(tx, station.id, one) for one in names]
        pairing = await pairings.create(
            tx, now, station.id, leader.id, [one.id for one in helpers], [one.id for one in cared]
        )
    tr = Texts(station.language, communities.zone_of(station))
    odd = oddities(len(cared), len(helpers), communities.settings_of(station))
    return {
        "pairing": pairing.id,
        "elders": len(cared),
        "volunteers": len(helpers),
        "warnings": [oddity_name(tr, one, len(cared)).unescape() for one in odd],
    }


async def propose(settings: Settings, *, take: bool) -> dict[str, Any]:
    """Propose pairings for everybody who is in none; with `take`, make them.

    Raises:
        Wrong: the solver failed, or the roster changed while it worked.
    """
    now = settings.make_clock().now()
    async with opened(settings) as database:
        async with database.read() as tx:
            station = await the_community(tx)
            known = await proposals.roster(tx, station)
            names = await proposals.names_of(tx, station.id)
        began = time.perf_counter()
        try:
            found = await proposer.propose(known)
        except NotSolved as error:
            raise Wrong(f"No proposal could be made: {error}.") from None
        seconds = round(time.perf_counter() - began, 3)
        if take:
            async with database.write() as tx:
                try:
                    await proposals.hold(tx, station, proposals.fingerprint(known))
                    await proposals.take(tx, now, station, found.groups)
                except Stale:
                    raise Wrong(
                        "The records have changed meanwhile: please run it again."
                    ) from None
    return proposal_report.as_json(names, found) | {"seconds": seconds, "taken": take}


async def plan(settings: Settings, week: date | None) -> dict[str, Any]:
    """Plan what is still owed in a week, next week if none is named; nothing is written down.

    Raises:
        Wrong: the week is over, or the solver failed.
    """
    now = settings.make_clock().now()
    async with opened(settings) as database, database.read() as tx:
        station = await the_community(tx)
        today = local_day(now, communities.zone_of(station))
        monday = week or week_of(today) + WEEK
        if monday + WEEK <= today:
            raise Wrong("That week is over: name this week or a later one, like 2026-W48.")
        first = (today + timedelta(days=1), HalfDay.AM) if monday <= today else None
        known = await planning.to_plan(tx, station, monday, today, first)
    began = time.perf_counter()
    try:
        async with Planner() as planner:
            found = await planner.plan(known.problem)
    except NotPlanned as error:
        raise Wrong(f"The week could not be planned: {error}.") from None
    seconds = round(time.perf_counter() - began, 3)
    name = f"{monday:%G-W%V}"
    return {"week": name} | plan_report.as_json(known, found) | {"seconds": seconds}


async def ledger(
    settings: Settings, first: date | None, last: date | None
) -> tuple[Community, Ledger]:
    """How every red day from `first` to `last` ended; this month, when neither is given.

    Raises:
        Wrong: the last day is before the first.
    """
    now = settings.make_clock().now()
    async with opened(settings) as database, database.read() as tx:
        station = await the_community(tx)
        today = local_day(now, communities.zone_of(station))
        first = first or month_of(last or today)
        last = last or days_of_month(first)[-1]
        if last < first:
            raise Wrong(f"--to {last} is before --from {first}.")
        return station, await ledgers.read(tx, now, station, first, last)


async def serve(settings: Settings) -> None:
    """Run the bot until cancelled.

    Raises:
        SettingWrong: the token is missing or refused, or the clock is not allowed.
    """
    token = settings.needed_token()
    clock = settings.make_clock()
    outside = SecondChannel.from_settings(settings)
    async with opened(settings) as database:
        request, polling = requests()
        application = build(request, polling, token, settings.telegram_url)
        application.bot_data[WHERE] = settings.calendar_url
        service = Service.make(database, application, clock, speed=clock.speed, channel=outside)
        await service.run(Webhook.from_settings(settings), Calendars.from_settings(settings))


async def seed(settings: Settings) -> str:
    """Fill the database with the demo community; a line that says so."""
    from bot.demo.seed import AlreadyThere  # noqa: PLC0415 - `serve` never pays for it
    from bot.demo.seed import seed as fill  # noqa: PLC0415 - likewise

    now = settings.make_clock().now()
    async with opened(settings) as database:
        try:
            station = await fill(database, now)
        except AlreadyThere as error:
            raise Wrong(str(error)) from None
    return f"{station.name}: seeded."


async def status(settings: Settings) -> dict[str, Any]:
    """Queues, and today's red elders, over all communities.

    `contacted_today` of the `owed_today` red elders have been contacted; the rest are open. Of
    `untold` elders nobody of the station has heard in chat, though somebody has to.
    """
    now = settings.make_clock().now()
    async with opened(settings) as database, database.read() as tx:
        found = {
            "inbox_waiting": await inbox.count_waiting(tx),
            "outbox_waiting": await outbox.count_waiting(tx, now),
            "red": 0,
            "owed_today": 0,
            "contacted_today": 0,
            "unreachable": 0,
            "untold": 0,
            "second_channel": bool(settings.second_channel.get_secret_value()),
        }
        for station in await communities.every(tx):
            everybody = await elders.of_community(tx, station.id)
            found["red"] += sum(one.tier is Tier.RED for one in everybody)
            red = {one.id for one in await calls.red_today(tx, now, station)}
            open_ = {one.id for one, _ in await calls.waiting_today(tx, now, station)}
            found["owed_today"] += len(red)
            found["contacted_today"] += len(red - open_)
            found["unreachable"] += len(await members.unreachable(tx, station.id))
            untold = await channel.failing(tx, now, station)
            found["untold"] += len({one.elder_id for one in untold})
    return found
