"""A hamlet: one social worker, a supervisor, red elders who answer, and somebody who looks."""

import sqlite3
from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from bot.playground.records import Person
from bot.playground.telegram import LocalTelegram
from bot.simulation.agenda import Agenda
from bot.simulation.cast import Cast
from bot.simulation.judging.errand_times import ErrandTimes
from care.access import Role
from care.days import moment
from care.elders import ElderFacts, Tier
from care.joining import Standing
from storage import communities, elders, members, pairings
from storage.engine import Database

CALLS_AT, EVENING = time(9), time(21)
PATIENCE = timedelta(minutes=10)


class Hamlet:
    """Who lives there, and how often each contact was pressed: (elder, day) → presses."""

    def __init__(self) -> None:
        self.pressed: Counter[tuple[int, str]] = Counter()

    worker: Person
    volunteer: Person


async def settle_in(
    database: Database, telegram: LocalTelegram, agenda: Agenda, count: int, *, zone: str
) -> Hamlet:
    """One pairing of red elders and those who look after them."""
    town = Hamlet()
    now = agenda.now()
    async with database.write() as tx:
        station = await communities.create(tx, now, "小村", zone, "zh_CN")
        ids = []
        people: dict[Role, Person] = {}
        for role in (Role.SOCIAL_WORKER, Role.SUPERVISOR, Role.VOLUNTEER):
            person = telegram.add_person(role.value)
            person.started = True
            people[role] = person
            member = await members.create(
                tx,
                now,
                station.id,
                role.value,
                frozenset({role}),
                standing=Standing.ACTIVE,
                account=person.id,
            )
            ids.append(member.id)
        red = [
            (await elders.add(tx, now, station.id, ElderFacts(name=f"老{n}", tier=Tier.RED))).id
            for n in range(count)
        ]
        await pairings.create(tx, now, station.id, ids[0], ids[2:], red)
        town.worker, town.volunteer = people[Role.SOCIAL_WORKER], people[Role.VOLUNTEER]
        group = telegram.add_group("小村", [town.worker, town.volunteer])
        group.bot = "member"
        await communities.set_group(tx, station.id, group.id)
    return town


class People:
    """The social worker calls everybody at nine, and again ten minutes later until it is noted.

    With faults the volunteer blocks the bot on some evenings.
    """

    def __init__(
        self, town: Hamlet, telegram: LocalTelegram, agenda: Agenda, *, faults: bool
    ) -> None:
        self.town, self.telegram, self.agenda, self.faults = town, telegram, agenda, faults

    def begin(self) -> None:
        today = self.agenda.now().astimezone(self.agenda.zone).date()
        self.agenda.at(moment(today, CALLS_AT, self.agenda.zone), self.call)
        if self.faults and not self.town.volunteer.blocked:
            self.agenda.at(moment(today, EVENING, self.agenda.zone), self.block)
        self.agenda.at(moment(today + timedelta(days=1), time(0), self.agenda.zone), self.begin)

    @property
    def today(self) -> str:
        """The date on the wall."""
        return str(self.agenda.now().astimezone(self.agenda.zone).date())

    def block(self) -> None:
        """Enough for today."""
        phones, volunteer = self.telegram.phones, self.town.volunteer
        if self.faults and self.agenda.random.random() < 0.5:
            phones.block(volunteer)
            self.agenda.later(3600, partial(phones.unblock, volunteer))

    def call(self) -> None:
        """Press every outcome that is offered, then look again later."""
        worker = self.town.worker
        for message in reversed(self.telegram.phones.read(worker)):
            for data in [one.data or "" for row in message.rows for one in row]:
                if data.startswith("call:") or (
                    data.startswith("log:") and data.split(":")[3] == "fine"
                ):
                    self.telegram.phones.press(worker, message.id, data)
                    if data.startswith("log:"):
                        self.town.pressed[int(data.split(":")[1]), self.today] += 1
                    break
            else:
                continue
            break
        now = self.agenda.now().astimezone(self.agenda.zone)
        if now.hour < 22:
            self.agenda.at(self.agenda.now() + PATIENCE, self.call)


class Judge:
    """Counts who was reached; nothing may be half done, doubled or lost."""

    def __init__(self, file: str, telegram: LocalTelegram, town: Hamlet, **_others: Any) -> None:
        self.checks: Counter[str] = Counter()
        self.coverage: Counter[str] = Counter()
        self.errands = ErrandTimes()
        self.violations: list[str] = []
        self.red_days: Counter[str] = Counter()
        self.contacts: dict[date, int] = {}
        self.telegram, self.town = telegram, town
        self._file = sqlite3.connect(file)

    def _ask(self, sql: str, *values: object) -> int:
        found: int = self._file.execute(sql, values).fetchone()[0]
        return found

    def after_day(self, day: date, now: datetime) -> None:
        self._sound()
        met = self._ask("SELECT count(DISTINCT elder_id) FROM contact WHERE day = ?", str(day))
        self.red_days["met"] += met
        self.contacts[day] = met
        counted = self._file.execute("SELECT elder_id, day, count(*) FROM contact GROUP BY 1, 2")
        for elder, when, count in counted.fetchall():
            if count > self.town.pressed[elder, when]:
                self.violations.append(f"twice: elder {elder} on {when}")

    def after_restart(self, now: datetime) -> None:
        self._sound()

    def at_the_end(self, now: datetime) -> None:
        self.checks["calm"] += 1
        waiting = self._ask("SELECT count(*) FROM inbox WHERE state = 'waiting'")
        sending = self._ask("SELECT count(*) FROM outbox WHERE state = 'sending'")
        if waiting or sending:
            self.violations.append(f"calm: {waiting} waiting, {sending} sending")

    def close(self) -> None:
        self._file.close()

    def _sound(self) -> None:
        self.checks["sound"] += 1
        [[word]] = self._file.execute("PRAGMA integrity_check").fetchall()
        if word != "ok" or self._file.execute("PRAGMA foreign_key_check").fetchall():
            self.violations.append("sound: the file is damaged")
        here = {one for (one,) in self._file.execute("SELECT update_id FROM inbox")}
        lost = self.telegram.world.updates.forgotten - here
        if lost:
            self.violations.append(f"lost: {lost}")


HAMLET = Cast(settle_in, People, Judge)
