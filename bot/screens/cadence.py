"""How an elder stands with what is owed: "连续 23 天平安", "本周探访 1/2 次"."""

from markupsafe import Markup

from bot.texts import Texts
from care.cadence import Period, Progress
from storage.cadence import Pace


def pace_line(tr: Texts, pace: Pace) -> Markup:
    """One line for the elder's card; empty when nothing is owed and nothing is done."""
    progress = pace.progress
    if progress is None:
        return Markup("")
    if progress.period is Period.DAY:
        return tr(" · ").join(part for part in (in_a_row(tr, pace), _today(tr, progress)) if part)
    if not progress.owed and not progress.done:
        return Markup("")
    mark = Markup("⏳ ") if pace.late else Markup("🚪 ")
    return mark + _visits(tr, progress)


def short_pace(tr: Texts, pace: Pace) -> Markup:
    """For a line of a list: only what is late."""
    if not pace.late or pace.progress is None:
        return Markup("")
    return Markup("⏳ ") + _visits(tr, pace.progress)


def in_a_row(tr: Texts, pace: Pace) -> Markup:
    """ "连续 23 天平安", from the second day on; empty before."""
    n = pace.in_a_row
    return tr("💚 {n} days in a row all is well", n=n) if n > 1 else Markup("")


def _today(tr: Texts, progress: Progress) -> Markup:
    if progress.done:
        return tr("✅ reached today")
    return tr("☎ not reached yet today") if progress.owed else tr("no contact due today")


def _visits(tr: Texts, progress: Progress) -> Markup:
    if progress.period is Period.WEEK:
        return tr("visits this week: {done} of {owed}", done=progress.done, owed=progress.owed)
    return tr("visits this month: {done} of {owed}", done=progress.done, owed=progress.owed)
