"""The same over HTTP: the Bot API, the page's own requests, and the stream of events."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import BadRequest, InvalidToken, NetworkError

from bot.playground.records import Person
from bot.playground.server import serving
from bot.playground.telegram import LocalTelegram
from tests.playground.conftest import TOKEN
from tests.playground.pictures import png


@pytest.fixture
async def url(telegram: LocalTelegram) -> AsyncIterator[str]:
    async with serving(telegram) as address:
        yield address


@pytest.fixture
async def far_bot(url: str) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as made:
        yield made


@pytest.fixture
async def page(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url) as client:
        yield client


async def events(page: httpx.AsyncClient, since: int, until: str) -> list[dict[str, Any]]:
    """The events from `since` up to the first of this type."""
    got = []
    async with page.stream("GET", "/client/events", params={"since": since}) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                got.append(json.loads(line.removeprefix("data: ")))
                if got[-1]["type"] == until:
                    break
    return got


async def post(page: httpx.AsyncClient, path: str, **said: Any) -> dict[str, Any]:
    response = await page.post(f"/client/{path}", json=said)
    answer: dict[str, Any] = response.json()
    assert response.status_code == (200 if answer["ok"] else 400)
    return answer


async def test_a_bot_writes_and_hears_over_http(
    telegram: LocalTelegram, far_bot: Bot, li: Person
) -> None:
    (start,) = await far_bot.get_updates(timeout=5)
    assert start.effective_message is not None
    sent = await far_bot.send_photo(li.id, png(), caption="<b>x</b>", parse_mode="HTML")
    await sent.edit_media(InputMediaPhoto(png(9, 9)))
    file = await far_bot.get_file(telegram.phones.read(li)[-1].photo.id)  # type: ignore[union-attr] # it is a photo
    assert bytes(await file.download_as_bytearray()) == png(9, 9)
    with pytest.raises(BadRequest, match="Chat not found"):
        await far_bot.send_message(999, "x")


@pytest.mark.parametrize("how", ["query", "form", "json"])
async def test_parameters_may_come_in_the_address_a_form_or_json(
    page: httpx.AsyncClient, li: Person, how: str
) -> None:
    given: dict[str, Any] = {"chat_id": li.id, "text": "hello"}
    path = f"/bot{TOKEN}/sendMessage"
    response = await {
        "query": lambda: page.get(path, params=given),
        "form": lambda: page.post(path, data=given),
        "json": lambda: page.post(path, json=given),
    }[how]()
    assert response.json()["result"]["text"] == "hello"
    broken = await page.post(path, content=b"[", headers={"content-type": "application/json"})
    assert broken.status_code == 400


async def test_a_wrong_token_opens_nothing(url: str, page: httpx.AsyncClient, li: Person) -> None:
    assert (await page.get("/bot1:wrong/getMe")).status_code == 401
    stranger = Bot("1:wrong", base_url=f"{url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
    assert (await page.get("/file/bot1:wrong/photos/a.png")).status_code == 404
    assert (await page.get(f"/file/bot{TOKEN}/photos/a.png")).status_code == 404


@pytest.mark.parametrize(("fault", "arrives"), [("drop_before", False), ("drop_after", True)])
async def test_a_dropped_connection_is_really_dropped(
    telegram: LocalTelegram, far_bot: Bot, li: Person, fault: str, arrives: bool
) -> None:
    telegram.faults.once(fault)
    with pytest.raises(NetworkError, match="RemoteProtocolError"):
        await far_bot.send_message(li.id, "x")
    assert (telegram.phones.read(li)[-1].text == "x") is arrives
    await far_bot.send_message(li.id, "y")


async def test_the_page_begins_with_the_whole_state(
    telegram: LocalTelegram, page: httpx.AsyncClient, far_bot: Bot, li: Person
) -> None:
    telegram.add_group("Stairs 3", [li])
    rows = [
        [
            InlineKeyboardButton("a", callback_data="a"),
            InlineKeyboardButton("b", url="https://example.org"),
        ]
    ]
    markup = InlineKeyboardMarkup(rows)
    text = '<b>a &lt; b</b>\n<a href="https://example.org/?a&amp;b">x</a> 13800138000'
    sent = await far_bot.send_message(li.id, text, parse_mode="HTML", reply_markup=markup)
    state = (await page.get("/client/state")).json()
    assert state["n"] == telegram.phones.count
    assert state["bot"] == {"name": "暖邻", "username": "nuanlin_bot"}
    assert (state["language"], state["clock"]) == ("zh_CN", None)
    assert state["commands"] == {str(li.id): []}
    assert state["people"][0]["chats"] == [li.id, -4000000]
    assert [chat["started"] for chat in state["chats"]] == [True, False]
    assert state["chats"][0]["messages"][-1] == {
        "id": sent.message_id,
        "chat": li.id,
        "from": "bot",
        "from_name": "暖邻",
        "date": int(sent.date.timestamp()),
        "edited": False,
        "html": '<b>a &lt; b</b><br><a href="https://example.org/?a&amp;b">x</a> '
        '<a href="tel:13800138000">13800138000</a>',
        "text": "a < b\nx 13800138000",
        "buttons": [
            [
                {"label": "a", "data": "a", "url": None},
                {"label": "b", "data": None, "url": "https://example.org"},
            ]
        ],
        "photo": None,
        "document": None,
        "location": None,
        "contact": None,
        "protected": False,
        "service": None,
        "keyboard": None,
    }


async def test_everything_a_person_does_on_the_page_reaches_the_bot(
    telegram: LocalTelegram, page: httpx.AsyncClient, far_bot: Bot
) -> None:
    who = (await post(page, "people", name="Wang", language="en", label="volunteer"))["id"]
    group = telegram.add_group("Stairs 3", [telegram.people[who]])
    await post(page, "start", person=who, payload="abc")
    await post(page, "send", person=who, chat=who, text="hello")
    await post(page, "location", person=who, chat=who, latitude=31.2, longitude=121.4)
    await post(page, "contact", person=who, chat=who)
    for path in ("photo", "file"):
        form = {"person": str(who), "chat": str(who)}
        files = {"file": ("a.png", png())}
        answer = await page.post(f"/client/{path}", data=form, files=files)
        assert answer.json() == {"ok": True}
    await post(page, "group/add_bot", group=group.id, person=who)
    await post(page, "block", person=who, blocked=True)
    await post(page, "block", person=who, blocked=False)
    updates = await far_bot.get_updates()
    heard = [u.effective_message for u in updates if u.message and u.effective_chat]
    assert [m.text for m in heard[:2] if m] == ["/start abc", "hello"]
    assert [bool(m and m.photo) for m in heard] == [False] * 4 + [True, False, False]
    assert sum(1 for u in updates if u.my_chat_member) == 3


async def test_a_press_on_the_page_is_answered_by_a_toast(
    telegram: LocalTelegram, page: httpx.AsyncClient, far_bot: Bot, li: Person
) -> None:
    button = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")]])
    sent = await far_bot.send_message(li.id, "x", reply_markup=button)
    since = telegram.phones.count
    await post(page, "press", person=li.id, chat=li.id, message=sent.message_id, data="a")
    query = (await far_bot.get_updates())[-1].callback_query
    assert query is not None
    await query.answer("noted", show_alert=True)
    (toast,) = await events(page, since, "toast")
    expected = {"type": "toast", "person": li.id, "text": "noted", "alert": True}
    assert toast == {"n": since + 1} | expected


async def test_events_are_replayed_and_then_followed(
    telegram: LocalTelegram, page: httpx.AsyncClient, far_bot: Bot, li: Person
) -> None:
    sent = await far_bot.send_message(li.id, "x")
    await sent.edit_text("y")
    await sent.pin()
    await far_bot.send_chat_action(li.id, "typing")
    await sent.delete()
    got = await events(page, 0, "deleted")
    assert [event["n"] for event in got] == list(range(1, len(got) + 1))
    kinds = [event["type"] for event in got]
    assert kinds[-6:] == ["message", "edited", "pinned", "message", "typing", "deleted"]
    assert got[-1] == {"n": len(got), "type": "deleted", "chat": li.id, "id": sent.message_id}
    async with page.stream("GET", f"/client/events?since={telegram.phones.count}") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == ": here"
        telegram.phones.say(li, "now")
        following = [await anext(lines), await anext(lines)][1]
        assert json.loads(following.removeprefix("data: "))["message"]["text"] == "now"


async def test_changes_of_people_chats_and_commands_are_events(
    telegram: LocalTelegram, page: httpx.AsyncClient, far_bot: Bot, li: Person
) -> None:
    since = telegram.phones.count
    await far_bot.set_my_commands([("menu", "x")])
    await post(page, "language", person=li.id, language="en")
    got = await events(page, since, "person")
    assert got[0]["commands"] == [{"command": "menu", "description": "x"}]
    assert got[1]["person"]["language"] == "en"
    since = telegram.phones.count
    telegram.add_group("Stairs 3", [li])
    (chat,) = await events(page, since, "chat")
    assert (chat["chat"]["title"], chat["chat"]["members"]) == ("Stairs 3", [li.id])


async def test_files_are_served_to_the_page_but_only_pictures_are_opened_there(
    telegram: LocalTelegram, page: httpx.AsyncClient, li: Person
) -> None:
    picture = telegram.phones.send_photo(li, "a.png", png()).photo
    letter = telegram.phones.send_document(li, "a.html", b"<script>").document
    assert picture is not None
    assert letter is not None
    shown = await page.get(f"/client/file/{picture.id}")
    assert (shown.content, shown.headers["content-type"]) == (png(), "image/png")
    saved = await page.get(f"/client/file/{letter.id}")
    assert saved.headers["content-disposition"] == "attachment"
    assert (await page.get("/client/file/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("path", "said", "why"),
    [
        ("send", {"person": 999, "text": "x"}, "there is no such person"),
        ("send", {"person": 10001}, "text is missing"),
        ("send", {"person": 10001, "text": " "}, "there is nothing to send"),
        ("press", {"person": 10001, "message": 1, "data": "x"}, "no such button"),
        ("people", {"name": " "}, "a person has a name"),
        ("fault", {"name": "rain", "probability": 1}, "no fault is called rain"),
        ("clock", {"plus": 60}, "no clock of its own"),
        ("group/add_bot", {"group": 10001, "person": 10001}, "there is no such group"),
    ],
)
async def test_what_cannot_be_done_is_answered_with_a_sentence(
    page: httpx.AsyncClient, li: Person, path: str, said: dict[str, Any], why: str
) -> None:
    answer = await post(page, path, **said)
    assert not answer["ok"]
    assert why in answer["error"]


async def test_a_fault_can_be_switched_on_from_the_page(
    telegram: LocalTelegram, page: httpx.AsyncClient, far_bot: Bot, li: Person
) -> None:
    await post(page, "fault", name="server_error", probability=1)
    assert (await page.get("/client/state")).json()["faults"]["server_error"] == 1
    with pytest.raises(NetworkError):
        await far_bot.send_message(li.id, "x")


class Bar:
    """A clock to push."""

    def __init__(self) -> None:
        self.now = 0.0

    def state(self) -> dict[str, Any]:
        """As the page reads it."""
        return {"now": str(self.now), "speed": 1, "zone": "Asia/Shanghai", "jumps": []}

    async def jump(self, to: str | None, plus: float | None) -> None:
        """Forward, or to the evening."""
        self.now = 1000.0 if to else self.now + (plus or 0)


async def test_the_clock_can_be_pushed_and_everybody_sees_it(telegram: LocalTelegram) -> None:
    async with (
        serving(telegram, clock=Bar()) as url,
        httpx.AsyncClient(base_url=url) as page,
    ):
        await post(page, "clock", plus=60)
        await post(page, "clock", to="evening")
        assert (await page.get("/client/state")).json()["clock"]["now"] == "1000.0"
        assert (await events(page, 0, "clock"))[-1]["clock"]["now"] == "60.0"


async def test_the_page_itself_is_served_here_and_to_nobody_else(
    page: httpx.AsyncClient, telegram: LocalTelegram
) -> None:
    assert "text/html" in (await page.get("/")).headers["content-type"]
    foreign = await page.get("/client/state", headers={"host": "evil.example"})
    assert foreign.status_code == 400
    forged = await page.post("/client/start", json={}, headers={"origin": "https://evil.example"})
    assert forged.status_code == 403
    with pytest.raises(ValueError, match="this machine only"):
        async with serving(telegram, host="0.0.0.0"):
            pass
