"""How long errands waited for somebody, and how often each volunteer was asked for one."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.simulation.judging.bench import Records, moment_of

MINUTE = timedelta(minutes=1)
PARTS = {"median": 0.5, "nine_in_ten": 0.9, "longest": 1.0}
# What puts an errand before people, first or again; asked by staff it is there from the beginning.
OPENS = frozenset({"approve", "return"})


@dataclass
class ErrandTimes:
    """What volunteers had of the errands.

    Attributes:
        minutes: of every claim, how long the errand had been open, nights included.
        asked: times that each volunteer was written to in private for an errand, by member.
        group: times that the group was asked.
    """

    minutes: list[float] = field(default_factory=list)
    asked: Counter[int] = field(default_factory=Counter)
    group: int = 0

    def as_json(self) -> dict[str, Any]:
        """The object in the report; `minutes_to_claim` is null when nothing was claimed."""
        found = sorted(self.minutes)
        last = len(found) - 1
        return {
            "claims": len(found),
            "minutes_to_claim": {
                name: round(found[min(int(part * len(found)), last)], 1) if found else None
                for name, part in PARTS.items()
            },
            "group_asked": self.group,
            "volunteer_asked": {str(who): self.asked[who] for who in sorted(self.asked)},
        }


def errand_times(records: Records) -> ErrandTimes:
    """From the file, of everything since the beginning."""
    found = ErrandTimes()
    for (who,) in records.rows("SELECT member_id FROM volunteer"):
        found.asked[who] = 0
    rows = records.rows(
        "SELECT member_id, count(*) FROM errand_offer "
        "WHERE member_id IS NOT NULL OR circle='group' GROUP BY member_id"
    )
    for who, times in rows:
        if who is None:
            found.group = times
        else:
            found.asked[who] = times
    opened: dict[int, datetime] = {}
    for errand, step, at, asked_at in records.rows(
        "SELECT e.id, s.step, s.at, e.asked_at "
        "FROM errand_step s JOIN errand e ON e.id=s.errand_id ORDER BY s.id"
    ):
        if step in OPENS:
            opened[errand] = moment_of(at)
        elif step == "claim":
            begin = opened.get(errand, moment_of(asked_at))
            found.minutes.append((moment_of(at) - begin) / MINUTE)
    return found
