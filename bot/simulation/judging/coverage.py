"""13: every visit that was owed in a week and could be made was planned, or said by name."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from json import loads

from bot.simulation.judging.bench import Invariant, Records, Verdicts, day_of

DAY, WEEK = timedelta(days=1), timedelta(days=7)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A visit that somebody was asked for and has not given back, or that was tried at the door.
COVERED = "('offered', 'accepted', 'signed_in', 'done', 'not_possible')"
OWED_A_WEEK = 2


class Coverage:
    """Counts a week when it is over, of elders whose lot was the same through all of it.

    An elder whose tier changed, who was paused, left care, or of whom the staff said that no visit
    is needed, is another matter in the middle of a week, and not counted.
    """

    def __init__(self, records: Records, verdicts: Verdicts) -> None:
        self._records = records
        self._verdicts = verdicts
        self.visits: Counter[str] = Counter()

    def over(self, day: date) -> None:
        """A local day is over; with a Sunday the week is."""
        if day.weekday() != len(DAYS) - 1:
            return
        week = day - 6 * DAY
        plans = self._records.rows(
            "SELECT community_id, gaps FROM week_plan WHERE week=? AND published_at IS NOT NULL",
            str(week),
        )
        for community, gaps in plans:
            self._judge(community, week, loads(gaps))

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
        free = self._free(community, week)
        for elder in self._steady(community, week):
            covered = min(OWED_A_WEEK, len(days[elder]))
            missing = OWED_A_WEEK - covered
            could = len({day for day, _ in free if day not in days[elder]})
            self.visits["owed"] += OWED_A_WEEK
            self.visits["covered"] += covered
            self.visits["coverable"] += covered + min(missing, could)
            self._verdicts.check(
                Invariant.NO_GAP_UNSAID,
                not missing or elder in said,
                f"elder {elder}: {missing} visits missing in the week of {week}, unsaid",
            )

    def _planned(self, week: date) -> defaultdict[int, set[date]]:
        """Days with a visit, planned or made, by elder."""
        found: defaultdict[int, set[date]] = defaultdict(set)
        for elder, day in self._records.rows(
            f"SELECT elder_id, day FROM assignment WHERE week=? AND state IN {COVERED} "  # noqa: S608 - our own words
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

    def _free(self, community: int, week: date) -> set[tuple[date, int]]:
        """Days on which a volunteer could have made one more visit."""
        load = Counter(
            who
            for (who,) in self._records.rows(
                f"SELECT volunteer_id FROM assignment WHERE week=? AND state IN {COVERED}",  # noqa: S608 - our own words
                str(week),
            )
        )
        away = {
            (day, who)
            for who, first, last in self._records.rows(
                "SELECT member_id, first_day, last_day FROM leave "
                "WHERE first_day<? AND last_day>=?",
                str(week + WEEK), str(week),
            )
            for day in _days(week)
            if day_of(first) <= day <= day_of(last)
        }  # fmt: skip
        no = {
            (day_of(day), who)
            for who, day in self._records.rows(
                "SELECT volunteer_id, day FROM assignment WHERE week=? AND state='declined'",
                str(week),
            )
        }
        found = set()
        for who, most, half_days in self._records.rows(
            "SELECT v.member_id, v.most_visits, v.half_days FROM volunteer v "
            "JOIN member m ON m.id=v.member_id WHERE v.community_id=? AND m.standing='active' "
            "AND EXISTS (SELECT 1 FROM pairing_volunteer pv JOIN pairing p ON p.id=pv.pairing_id "
            "WHERE pv.member_id=v.member_id AND p.ended_at IS NULL)",
            community,
        ):
            if load[who] < most:
                names = {name[:3] for name in loads(half_days)}
                found |= {
                    (day, who)
                    for day, name in zip(_days(week), DAYS, strict=True)
                    if name in names and (day, who) not in away | no
                }
        return found


def _days(week: date) -> list[date]:
    return [week + n * DAY for n in range(len(DAYS))]
