"""A week's plan on the command line: one JSON object, or tables."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from care.plans import Gap, NoWay, Part, Plan, Visit
from storage.planning import ToPlan


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
        "reason": reason(one),
    }


def reason(one: Gap) -> str:
    """Why nobody goes, as a sentence with what is known."""
    facts = one.facts
    days = {Part.WEEKDAYS: "on weekdays", Part.WEEKEND: "at the weekend"}.get(
        facts.when, "this week"
    )
    where = f" in {facts.place}" if facts.place else ""
    return {
        NoWay.NO_DAY: "no day of the week is left on which a visit would count",
        NoWay.NO_VOLUNTEER: "there is no volunteer",
        NoWay.WISHES: f"none of {facts.volunteers} volunteers fits the wishes",
        NoWay.TOO_FAR: f"too far for everybody who could come{where}",
        NoWay.NOBODY_FREE: f"no one free {days}{where}",
        NoWay.NOT_TWO: f"no two who can come together {days}{where}",
        NoWay.ALL_FULL: f"everybody free {days} has as many visits as they wish",
    }[one.why]


def tables(found: dict[str, Any]) -> Iterator[Table]:
    """Who visits whom, when and why; what is not covered."""
    if found["visits"]:
        table = Table("day", "", "elder", "volunteer", "why", title="Visits", title_justify="left")
        for one in found["visits"]:
            people = (Text(one["elder"]), Text(one["volunteer"]))
            table.add_row(one["date"], one["half_day"], *people, ", ".join(one["why"]))
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
