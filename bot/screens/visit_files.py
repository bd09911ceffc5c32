"""Pictures and voice messages from a visit: how many came, and each by itself."""

from collections import Counter

from markupsafe import Markup

from bot.screen import Button, Screen, Stored
from bot.screens.reader import Facts, Reader, beside, lines, tap
from bot.texts import Texts
from care.visit_files import Kind
from storage import visit_files


def came(tr: Texts, count: Counter[Kind]) -> Markup:
    """How much was sent along, nothing when nothing was."""
    photos, voices = count[Kind.PHOTO], count[Kind.VOICE]
    return beside(
        tr.many("📷 {n} picture", "📷 {n} pictures", photos) if photos else "",
        tr.many("🎤 {n} voice message", "🎤 {n} voice messages", voices) if voices else "",
    )


def look(tr: Texts, visit_id: int, count: Counter[Kind]) -> list[tuple[Button, ...]]:
    """A button to what was sent along."""
    if not count.total():
        return []
    return [(Button(tr("📷 Show what was sent ({n})", n=count.total()), tap("files", visit_id)),)]


def file_name(tr: Texts, n: int) -> str:
    """What answers a press that shows them."""
    return tr.many("{n} file is on its way.", "{n} files are on their way.", n).unescape()


async def file(reader: Reader, facts: Facts) -> Screen | None:
    """One picture or voice message, never in a group and not to be forwarded."""
    found, row = await visit_files.access_file(reader.tx, reader.me.viewer, facts["file"])
    tr = reader.tr
    text = lines(
        tr(
            "{name}, visited by {volunteer} on {day}",
            name=row.elder.name,
            volunteer=row.volunteer.name,
            day=tr.day(row.visit.day),
        ),
        Markup("{}").format(found.caption) if found.caption else "",
    )
    return Screen(text, stored=Stored(found.kind, found.file), protect=True)
