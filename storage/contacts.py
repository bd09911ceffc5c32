"""The history of contacts and attempts: read, corrected with a reason, never deleted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from care.access import Right, Viewer, may
from care.refusals import NotYours, Stale
from storage.elders import tie_of
from storage.once import changed
from storage.tables import Contact, ContactChange, Elder, Member

Writer = aliased(Member)


@dataclass(frozen=True)
class Entry:
    """A contact or attempt with who made it, and who wrote it down."""

    contact: Contact
    by: Member
    writer: Member


def contacts_card(elder_id: int) -> str:
    """The card name of messages that show an elder's history of contacts."""
    return f"contacts:{elder_id}"


def _entries() -> Select[Contact, Member, Member]:
    return (
        select(Contact, Member, Writer)
        .join(Member, Member.id == Contact.by_id)
        .join(Writer, Writer.id == func.coalesce(Contact.entered_by, Contact.by_id))
        .order_by(Contact.happened_at.desc(), Contact.id.desc())
    )


async def of_elder(tx: AsyncSession, elder: Elder, limit: int, offset: int = 0) -> list[Entry]:
    """An elder's contacts and attempts, newest first, withdrawn ones too."""
    statement = _entries().where(
        Contact.elder_id == elder.id, Contact.community_id == elder.community_id
    )
    return [Entry(*row) for row in await tx.execute(statement.limit(limit).offset(offset))]


async def count(tx: AsyncSession, elder: Elder) -> int:
    """How many contacts and attempts an elder has, withdrawn ones too."""
    return await tx.scalar(select(func.count()).where(Contact.elder_id == elder.id)) or 0


async def by_key(tx: AsyncSession, community_id: int, key: str) -> Contact:
    """The contact or attempt that was written down under a key."""
    rows = await tx.scalars(
        select(Contact).where(Contact.community_id == community_id, Contact.key == key)
    )
    return rows.one()


async def find_by_key(tx: AsyncSession, community_id: int, key: str) -> Contact | None:
    """The contact or attempt that was written down under a key, if there is one."""
    return await tx.scalar(
        select(Contact).where(Contact.community_id == community_id, Contact.key == key)
    )


async def access_contact(tx: AsyncSession, viewer: Viewer, contact_id: int) -> tuple[Entry, Elder]:
    """A contact, for who made it, who wrote it down, and the staff who look after the elder.

    Raises:
        NotYours: absent or not for this viewer; the two read the same.
    """
    rows = await tx.execute(
        _entries().where(Contact.id == contact_id, Contact.community_id == viewer.community_id)
    )
    for row in rows:
        entry = Entry(*row)
        elder = await tx.get_one(Elder, entry.contact.elder_id)
        if viewer.member_id in {entry.by.id, entry.writer.id}:
            return entry, elder
        if may(viewer, Right.CHANGE, await tie_of(tx, viewer, elder)):
            return entry, elder
    raise NotYours


async def changes_of(tx: AsyncSession, contact: Contact) -> list[tuple[ContactChange, Member]]:
    """How a contact was corrected, the first correction first."""
    rows = await tx.execute(
        select(ContactChange, Member)
        .join(Member, Member.id == ContactChange.by_id)
        .where(ContactChange.contact_id == contact.id)
        .order_by(ContactChange.id)
    )
    return [(change, member) for change, member in rows]


@dataclass(frozen=True)
class Correction:
    """Who corrects, and why."""

    by: int
    reason: str


async def correct(
    tx: AsyncSession, now: datetime, contact: Contact, why: Correction, **values: Any
) -> None:
    """Change what is written down of a contact; what stood there before is kept.

    Raises:
        Stale: somebody else has corrected or withdrawn it meanwhile.
    """
    before = {name: getattr(contact, name) for name in values}
    same = (getattr(Contact, name).is_not_distinct_from(value) for name, value in before.items())
    won = await changed(
        tx,
        update(Contact)
        .where(Contact.id == contact.id, Contact.withdrawn_at.is_(None), *same)
        .values(**values),
    )
    if not won:
        raise Stale
    tx.add(
        ContactChange(
            community_id=contact.community_id,
            contact_id=contact.id,
            before=_plain(before),
            after=_plain(values),
            reason=why.reason,
            by_id=why.by,
            at=now,
        )
    )
    await tx.flush()
    await tx.refresh(contact)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it; a day and a moment in their usual form."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


async def add_remark(tx: AsyncSession, contact: Contact, remark: str) -> None:
    """A remark on a contact that has none yet; later ones are corrections.

    Raises:
        Stale: there is one, or the contact was a mistake.
    """
    won = await changed(
        tx,
        update(Contact)
        .where(Contact.id == contact.id, Contact.remark.is_(None), Contact.withdrawn_at.is_(None))
        .values(remark=remark),
    )
    if not won:
        raise Stale
    await tx.refresh(contact)
