"""The end of care as the staff sees it: asked plainly before, put right in one tap after."""

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Reader, lines, spaced, tap
from bot.screens.words import errand_name, gone_name
from care.pauses import Gone
from storage import errand_money, exits
from storage.errands import Whole
from storage.tables import Elder


def ask_exit(reader: Reader, one: Elder, why: str | None) -> Screen:
    """Why care ends; then, with what it means, whether it really does."""
    tr = reader.tr
    if why is None:
        rows = [(Button(gone_name(tr, each), tap("exit_ask", one.id, each)),) for each in Gone]
        text = tr("Why does care of <b>{name}</b> end?", name=one.name)
        return Screen(text, (*rows, reader.back(one.name, tap("elder", one.id))))
    text = lines(
        tr("<b>{name}</b>: {why}. Is that right?", name=one.name, why=gone_name(tr, Gone(why))),
        BLANK,
        tr("This ends all reminders about {name} for everybody.", name=one.name),
        tr("Planned visits and open errands are called off. Nobody is written to."),
    )
    yes = Button(tr("Yes, care ends"), tap("exit", one.id, why))
    return Screen(text, ((yes,), reader.back(tr("Back"), tap("elder", one.id))))


async def gone(reader: Reader, one: Elder) -> Screen:
    """Somebody who is in care no more; on the same day, who has to hear of it from a person."""
    tr = reader.tr
    parts = [tr("<b>{name}</b> is no longer in care.", name=one.name)]
    if one.exited_at is not None and one.exit_reason is not None:
        why = gone_name(tr, one.exit_reason)
        parts.append(tr("{day}: {why}", day=tr.day(one.exited_at), why=why))
    rows = [reader.back(tr("Elders"), "do:elders")]
    if await exits.undoable(reader.tx, reader.now, reader.me.viewer, one):
        people = [
            Markup("· {} ☎ {}").format(who.name, spaced(who.phone) if who.phone else tr("no phone"))
            for who in await exits.were_coming(reader.tx, one)
        ]
        if people:
            parts += [BLANK, tr("They were about to come. Please tell them yourself:"), *people]
        rows.insert(0, (Button(tr("A mistake: still in care"), tap("exit_undo", one.id)),))
    # No letter ever reminds anybody of it: here is where it can be put right.
    if unsettled := await errand_money.unsettled(reader.tx, one):
        parts += [BLANK, tr("The money of these errands is not settled yet:")]
        rows[-1:-1] = [_money(reader, whole) for whole in unsettled]
    return Screen(lines(*parts), tuple(rows))


def _money(reader: Reader, whole: Whole) -> tuple[Button, ...]:
    """The way to the book of one errand."""
    kind, day = errand_name(reader.tr, whole.errand.kind), reader.tr.day(whole.errand.by_when)
    label = Markup("💰 {} · {}").format(kind, day)
    return (Button(label, tap("errand_money", whole.errand.id)),)
