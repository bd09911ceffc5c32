"""The handbook's table of the day, told as stories: what each person reads, and when."""

from datetime import date
from pathlib import Path

import pytest

from care.access import Role
from care.elders import Tier
from care.joining import Standing
from care.ladder import Step
from care.ledger import State
from storage import calls, calming, elders
from storage.elders import Decision
from storage.tables import Alert, ClosedDay, DoorVisit, Draft, Member, Pause, RedDay, Told
from tests.stories.neighbours import (
    BOSS,
    CHEN,
    DAUGHTER,
    DAY,
    LI,
    LIU,
    WANG,
    Neighbours,
    neighbours,
)

NEXT = date(2026, 4, 10)


async def test_a_good_day_from_eight_in_the_morning_to_midnight(tmp_path: Path) -> None:
    """08:30 the list; one call; the others hear nothing but the evening's "all is well"."""
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        assert len(us.heard(LI, "每日电话清单", WANG)) == 1
        await us.log(LI, WANG, "fine")
        await us.through("2026-04-09 09:00", "2026-04-09 23:30")
        assert us.count(CHEN) == us.count(LIU) == us.count(DAUGHTER) == 0
        assert len(us.heard(BOSS, "晚报", "已联系 1/1", "一切平安")) == 1
        await us.stage.at("2026-04-10 00:01")
        assert await us.ended(WANG) == State.MET


async def test_a_social_worker_who_sleeps(tmp_path: Path) -> None:
    """11:30 a reminder; 15:00 the first volunteer to claim goes; the visit ends it all."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 11:00")
        assert not us.heard(LI, "还有 1 位老人没有联系上")
        await us.stage.at("11:30")
        assert len(us.heard(LI, "还有 1 位老人没有联系上", "138 0000 0001")) == 1
        await us.through("2026-04-09 12:00", "2026-04-09 14:30")
        assert us.count(CHEN) == 0
        await us.stage.at("15:00")
        assert us.heard(CHEN, WANG, "12号楼", "您能去看看吗")
        assert us.heard(LIU, WANG)
        assert not us.heard(CHEN, "501"), "the address comes after the claim"
        await us.stage.tap(us[CHEN], "door_claim")
        assert us.heard(LIU, f"{CHEN} 去看 {WANG} 了")
        assert us.heard(CHEN, "12号楼 3单元 501", "138 0000 0001")
        await us.stage.at("15:20")
        await us.stage.tap(us[CHEN], "sign_in")
        for answer in ("=good", "-", "-", "-", "-", "-"):
            rows = [one for row in us.stage.last(us[CHEN]).rows for one in row]
            data = next(str(one.data) for one in rows if str(one.data).endswith(f":{answer}"))
            await us.stage.tap(us[CHEN], data)
        await us.through("2026-04-09 16:00", "2026-04-09 23:30")
        assert not us.heard(BOSS, "没有联系上")
        assert us.count(DAUGHTER) == 0
        assert us.heard(BOSS, "晚报", "已联系 1/1")
        await us.stage.at("2026-04-10 00:01")
        assert await us.ended(WANG) == State.MET


async def test_everybody_sleeps(tmp_path: Path) -> None:
    """The day is missed, and the ledger says who was told, and when; there is no fourth state."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-10 00:30")
        assert await us.ended(WANG) == State.MISSED
        assert await us.told(Step.REMIND) == {LI}
        assert await us.told(Step.DOOR) == {CHEN, LIU}
        assert await us.told(Step.RAISE) == {BOSS, DAUGHTER}
        assert await us.told(Step.CLOSED) == set(), "they were told at 17:00"
        assert us.heard(BOSS, f"{WANG} 从", "起没有联系上", f"负责人：{BOSS}")
        assert us.heard(DAUGHTER, WANG, "您能联系上吗")
        assert us.heard(BOSS, "晚报", "已联系 0/1", WANG)
        [alert] = await us.rows(Alert)
        assert alert.closed_at is None
        assert alert.owner_id is not None
        await us.stage.at("2026-04-10 08:30")
        assert us.heard(LI, "昨天没联系上", WANG)


