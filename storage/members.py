"""Members: who an account is, their roles, whether chat reaches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from care.access import Role, Viewer
from care.community import Settings
from care.days import local_day
from care.joining import CONSENT_VERSION, Standing
from care.refusals import NotYours, UnknownName
from storage.communities import settings_of, zone_of
from storage.once import insert_once
from storage.outbox import To
from storage.tables import Audit, Community, Consent, Member, MemberRole, Volunteer


@dataclass(frozen=True)
class Person:
    """A member with everything the rules ask about; `today` is None where no day matters."""

    member: Member
    roles: frozenset[Role]
    community: Community
    today: date | None = None

    @property
    def viewer(self) -> Viewer:
        """The person as the rules see them."""
        return Viewer(self.member.id, self.member.community_id, self.roles, self.today)

    @property
    def settings(self) -> Settings:
        """Their community's choices."""
        return settings_of(self.community)

    @property
    def zone(self) -> ZoneInfo:
        """Their community's zone."""
        return zone_of(self.community)

    @property
    def language(self) -> str:
        """What they chose, else the community's."""
        return self.member.language or self.community.language

    @property
    def to(self) -> To | None:
        """Where to write to; None when they have no chat."""
        return to_of(self.member)


def to_of(member: Member) -> To | None:
    """The member's private chat, None before they pressed start. A blocked chat is still theirs."""
    if member.account is None:
        return None
    return To(member.account, member.id, member.community_id)


def reachable(member: Member) -> bool:
    """Whether chat reaches the member as far as we know."""
    return member.account is not None and member.blocked_at is None


# Every turn and every message begins with one of these two, so they are made once.
_WHOLE = (
    select(Member, Community, MemberRole.role)
    .join(Community, Community.id == Member.community_id)
    .outerjoin(MemberRole, MemberRole.member_id == Member.id)
)
_OF_ID = _WHOLE.where(Member.id == bindparam("member"))
_chosen = aliased(Member)
_OF_ACCOUNT = _WHOLE.where(
    Member.id
    == select(_chosen.id)
    .where(
        _chosen.account == bindparam("account"),
        _chosen.standing.in_((Standing.ACTIVE, Standing.APPLIED)),
    )
    .order_by(_chosen.chosen_at.desc(), _chosen.id.desc())
    .limit(1)
    .scalar_subquery()
)


async def person_of_account(
    tx: AsyncSession, account: int, now: datetime | None = None
) -> Person | None:
    """Who an account is; the community chosen last when there are several."""
    return _whole((await tx.execute(_OF_ACCOUNT, {"account": account})).all(), now)


async def person_of_id(
    tx: AsyncSession, member_id: int, now: datetime | None = None
) -> Person | None:
    """A member by id, whatever their standing."""
    return _whole((await tx.execute(_OF_ID, {"member": member_id})).all(), now)


def _whole(rows: Sequence[Row[Member, Community, Role]], now: datetime | None) -> Person | None:
    if not rows:
        return None
    member, community, _ = rows[0]
    active = member.standing is Standing.ACTIVE
    # Whoever has no role yet comes with None in its place.
    roles = frozenset(role for _, _, role in rows if role) if active else frozenset()
    today = local_day(now, zone_of(community)) if now is not None else None
    return Person(member, roles, community, today)


async def communities_of(tx: AsyncSession, account: int) -> list[tuple[Member, Community]]:
    """Every community an account belongs to."""
    rows = await tx.execute(
        select(Member, Community)
        .join(Community, Community.id == Member.community_id)
        .where(Member.account == account, Member.standing == Standing.ACTIVE)
        .order_by(Community.id)
    )
    return [(member, community) for member, community in rows]


async def with_role(tx: AsyncSession, community_id: int, *roles: Role) -> list[Member]:
    """Active members with any of `roles`, in order of name."""
    rows = await tx.scalars(
        select(Member)
        .join(MemberRole, MemberRole.member_id == Member.id)
        .where(
            Member.community_id == community_id,
            MemberRole.role.in_(roles),
            Member.standing == Standing.ACTIVE,
        )
        .order_by(Member.name, Member.id)
        .distinct()
    )
    return list(rows)


_BY_ROLE = (
    select(MemberRole.role, Member)
    .join(Member, Member.id == MemberRole.member_id)
    .where(
        MemberRole.community_id == bindparam("community"),
        MemberRole.role.in_(bindparam("roles", expanding=True)),
        Member.standing == Standing.ACTIVE,
    )
    .order_by(Member.name, Member.id)
)


