"""When chat reaches nobody of the station, the second channel is told, and says nothing of whom."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.channel import ChannelFailed
from care.ladder import Alert as Kind
from care.notices import Notice
from storage import alerts, elders, ladder
from storage import channel as channels
from storage.tables import Alert, Community, Outbox, Post
from tests.stage import local
from tests.stories.neighbours import BOSS, CHEN, DAUGHTER, LI, LIU, WANG, Neighbours, neighbours

PRIVATE = (WANG, BOSS, LI, CHEN, LIU, DAUGHTER, "138", "139", "12号楼")


class Outside:
    """A second channel that keeps what it was told; `broken` it takes nothing."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.broken = False

    async def send(self, text: str) -> None:
        if self.broken:
            raise ChannelFailed
        self.told.append(text)


@pytest.fixture
async def us(tmp_path: Path) -> AsyncIterator[Neighbours]:
    async with neighbours(tmp_path) as found:
        yield found


@pytest.fixture
def outside(us: Neighbours) -> Outside:
    us.stage.service.sender.channel = found = Outside()
    return found


async def all_block(us: Neighbours, *names: str) -> None:
    for name in names or (BOSS, LI):
        us.stage.phones.block(us[name])
    await us.stage.settle()


async def back(us: Neighbours, name: str) -> None:
    us.stage.phones.start(us[name])
    await us.stage.settle()


async def letters(us: Neighbours) -> list[Outbox]:
    found: list[Any] = await us.rows(Outbox)
    return [one for one in found if one.notice is Notice.SECOND_CHANNEL]


async def untold(us: Neighbours) -> int:
    async with us.stage.database.read() as tx:
        station = await tx.get_one(Community, us.stage.station.id)
        return len(await channels.failing(tx, us.stage.clock.now(), station))


async def test_at_five_with_all_staff_gone_the_second_channel_is_told_once(
    us: Neighbours, outside: Outside
) -> None:
    await all_block(us)
    await us.through("2026-04-09 08:30", "2026-04-09 16:30")
    assert outside.told == []
    await us.stage.at("17:00")
    await us.stage.at("17:00")
    await us.stage.at("17:01")
    await us.stage.at("17:59")
    [text] = outside.told
    assert "今天没联系上的老人：1 位" in text
    assert us.stage.station.name in text
    assert not any(word in text for word in PRIVATE)
    [letter] = await letters(us)
    assert (letter.state, letter.member_id, letter.message) == (Post.SENT, None, None)


async def test_it_is_found_out_at_five_that_they_are_gone(us: Neighbours, outside: Outside) -> None:
    """Nobody knew that they had blocked the bot until the alert was refused."""
    for name in (BOSS, LI):
        us[name].blocked = True
    await us.stage.at("17:00")
    assert outside.told == []
    for when in ("17:01", "17:02"):
        await us.stage.at(when)
    assert len(outside.told) == 1


async def test_it_is_told_again_every_hour_until_somebody_is_back_and_hears_of_it_in_chat(
    us: Neighbours, outside: Outside
) -> None:
    await all_block(us)
    await us.through("2026-04-09 17:00", "2026-04-09 19:15", 15)
    assert len(outside.told) == 3
    await back(us, BOSS)
    await us.stage.at("19:20")
    assert us.heard(BOSS, WANG, "没有联系上")
    assert us.heard(BOSS, "📵 19:00", "已走备用通道通知")
    await us.through("2026-04-09 19:30", "2026-04-09 23:30")
    assert len(outside.told) == 3
    assert us.heard(BOSS, "晚报", "📵 19:00")
    assert await untold(us) == 0


async def test_who_was_refused_the_alert_and_is_back_hears_of_it(us: Neighbours) -> None:
    us[BOSS].blocked = True
    await us.stage.at("17:00")
    await us.stage.at("17:01")
    assert us.heard(LI, WANG, "今天没有联系上")
    await back(us, BOSS)
    await us.stage.at("17:05")
    await us.stage.at("17:06")
    assert len(us.heard(BOSS, WANG, "今天没有联系上")) == 1


