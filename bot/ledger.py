"""The ledger in the chat: a month as a picture, and the days that were missed."""

import re
from collections.abc import Awaitable, Callable

from telegram import Update

from bot.turn import Turn, number_of
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage.ledger import ledger_card

Handle = Callable[[Update, Turn], Awaitable[None]]


def _staff(turn: Turn) -> None:
    if not turn.me.viewer.staff:
        raise NotYours


def _card(turn: Turn) -> str:
    return ledger_card(turn.me.community.id)


def _month(word: str) -> str:
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", word, re.ASCII):
        raise Stale
    return word


async def show(update: Update, turn: Turn) -> None:
    """`/ledger`: this month. Always a new message: a text does not turn into a picture."""
    _staff(turn)
    await turn.say(Notice.LEDGER, _card(turn))


async def show_month(update: Update, turn: Turn) -> None:
    """Another month, in place: `ledger_month:<month>`."""
    [month] = turn.words(1)
    _staff(turn)
    await turn.show(Notice.LEDGER, _card(turn), month=_month(month))


async def turn_page(update: Update, turn: Turn) -> None:
    """More elders of the same month: `ledger_page:<month>:<page>`."""
    month, page = turn.words(2)
    _staff(turn)
    await turn.show(Notice.LEDGER, _card(turn), month=_month(month), page=number_of(page))


async def show_missed(update: Update, turn: Turn) -> None:
    """The missed days, below the picture: `ledger_missed:<month>`."""
    [month] = turn.words(1)
    _staff(turn)
    await turn.say(Notice.LEDGER_MISSED, month=_month(month))


async def turn_missed(update: Update, turn: Turn) -> None:
    """More missed days: `missed_page:<month>:<page>`."""
    month, page = turn.words(2)
    _staff(turn)
    await turn.show(Notice.LEDGER_MISSED, month=_month(month), page=number_of(page))


PRESSED: dict[str, Handle] = {
    "ledger_month": show_month,
    "ledger_page": turn_page,
    "ledger_missed": show_missed,
    "missed_page": turn_missed,
}
