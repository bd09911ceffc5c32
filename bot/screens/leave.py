"""Leave as its owner sees it, and as whoever stands in is told of it."""

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines, tap
from bot.texts import Texts
from care.access import Role
from storage import leave
from storage.tables import Leave


def leave_card(leave_id: int) -> str:
    """The card name of what was said of one absence."""
    return f"leave:{leave_id}"


def _days(tr: Texts, row: Leave) -> dict[str, str]:
    return {"first": tr.day(row.first_day), "last": tr.day(row.last_day)}


async def away(reader: Reader, facts: Facts) -> Screen | None:
    """One's own absences that are not over; each can be ended."""
    tr, me = reader.tr, reader.me
    parts, rows = [], []
    for row, deputy in await leave.of_member(reader.tx, me.viewer, reader.today):
        parts.append(tr("🌴 You are away from {first} to {last}.", **_days(tr, row)))
        if Role.SOCIAL_WORKER in me.roles:
            parts.append(
                tr("{name} stands in for you.", name=deputy.name)
                if deputy is not None
                else tr("The supervisor stands in for you.")
            )
        begun = row.first_day <= reader.today
        label = (
            tr("🏠 I am back") if begun else tr("Not away from {day}", day=tr.day(row.first_day))
        )
        rows.append((Button(label, tap("leave_end", row.id)),))
    if not parts:
        parts.append(tr("You are not away."))
    more = (Button(tr("➕ Another absence"), "leave_more"),)
    return Screen(lines(*parts), (*rows, more, reader.back(tr("Menu"), "do:menu")))


async def deputy(reader: Reader, facts: Facts) -> Screen | None:
    """To whoever stands in for a social worker: whose elders they call, and on which days."""
    tr = reader.tr
    row, colleague = await leave.access_to_stand_in(reader.tx, reader.me.viewer, facts["leave"])
    if row.last_day < row.first_day or row.last_day < reader.today:
        back = tr("🏠 {name} is back.", name=colleague.name)
        return Screen(back) if reader.edits else None
    text = lines(
        tr("🌴 <b>{name} is away, {first} to {last}.</b>", name=colleague.name, **_days(tr, row)),
        BLANK,
        tr("You stand in: their elders are on your call list on these days."),
    )
    return Screen(text, (reader.back(tr("Menu"), "do:menu"),))
