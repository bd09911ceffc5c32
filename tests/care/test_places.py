"""How far it is: over the known ways, else as the crow flies, else nobody knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.places import Map, Point, out_of_the_way, straight, two_ends

NAMES = ("1号楼", "2号楼", "3号楼", "4号楼", "5号楼")
WAYS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 900)), max_size=12
)
POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


def test_in_the_same_building_it_is_no_way_at_all() -> None:
    assert Map().metres("3号楼", "3号楼") == 0


@pytest.mark.parametrize(("one", "other"), [(None, "1号楼"), ("1号楼", None), (None, None)])
def test_without_a_building_nobody_knows(one: str | None, other: str | None) -> None:
    assert Map().metres(one, other) is None


def test_the_shortest_way_counts_and_ways_lead_both_ways() -> None:
    ways = (("1号楼", "2号楼", 100), ("2号楼", "3号楼", 100), ("1号楼", "3号楼", 500))
    known = Map({}, ways)
    assert known.metres("1号楼", "3号楼") == known.metres("3号楼", "1号楼") == 200
    assert known.metres("1号楼", "4号楼") is None


def test_where_no_way_is_known_the_straight_line_counts() -> None:
    points = {"1号楼": Point(31.0, 121.0), "2号楼": Point(31.001, 121.0)}
    known = Map(points, (("1号楼", "3号楼", 10),))
    assert known.metres("1号楼", "2号楼") == 111
    assert known.metres("1号楼", "4号楼") is known.metres("4号楼", "1号楼") is None


def test_known_distances_between_known_places() -> None:
    paris, london = Point(48.8566, 2.3522), Point(51.5074, -0.1278)
    assert straight(paris, london) == pytest.approx(343_600, rel=0.01)
    assert straight(Point(0, 0), Point(0, 180)) == pytest.approx(20_015_087, rel=0.001)


@given(POINTS, POINTS)
def test_the_straight_line_is_the_same_both_ways_and_never_longer_than_half_the_earth(
    one: Point, other: Point
) -> None:
    assert straight(one, one) == 0
    assert 0 <= straight(one, other) == straight(other, one) <= 20_015_088


@given(WAYS)
def test_no_walk_is_longer_than_any_detour(ways: list[tuple[str, str, int]]) -> None:
    known = Map({}, tuple(ways))
    for one, other, metres in ways:
        assert (known.metres(one, other) or 0) <= metres
    for one in NAMES:
        for other in NAMES:
            for between in NAMES:
                first, second = known.metres(one, between), known.metres(between, other)
                if first is not None and second is not None:
                    whole = known.metres(one, other)
                    assert whole is not None
                    assert whole <= first + second


def test_a_way_is_written_down_once_whichever_end_is_said_first() -> None:
    assert two_ends("2号楼", "1号楼") == two_ends("1号楼", "2号楼") == ("1号楼", "2号楼")


def test_ways_are_read_as_they_were_written_down() -> None:
    known = Map({}, (("1号楼", "2号楼", 80),))
    assert known.way("2号楼", "1号楼") == 80
    assert known.way("1号楼", "3号楼") is None
    assert known.beside("1号楼") == (("2号楼", 80),)
    assert known.beside("3号楼") == ()


def test_a_point_in_another_town_is_a_mistake() -> None:
    others = {"1号楼": Point(31.0, 121.0)}
    assert out_of_the_way(Point(32.0, 121.0), others)
    assert not out_of_the_way(Point(31.001, 121.0), others)
    assert not out_of_the_way(Point(32.0, 121.0), {})