async def by_role(
    tx: AsyncSession, community_id: int, roles: Sequence[Role]
) -> dict[Role, list[Member]]:
    """Active members of each of `roles`, in order of name, in one look."""
    rows = await tx.execute(_BY_ROLE, {"community": community_id, "roles": roles})
    found: dict[Role, list[Member]] = {role: [] for role in roles}
    for role, member in rows:
        found[role].append(member)
    return found


async def named(tx: AsyncSession, community_id: int, name: str, role: Role) -> Member:
    """The one member with a role who is called `name`.

    Raises:
        UnknownName: nobody, or several.
    """
    rows = [one for one in await with_role(tx, community_id, role) if one.name == name]
    if len(rows) != 1:
        raise UnknownName(name, len(rows))
    return rows[0]


async def in_community(tx: AsyncSession, community_id: int, member_id: int) -> Member:
    """A member of this community.

    Raises:
        NotYours: absent, or of another community.
    """
    member = await tx.get(Member, member_id)
    if member is None or member.community_id != community_id:
        raise NotYours
    return member


async def create(
    tx: AsyncSession,
    now: datetime,
    community_id: int,
    name: str,
    roles: frozenset[Role],
    *,
    standing: Standing = Standing.INVITED,
    account: int | None = None,
    phone: str | None = None,
) -> Member:
    """A new member."""
    member = Member(
        community_id=community_id,
        name=name,
        phone=phone,
        standing=standing,
        account=account,
        chosen_at=now if account else None,
        created_at=now,
    )
    tx.add(member)
    await tx.flush()
    for role in roles:
        await add_role(tx, member, role)
    return member


async def add_role(tx: AsyncSession, member: Member, role: Role) -> None:
    """Give a role; having it already is fine."""
    await insert_once(
        tx, MemberRole, member_id=member.id, role=role, community_id=member.community_id
    )


async def consent(tx: AsyncSession, now: datetime, member: Member, *purposes: str) -> None:
    """Write down that the member agreed."""
    tx.add_all(
        Consent(
            community_id=member.community_id,
            member_id=member.id,
            purpose=purpose,
            version=CONSENT_VERSION,
            given=True,
            at=now,
        )
        for purpose in purposes
    )


async def note_blocked(tx: AsyncSession, now: datetime, account: int) -> list[Member]:
    """The account blocked the bot, or never started it; the members for whom that is news."""
    members = await tx.scalars(
        select(Member).where(Member.account == account, Member.blocked_at.is_(None))
    )
    news = list(members)
    for member in news:
        member.blocked_at = now
    return news


async def note_reached(tx: AsyncSession, account: int) -> None:
    """The account spoke to us, so it is not blocked."""
    for member in await tx.scalars(
        select(Member).where(Member.account == account, Member.blocked_at.is_not(None))
    ):
        member.blocked_at = None


async def unreachable(tx: AsyncSession, community_id: int) -> list[tuple[Member, frozenset[Role]]]:
    """Members whom chat does not reach: never pressed start, or blocked the bot."""
    rows = await tx.execute(
        select(Member, MemberRole.role)
        .join(MemberRole, MemberRole.member_id == Member.id)
        .where(
            Member.community_id == community_id,
            Member.standing.in_((Standing.INVITED, Standing.ACTIVE)),
            (Member.account.is_(None)) | (Member.blocked_at.is_not(None)),
        )
        .order_by(Member.name, Member.id)
    )
    found: dict[int, tuple[Member, set[Role]]] = {}
    for member, role in rows:
        found.setdefault(member.id, (member, set()))[1].add(role)
    return [(member, frozenset(roles)) for member, roles in found.values()]


async def volunteer(tx: AsyncSession, member_id: int) -> Volunteer | None:
    """What a volunteer said when applying."""
    return await tx.get(Volunteer, member_id)


async def audit(
    tx: AsyncSession,
    now: datetime,
    viewer: Viewer,
    action: str,
    target: str,
    **facts: object,
) -> None:
    """Write down who did something that others may ask about later."""
    tx.add(
        Audit(
            community_id=viewer.community_id,
            member_id=viewer.member_id,
            action=action,
            target=target,
            facts=facts,
            at=now,
        )
    )
