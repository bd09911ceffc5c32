"""Proposing pairings: the search for the best groups, with HiGHS, in a process of its own.

Four small models, one after the other: how many elders of which buildings make a group; which
elders these are; which volunteers go where; which social worker leads what. The process lives for
one proposal, so that a station pays no memory for a solver it seldom needs, and nobody's tap waits.
"""

import asyncio
import os
import sys
from collections import Counter

from pydantic import TypeAdapter

from care.places import house
from care.proposals import (
    ElderNeed,
    Group,
    LeftOver,
    Proposal,
    Roster,
    WhyLeft,
    reasons,
)
from care.repairs import join_existing, repairs
from scheduler import grouping, staffing
from scheduler.highs import NotSolved

PATIENCE = 60.0
_ROSTER, _PROPOSAL = TypeAdapter(Roster), TypeAdapter(Proposal)


async def propose(roster: Roster) -> Proposal:
    """What `proposed` says, worked out in another process.

    Raises:
        NotSolved: it failed, or took too long.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scheduler.proposer",
        # It finds the program where this one did, whatever folder a command is given in.
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            found, complaint = await process.communicate(_ROSTER.dump_json(roster))
    except TimeoutError:
        raise NotSolved(f"not done after {PATIENCE:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise NotSolved(complaint.decode(errors="replace").strip()[-500:])
    return _PROPOSAL.validate_json(found)


def proposed(roster: Roster) -> Proposal:
    """Pairings for everybody who is in none, and who could follow those who left one.

    The same roster is always given the same answer.

    Raises:
        NotSolved: the solver gave up.
    """
    mended = repairs(roster)
    joining = join_existing(roster)
    if joining:
        return Proposal((), joining, mended)
    groups = sorted(grouping.group(roster), key=_by_house)
    if not roster.workers:
        return Proposal((), _left(groups, WhyLeft.NO_WORKER), mended)
    teams = staffing.Staffing(roster, groups).run()
    kept = [n for n, team in enumerate(teams) if team.volunteers]
    lonely = [elders for n, elders in enumerate(groups) if n not in kept]
    leaders = staffing.workers(roster, [groups[n] for n in kept])
    found = [
        Group(
            leader,
            tuple(one.member_id for one in teams[n].volunteers),
            tuple(one.elder_id for one in groups[n]),
            reasons(roster, groups[n], teams[n].volunteers, staffing.able(roster, teams[n], teams)),
        )
        for n, leader in zip(kept, leaders, strict=True)
    ]
    return Proposal(tuple(found), _left(lonely, WhyLeft.NO_VOLUNTEER), mended)


def _by_house(elders: list[ElderNeed]) -> tuple[object, ...]:
    """In order of the houses, as people walk."""
    houses = Counter(one.building or "" for one in elders)
    main = max(houses, key=lambda one: houses[one])
    return (main == "", house(main), elders[0].elder_id)


def _left(groups: list[list[ElderNeed]], reason: WhyLeft) -> tuple[LeftOver, ...]:
    return tuple(LeftOver(one.elder_id, reason) for elders in groups for one in elders)


if __name__ == "__main__":
    # The solver greets whoever loads it, on standard output; only the answer may stand there.
    answer = os.dup(1)
    os.dup2(2, 1)
    found = proposed(_ROSTER.validate_json(sys.stdin.buffer.read()))
    with os.fdopen(answer, "wb") as out:
        out.write(_PROPOSAL.dump_json(found))
