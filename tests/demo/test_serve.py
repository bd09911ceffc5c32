"""`nuanlin demo`: the page, its clock, and its end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot import demo
from bot.clock import OwnClock
from bot.demo.clockbar import DemoClock
from bot.settings import SettingWrong

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 4, 9, 8, 20, tzinfo=ZONE)


def local(clock: OwnClock) -> datetime:
    return clock.now().astimezone(ZONE).replace(microsecond=0)


@pytest.mark.parametrize(
    ("to", "stops"),
    [
        ("next_0830", ["04-09 08:30"]),
        ("next", ["04-09 08:30"]),
        ("plus_10m", ["04-09 08:30", "04-09 08:30"]),
        (
            "sunday_1800",
            [
                *("04-09 08:30", "04-09 10:00", "04-10 08:30", "04-10 10:00"),
                *("04-10 16:00", "04-11 08:30", "04-11 10:00"),
                *("04-12 00:01", "04-12 08:00", "04-12 08:30", "04-12 10:00"),
                *("04-12 11:30", "04-12 15:00", "04-12 17:00", "04-12 18:00"),
            ],
        ),
        ("plus_1h", ["04-09 08:30", "04-09 09:20"]),
        (
            "friday_1600",
            [
                *("04-09 08:30", "04-09 10:00"),
                *("04-10 00:01", "04-10 08:00", "04-10 08:30", "04-10 10:00"),
                *("04-10 11:30", "04-10 15:00", "04-10 16:00"),
            ],
        ),
    ],
)
async def test_a_jump_lands_where_it_says_after_everything_on_the_way(
    to: str, stops: list[str]
) -> None:
    clock = OwnClock(START)
    seen: list[str] = []

    async def after(_passing: bool) -> None:
        seen.append(f"{local(clock):%m-%d %H:%M}")

    bar = DemoClock(clock, ZONE, after)
    await bar.jump(to, None)
    assert seen == stops
    names = [one["id"] for one in bar.state()["jumps"]]
    assert to in names


async def test_seconds_forward_but_never_back() -> None:
    clock = OwnClock(START)

    async def after(_passing: bool) -> None:
        pass

    bar = DemoClock(clock, ZONE, after)
    await bar.jump(None, 90)
    assert local(clock) == START + timedelta(seconds=90)
    for wrong in (("tomorrow", None), (None, -1.0), (None, None)):
        with pytest.raises(ValueError, match=r"clock|jump"):
            await bar.jump(*wrong)


async def test_pressed_twice_it_goes_there_once() -> None:
    clock = OwnClock(START)
    seen: list[str] = []

    async def after(_passing: bool) -> None:
        await asyncio.sleep(0)
        seen.append(f"{local(clock):%m-%d %H:%M}")

    bar = DemoClock(clock, ZONE, after)
    await asyncio.gather(bar.jump("friday_1600", None), bar.jump("next_0830", None))
    assert seen[0] == "04-09 08:30"
    assert seen == sorted(set(seen))
    assert seen[-1] == "04-10 16:00"


async def test_it_never_goes_back_when_a_stop_takes_longer_than_it_is_to_the_next() -> None:
    clock = OwnClock(datetime(2026, 4, 9, 19, 0, 0, 100_000, tzinfo=ZONE))
    seen: list[datetime] = []

    async def after(_passing: bool) -> None:
        seen.append(clock.now())
        await asyncio.sleep(0.2)
        seen.append(clock.now())

    await DemoClock(clock, ZONE, after).jump("plus_1h", None)
    assert len(seen) == 4
    assert seen == sorted(seen)


async def test_ended_it_goes_no_further_than_the_stop_under_way() -> None:
    clock = OwnClock(START)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def after(_passing: bool) -> None:
        arrived.set()
        await go_on.wait()

    bar = DemoClock(clock, ZONE, after)
    jumping = asyncio.create_task(bar.jump("sunday_1800", None))
    await arrived.wait()
    ending = asyncio.create_task(bar.end())
    await asyncio.sleep(0)
    assert not ending.done()
    go_on.set()
    await asyncio.gather(jumping, ending)
    assert local(clock) == datetime(2026, 4, 9, 8, 30, tzinfo=ZONE)


async def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingWrong, match=rf"Port {port} .* --port"):
            await demo.run(port=port, browser=False)


@asynccontextmanager
async def running(port: int, url: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    task = asyncio.create_task(demo.run(port=port, browser=False, database_url=url))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as page:
        try:
            await until_heard(page, 10001, "幸福社区", task)
            yield page
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until_heard(
    page: httpx.AsyncClient, chat: int, text: str, task: asyncio.Task[None] | None = None
) -> None:
    """Wait until the bot has said something in a chat."""
    async with asyncio.timeout(30):
        while True:
            if task is not None and task.done():
                await task
            with suppress(httpx.TransportError):
                state = (await page.get("/client/state")).json()
                chats = {one["id"]: one["messages"] for one in state["chats"]}
                if any(text in one["text"] for one in chats[chat] if one["from"] == "bot"):
                    return
            await asyncio.sleep(0.1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


async def test_the_page_is_there_with_everybody_and_the_call_list_comes_at_half_past_eight(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    async with running(port, f"sqlite:///{tmp_path / 'demo.db'}") as page:
        state = (await page.get("/client/state")).json()
        shown = [one["name"] for one in state["people"][:6]]
        assert shown == ["李敏", "周督导", "王小雨", "陈同学", "刘阿姨", "陈奶奶"]
        await until_heard(page, 10006, "早上好")
        assert (await page.get("/demo/roster.xlsx")).content.startswith(b"PK")
        answer = await page.post("/client/clock", json={"to": "next_0830"})
        assert answer.json() == {"ok": True}
        await until_heard(page, 10001, "韩德福")
        await until_heard(page, 10004, "幸福路8号 12号楼 3单元 501")
    assert f"http://127.0.0.1:{port}" in capsys.readouterr().out
    with pytest.raises(SettingWrong, match="already"):
        await demo.run(port=port, browser=False, database_url=f"sqlite:///{tmp_path / 'demo.db'}")


async def test_ended_in_the_middle_of_a_jump_the_page_still_answers() -> None:
    """What is under way is finished; cut off instead, it would leave a transaction in the air."""
    port = free_port()
    async with running(port) as page:
        jumping = asyncio.create_task(
            page.post("/client/clock", json={"to": "monday_2000"}, timeout=60)
        )
        await until_heard(page, 10001, "韩德福")
    assert (await jumping).json() == {"ok": True}


async def test_the_first_button_names_what_happens_by_itself_next() -> None:
    clock = OwnClock(START)

    async def after(_passing: bool) -> None:
        pass

    bar = DemoClock(clock, ZONE, after)
    labels = []
    for _ in range(9):
        labels.append(bar.state()["jumps"][0]["en"])
        await bar.jump("next", None)
    times = ["08:30", "10:00", "11:30", "15:00", "17:00", "19:00", "20:00", "24:00", "08:00"]
    assert [label.split()[1] for label in labels] == times


@pytest.mark.parametrize(
    ("begins", "named"),
    [
        (datetime(2026, 4, 10, 15, 30, tzinfo=ZONE), "▶ Friday 16:00 next week’s draft"),
        (datetime(2026, 4, 12, 17, 30, tzinfo=ZONE), "▶ Sunday 18:00 volunteers are asked"),
        (datetime(2026, 4, 13, 19, 30, tzinfo=ZONE), "▶ Monday 20:00 others are asked"),
    ],
)
async def test_the_first_button_names_the_steps_of_the_week_on_their_days(
    begins: datetime, named: str
) -> None:
    async def after(_passing: bool) -> None:
        pass

    bar = DemoClock(OwnClock(begins), ZONE, after)
    assert bar.state()["jumps"][0]["en"] == named
