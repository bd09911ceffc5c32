"""The quick SQLite refuses what the program's own driver refuses, and lends no file twice."""

from pathlib import Path

import pytest
from sqlalchemy.exc import MissingGreenlet

from storage import communities
from storage.engine import Database
from tests.stage import new_database
from tests.storage.towns import NOW


async def opened(folder: Path, name: str, driver: str = "inline") -> Database:
    return await new_database(f"sqlite+{driver}:///{folder / name}.db")


@pytest.mark.parametrize("driver", ["inline", "aiosqlite"])
async def test_what_is_asked_for_without_waiting_is_refused(tmp_path: Path, driver: str) -> None:
    """Or a test would be green where the program answers nobody."""
    database = await opened(tmp_path, "one", driver)
    async with database.write() as tx:
        station = await communities.create(tx, NOW, "幸福社区", "Asia/Shanghai", "zh_CN")
        tx.expire(station)
        with pytest.raises(MissingGreenlet):
            _ = station.name
    await database.close()


async def test_a_database_that_is_closed_twice_lends_its_engine_once(tmp_path: Path) -> None:
    first = await opened(tmp_path, "first")
    await first.close()
    await first.close()
    second, third = await opened(tmp_path, "second"), await opened(tmp_path, "third")
    assert second.engine is not third.engine
    async with second.write() as tx:
        await communities.create(tx, NOW, "幸福社区", "Asia/Shanghai", "zh_CN")
    async with third.read() as tx:
        assert await communities.every(tx) == []
    await second.close()
    await third.close()


async def test_a_closed_database_opens_nothing_more(tmp_path: Path) -> None:
    database = await opened(tmp_path, "one")
    await database.close()
    with pytest.raises(RuntimeError, match="no process has begun"):
        async with database.read() as tx:
            await communities.every(tx)
