"""A week's plan on the command line: one JSON object, or tables."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from bot.screens.plan_reasons import gap_reason, why_line, whys
from bot.texts import Texts
from bot.turn import STATION_ZONE
from care.plans import Gap, Plan, Visit
from storage.planning import ToPlan

ENGLISH = Texts("en", STATION_ZONE)


def as_json(known: ToPlan, plan: Plan) -> dict[str, Any]:
    """Visits by day with the reasons for each, gaps with the reason, and how good the plan is."""
    return {
        "visits": [_visit(known, one) for one in plan.visits],
        "gaps": [_gap(known, one) for one in plan.gaps],
        "objective": plan.objective,
        "bound": round(plan.bound, 1),
        "gap_to_bound": round(plan.gap_to_bound, 5),
    }


def _visit(known: ToPlan, one: Visit) -> dict[str, Any]:
    return {
        "elder": known.elders[one.elder_id].name,
        "volunteer": known.members[one.volunteer_id].name,
        "date": str(one.day),
        "half_day": str(one.half),
        "why": [str(why) for why in one.why],
    }


def _gap(known: ToPlan, one: Gap) -> dict[str, Any]:
    return {
        "elder": known.elders[one.elder_id].name,
        "owed": one.missing,
        "reason": gap_reason(ENGLISH, one).unescape(),
    }


def tables(found: dict[str, Any]) -> Iterator[Table]:
    """Who visits whom, when and why; what is not covered."""
    if found["visits"]:
        table = Table("day", "", "elder", "volunteer", "why", title="Visits", title_justify="left")
        for one in found["visits"]:
            people = (Text(one["elder"]), Text(one["volunteer"]))
            why = why_line(ENGLISH, whys(one["why"])).unescape()
            table.add_row(one["date"], one["half_day"], *people, Text(why))
        yield table
    if found["gaps"]:
        table = Table("elder", "visits", "why nobody", title="Not covered", title_justify="left")
        for one in found["gaps"]:
            table.add_row(Text(one["elder"]), str(one["owed"]), Text(one["reason"]))
        yield table


def summary(found: dict[str, Any]) -> str:
    """The figures in one line."""
    missing = sum(one["owed"] for one in found["gaps"])
    return (
        f"Week {found['week']}: {len(found['visits'])} visits, {missing} not covered. At most "
        f"{found['gap_to_bound']:.2%} from the best possible. {found['seconds']:.1f} s."
    )
