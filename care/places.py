"""Places: how far it is on foot between two buildings, written down, measured, or guessed."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from heapq import heappop, heappush
from math import asin, cos, radians, sin, sqrt

EARTH_METRES = 6_371_000
# What is taken where nothing is known.
UNKNOWN_METRES = 500
# From one house to the one with the next number.
METRES_A_NUMBER = 50
# What "next to each other" means, where nobody has counted the steps.
NEXT_TO_METRES = 60
_NUMBERED = re.compile(r"(\D*)([0-9]{1,6})(\D*)")


@dataclass(frozen=True)
class Point:
    """Where something is, in degrees (WGS 84)."""

    latitude: float
    longitude: float


def straight(one: Point, other: Point) -> int:
    """Metres as the crow flies (haversine)."""
    up = radians(other.latitude - one.latitude)
    along = radians(other.longitude - one.longitude)
    flat = cos(radians(one.latitude)) * cos(radians(other.latitude))
    bent = sin(up / 2) ** 2 + flat * sin(along / 2) ** 2
    return round(2 * EARTH_METRES * asin(min(1.0, sqrt(bent))))


@dataclass(frozen=True)
class Way:
    """How far it is between two buildings, either way; `guessed` if nobody can know."""

    a: str
    b: str
    metres: int
    guessed: bool = False


@dataclass(frozen=True)
class Map:
    """A community's buildings: where they stand, and the ways between them.

    Attributes:
        points: where buildings stand, as far as that is known.
        ways: pairs of buildings with the metres between them on foot, either way.
    """

    points: Mapping[str, Point] = field(default_factory=dict)
    ways: tuple[tuple[str, str, int], ...] = ()

    def way(self, one: str, other: str) -> int | None:
        """Metres as somebody wrote them down for these two, None where nobody did."""
        return dict(self.beside(one)).get(other)

    def beside(self, one: str) -> tuple[tuple[str, int], ...]:
        """The buildings to which a way is written down, with the metres."""
        return tuple(self._beside.get(one, ()))

    @cached_property
    def _beside(self) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for one, other, metres in self.ways:
            found[one].append((other, metres))
            found[other].append((one, metres))
        return found

    def between(self, a: str | None, b: str | None) -> Way:
        """The way from `a` to `b`, where a guess is better than nothing.

        What is not known is guessed from the numbers of the houses; a building that nobody wrote
        down, empty or None, is far from every other.
        """
        known = self.metres(a or None, b or None)
        if known is not None:
            return Way(a or "", b or "", known)
        if not a or not b:
            return Way(a or "", b or "", UNKNOWN_METRES, guessed=True)
        return Way(a, b, _by_numbers(a, b), guessed=True)

    @cached_property
    def _walks(self) -> dict[str, dict[str, int]]:
        """Shortest walks found so far, by where they begin."""
        return {}

    def metres(self, one: str | None, other: str | None) -> int | None:
        """Metres between two buildings; None when nobody can know.

        The shortest walk over the known ways, else the straight line; 0 in the same building.
        """
        if one is None or other is None:
            return None
        if one == other:
            return 0
        walk = self._from(one).get(other)
        if walk is not None:
            return walk
        here, there = self.points.get(one), self.points.get(other)
        return None if here is None or there is None else straight(here, there)

    def _from(self, start: str) -> dict[str, int]:
        """The shortest walk to every building that ways lead to (Dijkstra)."""
        if start not in self._walks:
            nearest: dict[str, int] = {}
            waiting = [(0, start)]
            while waiting:
                metres, name = heappop(waiting)
                if name in nearest:
                    continue
                nearest[name] = metres
                for other, further in self._beside.get(name, ()):
                    heappush(waiting, (metres + further, other))
            self._walks[start] = nearest
        return self._walks[start]


def two_ends(one: str, other: str) -> tuple[str, str]:
    """The ends of a way in the order in which they are written down."""
    return (one, other) if one <= other else (other, one)


@cache
def house(building: str) -> tuple[str, int, str]:
    """What buildings are sorted by: "9号楼" before "10号楼"; without a number it is 0."""
    found = _NUMBERED.fullmatch(building)
    return (found[1], int(found[2]), found[3]) if found else (building, 0, "")


def _by_numbers(a: str, b: str) -> int:
    """Houses whose numbers are close stand close, more often than not."""
    before, number, after = house(a)
    other_before, other, other_after = house(b)
    if number == 0 or other == 0 or (before, after) != (other_before, other_after):
        return UNKNOWN_METRES
    return min(UNKNOWN_METRES, METRES_A_NUMBER * abs(number - other))


# A community is smaller than this; a point farther away is a mistake of whoever sent it.
FARTHEST_METRES = 20_000


def out_of_the_way(point: Point, others: Mapping[str, Point]) -> bool:
    """Whether a point is too far from every other building to be one of this community."""
    return bool(others) and all(straight(point, one) > FARTHEST_METRES for one in others.values())