async def test_the_ladder_stops_the_moment_a_contact_is_recorded(tmp_path: Path) -> None:
    """At 16:20 somebody goes; at 17:05 the supervisor takes it; a call ends it for all of them."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 16:00")
        await us.stage.tap(us[LIU], "door_claim")
        await us.stage.at("17:00")
        assert us.heard(BOSS, WANG, "今天没有联系上", f"{LIU} 16:00 答应去看看")
        await us.stage.at("17:05")
        await us.stage.tap(us[BOSS], "alert_take")
        assert us.heard(BOSS, f"{BOSS} 正在处理（17:05 起）")
        await us.stage.at("17:20")
        await us.log(LI, WANG, "fine")
        assert us.heard(LIU, f"{LI} 已联系上 {WANG}", "不用去了")
        assert us.heard(BOSS, f"预警解除：{WANG}", LI)
        assert us.heard(DAUGHTER, f"预警解除：{WANG}")
        assert us.heard(CHEN, f"{WANG} 已经联系上了")
        assert us.heard(LI, "您清单上的老人都联系上了"), "the reminder says so too"
        assert not us.heard(LIU, "12号楼 3单元 501"), "who need not go does not keep the address"
        [alert] = await us.rows(Alert)
        assert alert.closed_at is not None
        before = {name: us.count(name) for name in us.people}
        await us.through("2026-04-09 17:30", "2026-04-09 19:30")
        assert {name: us.count(name) for name in us.people} == before


async def test_two_calls_nobody_answers_ask_for_a_door_visit_at_once(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.log(LI, WANG, "no_answer")
        await us.stage.at("08:45")
        assert us.count(CHEN) == 0
        await us.stage.at("09:00")
        await us.log(LI, WANG, "no_answer")
        await us.stage.at("09:01")
        assert us.heard(CHEN, WANG, "没接电话", "您能去看看吗")


async def test_a_door_nobody_opens_is_raised_at_once(tmp_path: Path) -> None:
    """Somebody went, and nobody opened: that does not wait until 17:00."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[CHEN], "door_claim")
        await us.stage.at("15:30")
        await us.stage.tap(us[CHEN], "sign_in")
        await us.stage.tap(us[CHEN], "visit_why")
        await us.stage.tap(us[CHEN], "visit_not:1:no_answer")
        await us.stage.at("15:31")
        assert us.heard(BOSS, WANG, "今天没有联系上")


async def _nobody_opens(us: Neighbours, name: str) -> None:
    """Who stands at the door themselves writes it down, from the list or the claimed door."""
    for press in ("at_door", "未接"):
        await us.stage.tap(us[name], press)


async def test_a_door_nobody_opens_to_the_social_worker_is_raised_at_once(tmp_path: Path) -> None:
    """Whoever stands there, and long before anybody asked for it."""
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.stage.tap(us[LI], WANG)
        await _nobody_opens(us, LI)
        await us.stage.at("08:31")
        assert us.heard(BOSS, WANG, "今天没有联系上")


async def test_who_claimed_a_door_and_found_it_shut_is_not_waited_for(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.red("孙爷爷")
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[LI], "door_claim")
        await _nobody_opens(us, LI)
        [door] = [one for one in await us.rows(DoorVisit) if one.claimed_by is not None]
        assert door.end == "nobody"
        await us.stage.at("15:01")
        assert us.heard(BOSS, "孙爷爷", "今天没有联系上")


async def test_who_cannot_go_after_all_gives_it_back_and_the_others_are_asked(
    tmp_path: Path,
) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[CHEN], "door_claim")
        before = us.count(LIU)
        await us.stage.tap(us[CHEN], "door_return")
        assert us.count(LIU) == before + 1
        assert us.heard(LIU, "您能去看看吗")
        await us.stage.tap(us[LIU], "door_claim")
        [door] = await us.rows(DoorVisit)
        assert door.claimed_by == (await us.stage.member(us[LIU])).id


