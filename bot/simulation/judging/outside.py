"""9: of what nobody was told in chat the second channel was told, and it was told of nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.simulation.judging.bench import (
    WRONG_BY,
    Calm,
    Invariant,
    Records,
    Verdicts,
    moment_of,
)
from bot.simulation.judging.mail import Mail
from bot.simulation.outside import Spoken
from bot.simulation.town import Town

# Ten minutes of the setting, and as many for the beats, the attempts and the way.
SOON = timedelta(minutes=20)
# A missed day was a silent alert before, of which it was told within the hour.
WITHIN_THE_HOUR = timedelta(minutes=75)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STAFF = "SELECT member_id FROM member_role WHERE role IN ('supervisor', 'social_worker')"


@dataclass(frozen=True)
class Matter:
    """Something that somebody should have been told of since a moment."""

    what: str
    row: int
    elder: int
    since: datetime


class Outside:
    """Holds what the second channel was told against what arrived in chat."""

    def __init__(
        self,
        records: Records,
        mail: Mail,
        calm: Calm,
        verdicts: Verdicts,
        town: Town,
        spoken: Sequence[Spoken],
    ) -> None:
        self._records = records
        self._mail = mail
        self._calm = calm
        self._verdicts = verdicts
        self._town = town
        self._spoken = spoken
        self._read = 0
        self._alerts: list[Matter] = []
        self._missed: list[Matter] = []
        self._last = {"alert": 0, "red_day": 0}

    def judge(self, now: datetime) -> None:
        """Everything that should have been told by now."""
        self._judge_texts()
        self._take_in()
        self._alerts = [one for one in self._alerts if not self._is_judged(one, now, SOON)]
        self._missed = [
            one for one in self._missed if not self._is_judged(one, now, WITHIN_THE_HOUR)
        ]

    def _judge_texts(self) -> None:
        """No name, number or address leaves by it."""
        for one in self._spoken[self._read :]:
            found = [word for word in self._town.canaries if word in one.text]
            self._verdicts.check(
                Invariant.RIGHT_PERSON,
                not found,
                f"the second channel was told of somebody at {one.at}",
            )
        self._read = len(self._spoken)

    def _take_in(self) -> None:
        for row, elder, opened in self._new("alert", "elder_id, opened_at"):
            self._alerts.append(Matter("alert", row, elder, moment_of(opened)))
        for row, elder, closed, state in self._new("red_day", "elder_id, closed_at, state"):
            if state == "missed":
                self._missed.append(Matter("red_day", row, elder, moment_of(closed)))

    def _new(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        rows = self._records.rows(
            f"SELECT rowid, {columns} FROM {table} WHERE rowid>? ORDER BY rowid",  # noqa: S608 - our own words
            self._last[table],
        )
        self._last[table] = max([self._last[table], *(row for row, *_ in rows)])
        return rows

    def _is_judged(self, one: Matter, now: datetime, patience: timedelta) -> bool:
        if self._calm.clock_was_wrong(one.since):
            return True
        deadline = self._calm.deadline(one.since, patience)
        if deadline > now:
            return False
        if not self._is_over(one, deadline):
            begin = one.since - (MINUTE if one.what == "alert" else HOUR)
            spoken = any(begin <= said.at <= deadline for said in self._spoken)
            self._verdicts.check(
                Invariant.UNREACHABLE_IS_NOT_SILENT,
                spoken or self._heard(one, deadline),
                f"elder {one.elder}: nobody had been told in chat of what is owed since"
                f" {one.since}, and by {deadline} the second channel was not used",
            )
        return True

    def _is_over(self, one: Matter, deadline: datetime) -> bool:
        """Somebody took it, or it ended, or its day did; or nobody is in care any more."""
        exited = self._records.one("SELECT exited_at FROM elder WHERE id=?", one.elder)
        if one.what == "red_day":
            state, changed = self._records.rows(
                "SELECT state, changed_at FROM red_day WHERE rowid=?", one.row
            )[0]
            return bool(exited or changed or state != "missed")
        taken, closed, kind, day = self._records.rows(
            "SELECT taken_at, closed_at, kind, day FROM alert WHERE id=?", one.row
        )[0]
        ends = [moment_of(at) for at in (taken, closed, exited) if at]
        today = str(deadline.astimezone(self._town.zone).date())
        return any(at <= deadline for at in ends) or (kind == "silent" and day != today)

    def _heard(self, one: Matter, deadline: datetime) -> bool:
        """Whether a message about the elder stood in a chat of whoever had to be told."""
        if one.what == "alert":
            told = self._records.rows(
                "SELECT m.account, t.at FROM told t JOIN member m ON m.id=t.member_id"  # noqa: S608 - our own words
                f" WHERE t.alert_id=? AND t.member_id IN ({STAFF})",
                one.row,
            )
        else:
            told = self._records.rows(
                "SELECT m.account, t.at FROM told t JOIN member m ON m.id=t.member_id"
                " JOIN red_day r ON r.elder_id=t.elder_id AND r.day=t.day"
                " WHERE r.rowid=? AND t.step IN ('raise', 'closed')",
                one.row,
            )
        name = self._town.neighbours[one.elder].name
        letters = (
            self._mail.arrived(chat or 0, name, self._at_the_earliest(moment_of(at)))
            for chat, at in told
        )
        return any(letter is not None and letter.at <= deadline for letter in letters)

    def _at_the_earliest(self, told: datetime) -> datetime:
        return told - (WRONG_BY if self._calm.clock_was_wrong(told) else MINUTE)
