"""The call list: one message that changes in place as calls are logged."""

from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, age, beside, lines, pages, phone_of, tap
from bot.screens.words import surge_name, tier_mark, urgency_name
from bot.texts import Texts
from care.calls import Owed, Urgency
from care.elders import Tier
from storage import call_list as records
from storage.call_list import CallList, Line
from storage.tables import Elder

PAGE = 12
MOST_DONE = 40
MOST_UNASSESSED = 6
LONGEST_NOTE = 40


async def call_list(reader: Reader, facts: Facts) -> Screen | None:
    """Whom the reader has to call today, most urgent first (handbook, "The day", 08:30)."""
    day = date.fromisoformat(facts["day"])
    tr, me = reader.tr, reader.me
    if not me.viewer.staff:
        return None
    if day != reader.today:
        return Screen(tr("The call list of {day} is closed.", day=tr.day(day)))
    found = await records.of_caller(reader.tx, reader.now, reader.station, me.member.id)
    page = min(int(facts.get("page", 0)), max(0, (len(found.open) - 1) // PAGE))
    shown = found.open[page * PAGE : (page + 1) * PAGE]
    body = [_line(reader, page * PAGE + n, line) for n, line in enumerate(shown, 1)]
    last_page = (page + 1) * PAGE >= len(found.open)
    tail = [*_done(reader, found), *_unassessed(reader, found)] if last_page else []
    names = [Button(line.elder.name, tap("call", line.elder.id)) for line in shown]
    rows = [
        *(tuple(names[n : n + 2]) for n in range(0, len(names), 2)),
        pages(len(found.open), page, PAGE, "calls_page"),
        *(_unassessed_rows(reader, found.unassessed) if last_page else ()),
        _remark_row(reader, facts, found),
    ]
    return Screen(lines(_head(reader, facts, found), *body, *tail), tuple(filter(None, rows)))


def _head(reader: Reader, facts: Facts, found: CallList) -> Markup:
    tr = reader.tr
    title = tr("📞 <b>Call list</b> · {day}", day=tr.day(reader.today))
    late = facts.get("late")
    open_, total = len(found.open), len(found.open) + len(found.done)
    if not total:
        return lines(title, tr("There is no red elder on your list today."))
    state = (
        tr("{open} of {total} still to call. Tap a name after the call.", open=open_, total=total)
        if open_
        else tr("Everybody on your list is contacted today ({total}). Thank you! 🌷", total=total)
    )
    said = tr("(late, sent at {time})", time=late) if late else ""
    return lines(title, said, state, BLANK if open_ else "")


def _line(reader: Reader, number: int, line: Line) -> Markup:
    elder = line.elder
    mark = "" if elder.tier is Tier.RED else tier_mark(elder.tier)
    who = beside(mark, Markup("<b>{}</b>").format(elder.name), age(reader, elder))
    return lines(
        Markup("{}. {} ☎ {}").format(number, who, phone_of(reader, elder)),
        Markup("    {}").format(_why(reader, line)),
    )


def why(tr: Texts, owed: Owed) -> list[Markup]:
    """Every reason for a call, the strongest first; for a surge, which one."""
    return [
        tr("called because of: {why}", why=surge_name(tr, owed.surge))
        if reason is Urgency.SURGE and owed.surge is not None
        else urgency_name(tr, reason)
        for reason in owed.reasons
    ]


def _why(reader: Reader, line: Line) -> Markup:
    """Why they stand where they stand, what to come back to, and the last contact."""
    tr, owed = reader.tr, line.owed
    note = (line.follow_up.note or "") if line.follow_up else ""
    last = owed.last_contact
    parts = (
        *why(tr, owed),
        Markup("“{}”").format(note[:LONGEST_NOTE]) if note else "",
        tr("last contact {day}", day=tr.day(last)) if last else "",
        tr("in no pairing") if line.unpaired else "",
        _instead_of(tr, line),
    )
    return tr(" · ").join(part for part in parts if part)


def _instead_of(tr: Texts, line: Line) -> Markup:
    if line.instead_of is None:
        return Markup("")
    name, last = line.instead_of
    return tr("for {name} (on leave until {day})", name=name, day=tr.day(last))


def _done(reader: Reader, found: CallList) -> list[Markup]:
    tr = reader.tr
    if not found.done:
        return []
    names = tr(", ").join(line.elder.name for line in found.done[:MOST_DONE])
    return [BLANK, tr("✅ Contacted: {names}", names=names)]


def _unassessed(reader: Reader, found: CallList) -> list[Markup]:
    """Nobody is missing because a field is empty: without a tier nobody knows what is owed."""
    tr, count = reader.tr, len(found.unassessed)
    if not count:
        return []
    names = tr(", ").join(one.name for one in found.unassessed[:MOST_UNASSESSED])
    more = tr("and {n} more", n=count - MOST_UNASSESSED) if count > MOST_UNASSESSED else ""
    return [BLANK, tr("⚪ <b>Not assessed yet</b>: {names}", names=beside(names, more))]


def _unassessed_rows(reader: Reader, unassessed: list[Elder]) -> list[tuple[Button, ...]]:
    shown = [Button(f"⚪ {one.name}", tap("elder", one.id)) for one in unassessed[:MOST_UNASSESSED]]
    rows = [tuple(shown[n : n + 2]) for n in range(0, len(shown), 2)]
    if len(unassessed) > MOST_UNASSESSED:
        label = reader.tr("⚪ All {n} not assessed", n=len(unassessed))
        rows.append((Button(label, tap("elders_page", "none", 0)),))
    return rows


def _remark_row(reader: Reader, facts: Facts, found: CallList) -> tuple[Button, ...]:
    """After a call: a remark can be added, by whoever wants to."""
    contact, elder_id = facts.get("logged", (None, None))
    names = {line.elder.id: line.elder.name for line in (*found.open, *found.done)}
    if contact is None or elder_id not in names:
        return ()
    label = reader.tr("📝 Add a remark: {name}", name=names[elder_id])
    return (Button(label, tap("remark", contact)),)
