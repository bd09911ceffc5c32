"""What an elder with a chat says for themselves: that they are fine, or that they want a call."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Person
from care.access import Role
from storage.tables import CheckIn, Elder
from tests.bot.crowd import Crowd, arrive, crowd
from tests.stage import local


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        yield made


async def granny_with_chat(town: Crowd) -> Person:
    granny = await arrive(town.stage, "王奶奶", Role.ELDER)
    async with town.stage.database.write() as tx:
        elder = await tx.scalar(select(Elder).where(Elder.name == "王桂芳"))
        assert elder is not None
        elder.member_id = (await town.stage.member(granny)).id
    return granny


async def test_an_elder_with_a_chat_is_asked_at_eight_and_their_word_is_on_the_list(
    town: Crowd,
) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    assert "How are you" in town.stage.last(granny).text
    await town.stage.tap(granny, "fine")
    await town.stage.at("08:30")
    assert "I am fine" in town.call_lists(town.li)[0]
    assert await town.contacts() == []


async def test_asked_after_noon_nobody_is_woken(town: Crowd) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("12:00")
    assert not any("How are you" in text for text in town.texts(granny))


async def test_please_call_me_is_told_at_once_and_gone_when_they_were_called(
    town: Crowd,
) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    await town.stage.tap(granny, "call_me")
    assert "asks to be called" in town.stage.last(town.li).text
    await town.stage.at("08:30")
    assert "asked to be called" in town.call_lists(town.li)[0]
    await town.stage.tap(town.li, "Log the call")
    await town.stage.tap(town.li, "fine")
    assert not any("asks to be called" in text for text in town.texts(town.li))


async def test_please_call_me_asked_for_again_after_the_call_is_told_again(town: Crowd) -> None:
    granny = await granny_with_chat(town)

    async def asks() -> int:
        before = len(town.texts(town.li))
        await town.stage.tap(granny, "call_me")
        return len(town.texts(town.li)) - before

    await town.stage.at("08:00")
    assert await asks() == 1
    await town.stage.at("08:05")
    assert await asks() == 0, "one request, for as long as nobody has called"
    await town.stage.tap(town.li, "Log the call")
    await town.stage.tap(town.li, "fine")
    await town.stage.at("14:00")
    assert await asks() == 1
    assert "asks to be called" in town.stage.last(town.li).text


async def test_please_call_me_that_nobody_answered_is_on_the_next_days_list(town: Crowd) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("14:00")
    await town.stage.say(granny, "/menu")
    await town.stage.tap(granny, "call_me")
    await town.stage.at("2026-04-10 08:30")
    assert "asked to be called" in town.call_lists(town.li)[-1]
    assert any("asks to be called" in text for text in town.texts(town.li))
    await town.stage.tap(town.li, "Log the call")
    await town.stage.tap(town.li, "fine")
    assert "asked to be called" not in town.call_lists(town.li)[-1]


async def test_nobody_is_said_to_have_called_when_the_elder_said_that_they_are_fine(
    town: Crowd,
) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    await town.stage.tap(granny, "call_me")
    await town.stage.tap(granny, "fine")
    assert not any("has been called" in text for text in town.texts(town.li))
    assert any("I am fine" in text for text in town.texts(town.li))


@pytest.mark.parametrize(("what", "fine"), [("fine", True), ("call_me", False)])
async def test_the_elders_word_that_arrives_after_midnight_is_of_its_own_day(
    town: Crowd, what: str, *, fine: bool
) -> None:
    granny = await granny_with_chat(town)
    await town.set_station(settings={"check_in_is_contact": True})
    await town.stage.at("08:00")
    await town.pressed_while_it_was_down(granny, what, "2026-04-10 07:00")
    async with town.stage.database.read() as tx:
        [row] = await tx.scalars(select(CheckIn))
        assert (str(row.day), row.fine) == ("2026-04-09", fine)
    await town.stage.at("08:30")
    assert "王桂芳" in town.call_lists(town.li)[-1]
    assert ("asked to be called" in town.call_lists(town.li)[-1]) is not fine


async def test_an_old_good_morning_asks_anew_instead_of_writing_about_long_ago(
    town: Crowd,
) -> None:
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    town.stage.clock.set(local("2026-04-11 07:00"))
    await town.stage.tap(granny, "fine")
    async with town.stage.database.read() as tx:
        assert list(await tx.scalars(select(CheckIn))) == []
    await town.stage.tap(granny, "fine")
    async with town.stage.database.read() as tx:
        [row] = await tx.scalars(select(CheckIn))
        assert str(row.day) == "2026-04-11"


async def test_a_wish_to_be_called_is_never_turned_away(town: Crowd) -> None:
    """Of yesterday's button after today's "fine", and of one that is days old."""
    granny = await granny_with_chat(town)
    await town.stage.at("08:00")
    old = town.stage.last(granny).id
    await town.stage.at("2026-04-10 08:00")
    await town.stage.tap(granny, "fine")
    for day, when in (("2026-04-09", "2026-04-10 09:00"), ("2026-04-09", "2026-04-13 07:00")):
        town.stage.clock.set(local(when))
        before = len(town.texts(town.li))
        town.stage.phones.press(granny, old, f"call_me:{day}", stale=True)
        await town.stage.settle()
        assert len(town.texts(town.li)) == before + 1
        assert "asks to be called" in town.stage.last(town.li).text


async def test_who_is_no_elder_cannot_say_they_are_fine(town: Crowd) -> None:
    await town.stage.say(town.chen, "/menu")
    press = town.stage.phones.press(town.chen, town.stage.last(town.chen).id, "fine", stale=True)
    await town.stage.settle()
    assert "not available" in str(press.text)
