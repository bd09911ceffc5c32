"""Buildings of a community: where they stand, and how far it is between them."""

from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.places import Map, Point, house, two_ends
from care.refusals import NotYours, Stale
from care.roster_map import Buildings
from storage.once import changed, upsert
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


async def drop_way(tx: AsyncSession, community_id: int, one: str, other: str) -> None:
    """Forget how far it is between two buildings."""
    a, b = two_ends(one, other)
    mine = (Way.community_id == community_id, Way.a == a, Way.b == b)
    await changed(tx, delete(Way).where(*mine))


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


async def for_a_sheet(tx: AsyncSession, community_id: int) -> Buildings:
    """The buildings in order of the houses, with all that is known of them."""
    names = sorted(await buildings(tx, community_id), key=house)
    return Buildings(names, await map_of(tx, community_id))


def key_of(name: str) -> str:
    """What stands for a building on a button, which has no room for its name."""
    return sha256(name.encode()).hexdigest()[:12]


async def access_buildings(tx: AsyncSession, viewer: Viewer) -> list[str]:
    """The buildings of the viewer's community, in order of the houses.

    Raises:
        NotYours: not staff.
    """
    if not viewer.staff:
        raise NotYours
    return sorted(await buildings(tx, viewer.community_id), key=house)


async def access_building(tx: AsyncSession, viewer: Viewer, key: str) -> str:
    """The building that a button stands for.

    Raises:
        NotYours: not staff.
        Stale: nobody lives there any more, or it never was.
    """
    for name in await access_buildings(tx, viewer):
        if key_of(name) == key:
            return name
    raise Stale
