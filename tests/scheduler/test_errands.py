"""The timed work of errands, through the whole program: circles, half-time, silence, money."""

from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.playground.records import Person
from care.access import Role, Viewer
from care.errands import Kind, State
from care.standing import Often, Rhythm, rule_of
from storage import elders, standing
from storage.standing import Repeated
from storage.tables import Community, Errand
from tests.stage import Stage, sqlite_url, staged

CARD = "Errand"
RECEIPT = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass
class Home:
    """A social worker, a paired volunteer, a neighbour, and a daughter who asks."""

    stage: Stage
    li: Person
    chen: Person
    zhou: Person
    daughter: Person

    async def ask(self, day: str = "tomorrow", kind: str = "groceries") -> None:
        """The daughter asks for something."""
        await self.stage.say(self.daughter, "/errand")
        await self.stage.tap(self.daughter, kind)
        await self.stage.say(self.daughter, "rice")
        await self.stage.tap(self.daughter, day)

    def texts(self, person: Person) -> str:
        """All that stands in a chat."""
        return "\n".join(one.text for one in self.stage.chat(person))

    async def errand(self) -> Errand:
        """The newest one."""
        async with self.stage.database.read() as tx:
            found = await tx.scalar(select(Errand).order_by(Errand.id.desc()).limit(1))
        assert found is not None
        return found

    async def settle_with(self, **choices: Any) -> None:
        """Make the station's choices."""
        async with self.stage.database.write() as tx:
            (await tx.get_one(Community, self.stage.station.id)).settings = choices


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with staged(sqlite_url(tmp_path), start="2026-04-09 09:00") as stage:
        await stage.speak("en")
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        chen = await stage.person("陈同学", Role.VOLUNTEER)
        zhou = await stage.person("周阿姨", Role.VOLUNTEER)
        await stage.elder("王桂芳", building="12号楼", address="12号楼 3单元 501")
        daughter = await stage.person("王小雨", Role.FAMILY, elder="王桂芳")
        await stage.pair(li, [chen], ["王桂芳"])
        yield Home(stage, li, chen, zhou, daughter)


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
    async with home.stage.database.read() as tx:
        assert len(list(await tx.scalars(select(Errand.id)))) == 1


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


async def test_money_goes_from_hand_to_hand_in_taps_and_what_differs_is_told(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await stage.tap(home.chen, "errand_money")
    await stage.tap(home.chen, "I was given an advance")
    await stage.say(home.chen, "fifty")
    assert "35.60" in stage.last(home.chen).text
    await stage.say(home.chen, "50")
    assert "wrote down money" in stage.last(home.daughter).text
    await stage.tap(home.daughter, "errand_money")
    await stage.tap(home.daughter, "money_yes")
    await stage.tap(home.chen, "The errand")
    await stage.tap(home.chen, "errand_bought")
    await stage.say(home.chen, "35.60")
    stage.phones.send_photo(home.chen, "receipt.png", RECEIPT)
    await stage.settle()
    assert (await home.errand()).state is State.BOUGHT
    assert "has bought it" in home.texts(home.li)
    await stage.tap(home.chen, "The errand")
    await stage.tap(home.chen, "✅ Done")
    await stage.tap(home.daughter, "✅ Received")
    assert (await home.errand()).state is State.CONFIRMED
    assert "Received, says 王小雨" in home.texts(home.chen)
    await stage.at("2026-04-10 10:00")
    assert "The money does not agree" in home.texts(home.li)
    assert "still has ¥14.40" in home.texts(home.li)
    assert "without a receipt" not in home.texts(home.li)
    await stage.tap(home.li, "errand_money")
    await stage.tap(home.li, "errand_book")
    assert home.stage.last(home.li).document is not None


async def test_a_wrong_sum_is_put_right_with_a_reason_and_both_stay(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await stage.tap(home.chen, "errand_bought")
    await stage.say(home.chen, "350.60")
    await stage.tap(home.chen, "No receipt")
    await stage.tap(home.chen, "money_fix")
    await stage.say(home.chen, "35.06")
    await stage.tap(home.chen, "No receipt")
    await stage.say(home.chen, "a slip")
    assert "¥35.06" in stage.last(home.chen).text
    assert "350.60" not in stage.last(home.chen).text


async def test_a_forged_button_about_money_gives_nothing(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    for data in ("errand_money:1", "money_say:1:v:spent", "errand_bought:1", "money_fix:1:1"):
        press = stage.phones.press(home.zhou, stage.last(home.zhou).id, data, stale=True)
        await stage.settle()
        assert press.text == "That is not available to you."


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


async def test_the_asker_changes_it_with_a_reason_and_whoever_has_it_hears(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await stage.tap(home.daughter, "errand_edit")
    await stage.tap(home.daughter, "Budget")
    await stage.say(home.daughter, "50")
    await stage.tap(home.daughter, "written wrongly")
    assert (await home.errand()).budget_fen == 5000
    assert "Budget: ¥50.00" in home.texts(home.daughter)
    assert "has changed the errand" in home.texts(home.chen)
    await stage.tap(home.daughter, "errand_edit")
    await stage.tap(home.daughter, "Who pays")
    await stage.tap(home.daughter, "the family")
    await stage.say(home.daughter, "she is in hospital")
    assert "Paid by: the family" in home.texts(home.daughter)
    press = stage.phones.press(home.chen, stage.last(home.chen).id, "errand_edit:1", stale=True)
    await stage.settle()
    assert press.text == "That is not available to you."
