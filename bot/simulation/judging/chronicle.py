"""The raw rows of a station, told as what happened to each elder."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.simulation.judging.bench import Records, day_of, moment_of, stored
from bot.simulation.town import Town

RED = "red"


@dataclass
class Story:
    """An elder's time in care, from the raw rows: `tiers` begin at these moments, oldest first."""

    begin: datetime
    end: datetime | None
    tiers: list[tuple[datetime, str | None]] = field(default_factory=list)

    def red_within(self, begin: datetime, end: datetime) -> bool:
        """Whether they were red and in care at any moment of a stretch."""
        begin, end = max(begin, self.begin), min(end, self.end or end)
        if begin >= end:
            return False
        follows = [*(at for at, _ in self.tiers[1:]), None]
        return any(
            tier == RED and at < end and (then is None or then > begin)
            for (at, tier), then in zip(self.tiers, follows, strict=True)
        )

    def always_red_until(self, begin: datetime, moment: datetime) -> bool:
        """Whether they were red from the day's begin on, without a change."""
        if self.begin > begin or (self.end is not None and self.end <= moment):
            return False
        now = [tier for at, tier in self.tiers if at <= begin][-1:]
        return now == [RED] and not any(begin < at <= moment for at, _ in self.tiers)


@dataclass(frozen=True)
class Pause:
    """A stretch in which nothing was owed."""

    first: date
    until: date
    created: datetime
    ended: date | None

    def covers(self, day: date) -> bool:
        """Whether it covers the end of a day."""
        return self.first <= day < min(self.until, self.ended or self.until)


@dataclass(frozen=True)
class Closed:
    """A row of the ledger."""

    elder: int
    closed_as: str
    state: str
    closed_at: datetime


class Chronicle:
    """What the file says of a day."""

    def __init__(self, records: Records, town: Town) -> None:
        self._records = records
        self._town = town
        self._last_change = ""

    def told(self, day: date) -> dict[int, list[tuple[int, datetime]]]:
        """Whom somebody was named to, and when: by elder, the chats."""
        found: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
        for elder, account, at in self._records.rows(
            "SELECT t.elder_id, m.account, t.at FROM told t JOIN member m ON m.id=t.member_id"
            " WHERE t.community_id=? AND t.day=? AND t.step IN ('raise', 'closed')",
            self._town.station,
            str(day),
        ):
            found[elder].append((account or 0, moment_of(at)))
        return found

    def closed(self, day: date) -> list[Closed]:
        """The rows of the ledger of a day."""
        return [
            Closed(elder, closed_as, state, moment_of(at))
            for elder, closed_as, state, at in self._records.rows(
                "SELECT elder_id, closed_as, state, closed_at FROM red_day"
                " WHERE community_id=? AND day=?",
                self._town.station,
                str(day),
            )
        ]

    def changed_days(self) -> set[date]:
        """Days of which the ledger was changed after they were closed, since the last look."""
        rows = self._records.rows(
            "SELECT day, changed_at FROM red_day WHERE community_id=? AND changed_at>?",
            self._town.station,
            self._last_change,
        )
        self._last_change = max((at for _, at in rows), default=self._last_change)
        return {day_of(day) for day, _ in rows}

    def corrected(self, day: date, since: datetime) -> set[int]:
        """Elders of whose day it cannot be said any more how it looked while it lasted."""
        return {
            elder
            for (elder,) in self._records.rows(
                "SELECT elder_id FROM contact WHERE community_id=? AND day=?"
                " AND withdrawn_at IS NOT NULL UNION SELECT c.elder_id FROM contact_change x"
                " JOIN contact c ON c.id=x.contact_id WHERE x.at>=?",
                self._town.station,
                str(day),
                stored(since),
            )
        }

    def contacts(self, day: date) -> dict[int, list[datetime]]:
        """When the contacts of a day were written down, by elder; attempts are none."""
        found: defaultdict[int, list[datetime]] = defaultdict(list)
        for elder, at in self._records.rows(
            "SELECT elder_id, recorded_at FROM contact WHERE community_id=? AND day=?"
            " AND outcome IN ('fine', 'follow_up', 'emergency') AND withdrawn_at IS NULL",
            self._town.station,
            str(day),
        ):
            found[elder].append(moment_of(at))
        return found

    def pauses(self, day: date) -> dict[int, list[Pause]]:
        """The pauses that touch a day."""
        found: defaultdict[int, list[Pause]] = defaultdict(list)
        for elder, first, until, created, ended in self._records.rows(
            "SELECT elder_id, first_day, until, created_at, ended_at FROM pause"
            " WHERE community_id=? AND first_day<=? AND until>?",
            self._town.station,
            str(day),
            str(day),
        ):
            back = moment_of(ended).astimezone(self._town.zone).date() if ended else None
            found[elder].append(Pause(day_of(first), day_of(until), moment_of(created), back))
        return found

    def stories(self) -> dict[int, Story]:
        """Everybody's time in care; what was before the first change was there from the start."""
        found: dict[int, Story] = {}
        now_is: dict[int, str | None] = {}
        for elder, created, exited, tier in self._records.rows(
            "SELECT id, created_at, exited_at, tier FROM elder WHERE community_id=?",
            self._town.station,
        ):
            found[elder] = Story(moment_of(created), moment_of(exited) if exited else None)
            now_is[elder] = tier
        for elder, at, before, after in self._records.rows(
            "SELECT elder_id, at, before, after FROM tier_change WHERE community_id=?"
            " ORDER BY at, id",
            self._town.station,
        ):
            story = found[elder]
            if not story.tiers:
                story.tiers.append((story.begin, before))
            story.tiers.append((moment_of(at), after))
        for elder, story in found.items():
            if not story.tiers:
                story.tiers.append((story.begin, now_is[elder]))
        return found