async def test_a_family_that_heard_does_not_silence_it_while_the_station_knows_nothing(
    us: Neighbours, outside: Outside
) -> None:
    await all_block(us)
    await us.stage.at("17:00")
    assert us.heard(DAUGHTER, WANG)
    assert len(outside.told) == 1
    await us.stage.at("2026-04-10 00:05")
    await us.stage.at("2026-04-10 02:00")
    assert len(outside.told) == 1, "a named person was told of the day"


async def test_the_second_silent_day_is_told_outside_too(us: Neighbours, outside: Outside) -> None:
    """The staff heard on the first day, and are gone on the second, while the family reads on."""
    await us.stage.at("17:00")
    assert us.heard(BOSS, WANG, "今天没有联系上")
    await us.stage.at("2026-04-10 08:30")
    await all_block(us)
    await us.stage.at("2026-04-10 16:59")
    assert outside.told == []
    await us.stage.at("2026-04-10 17:00")
    await us.stage.at("2026-04-10 17:01")
    [text] = outside.told
    assert "今天没联系上的老人：1 位" in text


async def test_a_missed_day_that_nobody_was_told_of(us: Neighbours, outside: Outside) -> None:
    await all_block(us, BOSS, LI, DAUGHTER)
    us.stage.clock.set(local("2026-04-09 16:00"))
    await us.stage.settle()
    await us.stage.at("2026-04-10 00:05")
    [text] = outside.told
    assert "前几天没联系上的老人：1 位" in text
    assert not any(word in text for word in PRIVATE)
    await us.through("2026-04-10 00:30", "2026-04-10 08:00")
    assert len(outside.told) == 8, "every hour: at 00:05, 01:30 and so on"
    await us.stage.at("2026-04-12 00:05")
    assert await untold(us) == 3, "two more days went by"


async def test_who_was_refused_the_missed_day_and_is_back_hears_of_it(us: Neighbours) -> None:
    """Nobody was left to tell at midnight, and the first letter's name is not used up by that."""
    us.stage.clock.set(local("2026-04-09 16:00"))
    await us.stage.settle()
    us[BOSS].blocked = us[LI].blocked = us[DAUGHTER].blocked = True
    for when in ("2026-04-10 00:05", "2026-04-10 00:06", "2026-04-10 00:07"):
        await us.stage.at(when)
    await back(us, LI)
    await us.stage.at("2026-04-10 00:30")
    await us.stage.at("2026-04-10 01:30")
    assert len(us.heard(LI, WANG, "4月9日")) == 1


async def test_a_press_on_a_list_does_not_count_as_hearing_an_alert_that_waits(
    us: Neighbours, outside: Outside
) -> None:
    await us.stage.at("16:50")
    await us.stage.say(us[BOSS], "/calls")
    us.stage.telegram.faults.set("connect_error", 1.0)
    us.stage.clock.set(local("2026-04-09 17:00"))
    await us.stage.service.heartbeat.beat()
    await us.stage.service.sender.drain()
    async with us.stage.database.write() as tx:
        boss = await us.stage.member(us[BOSS])
        await ladder.note_pressed(tx, us.stage.clock.now(), boss.id, await us.number(WANG))
    us.stage.clock.set(local("2026-04-09 17:10"))
    await us.stage.service.heartbeat.beat()
    await us.stage.service.sender.drain()
    assert len(outside.told) == 1


async def test_an_emergency_counts_too(us: Neighbours, outside: Outside) -> None:
    await us.stage.at("09:00")
    await all_block(us)
    await us.stage.settle()
    async with us.stage.database.write() as tx:
        one = await elders.named(tx, us.stage.station.id, WANG)
        now = us.stage.clock.now()
        alert, _ = await alerts.open_one(tx, now, one, local("2026-04-09 09:00").date(),
                                         Kind.EMERGENCY)  # fmt: skip
        await alerts.tell_of_emergency(tx, now, alert, one)
    await us.stage.at("09:01")
    await us.stage.at("09:20")
    [text] = outside.told
    assert "紧急情况没人接手：1 件" in text


