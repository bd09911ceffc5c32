"""A proposal on the command line: one JSON object, or tables."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from care.proposals import Group, Proposal, Reason, Repair
from storage.proposals import Names


def as_json(names: Names, found: Proposal) -> dict[str, Any]:
    """All of it, by names; reasons are words of `care.proposals.Why` with their facts."""
    return {
        "pairings": [_pairing(names, one) for one in found.groups],
        "left_over": [
            {"elder": names.elders[one.elder_id].name, "reason": one.reason}
            | ({"pairing": one.pairing_id} if one.pairing_id else {})
            for one in found.left
        ],
        "repairs": [_repair(names, one) for one in found.repairs],
    }


def _pairing(names: Names, one: Group) -> dict[str, Any]:
    return {
        "worker": names.members[one.worker_id].name,
        "volunteers": [names.members[each].name for each in one.volunteers],
        "elders": [names.elders[each].name for each in one.elders],
        "buildings": sorted({names.elders[each].building or "" for each in one.elders}),
        "why": [_reason(each) for each in one.why],
    }


def _repair(names: Names, one: Repair) -> dict[str, Any]:
    return {
        "pairing": one.pairing_id,
        "worker": one.worker_id and names.members[one.worker_id].name,
        "volunteer": one.volunteer_id and names.members[one.volunteer_id].name,
        "why": [_reason(each) for each in one.why],
        "missing": list(one.left),
    }


def _reason(one: Reason) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if value not in (None, (), False)}


def tables(found: dict[str, Any]) -> Iterator[Table]:
    """Who is proposed to look after whom; who is left over; who could follow whom."""
    if found["pairings"]:
        table = Table(
            "", "social worker", "volunteers", "elders", "why",
            title="Proposed pairings", title_justify="left",
        )  # fmt: skip
        for number, one in enumerate(found["pairings"], 1):
            people = ("、".join(one["volunteers"]), "、".join(one["elders"]))
            why = ", ".join(_said(each) for each in one["why"])
            table.add_row(str(number), *(Text(cell) for cell in (one["worker"], *people, why)))
        yield table
    if found["left_over"]:
        table = Table("elder", "reason", title="Left over", title_justify="left")
        for one in found["left_over"]:
            table.add_row(
                Text(one["elder"]), Text(" ".join(str(x) for x in list(one.values())[1:]))
            )
        yield table
    if found["repairs"]:
        table = Table(
            "pairing", "social worker", "volunteer", "why", "missing",
            title="To follow those who left", title_justify="left",
        )  # fmt: skip
        for one in found["repairs"]:
            why = ", ".join(_said(each) for each in one["why"])
            cells = (one["worker"] or "", one["volunteer"] or "", why, ", ".join(one["missing"]))
            table.add_row(str(one["pairing"]), *(Text(cell) for cell in cells))
        yield table


def _said(reason: dict[str, Any]) -> str:
    """One reason with its facts, briefly."""
    match reason:
        case {"owed": owed, "able": able}:
            return f"{reason['why']} {able}/{owed}"
        case {"owed": _}:
            return f"{reason['why']} 0"
        case {"metres": metres}:
            return f"{reason['why']} {metres} m" + ("?" if "guessed" in reason else "")
        case {"dialect": dialect}:
            return f"{reason['why']} {dialect}"
        case _:
            return str(reason["why"])


def summary(found: dict[str, Any]) -> str:
    """The figures in one line."""
    pairings, left = found["pairings"], found["left_over"]
    elders = sum(len(one["elders"]) for one in pairings)
    done = "made" if found["taken"] else "proposed; --take makes them"
    return (
        f"{len(pairings)} pairings of {elders} elders {done}. "
        f"{len(left)} left over. {found['seconds']:.1f} s."
    )
