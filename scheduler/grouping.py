"""Who belongs together: groups of elders by place, then by dialect and by visits owed."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from care.neighbours import Mix, completed, mixes
from care.proposals import ElderNeed, Roster, visits_owed
from scheduler.highs import Model

# More than any walk: nobody stays outside if a group can be found, and no group without volunteer.
OUTSIDE, TOO_MANY = 100_000, 5_000
# One more dialect in a group, against one visit a week more than the other groups have.
DIALECT_APART = 3

Kind = tuple[str, tuple[str, ...], float]


def group(roster: Roster) -> list[list[ElderNeed]]:
    """The elders in groups, as near to each other as they can be; nobody is left out."""
    if not roster.elders:
        return []
    elders = sorted(roster.elders, key=lambda one: one.elder_id)
    living = Counter(one.building or "" for one in elders)
    return _named(roster, elders, _places(roster, living))


def _places(roster: Roster, living: Counter[str]) -> list[Mix]:
    """How many elders of which buildings go together: exact, since neighbours count the same."""
    model, walks, settings = Model(), roster.walks, roster.settings
    found = mixes(living, walks, settings)
    columns = [
        model.column(
            one.cost(walks, settings),
            min(living[building] // count for building, count in one.parts),
            whole=True,
        )
        for one in found
    ]
    of_building: dict[str, dict[int, float]] = defaultdict(dict)
    for column, one in zip(columns, found, strict=True):
        for building, count in one.parts:
            of_building[building][column] = count
    outside = {building: model.column(OUTSIDE, whole=True) for building in living}
    for building, count in living.items():
        model.row(of_building[building] | {outside[building]: 1}, count, count)
    too_many = model.column(TOO_MANY)
    places = sum(roster.places.values())
    model.row(dict.fromkeys(columns, 1.0) | {too_many: -1}, high=places)
    answer = model.solve()
    chosen = [
        one
        for column, one in zip(columns, found, strict=True)
        for _ in range(round(answer[column]))
    ]
    rest = [one for one, column in outside.items() for _ in range(round(answer[column]))]
    return completed(chosen, rest, walks, settings)


def _named(
    roster: Roster, elders: Sequence[ElderNeed], groups: Sequence[Mix]
) -> list[list[ElderNeed]]:
    """Which elders these are: speakers of a dialect together, visits owed spread evenly."""
    kinds: dict[Kind, list[ElderNeed]] = defaultdict(list)
    for one in elders:
        owed = visits_owed(one, roster.settings)
        kinds[one.building or "", one.dialects, owed].append(one)
    model = Model()
    share: dict[tuple[Kind, int], int] = {}
    for number, mix in enumerate(groups):
        for building, count in mix.parts:
            mine = [kind for kind in kinds if kind[0] == building]
            for kind in mine:
                most = min(count, len(kinds[kind]))
                share[kind, number] = model.column(high=most, whole=True)
            model.row({share[kind, number]: 1 for kind in mine}, count, count)
    for kind, those in kinds.items():
        mine_too = {column: 1.0 for (one, _), column in share.items() if one == kind}
        model.row(mine_too, len(those), len(those))
    _even(model, share, len(groups), roster.owed(elders))
    _together(model, share, kinds)
    answer = model.solve()
    found: list[list[ElderNeed]] = [[] for _ in groups]
    for (kind, number), column in share.items():
        count = round(answer[column])
        found[number] += kinds[kind][:count]
        del kinds[kind][:count]
    return [sorted(one, key=lambda elder: elder.elder_id) for one in found]


def _even(model: Model, share: dict[tuple[Kind, int], int], groups: int, owed: float) -> None:
    """No group should be owed many more visits than the others."""
    for number in range(groups):
        above = model.column(1)
        mine = {column: kind[2] for (kind, n), column in share.items() if n == number}
        model.row(mine | {above: -1}, high=owed / groups)


def _together(
    model: Model, share: dict[tuple[Kind, int], int], kinds: dict[Kind, list[ElderNeed]]
) -> None:
    """Those who speak a dialect should be in few groups, so that few volunteers need speak it."""
    heard: dict[tuple[str, int], int] = {}
    for (kind, number), column in share.items():
        for dialect in kind[1]:
            if (dialect, number) not in heard:
                heard[dialect, number] = model.switch(DIALECT_APART)
            model.row({column: 1, heard[dialect, number]: -len(kinds[kind])}, high=0)
