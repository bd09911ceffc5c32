"""Visits offered to neighbours: "I will go", "I cannot"."""

from typing import Any

from telegram import Update

from bot.turn import Turn
from care.notices import Notice
from storage import covers
from storage import week as weeks
from storage.covers import cover_card
from storage.week import visits_card


async def claim(update: Update, turn: Turn) -> None:
    """ "I will go": `cover_claim:<offer>`; the first has the visit, the others see who."""
    [cover_id] = turn.numbers(1)
    await turn.show(Notice.COVER, cover_card(cover_id), cover=cover_id)
    found = await covers.claim(turn.tx, turn.now, turn.me.viewer, cover_id)
    await turn.refresh(cover_card(cover_id), visits_card(turn.me.member.id))
    if found.waits_for is not None:
        await turn.refresh(visits_card(found.waits_for.volunteer.id))
    cover = found.cover
    await weeks.refresh_leaders(turn.tx, turn.now, cover.community_id, cover.week, cover.elder_id)
    await covers.refresh_gaps(turn.tx, turn.now, cover)
    turn.toast(turn.tr("Thank you! It is in your visits now."))


async def say_no(update: Update, turn: Turn) -> None:
    """ "I cannot": `cover_no:<offer>`; they are not asked again."""
    [cover_id] = turn.numbers(1)
    await covers.say_no(turn.tx, turn.me.viewer, cover_id)
    await turn.show(Notice.COVER, cover_card(cover_id), cover=cover_id)
    turn.toast(turn.tr("That is all right, thank you for saying so."))


PRESSED: dict[str, Any] = {"cover_claim": claim, "cover_no": say_no}
