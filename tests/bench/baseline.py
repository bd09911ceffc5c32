"""The usual way to write the same claim: python-telegram-bot as documented, and the ORM.

It keeps no inbox and no outbox: an update that is in its memory when it dies is gone.
"""

import os
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from care.errands import State, Step
from storage.engine import parse_url
from storage.tables import Errand, ErrandStep, Member

engine = create_async_engine(parse_url(os.environ["NUANLIN_DATABASE_URL"]))
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def take(tx: AsyncSession, account: int, number: int) -> tuple[bool, Errand, Member]:
    """The same guarded update, and the errand with whoever asked for it."""
    now = datetime.now(UTC)
    member = (await tx.scalars(select(Member).where(Member.account == account))).one()
    result: Any = await tx.execute(
        update(Errand)
        .where(Errand.id == number, Errand.claimed_by.is_(None))
        .values(claimed_by=member.id, claimed_at=now, state=State.CLAIMED)
    )
    errand = await tx.get_one(Errand, number)
    asker = await tx.get_one(Member, errand.asked_by)
    if result.rowcount:
        step = ErrandStep(errand_id=number, step=Step.CLAIM, by_id=member.id, at=now)
        step.community_id = errand.community_id
        tx.add(step)
    return bool(result.rowcount), errand, asker


async def claim(event: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Claim, commit, answer, edit the card, tell whoever asked."""
    query = event.callback_query
    assert query is not None
    assert query.data is not None
    async with sessions.begin() as tx:
        won, errand, asker = await take(tx, query.from_user.id, int(query.data.split(":")[1]))
    if not won:
        await query.answer("Taken.", show_alert=True)
        return
    await query.answer("It is yours.")
    await query.edit_message_text("Taken by you.")
    await context.bot.send_message(query.from_user.id, f"It is yours: {errand.what}")
    await context.bot.send_message(asker.account or 0, f"Taken: {errand.what}")


def main() -> None:
    """Poll until ended."""
    url = os.environ["NUANLIN_TELEGRAM_URL"]
    application = (
        Application.builder()
        .token(os.environ["NUANLIN_TOKEN"])
        .base_url(f"{url}/bot")
        .concurrent_updates(True)
        .build()
    )
    application.add_handler(CallbackQueryHandler(claim, "^claim:"))
    application.run_polling()


if __name__ == "__main__":
    main()
