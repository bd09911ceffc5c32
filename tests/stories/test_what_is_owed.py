"""What a red elder is owed on a day on which their tier changes or they are away."""

from datetime import date
from pathlib import Path

import pytest

from care.elders import Tier
from care.ladder import Step
from care.ledger import State
from storage import elders
from storage.elders import Decision
from storage.tables import Pause, RedDay
from tests.stories.neighbours import BOSS, CHEN, DAUGHTER, DAY, LI, NEXT, WANG, neighbours


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


async def test_a_paused_day_is_excused_with_its_reason(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("09:00")
        await us.pause(DAY, date(2026, 4, 11))
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
        await us.pause(DAY, date(2026, 4, 20))
        await us.through("2026-04-09 09:30", "2026-04-09 18:00")
        assert us.count(CHEN) == 0
        async with us.stage.database.write() as tx:
            (await tx.get_one(Pause, 1)).ended_at = us.stage.clock.now()
        await us.through("2026-04-09 18:10", "2026-04-09 18:50", minutes=10)
        assert not us.heard(BOSS, "今天没有联系上")
        await us.through("2026-04-09 19:00", "2026-04-10 00:30")
        assert await us.ended(WANG) == State.MISSED
        assert await us.told(Step.RAISE) >= {BOSS}
