"""Communities that nobody lives in: 82 elders in 20 pairings, some 140 volunteers, 12 buildings."""

from dataclasses import replace
from datetime import date
from random import Random

from care.community import Settings
from care.days import HALF_DAYS, WEEKEND, days_of
from care.elders import Sex, Tier
from care.planning import Distances, Need, Problem, Volunteer, half_days_in
from care.week import ElderWeek

WEEK = date(2026, 4, 13)
BUILDINGS = 12
ELDERS = 82
PAIRINGS = 20
DIALECTS = ("putonghua", "wu", "yue", "min")


def community(seed: int, volunteers: int = 140, most: tuple[int, ...] = (1, 2, 2, 3)) -> Problem:
    """One community's week, the same for the same seed.

    Half of the elders are yellow; a third of the volunteers come at weekends only, one in ten is
    on leave for some days, one in eight serves two pairings.
    """
    random = Random(seed)
    blocks = [(random.randrange(800), random.randrange(800)) for _ in range(BUILDINGS)]
    metres = {
        (str(a), str(b)): abs(blocks[a][0] - blocks[b][0]) + abs(blocks[a][1] - blocks[b][1])
        for a in range(BUILDINGS)
        for b in range(a)
    }
    people = tuple(_volunteer(random, seed * 1000 + n, n, most) for n in range(volunteers))
    needs = tuple(_need(random, seed * 1000 + n, n, people) for n in range(ELDERS))
    return Problem(needs, people, (), Distances(metres))


def scarce(seed: int, volunteers: int = 26) -> Problem:
    """The same elders with so few volunteers that each serves two or three pairings.

    Everybody's week hangs on everybody else's, and the elders of a pairing live door to door, so
    that ways are shared: the hardest there is to plan.
    """
    random, one_of = Random(seed), community(seed, 3 * PAIRINGS)
    teams: list[set[int]] = [set() for _ in range(volunteers)]
    for n in range(3 * PAIRINGS):
        pairing = n % PAIRINGS
        able = [team for team in teams if pairing not in team]
        fewest = min(len(team) for team in able)
        random.choice([team for team in able if len(team) == fewest]).add(pairing)
    people = tuple(
        replace(
            one,
            pairings=frozenset(team),
            half_days=half_days_in(WEEK, random.sample(HALF_DAYS, random.randint(3, 5))),
            most=random.choice((3, 4, 4, 5, 6)),
            walks_metres=None,
        )
        for one, team in zip(one_of.volunteers, teams, strict=False)
    )
    needs = tuple(
        replace(one, place=str((one.pairing or 0) % BUILDINGS), same_sex=False, familiar={})
        for one in one_of.needs
    )
    return replace(one_of, needs=needs, volunteers=people)


def _volunteer(random: Random, member_id: int, n: int, most: tuple[int, ...]) -> Volunteer:
    names = WEEKEND if random.random() < 1 / 3 else random.sample(HALF_DAYS, random.randint(2, 6))
    away = random.sample(list(days_of(WEEK)), 3) if random.random() < 1 / 10 else []
    pairings = {n % PAIRINGS}
    if random.random() < 1 / 8:
        pairings.add(random.randrange(PAIRINGS))
    return Volunteer(
        member_id,
        frozenset(pairings),
        half_days_in(WEEK, names, away),
        most=random.choice(most),
        sex=random.choice(list(Sex)),
        dialects=frozenset(random.sample(DIALECTS, random.randint(1, 2))),
        place=str(random.randrange(BUILDINGS)),
        walks_metres=random.choice([None, None, 600, 1000]),
        wants_two=random.random() < 1 / 40,
    )


def _need(random: Random, elder_id: int, n: int, people: tuple[Volunteer, ...]) -> Need:
    pairing = n % PAIRINGS
    mine = [one.member_id for one in people if pairing in one.pairings]
    tier = random.choice([Tier.YELLOW] * 5 + [Tier.GREEN] * 4 + [Tier.RED])
    known = random.sample(mine, min(len(mine), 2))
    return Need.of(
        ElderWeek(elder_id, pairing, tier),
        WEEK,
        Settings(),
        sex=random.choice(list(Sex)),
        dialects=frozenset({random.choice(DIALECTS)}),
        place=str(random.randrange(BUILDINGS)),
        familiar={who: random.randint(1, 6) for who in known},
        same_sex=random.random() < 1 / 12,
        dialect_wanted=random.random() < 1 / 5,
        not_persons=frozenset(random.sample(mine, min(len(mine), int(random.random() < 1 / 20)))),
        two_people=random.random() < 1 / 30,
    )
