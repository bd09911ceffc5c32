"""Changing what is asked for, with before and after kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.errands import Step
from storage.errands import Whole, move, note
from storage.tables import Errand, ErrandStep, Member

# Of another day nobody has been warned, and nobody has said that they will still do it then.
ANOTHER_DAY = {"warned_at": None, "late_at": None, "asked_claimer_at": None, "kept_at": None}
EDITABLE = ("what", "by_when", "meet_at", "budget_fen", "payer", "photo")


async def edit(
    tx: AsyncSession, now: datetime, whole: Whole, by: int, reason: str, **after_: Any
) -> list[str]:
    """Change what is asked for, with a reason; the names of what really changed.

    `after_` are new values of `EDITABLE`; before and after are kept in the history.

    Raises:
        Stale: the errand is in no state that allows it.
    """
    errand = whole.errand
    new = {name: after_[name] for name in EDITABLE if name in after_}
    old = {name: getattr(errand, name) for name in new}
    names = [name for name in new if new[name] != old[name]]
    if not names:
        return []
    values = {name: new[name] for name in names}
    await move(tx, errand, Step.EDIT, values | (ANOTHER_DAY if "by_when" in names else {}))
    facts = {name: [_plain(old[name]), _plain(new[name])] for name in names}
    note(tx, now, errand, Step.EDIT, by, reason, facts)
    await tx.refresh(errand)
    return names


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


async def history(tx: AsyncSession, errand: Errand) -> list[tuple[ErrandStep, Member]]:
    """Every step with who took it, the first first."""
    found = await tx.execute(
        select(ErrandStep, Member)
        .join(Member, Member.id == ErrandStep.by_id)
        .where(ErrandStep.errand_id == errand.id)
        .order_by(ErrandStep.id)
    )
    return [(step, member) for step, member in found]
