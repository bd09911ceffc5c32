"""3, 4, 7, 9: nothing lost on the way in, nothing doubled on the way out, nobody silently gone."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.playground.telegram import LocalTelegram
from bot.simulation.judging.bench import (
    WRONG_BY,
    Calm,
    Invariant,
    Records,
    Verdicts,
    moment_of,
    stored,
)
from bot.simulation.judging.mail import Letter, Mail
from bot.simulation.town import Town
from care.notices import Delivery, Notice, manner_of

LONGEST_WAIT = timedelta(seconds=60)
DIED_WITHIN = timedelta(seconds=90)
PAST_DUE = timedelta(seconds=60)
DAY = timedelta(days=1)
LOOKED_AT_AGAIN = 200
PARTS_OF_A_CALL = 4
MUST = frozenset(one for one in Notice if manner_of(one).delivery is Delivery.MUST)


@dataclass(frozen=True)
class Gone:
    """Somebody whom chat did not reach; `row` is the update that said so, 0 a refused message."""

    at: datetime
    chat: int
    row: int = 0


class Letters:
    """What came in and what went out, held against inbox and outbox."""

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
        self._mail = mail
        self._calm = calm
        self._verdicts = verdicts
        self._telegram = telegram
        self._town = town
        self._allowed: Counter[int] = Counter()
        self._unfinished = 0
        self._last_contact = 0
        self._last_update = 0
        self._last_kick = 0
        self._gone: list[Gone] = []

    def judge_updates(self, now: datetime) -> None:
        """3: what Telegram was told to forget is kept, and does not wait."""
        forgotten = self._telegram.world.updates.forgotten
        for number in sorted(forgotten):
            found = self._records.rows("SELECT id, state FROM inbox WHERE update_id=?", number)
            self._verdicts.check(
                Invariant.NO_UPDATE_LOST, found, f"update {number} is not in the inbox"
            )
            for row, state in found:
                if state == "aside":
                    self._judge_alarm(row)
        forgotten.clear()
        self._judge_waits(now)

    def _judge_waits(self, now: datetime) -> None:
        """None waits longer than a minute while the program is up and may write.

        One lock is shorter than that; many of them right after a start, with many updates, are not.
        """
        for row, received, ended, state in self._records.rows(
            "SELECT id, received_at, ended_at, state FROM inbox WHERE id>? OR state='waiting'",
            self._last_update,
        ):
            if state != "waiting":
                self._last_update = max(self._last_update, row)
            begin = moment_of(received)
            end = moment_of(ended) if ended else now
            if end - begin <= LONGEST_WAIT or self._calm.clock_was_wrong(begin):
                continue
            self._verdicts.check(
                Invariant.NO_UPDATE_LOST,
                self._calm.deadline(begin, LONGEST_WAIT) >= end - self._calm.locked(begin, end),
                f"inbox row {row} has waited since {begin}",
            )

    def _judge_alarm(self, row: int) -> None:
        told = self._records.one(
            "SELECT COUNT(*) FROM outbox WHERE notice='alarm' AND key LIKE ?", f"aside:{row}:%"
        )
        self._verdicts.check(
            Invariant.NO_UPDATE_LOST, told, f"inbox row {row} was set aside without an alarm"
        )

    def judge_sent(self) -> None:
        """4: every message that arrived belongs to a row, and no row to more than it may."""
        known = self._finished()
        for letter in self._mail.settled:
            self._verdicts.looked(Invariant.NO_DOUBLE_EFFECT)
            if letter.message and (letter.chat, letter.message) in known:
                continue
            if not self._unclear(letter):
                self._verdicts.broken(
                    Invariant.NO_DOUBLE_EFFECT,
                    f"message {letter.message} in chat {letter.chat} at {letter.at} is a second"
                    " one, or nobody's",
                )

    def _finished(self) -> set[tuple[int, int]]:
        """The messages that the outbox knows of, back to its oldest row that is not finished."""
        rows = self._records.rows(
            "SELECT id, chat, message, state, edits FROM outbox WHERE id>=?", self._unfinished
        )
        known = {(chat, number) for _, chat, number, _, edits in rows if edits is None}
        open_ = [row for row, _, _, state, _ in rows if state in {"waiting", "sending"}]
        # Letters settle some minutes after their rows, so the last rows are looked at twice.
        newest = max((row for row, *_ in rows), default=self._unfinished)
        before, self._unfinished = self._unfinished, min([newest, *open_])
        self._unfinished = max(before, self._unfinished - LOOKED_AT_AGAIN)
        return known

    def _unclear(self, letter: Letter) -> bool:
        """Whether a row admits that it may have been sent once more than is known; used up by it.

        A `must` that was unclear n times may arrive n times besides; a `once` is not sent again.
        """
        rows = self._records.rows(
            "SELECT id, notice, state, unclear FROM outbox WHERE chat=? AND edits IS NULL"
            " AND (unclear>0 OR state IN ('unclear', 'sending')) AND created_at<=?"
            " ORDER BY created_at DESC, id DESC LIMIT 50",
            letter.chat,
            stored(letter.at + WRONG_BY),
        )
        for row, notice, state, unclear in rows:
            times = (unclear if notice in MUST else 0) + (state in {"unclear", "sending"})
            if self._allowed[row] < times:
                self._allowed[row] += 1
                return True
        return False

    def judge_unique(self) -> None:
        """4: keys are unique, and one press makes at most one contact."""
        for table, keys in _KEYS.items():
            found = self._records.rows(
                f"SELECT {keys}, COUNT(*) FROM {table} WHERE rowid>"  # noqa: S608 - our own words
                f" (SELECT COALESCE(MAX(rowid), 0) FROM {table})-400"
                f" AND key IS NOT NULL GROUP BY {keys} HAVING COUNT(*)>1"
            )
            self._verdicts.check(
                Invariant.NO_DOUBLE_EFFECT, not found, f"keys doubled in {table}: {found}"
            )
        new = self._records.rows(
            "SELECT id, key FROM contact WHERE id>? AND key LIKE 'call:%'",
            self._last_contact,
        )
        if not new:
            return
        self._last_contact = max(row for row, *_ in new)
        written = [str(key).split(":") for _, key in new]
        calls = [parts for parts in written if len(parts) == PARTS_OF_A_CALL]
        for day in {parts[2] for parts in calls}:
            pressed = self._pressed(day)
            for _, elder, at, version in (parts for parts in calls if day in parts):
                self._verdicts.check(
                    Invariant.NO_DOUBLE_EFFECT,
                    (elder, version) in pressed,
                    f"elder {elder} has call {version} of {at}, which nobody pressed",
                )

    def _pressed(self, day: str) -> set[tuple[str, str]]:
        """The elder and the version of every outcome that was pressed about a day."""
        begin = datetime.fromisoformat(day).replace(tzinfo=UTC) - DAY
        found = set()
        for (payload,) in self._records.rows(
            "SELECT payload FROM inbox WHERE state='done' AND received_at BETWEEN ? AND ?"
            ' AND payload LIKE \'%"data":"log:%\'',
            stored(begin),
            stored(begin + 3 * DAY),
        ):
            press: dict[str, Any] = json.loads(payload)["callback_query"]
            elder, version = press["data"].split(":")[1:3]
            found.add((elder, version))
        return found

    def judge_reach(self, now: datetime) -> None:
        """9: whoever blocked the bot, as Telegram says, is known to have, and staff can see it."""
        self._gone += [Gone(at, chat) for at, chat in self._mail.refused]
        for row, chat, received in self._records.rows(
            "SELECT id, chat, received_at FROM inbox WHERE id>? AND chat>0 AND state='done'"
            " AND json_extract(payload, '$.my_chat_member.new_chat_member.status')='kicked'",
            self._last_kick,
        ):
            self._last_kick = row
            self._gone.append(Gone(moment_of(received), chat, row))
        waiting = []
        for one in self._gone:
            if self._calm.deadline(one.at, DIED_WITHIN) > now:
                waiting.append(one)
            elif one.chat > 0 and not self._calm.ended_within(one.at, one.at + DIED_WITHIN):
                self._judge_gone(one)
        self._gone = waiting

    def _judge_gone(self, one: Gone) -> None:
        # What the program wrote down may lie hours off, by a clock that was wrong.
        unsure = one.row or self._calm.clock_was_wrong(one.at)
        since = one.at - (WRONG_BY if unsure else DIED_WITHIN)
        for member, blocked in self._records.rows(
            "SELECT id, blocked_at FROM member WHERE account=?", one.chat
        ):
            back = self._records.one(
                "SELECT COUNT(*) FROM inbox WHERE chat=? AND id>? AND received_at>=?"
                " AND json_extract(payload, '$.my_chat_member.new_chat_member.status')"
                " IS NOT 'kicked'",
                one.chat,
                one.row,
                stored(since),
            )
            self._verdicts.check(
                Invariant.UNREACHABLE_IS_NOT_SILENT,
                blocked is not None or back,
                f"member {member} could not be reached at {one.at}, and nobody can see it",
            )
            if blocked is not None:
                self._judge_told(member, blocked)

    def _judge_told(self, member: int, blocked: str) -> None:
        """Some of the other staff are told, if any can be."""
        others = self._records.one(
            "SELECT COUNT(*) FROM member m JOIN member_role r ON r.member_id=m.id"
            " WHERE r.role IN ('supervisor', 'social_worker') AND m.blocked_at IS NULL AND m.id!=?",
            member,
        )
        told = self._records.one(
            "SELECT COUNT(*) FROM outbox WHERE notice='unreachable' AND key LIKE ?"
            " AND created_at>=?",
            f"unreachable:{member}:%",
            blocked[:10],
        )
        self._verdicts.check(
            Invariant.UNREACHABLE_IS_NOT_SILENT,
            told or not others,
            f"member {member} blocked the bot at {blocked}, and nobody of the staff was told",
        )

    def judge_calm(self, now: datetime) -> None:
        """7: after quiet days nothing is left over."""
        overdue = "SELECT COUNT(*) FROM outbox WHERE state='waiting' AND not_before<?"
        leftovers = {
            "updates wait": self._records.one("SELECT COUNT(*) FROM inbox WHERE state='waiting'"),
            "messages are half sent": self._records.one(
                "SELECT COUNT(*) FROM outbox WHERE state='sending'"
            ),
            "messages are overdue": self._records.one(overdue, stored(now - PAST_DUE)),
        }
        for what, count in leftovers.items():
            self._verdicts.check(Invariant.IT_CALMS_DOWN, not count, f"{count} {what}")
        yesterday = now.astimezone(self._town.zone).date() - DAY
        closed = self._records.one(
            "SELECT COUNT(*) FROM closed_day WHERE community_id=? AND day=?",
            self._town.station,
            str(yesterday),
        )
        self._verdicts.check(Invariant.IT_CALMS_DOWN, closed, f"{yesterday} is not closed")


_KEYS = {"contact": "community_id, key", "outbox": "key", "told": "key"}
