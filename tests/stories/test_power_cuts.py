"""Days on which nobody could be asked, and what is said of them afterwards."""

from datetime import date
from pathlib import Path

from care.ladder import Step
from care.ledger import State
from storage.tables import ClosedDay, RedDay, Told
from tests.stories.neighbours import BOSS, CHEN, LI, WANG, neighbours


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
