"""What every test may ask for by name."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.postgres import Postgres, installations, running

# How fast a machine is says nothing about a rule.
settings.register_profile("any machine", deadline=None)
# For whoever asks only which branches are reached.
settings.register_profile("the same few examples", deadline=None, derandomize=True, max_examples=25)
settings.load_profile(os.environ.get("NUANLIN_TEST_EXAMPLES", "any machine"))


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not in what is imported: it takes a tenth of the time else.

    A simulation thaws what is frozen here, and looks for garbage by rules of its own.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; without one the tests fail, for a skipped test proves nothing."""
    with running(installations()) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty PostgreSQL database of this test's own."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database; the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A command has the log write to its own standard error, which is closed after its test."""
    yield
    structlog.reset_defaults()
