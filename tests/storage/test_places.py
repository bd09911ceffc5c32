"""Buildings and ways in the records, on both databases."""

from care.places import Point
from storage import joining, places
from storage.engine import Database
from storage.tables import Volunteer
from tests.storage.towns import Towns


async def test_a_map_is_of_one_community_and_ways_are_written_down_once(
    database: Database, towns: Towns
) -> None:
    here, there = towns.here.id, towns.there.id
    async with database.write() as tx:
        await places.put_way(tx, here, "2号楼", "1号楼", 300)
        await places.put_way(tx, here, "1号楼", "2号楼", 120)
        await places.put_way(tx, there, "1号楼", "2号楼", 999)
        await places.put(tx, here, "3号楼", Point(31.0, 121.0))
        await places.put(tx, here, "4号楼")
        await places.put(tx, here, "4号楼", Point(31.001, 121.0))
        await places.put(tx, here, "5号楼")
        known = await places.map_of(tx, here)
        assert known.metres("1号楼", "2号楼") == 120
        assert known.metres("3号楼", "4号楼") == 111
        assert known.metres("3号楼", "5号楼") is None
        assert (await places.map_of(tx, there)).metres("2号楼", "1号楼") == 999


async def test_buildings_are_those_that_somebody_wrote_down(
    database: Database, towns: Towns
) -> None:
    here = towns.here
    async with database.write() as tx:
        await places.put(tx, here.id, "9号楼")
        await joining.ensure_volunteer(tx, here.chen)
        (await tx.get_one(Volunteer, here.chen.id)).building = "8号楼"
        await places.put(tx, towns.there.id, "7号楼")
        await tx.flush()
        found = await places.buildings(tx, here.id)
        assert {"8号楼", "9号楼"} <= set(found)
        assert "7号楼" not in found
        assert found == sorted(found)
