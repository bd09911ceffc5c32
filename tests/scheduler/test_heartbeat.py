"""The alarm clock on real timers: it begins at once, drops nothing, and stops cleanly."""

import asyncio
from datetime import timedelta
from pathlib import Path

import structlog

from bot.clock import OwnClock
from care.access import Role
from care.elders import Tier
from scheduler.heartbeat import Heartbeat
from scheduler.jobs import JOBS
from tests.stage import Stage, local, sqlite_url, staged


async def beating(stage: Stage, clock: OwnClock) -> tuple[Heartbeat, asyncio.Event]:
    """A heartbeat on its timers, and what happens when it has done something."""
    done = asyncio.Event()
    heartbeat = Heartbeat(stage.database, clock, JOBS, done.set, clock.speed)
    heartbeat.start()
    return heartbeat, done


async def test_the_first_beat_comes_at_once_and_the_list_with_it(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        await stage.elder("王桂芳", tier=Tier.RED)
        heartbeat, done = await beating(stage, OwnClock(local("2026-04-09 08:31")))
        async with asyncio.timeout(10):
            await done.wait()
        await heartbeat.stop()
        stage.clock.set(local("2026-04-09 08:32"))
        await stage.settle()
        assert "王桂芳" in stage.last(li).text


async def test_a_named_time_wakes_it_before_the_next_beat_is_due(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        await stage.elder("王桂芳", tier=Tier.RED)
        clock = OwnClock(local("2026-04-09 08:30") - timedelta(milliseconds=700))
        heartbeat, _ = await beating(stage, clock)
        async with asyncio.timeout(10):
            while "王桂芳" not in stage.last(li).text:
                await asyncio.sleep(0.05)
                stage.clock.set(clock.now())
                await stage.settle()
        await heartbeat.stop()


async def test_no_job_is_ever_dropped_for_being_late(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        heartbeat, done = await beating(stage, OwnClock(local("2026-04-09 08:31")))
        async with asyncio.timeout(10):
            await done.wait()
            async with heartbeat._beating:
                jobs = heartbeat._scheduler.get_jobs()
        assert {job.id for job in jobs} >= {"beat", "prompt"}
        assert all(job.misfire_grace_time is None for job in jobs)
        assert all(job.coalesce for job in jobs)
        await heartbeat.stop()


async def test_stopped_in_the_middle_of_a_beat_it_finishes_it_without_a_word(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        await stage.person("李敏", Role.SOCIAL_WORKER)
        with structlog.testing.capture_logs() as logs:
            heartbeat, done = await beating(stage, OwnClock(local("2026-04-09 08:31")))
            async with asyncio.timeout(10):
                await done.wait()
            assert heartbeat._beating.locked()
            await heartbeat.stop()
        assert heartbeat.last_beat is not None
        assert logs == []
