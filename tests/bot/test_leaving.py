"""Leaving: what one had in hand goes back first, and whoever counted on it hears so."""

from sqlalchemy import select

from care import errands, visits
from care.days import HalfDay, week_of
from care.plans import Visit
from storage.tables import Assignment, Errand, PairingVolunteer
from storage.visits import assign
from tests.bot.test_errands import Town, town
from tests.stage import local

__all__ = ["town"]


async def test_an_errand_in_hand_is_offered_again_and_the_asker_hears_of_it(town: Town) -> None:
    stage = town.stage
    await town.ask()
    await stage.tap(town.chen, "claim", chat=town.group)
    await stage.say(town.chen, "/me")
    await stage.tap(town.chen, "Leave the station")
    await stage.tap(town.chen, "Yes, leave")
    async with stage.database.read() as tx:
        [errand] = await tx.scalars(select(Errand))
    assert (errand.state, errand.claimed_by) == (errands.State.OPEN, None)
    assert "gave the errand back" in stage.last(town.daughter).text
    await stage.tap(town.zhou, "claim", chat=town.group)
    assert "501" in stage.last(town.zhou).text


async def test_planned_visits_need_somebody_else_and_the_social_worker_hears_of_all_at_once(
    town: Town,
) -> None:
    stage = town.stage
    day = local("2026-04-10 12:00").date()
    chen = await stage.member(town.chen)
    async with stage.database.write() as tx:
        pairing = await tx.scalar(
            select(PairingVolunteer.pairing_id).where(PairingVolunteer.member_id == chen.id)
        )
        assert pairing is not None
        visit = Visit(1, chen.id, day, HalfDay.AM)
        now = stage.clock.now()
        assert await assign(tx, now, stage.station.id, week_of(day), pairing, visit)
    await stage.say(town.chen, "/me")
    await stage.tap(town.chen, "Leave the station")
    await stage.tap(town.chen, "Yes, leave")
    async with stage.database.read() as tx:
        [found] = await tx.scalars(select(Assignment))
    assert found.state is visits.State.DECLINED
    told = stage.last(town.li).text
    assert "王桂芳" in told
    assert "has left the station" in told
