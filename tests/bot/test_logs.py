"""A log line never holds the bot's token, wherever in it the token was."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from telegram.error import InvalidToken

from bot.logs import set_up

TOKEN = "123456:AAcanaryAAcanaryAAcanary"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Logging is one for the whole process; it is put back as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    named = ("httpx", "httpcore", "aiohttp.access", "telegram", "apscheduler", "alembic")
    levels = {name: logging.getLogger(name).level for name in named}
    yield
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


def test_no_field_of_a_line_holds_the_token(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("DEBUG")
    log = structlog.get_logger()
    url = f"https://api.telegram.org/bot{TOKEN}/getMe"
    log.warning("text", url=url)
    log.warning("error", error=InvalidToken(f"The token `{TOKEN}` was rejected"))
    log.warning("nested", facts={"url": [url]}, pair=(TOKEN, 1))
    log.warning(url)
    shown = capsys.readouterr().err
    assert shown.count("<token>") == 5
    assert "canary" not in shown


def test_no_traceback_holds_the_token(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    try:
        int(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("somebody.else").exception("failed %s", TOKEN)
    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert "canary" not in shown


@pytest.mark.parametrize("name", ["httpx", "httpcore", "telegram.ext", "aiohttp.access"])
def test_libraries_that_write_addresses_are_quiet(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    set_up("DEBUG")
    logging.getLogger(name).info("HTTP Request: POST https://api.telegram.org/bot%s/getMe", TOKEN)
    assert capsys.readouterr().err == ""
    logging.getLogger(name).error("bot%s", TOKEN)
    assert "<token>" in capsys.readouterr().err


def test_what_is_less_than_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("WARNING")
    structlog.get_logger().info("small talk")
    structlog.get_logger().warning("trouble", row=5)
    shown = capsys.readouterr().err
    assert "small talk" not in shown
    assert "trouble" in shown
    assert "row=5" in shown


def test_a_time_of_day_is_no_token(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    structlog.get_logger().info("call_list", at="2026-04-09T08:30:00+08:00", seconds="08:30:15")
    assert "08:30:15" in capsys.readouterr().err
