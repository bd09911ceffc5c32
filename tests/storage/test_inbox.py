"""The inbox: stored once, handled once, in order, and what cannot be handled is kept."""

from typing import Any

import pytest

from storage import inbox
from storage.engine import Database
from storage.tables import Arrival, Inbox
from tests.storage.towns import NOW


def message(update_id: int, message_id: int = 1, chat: int = 7) -> dict[str, Any]:
    return {
        "update_id": update_id,
        "message": {"message_id": message_id, "chat": {"id": chat}, "text": "你好"},
    }


def press(update_id: int, number: str = "99", chat: int | None = 7) -> dict[str, Any]:
    query: dict[str, Any] = {"id": number, "from": {"id": 5}, "data": "fine"}
    if chat is not None:
        query["message"] = {"chat": {"id": chat}, "message_id": 3}
    return {"update_id": update_id, "callback_query": query}


async def store(database: Database, *payloads: dict[str, Any]) -> int:
    async with database.write() as tx:
        return await inbox.store(tx, NOW, payloads)


async def waiting(database: Database) -> list[inbox.Waiting]:
    async with database.read() as tx:
        return await inbox.waiting(tx)


async def test_an_update_is_kept_once_however_often_it_is_delivered(database: Database) -> None:
    assert await store(database, message(1)) == 1
    assert await store(database, message(1)) == 0
    assert await store(database, message(1), message(2, 2)) == 1
    assert len(await waiting(database)) == 2


async def test_the_same_message_under_a_new_update_id_is_known(database: Database) -> None:
    assert await store(database, message(1), message(2)) == 1


async def test_the_same_press_under_a_new_update_id_is_known(database: Database) -> None:
    assert await store(database, press(1), press(2)) == 1


async def test_update_ids_may_begin_lower_again(database: Database) -> None:
    await store(database, message(900_000, 1))
    assert await store(database, message(12, 2)) == 1


async def test_a_chat_that_is_no_message_has_no_event_and_is_known_by_its_number(
    database: Database,
) -> None:
    joined = {"update_id": 1, "my_chat_member": {"chat": {"id": -5}}}
    assert await store(database, joined, joined | {"update_id": 2}, joined) == 2


@pytest.mark.parametrize(
    ("payload", "chat"),
    [
        (message(1, chat=-100), -100),
        (press(1, chat=-100), -100),
        (press(1, chat=None), 5),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": -5}}}, -5),
        ({"update_id": 1, "poll": {}}, 0),
    ],
)
def test_an_update_belongs_to_the_order_of_its_chat(payload: dict[str, Any], chat: int) -> None:
    assert inbox.chat_of(payload) == chat


async def test_the_oldest_comes_first_with_everything_it_brought(database: Database) -> None:
    await store(database, message(5, 1), message(3, 2), press(4))
    rows = await waiting(database)
    assert [row.payload["update_id"] for row in rows] == [5, 3, 4]
    assert rows[0].payload == message(5, 1)
    assert rows[0].chat == 7


async def test_a_row_is_finished_once(database: Database) -> None:
    await store(database, message(1))
    [row] = await waiting(database)
    async with database.write() as tx:
        assert await inbox.finish(tx, NOW, row.id)
        assert not await inbox.finish(tx, NOW, row.id)
        assert not await inbox.set_aside(tx, NOW, row.id)
    assert await waiting(database) == []


async def test_a_failure_is_counted_with_its_name(database: Database) -> None:
    await store(database, message(1))
    [row] = await waiting(database)
    for _ in range(3):
        async with database.write() as tx:
            await inbox.note_failure(tx, row.id, "ZeroDivisionError")
    [row] = await waiting(database)
    assert row.tries == 3


async def test_what_is_set_aside_is_kept_and_out_of_the_queue(database: Database) -> None:
    await store(database, message(1), message(2, 2))
    row, other = await waiting(database)
    async with database.write() as tx:
        assert await inbox.set_aside(tx, NOW, row.id)
        assert not await inbox.set_aside(tx, NOW, row.id)
        assert not await inbox.finish(tx, NOW, row.id)
        assert await inbox.count_waiting(tx) == 1
    assert [one.id for one in await waiting(database)] == [other.id]
    async with database.read() as tx:
        kept = await tx.get_one(Inbox, row.id)
    assert kept.state is Arrival.ASIDE
    assert kept.payload == message(1)
