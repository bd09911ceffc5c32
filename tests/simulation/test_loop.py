"""Virtual time: waiting costs nothing, plans come in their order, and nothing hangs unnoticed."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.simulation.agenda import Agenda
from bot.simulation.loop import Deadlock, Gone, VirtualLoop

START = datetime(2026, 1, 5, tzinfo=UTC)
YEAR = 365 * 86400.0


def agenda() -> Agenda:
    return Agenda(START, 1, ZoneInfo("Asia/Shanghai"))


@pytest.mark.timeout(5)
def test_a_year_of_sleep_takes_no_time() -> None:
    plans = agenda()
    loop = VirtualLoop(plans)
    loop.run_until_complete(asyncio.sleep(YEAR))
    assert plans.now() >= START + timedelta(days=365)
    loop.close()


@pytest.mark.timeout(10)
def test_timers_are_found_due_after_many_years_too() -> None:
    """Floats are coarse by then; a loop that trusts a nanosecond would spin for ever."""
    plans = agenda()
    plans.seconds = 100 * YEAR
    loop = VirtualLoop(plans)

    async def many() -> int:
        chance = random.Random(1)
        for _ in range(500):
            await asyncio.sleep(chance.random() * 0.01)
        return 500

    assert loop.run_until_complete(many()) == 500
    loop.close()


def test_plans_happen_at_their_moment_and_before_later_timers() -> None:
    plans = agenda()
    seen: list[tuple[str, float]] = []
    plans.at(START + timedelta(seconds=20), lambda: seen.append(("plan", plans.seconds)))
    plans.at(START + timedelta(seconds=20), lambda: seen.append(("second", plans.seconds)))
    loop = VirtualLoop(plans)

    async def sleeper() -> None:
        for wait in (10, 20):
            await asyncio.sleep(wait)
            seen.append(("timer", loop.time()))

    loop.run_until_complete(sleeper())
    assert seen == [("timer", 10), ("plan", 20), ("second", 20), ("timer", 30)]
    loop.close()


def test_what_a_plan_makes_ready_runs_before_time_goes_on() -> None:
    plans = agenda()
    loop = VirtualLoop(plans)
    woken: list[float] = []

    async def waiting() -> None:
        event = asyncio.Event()
        plans.later(5, event.set)
        plans.later(6, lambda: None)
        await event.wait()
        woken.append(loop.time())

    loop.run_until_complete(waiting())
    assert woken == [5]
    loop.close()


def test_waiting_for_nothing_is_an_error_and_no_hang() -> None:
    loop = VirtualLoop(agenda())
    task = loop.create_task(asyncio.Event().wait())
    with pytest.raises(Deadlock):
        loop.run_until_complete(task)
    task.cancel()
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    loop.close()


def test_a_kill_runs_nothing_more_not_even_what_was_ready() -> None:
    plans = agenda()
    loop = VirtualLoop(plans)
    done: list[str] = []

    async def killed() -> None:
        try:
            loop.strike(Gone())
            await loop.create_future()
        finally:
            done.append("finally")

    async def other() -> None:
        done.append("other")

    tasks = [loop.create_task(killed()), loop.create_task(other())]
    with pytest.raises(Gone):
        loop.run_forever()
    assert done == []
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()
