"""Proposing pairings for a whole roster: what is known, what is proposed, and why.

The program proposes, the social worker decides (handbook, "Pairings": same building first, dialect,
capacity). Who goes together is worked out by `scheduler.proposer`; here stands what it goes by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from care.community import Settings
from care.elders import Tier
from care.places import UNKNOWN_METRES, Map, house

# So many pairings one volunteer can still be a familiar face in.
MOST_PAIRINGS = 3
NEAR_METRES = 250
WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12


@dataclass(frozen=True)
class ElderNeed:
    """What the proposal goes by of one elder."""

    elder_id: int
    tier: Tier | None
    building: str | None = None
    dialects: tuple[str, ...] = ()
    limited_mobility: bool = False


@dataclass(frozen=True)
class VolunteerOffer:
    """What the proposal goes by of one volunteer.

    Attributes:
        half_days: how many half-days a week they can come on.
        most: visits a week at most.
        walks_metres: how far they walk at most; None: it does not matter.
    """

    member_id: int
    half_days: int
    most: int
    building: str | None = None
    dialects: tuple[str, ...] = ()
    walks_metres: int | None = None


@dataclass(frozen=True)
class Existing:
    """A pairing there is already; `worker_id` is None, and volunteers are missing, if they left."""

    pairing_id: int
    worker_id: int | None
    volunteers: tuple[int, ...]
    elders: tuple[ElderNeed, ...]


@dataclass(frozen=True)
class Roster:
    """All that a proposal goes by.

    Attributes:
        elders: those in no pairing.
        volunteers: who may be asked; the same for `workers`, by id.
        pairings: what stands already, and is not touched.
        walks: how far it is between buildings.
    """

    elders: tuple[ElderNeed, ...]
    volunteers: tuple[VolunteerOffer, ...]
    workers: tuple[int, ...]
    pairings: tuple[Existing, ...] = ()
    walks: Map = field(default_factory=Map)
    settings: Settings = field(default_factory=Settings)

    def owed(self, elders: Iterable[ElderNeed]) -> float:
        """Visits a week that elders are owed."""
        return sum(visits_owed(one, self.settings) for one in elders)

    @cached_property
    def places(self) -> dict[int, int]:
        """How many more pairings each volunteer may be asked for, with some visits to spare."""
        taken = [one for pairing in self.pairings for one in pairing.volunteers]
        return {
            one.member_id: max(0, MOST_PAIRINGS - taken.count(one.member_id))
            if self.spare[one.member_id] > 0
            else 0
            for one in self.volunteers
        }

    @cached_property
    def spare(self) -> dict[int, float]:
        """Visits a week that each volunteer has left beside the pairings they are in."""
        found = {one.member_id: float(visits_able(one, self.settings)) for one in self.volunteers}
        for pairing in self.pairings:
            for one in set(pairing.volunteers) & found.keys():
                share = self.owed(pairing.elders) / len(pairing.volunteers)
                found[one] = max(0.0, found[one] - share)
        return found


def visits_owed(elder: ElderNeed, settings: Settings) -> float:
    """Visits a week that an elder is owed in the mean (handbook, "Tiers and cadence").

    Red is owed contacts, which are the social worker's calls.
    """
    match elder.tier:
        case Tier.YELLOW:
            return settings.yellow_visits_a_week
        case Tier.GREEN:
            return settings.green_visits_a_month * MONTHS_A_YEAR / WEEKS_A_YEAR
        case _:
            return 0.0


def visits_able(one: VolunteerOffer, settings: Settings) -> int:
    """Visits a week that a volunteer can make."""
    return min(one.most, one.half_days * settings.visits_in_one_half_day)


class Why(StrEnum):
    """What speaks for a group, or should be known of it."""

    SAME_BUILDING = "same_building"
    NEAR_BUILDINGS = "near_buildings"
    FAR_BUILDINGS = "far_buildings"
    PLACE_UNKNOWN = "place_unknown"
    VOLUNTEER_NEAR = "volunteer_near"
    DIALECT = "dialect"
    DIALECT_MISSING = "dialect_missing"
    CAPACITY = "capacity"
    CAPACITY_SHORT = "capacity_short"
    LEADS_FEWEST = "leads_fewest"


@dataclass(frozen=True)
class Reason:
    """One reason with its facts; those that do not belong to it are empty.

    Attributes:
        metres: how far apart the buildings are at most; `guessed` when nobody wrote it down and
            the numbers of the houses had to do.
        dialect: which; `elders` says how many of them speak it.
        owed: visits a week that the elders are owed.
        able: visits a week that the volunteers can make for them.
        pairings: how many the social worker leads before.
    """

    why: Why
    buildings: tuple[str, ...] = ()
    metres: int | None = None
    guessed: bool = False
    dialect: str | None = None
    elders: int | None = None
    owed: float | None = None
    able: float | None = None
    pairings: int | None = None


@dataclass(frozen=True)
class Group:
    """A pairing that is proposed."""

    worker_id: int
    volunteers: tuple[int, ...]
    elders: tuple[int, ...]
    why: tuple[Reason, ...]


class WhyLeft(StrEnum):
    """Why an elder is in no group."""

    NO_WORKER = "no_worker"
    NO_VOLUNTEER = "no_volunteer"
    JOIN_EXISTING = "join_existing"


@dataclass(frozen=True)
class LeftOver:
    """An elder in no group; `pairing_id` is one with room for them, where there is one.

    Attributes:
        led_by: the social worker of that pairing.
        beside: the elders who are in it.
    """

    elder_id: int
    reason: WhyLeft
    pairing_id: int | None = None
    led_by: int | None = None
    beside: tuple[int, ...] = ()


@dataclass(frozen=True)
class Repair:
    """Who could take the place of those who left a pairing; what is None or empty needs nobody.

    Attributes:
        elders: of the pairing.
        led_by: the social worker who leads it now; None if it is they who left.
        left: what is missing and cannot be replaced.
    """

    pairing_id: int
    worker_id: int | None
    volunteer_id: int | None
    why: tuple[Reason, ...]
    elders: tuple[int, ...] = ()
    led_by: int | None = None
    left: tuple[WhyLeft, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What is proposed: nobody of the roster is missing in it."""

    groups: tuple[Group, ...]
    left: tuple[LeftOver, ...]
    repairs: tuple[Repair, ...] = ()


