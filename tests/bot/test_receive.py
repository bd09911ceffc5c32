"""Stored first, acknowledged after: whatever dies in between, no update is lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from telegram.error import InvalidToken

from bot.receive import ALLOWED, MOST_BODY, SECRET_HEADER, Receiver
from bot.service import Webhook
from bot.settings import Settings
from storage import inbox
from storage.tables import Arrival
from tests.bot.crowd import Crowd, crowd

SECRET = "a-secret-of-ours"
WORDS = ("one", "two", "three")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        yield made


class AcknowledgesFirst(Receiver):
    """What most bots do: the update is only in memory when Telegram is told to forget it."""

    async def poll_once(self, seconds: int = 0) -> int:
        updates = await self.bot.get_updates(offset=self._offset, timeout=seconds)
        payloads = [update.to_dict() for update in updates]
        if payloads:
            self._offset = payloads[-1]["update_id"] + 1
            await self.bot.get_updates(offset=self._offset, timeout=0)
            await self.store(payloads)
        return len(payloads)


def receiver(town: Crowd, kind: type[Receiver] = Receiver) -> Receiver:
    """A process that has just started."""
    service = town.stage.service
    return kind(service.database, town.stage.application.bot, service.clock, lambda: None)


async def words(town: Crowd) -> list[str]:
    """What of the story is in the inbox."""
    found = [row.payload.get("message", {}).get("text") for row in await town.arrivals()]
    return [text for text in found if text in WORDS]


async def killed_while_storing(
    town: Crowd, kind: type[Receiver], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Three messages come, the process dies over them, another takes its place."""

    async def dies(*_: object) -> int:
        raise OperationalError("INSERT", {}, Exception("killed"))

    for word in WORDS:
        town.stage.phones.say(town.chen, word)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "store", dies)
        with pytest.raises(OperationalError):
            await receiver(town, kind).poll_once(0)
    await receiver(town, kind).poll_once(0)
    return await words(town)


