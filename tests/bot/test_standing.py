"""Errands that repeat, in chat: made, listed and ended by whoever may ask."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from care.standing import Often, Rhythm, rhythm_of
from storage.tables import StandingErrand
from tests.errand_home import CARD, NOT_YOURS, Home, errand_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with errand_home(tmp_path) as found:
        yield found


async def kept(home: Home) -> list[StandingErrand]:
    async with home.stage.database.read() as tx:
        return list(await tx.scalars(select(StandingErrand).order_by(StandingErrand.id)))


async def test_an_errand_is_made_to_repeat_in_three_taps_and_asked_for_in_time(home: Home) -> None:
    stage = home.stage
    await home.ask("today", what="rice")
    await stage.tap(home.daughter, "Repeat it")
    await stage.tap(home.daughter, "Every month on the same date")
    await stage.tap(home.daughter, "20")
    assert "every month on day 20" in stage.last(home.daughter).text
    [row] = await kept(home)
    assert rhythm_of(row.rule) == Rhythm(Often.MONTH_DAY, 20)
    await stage.tap(home.chen, "claim")
    await stage.tap(home.chen, "✅ Done")
    await stage.at("2026-04-17 07:31")
    assert len(await home.errands()) == 2
    assert CARD in stage.last(home.chen).text


@pytest.mark.parametrize(
    ("taps", "rhythm", "words"),
    [
        (("Every week", "Tue"), Rhythm(Often.WEEKS, 1, 1), "every week on Tue"),
        (("Every second week", "Mon"), Rhythm(Often.WEEKS, 2, 0), "every 2 weeks on Mon"),
        (
            ("same weekday", "second", "Wed"),
            Rhythm(Often.MONTH_WEEKDAY, 2, 2),
            "every month on Wed no. 2",
        ),
        (("same weekday", "last", "Fri"), Rhythm(Often.MONTH_WEEKDAY, -1, 4), "the last Fri"),
        (("same date", "last day"), Rhythm(Often.MONTH_DAY, 31), "last day of every month"),
    ],
)
async def test_staff_make_one_from_the_elders_page_in_any_rhythm(
    home: Home, taps: tuple[str, ...], rhythm: Rhythm, words: str
) -> None:
    stage = home.stage
    await stage.say(home.li, "/elders")
    await stage.tap(home.li, "王桂芳")
    await stage.tap(home.li, "standing")
    await stage.tap(home.li, "Another one")
    await stage.tap(home.li, "medicine")
    await stage.say(home.li, "pills")
    for one in (*taps, "Ask now"):
        await stage.tap(home.li, one)
    assert words in stage.last(home.li).text
    [row] = await kept(home)
    assert rhythm_of(row.rule) == rhythm


async def test_a_day_of_the_month_may_be_written_and_no_other_number(home: Home) -> None:
    stage = home.stage
    await home.ask("today", what="rice")
    await stage.tap(home.daughter, "Repeat it")
    await stage.tap(home.daughter, "Every month on the same date")
    await stage.say(home.daughter, "32")
    assert "from 1 to 31" in stage.last(home.daughter).text
    await stage.say(home.daughter, "7号")
    assert "every month on day 7" in stage.last(home.daughter).text


async def test_ended_it_is_asked_for_no_more_and_others_may_not_end_it(home: Home) -> None:
    stage = home.stage
    await home.ask("today", what="rice")
    await stage.tap(home.daughter, "Repeat it")
    await stage.tap(home.daughter, "Every month on the same date")
    await stage.tap(home.daughter, "20")
    for data in ("standing:1", "standing_new:1", "standing_from:1", "standing_end:1"):
        assert await home.press(home.zhou, data) == NOT_YOURS
    await stage.tap(home.daughter, "End 1")
    assert "Nothing repeats yet" in stage.last(home.daughter).text
    await stage.at("2026-04-18 09:00")
    assert len(await home.errands()) == 1