def reasons(
    roster: Roster, elders: Sequence[ElderNeed], volunteers: Sequence[VolunteerOffer], able: float
) -> tuple[Reason, ...]:
    """Why these belong together, and what should be known of it.

    Args:
        roster: where they come from.
        elders: of the group; not empty.
        volunteers: of the group.
        able: visits a week that they can make here, beside their other pairings.
    """
    owed, able = round(roster.owed(elders), 1), round(able, 1)
    enough = Why.CAPACITY if able >= owed else Why.CAPACITY_SHORT
    return (
        place_reason(roster.walks, elders),
        *_near(roster.walks, elders, volunteers),
        *_dialects(elders, volunteers),
        Reason(enough, owed=owed, able=able),
    )


def place_reason(walks: Map, elders: Sequence[ElderNeed]) -> Reason:
    """How the elders live to each other."""
    known = sorted({one.building for one in elders if one.building}, key=house)
    if len(known) == 0 or any(one.building is None for one in elders):
        return Reason(Why.PLACE_UNKNOWN, buildings=tuple(known))
    if len(known) == 1:
        return Reason(Why.SAME_BUILDING, buildings=tuple(known))
    ways = [walks.between(a, b) for a in known for b in known if a < b]
    metres = max(way.metres for way in ways)
    why = Why.NEAR_BUILDINGS if metres <= NEAR_METRES else Why.FAR_BUILDINGS
    guessed = any(way.guessed for way in ways)
    return Reason(why, buildings=tuple(known), metres=metres, guessed=guessed)


def _near(
    walks: Map, elders: Sequence[ElderNeed], volunteers: Sequence[VolunteerOffer]
) -> list[Reason]:
    """A volunteer who lives in one of the buildings, or near them all."""
    away = [
        max(walks.between(one.building, elder.building).metres for elder in elders)
        for one in volunteers
        if one.building
    ]
    if not away or min(away) > NEAR_METRES:
        return []
    return [Reason(Why.VOLUNTEER_NEAR, metres=min(away))]


def _dialects(
    elders: Sequence[ElderNeed], volunteers: Sequence[VolunteerOffer]
) -> Iterable[Reason]:
    spoken = {dialect for one in volunteers for dialect in one.dialects}
    for dialect in sorted({dialect for one in elders for dialect in one.dialects}):
        count = sum(dialect in one.dialects for one in elders)
        why = Why.DIALECT if dialect in spoken else Why.DIALECT_MISSING
        yield Reason(why, dialect=dialect, elders=count)


def metres_to(walks: Map, one: VolunteerOffer, elders: Sequence[ElderNeed]) -> float:
    """How far a volunteer walks to these elders in the mean, in metres.

    Whoever cannot get about counts twice: to them people come with their shopping, too.
    """
    if one.building is None:
        return UNKNOWN_METRES
    ways = [
        walks.between(one.building, elder.building).metres
        for elder in elders
        for _ in range(2 if elder.limited_mobility else 1)
    ]
    return sum(ways) / len(ways)


def too_far(walks: Map, one: VolunteerOffer, elders: Sequence[ElderNeed]) -> bool:
    """Whether some elder lives farther away than the volunteer walks, as far as that is known."""
    if one.walks_metres is None or one.building is None:
        return False
    ways = [walks.between(one.building, elder.building) for elder in elders]
    return any(way.metres > one.walks_metres for way in ways if not way.guessed)
