"""An elder's wishes about who comes, and the handover card that every visitor reads."""

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.availability import choice
from bot.screens.reader import Facts, Reader, lines, paragraphs, tap
from bot.screens.words import dialect_name
from bot.texts import Texts
from care.access import Right
from care.wishes import Dialect, Kind, Side
from storage import elders, pairings
from storage import wishes as stored
from storage.tables import Elder
from storage.wishes import SUBJECTS, Wished


async def wishes(reader: Reader, facts: Facts) -> Screen | None:
    """For the staff: what is wished, and the ways to change it."""
    one = await elders.access_elder(reader.tx, reader.me.viewer, facts["elder"], Right.SEE_ALL)
    if one.exited_at is not None:
        return Screen(reader.tr("{name} is no longer in care.", name=one.name))
    match facts["view"]:
        case "dialects":
            return await _dialects(reader, one)
        case "handover":
            return await _handover(reader, one)
    return await _wishes(reader, one)


async def _wishes(reader: Reader, one: Elder) -> Screen:
    tr, number = reader.tr, one.id
    found = await stored.of_elder(reader.tx, one)
    kinds = {each.wish.kind for each in found}
    unwanted = {each.person.id: each.person for each in found if _by_elder(each) and each.person}
    people = {
        each.id: each
        for whole in await pairings.of_elder(reader.tx, one)
        for each in whole.volunteers
    }
    text = paragraphs(
        tr("💛 <b>Wishes of {name}</b>", name=one.name),
        lines(*(wish_line(tr, each) for each in found)) or tr("Nothing is wished so far."),
        tr("⚠️ The sex of {name} is not written down, so “same sex” cannot be held.",
           name=one.name)
        if Kind.SAME_SEX in kinds and one.sex is None
        else "",
        tr("Tap what shall hold for visits."),
    )  # fmt: skip
    who = [
        Button(
            tr("{mark} not {name}", mark="🚫" if each.id in unwanted else "▫️", name=each.name),
            tap("wish_person", number, each.id, int(each.id not in unwanted)),
        )
        for each in (people | unwanted).values()
    ]
    rows = (
        (
            choice(tr("Same sex only"), Kind.SAME_SEX in kinds, "wish", number, Kind.SAME_SEX),
            choice(tr("Two together"), Kind.TWO_PEOPLE in kinds, "wish", number, Kind.TWO_PEOPLE),
        ),
        (Button("🗣 " + tr("Dialects…"), tap("wish_dialects", number)),),
        *(tuple(who[n : n + 2]) for n in range(0, len(who), 2)),
        reader.back(one.name, tap("elder", number)),
    )
    return Screen(text, rows)


def _by_elder(each: Wished) -> bool:
    return each.wish.side is Side.ELDER


def wish_line(tr: Texts, wished: Wished) -> Markup:
    """One wish in words."""
    name = wished.person.name if wished.person is not None else ""
    match wished.wish.kind:
        case Kind.SAME_SEX:
            return tr("· same sex only")
        case Kind.TWO_PEOPLE:
            return tr("· two people together")
        case Kind.DIALECT:
            return tr("· speaks {dialect}", dialect=dialect_name(tr, Dialect(wished.wish.value)))
        case Kind.NOT_PERSON if wished.wish.side is Side.VOLUNTEER:
            return tr("· {name} would rather not come", name=name)
        case Kind.NOT_PERSON:
            return tr("· not {name}", name=name)


async def _dialects(reader: Reader, one: Elder) -> Screen:
    """Beside each other: what the elder speaks, and what whoever comes has to speak."""
    tr, number = reader.tr, one.id
    wished = {
        each.wish.value
        for each in await stored.of_elder(reader.tx, one)
        if each.wish.kind is Kind.DIALECT
    }
    text = paragraphs(
        tr("🗣 <b>Dialects of {name}</b>", name=one.name),
        tr("Left: what {name} speaks. Right: whoever comes has to speak it.", name=one.name),
    )
    rows = [
        (
            choice(dialect_name(tr, each), each in one.dialects, "elder_speaks", number, each),
            choice(
                tr("has to: {dialect}", dialect=dialect_name(tr, each)),
                each in wished,
                "wish_dialect",
                number,
                each,
            ),
        )
        for each in Dialect
    ]
    return Screen(text, (*rows, reader.back(tr("Wishes"), tap("wishes", number))))


def subject_name(tr: Texts, subject: str) -> Markup:
    """What a line of the handover card is about."""
    return {
        "hearing": tr("Hearing"),
        "pets": tr("Pets"),
        "likes": tr("Likes to talk about"),
        "other": tr("Also good to know"),
    }[subject]


async def handover_lines(reader: Reader, one: Elder) -> list[Markup]:
    """The handover card as a visitor reads it."""
    icons = {"hearing": "👂", "pets": "🐾", "likes": "💬", "other": "📎"}
    tr = reader.tr
    return [
        tr("{icon} {subject}: {text}", icon=icons[name], subject=subject_name(tr, name), text=text)
        for name, text in (await stored.handover(reader.tx, one)).items()
    ]


async def _handover(reader: Reader, one: Elder) -> Screen:
    tr, number = reader.tr, one.id
    text = paragraphs(
        tr("🪪 <b>Handover card of {name}</b>", name=one.name),
        lines(*await handover_lines(reader, one)) or tr("Nothing is written down so far."),
        tr("🚪 At the door: {hint}", hint=one.door_hint) if one.door_hint else "",
        tr("Whoever visits reads this first. What shall be changed?"),
    )
    buttons = [
        Button(subject_name(tr, name), tap("handover_ask", number, name)) for name in SUBJECTS
    ]
    rows = (tuple(buttons[:2]), tuple(buttons[2:]), reader.back(one.name, tap("elder", number)))
    return Screen(text, rows)
