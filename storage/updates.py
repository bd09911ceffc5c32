"""The yearly update: whose record nobody has gone through this year."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.days import local_day
from care.updates import is_checked
from storage import elders, members
from storage.communities import zone_of
from storage.tables import Community, Elder


def updates_card(member_id: int) -> str:
    """The card name of the list of what one of the staff has left to check."""
    return f"updates:{member_id}"


@dataclass(frozen=True)
class Progress:
    """Whom one looks after, and who of them is left."""

    year: int
    total: int
    left: tuple[Elder, ...]

    @property
    def done(self) -> int:
        """How many are checked."""
        return self.total - len(self.left)


async def progress(tx: AsyncSession, viewer: Viewer, now: datetime) -> Progress:
    """How far the update of this year is, among those the viewer looks after."""
    zone = zone_of(await tx.get_one(Community, viewer.community_id))
    today = local_day(now, zone)
    everybody = await elders.looked_after(tx, viewer)
    left = [
        one
        for one in everybody
        if not is_checked(today, one.confirmed_on, local_day(one.updated_at, zone))
    ]
    return Progress(today.year, len(everybody), tuple(left))


async def confirm(
    tx: AsyncSession, now: datetime, viewer: Viewer, elder: Elder, today: date
) -> None:
    """Everything that is written down about an elder is right."""
    if elder.confirmed_on == today:
        return
    elder.confirmed_on = today
    await members.audit(tx, now, viewer, "confirmed", f"elder:{elder.id}")
    await tx.flush()
