"""Who follows when somebody leaves a pairing, and where a few elders without one could join."""

from collections.abc import Sequence
from dataclasses import dataclass

from care.elders import Tier
from care.neighbours import sizes
from care.proposals import (
    ElderNeed,
    Existing,
    LeftOver,
    Reason,
    Repair,
    Roster,
    VolunteerOffer,
    Why,
    WhyLeft,
    metres_to,
    reasons,
    too_far,
)


@dataclass
class _Hands:
    """What everybody has in hand already, with what was proposed so far."""

    roster: Roster
    places: dict[int, int]
    spare: dict[int, float]
    leads: dict[int, int]
    reds: dict[int, int]

    def volunteer_for(self, pairing: Existing) -> VolunteerOffer | None:
        """Dialect first, then enough visits, then the shortest walk."""
        elders, owed = pairing.elders, self.roster.owed(pairing.elders)
        spoken = {dialect for one in elders for dialect in one.dialects}
        able = [
            one
            for one in self.roster.volunteers
            if self.places[one.member_id] and not too_far(self.roster.walks, one, elders)
        ]
        return min(
            able,
            key=lambda one: (
                len(spoken - set(one.dialects)),
                max(0.0, owed - self.spare[one.member_id]),
                metres_to(self.roster.walks, one, elders) if elders else 0.0,
                -self.places[one.member_id],
                -self.spare[one.member_id],
                one.member_id,
            ),
            default=None,
        )

    def worker(self) -> int | None:
        """Whoever leads the fewest pairings, then the fewest red elders."""
        return min(
            self.roster.workers,
            key=lambda one: (self.leads[one], self.reds[one], one),
            default=None,
        )


def repairs(roster: Roster) -> tuple[Repair, ...]:
    """For each pairing without a social worker or a volunteer, who could take the place.

    Empty pairings need nobody.
    """
    hands = _Hands(roster, dict(roster.places), dict(roster.spare), {}, {})
    for one in roster.workers:
        mine = [pairing.elders for pairing in roster.pairings if pairing.worker_id == one]
        hands.leads[one] = len(mine)
        hands.reds[one] = sum(_red(elders) for elders in mine)
    return tuple(
        _repair(hands, pairing)
        for pairing in roster.pairings
        if pairing.elders and (pairing.worker_id is None or not pairing.volunteers)
    )


def _repair(hands: _Hands, pairing: Existing) -> Repair:
    why: list[Reason] = []
    left: list[WhyLeft] = []
    worker = volunteer = None
    if pairing.worker_id is None:
        worker = hands.worker()
        if worker is None:
            left.append(WhyLeft.NO_WORKER)
        else:
            why.append(Reason(Why.LEADS_FEWEST, pairings=hands.leads[worker]))
            hands.leads[worker] += 1
            hands.reds[worker] += _red(pairing.elders)
    if not pairing.volunteers:
        volunteer = hands.volunteer_for(pairing)
        if volunteer is None:
            left.append(WhyLeft.NO_VOLUNTEER)
        else:
            able = hands.spare[volunteer.member_id]
            found = reasons(hands.roster, pairing.elders, (volunteer,), able)
            why += [one for one in found if one.why not in _OF_PLACE]
            owed = hands.roster.owed(pairing.elders)
            hands.spare[volunteer.member_id] = max(0.0, able - owed)
            hands.places[volunteer.member_id] -= 1
    taker = volunteer.member_id if volunteer else None
    elders = tuple(one.elder_id for one in pairing.elders)
    return Repair(
        pairing.pairing_id, worker, taker, tuple(why), elders, pairing.worker_id, tuple(left)
    )


# How the elders of a pairing live to each other is no reason for whoever joins it.
_OF_PLACE = {
    Why.SAME_BUILDING, Why.NEAR_BUILDINGS, Why.FAR_BUILDINGS, Why.PLACE_UNKNOWN,
}  # fmt: skip


def join_existing(roster: Roster) -> tuple[LeftOver, ...]:
    """Where elders could join who are too few for a pairing of their own; else nothing.

    Only if there is room for each of them: else a pairing that is too small is proposed.
    """
    least, most = sizes(roster.settings)[0], sizes(roster.settings)[-1]
    if len(roster.elders) >= least:
        return ()
    room = {
        one.pairing_id: most - len(one.elders)
        for one in roster.pairings
        if one.elders and one.volunteers and one.worker_id
    }
    pairing = {one.pairing_id: one for one in roster.pairings}
    found = []
    for elder in sorted(roster.elders, key=lambda one: one.elder_id):
        open_ = [one for one, places in room.items() if places > 0]
        if not open_:
            return ()
        best = min(open_, key=lambda one: (_metres(roster, elder, pairing[one].elders), one))
        room[best] -= 1
        beside = tuple(one.elder_id for one in pairing[best].elders)
        led_by = pairing[best].worker_id
        found.append(LeftOver(elder.elder_id, WhyLeft.JOIN_EXISTING, best, led_by, beside))
    return tuple(found)


def _metres(roster: Roster, elder: ElderNeed, others: Sequence[ElderNeed]) -> float:
    ways = [roster.walks.between(elder.building, one.building).metres for one in others]
    return sum(ways) / len(ways)


def _red(elders: Sequence[ElderNeed]) -> int:
    return sum(one.tier is Tier.RED for one in elders)
