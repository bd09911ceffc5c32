"""A playground with no limits, a bot on it, and Li, who has pressed Start."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.playground.limits import Limits
from bot.playground.records import Person
from bot.playground.telegram import LocalTelegram
from bot.playground.wire import Wire
from tests.playground.clock import Clock

TOKEN = "1:playground"


@pytest.fixture(autouse=True)
def _waits_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns of its old ways, and a warning fails a test."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def telegram(clock: Clock) -> LocalTelegram:
    return LocalTelegram(limits=Limits.off(), clock=clock, seed=1)


@pytest.fixture
def li(telegram: LocalTelegram) -> Person:
    person = telegram.add_person("Li", phone="+8613800138000")
    telegram.phones.start(person)
    return person


@pytest.fixture
async def bot(telegram: LocalTelegram) -> AsyncIterator[Bot]:
    wire = Wire(telegram)
    async with Bot(TOKEN, request=wire, get_updates_request=wire) as made:
        yield made
    await telegram.close()
