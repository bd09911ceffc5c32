"""Pictures and voice messages from a visit: how many are kept."""

from care.visit_files import MOST, Kind, has_room


def test_a_visit_keeps_two_albums_full_and_no_more() -> None:
    assert has_room(0)
    assert has_room(MOST - 1)
    assert not has_room(MOST)
    assert set(Kind) == {"photo", "voice"}
