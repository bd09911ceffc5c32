"""Racers who do what the program does not: write without a guard, or never come to an end."""

import asyncio
import os
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from bot.proof.races import LONGEST_WAIT, NOW, Field, Told
from care.errands import State, Step
from storage.engine import parse_url
from storage.tables import Errand, ErrandStep


async def careless(on: Field, racer: int, start: Barrier, _seed: int) -> Told:
    """Read, see that nobody has it, write: on an engine as it comes, without our guards.

    All read before anybody writes, so that what otherwise takes bad luck happens every time.
    """
    told = Told(racer)
    engine = create_async_engine(parse_url(on.url))
    for number in on.errands:
        start.wait(LONGEST_WAIT)
        async with AsyncSession(engine) as tx:
            errand = await tx.get_one(Errand, number)
            free = errand.claimed_by is None
            start.wait(LONGEST_WAIT)
            if not free:
                told.taken += 1
                continue
            errand.claimed_by, errand.state = racer, State.CLAIMED
            step = ErrandStep(errand_id=number, step=Step.CLAIM, by_id=racer, at=NOW)
            step.community_id = on.community
            tx.add(step)
            await tx.commit()
        told.won.append(number)
    await engine.dispose()
    return told


async def endless(on: Field, _racer: int, _start: Barrier, _seed: int) -> Told:
    """Leave one's number beside the database, and go on for ever."""
    Path(parse_url(on.url).database or "").with_name(f"{os.getpid()}.racer").touch()
    await asyncio.Event().wait()
    raise AssertionError
