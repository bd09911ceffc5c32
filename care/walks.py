"""How far it is on foot between two buildings, written down or guessed from their numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

# What is taken where nothing is known.
UNKNOWN_METRES = 500
# From one house to the one with the next number.
METRES_A_NUMBER = 50
_NUMBERED = re.compile(r"(\D*)([0-9]{1,6})(\D*)")


@dataclass(frozen=True)
class Way:
    """How far it is between two buildings, either way; `guessed` if nobody wrote it down."""

    a: str
    b: str
    metres: int
    guessed: bool = False


class Walks:
    """Distances between buildings; one that is not known is far from every other."""

    def __init__(self, ways: Iterable[Way]) -> None:
        self._known = {frozenset((one.a, one.b)): one.metres for one in ways}

    def between(self, a: str | None, b: str | None) -> Way:
        """The way from `a` to `b`; empty and None are buildings that nobody wrote down."""
        if not a or not b:
            return Way(a or "", b or "", UNKNOWN_METRES, guessed=True)
        if a == b:
            return Way(a, b, 0)
        metres = self._known.get(frozenset((a, b)))
        if metres is not None:
            return Way(a, b, metres)
        return Way(a, b, _by_numbers(a, b), guessed=True)


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
