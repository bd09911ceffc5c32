"""What repeats for an elder: how often, when next, and an end to it."""

from datetime import timedelta

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines, tap
from bot.screens.words import errand_name, weekday_name
from bot.texts import Texts
from care.access import Right
from care.days import WEEKDAYS
from care.standing import LONGEST_MONTH, Often, days, rhythm_of
from storage import elders
from storage import standing as records
from storage.tables import StandingErrand

LOOK_AHEAD = timedelta(days=100)
MOST = 12


def weekday_of(tr: Texts, number: int) -> Markup:
    """A weekday's name; Monday is 0."""
    return weekday_name(tr, WEEKDAYS[number])


def rhythm_name(tr: Texts, rule: str) -> Markup:
    """How often: "every month on the 20th"."""
    rhythm = rhythm_of(rule)
    number, day = rhythm.number, weekday_of(tr, rhythm.weekday)
    match rhythm.often:
        case Often.MONTH_DAY if number == LONGEST_MONTH:
            return tr("on the last day of every month")
        case Often.MONTH_DAY:
            return tr("every month on day {n}", n=number)
        case Often.WEEKS if number == 1:
            return tr("every week on {day}", day=day)
        case Often.WEEKS:
            return tr("every {n} weeks on {day}", n=number, day=day)
        case Often.MONTH_WEEKDAY if number < 0:
            return tr("every month on the last {day}", day=day)
        case Often.MONTH_WEEKDAY:
            return tr("every month on {day} no. {n}", day=day, n=number)


async def page(reader: Reader, facts: Facts) -> Screen | None:
    """For whoever may ask for errands for the elder."""
    tr, viewer = reader.tr, reader.me.viewer
    found = await records.of_elder(reader.tx, viewer, facts["elder"])
    elder = await elders.access_elder(reader.tx, viewer, facts["elder"], Right.ASK_ERRAND)
    parts: list[str] = [tr("🔁 <b>Repeats for {name}</b>", name=elder.name), BLANK]
    rows: list[tuple[Button, ...]] = []
    for n, one in enumerate(found[:MOST], 1):
        parts.append(_line(reader, n, one))
        label = tr("End {n}: {what}", n=n, what=one.what[:20])
        rows.append((Button(label, tap("standing_end", one.id)),))
    if not found:
        parts.append(tr("Nothing repeats yet."))
    else:
        parts += [BLANK, tr("Each time it is asked for some days before, by itself.")]
    rows.append((Button(tr("➕ Another one"), tap("standing_new", facts["elder"])),))
    rows.append(reader.back(str(tr("Menu")), "do:menu"))
    return Screen(lines(*parts), tuple(rows))


def _line(reader: Reader, n: int, one: StandingErrand) -> Markup:
    tr = reader.tr
    coming = days(one.rule, one.start, reader.today, reader.today + LOOK_AHEAD)
    when = tr("next: {day}", day=tr.day(coming[0])) if coming else Markup("")
    return Markup("{}. {} {} · {} · {}").format(
        n, errand_name(tr, one.kind), one.what, rhythm_name(tr, one.rule), when
    )
