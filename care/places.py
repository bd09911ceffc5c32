"""Places: how far it is on foot between two buildings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from math import asin, cos, radians, sin, sqrt

EARTH_METRES = 6_371_000


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
class Map:
    """A community's buildings: where they stand, and the ways between them.

    Attributes:
        points: where buildings stand, as far as that is known.
        ways: pairs of buildings with the metres between them on foot, either way.
    """

    points: Mapping[str, Point] = field(default_factory=dict)
    ways: Iterable[tuple[str, str, int]] = ()

    @cached_property
    def _beside(self) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for one, other, metres in self.ways:
            found[one].append((other, metres))
            found[other].append((one, metres))
        return found

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
