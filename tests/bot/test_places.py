"""Buildings in chat: where they stand and what stands beside them, so that walks are short."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from care.places import NEXT_TO_METRES, Map
from storage import places
from storage.places import key_of
from tests.street import NOT_YOURS, Street, street

TWELVE, THREE = key_of("12号楼"), key_of("3号楼")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    """王桂芳 lives in 12号楼, 赵大爷 in 3号楼."""
    async with street(tmp_path) as found:
        yield found


async def known(home: Street) -> Map:
    async with home.stage.database.read() as tx:
        return await places.map_of(tx, home.stage.station.id)


async def open_(home: Street, name: str) -> None:
    await home.stage.say(home.li, "/pairings")
    await home.stage.tap(home.li, "places")
    await home.stage.tap(home.li, name)


async def send(home: Street, latitude: float, longitude: float) -> None:
    home.stage.phones.send_location(home.li, latitude, longitude)
    await home.stage.settle()


async def test_a_location_that_is_sent_is_where_the_building_stands(home: Street) -> None:
    await open_(home, "12号楼")
    await home.stage.tap(home.li, "place_point")
    await send(home, 31.23, 121.47)
    assert "已有位置" in home.stage.last(home.li).text
    found = (await known(home)).points
    assert found["12号楼"].latitude == pytest.approx(31.23)
    await open_(home, "📍12号楼")
    await home.stage.tap(home.li, "place_off")
    assert (await known(home)).points == {}


async def test_a_place_in_another_town_is_not_taken_and_can_be_sent_again(home: Street) -> None:
    for name, where in (("12号楼", 31.23), ("3号楼", 41.0)):
        await open_(home, name)
        await home.stage.tap(home.li, "place_point")
        await send(home, where, 121.47)
    assert "超过 20 公里" in home.stage.last(home.li).text
    assert set((await known(home)).points) == {"12号楼"}
    await send(home, 31.231, 121.47)
    assert (await known(home)).metres("12号楼", "3号楼") == 111


async def test_a_location_nobody_asked_for_changes_nothing(home: Street) -> None:
    await send(home, 31.23, 121.47)
    await open_(home, "12号楼")
    await home.stage.tap(home.li, "place_point")
    await home.stage.say(home.li, "/cancel")
    await send(home, 31.23, 121.47)
    assert (await known(home)).points == {}


async def test_neighbours_are_linked_and_parted_by_taps(home: Street) -> None:
    await open_(home, "12号楼")
    await home.stage.tap(home.li, "place_next")
    await home.stage.tap(home.li, "3号楼")
    assert f"到3号楼走 {NEXT_TO_METRES} 米" in home.stage.last(home.li).text
    assert (await known(home)).metres("3号楼", "12号楼") == NEXT_TO_METRES
    await home.stage.tap(home.li, "✅ 3号楼")
    assert (await known(home)).metres("3号楼", "12号楼") is None


@pytest.mark.parametrize(
    "data", ["places:0", f"place:{TWELVE}", f"place_point:{TWELVE}", f"place_link:{TWELVE}:{THREE}"]
)
async def test_it_is_for_the_staff(home: Street, data: str) -> None:
    assert await home.forge(home.chen, data) == NOT_YOURS
    await send(home, 31.23, 121.47)
    assert await known(home) == Map()


@pytest.mark.parametrize("data", ["place:x", f"place_link:{TWELVE}:{TWELVE}", "place_off:1"])
async def test_a_button_made_up_changes_nothing(home: Street, data: str) -> None:
    await home.stage.say(home.li, "/pairings")
    await home.forge(home.li, data)
    assert await known(home) == Map()
