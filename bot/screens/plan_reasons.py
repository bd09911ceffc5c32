"""Why a plan is as it is, in words: to the staff, to the volunteer who is asked, to the command."""

from collections.abc import Iterable

from markupsafe import Markup

from bot.screens.reader import lines
from bot.texts import Texts
from care.plans import Facts, Gap, NoWay, Part, Why
from care.week_drafts import Bar, Doubt

AT_MOST = 3
ABOUT_ME = 2


def whys(kept: Iterable[str]) -> list[Why]:
    """The reasons that are on record; a word of another version is left out."""
    known = set(Why)
    return [Why(one) for one in kept if one in known]


def why_name(tr: Texts, why: Why) -> Markup:
    """Why this volunteer makes the visit, as the staff reads it."""
    match why:
        case Why.LOCKED:
            return tr("decided by the station")
        case Why.ONLY_ONE_FREE:
            return tr("nobody else can come")
        case Why.OWN_PAIRING:
            return tr("of the elder’s pairing")
        case Why.COVERS_FOR:
            return tr("helps out in another pairing")
        case Why.SECOND_PERSON:
            return tr("comes along as the second person")
        case Why.KNOWS_THEM:
            return tr("has been there before")
        case Why.SAME_SEX:
            return tr("same sex, as the elder wishes")
        case Why.SAME_DIALECT:
            return tr("speaks the elder’s dialect")
        case Why.SAME_BUILDING:
            return tr("lives in the same building")
        case Why.NEAR:
            return tr("lives nearby")
        case Why.ONE_TRIP:
            return tr("is in the building anyway")
        case Why.LEAST_BUSY:
            return tr("has the fewest visits")


def why_line(tr: Texts, why: Iterable[Why], at_most: int = AT_MOST) -> Markup:
    """The strongest reasons in one line."""
    return tr(", ").join([why_name(tr, one) for one in why][:at_most])


def why_me(tr: Texts, why: Iterable[Why], name: str) -> Markup:
    """To the volunteer: the real reasons, the strongest first, in two short sentences at most."""
    found = [_about_me(tr, one, name) for one in why][:ABOUT_ME]
    return lines(*found)


def _about_me(tr: Texts, why: Why, name: str) -> Markup:
    match why:
        case Why.LOCKED:
            return tr("The station asked for you.")
        case Why.ONLY_ONE_FREE:
            return tr("You are the only one who can come.")
        case Why.OWN_PAIRING:
            return tr("You are in the pairing with {name}.", name=name)
        case Why.COVERS_FOR:
            return tr("In the pairing with {name} nobody can come, so we ask you.", name=name)
        case Why.SECOND_PERSON:
            return tr("Two go together, and you are the second.")
        case Why.KNOWS_THEM:
            return tr("You have visited {name} before.", name=name)
        case Why.SAME_SEX:
            return tr("{name} wishes for somebody of the same sex.", name=name)
        case Why.SAME_DIALECT:
            return tr("You speak the dialect of {name}.", name=name)
        case Why.SAME_BUILDING:
            return tr("You live in the same building.")
        case Why.NEAR:
            return tr("You live nearby.")
        case Why.ONE_TRIP:
            return tr("You are in that building anyway.")
        case Why.LEAST_BUSY:
            return tr("The others have more visits that week.")


def gap_reason(tr: Texts, gap: Gap) -> Markup:
    """Why nobody makes a visit, with what is known of it."""
    return no_way(tr, gap.why, gap.facts)


def no_way(tr: Texts, why: NoWay, facts: Facts) -> Markup:
    """Why nobody makes a visit: at which question the last volunteer fell away."""
    days, place = _days(tr, facts.when), facts.place
    match why:
        case NoWay.NO_DAY:
            return tr("no day of the week is left on which a visit would count")
        case NoWay.NO_VOLUNTEER:
            return tr("there is no volunteer")
        case NoWay.WISHES:
            n = facts.volunteers
            return tr.many(
                "the {n} volunteer does not fit the wishes",
                "none of {n} volunteers fits the wishes",
                n,
            )
        case NoWay.TOO_FAR if place:
            return tr("too far for everybody who could come in {place}", place=place)
        case NoWay.TOO_FAR:
            return tr("too far for everybody who could come")
        case NoWay.NOBODY_FREE if place:
            return tr("no one free {days} in {place}", days=days, place=place)
        case NoWay.NOBODY_FREE:
            return tr("no one free {days}", days=days)
        case NoWay.NOT_TWO if place:
            return tr("no two who can come together {days} in {place}", days=days, place=place)
        case NoWay.NOT_TWO:
            return tr("no two who can come together {days}", days=days)
        case NoWay.ALL_FULL:
            return tr("everybody free {days} has as many visits as they wish", days=days)


def _days(tr: Texts, when: Part) -> Markup:
    match when:
        case Part.WEEKDAYS:
            return tr("on weekdays")
        case Part.WEEKEND:
            return tr("at the weekend")
        case Part.WEEK:
            return tr("this week")


def bar_name(tr: Texts, bar: Bar) -> Markup:
    """Why a volunteer may not be put there."""
    match bar:
        case Bar.UNKNOWN:
            return tr("takes no visits at present")
        case Bar.NOT_THIS_PERSON | Bar.NOT_THIS_ELDER:
            return tr("one of the two does not wish it")
        case Bar.SAME_SEX:
            return tr("the elder wishes for the same sex")
        case Bar.TOO_FAR:
            return tr("too far on foot")
        case Bar.AWAY:
            return tr("away")
        case Bar.NOT_A_DAY:
            return tr("nothing is owed on that day")
        case Bar.TWICE_A_DAY:
            return tr("there is a visit that day already")
        case Bar.WEEK_FULL:
            return tr("has as many visits as they wish")
        case Bar.NOT_AVAILABLE:
            return tr("cannot come then")
        case Bar.HALF_DAY_FULL:
            return tr("has enough visits in that half-day")


def doubt_name(tr: Texts, doubt: Doubt) -> Markup:
    """What speaks against a visit and does not forbid it."""
    match doubt:
        case Doubt.NO_DIALECT:
            return tr("does not speak the dialect that is wished for")
        case Doubt.ALONE:
            return tr("two people should go together")
        case Doubt.TOO_NEAR:
            return tr("less than two days from another visit")
        case Doubt.MORE_THAN_OWED:
            return tr("one visit more than is owed")
