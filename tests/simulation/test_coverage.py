"""13: a visit that is owed and that nobody makes is said by name, and what could be is counted."""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import update

from bot.simulation.judging.bench import Records, Verdicts
from bot.simulation.judging.coverage import Coverage
from storage.tables import WeekPlan
from tests.street import Street, street

SUNDAY_AFTER = "2026-04-19"


def judged(folder: Path, since: str = "2026-04-13") -> tuple[Coverage, list[str]]:
    """The week, judged from the file; what it has was so from `since` on."""
    records, verdicts = Records(folder / "station.db"), Verdicts()
    found = Coverage(records, verdicts)
    sunday = date.fromisoformat(SUNDAY_AFTER)
    first = date.fromisoformat(since)
    for day in range((sunday - first).days):
        found.over(first + timedelta(days=day))
        assert not found.visits
    found.over(sunday)
    records.close()
    return found, verdicts.violations


async def away(home: Street) -> None:
    """陈同学 is away for the week, so half of the visits are missing."""
    await home.stage.say(home.chen, "/leave")
    await home.stage.say(home.chen, "4-13 4-19")


async def test_a_week_in_which_everything_is_covered(tmp_path: Path) -> None:
    async with street(tmp_path) as home:
        await home.published()
        found, violations = judged(tmp_path)
    assert found.visits == {"owed": 4, "coverable": 4, "covered": 4}
    assert not violations


async def test_what_nobody_can_make_is_no_fault_when_it_is_said(tmp_path: Path) -> None:
    async with street(tmp_path) as home:
        await away(home)
        await home.published()
        found, violations = judged(tmp_path)
    assert found.visits == {"owed": 4, "coverable": 2, "covered": 2}
    assert not violations


async def with_room(home: Street) -> None:
    """Two visits are missing, and 王老师 can make more than she is asked for, on any day."""
    await away(home)
    await home.published()
    await home.stage.say(home.wang, "/visits")
    await home.stage.tap(home.wang, "visits_yes")
    await home.can_come(home.wang, most=5)


async def test_what_somebody_could_have_made_counts_as_coverable(tmp_path: Path) -> None:
    async with street(tmp_path) as home:
        await with_room(home)
        found, _ = judged(tmp_path)
    assert found.visits == {"owed": 4, "coverable": 4, "covered": 2}


async def test_room_counts_on_the_days_after_it_came_about_and_on_no_other(tmp_path: Path) -> None:
    async with street(tmp_path) as home:
        await with_room(home)
        one_day, _ = judged(tmp_path, since="2026-04-18")
        too_late, _ = judged(tmp_path, since=SUNDAY_AFTER)
    assert one_day.visits == {"owed": 4, "coverable": 4, "covered": 2}
    assert too_late.visits == {"owed": 4, "coverable": 2, "covered": 2}


async def test_a_gap_that_nobody_says_is_named(tmp_path: Path) -> None:
    async with street(tmp_path) as home:
        await away(home)
        await home.published()
        async with home.stage.database.write() as tx:
            await tx.execute(update(WeekPlan).values(gaps={}))
        _, violations = judged(tmp_path)
    assert violations == [
        f"13 no gap unsaid: elder {one}: 1 visits missing in the week of 2026-04-13, unsaid"
        for one in (1, 2)
    ]
