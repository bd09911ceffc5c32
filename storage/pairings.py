"""Pairings: who looks after whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.refusals import NotYours
from storage import members
from storage.leave import away_on
from storage.once import changed
from storage.tables import Elder, Leave, Member, Pairing, PairingElder, PairingVolunteer


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


async def of_community(tx: AsyncSession, community_id: int) -> list[Whole]:
    """The pairings that have not ended, with their people."""
    found = await tx.execute(
        select(Pairing, Member)
        .join(Member, Member.id == Pairing.worker_id)
        .where(Pairing.community_id == community_id, Pairing.ended_at.is_(None))
        .order_by(Pairing.id)
    )
    pairs = list(found)
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


async def led_by(tx: AsyncSession, viewer: Viewer) -> list[Whole]:
    """The pairings somebody leads: all of them for a supervisor, a colleague's for the deputy."""
    if not viewer.staff:
        return []
    return await led_of(tx, viewer, await of_community(tx, viewer.community_id))


async def led_of(tx: AsyncSession, viewer: Viewer, found: Sequence[Whole]) -> list[Whole]:
    """Those of the pairings of a community that somebody leads."""
    if viewer.supervisor:
        return list(found)
    away = await away_on(tx, viewer.community_id, viewer.today) if viewer.today else {}
    colleagues = {one for one, leave in away.items() if leave.deputy_id == viewer.member_id}
    mine = colleagues | {viewer.member_id}
    return [whole for whole in found if whole.worker.id in mine]


async def access_pairing(tx: AsyncSession, viewer: Viewer, pairing_id: int) -> Whole:
    """A pairing, for its social worker, the deputy while they are away, or a supervisor.

    Raises:
        NotYours: absent, ended, or somebody else's.
    """
    for whole in await led_by(tx, viewer):
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


_WORKERS = (
    select(PairingElder.elder_id, Pairing.worker_id)
    .join(Pairing, Pairing.id == PairingElder.pairing_id)
    .where(Pairing.community_id == bindparam("community"), Pairing.ended_at.is_(None))
)
_WORKERS_OF_ONE = _WORKERS.where(PairingElder.elder_id == bindparam("elder"))


async def workers_by_elder(
    tx: AsyncSession, community_id: int, elder_id: int | None = None
) -> dict[int, set[int]]:
    """Which social workers lead a pairing with each elder, or with the one that is named."""
    found: dict[int, set[int]] = defaultdict(set)
    asked, of = {"community": community_id}, _WORKERS
    if elder_id is not None:
        asked, of = asked | {"elder": elder_id}, _WORKERS_OF_ONE
    for led, worker_id in await tx.execute(of, asked):
        found[led].add(worker_id)
    return found


@dataclass(frozen=True)
class Staff:
    """Who could be owed a call list on a day, and who leads whom: read once, asked of many.

    Attributes:
        away: the leave of everybody who is away that day.
    """

    workers: dict[int, Member]
    supervisors: dict[int, Member]
    led: dict[int, set[int]]
    away: dict[int, Leave] = field(default_factory=dict)

    @cached_property
    def everybody(self) -> dict[int, Member]:
        """Social workers and supervisors."""
        return self.workers | self.supervisors

    @cached_property
    def reached(self) -> set[int]:
        """Whom chat reaches."""
        return {one for one, member in self.everybody.items() if members.reachable(member)}

    @cached_property
    def here(self) -> set[int]:
        """Whom chat reaches and who is not away."""
        return self.reached - self.away.keys()

    def serving(self, worker_id: int) -> int | None:
        """Who makes a social worker's calls: themselves, or the deputy while they are away.

        None leaves it to the supervisor: there is no deputy, or the deputy is away too.
        """
        leave = self.away.get(worker_id)
        if leave is None:
            return worker_id
        deputy = leave.deputy_id
        return deputy if deputy in self.here and deputy in self.workers else None

    @property
    def callers(self) -> list[Member]:
        """The social workers; the supervisors too when one of them has nobody to stand in."""
        if not self.here:
            return list(self.everybody.values())
        present = {one: who for one, who in self.everybody.items() if one not in self.away}
        if self.workers and all(self.serving(one) in self.here for one in self.workers):
            return [who for one, who in present.items() if one in self.workers]
        return list(present.values())

    def responsible(self, elder_id: int) -> set[int]:
        """Who owes an elder their calls, so that nobody falls through.

        A social worker owes theirs and the unpaired; on leave, the deputy does. When that is
        nobody whom chat reaches, the supervisors owe the calls too; when it reaches no supervisor
        either, every social worker it does reach; and while all of those are away, they do.
        """
        leaders = self.led.get(elder_id, set()) & self.workers.keys()
        if leaders:
            serving = {self.serving(one) for one in leaders}
        else:
            serving = {one for one in self.workers if one not in self.away}
        first = {one for one in serving if one is not None}
        if first & self.here:
            return first
        for stand_ins in (
            self.here & self.supervisors.keys(),
            self.here,
            self.reached & self.supervisors.keys(),
            self.reached,
        ):
            if stand_ins:
                return first | stand_ins
        return set(self.everybody)

    def owes(self, caller_id: int, elder: Elder) -> bool:
        """Whether a caller owes an elder their calls that day."""
        return caller_id in self.responsible(elder.id)

    def instead_of(self, caller_id: int, elder: Elder) -> tuple[str, date] | None:
        """The colleague on leave because of whom an elder is on a list, and until when."""
        leaders = self.led.get(elder.id, set()) & self.workers.keys()
        if caller_id in leaders:
            return None
        for one in sorted(leaders & self.away.keys()):
            return self.workers[one].name, self.away[one].last_day
        return None


async def staff(
    tx: AsyncSession, community_id: int, day: date, elder_id: int | None = None
) -> Staff:
    """The staff of a community on a local day, with who leads every elder, or the one named."""
    found = await members.by_role(tx, community_id, (Role.SOCIAL_WORKER, Role.SUPERVISOR))
    return Staff(
        {one.id: one for one in found[Role.SOCIAL_WORKER]},
        {one.id: one for one in found[Role.SUPERVISOR]},
        await workers_by_elder(tx, community_id, elder_id),
        await away_on(tx, community_id, day),
    )


async def callers(tx: AsyncSession, community_id: int, day: date) -> list[Member]:
    """Who gets a call list on a local day."""
    return (await staff(tx, community_id, day)).callers


async def elders_of_caller(
    tx: AsyncSession, community_id: int, caller_id: int, elders: list[Elder], day: date
) -> list[Elder]:
    """Those of `elders` whom a caller owes their calls on a local day."""
    known = await staff(tx, community_id, day)
    return [elder for elder in elders if known.owes(caller_id, elder)]


async def keepers(tx: AsyncSession, elder: Elder, day: date) -> list[Member]:
    """Those who look after one elder on a local day: whoever would find them on their list."""
    known = await staff(tx, elder.community_id, day, elder.id)
    return [one for one in known.callers if known.owes(one.id, elder)]