async def test_a_claimer_who_blocks_the_bot_loses_the_door_to_the_others(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[CHEN], "door_claim")
        us.stage.phones.block(us[CHEN])
        before = us.count(LIU)
        await us.stage.at("17:00")
        await us.log(LI, WANG, "no_answer")
        await us.through("2026-04-09 17:01", "2026-04-09 17:03", minutes=1)
        assert us.count(LIU) > before


async def test_a_door_that_everybody_declined_is_the_social_workers_at_once(
    tmp_path: Path,
) -> None:
    """Whoever was asked said no, or has blocked the bot; the next rung would be at 17:00."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        before = us.count(LI)
        await us.stage.tap(us[CHEN], "door_no")
        await us.stage.at("15:01")
        assert us.count(LI) == before, "刘阿姨 has not answered yet"
        await us.stage.tap(us[LIU], "door_no")
        for when in ("15:02", "15:03", "15:04"):
            await us.stage.at(when)
        assert us.count(LI) == before + 1, "once"
        assert us.heard(LI, WANG, "志愿者都去不了")


async def test_who_gives_a_door_back_twice_has_the_others_asked_twice(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        for when in ("15:10", "15:20"):
            await us.stage.at(when)
            before = us.count(LIU)
            await us.stage.tap(us[CHEN], "door_claim")
            await us.stage.tap(us[CHEN], "door_return")
            assert us.count(LIU) == before + 1


async def _leave(us: Neighbours, name: str) -> None:
    async with us.stage.database.write() as tx:
        member = await tx.get_one(Member, (await us.stage.member(us[name])).id)
        member.standing = Standing.LEFT


async def test_a_door_whose_goer_has_left_the_station_is_offered_again(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.arrive("方静", Role.SOCIAL_WORKER)
        await us.red("孙爷爷")
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us["方静"], "door_claim")
        before = us.count(LI)
        await _leave(us, "方静")
        await us.stage.at("15:30")
        assert us.count(LI) == before + 1


@pytest.mark.parametrize("left", [True, False])
async def test_an_emergency_whose_owner_is_gone_is_told_again_at_once(
    tmp_path: Path, *, left: bool
) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("09:00")
        await us.log(LI, WANG, "emergency")
        await us.stage.tap(us[CHEN], "alert_take")
        before = us.count(BOSS)
        if left:
            await _leave(us, CHEN)
        else:
            us.stage.phones.block(us[CHEN])
            await us.stage.settle()
        await us.stage.at("09:01")
        told = us.stage.chat(us[BOSS])[before:]
        assert len([one for one in told if f"紧急：{WANG}" in one.text]) == 1
        assert us.heard(BOSS, f"紧急：{WANG}", "还没有人处理")
        await us.stage.tap(us[LIU], "alert_take")
        assert us.heard(BOSS, f"{LIU} 正在处理")


async def test_an_alert_without_an_owner_gets_one_when_somebody_is_back(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        for name in (BOSS, LI):
            us.stage.phones.block(us[name])
        await us.stage.settle()
        await us.stage.at("17:00")
        [alert] = await us.rows(Alert)
        assert alert.owner_id is None
        us.stage.phones.start(us[BOSS])
        await us.stage.settle()
        await us.stage.at("17:05")
        [alert] = await us.rows(Alert)
        assert alert.owner_id == (await us.stage.member(us[BOSS])).id
        assert us.heard(BOSS, f"负责人：{BOSS}")


@pytest.mark.parametrize("hour", ["16:00", "23:30"])
async def test_a_tier_raised_in_the_afternoon(tmp_path: Path, hour: str) -> None:
    """Red from 16:00: on the list at once, raised an hour later; the day counts, whatever hour."""
    async with neighbours(tmp_path, red=False) as us:
        await us.red(WANG, tier=Tier.YELLOW)
        await us.stage.pair(us[LI], [us[CHEN]], [WANG])
        await us.through("2026-04-09 08:30", f"2026-04-09 {hour}")
        async with us.stage.database.write() as tx:
            elder = await elders.named(tx, us.stage.station.id, WANG)
            elders.change_tier(tx, us.stage.clock.now(), elder, Tier.RED, Decision(None, "fall"))
        await us.through(f"2026-04-09 {hour}", "2026-04-10 00:30", minutes=10)
        assert await us.ended(WANG) == State.MISSED
        told = await us.told(Step.RAISE) | await us.told(Step.CLOSED)
        assert BOSS in told
        assert (await us.told(Step.RAISE) != set()) is (hour == "16:00")


async def test_who_was_lowered_in_the_morning_is_still_owed_that_day(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("09:00")
        async with us.stage.database.write() as tx:
            elder = await elders.named(tx, us.stage.station.id, WANG)
            elders.change_tier(tx, us.stage.clock.now(), elder, Tier.GREEN, Decision(None, "well"))
        await us.through("2026-04-09 09:30", "2026-04-10 00:30")
        assert await us.ended(WANG) == State.MISSED
        assert BOSS in await us.told(Step.RAISE)
        await us.through("2026-04-10 08:30", "2026-04-11 00:30", minutes=120)
        assert await us.ended(WANG, NEXT) is None


async def _pause(us: Neighbours, first: date, until: date) -> None:
    async with us.stage.database.write() as tx:
        elder = await elders.named(tx, us.stage.station.id, WANG)
        tx.add(Pause(community_id=elder.community_id, elder_id=elder.id, first_day=first,
                     until=until, why="hospital", created_at=us.stage.clock.now(),
                     by_id=(await us.stage.member(us[LI])).id))  # fmt: skip


async def test_a_paused_day_is_excused_with_its_reason(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("09:00")
        await _pause(us, DAY, date(2026, 4, 11))
        await us.through("2026-04-09 09:30", "2026-04-11 00:30", minutes=60)
        assert await us.ended(WANG, DAY) == await us.ended(WANG, NEXT) == State.EXCUSED
        [row, _] = await us.rows(RedDay)
        assert row.excuse == "hospital"
        assert us.count(CHEN) == us.count(DAUGHTER) == 0
        assert us.heard(BOSS, "晚报", "暂停：1 位")


async def test_paused_in_the_morning_and_back_in_the_evening(tmp_path: Path) -> None:
    """Back at 18:00, a contact is owed again; with none, the supervisor hears of it at 19:00."""
    async with neighbours(tmp_path) as us:
        await us.stage.at("09:00")
        await _pause(us, DAY, date(2026, 4, 20))
        await us.through("2026-04-09 09:30", "2026-04-09 18:00")
        assert us.count(CHEN) == 0
        async with us.stage.database.write() as tx:
            (await tx.get_one(Pause, 1)).ended_at = us.stage.clock.now()
        await us.through("2026-04-09 18:10", "2026-04-09 18:50", minutes=10)
        assert not us.heard(BOSS, "今天没有联系上")
        await us.through("2026-04-09 19:00", "2026-04-10 00:30")
        assert await us.ended(WANG) == State.MISSED
        assert await us.told(Step.RAISE) >= {BOSS}


async def test_a_power_cut_from_seven_to_one(tmp_path: Path) -> None:
    """The list goes out at 13:00 with its real time on it; the reminder does not come with it."""
    async with neighbours(tmp_path, start="2026-04-09 06:00") as us:
        await us.stage.at("06:59")
        await us.stage.at("13:00")
        assert us.heard(LI, "发晚了，13:00 发出", WANG)
        assert not us.heard(LI, "还有 1 位老人没有联系上")
        await us.through("2026-04-09 13:30", "2026-04-09 14:00")
        assert us.heard(LI, "还有 1 位老人没有联系上")
        await us.stage.at("15:00")
        assert us.heard(CHEN, "您能去看看吗")


async def test_a_power_cut_until_the_next_day(tmp_path: Path) -> None:
    """Yesterday's list does not go out; the day is missed, and the supervisor is told by name."""
    async with neighbours(tmp_path, start="2026-04-09 06:00") as us:
        await us.stage.at("06:59")
        await us.stage.at("2026-04-10 08:00")
        assert await us.ended(WANG) == State.MISSED
        await us.stage.at("2026-04-10 08:01")
        assert await us.told(Step.CLOSED) == {BOSS}
        assert us.heard(BOSS, "4月9日", "没有联系上", WANG, "当时没能通知到您")
        assert us.count(LI) == 0
        await us.stage.at("08:30")
        assert len(us.heard(LI, "每日电话清单")) == 1
        assert us.heard(LI, "4月10日", WANG)


