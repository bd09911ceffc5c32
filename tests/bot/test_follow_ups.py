"""Needs follow-up: on the list again tomorrow, unless whoever called says when."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from care.access import Role
from care.elders import Tier
from storage.tables import FollowUp
from tests.bot.crowd import Crowd, arrive, crowd


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        await made.stage.at("2026-04-09 08:30")
        yield made


async def follow_ups(town: Crowd) -> list[FollowUp]:
    async with town.stage.database.read() as tx:
        return list(await tx.scalars(select(FollowUp).order_by(FollowUp.id)))


async def needed(town: Crowd, name: str = "王桂芳", outcome: str = "needs follow-up") -> str:
    """A call after which something is to be come back to; what is asked then."""
    await town.stage.say(town.li, "/calls")
    await town.stage.tap(town.li, name)
    await town.stage.tap(town.li, outcome)
    return town.stage.last(town.li).text


async def listed(town: Crowd) -> str:
    return (await town.stage.say(town.li, "/calls")).text


@pytest.mark.parametrize(
    ("language", "outcome", "said", "later", "then"),
    [
        (
            "en",
            "needs follow-up",
            "王桂芳 is on the list again: Fri 10 Apr.",
            "in 3 days",
            "Sun 12",
        ),
        ("zh_CN", "需跟进", "王桂芳会再上清单：4月10日 周五。", "3 天后", "4月12日"),
    ],
)
async def test_it_is_tomorrow_at_once_and_another_day_is_one_tap(
    town: Crowd, language: str, outcome: str, said: str, later: str, then: str
) -> None:
    await town.stage.speak(language)
    assert said in await needed(town, outcome=outcome)
    assert [str(one.due) for one in await follow_ups(town)] == ["2026-04-10"]
    await town.stage.tap(town.li, later)
    assert then in town.stage.last(town.li).text
    assert [str(one.due) for one in await follow_ups(town)] == ["2026-04-12"]


async def test_a_note_stands_on_the_list_and_on_the_call(town: Crowd) -> None:
    await needed(town)
    await town.stage.tap(town.li, "Add a note")
    await town.stage.say(town.li, "result of the blood test")
    assert "“result of the blood test”" in town.stage.last(town.li).text
    await town.stage.at("2026-04-10 08:30")
    assert "follow-up due · “result of the blood test”" in await listed(town)
    await town.stage.tap(town.li, "call")
    assert "📌 Follow-up: result of the blood test" in town.stage.last(town.li).text


async def test_without_a_note_the_call_still_says_that_there_was_something(town: Crowd) -> None:
    await needed(town)
    await town.stage.at("2026-04-10 08:30")
    await listed(town)
    await town.stage.tap(town.li, "call")
    assert "Follow-up: what was heard at the last call" in town.stage.last(town.li).text


async def test_later_today_it_is_on_todays_list_again(town: Crowd) -> None:
    await needed(town)
    assert "follow-up due" not in await listed(town)
    await town.stage.tap(town.li, "later today")
    assert "is on the list again: today" in "".join(town.texts(town.li))
    assert "1 of 1 still to call" in await listed(town)


async def test_a_later_call_that_is_fine_closes_it(town: Crowd) -> None:
    await needed(town)
    await town.stage.at("2026-04-10 08:30")
    await needed(town, outcome="✅ fine")
    [one] = await follow_ups(town)
    assert one.closed_at == town.stage.clock.now()
    assert "📌 王桂芳: followed up. ✓" in town.texts(town.li)


async def test_a_fine_call_before_its_day_leaves_it_open(town: Crowd) -> None:
    await needed(town)
    await town.stage.tap(town.li, "in a week")
    await town.stage.at("2026-04-10 08:30")
    await needed(town, outcome="✅ fine")
    assert [one.closed_at for one in await follow_ups(town)] == [None]


async def test_needed_once_more_the_new_one_takes_the_place_of_the_old(town: Crowd) -> None:
    await needed(town)
    await town.stage.at("2026-04-10 08:30")
    await needed(town)
    old, new = await follow_ups(town)
    assert (old.closed_at is None, new.closed_at) == (False, None)
    assert str(new.due) == "2026-04-11"


@pytest.mark.parametrize("where", ["message", "call", "card"])
async def test_followed_up_can_be_said_wherever_it_stands(town: Crowd, where: str) -> None:
    await needed(town)
    if where == "call":
        await listed(town)
        await town.stage.say(town.li, "/elders")
        await town.stage.tap(town.li, "elder")
        await town.stage.tap(town.li, "Log a call")
    elif where == "card":
        await town.stage.say(town.li, "/elders")
        await town.stage.tap(town.li, "elder")
        assert "📌 Follow-up on Fri 10 Apr" in town.stage.last(town.li).text
    toast = await town.stage.tap(town.li, "follow_done")
    assert toast == "王桂芳: followed up. Thank you!"
    assert (await follow_ups(town))[0].closed_at is not None
    assert "follow_done" not in str([one.rows for one in town.stage.chat(town.li)])


async def test_pressed_twice_the_second_is_told_how_it_stands(town: Crowd) -> None:
    await needed(town)
    message = town.stage.last(town.li)
    data = next(str(one.data) for row in message.rows for one in row if "done" in str(one.data))
    await town.stage.tap(town.li, "follow_done")
    press = town.stage.phones.press(town.li, message.id, data, stale=True)
    await town.stage.settle()
    assert "changed meanwhile" in str(press.text)
    for old in (data.replace("done", "note"), data.replace("done", "day") + ":2026-04-10"):
        press = town.stage.phones.press(town.li, message.id, old, stale=True)
        await town.stage.settle()
        assert "changed meanwhile" in str(press.text)


@pytest.mark.parametrize("day", ["2026-04-08", "2026-06-30", "soon"])
async def test_a_made_up_day_is_stale(town: Crowd, day: str) -> None:
    await needed(town)
    [one] = await follow_ups(town)
    message = town.stage.last(town.li)
    press = town.stage.phones.press(town.li, message.id, f"follow_day:{one.id}:{day}", stale=True)
    await town.stage.settle()
    assert "changed meanwhile" in str(press.text)
    assert str((await follow_ups(town))[0].due) == "2026-04-10"


async def test_a_note_that_comes_too_late_changes_nothing(town: Crowd) -> None:
    await needed(town)
    await town.stage.tap(town.li, "Add a note")
    async with town.stage.database.write() as tx:
        (await tx.scalars(select(FollowUp))).one().closed_at = town.stage.clock.now()
    await town.stage.say(town.li, "too late")
    assert "followed up. ✓" in town.stage.last(town.li).text
    assert (await follow_ups(town))[0].note is None


async def test_who_is_not_red_is_on_the_list_of_its_day_and_goes_from_it(town: Crowd) -> None:
    await town.stage.elder("赵大爷", tier=Tier.GREEN)
    await town.stage.say(town.li, "/elders")
    await town.stage.tap(town.li, "🟢 赵大爷")
    await town.stage.tap(town.li, "Log a call")
    await town.stage.tap(town.li, "needs follow-up")
    assert "赵大爷" not in await listed(town)
    await town.stage.at("2026-04-10 08:30")
    assert "🟢 赵大爷" in await listed(town)
    await needed(town, "赵大爷", "✅ fine")
    assert "赵大爷" not in await listed(town)


async def test_another_social_worker_cannot_touch_it(town: Crowd) -> None:
    await needed(town)
    colleague = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.say(colleague, "/menu")
    [one] = await follow_ups(town)
    for data in (
        f"follow_done:{one.id}", f"follow_note:{one.id}", f"follow_day:{one.id}:2026-04-12"
    ):  # fmt: skip
        press = town.stage.phones.press(colleague, town.stage.last(colleague).id, data, stale=True)
        await town.stage.settle()
        assert "not available" in str(press.text)