async def test_acknowledged_first_the_updates_are_lost(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await killed_while_storing(town, AcknowledgesFirst, monkeypatch) == []


async def test_acknowledged_after_the_commit_none_is_lost(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await killed_while_storing(town, Receiver, monkeypatch) == list(WORDS)


async def test_what_is_delivered_again_after_a_restart_is_known(town: Crowd) -> None:
    for word in WORDS:
        town.stage.phones.say(town.chen, word)
    assert await receiver(town).poll_once(0) == 3
    assert await receiver(town).poll_once(0) == 3
    assert await words(town) == list(WORDS)


async def test_the_next_question_acknowledges(town: Crowd) -> None:
    town.stage.phones.say(town.chen, "one")
    polling = receiver(town)
    await polling.poll_once(0)
    assert await polling.poll_once(0) == 0
    assert await receiver(town).poll_once(0) == 0


async def test_what_telegram_sent_is_stored_as_it_was(town: Crowd) -> None:
    await town.stage.say(town.li, "/menu")
    pending = town.stage.telegram.world.updates.pending
    town.stage.phones.say(town.li, "王桂芳 <b>&")
    town.stage.phones.press(town.li, town.stage.last(town.li).id, "do:help")
    town.stage.phones.send_contact(town.li)
    given = [one.body for one in pending]
    await receiver(town).poll_once(0)
    stored = [row.payload for row in (await town.arrivals())[-3:]]
    for before, after in zip(given, stored, strict=True):
        assert after["update_id"] == before["update_id"]
        kind = "message" if "message" in before else "callback_query"
        for name in ("text", "data", "contact", "message_id", "id"):
            assert after[kind].get(name) == before[kind].get(name)
        assert after[kind]["from"]["id"] == before[kind]["from"]["id"]


# The loop around it.


class Pauses:
    """Waits that take no time, and how long they would have been."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds: list[float] = []
        pause = asyncio.sleep

        async def sleep(seconds: float) -> None:
            if seconds:
                self.seconds.append(seconds)
            await pause(0)

        monkeypatch.setattr(asyncio, "sleep", sleep)


@pytest.fixture
def pauses(town: Crowd, monkeypatch: pytest.MonkeyPatch) -> Pauses:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    return Pauses(monkeypatch)


async def polled_until_stored(town: Crowd) -> None:
    """Run the loop until an update has arrived."""
    arrived = asyncio.Event()
    polling = receiver(town)
    polling.on_commit = arrived.set
    task = asyncio.create_task(polling.poll())
    town.stage.phones.say(town.chen, "one")
    async with asyncio.timeout(10):
        await arrived.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await words(town) == ["one"]


async def test_trouble_on_the_line_is_waited_out_ever_longer(town: Crowd, pauses: Pauses) -> None:
    for fault in ("server_error", "connect_error", "bad_gateway", "drop_before"):
        town.stage.telegram.faults.once(fault, method="getUpdates")
    await polled_until_stored(town)
    assert pauses.seconds[:4] == [0.5, 1.0, 2.0, 4.0]


async def test_told_to_wait_it_waits_as_long_as_it_is_told(town: Crowd, pauses: Pauses) -> None:
    town.stage.telegram.faults.once("too_many_requests", method="getUpdates")
    await polled_until_stored(town)
    assert pauses.seconds[:1] == [1.0]


async def test_a_database_that_is_away_does_not_make_it_deaf(
    town: Crowd, pauses: Pauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = inbox.store, iter([True, True])

    async def store(*args: Any) -> int:
        if next(left, False):
            raise OperationalError("INSERT", {}, Exception("disk full"))
        return await real(*args)

    monkeypatch.setattr(inbox, "store", store)
    await polled_until_stored(town)


async def test_a_webhook_of_before_is_taken_down_without_dropping_anything(
    town: Crowd, pauses: Pauses
) -> None:
    town.stage.telegram.faults.once("connect_error", method="deleteWebhook")
    await polled_until_stored(town)
    calls = [one for one in town.stage.telegram.log if one.method == "deleteWebhook"]
    assert [one.done for one in calls][-2:] == [False, True]
    assert not calls[-1].params.get("drop_pending_updates")


async def test_a_token_that_telegram_does_not_know_ends_it(town: Crowd, pauses: Pauses) -> None:
    town.stage.telegram.token = "2:another"
    with pytest.raises(InvalidToken):
        await receiver(town).poll()


# The webhook.


@pytest.fixture
async def hook(town: Crowd) -> AsyncIterator[httpx.AsyncClient]:
    application = receiver(town).webhook("/hook", SECRET)
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://bot") as client:
        yield client


def message(town: Crowd) -> dict[str, Any]:
    """The next update as Telegram would deliver it."""
    town.stage.phones.say(town.chen, "one")
    body: dict[str, Any] = town.stage.telegram.world.updates.pending[-1].body
    return body


async def deliver(hook: httpx.AsyncClient, body: object, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {SECRET_HEADER.encode(): secret.encode()}
    answer = await hook.post("/hook", json=body, headers=headers)
    return answer.status_code


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], "密码"])
async def test_a_wrong_secret_is_turned_away(
    town: Crowd, hook: httpx.AsyncClient, secret: str | None
) -> None:
    assert await deliver(hook, message(town), secret) == 403
    assert await words(town) == []


async def test_delivered_is_answered_only_after_the_commit(
    town: Crowd, hook: httpx.AsyncClient
) -> None:
    assert await deliver(hook, message(town)) == 200
    assert await words(town) == ["one"]
    assert (await town.arrivals())[-1].state is Arrival.WAITING


async def test_the_same_delivered_again_is_answered_and_kept_once(
    town: Crowd, hook: httpx.AsyncClient
) -> None:
    body = message(town)
    assert [await deliver(hook, body) for _ in range(3)] == [200, 200, 200]
    assert await words(town) == ["one"]


async def test_when_the_database_fails_telegram_is_told_to_come_again(
    town: Crowd, hook: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> int:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    body = message(town)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "store", dies)
        assert await deliver(hook, body) == 500
    assert await words(town) == []
    assert await deliver(hook, body) == 200
    assert await words(town) == ["one"]


async def test_what_is_no_update_is_turned_away(town: Crowd, hook: httpx.AsyncClient) -> None:
    before = len(await town.arrivals())
    for body, status in (
        (b"not json", 400),
        (b"", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"update_id": "?"}', 400),
        (b'{"update_id": null}', 400),
        (b"\xff\xfe", 400),
        (b'"' + b"x" * MOST_BODY + b'"', 413),
    ):
        answer = await hook.post("/hook", content=body, headers={SECRET_HEADER: SECRET})
        assert answer.status_code == status, body[:20]
    assert len(await town.arrivals()) == before


async def test_other_paths_and_methods_are_nobodys(hook: httpx.AsyncClient) -> None:
    headers = {SECRET_HEADER: SECRET}
    assert (await hook.get("/hook", headers=headers)).status_code == 405
    assert (await hook.post("/other", json={}, headers=headers)).status_code == 404


async def test_telegram_is_told_where_to_deliver_with_the_secret(
    town: Crowd, pauses: Pauses
) -> None:
    town.stage.telegram.faults.once("connect_error", method="setWebhook")
    await receiver(town).announce_webhook("https://example.org/hook", SECRET)
    call = town.stage.telegram.log[-1]
    assert call.method == "setWebhook"
    assert call.done
    assert call.params["secret_token"] == SECRET
    assert call.params["allowed_updates"] == ALLOWED


def test_without_a_secret_of_ours_a_new_one_is_made_at_each_start() -> None:
    settings = Settings(webhook_url="https://example.org/hook", _env_file=None)
    first, second = (Webhook.from_settings(settings) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.secret != second.secret
    assert len(first.secret) >= 32
    assert Webhook.from_settings(Settings(_env_file=None)) is None
