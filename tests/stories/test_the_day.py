"""The handbook's table of the day, told as stories: what each person reads, and when."""

from datetime import date
from pathlib import Path

import pytest

from care.access import Role
from care.ladder import Step
from care.ledger import State
from storage import calls, elders
from storage.tables import Alert, ClosedDay, RedDay, Told
from tests.stories.neighbours import BOSS, CHEN, DAUGHTER, LI, LIU, WANG, neighbours

SUMMER = [
    ("Europe/Berlin", "2026-03-28 06:00", date(2026, 3, 29)),
    ("Europe/Berlin", "2026-10-24 06:00", date(2026, 10, 25)),
    ("America/New_York", "2026-03-07 06:00", date(2026, 3, 8)),
    ("Australia/Lord_Howe", "2026-04-04 06:00", date(2026, 4, 5)),
    ("Asia/Shanghai", "2028-02-28 06:00", date(2028, 2, 29)),
]


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
