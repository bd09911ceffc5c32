"""Pairings: who looks after whom."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.refusals import NotYours
from storage import members
from storage.once import changed
from storage.tables import Elder, Member, Pairing, PairingElder, PairingVolunteer


@dataclass(frozen=True)
class Whole:
    """A pairing with its people."""

    pairing: Pairing
    worker: Member
    volunteers: tuple[Member, ...]
    elders: tuple[Elder, ...]


async def create(
    tx: AsyncSession,
    now: datetime,
    community_id: int,
    worker_id: int,
    volunteer_ids: list[int],
    elder_ids: list[int],
) -> Pairing:
    """A new pairing.

    Raises:
        NotYours: one of the people is not of this community.
    """
    for member_id in (worker_id, *volunteer_ids):
        await members.in_community(tx, community_id, member_id)
    found = await tx.scalars(
        select(Elder.id).where(Elder.community_id == community_id, Elder.id.in_(elder_ids))
    )
    if set(found) != set(elder_ids):
        raise NotYours
    pairing = Pairing(community_id=community_id, worker_id=worker_id, created_at=now)
    tx.add(pairing)
    await tx.flush()
    common = {"pairing_id": pairing.id, "community_id": community_id}
    tx.add_all(PairingVolunteer(member_id=one, **common) for one in dict.fromkeys(volunteer_ids))
    tx.add_all(PairingElder(elder_id=one, **common) for one in dict.fromkeys(elder_ids))
    await tx.flush()
    return pairing


async def of_community(
    tx: AsyncSession, community_id: int, *, worker_id: int | None = None
) -> list[Whole]:
    """The pairings that have not ended, with their people."""
    statement = (
        select(Pairing, Member)
        .join(Member, Member.id == Pairing.worker_id)
        .where(Pairing.community_id == community_id, Pairing.ended_at.is_(None))
    )
    if worker_id is not None:
        statement = statement.where(Pairing.worker_id == worker_id)
    pairs = list(await tx.execute(statement.order_by(Pairing.id)))
    ids = [pairing.id for pairing, _ in pairs]
    volunteers: dict[int, list[Member]] = defaultdict(list)
    for pairing_id, member in await tx.execute(
        select(PairingVolunteer.pairing_id, Member)
        .join(Member, Member.id == PairingVolunteer.member_id)
        .where(PairingVolunteer.pairing_id.in_(ids))
        .order_by(Member.id)
    ):
        volunteers[pairing_id].append(member)
    elders: dict[int, list[Elder]] = defaultdict(list)
    for pairing_id, elder in await tx.execute(
        select(PairingElder.pairing_id, Elder)
        .join(Elder, Elder.id == PairingElder.elder_id)
        .where(PairingElder.pairing_id.in_(ids), Elder.exited_at.is_(None))
        .order_by(Elder.id)
    ):
        elders[pairing_id].append(elder)
    return [
        Whole(pairing, worker, tuple(volunteers[pairing.id]), tuple(elders[pairing.id]))
        for pairing, worker in pairs
    ]


async def access_pairing(tx: AsyncSession, viewer: Viewer, pairing_id: int) -> Whole:
    """A pairing, for its social worker or a supervisor.

    Raises:
        NotYours: absent, ended, or somebody else's.
    """
    worker = None if viewer.supervisor else viewer.member_id
    if not viewer.staff:
        raise NotYours
    for whole in await of_community(tx, viewer.community_id, worker_id=worker):
        if whole.pairing.id == pairing_id:
            return whole
    raise NotYours


async def of_elder(tx: AsyncSession, elder: Elder) -> list[Whole]:
    """The pairings an elder is in."""
    found = await of_community(tx, elder.community_id)
    return [whole for whole in found if any(one.id == elder.id for one in whole.elders)]


async def unpaired(tx: AsyncSession, community_id: int) -> list[Elder]:
    """Everybody in care who is in no pairing, in order of name."""
    paired = (
        select(PairingElder.elder_id)
        .join(Pairing, Pairing.id == PairingElder.pairing_id)
        .where(Pairing.ended_at.is_(None), Pairing.community_id == community_id)
    )
    rows = await tx.scalars(
        select(Elder)
        .where(
            Elder.community_id == community_id,
            Elder.exited_at.is_(None),
            Elder.id.not_in(paired),
        )
        .order_by(Elder.name, Elder.id)
    )
    return list(rows)


async def end(tx: AsyncSession, now: datetime, pairing_id: int) -> bool:
    """Dissolve a pairing; its history stays."""
    return (
        await changed(
            tx,
            update(Pairing)
            .where(Pairing.id == pairing_id, Pairing.ended_at.is_(None))
            .values(ended_at=now),
        )
        == 1
    )


async def workers_by_elder(tx: AsyncSession, community_id: int) -> dict[int, set[int]]:
    """Which social workers lead a pairing with each elder."""
    found: dict[int, set[int]] = defaultdict(set)
    for elder_id, worker_id in await tx.execute(
        select(PairingElder.elder_id, Pairing.worker_id)
        .join(Pairing, Pairing.id == PairingElder.pairing_id)
        .where(Pairing.community_id == community_id, Pairing.ended_at.is_(None))
    ):
        found[elder_id].add(worker_id)
    return found


async def callers(tx: AsyncSession, community_id: int) -> list[Member]:
    """Who gets a call list: the social workers; the supervisors too when one cannot be reached."""
    workers = await members.with_role(tx, community_id, Role.SOCIAL_WORKER)
    if workers and all(members.reachable(one) for one in workers):
        return workers
    supervisors = await members.with_role(tx, community_id, Role.SUPERVISOR)
    return list({one.id: one for one in (*workers, *supervisors)}.values())


async def elders_of_caller(
    tx: AsyncSession, community_id: int, caller_id: int, elders: list[Elder]
) -> list[Elder]:
    """Those of `elders` whom a caller owes their calls, so that nobody's elders fall through.

    A social worker owes theirs and the unpaired. When chat reaches none of those, the supervisors
    owe the calls too; and when it reaches no supervisor either, every social worker it does reach.
    """
    workers = {one.id: one for one in await members.with_role(tx, community_id, Role.SOCIAL_WORKER)}
    supervisors = {
        one.id: one for one in await members.with_role(tx, community_id, Role.SUPERVISOR)
    }
    reached = {
        one.id for one in (*workers.values(), *supervisors.values()) if members.reachable(one)
    }
    stand_in = caller_id in supervisors or (
        caller_id in workers and not supervisors.keys() & reached
    )
    led = await workers_by_elder(tx, community_id)
    mine = []
    for elder in elders:
        first = (led.get(elder.id, set()) & workers.keys()) or workers.keys()
        if caller_id in first or (stand_in and not first & reached):
            mine.append(elder)
    return mine


async def keepers(tx: AsyncSession, elder: Elder) -> list[Member]:
    """Those who look after one elder: whoever would find them on their call list."""
    return [
        one
        for one in await callers(tx, elder.community_id)
        if await elders_of_caller(tx, elder.community_id, one.id, [elder])
    ]
