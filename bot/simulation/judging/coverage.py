"""13: every visit that was owed in a week and could be made was planned, or said by name."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from json import loads

from bot.simulation.judging.bench import Invariant, Records, Verdicts, day_of

DAY, WEEK = timedelta(days=1), timedelta(days=7)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A visit that somebody was asked for and has not given back, or that was tried at the door.
COVERED = frozenset({"offered", "accepted", "signed_in", "done", "not_possible"})
OWED_A_WEEK = 2


@dataclass(frozen=True)
class Evening:
    """Elders who missed a visit, and volunteers who had room for one, before a day began."""

    missing: frozenset[int]
    free: frozenset[int]


class Coverage:
    """Counts a week when it is over, of elders whose lot was the same through all of it.

    An elder whose tier changed, who was paused, left care, or of whom the staff said that no visit
    is needed, is another matter in the middle of a week, and not counted. A visit could have been
    made on a day if the evening before it was missing and somebody had room: nobody is sent to a
    day that is over, nor for a visit that is given back on its last day.
    """

    def __init__(self, records: Records, verdicts: Verdicts) -> None:
        self._records = records
        self._verdicts = verdicts
        self.visits: Counter[str] = Counter()
        self._evenings: dict[tuple[int, date], Evening] = {}

    def over(self, day: date) -> None:
        """A local day is over; with a Sunday the week is."""
        if day.weekday() == len(DAYS) - 1:
            self._week_over(day - 6 * DAY)
        self._note(day + DAY)

    def _note(self, day: date) -> None:
        """What was missing, and who had room, on the evening before a day."""
        week = day - day.weekday() * DAY
        for (community,) in self._records.rows("SELECT id FROM community"):
            days = self._planned(week)
            self._evenings[community, day] = Evening(
                frozenset(
                    one for one in self._steady(community, week) if len(days[one]) < OWED_A_WEEK
                ),
                frozenset(self._room(community, week)),
            )

    def _week_over(self, week: date) -> None:
        plans = self._records.rows(
            "SELECT community_id, gaps FROM week_plan WHERE week=? AND published_at IS NOT NULL",
            str(week),
        )
        for community, gaps in plans:
            self._judge(community, week, loads(gaps))
        self._evenings.clear()

    def _judge(self, community: int, week: date, gaps: dict[str, list[object]]) -> None:
        days = self._planned(week)
        said = {gap["elder"] for gap in gaps.get("gaps", []) if isinstance(gap, dict)}
        said |= set(gaps.get("told", []))
        said |= {
            elder
            for (elder,) in self._records.rows(
                "SELECT elder_id FROM cover WHERE week=? UNION SELECT elder_id FROM assignment "
                "WHERE week=? AND state='declined'",
                str(week), str(week),
            )
        }  # fmt: skip
        room = self._room(community, week)
        asked: dict[int, list[int]] = {}
        places: dict[int, list[int]] = {}
        for elder in self._steady(community, week):
            covered = min(OWED_A_WEEK, len(days[elder]))
            missing = OWED_A_WEEK - covered
            asked[elder] = [
                who
                for who, (_, when) in sorted(room.items())
                if any(self._was_room(community, day, elder, who) for day in when - days[elder])
            ]
            more = sum(
                _found(elder, asked, {who: most for who, (most, _) in room.items()}, places, set())
                for _ in range(missing)
            )
            self.visits["owed"] += OWED_A_WEEK
            self.visits["covered"] += covered
            self.visits["coverable"] += covered + more
            self._verdicts.check(
                Invariant.NO_GAP_UNSAID,
                not missing or elder in said,
                f"elder {elder}: {missing} visits missing in the week of {week}, unsaid",
            )

    def _was_room(self, community: int, day: date, elder: int, who: int) -> bool:
        before = self._evenings.get((community, day))
        return before is not None and elder in before.missing and who in before.free

    def _planned(self, week: date) -> defaultdict[int, set[date]]:
        """Days with a visit, planned or made, by elder."""
        found: defaultdict[int, set[date]] = defaultdict(set)
        for elder, day in self._records.rows(
            "SELECT elder_id, day FROM assignment WHERE week=? "
            "AND state NOT IN ('draft', 'declined', 'dropped') "
            "UNION SELECT elder_id, day FROM contact WHERE kind='visit' AND day>=? AND day<? "
            "AND withdrawn_at IS NULL",
            str(week), str(week), str(week + WEEK),
        ):  # fmt: skip
            found[elder].add(day_of(day))
        return found

    def _steady(self, community: int, week: date) -> list[int]:
        """Yellow elders in a pairing for whom nothing changed."""
        begin, end = str(week - DAY), str(week + WEEK)
        return [
            elder
            for (elder,) in self._records.rows(
                """
                SELECT e.id FROM elder e WHERE e.community_id=? AND e.tier='yellow'
                AND e.exited_at IS NULL
                AND EXISTS (SELECT 1 FROM pairing_elder pe JOIN pairing p ON p.id=pe.pairing_id
                            WHERE pe.elder_id=e.id AND p.ended_at IS NULL)
                AND NOT EXISTS (SELECT 1 FROM tier_change t
                                WHERE t.elder_id=e.id AND t.before IS NOT NULL AND t.at>=?)
                AND NOT EXISTS (SELECT 1 FROM pause s
                                WHERE s.elder_id=e.id AND s.first_day<? AND s.until>?)
                AND NOT EXISTS (SELECT 1 FROM assignment a
                                WHERE a.elder_id=e.id AND a.week=? AND a.state='dropped')
                ORDER BY e.id
                """,
                community, begin, end, begin, str(week),
            )
        ]  # fmt: skip

    def _room(self, community: int, week: date) -> dict[int, tuple[int, set[date]]]:
        """Who could have made more visits: how many, and on which days.

        Somebody who has not answered for a visit is not asked for another.
        """
        rows = self._records.rows(
            "SELECT volunteer_id, day, state FROM assignment WHERE week=?", str(week)
        )
        load = Counter(who for who, _, state in rows if state in COVERED)
        silent = {who for who, _, state in rows if state == "offered"}
        no = {(day_of(day), who) for who, day, state in rows if state == "declined"}
        no |= {
            (day, who)
            for who, first, last in self._records.rows(
                "SELECT member_id, first_day, last_day FROM leave "
                "WHERE first_day<? AND last_day>=?",
                str(week + WEEK), str(week),
            )
            for day in _days(week)
            if day_of(first) <= day <= day_of(last)
        }  # fmt: skip
        found = {}
        for who, most, half_days in self._records.rows(
            "SELECT v.member_id, v.most_visits, v.half_days FROM volunteer v "
            "JOIN member m ON m.id=v.member_id WHERE v.community_id=? AND m.standing='active' "
            "AND EXISTS (SELECT 1 FROM pairing_volunteer pv JOIN pairing p ON p.id=pv.pairing_id "
            "WHERE pv.member_id=v.member_id AND p.ended_at IS NULL)",
            community,
        ):
            names = {name[:3] for name in loads(half_days)}
            when = {
                day
                for day, name in zip(_days(week), DAYS, strict=True)
                if name in names and (day, who) not in no
            }
            if load[who] < most and who not in silent:
                found[who] = (most - load[who], when)
        return found


def _found(
    elder: int,
    asked: dict[int, list[int]],
    most: dict[int, int],
    places: dict[int, list[int]],
    seen: set[int],
) -> bool:
    """Whether somebody has room for one more visit, others being moved if need be (Kuhn)."""
    for who in asked[elder]:
        if who in seen:
            continue
        seen.add(who)
        taken = places.setdefault(who, [])
        if len(taken) < most[who]:
            taken.append(elder)
            return True
        for place, other in enumerate(taken):
            if _found(other, asked, most, places, seen):
                taken[place] = elder
                return True
    return False


def _days(week: date) -> list[date]:
    return [week + n * DAY for n in range(len(DAYS))]
