"""Running the demo: a Telegram of our own, the whole service on it, and the page of phones."""

import asyncio
import os
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot.clock import OwnClock
from bot.demo import colleagues, roster
from bot.demo.cast import CHEN, GROUP_TITLE, LI, LIU, ON_PAGE, STAFF, VOLUNTEERS, ZONE
from bot.demo.clockbar import DemoClock
from bot.demo.seed import AlreadyThere, seed
from bot.playground.limits import Limits
from bot.playground.records import Group, Person
from bot.playground.server import serving
from bot.playground.telegram import LocalTelegram
from bot.routes import build
from bot.service import Service, requests
from bot.settings import SettingWrong
from care.days import local_day, week_of
from care.notices import Notice
from storage import members, outbox
from storage.engine import Database, parse_url
from storage.migrate import migrate
from storage.tables import Community
from storage.week import visits_card

BEGINS = datetime(2026, 4, 9, 8, 20, tzinfo=ZoneInfo(ZONE))
# How many of the page's people have pressed start this morning and see their menu.
AWAKE = 6
# Seconds a jump waits for its messages; with faults switched on they take longer.
PATIENCE = 4
READY = (
    "暖邻演示已就绪，请在浏览器打开 {url} ，按 Ctrl-C 结束。"
    " The demo is ready: open {url} in a browser; Ctrl-C ends it."
)


async def run(*, port: int, browser: bool, database_url: str | None = None) -> None:
    """Serve the demo until cancelled; its database is a temporary file unless a URL is given.

    Raises:
        SettingWrong: the port is taken, or the database has the demo community already.
    """
    with TemporaryDirectory(prefix="nuanlin-demo-", ignore_cleanup_errors=True) as folder:
        url = parse_url(database_url or f"sqlite:///{Path(folder) / 'demo.db'}")
        await migrate(url)
        database = Database(url)
        try:
            await _play(database, port, browser=browser)
        except AlreadyThere as error:
            raise SettingWrong(str(error)) from None
        finally:
            await database.close()


async def _play(database: Database, port: int, *, browser: bool) -> None:
    clock = OwnClock(BEGINS)

    def seconds() -> float:
        """Of the demo's clock: over an hour that is jumped over, a chat that was full empties."""
        return clock.now().timestamp()

    telegram = LocalTelegram(clock=clock.now, limits=Limits(clock=seconds))
    group = add_people(telegram)
    bar = DemoClock(clock, ZoneInfo(ZONE), _nothing_yet, (roster.LINK,))
    async with _page(telegram, port, bar) as url:
        station = await seed(database, clock.now(), group.id)
        await _greet(database, clock.now(), station)
        request, polling = requests()
        application = build(request, polling, telegram.token, url)
        service = Service.make(database, application, clock)
        service.sender.monotonic = seconds

        async def after(passing: bool) -> None:
            await colleagues.work(database, clock.now(), station.id, all_of_them=passing)
            await service.heartbeat.beat()
            service.sender.wake()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await _sent(database, clock)

        bar.after = after
        await application.initialize()
        try:
            await _wake_up(telegram, group, service)
            print(READY.format(url=url), flush=True)  # noqa: T201 - a command's answer
            if browser:
                await asyncio.to_thread(webbrowser.open, url)
            await _until_ended(service, bar)
        finally:
            # The service does this too, but only once it has begun to run.
            await application.shutdown()


async def _until_ended(service: Service, bar: DemoClock) -> None:
    """Run; a jump that is under way at the end finds the service still there."""
    running = asyncio.create_task(service.run(), name="service")
    try:
        await asyncio.wait([running])
    finally:
        try:
            await bar.end()
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def _sent(database: Database, clock: OwnClock) -> None:
    """Wait until nothing that is due waits to be sent."""
    while True:
        async with database.read() as tx:
            if not await outbox.count_waiting(tx, clock.now()):
                return
        await asyncio.sleep(0.05)


async def _nothing_yet(_passing: bool) -> None:
    """Nobody can jump before the service is there."""


@asynccontextmanager
async def _page(telegram: LocalTelegram, port: int, bar: DemoClock) -> AsyncIterator[str]:
    page = serving(telegram, port, clock=bar, more=[roster.route()])
    try:
        url = await page.__aenter__()
    except OSError as error:
        raise SettingWrong(
            f"Port {port} cannot be used ({os.strerror(error.errno or 0)}): "
            "choose another one, e.g. `nuanlin demo --port 9000`."
        ) from None
    try:
        yield url
    finally:
        await page.__aexit__(None, None, None)


def add_people(telegram: LocalTelegram) -> Group:
    """Everybody with a phone, all of whom have met the bot; and the volunteers' group."""
    phones: dict[str, Person] = {}
    for actor in ON_PAGE:
        phones[actor.name] = telegram.add_person(
            actor.name,
            id=actor.account,
            phone=actor.phone,
            label=actor.label,
            label_en=actor.label_en,
        )
        phones[actor.name].started = True
    helpers = [one.actor for one in VOLUNTEERS]
    return telegram.add_group(GROUP_TITLE, [phones[one.name] for one in (*STAFF, *helpers)])


async def _greet(database: Database, now: datetime, station: Community) -> None:
    """Everybody's command menu; and to the two volunteers in front, the week that is on."""
    week = week_of(local_day(now, ZoneInfo(ZONE)))
    async with database.write() as tx:
        for actor in ON_PAGE:
            person = await members.person_of_account(tx, actor.account or 0)
            if person is None or person.to is None:
                continue
            await outbox.post(tx, now, person.to, Notice.COMMANDS)
            if actor.name in {CHEN, LIU}:
                number = person.member.id
                await outbox.post(
                    tx,
                    now,
                    person.to,
                    Notice.VISITS,
                    {"week": str(week)},
                    key=f"visits:{number}:{week}",
                    card=visits_card(number),
                )


async def _wake_up(telegram: LocalTelegram, group: Group, service: Service) -> None:
    """Those in front open the bot, and the social worker takes it into the group."""
    telegram.phones.add_bot(group, telegram.people[LI.account or 0])
    for actor in ON_PAGE[:AWAKE]:
        telegram.phones.start(telegram.people[actor.account or 0])
    # Handled before anything is sent, so that the menus come first and the cards after them.
    await service.receiver.poll_once(0)
    await service.turns.drain()
