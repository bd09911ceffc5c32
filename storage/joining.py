"""Invitations and applications."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role
from care.availability import USUAL_VISITS, usual_half_days
from care.joining import (
    INVITATION_LASTS,
    WRONG_TRIES_AN_HOUR,
    Standing,
    VolunteerKind,
    invitation_open,
)
from care.refusals import AlreadyJoined, LinkInvalid, TooManyTries
from storage import members
from storage.once import changed, insert_once
from storage.tables import Elder, FamilyLink, Invitation, Member, Volunteer, WrongTry

HOUR = timedelta(hours=1)


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


async def invite(
    tx: AsyncSession,
    now: datetime,
    community_id: int,
    role: Role,
    *,
    name: str | None = None,
    elder_id: int | None = None,
    by: int | None = None,
) -> str:
    """A new invitation; its token is given out here and never again."""
    token = secrets.token_urlsafe(32)
    tx.add(
        Invitation(
            community_id=community_id,
            role=role,
            name=name,
            elder_id=elder_id,
            token_hash=hash_of(token),
            created_by=by,
            created_at=now,
        )
    )
    await tx.flush()
    return token


async def check_tries(tx: AsyncSession, now: datetime, account: int) -> None:
    """Whether an account may try another code.

    Raises:
        TooManyTries: five wrong ones within the hour.
    """
    tries = await tx.scalar(
        select(func.count()).where(WrongTry.account == account, WrongTry.at > now - HOUR)
    )
    if (tries or 0) >= WRONG_TRIES_AN_HOUR:
        raise TooManyTries


async def note_wrong_try(tx: AsyncSession, now: datetime, account: int) -> None:
    """Count a code that was nobody's."""
    tx.add(WrongTry(account=account, at=now))


async def access_invitation(tx: AsyncSession, now: datetime, token: str) -> Invitation:
    """The invitation a token opens.

    Raises:
        LinkInvalid: unknown, used, or too old; the three read the same.
    """
    found = await tx.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))
    if found is None or not invitation_open(now, found.created_at, found.used_at):
        raise LinkInvalid
    return found


@dataclass(frozen=True)
class Joiner:
    """The account that opened a link."""

    account: int
    name: str
    language: str | None


async def accept(tx: AsyncSession, now: datetime, invitation_id: int, joiner: Joiner) -> Member:
    """Make the account a member as invited; the invitation is used up in the same moment.

    Raises:
        LinkInvalid: used meanwhile, or too old by now.
        AlreadyJoined: the account is the elder's already.
    """
    won = await changed(
        tx,
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.used_at.is_(None),
            Invitation.created_at > now - INVITATION_LASTS,
        )
        .values(used_at=now),
    )
    if not won:
        raise LinkInvalid
    invitation = await tx.get_one(Invitation, invitation_id, populate_existing=True)
    member = await _member_for(tx, now, invitation, joiner)
    await members.add_role(tx, member, invitation.role)
    await members.consent(tx, now, member, "notice", "membership")
    if invitation.elder_id is not None:
        await _tie(tx, now, invitation, member)
    invitation.used_by = member.id
    return member


async def accepted_by(tx: AsyncSession, invitation_id: int, person: members.Person) -> bool:
    """Whether it was this person who used the invitation."""
    invitation = await tx.get(Invitation, invitation_id)
    return invitation is not None and invitation.used_by == person.member.id


async def _member_for(
    tx: AsyncSession, now: datetime, invitation: Invitation, joiner: Joiner
) -> Member:
    member = await tx.scalar(
        select(Member).where(
            Member.community_id == invitation.community_id, Member.account == joiner.account
        )
    )
    if member is None:
        member = await tx.scalar(
            select(Member)
            .where(
                Member.community_id == invitation.community_id,
                Member.name == (invitation.name or ""),
                Member.standing == Standing.INVITED,
                Member.account.is_(None),
            )
            .limit(1)
        )
    if member is None:
        member = await members.create(
            tx, now, invitation.community_id, invitation.name or joiner.name, frozenset()
        )
    member.account = joiner.account
    member.standing = Standing.ACTIVE
    member.blocked_at = None
    member.chosen_at = now
    member.language = member.language or joiner.language
    if invitation.role is Role.VOLUNTEER:
        await ensure_volunteer(tx, member)
    return member


async def _tie(tx: AsyncSession, now: datetime, invitation: Invitation, member: Member) -> None:
    elder = await tx.get_one(Elder, invitation.elder_id)
    if invitation.role is Role.FAMILY:
        await insert_once(
            tx,
            FamilyLink,
            member_id=member.id,
            elder_id=elder.id,
            community_id=elder.community_id,
            created_at=now,
        )
    if invitation.role is Role.ELDER:
        if elder.member_id not in {None, member.id}:
            raise AlreadyJoined
        elder.member_id = member.id


async def ensure_volunteer(tx: AsyncSession, member: Member) -> None:
    """Give an invited volunteer the widest answers, to be narrowed in chat."""
    await insert_once(tx, Volunteer, **widest(member))


def widest(member: Member) -> dict[str, Any]:
    """What is taken for granted of a volunteer who has said nothing."""
    return {
        "member_id": member.id,
        "community_id": member.community_id,
        "kind": VolunteerKind.OTHER,
        "skills": [],
        "half_days": list(usual_half_days(VolunteerKind.OTHER)),
        "most_visits": USUAL_VISITS,
    }


async def applicants(tx: AsyncSession, community_id: int) -> list[Member]:
    """Who waits for approval."""
    rows = await tx.scalars(
        select(Member)
        .where(Member.community_id == community_id, Member.standing == Standing.APPLIED)
        .order_by(Member.id)
    )
    return list(rows)


async def decide(
    tx: AsyncSession, now: datetime, applicant: Member, by: int, *, approve: bool
) -> bool:
    """Approve or decline an application; False when somebody has decided already."""
    won = await changed(
        tx,
        update(Member)
        .where(Member.id == applicant.id, Member.standing == Standing.APPLIED)
        .values(standing=Standing.ACTIVE if approve else Standing.LEFT),
    )
    if not won:
        return False
    await changed(
        tx,
        update(Volunteer)
        .where(Volunteer.member_id == applicant.id)
        .values(decided_by=by, decided_at=now),
    )
    if approve:
        await members.add_role(tx, applicant, Role.VOLUNTEER)
    await tx.refresh(applicant)
    return True


async def applicant(
    tx: AsyncSession, now: datetime, community_id: int, joiner: Joiner, phone: str
) -> Member:
    """The account as an applicant; somebody who had left comes back as one."""
    member = await tx.scalar(
        select(Member).where(Member.community_id == community_id, Member.account == joiner.account)
    )
    if member is None:
        return await members.create(
            tx,
            now,
            community_id,
            joiner.name,
            frozenset(),
            standing=Standing.APPLIED,
            account=joiner.account,
            phone=phone,
        )
    member.name = joiner.name
    member.phone = phone
    member.standing = Standing.APPLIED
    member.chosen_at = now
    return member
