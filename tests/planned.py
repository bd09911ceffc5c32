"""Weeks to plan, by hand and drawn at random, for the tests of the rules and of the planner."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from care.days import HALF_DAYS, HalfDay, days_of
from care.elders import Sex, Tier
from care.planning import Distances, Need, Problem, Volunteer, half_days_in
from care.plans import Visit

WEEK = date(2026, 4, 13)
DAYS = tuple(days_of(WEEK))
MON, TUE, WED, THU, FRI, SAT, SUN = DAYS
AM, PM = HalfDay.AM, HalfDay.PM
SLOTS = tuple((day, half) for day in DAYS for half in HalfDay)
PLACES = ("1号楼", "2号楼", "3号楼")
FAR = Distances({(PLACES[0], PLACES[1]): 300, (PLACES[1], PLACES[2]): 900})


def elder(elder_id: int, owed: int = 1, pairing: int | None = 1, **facts: Any) -> Need:
    """An elder who may be visited on any day."""
    given = {"tier": Tier.YELLOW, "days": frozenset(DAYS)} | facts
    return Need(elder_id, pairing, owed=owed, **given)


def person(member_id: int, *names: str, pairing: int = 1, **facts: Any) -> Volunteer:
    """A volunteer who can come in the half-days named, or in all."""
    half_days = half_days_in(WEEK, names or HALF_DAYS)
    return Volunteer(member_id, frozenset({pairing}), half_days, **facts)


def week(*people: Need | Volunteer, **facts: Any) -> Problem:
    """A week of these elders and volunteers."""
    return Problem(
        tuple(one for one in people if isinstance(one, Need)),
        tuple(one for one in people if isinstance(one, Volunteer)),
        **facts,
    )


_places = st.one_of(st.none(), st.sampled_from(PLACES))
_sex = st.one_of(st.none(), st.sampled_from(Sex))
_tongues = st.frozensets(st.sampled_from(("wu", "yue")))
_seldom = st.sampled_from((False, False, False, True))


@st.composite
def _elders(draw: st.DrawFn, elder_id: int, pairings: int) -> Need:
    members = st.integers(101, 106)
    return elder(
        elder_id,
        draw(st.integers(0, 3)),
        draw(st.one_of(st.integers(1, pairings), st.integers(1, pairings), st.none())),
        tier=draw(st.sampled_from(Tier)),
        days=draw(st.frozensets(st.sampled_from(DAYS[:4]))),
        done=draw(st.frozensets(st.sampled_from(DAYS[:4]), max_size=1)),
        sex=draw(_sex),
        dialects=draw(_tongues),
        place=draw(_places),
        familiar=draw(st.dictionaries(members, st.integers(0, 4), max_size=2)),
        same_sex=draw(_seldom),
        dialect_wanted=draw(st.booleans()),
        not_persons=draw(st.frozensets(members, max_size=1)),
        two_people=draw(_seldom),
    )


@st.composite
def _people(draw: st.DrawFn, member_id: int, pairings: int) -> Volunteer:
    slots = SLOTS[:8]
    return Volunteer(
        member_id,
        draw(st.frozensets(st.integers(1, pairings), min_size=1, max_size=2)),
        draw(st.frozensets(st.sampled_from(slots))),
        most=draw(st.integers(0, 4)),
        taken=tuple(draw(st.lists(st.sampled_from(slots), max_size=1))),
        sex=draw(_sex),
        dialects=draw(_tongues),
        place=draw(_places),
        walks_metres=draw(st.sampled_from((None, None, 500))),
        not_elders=draw(st.frozensets(st.integers(1, 6), max_size=1)),
        wants_two=draw(_seldom),
    )


@st.composite
def problems(draw: st.DrawFn, pairings: int = 3) -> Problem:
    """Up to 6 elders and 6 volunteers, with locked visits that may break every rule."""
    elders = draw(st.integers(0, 6))
    people = draw(st.integers(0, 6))
    found = Problem(
        tuple(draw(_elders(n, pairings)) for n in range(1, elders + 1)),
        tuple(draw(_people(n, pairings)) for n in range(101, 101 + people)),
        distances=FAR,
        in_one_half_day=draw(st.integers(1, 2)),
    )
    locked = draw(
        st.lists(
            st.builds(
                Visit,
                st.integers(1, 7),
                st.integers(101, 107),
                st.sampled_from(DAYS[:4]),
                st.sampled_from(HalfDay),
            ),
            max_size=2,
            unique_by=lambda one: one.elder_id,
        )
    )
    return replace(found, locked=tuple(locked))
