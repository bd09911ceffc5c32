"""Words about service hours."""

from markupsafe import Markup

from bot.texts import Texts
from care.hours import Kind, State, Why, Work

LONGEST = 60


def length(tr: Texts, minutes: int) -> Markup:
    """ "45 分钟", "1 小时 30 分钟"."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return tr("{n} min", n=rest)
    if not rest:
        return tr("{h} h", h=whole)
    return tr("{h} h {n} min", h=whole, n=rest)


def why_name(tr: Texts, why: str) -> Markup:  # noqa: PLR0911 - a table of words
    """Why time was not signed in and out; what was typed stands as it was typed."""
    match why:
        case Why.FORGOT:
            return tr("forgot to sign in")
        case Why.NO_SIGNAL:
            return tr("no signal there")
        case Why.NO_PHONE:
            return tr("no phone with me")
        case Why.UNPLANNED:
            return tr("it was not planned")
        case Why.SAID:
            return tr("time of leaving told later")
        case Why.NO_SIGN_OUT:
            return tr("not signed out; as long as usual")
        case Why.LATE:
            return tr("“done” tapped late; as long as at most")
        case Why.TWICE:
            return tr("at the same time as other service")
        case _:
            return Markup("“{}”").format(why[:LONGEST])


def work_name(tr: Texts, work: Work) -> Markup:
    """What the time was spent on."""
    match work:
        case Work.VISIT:
            return tr("visits")
        case Work.DOOR:
            return tr("door visits")
        case Work.ERRAND:
            return tr("errands")


def kind_name(tr: Texts, kind: Kind) -> Markup:
    """How the time is known."""
    return tr("signed in and out") if kind is Kind.VERIFIED else tr("entered later")


def state_name(tr: Texts, state: State) -> Markup:
    """Whether it counts."""
    match state:
        case State.WAITING:
            return tr("⏳ waits for approval")
        case State.COUNTED:
            return tr("✅ counts")
        case State.REFUSED:
            return tr("✖ refused")
