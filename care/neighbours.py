"""Which elders could be one group by where they live, and what speaks against it, in metres.

Elders of one building are the same to these rules, so a group is told by how many of them come from
which building; "" stands for a building that nobody wrote down.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from care.community import Settings
from care.places import UNKNOWN_METRES, Map, house

# A group is looked for in a building and so many of those that are nearest to it.
NEIGHBOURS = 4
MOST_BUILDINGS = 4
# What a group may cost in walks to be one elder nearer to the middle size, squared.
METRES_FOR_SIZE = 10


@dataclass(frozen=True)
class Mix:
    """How many elders a group has from which buildings, in order of the houses."""

    parts: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """How many elders."""
        return sum(count for _, count in self.parts)

    def walk(self, walks: Map) -> int:
        """Metres to everybody from the building in the group's middle, added up."""
        return min(
            sum(count * walks.between(middle, other).metres for other, count in self.parts)
            - (0 if middle else UNKNOWN_METRES)
            for middle, _ in self.parts
        )

    def cost(self, walks: Map, settings: Settings) -> float:
        """What speaks against it: walks first, then a size that leaves no room."""
        usual = sizes(settings)
        off = self.size - (usual[0] + usual[-1]) / 2
        return self.walk(walks) + METRES_FOR_SIZE * off**2


def sizes(settings: Settings) -> range:
    """How many elders a pairing has."""
    smallest = max(1, settings.pairing_smallest)
    return range(smallest, max(smallest, settings.pairing_largest) + 1)


def mix_of(buildings: Iterable[str]) -> Mix:
    """The mix of elders who live in `buildings`, one entry each."""
    counts = Counter(buildings)
    return Mix(tuple((one, counts[one]) for one in sorted(counts, key=house)))


def mixes(living: Mapping[str, int], walks: Map, settings: Settings) -> list[Mix]:
    """Every group worth considering: in one building, or in some that are near each other.

    Args:
        living: how many elders live in each building.
        walks: distances.
        settings: the sizes of a pairing.
    """
    found = {
        Mix(tuple(zip(chosen, counts, strict=True)))
        for chosen in _neighbourhoods(living, walks)
        for size in sizes(settings)
        for counts in _shares(size, [living[one] for one in chosen])
    }
    return sorted(found, key=lambda one: (len(one.parts), one.parts))


def _neighbourhoods(living: Mapping[str, int], walks: Map) -> Iterator[tuple[str, ...]]:
    seen = set()
    for middle in sorted(living, key=house):
        near = partial(_nearness, walks, middle)
        others = sorted(living.keys() - {middle}, key=near)[:NEIGHBOURS]
        for count in range(MOST_BUILDINGS):
            for chosen in combinations(others, count):
                together = tuple(sorted((middle, *chosen), key=house))
                if together not in seen:
                    seen.add(together)
                    yield together


def _nearness(walks: Map, middle: str, one: str) -> tuple[int, tuple[str, int, str]]:
    return walks.between(middle, one).metres, house(one)


def _shares(size: int, most: list[int]) -> Iterator[tuple[int, ...]]:
    """Every way to take `size` elders, at least one from each building."""
    if len(most) == 1:
        if 1 <= size <= most[0]:
            yield (size,)
        return
    for first in range(1, min(most[0], size - len(most) + 1) + 1):
        for rest in _shares(size - first, most[1:]):
            yield (first, *rest)


def completed(
    groups: Iterable[Mix], rest: Iterable[str], walks: Map, settings: Settings
) -> list[Mix]:
    """The groups with those who were left: nobody stays outside, and sizes are kept if they can be.

    Args:
        groups: as found so far.
        rest: where those live who are in none.
        walks: distances.
        settings: the sizes of a pairing.
    """
    found = [list(_buildings(one)) for one in groups]
    alone = sorted(rest, key=house)
    while len(alone) >= sizes(settings)[0]:
        found.append(_nearest(alone, walks, settings))
    if alone and not found:
        found.append(alone)
        alone = []
    for one in alone:
        _join(found, one, walks, settings)
    return [mix_of(one) for one in found]


def _buildings(mix: Mix) -> Iterator[str]:
    for building, count in mix.parts:
        yield from [building] * count


def _nearest(alone: list[str], walks: Map, settings: Settings) -> list[str]:
    """A group around the first of those who are alone; they are alone no more.

    As large as can be, unless that would leave fewer than make another group.
    """
    least, most = sizes(settings)[0], sizes(settings)[-1]
    left = len(alone) - most
    size = len(alone) if left <= 0 else most if left >= least else least
    middle = alone[0]
    group = sorted(alone, key=partial(_nearness, walks, middle))[:size]
    for one in group:
        alone.remove(one)
    return group


def _join(found: list[list[str]], one: str, walks: Map, settings: Settings) -> None:
    """To the nearest group with room; when all are full, one is split in two if both are whole."""
    far = partial(_far, walks, one)
    least, most = sizes(settings)[0], sizes(settings)[-1]
    room = [group for group in found if len(group) < most]
    group = min(room or found, key=lambda group: (far(group), [house(each) for each in group]))
    group.append(one)
    if not room and len(group) >= 2 * least:
        group.sort(key=house)
        half = len(group) // 2
        found.append(group[half:])
        del group[half:]


def _far(walks: Map, one: str, group: list[str]) -> int:
    return sum(walks.between(one, other).metres for other in group)
