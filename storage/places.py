"""Buildings of a community: where they stand, and how far it is between them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.places import Map, Point, two_ends
from storage.once import upsert
from storage.tables import Elder, Place, Volunteer, Way


async def put(tx: AsyncSession, community_id: int, name: str, point: Point | None = None) -> None:
    """Write a building down, or where it stands; None: nobody knows."""
    where = {
        "latitude": point.latitude if point else None,
        "longitude": point.longitude if point else None,
    }
    await upsert(tx, Place, {"community_id": community_id, "name": name}, where)


async def put_way(tx: AsyncSession, community_id: int, one: str, other: str, metres: int) -> None:
    """Write down how far it is on foot between two buildings, either way."""
    a, b = two_ends(one, other)
    key = {"community_id": community_id, "a": a, "b": b}
    await upsert(tx, Way, key, {"metres": metres})


async def map_of(tx: AsyncSession, community_id: int) -> Map:
    """All that is known of distances in a community."""
    places = await tx.scalars(select(Place).where(Place.community_id == community_id))
    ways = await tx.scalars(
        select(Way).where(Way.community_id == community_id).order_by(Way.a, Way.b)
    )
    points = {
        one.name: Point(one.latitude, one.longitude)
        for one in places
        if one.latitude is not None and one.longitude is not None
    }
    return Map(points, tuple((one.a, one.b, one.metres) for one in ways))


async def buildings(tx: AsyncSession, community_id: int) -> list[str]:
    """The names of buildings that somebody wrote down, in order."""
    found: set[str] = set()
    for statement in (
        select(Place.name).where(Place.community_id == community_id),
        select(Elder.building)
        .where(Elder.community_id == community_id, Elder.exited_at.is_(None))
        .distinct(),
        select(Volunteer.building).where(Volunteer.community_id == community_id).distinct(),
    ):
        found |= {name for name in await tx.scalars(statement) if name}
    return sorted(found)
