"""Holds the program to its thirteen invariants, from the file and from what really was sent.

It asks none of the program's own queries, so that a mistake in them cannot hide. See "How we know
that nobody is missed" in docs/architecture.md for the invariants.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.playground.telegram import LocalTelegram
from bot.simulation.journal import Journal
from bot.simulation.judging.bench import Calm, Invariant, Records, Verdicts
from bot.simulation.judging.coverage import Coverage
from bot.simulation.judging.days import STAFF_AWAY_FOR_LONG, Days
from bot.simulation.judging.errand_times import ErrandTimes, errand_times
from bot.simulation.judging.keeping import Keeping
from bot.simulation.judging.letters import Letters
from bot.simulation.judging.mail import Mail
from bot.simulation.judging.outside import Outside
from bot.simulation.judging.owners import Owners
from bot.simulation.judging.privacy import Privacy
from bot.simulation.outside import Spoken
from bot.simulation.town import Town
from bot.simulation.troubles import Troubles

DAYS_BETWEEN_WHOLE_LOOKS = 7


class Judge:
    """Looks after every day, after every restart, and at the end.

    Attributes:
        checks: how often each invariant was looked at; one that never was proves nothing.
        violations: what does not hold, in sentences.
        red_days: how the days of the red ended.
        errands: how long claims took, and how often each volunteer was asked; known at the end.
    """

    def __init__(
        self,
        path: Path | str,
        telegram: LocalTelegram,
        town: Town,
        *,
        troubles: Troubles | None = None,
        journal: Journal | None = None,
        spoken: Sequence[Spoken] = (),
    ) -> None:
        """Begin before the program does.

        Args:
            path: the SQLite file.
            telegram: its log is taken in and emptied at every look.
            town: who is who.
            troubles: what is in the way, and excuses lateness; and the account of all faults.
            journal: shows the program's log lines.
            spoken: what the second channel is told.
        """
        self._records = Records(Path(path))
        self._verdicts = Verdicts()
        self._troubles = troubles
        self._calm = (
            Calm(troubles.past, troubles.agenda.start, troubles.faults.locked)
            if troubles
            else Calm((), telegram.world.now())
        )
        self._mail = Mail(telegram)
        self._lines: list[str] = []
        if journal is not None:
            journal.on_line = self.logged
        records, mail, calm, verdicts = self._records, self._mail, self._calm, self._verdicts
        self._days = Days(records, mail, calm, verdicts, telegram, town)
        self._owners = Owners(records, mail, verdicts)
        self._letters = Letters(records, mail, calm, verdicts, telegram, town)
        self._privacy = Privacy(records, mail, verdicts, town, telegram.token)
        self._outside = Outside(records, mail, calm, verdicts, town, spoken)
        self._keeping = Keeping(records, verdicts)
        self._coverage = Coverage(records, verdicts)
        self._looks = 0
        self.errands = ErrandTimes()

    @property
    def checks(self) -> Counter[str]:
        """Checks by invariant."""
        return self._verdicts.checks

    @property
    def violations(self) -> list[str]:
        """What does not hold."""
        return self._verdicts.violations

    @property
    def red_days(self) -> Counter[str]:
        """Days of red elders by how they ended."""
        return self._days.red_days

    @property
    def coverage(self) -> Counter[str]:
        """Visits owed in whole weeks: owed, coverable, covered."""
        return self._coverage.visits

    def after_day(self, day: date, now: datetime) -> None:
        """A local day is over; it is judged once the program has had time to close it."""
        self._days.over(day)
        self._coverage.over(day)
        self._looks += 1
        self._look(now, whole=self._looks % DAYS_BETWEEN_WHOLE_LOOKS == 0)
        self._days.judge(now)
        self._calm.forget(now - STAFF_AWAY_FOR_LONG)

    def after_restart(self, now: datetime) -> None:
        """The process was gone and has come back: nothing may be missing."""
        self._calm.restarts.append(now)
        self._letters.judge_updates(now)
        self._keeping.judge(whole=False)

    def at_the_end(self, now: datetime) -> None:
        """Two quiet days are over: everything is settled."""
        self._look(now, whole=True)
        self._days.judge(now)
        self._letters.judge_calm(now)
        self.errands = errand_times(self._records)
        if self._troubles is not None:
            account = self._troubles.faults.account
            self.account_for(account.injected, account.seen)

    def account_for(self, injected: Mapping[str, int], seen: Mapping[str, int]) -> None:
        """12: every fault that was injected was met: tried again, set aside, or restarted from."""
        for kind in sorted({*injected, *seen}):
            struck, met = injected.get(kind, 0), seen.get(kind, 0)
            self._verdicts.check(
                Invariant.FAULTS_ACCOUNTED_FOR,
                struck == met,
                f"{kind}: {struck} injected, {met} seen",
            )

    def logged(self, event: Mapping[str, Any]) -> None:
        """A line of the program's log, as its parts."""
        self._lines.append(" ".join(f"{name}={value}" for name, value in event.items()))

    def close(self) -> None:
        """Let go of the file."""
        self._records.close()

    def _look(self, now: datetime, *, whole: bool) -> None:
        if self._troubles is not None:
            self._calm.down_until(self._troubles.down_until)
        self._mail.read(now)
        self._letters.judge_updates(now)
        self._letters.judge_sent()
        self._letters.judge_unique()
        self._letters.judge_reach(now)
        self._outside.judge(now)
        self._owners.judge()
        self._privacy.judge()
        self._privacy.judge_logs(self._lines)
        self._lines.clear()
        self._keeping.judge(whole=whole)
        self._keeping.judge_file(whole=whole)
