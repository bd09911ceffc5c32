"""What was written down late, or was a mistake and is taken back."""

from datetime import date
from pathlib import Path

from care.ladder import Step
from care.ledger import State
from storage import calming, elders
from storage.tables import ClosedDay, Draft, Pause, RedDay
from tests.stories.neighbours import BOSS, DAUGHTER, DAY, LI, WANG, Neighbours, neighbours


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
        await us.pause(DAY, date(2026, 4, 20))
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
