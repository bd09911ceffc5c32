"""Words about a visit: why not, what is not safe, whether near."""

from markupsafe import Markup

from bot.screens.words import reason_name
from bot.texts import Texts
from care.presence import Nearness
from care.visits import Hazard, NotVisited


def not_visited_name(tr: Texts, why: NotVisited) -> Markup:
    """Why somebody who went could not visit."""
    if why.reason is None:
        return tr("nobody opened the door")
    return reason_name(tr, why.reason)


def hazard_name(tr: Texts, hazard: Hazard) -> Markup:
    """What is not safe at home."""
    match hazard:
        case Hazard.WATER:
            return tr("💧 water")
        case Hazard.POWER:
            return tr("💡 power")
        case Hazard.GAS:
            return tr("🔥 gas")


def near_name(tr: Texts, near: Nearness) -> Markup:
    """Whether whoever signed in was near the building; nothing else of where they were is kept."""
    match near:
        case Nearness.NEAR:
            return tr("📍 near the building")
        case Nearness.FAR:
            return tr("📍 not near the building")
        case Nearness.UNKNOWN:
            return tr("📍 near the building or not: unknown")
