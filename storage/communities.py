"""Communities and their settings."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.community import Settings
from storage.once import changed
from storage.tables import Community


def settings_of(community: Community) -> Settings:
    """The community's choices, the handbook's defaults where it made none."""
    return Settings.model_validate(community.settings)


def zone_of(community: Community) -> ZoneInfo:
    """Where its days begin."""
    return ZoneInfo(community.zone)


async def create(tx: AsyncSession, now: datetime, name: str, zone: str, language: str) -> Community:
    """A new community with nobody in it."""
    community = Community(
        name=name,
        zone=zone,
        language=language,
        settings={},
        open_code=secrets.token_urlsafe(9),
        created_at=now,
    )
    tx.add(community)
    await tx.flush()
    return community


async def every(tx: AsyncSession) -> list[Community]:
    """All communities, the oldest first."""
    return list(await tx.scalars(select(Community).order_by(Community.id)))


async def find_by_open_code(tx: AsyncSession, code: str) -> Community | None:
    """The community whose open link ends in `code`."""
    return await tx.scalar(select(Community).where(Community.open_code == code))


async def find_by_group(tx: AsyncSession, chat: int) -> Community | None:
    """The community whose volunteers' group is `chat`."""
    return await tx.scalar(select(Community).where(Community.group_chat == chat))


async def set_group(tx: AsyncSession, community_id: int, chat: int | None) -> None:
    """Make `chat` the volunteers' group."""
    await changed(tx, update(Community).where(Community.id == community_id).values(group_chat=chat))


async def move_group(tx: AsyncSession, before: int, after: int) -> None:
    """The volunteers' group has a new id."""
    await changed(
        tx, update(Community).where(Community.group_chat == before).values(group_chat=after)
    )
