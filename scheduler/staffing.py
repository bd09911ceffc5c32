"""Who looks after a group: volunteers by capacity, place and dialect; social workers evenly."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from care.elders import Tier
from care.proposals import ElderNeed, Roster, VolunteerOffer, metres_to, too_far
from scheduler.highs import Model

# What counts how much, in hundreds of metres that somebody walks.
HUNDRED = 100
NOBODY, NOBODY_FOR_RED = 1000, 500
VISIT_SHORT = 20
DIALECT_MISSING = 10
ONE_MORE_PAIRING, STAND_IN = 6, 8
STAND_INS_FROM, MOST_VOLUNTEERS = 2, 4
# One more red elder than the colleagues lead, against one more building to go to.
RED_MORE = 4


@dataclass
class Team:
    """The volunteers of a group, and what it still lacks.

    Attributes:
        missing: how many of the elders speak a dialect that nobody of the team speaks.
        short: visits a week that nobody can make yet.
    """

    elders: Sequence[ElderNeed]
    short: float
    missing: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    volunteers: list[VolunteerOffer] = field(default_factory=list)

    def gain(self, one: VolunteerOffer, spare: float, wanted: int) -> float:
        """What it is worth that one more comes."""
        red = _red(self.elders)
        found = VISIT_SHORT * min(self.short, spare)
        found += DIALECT_MISSING * sum(self.missing[dialect] for dialect in one.dialects)
        if not self.volunteers:
            return found + NOBODY + NOBODY_FOR_RED * red
        return found + (STAND_IN if len(self.volunteers) < wanted else 0)


class Staffing:
    """Gives every group a volunteer, then whom it needs most beside, round by round.

    In a round a volunteer goes to one group at most, and a group gets one at most, so that a round
    is an assignment, whose best answer is found at once however many there are. The whole as one
    model comes out the same to a few percent, but takes a minute where many houses are one.
    """

    def __init__(self, roster: Roster, groups: Sequence[Sequence[ElderNeed]]) -> None:
        self.roster = roster
        self.spare = dict(roster.spare)
        self.places = dict(roster.places)
        begun = [one for pairing in roster.pairings for one in pairing.volunteers]
        self.begun = set(begun)
        self.free = sorted(
            (one for one in roster.volunteers if self.places[one.member_id]),
            key=lambda one: one.member_id,
        )
        self.wanted = min(3, max(STAND_INS_FROM, len(self.free) // max(1, len(groups))))
        self.teams = [Team(elders, roster.owed(elders)) for elders in groups]
        for team in self.teams:
            for one in team.elders:
                for dialect in one.dialects:
                    team.missing[dialect] += 1

    def run(self) -> list[Team]:
        """The teams."""
        while chosen := self._round():
            for one, team in chosen:
                self._take(one, team)
        return self.teams

    def _round(self) -> list[tuple[VolunteerOffer, Team]]:
        model = Model()
        pairs: dict[int, tuple[VolunteerOffer, Team]] = {}
        of_volunteer: dict[int, dict[int, float]] = defaultdict(dict)
        of_team: dict[int, dict[int, float]] = defaultdict(dict)
        for number, team in enumerate(self.teams):
            for one in self.free:
                worth = self._worth(one, team)
                if worth > 0:
                    column = model.column(-worth, 1)
                    pairs[column] = one, team
                    of_volunteer[one.member_id][column] = of_team[number][column] = 1
        for row in (*of_volunteer.values(), *of_team.values()):
            model.row(row, high=1)
        answer = model.solve()
        return [pair for column, pair in pairs.items() if answer[column] > 1 / 2]

    def _worth(self, one: VolunteerOffer, team: Team) -> float:
        full = len(team.volunteers) >= MOST_VOLUNTEERS or one in team.volunteers
        if full or not self.places[one.member_id] or too_far(self.roster.walks, one, team.elders):
            return 0
        cost = metres_to(self.roster.walks, one, team.elders) / HUNDRED
        if one.member_id in self.begun:
            cost += ONE_MORE_PAIRING
        return team.gain(one, self.spare[one.member_id], self.wanted) - cost

    def _take(self, one: VolunteerOffer, team: Team) -> None:
        made = min(team.short, self.spare[one.member_id])
        team.volunteers.append(one)
        team.short -= made
        for dialect in one.dialects:
            team.missing[dialect] = 0
        self.spare[one.member_id] -= made
        self.places[one.member_id] -= 1
        self.begun.add(one.member_id)


def able(roster: Roster, team: Team, teams: Sequence[Team]) -> float:
    """Visits a week that the volunteers of a team can make there, beside their other groups.

    What they can make in all is divided as the groups need it.
    """
    found = 0.0
    for one in team.volunteers:
        shares = [
            roster.owed(other.elders) / len(other.volunteers)
            for other in teams
            if one in other.volunteers
        ]
        mine = roster.owed(team.elders) / len(team.volunteers)
        part = mine / sum(shares) if sum(shares) else 1 / len(shares)
        found += roster.spare[one.member_id] * part
    return found


def workers(roster: Roster, groups: Sequence[Sequence[ElderNeed]]) -> list[int]:
    """Who leads each group: pairings evenly, then red elders, then few buildings for each.

    There is at least one social worker.
    """
    led = {one: [p for p in roster.pairings if p.worker_id == one] for one in roster.workers}
    slots = _slots({one: len(those) for one, those in led.items()}, len(groups))
    model = Model()
    most_red = model.column(RED_MORE)
    leads: dict[tuple[int, int], int] = {}
    for one, those in led.items():
        before = [elder for pairing in those for elder in pairing.elders]
        known = {elder.building for elder in before}
        comes: dict[str | None, int] = {}
        for g, elders in enumerate(groups):
            leads[one, g] = model.switch()
            for building in sorted({elder.building or "" for elder in elders} - known):
                if building not in comes:
                    comes[building] = model.column(1)
                model.row({leads[one, g]: 1, comes[building]: -1}, high=0)
        mine = {leads[one, g]: float(_red(elders)) for g, elders in enumerate(groups)}
        model.row(mine | {most_red: -1}, high=-_red(before))
        model.row({leads[one, g]: 1 for g in range(len(groups))}, slots[one], slots[one])
    for g in range(len(groups)):
        model.row({leads[one, g]: 1 for one in led}, 1, 1)
    answer = model.solve()
    return [next(one for one in led if answer[leads[one, g]] > 1 / 2) for g in range(len(groups))]


def _red(elders: Sequence[ElderNeed]) -> int:
    return sum(one.tier is Tier.RED for one in elders)


def _slots(leads: dict[int, int], groups: int) -> dict[int, int]:
    """How many more each leads, so that in the end they lead as evenly as can be."""
    found = dict.fromkeys(leads, 0)
    for _ in range(groups):
        least = min(leads, key=lambda one: (leads[one] + found[one], one))
        found[least] += 1
    return found
