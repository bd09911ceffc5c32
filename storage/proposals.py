"""Proposed pairings: what a proposal goes by, as it is on record, and taking one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.availability import USUAL_VISITS
from care.days import HALF_DAYS
from care.proposals import (
    ElderNeed,
    Existing,
    Group,
    LeftOver,
    Proposal,
    Repair,
    Roster,
    VolunteerOffer,
)
from care.refusals import NotYours, Stale
from storage import drafts, members, pairings, places, roster_import
from storage.communities import settings_of
from storage.once import changed, insert_once
from storage.pairings import Whole
from storage.tables import (
    Community,
    Draft,
    Elder,
    Member,
    Pairing,
    PairingElder,
    PairingVolunteer,
    Volunteer,
)
from storage.week import ON_BOARD

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
        await places.map_of(tx, station.id),
        settings=settings_of(station),
    )


def _need(elder: Elder) -> ElderNeed:
    limited = bool(elder.limited_mobility)
    speaks = tuple(elder.dialects)
    return ElderNeed(elder.id, elder.tier, elder.building, speaks, limited_mobility=limited)


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
            len(said[one].half_days),
            said[one].most_visits,
            said[one].building,
            tuple(said[one].dialects),
            said[one].walks_metres,
        )
        if one in said
        else VolunteerOffer(one, len(HALF_DAYS), USUAL_VISITS)
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


async def hold(tx: AsyncSession, station: Community, shown: str) -> None:
    """Make sure that the roster is still the one a proposal was made for, until the end.

    Raises:
        Stale: it has changed meanwhile.
    """
    # Only one at a time may change a community in one sweep, by a roster or by a proposal.
    await roster_import.hold(tx, station.id)
    if fingerprint(await roster(tx, station)) != shown:
        raise Stale


async def take(
    tx: AsyncSession, now: datetime, station: Community, groups: Sequence[Group]
) -> list[Pairing]:
    """Make proposed pairings, all or none; whoever calls holds the roster in this transaction."""
    return [
        await pairings.create(
            tx, now, station.id, one.worker_id, list(one.volunteers), list(one.elders)
        )
        for one in groups
    ]


async def mend(tx: AsyncSession, station: Community, repair: Repair) -> None:
    """Put the proposed people into the place of those who left a pairing.

    Whoever calls holds the roster in this transaction.
    """
    number = repair.pairing_id
    if repair.worker_id is not None:
        await changed(
            tx, update(Pairing).where(Pairing.id == number).values(worker_id=repair.worker_id)
        )
    if repair.volunteer_id is not None:
        gone = select(Member.id).where(
            Member.community_id == station.id, Member.standing.not_in(ON_BOARD)
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


async def join(tx: AsyncSession, station: Community, one: LeftOver) -> None:
    """Take an elder into the pairing that has room; whoever calls holds the roster."""
    await insert_once(
        tx, PairingElder,
        pairing_id=one.pairing_id, elder_id=one.elder_id, community_id=station.id,
    )  # fmt: skip


class Kept:
    """A proposal that waits in a chat for somebody's decision.

    Attributes:
        number: of the draft; it goes into the buttons.
        shown: the fingerprint of the roster it was made for.
        decided: groups, repairs and joins by name, "g3", "r0" or "j1", and whether they were taken.
    """

    def __init__(self, draft: Draft) -> None:
        self.number = draft.number
        self.proposal: Proposal = _PROPOSAL.validate_python(draft.answers["proposal"])
        self.shown: str = draft.answers["shown"]
        self.decided: dict[str, bool] = dict(draft.answers["decided"])
        self._draft = draft

    @property
    def groups(self) -> dict[str, Group]:
        """The groups by name."""
        return {f"g{n}": one for n, one in enumerate(self.proposal.groups)}

    @property
    def repairs(self) -> dict[str, Repair]:
        """The repairs by name, as far as somebody can be put into the place."""
        return {
            f"r{n}": one
            for n, one in enumerate(self.proposal.repairs)
            if one.worker_id is not None or one.volunteer_id is not None
        }

    @property
    def joins(self) -> dict[str, LeftOver]:
        """Elders by name who could join a pairing that is there already."""
        return {
            f"j{n}": one for n, one in enumerate(self.proposal.left) if one.pairing_id is not None
        }

    @property
    def undecided(self) -> list[str]:
        """What is neither taken nor left out; those who left a pairing come first."""
        everything = (*self.repairs, *self.joins, *self.groups)
        return [one for one in everything if one not in self.decided]

    def note(self, now: datetime, *names: str, taken: bool, shown: str | None = None) -> None:
        """Somebody decided; `shown` is the roster's new fingerprint if that changed it."""
        self.decided |= dict.fromkeys(names, taken)
        self.shown = shown or self.shown
        changes = {"decided": self.decided, "shown": self.shown}
        self._draft.answers = self._draft.answers | changes
        self._draft.updated_at = now


async def keep(
    tx: AsyncSession, now: datetime, chat: int, viewer: Viewer, found: Proposal, shown: str
) -> Kept:
    """Keep a proposal until it is decided on, closed, or replaced."""
    answers = {
        "proposal": _PROPOSAL.dump_python(found, mode="json"),
        "shown": shown,
        "decided": {},
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


def may_take(viewer: Viewer, kept: Kept, name: str) -> bool:
    """A supervisor decides for everybody; a social worker for what they lead, or would lead."""
    if viewer.supervisor:
        return True
    if name in kept.groups:
        return kept.groups[name].worker_id == viewer.member_id
    if name in kept.joins:
        return kept.joins[name].led_by == viewer.member_id
    mend = kept.repairs[name]
    return (mend.worker_id or mend.led_by) == viewer.member_id


def takeable(viewer: Viewer, kept: Kept) -> list[str]:
    """What is undecided and the viewer's to decide."""
    return [one for one in kept.undecided if may_take(viewer, kept, one)]
