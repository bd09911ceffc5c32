"""Who may fetch medicine: staff see who, and change it with a tap."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.errand_home import CARD, NOT_YOURS, Home, errand_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with errand_home(tmp_path) as found:
        yield found


async def test_staff_approve_a_volunteer_who_hears_of_it_and_is_asked_from_then_on(
    home: Home,
) -> None:
    stage = home.stage
    await stage.say(home.li, "/errands")
    await stage.tap(home.li, "Who may fetch medicine")
    assert "nobody yet" in stage.last(home.li).text
    await stage.tap(home.li, "周阿姨")
    assert "For every elder: 周阿姨" in stage.last(home.li).text
    assert "trusts you" in stage.last(home.zhou).text
    await home.ask(kind="medicine")
    await stage.at("09:16")
    assert CARD in home.texts(home.zhou)


async def test_whoever_is_approved_late_is_asked_at_once_for_what_has_gone_round(
    home: Home,
) -> None:
    stage = home.stage
    await home.ask(kind="medicine")
    await stage.at("10:30")
    assert CARD not in home.texts(home.zhou)
    await stage.say(home.li, "/errands")
    await stage.tap(home.li, "Who may fetch medicine")
    await stage.tap(home.li, "周阿姨")
    assert home.texts(home.zhou).count(CARD) == 1


async def test_what_was_approved_can_be_taken_back(home: Home) -> None:
    stage = home.stage
    await stage.say(home.li, "/errands")
    await stage.tap(home.li, "Who may fetch medicine")
    await stage.tap(home.li, "周阿姨")
    await stage.tap(home.li, "✅ 周阿姨")
    assert "nobody yet" in stage.last(home.li).text
    await home.ask(kind="medicine")
    await stage.at("10:30")
    assert CARD not in home.texts(home.zhou)


async def test_nobody_but_staff_sees_or_changes_it(home: Home) -> None:
    number = (await home.stage.member(home.zhou)).id
    for data in ("helpers:0", f"medicine:{number}:yes:0"):
        assert await home.press(home.zhou, data) == NOT_YOURS
