"""The day's calls: who is owed one, in two taps, and nobody is missed without somebody knowing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from care.access import Role
from care.elders import Tier
from scheduler.heartbeat import Job
from scheduler.jobs import JOBS
from storage import communities
from storage.tables import Community, Elder
from tests.bot.crowd import Crowd, arrive, crowd
from tests.stage import local


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        yield made


async def test_at_half_past_eight_each_social_worker_gets_their_list(town: Crowd) -> None:
    await town.stage.at("08:29")
    assert town.call_lists(town.li) == []
    await town.stage.at("08:30")
    [text] = town.call_lists(town.li)
    assert "王桂芳" in text
    assert "138 0000 0001" in text
    assert "late" not in text
    assert town.call_lists(town.boss) == []


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
async def test_each_job_run_three_times_says_it_once(town: Crowd, job: Job) -> None:
    granny = await arrive(town.stage, "王奶奶", Role.ELDER)
    async with town.stage.database.write() as tx:
        elder = await tx.scalar(select(Elder))
        assert elder is not None
        elder.member_id = (await town.stage.member(granny)).id
    await town.stage.at("2026-04-12 08:00")
    await town.stage.at("18:00")
    before = len(town.stage.telegram.log)
    heartbeat = town.stage.service.heartbeat
    heartbeat.jobs = (job,)
    for _ in range(3):
        await heartbeat.beat()
        await town.stage.settle()
    sent = [one for one in town.stage.telegram.log[before:] if one.method == "sendMessage"]
    assert sent == []


async def test_a_list_missed_at_its_time_goes_out_late_with_its_real_time(town: Crowd) -> None:
    await town.stage.at("11:17")
    [text] = town.call_lists(town.li)
    assert "late, sent at 11:17" in text


async def test_a_few_minutes_are_not_late(town: Crowd) -> None:
    await town.stage.at("08:40")
    assert "late" not in town.call_lists(town.li)[0]


async def test_a_list_whose_day_is_over_is_not_sent(town: Crowd) -> None:
    stage = town.stage
    stage.clock.set(local("2026-04-09 23:50"))
    stage.telegram.faults.set("connect_error", 1.0)
    await stage.service.heartbeat.beat()
    await stage.service.sender.drain()
    stage.telegram.faults.clear()
    before = town.sent(town.li)
    await stage.at("2026-04-10 00:05")
    assert town.sent(town.li) == before
    await stage.at("08:30")
    assert len(town.call_lists(town.li)) == 1


async def test_yesterdays_list_is_closed_when_it_is_touched(town: Crowd) -> None:
    await town.stage.at("08:30")
    await town.stage.at("2026-04-10 07:00")
    page = town.stage.last(town.li)
    assert "Call list" in page.text
    await town.stage.say(town.li, "/calls")
    assert "王桂芳" in town.stage.last(town.li).text


async def test_red_elders_without_a_pairing_are_on_every_social_workers_list(town: Crowd) -> None:
    colleague = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.elder("赵大爷", tier=Tier.RED)
    await town.stage.at("08:30")
    assert "赵大爷" in town.call_lists(town.li)[0]
    assert "赵大爷" in town.call_lists(colleague)[0]
    assert "王桂芳" not in town.call_lists(colleague)[0]


async def test_when_a_social_worker_has_blocked_us_the_supervisor_gets_the_list(
    town: Crowd,
) -> None:
    await town.stage.say(town.li, "/menu")
    town.stage.phones.block(town.li)
    await town.stage.settle()
    await town.stage.at("08:30")
    assert "王桂芳" in town.call_lists(town.boss)[0]


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-03-28", "07:30"),
        ("2026-03-29", "06:30"),
        ("2026-10-24", "06:30"),
        ("2026-10-25", "07:30"),
    ],
)
async def test_half_past_eight_is_local_on_the_days_around_summer_time_too(
    town: Crowd, day: str, utc: str
) -> None:
    await town.set_station(zone="Europe/Berlin")
    at = datetime.fromisoformat(f"{day}T{utc}").replace(tzinfo=UTC)
    for moment, count in ((at - timedelta(seconds=1), 0), (at, 1), (at + timedelta(hours=2), 1)):
        town.stage.clock.set(moment)
        await town.stage.service.heartbeat.beat()
        await town.stage.settle()
        assert len(town.call_lists(town.li)) == count


async def test_the_community_may_choose_another_time(town: Crowd) -> None:
    await town.set_station(settings={"call_list_at": "09:15", "call_again_times": 0})
    await town.stage.at("09:14")
    assert town.call_lists(town.li) == []
    await town.stage.at("09:15")
    assert len(town.call_lists(town.li)) == 1
    await town.no_answer()
    await town.stage.at("11:00")
    assert town.asked_again() == 0


async def test_one_job_that_fails_stops_neither_the_others_nor_the_next_beat(
    town: Crowd,
) -> None:
    async def fails(*_: object) -> None:
        raise ZeroDivisionError

    heartbeat = town.stage.service.heartbeat
    broken = Job("broken", lambda settings: settings.check_in_at, fails)
    heartbeat.jobs = (broken, *JOBS)
    await town.stage.at("08:30")
    assert len(town.call_lists(town.li)) == 1
    assert heartbeat.last_beat == town.stage.clock.now()


async def test_one_community_with_broken_settings_does_not_cost_the_others_their_list(
    town: Crowd,
) -> None:
    async with town.stage.database.write() as tx:
        other = await communities.create(tx, town.stage.clock.now(), "A", "Asia/Shanghai", "en")
        other.settings = {"call_list_at": "nonsense"}
        other.zone = "Nowhere/Never"
        first = await tx.get_one(Community, town.stage.station.id)
        first.name = "Z"
    try:
        await town.stage.at("08:30")
    except Exception:  # noqa: BLE001 - the beat may complain when it is done
        await town.stage.settle()
    assert len(town.call_lists(town.li)) == 1


async def test_pages_of_a_long_list(town: Crowd) -> None:
    for n in range(15):
        await town.stage.elder(f"老人{n:02}", tier=Tier.RED)
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "▶")
    second = town.stage.last(town.li).text
    await town.stage.tap(town.li, "◀")
    first = town.stage.last(town.li).text
    for n in range(15):
        assert (f"老人{n:02}" in first) != (f"老人{n:02}" in second)


async def test_volunteers_have_no_list(town: Crowd) -> None:
    await town.stage.say(town.chen, "/menu")
    for data in ("do:calls", "calls_page:0", "call:1", "why_not:1", "at_door:1"):
        press = town.stage.phones.press(town.chen, town.stage.last(town.chen).id, data, stale=True)
        await town.stage.settle()
        assert "not available" in str(press.text)
    assert not any("王桂芳" in text for text in town.texts(town.chen))
