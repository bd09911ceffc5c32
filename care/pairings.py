"""Pairings: "1+N", one social worker and N volunteers for 3 to 5 elders."""

from enum import StrEnum

from care.community import Settings


class Oddity(StrEnum):
    """What is unusual about a pairing; it is said, never blocked."""

    TOO_FEW_ELDERS = "too_few_elders"
    TOO_MANY_ELDERS = "too_many_elders"
    NO_VOLUNTEER = "no_volunteer"


def oddities(elders: int, volunteers: int, settings: Settings) -> tuple[Oddity, ...]:
    """What to point out about a pairing of this size (handbook, "Pairings")."""
    found = []
    if elders < settings.pairing_smallest:
        found.append(Oddity.TOO_FEW_ELDERS)
    if elders > settings.pairing_largest:
        found.append(Oddity.TOO_MANY_ELDERS)
    if not volunteers:
        found.append(Oddity.NO_VOLUNTEER)
    return tuple(found)


class Change(StrEnum):
    """What can be changed about a pairing that is there."""

    ADD_ELDER = "add_elder"
    ADD_VOLUNTEER = "add_volunteer"
    REMOVE_ELDER = "remove_elder"
    REMOVE_VOLUNTEER = "remove_volunteer"
    LEAD = "lead"
