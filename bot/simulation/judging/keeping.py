"""6 and 11: what was written stays written, and the file is sound."""

import sqlite3
from typing import Any

from bot.simulation.judging.bench import Invariant, Records, Verdicts
from storage.migrate import heads

# Only ever added to; the columns say what a row is, so that another in its place is noticed.
KEPT = {
    "contact": "elder_id, day, by_id, key",
    "consent": "member_id, purpose, given, at",
    "audit": "member_id, action, target, at",
    "told": "elder_id, day, step, member_id, key",
    "red_day": "elder_id, day, closed_as",
    "closed_day": "community_id, day",
    "errand_step": "errand_id, step, by_id, at",
    "errand_money": "errand_id, holder_id, flow, side, fen, corrects, at",
    "tier_change": "elder_id, after, at",
    "check_in": "elder_id, day",
}
LOOKED_AT_AGAIN = 150


class Keeping:
    """Remembers what was there."""

    def __init__(self, records: Records, verdicts: Verdicts) -> None:
        self._records = records
        self._verdicts = verdicts
        self._counts = dict.fromkeys(KEPT, 0)
        self._last = dict.fromkeys(KEPT, 0)
        self._seen: dict[str, dict[int, tuple[Any, ...]]] = {table: {} for table in KEPT}
        self._head = heads()

    def judge(self, *, whole: bool) -> None:
        """6: the newest rows as they were; when `whole`, that none of the others is missing."""
        for table, columns in KEPT.items():
            self._judge_newest(table, columns)
            if whole:
                self._judge_count(table)

    def _judge_newest(self, table: str, columns: str) -> None:
        before = self._seen[table]
        begin = min(before, default=0)
        rows = {
            row: tuple(rest)
            for row, *rest in self._records.rows(
                f"SELECT rowid, {columns} FROM {table} WHERE rowid>=?",  # noqa: S608 - our own words
                begin,
            )
        }
        self._verdicts.looked(Invariant.NOTHING_UNHAPPENS, max(1, len(before)))
        for row, what in before.items():
            if rows.get(row) != what:
                self._verdicts.broken(
                    Invariant.NOTHING_UNHAPPENS,
                    f"row {row} of {table} was {what}, and is {rows.get(row)}",
                )
        new = [row for row in rows if row > self._last[table]]
        self._counts[table] += len(new)
        self._last[table] = max([self._last[table], *new])
        newest = sorted(rows)[-LOOKED_AT_AGAIN:]
        self._seen[table] = {row: rows[row] for row in newest}

    def _judge_count(self, table: str) -> None:
        count = self._records.one(
            f"SELECT COUNT(*) FROM {table} WHERE rowid<=?",  # noqa: S608 - our own words
            self._last[table],
        )
        self._verdicts.check(
            Invariant.NOTHING_UNHAPPENS,
            count == self._counts[table],
            f"{table} had {self._counts[table]} rows, and has {count}",
        )

    def judge_file(self, *, whole: bool) -> None:
        """11: the file is sound; `whole` reads all of it."""
        found = {one for (one,) in self._records.rows("SELECT version_num FROM alembic_version")}
        self._verdicts.check(
            Invariant.SOUND, found == set(self._head), f"the schema is at {sorted(found)}"
        )
        if not whole:
            return
        for pragma, good in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            try:
                said = self._records.rows(f"PRAGMA {pragma}")
            except sqlite3.DatabaseError as error:
                said = [(str(error),)]
            self._verdicts.check(Invariant.SOUND, said == good, f"{pragma}: {said[:3]}")
