"""The independent server, and the URL at which a bot finds it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.peer.adapter import telegram_at
from tests.peer.peer import peer_running


@pytest.fixture
def peer_server() -> Iterator[str]:
    """Where people reach the server; it begins empty for each test."""
    with peer_running() as url:
        yield url


@pytest.fixture
async def telegram_url(peer_server: str) -> AsyncIterator[str]:
    """Where a bot reaches it: NUANLIN_TELEGRAM_URL for a process, `base_url` + "/bot" for a Bot."""
    async with telegram_at(peer_server) as url:
        yield url
