"""Running the station: what went wrong, and who cannot be reached."""

from bot.screen import Screen
from bot.screens.reader import Facts, Reader, lines, spaced
from bot.screens.words import role_name
from care.access import Right
from care.refusals import NotYours
from storage import elders, members


async def set_aside(reader: Reader, facts: Facts) -> Screen | None:
    """To whoever's tap or word could not be handled."""
    return Screen(
        reader.tr(
            "That did not work, and it is our fault. The station has been told. "
            "What you sent is kept; please call if it is urgent."
        )
    )


async def alarm(reader: Reader, facts: Facts) -> Screen | None:
    """To the supervisor: an update was set aside."""
    if not reader.me.viewer.supervisor:
        return None
    return Screen(
        reader.tr(
            "⚠️ Something that {name} sent could not be handled (no. {row}). It is kept. "
            "Please ask what they wanted.",
            name=facts["name"] or "?",
            row=facts["row"],
        )
    )


async def unreachable(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff: somebody blocked the bot or never started it, with the number to call."""
    if not reader.me.viewer.staff:
        return None
    member = await members.in_community(reader.tx, reader.station.id, facts["member"])
    person = await members.person_of_id(reader.tx, member.id)
    if person is None or (person.viewer.staff and not reader.me.viewer.supervisor):
        raise NotYours
    elder = await elders.of_self(reader.tx, person.viewer)
    if elder is not None:
        # An elder's phone is for those who look after them.
        await elders.access_elder(reader.tx, reader.me.viewer, elder.id, Right.LOG_CALL)
    tr = reader.tr
    roles = tr(", ").join(role_name(tr, role) for role in sorted(person.roles))
    return Screen(
        lines(
            tr(
                "📵 My messages do not reach {name} ({roles}) any more.",
                name=member.name,
                roles=roles,
            ),
            tr("Please call: {phone}", phone=spaced(member.phone))
            if member.phone
            else tr("No phone is on record."),
        )
    )
