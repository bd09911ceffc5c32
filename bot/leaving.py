"""Leaving the station: what one had in hand goes back first, so that nobody waits in vain."""

from datetime import timedelta

from sqlalchemy import delete
from telegram import Update

from bot import errands, leave
from bot.menu import post_commands
from bot.turn import Turn
from care.access import Role
from care.days import local_day
from care.joining import Standing
from care.notices import Notice
from storage import drafts, members
from storage.once import changed
from storage.tables import MemberRole
from storage.week import LEFT

AS_FAR_AS_ANYBODY_PLANS = timedelta(days=365)


async def ask(update: Update, turn: Turn) -> None:
    """Leaving is asked twice."""
    _ = turn.me
    await turn.show(Notice.LEAVE_ASKED)


async def go(update: Update, turn: Turn) -> None:
    """Leave the station: no roles, no messages; what was done stays on record."""
    person = turn.me
    if Role.VOLUNTEER in person.roles:
        today = local_day(turn.now, person.zone)
        await errands.give_back_all(turn)
        await leave.free(turn, today, today + AS_FAR_AS_ANYBODY_PLANS, LEFT)
    await members.audit(turn.tx, turn.now, person.viewer, "left", f"member:{person.member.id}")
    person.member.standing = Standing.LEFT
    await changed(turn.tx, delete(MemberRole).where(MemberRole.member_id == person.member.id))
    await drafts.end(turn.tx, turn.account)
    await turn.tx.flush()
    await post_commands(turn)
    turn.opening.person = None
    await turn.show(Notice.PLAIN, say="left", language=turn.tr.language)