async def test_a_power_cut_with_more_red_elders_than_one_message_names(tmp_path: Path) -> None:
    """Whoever stands in no message would be missed in silence: each is named, with a button."""
    everybody = [WANG, *(f"红色老人{n:02d}" for n in range(45))]
    async with neighbours(tmp_path, start="2026-04-09 06:00") as us:
        for name in everybody[1:]:
            await us.red(name)
        await us.stage.at("06:59")
        await us.stage.at("2026-04-10 08:00")
        await us.stage.at("2026-04-10 08:01")
        told = us.heard(BOSS, "4月9日", "没有联系上")
        assert len(told) == 3
        for name in everybody:
            [letter] = [one for one in told if name in one.text]
            assert any(name in button.label for row in letter.rows for button in row)


async def test_more_red_elders_than_lines_are_named_at_half_past_eleven_and_in_the_evening(
    tmp_path: Path,
) -> None:
    names = [f"红色老人{n:02d}" for n in range(45)]
    async with neighbours(tmp_path, start="2026-04-09 06:00") as us:
        for name in names:
            await us.red(name)
        await us.through("2026-04-09 08:30", "2026-04-09 11:30")
        assert us.heard(LI, "还有 46 位老人没有联系上", *names)
        await us.through("2026-04-09 12:00", "2026-04-09 21:00")
        assert us.heard(BOSS, "晚报", "已联系 0/46", "另有 26 位", *names)


