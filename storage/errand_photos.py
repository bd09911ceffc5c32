"""The photo that belongs to an errand, a prescription for example: who may see it, and when."""

from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Viewer
from care.errands import ENDED
from care.refusals import NotYours, Stale
from storage import errands
from storage.errands import Whole


async def access_photo(tx: AsyncSession, viewer: Viewer, errand_id: int) -> tuple[Whole, str]:
    """An errand and Telegram's name of its photo, for everybody who may see the errand in full.

    After the end it is for the elder's staff alone.

    Raises:
        NotYours: absent, or not for this viewer.
        Stale: there is no photo.
    """
    whole = await errands.access_errand(tx, viewer, errand_id)
    if whole.errand.state in ENDED and not (await errands.part_of(tx, viewer, whole)).keeper:
        raise NotYours
    if whole.errand.photo is None:
        raise Stale
    return whole, whole.errand.photo
