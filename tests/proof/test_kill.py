import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.service import Service
from care.notices import Notice
from storage import inbox
from storage.engine import Database
from storage.tables import Outbox
from tests.proof import careless
from tests.proof.harness import Kill
from tests.proof.kill import MOMENTS, plan, run
from tests.stage import staged
from tests.storage.conftest import sqlite_url

KILLS = 10


@pytest.mark.timeout(240)
async def test_killed_ten_times_under_load_it_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    result = await run(tmp_path, plan(seed=1, kills=KILLS), seed=1)

    assert result.found == []
    assert result.sound
    assert result.updates > KILLS * 5


def test_kills_strike_during_the_start_in_calls_and_at_any_time() -> None:
    assert {kill.moment for kill in plan(seed=1, kills=2 * KILLS)} == set(MOMENTS)
    assert plan(seed=1, kills=KILLS) == plan(seed=1, kills=KILLS)
    assert plan(seed=1, kills=KILLS) != plan(seed=2, kills=KILLS)


@pytest.mark.parametrize(
    ("guard", "moment", "calls", "noticed"),
    [
        ("acknowledge_first", "confirmed", (1, 2, 3), "lost"),
        # By then enough is handled and not marked that something of it shows when done twice.
        ("mark_afterwards", "sendmessage", (4, 6, 8, 10), "doubled"),
        ("resend_everything", "sendmessage", (1, 2, 3), "doubled"),
    ],
)
async def test_the_proof_notices_when_a_guard_is_taken_out(
    tmp_path: Path, guard: str, moment: str, calls: tuple[int, ...], noticed: str
) -> None:
    program = ("-m", "tests.proof.careless", guard, "serve")

    result = await run(tmp_path, [Kill(moment, one) for one in calls], program=program)

    assert getattr(result, noticed) > 0, result.found


@pytest.mark.parametrize("looking", [True, False])
async def test_of_two_programs_that_both_saw_an_update_one_answers_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, looking: bool
) -> None:
    monkeypatch.setattr(inbox, "finish", inbox.finish)
    if not looking:
        careless.finish_without_looking()
    async with staged(sqlite_url(tmp_path)) as stage:
        person = stage.telegram.add_person("路人")
        stage.phones.start(person)
        await stage.settle()
        stage.phones.say(person, "/help")
        await stage.service.receiver.poll_once(0)
        other = Database(stage.database.url)
        second = Service.make(other, stage.application, stage.clock)
        async with other.read() as tx:
            [row] = await inbox.waiting(tx)

        await asyncio.gather(*(one.turns._until_done(row) for one in (stage.service, second)))

        async with other.read() as tx:
            answers = await tx.scalar(
                select(func.count()).select_from(Outbox).where(Outbox.notice == Notice.HELP)
            )
        await other.close()
    assert answers == (1 if looking else 2)
