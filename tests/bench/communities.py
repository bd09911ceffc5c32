"""Communities that nobody lives in: 82 elders in 20 pairings, some 140 volunteers, 12 buildings."""

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
