"""The outbox: intents, one per key; edits find every message; after a crash nothing is guessed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from care.notices import Notice, Priority
from storage import outbox
from storage.engine import Database
from storage.outbox import To
from storage.tables import Outbox, Post, Standing
from tests.storage.towns import NOW

CHAT = To(5, 1, 1)
MINUTE = timedelta(minutes=1)


async def post(database: Database, notice: Notice = Notice.CALL_LIST, **how: Any) -> int:
    """Queue a message; its row."""
    async with database.write() as tx:
        to = how.pop("to", CHAT)
        assert await outbox.post(tx, how.pop("now", NOW), to, notice, **how)
        found = await tx.scalar(select(Outbox.id).order_by(Outbox.id.desc()).limit(1))
    assert found is not None
    return found


async def take(database: Database, row: int, now: datetime = NOW) -> Outbox | None:
    async with database.write() as tx:
        return await outbox.take(tx, now, row)


async def send(database: Database, row: int, message: int | None, days_ago: int = 0) -> None:
    """Take it and have it arrive."""
    await take(database, row)
    async with database.write() as tx:
        await outbox.sent(tx, NOW - timedelta(days=days_ago), row, message)


async def standing(database: Database, message: int = 77, card: str = "card") -> None:
    """A message that shows `card` stands in the chat."""
    await send(database, await post(database, card=card), message)


async def refresh(database: Database, card: str = "card") -> None:
    async with database.write() as tx:
        await outbox.refresh(tx, NOW, card)


async def rows(database: Database) -> list[Outbox]:
    async with database.read() as tx:
        return list(await tx.scalars(select(Outbox).order_by(Outbox.id)))


async def states(database: Database) -> list[Post]:
    return [row.state for row in await rows(database)]


async def due(database: Database, now: datetime = NOW) -> list[int]:
    async with database.read() as tx:
        return [row for row, _chat in (await outbox.due(tx, now))[0]]


async def test_a_key_is_queued_once(database: Database) -> None:
    async with database.write() as tx:
        first = await outbox.post(tx, NOW, CHAT, Notice.CALL_LIST, key="list:1")
        again = await outbox.post(tx, NOW, CHAT, Notice.CALL_LIST, key="list:1")
        other = await outbox.post(tx, NOW, CHAT, Notice.CALL_LIST, key="list:2")
    assert (first, again, other) == (True, False, True)
    assert len(await rows(database)) == 2


async def test_a_key_stays_taken_after_the_message_was_sent(database: Database) -> None:
    await send(database, await post(database, key="list:1"), 77)
    async with database.write() as tx:
        assert not await outbox.post(tx, NOW, CHAT, Notice.CALL_LIST, key="list:1")


async def test_messages_without_a_key_are_all_queued(database: Database) -> None:
    await post(database)
    await post(database)
    assert len(await rows(database)) == 2


async def test_alarms_go_first_then_answers_then_prompts_then_broadcasts(
    database: Database,
) -> None:
    order = [
        await post(database, one)
        for one in (Notice.CALL_LIST, Notice.CALL_AGAIN, Notice.MENU, Notice.ALERT)
    ]
    assert await due(database) == order[::-1]


async def test_of_equals_the_older_goes_first(database: Database) -> None:
    first, second = await post(database), await post(database)
    assert await due(database) == [first, second]


async def test_nothing_goes_before_its_time(database: Database) -> None:
    row = await post(database, not_before=NOW + MINUTE)
    assert await due(database) == []
    async with database.read() as tx:
        assert await outbox.due(tx, NOW) == ([], NOW + MINUTE)
        assert await outbox.count_waiting(tx, NOW) == 0
        assert await outbox.count_waiting(tx, NOW + MINUTE) == 1
    assert await due(database, NOW + MINUTE) == [row]


async def test_with_nothing_waiting_there_is_no_next_time(database: Database) -> None:
    await send(database, await post(database), 1)
    async with database.read() as tx:
        assert await outbox.due(tx, NOW) == ([], None)


async def test_past_its_time_it_is_not_sent(database: Database) -> None:
    row = await post(database, expires_at=NOW)
    assert await take(database, row) is None
    assert await states(database) == [Post.EXPIRED]


async def test_just_before_its_end_it_is_sent(database: Database) -> None:
    row = await post(database, expires_at=NOW + MINUTE)
    assert await take(database, row) is not None


async def test_a_row_is_taken_once(database: Database) -> None:
    row = await post(database)
    taken = await take(database, row)
    assert taken is not None
    assert taken.tries == 1
    assert await take(database, row) is None
    assert await take(database, row + 1) is None


async def test_what_arrived_is_written_down_where_it_stands(database: Database) -> None:
    await standing(database)
    async with database.read() as tx:
        row = await tx.get_one(Standing, (5, 77))
    assert (row.card, row.notice, row.member_id) == ("card", Notice.CALL_LIST, 1)
    assert await states(database) == [Post.SENT]


async def test_a_message_that_has_no_number_stands_nowhere(database: Database) -> None:
    await send(database, await post(database, Notice.COMMANDS, card="card"), None)
    await refresh(database)
    assert await states(database) == [Post.SENT]


async def test_refreshing_a_message_that_waits_needs_nothing(database: Database) -> None:
    await post(database, card="card")
    await refresh(database)
    [row] = await rows(database)
    assert (row.state, row.stale) == (Post.WAITING, False)


async def test_refreshing_a_message_on_its_way_edits_it_once_more_afterwards(
    database: Database,
) -> None:
    row = await post(database, card="card")
    await take(database, row)
    await refresh(database)
    async with database.write() as tx:
        await outbox.sent(tx, NOW, row, 77)
    _, edit = await rows(database)
    assert (edit.edits, edit.card, edit.state) == (77, "card", Post.WAITING)
    await send(database, edit.id, 77)
    assert len(await rows(database)) == 2


async def test_refreshing_a_standing_message_edits_it_once(database: Database) -> None:
    await standing(database)
    await refresh(database)
    await refresh(database)
    _, edit = await rows(database)
    assert (edit.edits, edit.chat, edit.member_id) == (77, 5, 1)
    assert edit.priority == Priority.PROMPT


async def test_every_message_that_shows_the_card_is_changed_and_no_other(
    database: Database,
) -> None:
    await standing(database, 77)
    await standing(database, 78)
    await standing(database, 79, card="another")
    await refresh(database)
    assert [row.edits for row in await rows(database)] == [None, None, None, 77, 78]


async def test_refreshing_while_an_edit_is_on_its_way_edits_once_more(database: Database) -> None:
    await standing(database)
    await refresh(database)
    [edit] = await due(database)
    await take(database, edit)
    await refresh(database)
    async with database.write() as tx:
        await outbox.sent(tx, NOW, edit, 77)
    assert [row.edits for row in await rows(database)] == [None, 77, 77]


async def test_a_message_about_to_show_something_else_is_left_alone(database: Database) -> None:
    await standing(database)
    await post(database, Notice.MENU, edits=77)
    await refresh(database)
    assert len(await rows(database)) == 2


async def test_a_message_that_shows_something_else_by_now_is_not_found_any_more(
    database: Database,
) -> None:
    await standing(database)
    await send(database, await post(database, Notice.MENU, edits=77), 77)
    await refresh(database)
    assert len(await rows(database)) == 2


async def test_a_message_that_is_gone_is_not_tried_again(database: Database) -> None:
    await standing(database)
    async with database.write() as tx:
        await outbox.forget_message(tx, 5, 77)
    await refresh(database)
    assert len(await rows(database)) == 1


async def test_put_back_it_is_tried_later_and_an_unclear_attempt_is_counted(
    database: Database,
) -> None:
    row = await post(database)
    await take(database, row)
    async with database.write() as tx:
        await outbox.put_back(tx, row, NOW + MINUTE, "429")
    assert await due(database) == []
    assert await due(database, NOW + MINUTE) == [row]
    await take(database, row, NOW + MINUTE)
    async with database.write() as tx:
        await outbox.put_back(tx, row, NOW, "TimedOut", unclear=True)
    [found] = await rows(database)
    assert (found.tries, found.unclear, found.error) == (2, 1, "TimedOut")


async def test_closed_unsent_it_says_why(database: Database) -> None:
    row = await post(database)
    async with database.write() as tx:
        await outbox.end(tx, NOW, row, Post.REFUSED, "blocked")
    [found] = await rows(database)
    assert (found.state, found.error) == (Post.REFUSED, "blocked")


async def test_arriving_after_its_row_was_tidied_away_is_no_trouble(database: Database) -> None:
    async with database.write() as tx:
        await outbox.sent(tx, NOW, 4711, 1)


@pytest.mark.parametrize(
    ("notice", "how", "after"),
    [
        (Notice.CALL_LIST, {}, Post.UNCLEAR),
        (Notice.ALERT, {}, Post.WAITING),
        (Notice.CALL_LIST, {"edits": 77}, Post.WAITING),
    ],
    ids=["once is not repeated", "must is repeated", "an edit is the same however often"],
)
async def test_after_a_crash_what_was_on_its_way(
    database: Database, notice: Notice, how: dict[str, Any], after: Post
) -> None:
    await take(database, await post(database, notice, **how))
    await post(database)
    async with database.write() as tx:
        assert await outbox.recover(tx, NOW) == 1
    assert await states(database) == [after, Post.WAITING]
    if after is Post.WAITING:
        [row, _] = await rows(database)
        assert row.unclear == 1


async def test_after_a_clean_stop_there_is_nothing_to_settle(database: Database) -> None:
    await standing(database)
    async with database.write() as tx:
        assert await outbox.recover(tx, NOW) == 0


async def test_what_waits_follows_a_group_to_its_new_number(database: Database) -> None:
    group = To(-5, None, 1)
    await send(database, await post(database, Notice.ERRAND_CARD, to=group, card="errand:1"), 77)
    await post(database, Notice.ERRAND_CARD, to=group, card="errand:2")
    await refresh(database, "errand:1")
    elsewhere = await post(database)
    async with database.write() as tx:
        await outbox.move_chat(tx, -5, -1005)
    sent, waits, edit, other = await rows(database)
    assert (sent.chat, sent.state) == (-5, Post.SENT)
    assert (waits.chat, waits.state) == (-1005, Post.WAITING)
    assert edit.state is Post.DROPPED
    assert (other.id, other.chat) == (elsewhere, 5)
    await refresh(database, "errand:1")
    assert len(await rows(database)) == 4


@pytest.mark.parametrize(
    ("notice", "changed"), [(Notice.VISIT_REMINDER, [77, 78]), (Notice.ERRAND, [76, 77, 78])]
)
async def test_of_what_passes_with_its_day_only_the_latest_messages_are_changed(
    database: Database, notice: Notice, changed: list[int]
) -> None:
    """Two days, or the newest of its kind; an address is taken out wherever it stands."""
    for number, days in ((76, 3), (77, 1), (78, 0)):
        await send(database, await post(database, notice, card="card"), number, days)
    await refresh(database)
    assert sorted(row.edits for row in await rows(database) if row.edits) == changed


async def test_the_newest_of_a_kind_is_changed_however_old_it_is(database: Database) -> None:
    await send(database, await post(database, Notice.VISITS, card="card"), 77, 30)
    await send(database, await post(database, Notice.VISIT, card="card"), 78, 20)
    await refresh(database)
    assert sorted(row.edits for row in await rows(database) if row.edits) == [77, 78]


async def test_whether_a_message_is_changing_is_found_by_an_index(database: Database) -> None:
    """Every redraw asks it of every message; reading all of them would slow it down for years."""
    if not database.is_sqlite:
        # A table this small PostgreSQL rightly reads from the beginning.
        return
    asked = text(
        "EXPLAIN QUERY PLAN SELECT 1 FROM outbox WHERE chat = 1 AND edits = 2"
        " AND state IN ('waiting', 'sending')"
    )
    async with database.read() as tx:
        plan = [row[3] for row in await tx.execute(asked)]
    assert plan == ["SEARCH outbox USING INDEX ix_outbox_chat_edits (chat=? AND edits=?)"]
