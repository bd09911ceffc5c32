"""Pairings: who looks after whom."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true, update
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


async def workers_by_elder(
    tx: AsyncSession, community_id: int, elder_id: int | None = None
) -> dict[int, set[int]]:
    """Which social workers lead a pairing with each elder, or with the one that is named."""
    found: dict[int, set[int]] = defaultdict(set)
    for led, worker_id in await tx.execute(
        select(PairingElder.elder_id, Pairing.worker_id)
        .join(Pairing, Pairing.id == PairingElder.pairing_id)
        .where(
            Pairing.community_id == community_id,
            Pairing.ended_at.is_(None),
            true() if elder_id is None else PairingElder.elder_id == elder_id,
        )
    ):
        found[led].add(worker_id)
    return found


@dataclass(frozen=True)
class Staff:
    """Who could be owed a call list, and who leads whom: read once, asked of many."""

    workers: dict[int, Member]
    supervisors: dict[int, Member]
    led: dict[int, set[int]]

    @property
    def callers(self) -> list[Member]:
        """The social workers; the supervisors too when one of them cannot be reached."""
        workers = list(self.workers.values())
        if workers and all(members.reachable(one) for one in workers):
            return workers
        return list((self.workers | self.supervisors).values())

    def owes(self, caller_id: int, elder: Elder) -> bool:
        """Whether a caller owes an elder their calls, so that nobody falls through.

        A social worker owes theirs and the unpaired. When chat reaches none of those, the
        supervisors owe the calls too; and when it reaches no supervisor either, every social
        worker it does reach.
        """
        everybody = self.workers | self.supervisors
        reached = {one for one, member in everybody.items() if members.reachable(member)}
        stand_in = caller_id in self.supervisors or (
            caller_id in self.workers and not self.supervisors.keys() & reached
        )
        first = (self.led.get(elder.id, set()) & self.workers.keys()) or self.workers.keys()
        return caller_id in first or (stand_in and not first & reached)


async def staff(tx: AsyncSession, community_id: int, elder_id: int | None = None) -> Staff:
    """The staff of a community, with those who lead every elder, or the one that is named."""
    workers = await members.with_role(tx, community_id, Role.SOCIAL_WORKER)
    supervisors = await members.with_role(tx, community_id, Role.SUPERVISOR)
    return Staff(
        {one.id: one for one in workers},
        {one.id: one for one in supervisors},
        await workers_by_elder(tx, community_id, elder_id),
    )


async def callers(tx: AsyncSession, community_id: int) -> list[Member]:
    """Who gets a call list: the social workers; the supervisors too when one cannot be reached."""
    return (await staff(tx, community_id)).callers


async def elders_of_caller(
    tx: AsyncSession, community_id: int, caller_id: int, elders: list[Elder]
) -> list[Elder]:
    """Those of `elders` whom a caller owes their calls."""
    known = await staff(tx, community_id)
    return [elder for elder in elders if known.owes(caller_id, elder)]


async def keepers(tx: AsyncSession, elder: Elder) -> list[Member]:
    """Those who look after one elder: whoever would find them on their call list."""
    known = await staff(tx, elder.community_id, elder.id)
    return [one for one in known.callers if known.owes(one.id, elder)]
