"""Being there: when one came and left, who else is there, and what can be told afterwards."""

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.hours_words import length, state_name
from bot.screens.reader import Facts, Reader, lines, tap
from bot.screens.visit_words import near_name
from bot.texts import Texts
from care.contacts import first_open
from care.days import local_day
from care.hours import State as Counts
from care.presence import MINUTE, stays
from care.refusals import NotYours
from care.visits import State, can_begin
from storage import hours, visits
from storage.hours import Entry
from storage.tables import Assignment
from storage.visits import Visiting


async def left(reader: Reader, facts: Facts) -> Screen | None:
    """The question with a few times, or what is known of the answer."""
    tr = reader.tr
    row = await visits.access_my_visit(reader.tx, reader.me.viewer, facts["visit"])
    begun, ended = row.visit.signed_in_at, row.visit.signed_out_at
    if begun is None:
        return None
    if ended is not None:
        text = tr(
            "Thank you. You were with {name} from {begin} to {end}.",
            name=row.elder.name,
            begin=tr.time(begun),
            end=tr.time(ended),
        )
        return Screen(text, _report(tr, row))
    entry = await hours.find(reader.tx, row.visit.id)
    if entry is None or Entry(entry, row.volunteer, row.elder).state is Counts.WAITING:
        said = _noted(tr, entry.minutes) if entry is not None else Markup("")
        question = tr(
            "You signed in with {name} at {time}. When did you leave?",
            name=row.elder.name,
            time=tr.time(begun),
        )
        return Screen(lines(question, said), (*_times(reader, row), *_report(tr, row)))
    return Screen(tr("Thank you. The social worker has seen to it."))


def _noted(tr: Texts, minutes: int) -> Markup:
    return tr(
        "Written down until now: {length}. The social worker looks at it.",
        length=length(tr, minutes),
    )


def _times(reader: Reader, row: Visiting) -> list[tuple[Button, ...]]:
    tr, begun = reader.tr, row.visit.signed_in_at
    if begun is None:
        return []
    found = [
        Button(
            Markup("{} ({})").format(tr.time(begun + one * MINUTE), length(tr, one)),
            tap("left_at", row.visit.id, one),
        )
        for one in stays(begun, reader.now)
    ]
    rows = [tuple(found[n : n + 2]) for n in range(0, len(found), 2)]
    if row.visit.day == local_day(reader.now, reader.me.zone):
        rows.append((Button(tr("Just now"), tap("left_at", row.visit.id, 0)),))
    return rows


def _report(tr: Texts, row: Visiting) -> tuple[tuple[Button, ...], ...]:
    if row.visit.state is not State.SIGNED_IN:
        return ()
    name = row.elder.name
    return (
        (Button(tr("📝 Tell how {name} is", name=name), tap("report", row.visit.id)),),
        (Button(tr("Could not visit {name}…", name=name), tap("visit_why", row.visit.id)),),
    )


async def elsewhere(reader: Reader, row: Visiting, facts: Facts) -> Visiting | None:
    """The visit at which the reader is signed in still, if that is in the way."""
    if "elsewhere" not in facts or not can_begin(row.visit.state, row.visit.day, reader.today):
        return None
    try:
        other = await visits.access_my_visit(reader.tx, reader.me.viewer, facts["elsewhere"])
    except NotYours:
        return None
    inside = other.visit.state is State.SIGNED_IN and other.visit.signed_out_at is None
    return other if inside else None


def still_there(reader: Reader, row: Visiting, other: Visiting, back: tuple[Button, ...]) -> Screen:
    """Signing in at a second door while signed in at another: what can be done."""
    tr, begun = reader.tr, other.visit.signed_in_at
    here, there = row.elder.name, other.elder.name
    text = tr(
        "You are still signed in with {there}, since {time}. What you told of {there} is kept.",
        there=there,
        time=tr.time(begun) if begun else "",
    )
    over = tr("I have left {there}: sign in with {here}", there=there, here=here)
    return Screen(
        text,
        (
            (Button(over, tap("sign_over", row.visit.id, other.visit.id)),),
            (Button(tr("📝 Tell how {name} is", name=there), tap("report", other.visit.id)),),
            back,
        ),
    )


def came_and_left(tr: Texts, visit: Assignment) -> list[Markup]:
    """When a visitor came and left, and whether they were near the building."""
    begun, ended, near = visit.signed_in_at, visit.signed_out_at, visit.near
    times = [
        tr("Signed in at {time}", time=tr.time(begun)) if begun else "",
        tr("Signed out at {time}", time=tr.time(ended)) if ended else "",
    ]
    return [
        tr(", ").join(one for one in times if one),
        near_name(tr, near) if near else Markup(""),
    ]


async def time_given(reader: Reader, row: Visiting) -> Markup:
    """How long it was, and whether that counts; nothing while that is not known."""
    found = await hours.find(reader.tx, row.visit.id)
    if found is None:
        return Markup("")
    state = Entry(found, row.volunteer, row.elder).state
    return Markup("⏱ {} {}").format(length(reader.tr, found.minutes), state_name(reader.tr, state))


async def late(reader: Reader, row: Visiting) -> list[tuple[Button, ...]]:
    """What can be written down afterwards: the time of a visit, or that one was there after all."""
    tr, found = reader.tr, row.visit
    first = first_open(reader.today, reader.settings.late_entries_until)
    if not first <= found.day <= reader.today:
        return []
    if found.state in {State.DROPPED, State.DECLINED}:
        label = tr("I was there all the same")
        return [(Button(label, tap("late_visit_to", row.elder.id)),)]
    if found.state is State.DONE and await hours.find(reader.tx, found.id) is None:
        begun = found.signed_in_at
        if begun is not None and found.day == reader.today:
            return [(Button(tr("⏱ When I left"), tap("left_at_ask", found.id)),)]
        return [(Button(tr("⏱ Enter the time"), tap("late_hours", found.id)),)]
    return []


async def instead(reader: Reader, row: Visiting) -> Markup:
    """Who goes, or is there already; nobody stands before a door and wonders."""
    tr = reader.tr
    other = await visits.instead_of(reader.tx, row.visit)
    thanks = tr("You need not go. Thank you all the same!")
    if other is None:
        return thanks
    if other.visit.state is State.SIGNED_IN:
        return lines(tr("{name} is there now.", name=other.volunteer.name), thanks)
    if other.visit.state is State.DONE:
        return lines(tr("{name} has visited.", name=other.volunteer.name), thanks)
    return lines(tr("Now {name} goes.", name=other.volunteer.name), thanks)
