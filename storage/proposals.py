"""Proposed pairings: what a proposal goes by, as it is on record, and taking one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.days import HALF_DAYS
from care.joining import Standing
from care.proposals import ElderNeed, Existing, Group, Proposal, Repair, Roster, VolunteerOffer
from care.refusals import NotYours, Stale
from storage import drafts, members, pairings
from storage.communities import settings_of
from storage.once import changed, insert_once
from storage.pairings import Whole
from storage.roster_import import hold
from storage.tables import Community, Draft, Elder, Member, Pairing, PairingVolunteer, Volunteer
from storage.week import MOST_VISITS, ON_BOARD

FORM = "proposal"
_ROSTER, _PROPOSAL = TypeAdapter(Roster), TypeAdapter(Proposal)


async def roster(tx: AsyncSession, station: Community) -> Roster:
    """What a proposal goes by: elders in no pairing, who may be asked, and what stands already."""
    unpaired = await pairings.unpaired(tx, station.id)
    workers = await members.with_role(tx, station.id, Role.SOCIAL_WORKER)
    standing = await pairings.of_community(tx, station.id)
    return Roster(
        tuple(_need(one) for one in sorted(unpaired, key=lambda one: one.id)),
        await _volunteers(tx, station.id),
        tuple(sorted(one.id for one in workers)),
        tuple(_existing(one) for one in standing),
        settings=settings_of(station),
    )


def _need(elder: Elder) -> ElderNeed:
    limited = bool(elder.limited_mobility)
    return ElderNeed(elder.id, elder.tier, elder.building, limited_mobility=limited)


def _existing(whole: Whole) -> Existing:
    here = whole.worker.standing in ON_BOARD
    return Existing(
        whole.pairing.id,
        whole.worker.id if here else None,
        tuple(one.id for one in whole.volunteers if one.standing in ON_BOARD),
        tuple(_need(one) for one in whole.elders),
    )


async def _volunteers(tx: AsyncSession, community_id: int) -> tuple[VolunteerOffer, ...]:
    """Somebody who was never asked when they can come can always, as for the week."""
    found = {one.id: one for one in await members.with_role(tx, community_id, Role.VOLUNTEER)}
    said = {
        one.member_id: one
        for one in await tx.scalars(select(Volunteer).where(Volunteer.member_id.in_(found)))
    }
    return tuple(
        VolunteerOffer(
            one,
            len(said[one].half_days) if one in said else len(HALF_DAYS),
            said[one].most_visits if one in said else MOST_VISITS,
        )
        for one in sorted(found)
    )


@dataclass(frozen=True)
class Names:
    """The people of a proposal."""

    elders: dict[int, Elder]
    members: dict[int, Member]


async def names_of(tx: AsyncSession, community_id: int) -> Names:
    """Everybody a proposal may speak of, by id."""
    elders = await tx.scalars(select(Elder).where(Elder.community_id == community_id))
    people = await tx.scalars(select(Member).where(Member.community_id == community_id))
    return Names({one.id: one for one in elders}, {one.id: one for one in people})


def fingerprint(found: Roster) -> str:
    """Tells the roster a proposal was made for from what it is by now."""
    return sha256(_ROSTER.dump_json(found)).hexdigest()[:16]


async def take(
    tx: AsyncSession, now: datetime, station: Community, groups: Sequence[Group], shown: str
) -> list[Pairing]:
    """Make the proposed pairings, all or none.

    Args:
        tx: the transaction; nobody else takes a proposal for this community until it ends.
        now: when.
        station: the community.
        groups: those that somebody decided for.
        shown: the fingerprint of the roster they were proposed for.

    Raises:
        Stale: the roster has changed meanwhile.
    """
    await _hold(tx, station, shown)
    return [
        await pairings.create(
            tx, now, station.id, one.worker_id, list(one.volunteers), list(one.elders)
        )
        for one in groups
    ]


async def mend(tx: AsyncSession, station: Community, repair: Repair, shown: str) -> None:
    """Put the proposed people into the place of those who left a pairing.

    Raises:
        Stale: the roster has changed meanwhile.
    """
    await _hold(tx, station, shown)
    number = repair.pairing_id
    if repair.worker_id is not None:
        await changed(
            tx, update(Pairing).where(Pairing.id == number).values(worker_id=repair.worker_id)
        )
    if repair.volunteer_id is not None:
        gone = select(Member.id).where(
            Member.community_id == station.id, Member.standing == Standing.LEFT
        )
        await changed(
            tx,
            delete(PairingVolunteer).where(
                PairingVolunteer.pairing_id == number, PairingVolunteer.member_id.in_(gone)
            ),
        )
        await insert_once(
            tx, PairingVolunteer,
            pairing_id=number, member_id=repair.volunteer_id, community_id=station.id,
        )  # fmt: skip


async def _hold(tx: AsyncSession, station: Community, shown: str) -> None:
    await hold(tx, station.id)
    if fingerprint(await roster(tx, station)) != shown:
        raise Stale


class Kept:
    """A proposal that waits in a chat for somebody's decision.

    Attributes:
        number: of the draft; it goes into the buttons.
        shown: the fingerprint of the roster it was made for.
        done: numbers of the groups and repairs that were taken or left out, "g3" or "r0".
    """

    def __init__(self, draft: Draft) -> None:
        self.number = draft.number
        self.proposal: Proposal = _PROPOSAL.validate_python(draft.answers["proposal"])
        self.shown: str = draft.answers["shown"]
        self.done: list[str] = list(draft.answers["done"])
        self._draft = draft

    def is_open(self, name: str) -> bool:
        """Whether nobody has decided yet."""
        return name not in self.done

    def open_groups(self) -> dict[int, Group]:
        """The groups that are neither taken nor left out, by their number, from 0."""
        found = enumerate(self.proposal.groups)
        return {n: one for n, one in found if self.is_open(f"g{n}")}

    def open_repairs(self) -> dict[int, Repair]:
        """Likewise, as far as somebody can be put in the place."""
        found = enumerate(self.proposal.repairs)
        return {n: one for n, one in found if self.is_open(f"r{n}")}

    def note(self, now: datetime, *names: str, shown: str | None = None) -> None:
        """Somebody decided; `shown` is the roster's new fingerprint if that changed it."""
        self.done += names
        self.shown = shown or self.shown
        self._draft.answers = self._draft.answers | {"done": self.done, "shown": self.shown}
        self._draft.updated_at = now


async def keep(
    tx: AsyncSession, now: datetime, chat: int, viewer: Viewer, found: Proposal, shown: str
) -> Kept:
    """Keep a proposal until it is decided on, closed, or replaced."""
    answers = {
        "proposal": _PROPOSAL.dump_python(found, mode="json"),
        "shown": shown,
        "done": [],
    }
    draft = await drafts.begin(
        tx, now, chat, FORM, answers, member=viewer.member_id, community=viewer.community_id
    )
    return Kept(draft)


async def access_kept(tx: AsyncSession, chat: int, viewer: Viewer, number: int) -> Kept:
    """The proposal that waits in a chat.

    Raises:
        NotYours: not staff, or it is somebody else's.
        Stale: it was closed or replaced.
    """
    if not viewer.staff:
        raise NotYours
    draft = await drafts.find(tx, chat)
    if draft is None or draft.form != FORM or draft.number != number:
        raise Stale
    if (draft.member_id, draft.community_id) != (viewer.member_id, viewer.community_id):
        raise NotYours
    return Kept(draft)


def may_take(viewer: Viewer, worker_id: int | None) -> bool:
    """A supervisor decides for everybody, a social worker for pairings of their own."""
    return viewer.supervisor or worker_id == viewer.member_id
