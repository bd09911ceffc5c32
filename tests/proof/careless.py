"""The program with one of its guards taken out, so that the proof can show that it would notice.

`python -m tests.proof.careless GUARD serve` runs `nuanlin serve` without it.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from bot import main, turn
from bot.receive import ALLOWED, POLL_SECONDS, Receiver
from storage import inbox, outbox
from storage.once import changed
from storage.tables import Inbox, Outbox, Post

KEEPING: set[asyncio.Task[None]] = set()
LATER = 0.3


def acknowledge_first() -> None:
    """Updates are kept in memory, as bots usually do, and the next poll says they may go."""

    async def poll_once(self: Receiver, seconds: int = POLL_SECONDS) -> int:
        updates = await self.bot.get_updates(
            offset=self._offset, timeout=seconds, allowed_updates=ALLOWED
        )
        if updates:
            self._offset = updates[-1].update_id + 1
            task = asyncio.create_task(_store_later(self, [one.to_dict() for one in updates]))
            KEEPING.add(task)
            task.add_done_callback(KEEPING.discard)
        return len(updates)

    Receiver.poll_once = poll_once  # type: ignore[method-assign]


async def _store_later(receiver: Receiver, payloads: list[dict[str, Any]]) -> None:
    await asyncio.sleep(LATER)
    await receiver.store(payloads)


def mark_afterwards() -> None:
    """An update is marked as done after the commit that handled it, and nobody looks before."""
    marked = inbox.finish
    handled: dict[int, bool] = {}

    async def finish(_tx: Any, _now: Any, row: int) -> bool:
        handled[row] = True
        return True

    once = turn.Turns._once

    async def and_then_mark(self: turn.Turns, row: inbox.Waiting) -> None:
        await once(self, row)
        await asyncio.sleep(LATER)
        async with self.database.write() as tx:
            await marked(tx, self.clock.now(), row.id)

    inbox.finish = finish  # type: ignore[assignment]
    turn.Turns._once = and_then_mark  # type: ignore[method-assign]


def finish_without_looking() -> None:
    """Whoever handles an update marks it as done, whether or not somebody else has."""

    async def finish(tx: Any, now: Any, row: int) -> bool:
        await changed(tx, update(Inbox).where(Inbox.id == row).values(state="done", ended_at=now))
        return True

    inbox.finish = finish


def resend_everything() -> None:
    """After a crash whatever was being sent is sent again."""

    async def recover(tx: Any, _now: Any) -> int:
        return await changed(
            tx, update(Outbox).where(Outbox.state == Post.SENDING).values(state=Post.WAITING)
        )

    outbox.recover = recover  # type: ignore[assignment]


GUARDS: dict[str, Callable[[], None]] = {
    one.__name__: one for one in (acknowledge_first, mark_afterwards, resend_everything)
}


if __name__ == "__main__":
    GUARDS[sys.argv.pop(1)]()
    main.main()
