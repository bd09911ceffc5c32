"""The second channel, with the real Apprise and a server of our own on loopback."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog
from aiohttp import web
from pydantic import SecretStr

from bot.channel import ChannelFailed, SecondChannel
from bot.logs import SILENT, hide, set_up
from bot.settings import Settings, SettingWrong

SECRET = "canarypath0123456789"
# A library that one of the services brings along.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class Gateway:
    """Takes what is posted to it, or answers with `status`."""

    def __init__(self) -> None:
        self.took: list[dict[str, Any]] = []
        self.status = 200
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.took.append(await request.json())
        return web.Response(status=self.status)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    found = Gateway()
    application = web.Application()
    application.router.add_post("/{path}", found.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    [(host, port)] = runner.addresses
    found.url = f"json://{host}:{port}/{SECRET}"
    yield found
    await runner.cleanup()


@pytest.fixture
def logging_restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logging is one for the whole process; it is put back as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in SILENT}
    monkeypatch.setattr("bot.logs._hidden", [])
    yield
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


def channel(*addresses: str) -> SecondChannel:
    found = SecondChannel.from_settings(settings(", ".join(addresses)))
    assert found is not None
    return found


def settings(addresses: str) -> Settings:
    return Settings(second_channel=SecretStr(addresses), _env_file=None)


async def test_a_message_arrives_as_it_is(gateway: Gateway) -> None:
    await channel(gateway.url).send("幸福社区：今天没联系上的老人：2 位 <&>")
    [took] = gateway.took
    assert took["message"] == "幸福社区：今天没联系上的老人：2 位 <&>"
    assert took["title"] == ""


@pytest.mark.parametrize("status", [400, 403, 500, 503])
async def test_a_gateway_that_does_not_take_it_is_a_failure(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with pytest.raises(ChannelFailed):
        await channel(gateway.url).send("…")


async def test_one_of_several_is_enough(gateway: Gateway) -> None:
    await channel("json://127.0.0.1:1/nobody", gateway.url).send("…")
    assert len(gateway.took) == 1


async def test_nobody_there_is_a_failure() -> None:
    with pytest.raises(ChannelFailed):
        await channel("json://127.0.0.1:1/nobody").send("…")


async def test_a_service_that_breaks_is_a_failure_and_not_the_end(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = channel(gateway.url)

    async def broken(**_given: str) -> bool:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(found._services[0], "async_notify", broken)
    with pytest.raises(ChannelFailed):
        await found.send("…")


def test_without_an_address_there_is_no_channel() -> None:
    assert SecondChannel.from_settings(settings("")) is None
    assert SecondChannel.from_settings(settings("  \n")) is None


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_addresses_stand_with_commas_or_spaces_between(between: str) -> None:
    found = channel(f"json://127.0.0.1/a{between}mailto://u:p@example.org?to=a@b.org,c@d.org")
    assert repr(found) == "SecondChannel(2 services)"


@pytest.mark.parametrize("addresses", [f"bogus://{SECRET}", SECRET, f"json://a bogus://{SECRET}"])
def test_an_address_that_nobody_knows_is_one_sentence_without_it(addresses: str) -> None:
    with pytest.raises(SettingWrong) as wrong:
        SecondChannel.from_settings(settings(addresses))
    assert str(wrong.value).startswith("NUANLIN_SECOND_CHANNEL is wrong: address ")
    assert SECRET not in str(wrong.value)


@pytest.mark.usefixtures("logging_restored")
@pytest.mark.parametrize("status", [200, 500])
async def test_no_line_of_a_log_shows_the_address(
    gateway: Gateway, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """At DEBUG, whether it works or fails, and if the address should stand in an error."""
    hide(gateway.url)
    set_up("DEBUG")
    gateway.status = status
    found = channel(gateway.url, f"json://127.0.0.1:1/{SECRET}")
    try:
        await found.send("…")
    except ChannelFailed:
        structlog.get_logger().exception("failed", url=gateway.url, part=f"POST /{SECRET}")
    logging.getLogger("somebody.else").error("%s and %s", gateway.url, SECRET)
    shown = capsys.readouterr().err
    assert "canary" not in shown
    assert "<secret>" in shown
    assert "second_channel_failed" in shown


def test_a_secret_is_in_no_text_about_the_settings() -> None:
    assert SECRET not in repr(settings(f"json://127.0.0.1/{SECRET}"))


@pytest.mark.usefixtures("logging_restored")
def test_every_part_of_an_address_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    hide("mailtos://someuser:pass%20word1@mail.example.org?to=nurse@example.org")
    set_up("INFO")
    log = structlog.get_logger()
    for part in ("someuser", "pass%20word1", "pass word1", "nurse@example.org"):
        log.info("here", part=part)
    shown = capsys.readouterr().err
    assert not any(part in shown for part in ("someuser", "word1", "nurse@"))
