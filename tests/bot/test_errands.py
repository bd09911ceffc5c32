"""Errands in chat: asked for in a few taps, claimed by exactly one, seen in full by that one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Group, Person
from care.hours import Kind, Why, Work
from storage import members
from storage.once import upsert
from storage.tables import Community, ErrandHelper, ServiceHours
from tests.beginnings import Beginning
from tests.errand_home import ADDRESS, PHONE, settle_in
from tests.stage import Stage


@dataclass
class Town:
    """A station in which an errand can happen."""

    stage: Stage
    boss: Person
    li: Person
    chen: Person
    zhou: Person
    daughter: Person
    group: Group

    async def ask(self, what: str = "降压药一盒") -> None:
        """The daughter asks for medicine, in four steps."""
        stage = self.stage
        await stage.say(self.daughter, "/errand")
        await stage.tap(self.daughter, "medicine")
        await stage.say(self.daughter, what)
        await stage.tap(self.daughter, "tomorrow")
        await stage.tap(self.daughter, "Ask now")


async def at_once(stage: Stage, *approved: Person) -> None:
    """No circle waits for the one before it; these volunteers may fetch medicine."""
    async with stage.database.write() as tx:
        station = await tx.get_one(Community, stage.station.id)
        station.settings = {"errand_pairing_minutes": 0, "errand_neighbours_minutes": 0}
        for one in approved:
            member = (await stage.member(one)).id
            key = {"member_id": member}
            values = {"medicine": True, "decided_by": None}
            await upsert(tx, ErrandHelper, key, values, community_id=station.id)


async def _settle_in(stage: Stage) -> Town:
    home = await settle_in(stage)
    await at_once(stage, home.zhou)
    group = await stage.group("志愿者", [home.li, home.chen, home.zhou], home.li)
    return Town(stage, home.boss, home.li, home.chen, home.zhou, home.daughter, group)


TOWN = Beginning(_settle_in)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with TOWN.again(tmp_path) as found:
        yield found


async def test_the_group_card_shows_building_and_kind_but_no_name_and_no_address(
    town: Town,
) -> None:
    await town.ask()
    card = town.stage.last(town.chen, town.group).text
    assert "medicine" in card
    assert "12号楼" in card
    for private in ("王桂芳", "501", "138", "降压药"):
        assert private not in card


async def test_exactly_one_gets_it_and_the_others_read_who_in_place(town: Town) -> None:
    stage = town.stage
    await town.ask()
    stage.phones.press(town.chen, stage.last(town.chen, town.group).id, "claim:1", chat=town.group)
    late = stage.phones.press(
        town.zhou, stage.last(town.zhou, town.group).id, "claim:1", chat=town.group
    )
    await stage.settle()
    card = stage.last(town.zhou, town.group)
    assert "taken by 陈同学" in card.text
    assert not card.rows
    assert "陈同学" in (late.text or "")
    assert ADDRESS in stage.last(town.chen).text
    assert not any(ADDRESS in one.text for one in stage.chat(town.zhou))


async def test_address_and_phone_are_protected_and_gone_when_it_is_done(town: Town) -> None:
    stage = town.stage
    await town.ask()
    await stage.tap(town.chen, "claim", chat=town.group)
    private = stage.last(town.chen)
    assert private.protected
    assert PHONE in private.text
    assert "knock loudly" in private.text
    await stage.tap(town.chen, "On my way")
    await stage.tap(town.chen, "✅ Done")
    for message in stage.chat(town.chen):
        assert ADDRESS not in message.text
        assert PHONE not in message.text


async def test_no_message_that_can_be_passed_on_comes_to_hold_the_address(town: Town) -> None:
    """The list of errands can be, so it gives way to a message that cannot."""
    stage = town.stage
    await town.ask()
    await stage.tap(town.chen, "claim", chat=town.group)
    await stage.say(town.chen, "/errands")
    listed = stage.last(town.chen)
    await stage.tap(town.chen, "王桂芳")
    shown = stage.last(town.chen)
    assert ADDRESS in shown.text
    assert shown.protected
    assert listed.id not in {one.id for one in stage.chat(town.chen)}
    await stage.tap(town.chen, "On my way")
    assert stage.last(town.chen).id == shown.id, "from then on it is changed in place"
    assert not any(ADDRESS in one.text for one in stage.chat(town.chen) if not one.protected)


async def test_the_asker_and_the_social_worker_hear_each_step(town: Town) -> None:
    stage = town.stage
    await town.ask()
    assert "asks for an errand" in stage.last(town.li).text
    await stage.tap(town.chen, "claim", chat=town.group)
    assert "陈同学 has taken" in stage.last(town.daughter).text
    await stage.tap(town.chen, "✅ Done")
    assert "Done by 陈同学" in stage.last(town.daughter).text
    assert "Done by 陈同学" in stage.last(town.li).text


async def test_the_time_from_setting_out_until_it_is_done_counts_as_service(town: Town) -> None:
    await town.ask()
    await town.stage.tap(town.chen, "claim")
    await town.stage.tap(town.chen, "On my way")
    town.stage.clock.set(town.stage.clock.now() + timedelta(minutes=35))
    await town.stage.tap(town.chen, "✅ Done")
    async with town.stage.database.read() as tx:
        [row] = await tx.scalars(select(ServiceHours))
    assert (row.work, row.kind, row.minutes) == (Work.ERRAND, Kind.VERIFIED, 35)
    assert row.member_id == (await town.stage.member(town.chen)).id


async def done_after(town: Town, minutes: int) -> list[tuple[Kind, int, str | None]]:
    """What time stands on record when the newest errand is done so many minutes later."""
    town.stage.clock.set(town.stage.clock.now() + timedelta(minutes=minutes))
    await town.stage.tap(town.chen, "✅ Done")
    async with town.stage.database.read() as tx:
        rows = await tx.scalars(select(ServiceHours).order_by(ServiceHours.id))
        return [(one.kind, one.minutes, one.reason) for one in rows]


async def test_done_that_is_remembered_the_day_after_waits_for_approval(town: Town) -> None:
    await town.ask()
    await town.stage.tap(town.chen, "claim")
    await town.stage.tap(town.chen, "On my way")
    assert await done_after(town, 17 * 60) == [(Kind.ADDED, 180, Why.LATE)]


async def test_two_errands_on_one_way_are_not_counted_twice_by_themselves(town: Town) -> None:
    for what in ("降压药一盒", "胃药一盒"):
        await town.ask(what)
        await town.stage.tap(town.chen, "claim")
        await town.stage.tap(town.chen, "On my way")
    assert await done_after(town, 60) == [(Kind.VERIFIED, 60, None)]
    both = await done_after(town, 1)
    assert both[1:] == [(Kind.ADDED, 61, Why.TWICE)]


async def test_who_never_said_on_my_way_had_set_out_when_it_was_bought(town: Town) -> None:
    await town.ask()
    await town.stage.tap(town.chen, "claim")
    await town.stage.tap(town.chen, "Bought")
    await town.stage.say(town.chen, "35")
    await town.stage.tap(town.chen, "No receipt")
    assert await done_after(town, 20) == [(Kind.VERIFIED, 20, None)]


async def test_a_second_tap_by_the_same_volunteer_changes_nothing(town: Town) -> None:
    stage = town.stage
    await town.ask()
    message = stage.last(town.chen, town.group).id
    presses = [
        stage.phones.press(town.chen, message, "claim:1", chat=town.group, stale=True)
        for _ in range(3)
    ]
    await stage.settle()
    assert "yours" in (presses[0].text or "")
    assert "already" in (presses[1].text or "")
    given = [one for one in stage.chat(town.chen) if ADDRESS in one.text]
    assert len(given) == 1


async def test_given_back_it_is_open_again_for_everybody(town: Town) -> None:
    stage = town.stage
    await town.ask()
    await stage.tap(town.chen, "claim", chat=town.group)
    await stage.tap(town.chen, "Give it back")
    await stage.tap(town.chen, "no time")
    assert not any(ADDRESS in one.text for one in stage.chat(town.chen))
    await stage.tap(town.zhou, "claim", chat=town.group)
    assert ADDRESS in stage.last(town.zhou).text


@pytest.mark.parametrize("data", ["errand:1", "errand_step:1:finish:-", "errand_why:1:fail"])
async def test_a_forged_button_gives_nothing_to_somebody_it_is_not_for(
    town: Town, data: str
) -> None:
    stage = town.stage
    await town.ask()
    await stage.tap(town.chen, "claim", chat=town.group)
    press = stage.phones.press(town.zhou, stage.last(town.zhou).id, data, stale=True)
    await stage.settle()
    assert press.text == "That is not available to you."
    assert not any("王桂芳" in one.text for one in stage.chat(town.zhou))


async def test_family_may_ask_only_for_their_own_elder(town: Town) -> None:
    stage = town.stage
    other = await stage.elder("赵大爷", building="1号楼")
    data = f"errand_for:{other.id}"
    press = stage.phones.press(town.daughter, stage.last(town.daughter).id, data, stale=True)
    await stage.settle()
    assert press.text == "That is not available to you."


async def test_cancelled_while_somebody_is_on_the_way_they_are_told(town: Town) -> None:
    stage = town.stage
    await town.ask()
    await stage.tap(town.chen, "claim", chat=town.group)
    await stage.tap(town.daughter, "Cancel this errand")
    await stage.tap(town.daughter, "no longer needed")
    assert "cancelled" in stage.last(town.chen).text
    assert not any(ADDRESS in one.text for one in stage.chat(town.chen))


async def test_what_somebody_has_in_hand_who_blocks_the_bot_is_offered_again(town: Town) -> None:
    """Unreachable is not silent: the next volunteer can claim, and the asker hears of it."""
    await town.ask()
    await town.stage.tap(town.chen, "claim", chat=town.group)
    town.stage.phones.block(town.chen)
    await town.stage.tap(town.daughter, "errand")
    await town.stage.at("10:00")
    async with town.stage.database.write() as tx:
        await members.note_blocked(tx, town.stage.clock.now(), town.chen.id)
    await town.stage.at("10:01")
    assert "gave the errand back" in town.stage.last(town.daughter).text
    await town.stage.tap(town.zhou, "claim", chat=town.group)
    assert "周阿姨" in town.stage.last(town.daughter).text
