"""The weekly review: keep one, keep all that are left, turn pages."""

from datetime import date

from telegram import Update

from bot.turn import Turn, number_of
from care.notices import Notice
from care.refusals import NotYours, Stale
from care.tiers import Question, last_review
from storage import reviews, tiers
from storage.tables import Standing
from storage.tiers import review_card


async def keep(update: Update, turn: Turn) -> None:
    """ "Stays red": `review_keep:<question>`."""
    [number] = turn.numbers(1)
    asked = await tiers.access_question(turn.tx, turn.me.viewer, number)
    if asked.question.kind is not Question.REVIEW:
        raise Stale
    _on(turn, asked.question.evidence["day"])
    await tiers.keep(turn.tx, turn.now, turn.me.viewer, asked)
    turn.toast(turn.tr("{name}: reviewed.", name=asked.elder.name).unescape())


async def keep_rest(update: Update, turn: Turn) -> None:
    """ "Keep all that are left": `review_rest:<day>:<how many were left when it was drawn>`."""
    word, count = turn.words(2)
    day = _on(turn, word)
    found = await reviews.of_caller(turn.tx, turn.me.community, turn.me.member.id, day)
    left = [one for one in found if one.open]
    if not left or str(len(left)) != count:
        raise Stale
    for asked in left:
        await tiers.keep(turn.tx, turn.now, turn.me.viewer, asked)
    turn.toast(turn.tr("All are reviewed. Thank you! 🌷"))


async def turn_page(update: Update, turn: Turn) -> None:
    """`review_page:<day>:<page>`."""
    word, page = turn.words(2)
    day = _on(turn, word)
    standing = await turn.tx.get(Standing, (turn.account, turn.pressed or 0))
    late = standing.facts.get("late") if standing else None
    card = review_card(turn.me.member.id, day)
    facts = {"day": str(day), "late": late, "page": number_of(page)}
    await turn.show(Notice.TIER_REVIEW, card, **facts)


def _on(turn: Turn, word: str) -> date:
    """The review's day, as long as it is on."""
    if not turn.me.viewer.staff:
        raise NotYours
    day = last_review(turn.now, turn.me.settings, turn.me.zone)
    if word != str(day):
        raise Stale
    return day


PRESSED = {
    "review_keep": keep,
    "review_rest": keep_rest,
    "review_page": turn_page,
}
