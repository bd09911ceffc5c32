"""Filling an empty database with the demo community."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo import habits, history
from bot.demo.cast import (
    EVERYBODY,
    LANGUAGE,
    LI,
    STATION,
    VOLUNTEERS,
    ZONE,
    Actor,
    Helper,
    teams,
)
from bot.demo.elders import ELDERS
from bot.demo.people import People
from care.access import Role
from care.joining import Standing
from storage import communities, elders, joining, members, pairings
from storage.engine import Database
from storage.once import insert_once
from storage.tables import Community, Elder, FamilyLink, Member, Volunteer

BEGAN = timedelta(days=history.DAYS)


class AlreadyThere(Exception):
    """The database has the demo community already; the text is one sentence."""


async def seed(database: Database, now: datetime, group: int | None = None) -> Community:
    """The demo community with its people, some weeks of its past, and this week's plan.

    Raises:
        AlreadyThere: a community of that name exists; nothing was changed.
    """
    async with database.write() as tx:
        if await tx.scalar(select(Community.id).where(Community.name == STATION)):
            raise AlreadyThere(
                f"The database has the community {STATION} already: "
                "the demo community goes into a database without it."
            )
        began = now - BEGAN
        station = await communities.create(tx, began, STATION, ZONE, LANGUAGE)
        people = await _people(tx, began, station)
        await _pairings(tx, began, people)
        await habits.write(tx, began, now, people)
        if group is not None:
            await communities.set_group(tx, station.id, group)
        await history.write(tx, now, people, group)
        await tx.refresh(station)
    return station


async def _people(tx: AsyncSession, now: datetime, station: Community) -> People:
    found: dict[str, Elder] = {
        facts.name: await elders.add(tx, now, station.id, facts) for facts in ELDERS
    }
    known: dict[str, Member] = {
        actor.name: await _member(tx, now, station, actor, found) for actor in EVERYBODY
    }
    for helper in VOLUNTEERS:
        _volunteer(tx, now, helper, known)
    await tx.flush()
    return People(station, found, known)


async def _member(
    tx: AsyncSession, now: datetime, station: Community, actor: Actor, found: dict[str, Elder]
) -> Member:
    joined = actor.account is not None
    standing = Standing.ACTIVE if joined else Standing.INVITED
    member = await members.create(
        tx, now, station.id, actor.name, frozenset({actor.role}),
        standing=standing, account=actor.account, phone=actor.phone or None,
    )  # fmt: skip
    elder = found[actor.elder] if actor.elder else None
    if not joined:
        await joining.invite(
            tx, now, station.id, actor.role, name=actor.name, elder_id=elder.id if elder else None
        )
        return member
    await members.consent(tx, now, member, "notice", "membership")
    if elder is not None:
        await _tie(tx, now, actor, member, elder)
    return member


async def _tie(tx: AsyncSession, now: datetime, actor: Actor, member: Member, elder: Elder) -> None:
    if actor.role is Role.ELDER:
        elder.member_id = member.id
        return
    await insert_once(
        tx,
        FamilyLink,
        member_id=member.id,
        elder_id=elder.id,
        community_id=elder.community_id,
        created_at=now,
    )


def _volunteer(tx: AsyncSession, now: datetime, helper: Helper, known: dict[str, Member]) -> None:
    member = known[helper.actor.name]
    tx.add(
        Volunteer(
            member_id=member.id,
            community_id=member.community_id,
            kind=helper.kind,
            skills=list(helper.skills),
            half_days=list(helper.half_days),
            most_visits=helper.most_visits,
            decided_by=known[LI.name].id,
            decided_at=now,
        )
    )


async def _pairings(tx: AsyncSession, now: datetime, people: People) -> None:
    for team in teams():
        made = await pairings.create(
            tx,
            now,
            people.station.id,
            people.members[team.worker].id,
            [people.members[name].id for name in team.volunteers],
            [people.elders[name].id for name in team.elders],
        )
        people.pairings.update(dict.fromkeys(team.elders, made.id))
