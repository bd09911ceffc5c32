"""How long errands waited for somebody, and how often each volunteer was asked, from the file."""

from pathlib import Path

from bot.simulation.judging.bench import Records
from bot.simulation.judging.errand_times import ErrandTimes, errand_times
from tests.errand_home import Home, errand_home


def counted(folder: Path) -> ErrandTimes:
    """The figures of the file."""
    records = Records(folder / "station.db")
    found = errand_times(records)
    records.close()
    return found


async def given_back(home: Home) -> None:
    """陈同学 takes it after six minutes, and gives it back an hour later."""
    await home.ask()
    await home.stage.at("2026-04-09 09:06")
    await home.stage.tap(home.chen, "claim")
    await home.stage.at("2026-04-09 10:06")
    await home.press(home.chen, "errand_why:1:return")
    await home.stage.tap(home.chen, "no time")


async def test_every_claim_counts_from_when_the_errand_was_put_before_people(
    tmp_path: Path,
) -> None:
    async with errand_home(tmp_path) as home:
        await given_back(home)
        await home.stage.at("2026-04-09 10:16")
        await home.stage.tap(home.zhou, "claim")
        found = counted(tmp_path)
    assert [round(one) for one in found.minutes] == [6, 10]


async def test_everybody_counts_also_who_was_never_asked_and_the_group_by_itself(
    tmp_path: Path,
) -> None:
    async with errand_home(tmp_path) as home:
        chen, zhou = await home.stage.member(home.chen), await home.stage.member(home.zhou)
        await home.stage.group("志愿者", [home.li, home.chen, home.zhou], home.li)
        await home.ask()
        assert counted(tmp_path).asked == {chen.id: 1, zhou.id: 0}
        await home.stage.at("2026-04-09 11:00")
        assert counted(tmp_path).group == 0
        await home.stage.at("2026-04-09 12:00")
        found = counted(tmp_path)
    assert found.asked == {chen.id: 1, zhou.id: 1}
    assert found.group == 1


def test_without_a_claim_there_is_no_time_to_tell() -> None:
    assert ErrandTimes().as_json()["minutes_to_claim"] == {
        "median": None,
        "nine_in_ten": None,
        "longest": None,
    }
    many = ErrandTimes([float(minutes) for minutes in range(10)])
    assert many.as_json()["minutes_to_claim"] == {"median": 5, "nine_in_ten": 9, "longest": 9}
