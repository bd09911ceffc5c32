"""The photo that belongs to an errand: seen while it is needed, and then painted over."""

from bot.screen import Screen, Stored
from bot.screens.reader import Facts, Reader
from bot.screens.words import errand_name
from care.refusals import Refusal
from care.visit_files import Kind
from storage import errand_photos as records

# A picture cannot become words again, so that nothing is left of it another one takes its place.
PAINTED_OVER = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="160" viewBox="0 0 640 160">'
    '<rect width="640" height="160" fill="#e8e6e1"/>'
    '<circle cx="320" cy="80" r="28" fill="none" stroke="#8a857c" stroke-width="6"/>'
    '<path d="M300 100 L340 60" stroke="#8a857c" stroke-width="6"/></svg>'
)


async def photo(reader: Reader, facts: Facts) -> Screen | None:
    """For whoever does it, as long as they do it; never to be forwarded."""
    tr = reader.tr
    try:
        whole, file = await records.access_photo(reader.tx, reader.me.viewer, facts["errand"])
    except Refusal:
        if not reader.edits:
            raise
        return Screen(tr("This photo is not shown any more."), drawing=PAINTED_OVER)
    if facts.get("photo", file) != file:
        changed = tr("This photo was changed. Please press “See the photo” again.")
        return Screen(changed, drawing=PAINTED_OVER)
    text = tr("📷 {kind} for {name}", kind=errand_name(tr, whole.errand.kind),
              name=whole.elder.name)  # fmt: skip
    return Screen(text, stored=Stored(Kind.PHOTO, file), protect=True, stays=reader.edits)
