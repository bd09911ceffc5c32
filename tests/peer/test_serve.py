"""`nuanlin serve` itself against a Bot API server that others wrote."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peer.peer import Person

pytestmark = pytest.mark.peer
TOKEN = "123456:independent"
NUANLIN = Path(sys.executable).with_name("nuanlin")


@pytest.fixture
def environment(tmp_path: Path, telegram_url: str) -> dict[str, str]:
    """The settings of a station of this test's own."""
    return {
        **os.environ,
        "NUANLIN_TOKEN": TOKEN,
        "NUANLIN_TELEGRAM_URL": telegram_url,
        "NUANLIN_DATABASE_URL": f"sqlite:///{tmp_path / 'station.db'}",
        "NUANLIN_CLOCK": "2026-04-09T08:29:50+08:00",
    }


async def nuanlin(environment: dict[str, str], *words: str) -> dict[str, Any]:
    """Run a command; its JSON."""
    process = await asyncio.create_subprocess_exec(
        NUANLIN, *words, "--json", env=environment, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture
def serving(environment: dict[str, str]) -> Iterator[None]:
    """The program, serving; ended by its process id."""
    process = subprocess.Popen([NUANLIN, "serve"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(timeout=15) == 0


async def test_people_join_and_the_morning_list_comes_and_is_logged_with_taps(
    peer_server: str, environment: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = await nuanlin(environment, "init", "--community", "幸福社区")
    roster = tmp_path / "roster.csv"
    roster.write_text("姓名,等级,电话\n王桂芳,红,13800000001\n", encoding="utf-8")
    taken = await nuanlin(environment, "import", str(roster))
    assert (taken["new"], taken["problems"]) == (1, [])
    worker = await nuanlin(environment, "invite", "social_worker", "--name", "李敏")
    request.getfixturevalue("serving")
    boss, li = Person(peer_server, TOKEN, 101, "周督导"), Person(peer_server, TOKEN, 102, "李敏")
    await boss.write(f"/start {first['start']}")
    await boss.press("同意，加入")
    await boss.sees("欢迎")
    await li.write(f"/start {worker['start']}")
    await li.press("同意，加入")
    await li.sees("共 1 位，还有 1 位", button="王桂芳")
    await li.press("王桂芳")
    await li.press("✅ 平安")
    await li.sees("今天 1 位都联系上了")
    status = await nuanlin(environment, "status")
    assert (status["red"], status["contacted_today"], status["inbox_waiting"]) == (1, 1, 0)