async def test_whoever_takes_the_alert_ends_it(us: Neighbours, outside: Outside) -> None:
    us[BOSS].blocked = us[LI].blocked = True
    await us.stage.at("17:00")
    us[BOSS].blocked = False
    await us.stage.at("17:05")
    [alert] = await us.rows(Alert)
    assert alert.closed_at is None
    await back(us, BOSS)
    await us.stage.at("17:06")
    assert us.heard(BOSS, WANG, "今天没有联系上")
    await us.stage.tap(us[BOSS], "alert_take")
    told = len(outside.told)
    await us.through("2026-04-09 17:30", "2026-04-09 23:30")
    assert len(outside.told) == told


async def test_when_somebody_of_the_staff_is_told_nothing_goes_outside(
    us: Neighbours, outside: Outside
) -> None:
    await all_block(us, BOSS)
    await us.through("2026-04-09 08:30", "2026-04-10 09:00")
    assert us.heard(LI, WANG, "没有联系上")
    assert outside.told == []


async def test_a_line_to_telegram_that_is_cut_for_ten_minutes(
    us: Neighbours, outside: Outside
) -> None:
    """They did not block anything; the message waits."""
    await us.stage.at("16:50")
    us.stage.telegram.faults.set("connect_error", 1.0)
    us.stage.clock.set(local("2026-04-09 17:00"))
    await us.stage.service.heartbeat.beat()
    await us.stage.service.sender.drain()
    assert outside.told == []
    us.stage.clock.set(local("2026-04-09 17:10"))
    await us.stage.service.heartbeat.beat()
    await us.stage.service.sender.drain()
    assert len(outside.told) == 1


async def test_without_a_second_channel_it_is_said_that_nobody_could_be_told(
    us: Neighbours,
) -> None:
    await all_block(us)
    await us.stage.at("17:00")
    await us.stage.at("17:01")
    [letter] = await letters(us)
    assert (letter.state, letter.error) == (Post.DROPPED, "no second channel")
    assert await untold(us) == 1
    await back(us, BOSS)
    await us.stage.at("17:02")
    assert us.heard(BOSS, "📵 17:00", "谁也没能通知到", "也没有备用通道")
    assert not us.heard(CHEN, "📵")


async def test_a_channel_that_fails_is_tried_again_and_says_so(
    us: Neighbours, outside: Outside
) -> None:
    outside.broken = True
    await all_block(us)
    await us.stage.at("17:00")
    [letter] = await letters(us)
    assert (letter.state, letter.unclear) == (Post.WAITING, 1)
    outside.broken = False
    await us.stage.at("17:01")
    [text] = outside.told
    assert text.startswith("（这条消息您可能已收到过。）"), text
    assert len(await letters(us)) == 1


async def test_what_is_over_before_it_is_sent_is_not_sent(us: Neighbours, outside: Outside) -> None:
    outside.broken = True
    await all_block(us)
    await us.stage.at("17:00")
    outside.broken = False
    async with us.stage.database.write() as tx:
        (await tx.get_one(Alert, 1)).taken_at = us.stage.clock.now()
    await us.stage.at("17:01")
    assert outside.told == []
    [letter] = await letters(us)
    assert letter.state is Post.DROPPED


async def test_what_expires_untaken_is_followed_by_the_next(
    us: Neighbours, outside: Outside
) -> None:
    outside.broken = True
    await all_block(us)
    await us.through("2026-04-09 17:00", "2026-04-09 18:05", 5)
    outside.broken = False
    await us.stage.at("18:10")
    assert [one.state for one in await letters(us)] == [Post.EXPIRED, Post.SENT]
    assert len(outside.told) == 1
