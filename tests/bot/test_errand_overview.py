"""What volunteers and staff see of all errands, each on one page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.screens import errand_overview, errands
from tests.errand_home import Home, errand_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with errand_home(tmp_path) as found:
        yield found


async def test_who_says_that_they_are_free_this_afternoon_can_take_it_back(home: Home) -> None:
    stage = home.stage
    await stage.say(home.zhou, "/errands")
    await stage.tap(home.zhou, "free this afternoon")
    assert "free until 18:00" in stage.last(home.zhou).text
    await stage.tap(home.zhou, "not free any more")
    assert "free until" not in stage.last(home.zhou).text
    press = stage.phones.press(home.li, stage.last(home.li).id, "errands_free:evening", stale=True)
    await stage.settle()
    assert press.text == "That is not available to you."


async def test_the_social_worker_sees_all_errands_on_one_page(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await home.ask("today", kind="parcel")
    await stage.tap(home.chen, "claim")
    await stage.at("20:30")
    text = (await stage.say(home.li, "/errands")).text
    assert "Nobody has it yet" in text
    assert "offered to" in text
    assert "陈同学: claimed" in text
    assert "⏰" in text
    press = stage.phones.press(home.chen, stage.last(home.chen).id, "errands_all", stale=True)
    await stage.settle()
    assert press.text == "That is not available to you."


async def test_what_does_not_fit_one_page_is_on_the_next(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left out without a word: neither of what can be claimed nor of all errands."""
    for screens in (errands, errand_overview):
        monkeypatch.setattr(screens, "PAGE", 2)
    for kind in ("groceries", "parcel", "bill"):
        await home.ask("today", kind=kind)
    for who in (home.chen, home.li):
        await home.stage.say(who, "/errands")
        seen = [one for one in home.labels(who) if "▶ 2/2" not in one]
        await home.stage.tap(who, "▶ 2/2")
        seen += home.labels(who)
        assert [any(word in one for one in seen) for word in ("🥬", "📦", "🧾")] == [True] * 3
        await home.stage.tap(who, "◀ 1/2")
        assert "▶ 2/2" in home.labels(who)
    assert await home.press(home.chen, "errands_all_page:0") == "That is not available to you."
    assert await home.press(home.li, "errands_page:0") == "That is not available to you."
