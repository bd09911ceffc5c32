"""A volunteer's calendar: a file in the chat, and an address that only its owner knows."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar, Event
from sqlalchemy import select
from starlette.applications import Starlette

from bot.calendar import WHERE, route
from bot.pinyin import shortened
from bot.playground.records import Message, Person
from bot.service import Calendars, _serve
from bot.settings import Settings, SettingWrong
from care.access import Role
from care.joining import Standing
from storage.tables import CalendarAddress, Member
from tests.street import NOT_YOURS, PHONE, Street, street

URL = "https://care.example.org/nuanlin"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    """The week is published, and the station has a web part."""
    async with street(tmp_path) as found:
        found.stage.application.bot_data[WHERE] = URL
        await found.published()
        yield found


@pytest.fixture
async def web(home: Street) -> AsyncIterator[httpx.AsyncClient]:
    pages = Starlette(routes=[route(home.stage.database, home.stage.clock, "/nuanlin")])
    transport = httpx.ASGITransport(pages)
    async with httpx.AsyncClient(transport=transport, base_url="https://care.example.org") as got:
        yield got


def events(content: bytes) -> list[Event]:
    book = Calendar.from_ical(content)
    return [one for one in book.walk("VEVENT") if isinstance(one, Event)]


async def file(home: Street, person: Person) -> bytes:
    """What the button sends."""
    await home.stage.say(person, "/visits")
    await home.stage.tap(person, "calendar")
    message = home.stage.last(person)
    assert message.document is not None
    return bytes(message.document.data)


async def address(home: Street, person: Person) -> str:
    await file(home, person)
    await home.stage.tap(person, "calendar_live")
    return link(home.stage.last(person))


def link(message: Message) -> str:
    return next(word for word in message.text.split() if word.startswith("https://"))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("王桂芳", "WGF"), ("赵大爷", "ZDY"), ("John Smith", "JS"), ("", "")],
)
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert shortened(name) == letters


async def test_the_file_has_the_visits_by_initials_and_nothing_of_where_they_live(
    home: Street,
) -> None:
    content = await file(home, home.chen)
    found = events(content)
    assert sorted(str(one["summary"]) for one in found) == ["探访 WGF", "探访 ZDY"]
    assert found[0].decoded("dtstart").isoformat() == "2026-04-13T09:00:00+08:00"
    assert {str(one["status"]) for one in found} == {"TENTATIVE"}
    text = content.decode()
    for secret in ("王桂芳", "12号楼", PHONE.replace(" ", ""), "敲三下", "501"):
        assert secret not in text
    assert "BEGIN:VTIMEZONE" in text


async def test_opened_again_the_same_entry_changes_and_one_declined_is_taken_away(
    home: Street,
) -> None:
    before = {str(one["uid"]): one for one in events(await file(home, home.chen))}
    await home.stage.tap(home.chen, "visit:1")
    await home.forge(home.chen, "visit_no:1:ill")
    await home.stage.at("2026-04-12 18:30")
    after = {str(one["uid"]): one for one in events(await file(home, home.chen))}
    assert before.keys() == after.keys()
    off = [uid for uid, one in after.items() if one["status"] == "CANCELLED"]
    assert len(off) == 1
    assert all(after[uid].decoded("sequence") > before[uid].decoded("sequence") for uid in before)


async def test_only_ones_own_visits_are_in_it(home: Street, web: httpx.AsyncClient) -> None:
    theirs = {str(one["uid"]) for one in events(await file(home, home.wang))}
    mine = {str(one["uid"]) for one in events(await file(home, home.chen))}
    assert mine
    assert not mine & theirs
    read = (await web.get(await address(home, home.chen))).content
    assert {str(one["uid"]) for one in events(read)} == mine


async def test_the_address_is_read_without_a_login_and_asks_not_to_be_kept(
    home: Street, web: httpx.AsyncClient
) -> None:
    where = await address(home, home.chen)
    assert where.startswith(f"{URL}/calendar/")
    assert home.stage.last(home.chen).protected
    answer = await web.get(where)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=900"
    assert answer.headers["x-robots-tag"] == "noindex"


async def test_what_has_not_changed_is_not_sent_again(home: Street, web: httpx.AsyncClient) -> None:
    where = await address(home, home.chen)
    known = {"If-None-Match": (await web.get(where)).headers["etag"]}
    await home.stage.at("2026-04-12 19:00")
    assert (await web.get(where, headers=known)).status_code == 304
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "visits_yes")
    assert (await web.get(where, headers=known)).status_code == 200


async def test_a_new_address_ends_the_old_one(home: Street, web: httpx.AsyncClient) -> None:
    old = await address(home, home.chen)
    await home.stage.tap(home.chen, "calendar_new")
    new = link(home.stage.last(home.chen))
    assert new != old
    assert (await web.get(old)).status_code == 404
    assert (await web.get(new)).status_code == 200
    await home.stage.tap(home.chen, "calendar_stop")
    assert "已停用" in home.stage.last(home.chen).text
    assert (await web.get(new)).status_code == 404


async def test_asked_for_again_the_address_is_the_same(home: Street) -> None:
    assert await address(home, home.chen) == await address(home, home.chen)


@pytest.mark.parametrize("token", ["x", "", "1", "x" * 43, "x" * 5000, "%E7%8E%8B", "..%2F"])
async def test_whatever_is_no_address_reads_the_same(
    home: Street, web: httpx.AsyncClient, token: str
) -> None:
    await address(home, home.chen)
    answer = await web.get(f"/nuanlin/calendar/{token}.ics")
    assert answer.status_code == 404
    assert (await web.get("/nuanlin/calendar/")).status_code == 404


async def test_of_somebody_who_left_nothing_is_read(home: Street, web: httpx.AsyncClient) -> None:
    where = await address(home, home.chen)
    async with home.stage.database.write() as tx:
        member = await tx.get_one(Member, (await home.stage.member(home.chen)).id)
        member.standing = Standing.LEFT
    assert (await web.get(where)).status_code == 404


async def test_without_a_web_part_there_is_the_file_alone(home: Street) -> None:
    home.stage.application.bot_data[WHERE] = ""
    await file(home, home.chen)
    assert "calendar_live" not in str(home.stage.last(home.chen).rows)
    for data in ("calendar_live", "calendar_new"):
        assert await home.forge(home.chen, data) == NOT_YOURS
    async with home.stage.database.read() as tx:
        assert list(await tx.scalars(select(CalendarAddress))) == []


@pytest.mark.parametrize("data", ["calendar", "calendar_live", "calendar_new", "calendar_stop"])
async def test_it_is_for_volunteers_alone(home: Street, data: str) -> None:
    sun = await home.stage.person("孙丽", Role.SOCIAL_WORKER)
    assert await home.forge(sun, data) == NOT_YOURS


def test_the_page_stands_under_the_path_of_its_address(home: Street) -> None:
    assert Calendars.from_settings(Settings(_env_file=None)) is None
    found = Calendars.from_settings(Settings(calendar_url=f"{URL}/", _env_file=None))
    assert found is not None
    assert found.listen == "127.0.0.1:8081"
    assert found.route(home.stage.service).path == "/nuanlin/calendar/{token}.ics"


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SettingWrong, match=f"NUANLIN_LISTEN: {listen}"):
            await _serve(Starlette(), listen)
