"""1 and 8: how every red elder's day ended, and whether what has a time happened in time."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from json import loads

from bot.playground.telegram import LocalTelegram
from bot.simulation.judging.bench import (
    WRONG_BY,
    Calm,
    Invariant,
    Records,
    Verdicts,
    moment_of,
)
from bot.simulation.judging.chronicle import Chronicle, Closed, Pause, Story
from bot.simulation.judging.mail import Mail
from bot.simulation.town import Town

PATIENCE = timedelta(minutes=10)
STAFF_AWAY_FOR_LONG = timedelta(days=6)
CALL_LIST_AT, ESCALATE_AT = time(8, 30), time(17)
SOON = timedelta(seconds=2)


class Days:
    """Judges a day once the program has had ten calm minutes after its end."""

    def __init__(
        self,
        records: Records,
        mail: Mail,
        calm: Calm,
        verdicts: Verdicts,
        telegram: LocalTelegram,
        town: Town,
    ) -> None:
        self._records = records
        self._chronicle = Chronicle(records, town)
        self._mail = mail
        self._calm = calm
        self._verdicts = verdicts
        self._telegram = telegram
        self._town = town
        self._pending: list[date] = []
        self._first: date | None = None
        self._founded: datetime | None = None
        self.red_days: Counter[str] = Counter()

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """When the local day began and ended."""
        zone = self._town.zone
        begin = datetime.combine(day, time(0), zone).astimezone(UTC)
        return begin, datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)

    def at(self, day: date, clock: time) -> datetime:
        """A local time of a day."""
        return datetime.combine(day, clock, self._town.zone).astimezone(UTC)

    def over(self, day: date) -> None:
        """A day has ended; it will be judged when it can be."""
        self._first = self._first or day
        if day not in self._pending:
            self._pending.append(day)

    def judge(self, now: datetime) -> None:
        """Judge every day that can be judged by now, and what was changed of earlier ones."""
        waiting = []
        stories = self._chronicle.stories()
        for day in self._pending:
            ready = self._calm.deadline(self.bounds(day)[1], PATIENCE) <= now
            if not ready or not self._judge(day, now, stories):
                waiting.append(day)
        for day in self._chronicle.changed_days() - set(self._pending):
            self._judge_states(day, self._chronicle.closed(day), stories)
        self._pending = waiting

    def _judge(self, day: date, now: datetime, stories: dict[int, Story]) -> bool:
        """One day; False when it has to wait because chat reaches nobody of the staff."""
        rows = self._chronicle.closed(day)
        missed = [one for one in rows if one.state == "missed"]
        told = self._chronicle.told(day) if missed else {}
        untold = [one for one in missed if not self._delivered(one.elder, told)]
        if untold and self._staff_is_gone() and now - self.bounds(day)[1] < STAFF_AWAY_FOR_LONG:
            return False
        begin, end = self.bounds(day)
        red = {elder for elder, story in stories.items() if story.red_within(begin, end)}
        self._judge_rows(day, rows, red)
        self._judge_states(day, rows, stories)
        for one in untold:
            self._verdicts.broken(
                Invariant.NO_SILENT_MISS,
                f"elder {one.elder} was missed on {day}, and nobody was told",
            )
        self._judge_time(day, missed, told, stories)
        self.red_days.update(one.state for one in rows)
        return True

    def _judge_rows(self, day: date, rows: list[Closed], red: set[int]) -> None:
        verdicts = self._verdicts
        verdicts.looked(Invariant.NO_SILENT_MISS, max(1, len(red)))
        counted = Counter(one.elder for one in rows)
        for elder in sorted(red - counted.keys()):
            verdicts.broken(
                Invariant.NO_SILENT_MISS, f"elder {elder} was red on {day}, and the day has no end"
            )
        for elder in sorted(counted.keys() - red):
            verdicts.broken(
                Invariant.NO_SILENT_MISS, f"elder {elder} was not red on {day}, but has a row"
            )
        closed = self._records.one(
            "SELECT COUNT(*) FROM closed_day WHERE community_id=? AND day=?",
            self._town.station,
            str(day),
        )
        verdicts.check(Invariant.TIME, closed == 1, f"{day} was closed {closed} times")
        doubled = [elder for elder, count in counted.items() if count > 1]
        verdicts.check(Invariant.TIME, not doubled, f"{day} has two rows for elders {doubled}")
        first = self._first or day
        found = self._records.one(
            "SELECT COUNT(DISTINCT day) FROM closed_day"
            " WHERE community_id=? AND day BETWEEN ? AND ?",
            self._town.station,
            str(first),
            str(day),
        )
        gaps = (day - first).days + 1 - found
        verdicts.check(Invariant.TIME, not gaps, f"{gaps} days up to {day} were never closed")

    def _judge_states(self, day: date, rows: list[Closed], stories: dict[int, Story]) -> None:
        contacts = self._chronicle.contacts(day)
        pauses = self._chronicle.pauses(day)
        _, end = self.bounds(day)
        for one in rows:
            made = contacts.get(one.elder, [])
            early = [at for at in made if at <= one.closed_at]
            gone = stories[one.elder].end
            excused = (gone is not None and gone < end) or any(
                pause.covers(day) for pause in pauses.get(one.elder, [])
            )
            wrong = {
                "met": not made or (one.closed_as == "met" and not early),
                "excused": bool(made) or not excused,
                "missed": bool(made),
            }.get(one.state, True)
            if wrong:
                self._verdicts.broken(
                    Invariant.NO_SILENT_MISS,
                    f"elder {one.elder} on {day} is written down as {one.state} (at 24:00 as"
                    f" {one.closed_as}) with {len(made)} contacts, {len(early)} of them in time,"
                    f" excuse {excused}",
                )

    def _judge_time(
        self,
        day: date,
        missed: list[Closed],
        told: dict[int, list[tuple[int, datetime]]],
        stories: dict[int, Story],
    ) -> None:
        """08:30 and 17:00 happened in time, where nothing was in the way."""
        pauses = self._chronicle.pauses(day)
        self._judge_call_lists(day, stories, pauses)
        due = self.at(day, ESCALATE_AT)
        deadline = self._calm.deadline(due, PATIENCE)
        if deadline > self.bounds(day)[1] or self._staff_is_gone():
            return
        begin = self.bounds(day)[0]
        unclear = pauses.keys() | self._chronicle.corrected(day, begin)
        for one in missed:
            if one.elder in unclear or not stories[one.elder].always_red_until(begin, due):
                continue
            first = min(
                (at for chat, since in told.get(one.elder, [])
                 if (at := self._arrival(one.elder, chat, since)) is not None),
                default=None,
            )  # fmt: skip
            self._verdicts.check(
                Invariant.TIME,
                first is None or first <= deadline,
                f"elder {one.elder}: somebody was told only at {first}, not by {deadline}",
            )

    def _judge_call_lists(
        self, day: date, stories: dict[int, Story], pauses: dict[int, list[Pause]]
    ) -> None:
        due = self.at(day, CALL_LIST_AT)
        deadline = self._calm.deadline(due, PATIENCE)
        if deadline > self.bounds(day)[1] or due < self._since():
            return
        rows = {
            member: (chat, message, state, sent_at)
            for facts, member, chat, message, state, sent_at in self._records.rows(
                "SELECT facts, member_id, chat, message, state, sent_at FROM outbox"
                " WHERE notice='call_list' AND key LIKE ?",
                f"call_list:%:{day}",
            )
            if loads(facts).get("day") == str(day)
        }
        for member in self._owing(day, due, stories, pauses):
            chat, message, state, sent_at = rows.get(member, (0, None, "absent", None))
            if state in {"refused", "dropped"}:
                continue
            at = self._mail.sent_at(chat, message) if message is not None else None
            if at is None and sent_at is not None:
                at = moment_of(sent_at)
                if self._calm.clock_was_wrong(at):
                    continue
            self._verdicts.check(
                Invariant.TIME,
                at is not None and at <= deadline,
                f"member {member} had the call list of {day} at {at} ({state}), not by {deadline}",
            )

    def _owing(
        self, day: date, due: datetime, stories: dict[int, Story], pauses: dict[int, list[Pause]]
    ) -> set[int]:
        """The social workers who are there and lead somebody red."""
        led = self._records.rows(
            "SELECT p.worker_id, e.elder_id FROM pairing p JOIN pairing_elder e"
            " ON e.pairing_id=p.id JOIN member m ON m.id=p.worker_id"
            " WHERE p.ended_at IS NULL AND m.account IS NOT NULL AND m.blocked_at IS NULL"
            " AND m.standing='active' AND p.worker_id NOT IN"
            " (SELECT member_id FROM leave WHERE first_day<=? AND last_day>=?)",
            str(day),
            str(day),
        )
        return {
            worker
            for worker, elder in led
            if elder not in pauses and stories[elder].red_within(due, due + SOON)
        }

    def _since(self) -> datetime:
        if self._founded is None:
            text = self._records.one(
                "SELECT created_at FROM community WHERE id=?", self._town.station
            )
            self._founded = moment_of(text)
        return self._founded

    def _staff_is_gone(self) -> bool:
        """Whether nobody of the staff can be written to."""
        staff = self._records.rows(
            "SELECT m.account, m.blocked_at FROM member m JOIN member_role r ON r.member_id=m.id"
            " WHERE r.role IN ('supervisor', 'social_worker') AND m.account IS NOT NULL"
        )
        return all(
            blocked is not None or self._telegram.people[account].blocked
            for account, blocked in staff
        )

    def _delivered(self, elder: int, told: dict[int, list[tuple[int, datetime]]]) -> bool:
        return any(
            self._arrival(elder, chat, since) is not None for chat, since in told.get(elder, [])
        )

    def _arrival(self, elder: int, chat: int, since: datetime) -> datetime | None:
        """When a message about the elder stood in the chat of whoever was told."""
        name = self._town.neighbours[elder].name
        found = self._mail.arrived(chat, name, since - WRONG_BY)
        return found.at if found else None
