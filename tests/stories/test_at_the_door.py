"""At the door, told as stories: what a visit leaves behind, and what nobody has to be afraid of."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.records import Person
from care.calls import Outcome
from care.hours import Kind, State, Why, Work
from care.places import Point
from care.presence import Nearness
from care.visits import State as Visit
from storage import places
from storage.hours import Entry
from storage.tables import (
    Assignment,
    Elder,
    Errand,
    FollowUp,
    HoursChange,
    Inbox,
    Member,
    ServiceHours,
    VisitFile,
)
from tests.playground.pictures import png
from tests.stage import local
from tests.street import NOT_YOURS, Street, street

FINE = ("good", "-", "-", "-", "-", "-")
NEAR = (31.2001, 121.4001)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        yield found


async def hours(home: Street) -> list[ServiceHours]:
    async with home.stage.database.read() as tx:
        return list(await tx.scalars(select(ServiceHours).order_by(ServiceHours.id)))


async def state(home: Street) -> State:
    """What became of the one entry."""
    async with home.stage.database.read() as tx:
        [found] = await tx.scalars(select(ServiceHours))
        volunteer = await tx.get_one(Member, found.member_id)
        return Entry(found, volunteer, None).state


async def also_to_zhao(home: Street) -> int:
    """A visit to 赵大爷 on the same morning; its number."""
    async with home.stage.database.write() as tx:
        first = await tx.get_one(Assignment, 1)
        zhao = (await tx.scalars(select(Elder).where(Elder.name == "赵大爷"))).one()
        others = await tx.scalars(select(Assignment).where(Assignment.elder_id == zhao.id))
        for one in others:
            if one.day == first.day:
                one.volunteer_id = first.volunteer_id
                one.state = Visit.ACCEPTED
                return one.id
        raise AssertionError("nobody was planned for 赵大爷")


def labels(home: Street, who: Person) -> list[str]:
    return [one.label for row in home.stage.last(who).rows for one in row]


async def test_a_visit_from_the_sign_in_to_the_sign_out(home: Street) -> None:
    """One record fills the contact log and the hours; the time is verified and counts at once."""
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    home.stage.clock.set(local("2026-04-13 09:15"))
    await home.answer(*FINE)
    [found] = await hours(home)
    assert (found.kind, found.work, found.minutes) == (Kind.VERIFIED, Work.VISIT, 45)
    assert await state(home) is State.COUNTED
    await home.stage.say(home.chen, "/hours")
    text = home.stage.last(home.chen).text
    assert "本月：45 分钟，1 次" in text
    assert "上门探访 45 分钟" in text
    assert "待审核" not in text


async def test_two_taps_are_one_visit_and_one_entry(home: Street) -> None:
    await home.on_the_day()
    for _ in range(2):
        await home.forge(home.chen, "sign_in:1")
    home.stage.clock.set(local("2026-04-13 09:00"))
    await home.answer(*FINE)
    await home.forge(home.chen, "sign_in:1")
    assert "记下了" in home.stage.last(home.chen).text
    assert len(await home.contacts()) == len(await hours(home)) == 1


async def test_signing_in_elsewhere_keeps_what_was_begun_and_signs_out_of_the_first(
    home: Street,
) -> None:
    """A clear question; the half-answered form goes on where it was."""
    await home.on_the_day()
    other = await also_to_zhao(home)
    await home.stage.tap(home.chen, "sign_in:1")
    await home.answer("good", "fair")
    home.stage.clock.set(local("2026-04-13 09:00"))
    await home.forge(home.chen, f"sign_in:{other}")
    assert "您08:30在王桂芳家签到，还没签退" in home.stage.last(home.chen).text
    await home.stage.tap(home.chen, "sign_over")
    home.stage.clock.set(local("2026-04-13 09:20"))
    await home.answer(*FINE)
    await home.stage.tap(home.chen, "report:1")
    assert "水、电、煤气" in home.stage.last(home.chen).text
    await home.answer("-", "-", "-", "-")
    first, second = await home.visits(), await hours(home)
    assert first[0].state is Visit.DONE
    assert (first[0].report or {})["mood"] == "fair"
    assert sorted(one.minutes for one in second) == [20, 30]


async def test_whoever_finds_somebody_else_there_reads_who_and_can_write_it_down(
    home: Street,
) -> None:
    """The visit was given to 王老师, and 陈同学 came all the same: nothing is lost."""
    await home.on_the_day()
    wang = (await home.stage.member(home.wang)).id
    await home.forge(home.li, f"week_give:1:{wang}")
    new = next(one for one in await home.visits() if one.volunteer_id == wang and one.day.day == 13)
    await home.stage.tap(home.wang, f"visit:{new.id}")
    await home.stage.tap(home.wang, f"sign_in:{new.id}")
    await home.forge(home.chen, "sign_in:1")
    assert "王老师正在那里" in home.stage.last(home.chen).text
    home.stage.clock.set(local("2026-04-13 10:30"))
    await home.stage.tap(home.chen, "我还是去了")
    await home.answer("2026-04-13", "0900", "30", "good", "unplanned", "-")
    [found] = await hours(home)
    assert (found.kind, found.assignment_id, found.minutes) == (Kind.ADDED, None, 30)
    assert [one.outcome for one in await home.contacts()] == [Outcome.FINE]


async def test_a_forgotten_sign_out_is_asked_once_in_the_evening(home: Street) -> None:
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    for at in ("19:59", "20:00", "20:30", "21:30"):
        await home.stage.at(at)
    asked = [one for one in home.stage.chat(home.chen) if "几点离开的" in one.text]
    assert len(asked) == 1
    assert "08:30" in asked[0].text
    await home.stage.tap(home.chen, "left_at:1:60")
    [found] = await hours(home)
    assert (found.kind, found.minutes, found.reason) == (Kind.VERIFIED, 60, Why.SAID)
    await home.stage.at("2026-04-14 09:00")
    assert len(await hours(home)) == 1


async def test_unanswered_the_record_stays_and_the_social_worker_decides(home: Street) -> None:
    """Not verified but added: it counts only when it is approved, with one tap in one message."""
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    await home.stage.at("20:00")
    await home.stage.at("2026-04-14 00:01")
    [found] = await hours(home)
    assert (found.kind, found.reason, found.minutes) == (Kind.ADDED, Why.NO_SIGN_OUT, 45)
    assert await state(home) is State.WAITING
    assert (await home.visits())[0].state is Visit.SIGNED_IN
    await home.stage.at("09:00")
    told = home.about(home.li, "待审核的服务时长：1 条")
    assert "陈同学" in told.text
    assert "没有签退" in told.text
    await home.stage.at("2026-04-15 09:00")
    assert sum("待审核的服务时长" in one.text for one in home.stage.chat(home.li)) == 1
    await home.stage.tap(home.li, "hours_yes:1")
    assert await state(home) is State.COUNTED
    assert "没有待审核" in home.about(home.li, "服务时长").text


async def test_after_a_very_long_stay_the_time_of_leaving_is_asked(home: Street) -> None:
    """Who fills in the form at night did not stay until then."""
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    home.stage.clock.set(local("2026-04-13 14:00"))
    await home.answer(*FINE)
    assert (await home.visits())[0].state is Visit.DONE
    assert "几点离开的" in home.about(home.chen, "几点离开的").text
    assert await hours(home) == []
    await home.stage.tap(home.chen, "left_at:1:45")
    assert [one.minutes for one in await hours(home)] == [45]


async def test_a_visit_written_down_two_days_later_waits_and_counts_for_its_day(
    home: Street,
) -> None:
    await home.on_the_day()
    await home.stage.at("2026-04-15 09:00")
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "late_visit")
    await home.stage.tap(home.chen, "王桂芳")
    await home.answer("2026-04-13")
    await home.stage.say(home.chen, "9:30")
    await home.answer("60", "good", "no_signal", "-")
    [contact] = await home.contacts()
    assert (contact.day, contact.happened_at) == (date(2026, 4, 13), local("2026-04-13 09:30"))
    assert contact.recorded_at == local("2026-04-15 09:00")
    assert (await home.visits())[0].state is Visit.DONE
    [found] = await hours(home)
    assert (found.kind, found.minutes, found.reason) == (Kind.ADDED, 60, Why.NO_SIGNAL)
    assert "待审核：1 小时" in (await home.stage.say(home.chen, "/hours")).text
    await home.stage.at("2026-04-16 09:00")
    await home.stage.tap(home.li, "hours_no:1")
    assert await state(home) is State.REFUSED
    assert len(await home.contacts()) == 1


async def test_time_that_is_on_record_is_not_entered_again(home: Street) -> None:
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    home.stage.clock.set(local("2026-04-13 09:30"))
    await home.answer(*FINE)
    home.stage.clock.set(local("2026-04-13 18:00"))
    await home.stage.say(home.chen, "/visits")
    await home.stage.tap(home.chen, "late_visit")
    await home.stage.tap(home.chen, "赵大爷")
    await home.answer("2026-04-13", "0900", "30", "good", "forgot", "-")
    assert "已经有记录了" in home.stage.last(home.chen).text
    assert len(await hours(home)) == 1


async def test_a_need_becomes_an_errand_in_one_tap_at_the_door(home: Street) -> None:
    await home.on_the_day()
    await home.report("good", "-", "-", "-", "1", "-")
    await home.stage.tap(home.chen, "errand_at:1")
    await home.stage.tap(home.chen, "买药")
    await home.stage.say(home.chen, "降压药一盒")
    await home.stage.tap(home.chen, "明天")
    await home.stage.tap(home.chen, "就这样")
    async with home.stage.database.read() as tx:
        [errand] = await tx.scalars(select(Errand))
    assert errand.assignment_id == 1
    assert errand.what == "降压药一盒"


async def test_what_is_not_safe_is_named_and_told_at_once(home: Street) -> None:
    """Water, power and gas in three taps; the social worker has to look after it."""
    await home.on_the_day()
    await home.report("good", "-", "gas", "ok", "-", "-", "-")
    told = home.about(home.li, "王桂芳的情况请您关注").text
    assert "有问题：🔥 煤气" in told
    async with home.stage.database.read() as tx:
        assert len(list(await tx.scalars(select(FollowUp)))) == 1


async def test_a_home_that_is_safe_takes_one_tap(home: Street) -> None:
    await home.on_the_day()
    await home.report("good", "-")
    assert "✅ 都正常" in labels(home, home.chen)
    await home.answer("ok", "-", "-", "-")
    assert ((await home.visits())[0].report or {})["safety"] == "good"


async def test_pictures_and_a_voice_message_go_along_with_a_concern(home: Street) -> None:
    """An album is answered once; the social worker gets all of it, once; the group nothing."""
    group = await home.stage.group("志愿者群", [home.li, home.chen, home.wang], home.li)
    await home.on_the_day()
    await home.report("bad")
    before = len(home.stage.chat(home.chen))
    for _ in range(3):
        home.stage.phones.send_photo(home.chen, "a.png", png(), album="77", caption="门口的台阶")
    await home.stage.settle()
    assert len(home.stage.chat(home.chen)) == before + 1
    assert "照片 3 张" in home.stage.last(home.chen).text
    home.stage.phones.send_voice(home.chen, b"OggS...")
    await home.stage.settle()
    assert "语音 1 段" in home.stage.last(home.chen).text
    await home.answer("-", "-", "-", "-", "-")
    told = [one for one in home.stage.chat(home.li) if one.photo or one.voice]
    assert len(told) == 4
    assert all(one.protected for one in told)
    assert "门口的台阶" in told[0].text
    assert not any(one.photo or one.voice for one in home.stage.chat(home.chen, group))
    await home.stage.tap(home.li, "files:1")
    assert len([one for one in home.stage.chat(home.li) if one.photo or one.voice]) == 8
    assert await home.forge(home.wang, "files:1") == NOT_YOURS


async def test_without_a_concern_pictures_wait_behind_a_button(home: Street) -> None:
    await home.on_the_day()
    before = len(home.stage.chat(home.li))
    await home.report(*FINE)
    home.stage.phones.send_photo(home.chen, "a.png", png())
    await home.stage.settle()
    assert "照片 1 张" in home.stage.last(home.chen).text
    assert len(home.stage.chat(home.li)) == before
    await home.forge(home.li, "week_visit:1")
    await home.stage.tap(home.li, "files:1")
    assert home.stage.last(home.li).photo


async def test_a_picture_from_nobodys_visit_is_not_kept(home: Street) -> None:
    home.stage.phones.send_photo(home.chen, "a.png", png())
    await home.stage.settle()
    assert "没看懂" in home.stage.last(home.chen).text
    async with home.stage.database.read() as tx:
        assert not list(await tx.scalars(select(VisitFile)))


async def test_a_location_is_kept_as_near_or_not_and_nothing_else(home: Street) -> None:
    async with home.stage.database.write() as tx:
        await places.put(tx, home.stage.station.id, "12号楼", Point(31.2, 121.4))
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    assert "位置" in home.stage.last(home.chen).text
    home.stage.phones.send_location(home.chen, *NEAR)
    await home.stage.settle()
    assert "在楼附近" in home.stage.last(home.chen).text
    assert (await home.visits())[0].near is Nearness.NEAR
    async with home.stage.database.read() as tx:
        assert not any("location" in str(one.payload) for one in await tx.scalars(select(Inbox)))
    home.stage.phones.send_location(home.chen, 31.3, 121.4)
    await home.stage.settle()
    assert (await home.visits())[0].near is Nearness.FAR


async def test_could_not_visit_is_told_and_the_way_counts(home: Street) -> None:
    """Nobody has to fake a visit; who stood before a closed door gave their time all the same."""
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    home.stage.clock.set(local("2026-04-13 08:40"))
    await home.answer("no_visit", "no_answer")
    assert "没能探访" in home.stage.last(home.li).text
    assert [one.outcome for one in await home.contacts()] == [Outcome.NO_ANSWER]
    assert [one.minutes for one in await hours(home)] == [10]


async def test_what_is_for_the_social_worker_alone_no_visitor_reads(home: Street) -> None:
    await home.on_the_day()
    await home.report("bad", "-", "-", "-", "-")
    await home.stage.say(home.chen, "儿子很久没来了")
    await home.answer("staff")
    assert "儿子很久没来了" in home.about(home.li, "请您关注").text
    await home.stage.tap(home.wang, "visits_yes")
    await home.stage.at("2026-04-15 08:30")
    assert not home.says(home.wang, "儿子很久没来了")


async def test_a_correction_keeps_what_stood_there_and_says_who_and_why(home: Street) -> None:
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    home.stage.clock.set(local("2026-04-13 09:30"))
    await home.answer(*FINE)
    home.stage.clock.set(local("2026-04-13 12:00"))
    await home.stage.say(home.li, "/hours")
    assert "陈同学：1 小时，1 次" in home.stage.last(home.li).text
    await home.stage.tap(home.li, "hours_of")
    await home.stage.tap(home.li, "hours_entry")
    await home.stage.tap(home.li, "更正时间")
    await home.stage.tap(home.li, "8:00")
    await home.stage.tap(home.li, "1 小时 30 分钟")
    await home.stage.say(home.li, "本人说早到了")
    text = home.stage.last(home.li).text
    assert "08:30–09:30 → 08:00–09:30。原因：本人说早到了" in text
    [found] = await hours(home)
    assert (found.minutes, found.kind) == (90, Kind.ADDED)
    assert await state(home) is State.COUNTED
    async with home.stage.database.read() as tx:
        [change] = await tx.scalars(select(HoursChange))
    assert change.before["minutes"] == 60


async def test_hours_outlive_the_plan_and_the_elders_care(home: Street) -> None:
    """Neither a visit that is dropped nor an elder who moves away takes anybody's time."""
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    await home.forge(home.boss, "exit:1:moved")
    home.stage.clock.set(local("2026-04-13 20:00"))
    before = len(home.stage.chat(home.chen))
    await home.stage.at("21:00")
    assert [one.text for one in home.stage.chat(home.chen)[before:] if "王桂芳" in one.text] == []
    await home.stage.at("2026-04-14 00:01")
    [found] = await hours(home)
    assert (found.kind, found.reason) == (Kind.ADDED, Why.NO_SIGN_OUT)
    await home.stage.at("09:00")
    await home.stage.tap(home.li, "hours_yes:1")
    assert await state(home) is State.COUNTED


async def test_the_months_list_comes_as_excel(home: Street) -> None:
    await home.on_the_day()
    await home.stage.tap(home.chen, "sign_in:1")
    home.stage.clock.set(local("2026-04-13 09:30"))
    await home.answer(*FINE)
    await home.stage.say(home.li, "/hours")
    await home.stage.tap(home.li, "导出 Excel")
    document = home.stage.last(home.li).document
    assert document is not None
    assert document.name == "服务时长-2026-04.xlsx"


@pytest.mark.parametrize(
    "data",
    [
        "hours_waiting", "hours_entry:1", "hours_yes:1", "hours_no:1", "hours_all:1:1",
        "hours_fix:1", "hours_file:2026-04", "hours_month:2026-04:0", "hours_of:3:2026-04:0",
    ],
)  # fmt: skip
async def test_nobody_decides_about_their_own_time(home: Street, data: str) -> None:
    await home.on_the_day()
    await home.report(*FINE)
    assert await home.forge(home.chen, data) == NOT_YOURS
