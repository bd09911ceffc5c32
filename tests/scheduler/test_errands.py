"""The timed work of errands, through the whole program: circles, half-time, silence, money."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from care.access import Role, Viewer
from care.errands import Kind, State
from care.standing import Often, Rhythm, rule_of
from storage import elders, standing
from storage.standing import Repeated
from tests.errand_home import CARD, Home, errand_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with errand_home(tmp_path) as found:
        yield found


async def test_the_pairing_sees_it_first_and_after_fifteen_minutes_the_neighbours(
    home: Home,
) -> None:
    await home.ask()
    assert CARD in home.texts(home.chen)
    await home.stage.at("09:14")
    assert CARD not in home.texts(home.zhou)
    await home.stage.at("09:16")
    assert CARD in home.texts(home.zhou)
    await home.stage.tap(home.zhou, "claim")
    assert "taken by 周阿姨" in home.texts(home.chen)


async def test_not_me_is_the_end_of_it_and_the_next_are_asked_at_once(home: Home) -> None:
    await home.ask()
    await home.stage.tap(home.chen, "errand_no")
    assert "will not be asked" in home.stage.last(home.chen).text
    assert CARD in home.texts(home.zhou)


async def test_medicine_is_not_offered_to_whom_nobody_approved(home: Home) -> None:
    await home.ask(kind="medicine")
    await home.stage.at("10:30")
    assert CARD in home.texts(home.chen)
    assert CARD not in home.texts(home.zhou)


async def test_at_half_time_and_when_it_is_late_the_social_worker_hears_of_it_once(
    home: Home,
) -> None:
    await home.ask("today")
    await home.stage.at("14:00")
    assert "Nobody has taken it yet" not in home.texts(home.li)
    for clock in ("14:31", "14:32"):
        await home.stage.at(clock)
        assert home.texts(home.li).count("Nobody has taken it yet") == 1
    for clock in ("20:01", "20:02"):
        await home.stage.at(clock)
        assert home.texts(home.li).count("Not done in time") == 1
    assert "Not done in time" in home.texts(home.daughter)


async def put_off(home: Home) -> None:
    """The daughter has time until tomorrow."""
    await home.press(home.daughter, "errand_change:1:by_when")
    await home.stage.tap(home.daughter, "tomorrow")
    await home.stage.tap(home.daughter, "written wrongly")


async def test_put_off_to_another_day_the_social_worker_is_warned_of_that_day_too(
    home: Home,
) -> None:
    await home.ask("today")
    await home.stage.at("14:31")
    await home.stage.at("20:01")
    await put_off(home)
    for words in ("Nobody has taken it yet", "Not done in time"):
        assert home.texts(home.li).count(words) == 1
    await home.stage.at("2026-04-10 07:31")
    assert home.texts(home.li).count("Nobody has taken it yet") == 2
    await home.stage.at("2026-04-10 20:01")
    assert home.texts(home.li).count("Not done in time") == 2


async def test_put_off_to_another_day_whoever_kept_it_is_asked_anew(home: Home) -> None:
    """That they would do it today does not say that they can tomorrow."""
    await home.ask("today")
    await home.stage.tap(home.chen, "claim")
    await home.stage.at("14:31")
    await home.stage.tap(home.chen, "Yes, I will do it")
    await put_off(home)
    assert "Will you still do it?" not in home.texts(home.chen)
    await home.stage.at("2026-04-10 07:31")
    assert "Will you still do it?" in home.texts(home.chen)


async def test_a_silent_claimer_is_asked_once_and_keeps_it_with_one_tap(home: Home) -> None:
    await home.ask("today")
    await home.stage.tap(home.chen, "claim")
    await home.stage.at("14:31")
    assert home.texts(home.chen).count("Will you still do it?") >= 1
    await home.stage.tap(home.chen, "Yes, I will do it")
    await home.stage.at("19:00")
    assert (await home.errand()).state is State.CLAIMED
    assert "Will you still do it?" not in home.texts(home.chen)


async def test_who_does_not_answer_loses_it_and_it_is_offered_again_to_others(home: Home) -> None:
    await home.ask("today")
    await home.stage.tap(home.chen, "claim")
    await home.stage.at("14:31")
    await home.stage.at("15:32")
    assert (await home.errand()).state is State.OPEN
    assert "501" not in home.texts(home.chen)
    assert "did not hear from you" in home.texts(home.chen)
    assert "gave the errand back" in home.texts(home.li)
    assert CARD in home.texts(home.zhou)
    assert CARD not in home.stage.last(home.chen).text


async def test_who_is_on_the_way_is_not_asked(home: Home) -> None:
    await home.ask("today")
    await home.stage.tap(home.chen, "claim")
    await home.stage.tap(home.chen, "On my way")
    await home.stage.at("16:00")
    assert (await home.errand()).state is State.ON_THE_WAY
    assert "Will you still do it?" not in home.texts(home.chen)


async def test_what_repeats_is_asked_for_in_time_and_not_at_night(home: Home) -> None:
    async with home.stage.database.write() as tx:
        elder = await elders.named(tx, home.stage.station.id, "王桂芳")
        member = (await home.stage.member(home.daughter)).id
        who = Viewer(member, home.stage.station.id, frozenset({Role.FAMILY}))
        rule = rule_of(Rhythm(Often.MONTH_DAY, 20))
        wanted = Repeated(Kind.GROCERIES, "rice", rule, date(2026, 4, 9))
        await standing.begin(tx, home.stage.clock.now(), who, elder.id, wanted)
    await home.stage.at("2026-04-17 00:10")
    assert CARD not in home.texts(home.chen)
    await home.stage.at("2026-04-17 07:31")
    assert CARD in home.texts(home.chen)
    assert (await home.errand()).standing_day == date(2026, 4, 20)
    await home.stage.at("2026-04-18 09:00")
    assert len(await home.errands()) == 1


async def test_where_the_station_asks_for_it_a_social_worker_approves_first(home: Home) -> None:
    await home.settle_with(errand_approval=True)
    await home.ask()
    await home.stage.at("10:00")
    assert CARD not in home.texts(home.chen)
    assert "To be approved" in home.texts(home.li)
    await home.stage.tap(home.li, "Look at it")
    await home.stage.tap(home.li, "Approve")
    assert CARD in home.texts(home.chen)
    assert "has approved" in home.texts(home.daughter)