async def test_a_week_without_power_closes_every_day_of_it(tmp_path: Path) -> None:
    async with neighbours(tmp_path, start="2026-04-09 06:00") as us:
        await us.stage.at("06:59")
        await us.stage.at("2026-04-16 08:00")
        days = [row.day for row in await us.rows(ClosedDay)]
        assert days == [date(2026, 4, day) for day in range(9, 16)]
        assert {row.state for row in await us.rows(RedDay)} == {State.MISSED}
        assert len({row.day for row in await us.rows(Told)}) == 7


async def test_recorded_late_counts_for_the_day_it_happened(tmp_path: Path) -> None:
    """A call of yesterday, written down today: yesterday is met, and one sees when it was said."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-10 09:00", minutes=60)
        assert await us.ended(WANG) == State.MISSED
        await us.stage.say(us[LI], "/elders")
        await us.stage.tap(us[LI], "elder")
        await us.stage.tap(us[LI], "contacts")
        await us.stage.tap(us[LI], "补录")
        await us.stage.tap(us[LI], "电话探访")
        await us.stage.tap(us[LI], "昨天")
        await us.stage.tap(us[LI], "上午")
        await us.stage.tap(us[LI], "平安")
        while await us.ended(WANG) != State.MET:
            rows = [one for row in us.stage.last(us[LI]).rows for one in row]
            label = next(one.label for one in rows if "取消" not in one.label)
            await us.stage.tap(us[LI], label)
        [row] = await us.rows(RedDay)
        assert row.closed_as == State.MISSED
        assert row.changed_at is not None
        assert us.heard(BOSS, f"预警解除：{WANG}")


async def _take_back(us: Neighbours) -> None:
    """李敏 says that her newest entry about 王桂芳 was a mistake."""
    await us.stage.say(us[LI], "/elders")
    for press in ("elder", "contacts", "contact", "withdraw"):
        await us.stage.tap(us[LI], press)
    while "withdraw" in await _draft(us):
        rows = [one for row in us.stage.last(us[LI]).rows for one in row]
        await us.stage.tap(us[LI], next(one.label for one in rows if "取消" not in one.label))


async def _draft(us: Neighbours) -> set[str]:
    return {row.form for row in await us.rows(Draft)}


async def test_a_contact_that_was_a_mistake_and_is_taken_back_is_raised_anew(
    tmp_path: Path,
) -> None:
    """Everybody heard that she was reached: that she was not, they hear too."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 17:00")
        await us.stage.at("17:10")
        await us.log(LI, WANG, "fine")
        assert us.heard(BOSS, f"预警解除：{WANG}")
        await us.stage.at("17:12")
        await _take_back(us)
        await us.stage.at("17:13")
        for name, words in ((BOSS, "今天没有联系上"), (DAUGHTER, "我们今天没有联系上")):
            assert us.heard(name, WANG, words), name
        before = us.count(DAUGHTER)
        await us.through("2026-04-09 17:30", "2026-04-09 19:30")
        assert us.count(DAUGHTER) == before, "once"


async def test_a_contact_taken_back_the_next_day_is_told_as_a_missed_day(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 17:00")
        await us.stage.at("17:10")
        await us.log(LI, WANG, "fine")
        await us.stage.at("2026-04-10 08:35")
        await _take_back(us)
        assert await us.ended(WANG) == State.MISSED
        await us.stage.at("08:36")
        assert await us.told(Step.CLOSED) == {BOSS}


async def test_a_day_that_turns_out_to_be_missed_is_told_however_old_it_is(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.log(LI, WANG, "fine")
        await us.stage.at("2026-04-10 00:01")
        async with us.stage.database.write() as tx:
            for n in range(10, 20):
                day = date(2026, 4, n)
                tx.add(ClosedDay(community_id=us.stage.station.id, day=day,
                                 closed_at=us.stage.clock.now()))  # fmt: skip
        await us.stage.at("2026-04-20 09:00")
        assert await us.ended(WANG) == State.MET
        await _take_back(us)
        await us.stage.at("09:01")
        assert await us.told(Step.CLOSED) == {BOSS}


async def test_a_pause_that_was_a_mistake_and_is_ended_is_raised_anew(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 17:00")
        await us.stage.at("17:10")
        await _pause(us, DAY, date(2026, 4, 20))
        async with us.stage.database.write() as tx:
            elder = await elders.named(tx, us.stage.station.id, WANG)
            by = (await us.stage.member(us[LI])).id
            await calming.no_longer_owed(tx, us.stage.clock.now(), elder, by)
        await us.stage.at("17:12")
        assert us.heard(BOSS, f"预警解除：{WANG}")
        async with us.stage.database.write() as tx:
            (await tx.get_one(Pause, 1)).ended_at = us.stage.clock.now()
        await us.through("2026-04-09 17:30", "2026-04-09 18:30")
        assert us.heard(BOSS, WANG, "今天没有联系上")


async def test_an_old_alert_that_ends_late_in_the_evening_does_not_silence_that_days_own(
    tmp_path: Path,
) -> None:
    """Yesterday's visit, reported today, says nothing of today."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-10 17:05", minutes=60)
        await us.stage.at("2026-04-10 17:05")
        async with us.stage.database.write() as tx:
            elder = await elders.named(tx, us.stage.station.id, WANG)
            by = (await us.stage.member(us[LI])).id
            reached = calming.Reached(by, DAY)
            await calming.contacted(tx, us.stage.clock.now(), elder, reached)
        await us.stage.at("17:06")
        assert us.heard(BOSS, WANG, "今天没有联系上")
        assert us.heard(DAUGHTER, WANG, "我们今天没有联系上")


async def test_two_pairings_have_one_elder_and_one_contact_is_enough(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.arrive("方静", Role.SOCIAL_WORKER)
        await us.arrive("何阿姨", Role.VOLUNTEER)
        await us.stage.pair(us["方静"], [us["何阿姨"]], [WANG])
        await us.stage.at("08:30")
        assert us.heard(LI, WANG)
        assert us.heard("方静", WANG)
        await us.stage.at("15:00")
        assert us.heard("何阿姨", "您能去看看吗")
        assert us.heard(CHEN, "您能去看看吗")
        await us.log("方静", WANG, "fine")
        await us.through("2026-04-09 15:30", "2026-04-10 00:30")
        assert us.heard(LI, "都联系上了")
        assert us.heard(CHEN, "不用再去了")
        assert await us.ended(WANG) == State.MET
        assert len(await us.rows(RedDay)) == 1


async def test_without_a_phone_one_goes_to_the_door(tmp_path: Path) -> None:
    async with neighbours(tmp_path, red=False) as us:
        await us.red(WANG, phone=None)
        await us.stage.pair(us[LI], [us[CHEN]], [WANG])
        await us.stage.at("08:30")
        assert us.heard(LI, WANG, "没有电话，请上门")
        await us.stage.at("11:30")
        assert us.heard(LI, "还有 1 位", "没有电话，请上门")


async def test_a_station_with_no_supervisor_tells_the_social_worker_by_name(tmp_path: Path) -> None:
    async with neighbours(tmp_path, supervisor=False) as us:
        await us.through("2026-04-09 08:30", "2026-04-10 00:30")
        assert await us.ended(WANG) == State.MISSED
        assert LI in await us.told(Step.RAISE)
        assert us.heard(LI, "晚报", WANG)
        assert us.heard(LI, f"负责人：{LI}")


async def test_in_no_pairing_the_staff_are_asked_to_go(tmp_path: Path) -> None:
    async with neighbours(tmp_path, red=False) as us:
        await us.red(WANG)
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        assert us.heard(LI, WANG, "请您去看看")
        await us.stage.tap(us[LI], "door_claim")
        assert us.heard(LI, "由您去看", "501")


SUMMER = [
    ("Europe/Berlin", "2026-03-28 06:00", date(2026, 3, 29)),
    ("Europe/Berlin", "2026-10-24 06:00", date(2026, 10, 25)),
    ("America/New_York", "2026-03-07 06:00", date(2026, 3, 8)),
    ("Australia/Lord_Howe", "2026-04-04 06:00", date(2026, 4, 5)),
    ("Asia/Shanghai", "2028-02-28 06:00", date(2028, 2, 29)),
]


@pytest.mark.parametrize(("zone", "start", "day"), SUMMER)
async def test_short_long_and_leap_days_have_one_row_and_one_list_each(
    tmp_path: Path, zone: str, start: str, day: date
) -> None:
    """Summer time in Berlin and elsewhere, February 29: every day has its list, once, at 08:30."""
    async with neighbours(tmp_path, start=start, zone=zone) as us:
        end = f"{date.fromordinal(day.toordinal() + 2)} 00:30"
        # Of what is done every half hour every second time is enough, where summer time is an hour.
        step = 30 if zone == "Australia/Lord_Howe" else 60
        await us.through(start.replace("06:00", "06:30"), end, step)
        days = [date.fromordinal(day.toordinal() + step) for step in (-1, 0, 1)]
        assert [row.day for row in await us.rows(ClosedDay)] == days
        assert [row.day for row in await us.rows(RedDay)] == days
        sent = [
            call.at.astimezone(us.stage.zone)
            for call in us.stage.telegram.log
            if call.method == "sendMessage" and "每日电话清单" in str(call.params.get("text"))
        ]
        assert [f"{one:%H:%M}" for one in sent] == ["08:30"] * 3
        assert [one.date() for one in sent] == days


async def test_an_emergency_is_told_to_all_at_once_and_again_until_taken(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.log(LI, WANG, "emergency")
        for name in (BOSS, CHEN, LIU, DAUGHTER):
            assert len(us.heard(name, f"紧急：{WANG}", "还没有人处理")) == 1, name
        await us.stage.at("08:39")
        assert len(us.heard(BOSS, f"紧急：{WANG}")) == 1
        await us.stage.at("08:41")
        assert len(us.heard(BOSS, f"紧急：{WANG}")) == 2
        assert not us.heard(CHEN, "501"), "the address is for whoever goes"
        await us.stage.tap(us[CHEN], "alert_take")
        assert us.heard(CHEN, f"{CHEN} 正在处理", "501")
        assert us.heard(BOSS, f"{CHEN} 正在处理")
        answer = await us.stage.tap(us[BOSS], "登记电话")
        assert answer is None or "没有" not in answer
        before = us.count(DAUGHTER)
        await us.through("2026-04-09 08:52", "2026-04-09 10:00", minutes=10)
        assert us.count(DAUGHTER) == before
        await us.stage.tap(us[CHEN], "alert_clear")
        await us.stage.tap(us[CHEN], "医院")
        for name in (BOSS, LI, LIU, DAUGHTER):
            assert us.heard(name, f"预警解除：{WANG}", "在医院"), name


async def test_a_second_emergency_is_told_to_all_while_an_older_one_is_being_handled(
    tmp_path: Path,
) -> None:
    """Who took the first may be home again: it is anybody's once more."""
    async with neighbours(tmp_path) as us:
        await us.stage.at("09:00")
        await us.log(LI, WANG, "emergency")
        await us.stage.tap(us[CHEN], "alert_take")
        await us.stage.at("16:00")
        before = {name: us.count(name) for name in (BOSS, CHEN, LIU, DAUGHTER)}
        for press in ("call:1", "紧急"):
            await us.stage.tap(us[LI], press)
        for name, count in before.items():
            assert us.count(name) == count + 1, name
            assert "还没有人处理" in us.stage.last(us[name]).text, name
        await us.stage.at("16:11")
        assert us.count(BOSS) == before[BOSS] + 2, "and again until somebody takes it"
        await us.stage.tap(us[CHEN], "alert_take")
        await us.stage.at("16:13")
        for press in ("call:1", "紧急"):
            await us.stage.tap(us[LI], press)
        assert f"{CHEN} 正在处理" in us.stage.last(us[BOSS]).text, "who has just taken it has it"


async def test_two_press_at_once_and_one_is_told_who_has_it(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.log(LI, WANG, "emergency")
        press = {}
        for name in (BOSS, CHEN):
            message = us.heard(name, f"紧急：{WANG}")[-1]
            press[name] = us.stage.phones.press(us[name], message.id, "alert_take:1")
        await us.stage.settle()
        assert sorted("由您处理" in str(one.text) for one in press.values()) == [False, True]
        loser = next(one for one in press.values() if "由您处理" not in str(one.text))
        assert BOSS in str(loser.text) or CHEN in str(loser.text)


async def test_the_family_says_they_reached_them_and_the_station_still_calls(
    tmp_path: Path,
) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 17:00")
        await us.stage.tap(us[DAUGHTER], "我联系上了")
        assert us.heard(BOSS, DAUGHTER, "已联系上，平安")
        assert us.heard(LI, DAUGHTER)
        [alert] = await us.rows(Alert)
        assert alert.closed_at is None, "that the elder is well is for the station to say"
        await us.stage.at("17:30")
        await us.log(LI, WANG, "fine")
        assert us.heard(BOSS, f"预警解除：{WANG}")


async def test_pressing_a_button_is_written_down_as_seen(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[LIU], "door_no")
        liu = (await us.stage.member(us[LIU])).id
        seen = {row.member_id for row in await us.rows(Told) if row.pressed_at is not None}
        assert seen == {liu}
        before = us.count(LIU)
        await us.through("2026-04-09 15:30", "2026-04-09 16:30")
        assert us.count(LIU) == before, "who said no is not asked again"


async def test_a_double_press_writes_one_contact(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.stage.say(us[LI], "/calls")
        await us.stage.tap(us[LI], WANG)
        rows = [one for row in us.stage.last(us[LI]).rows for one in row]
        data = next(str(one.data) for one in rows if ":fine:" in str(one.data))
        message = us.stage.last(us[LI]).id
        us.stage.phones.press(us[LI], message, data)
        us.stage.phones.press(us[LI], message, data, stale=True)
        await us.stage.settle()
        async with us.stage.database.read() as tx:
            elder = await elders.named(tx, us.stage.station.id, WANG)
            found = await calls.latest(tx, elder)
        assert len(found) == 1
