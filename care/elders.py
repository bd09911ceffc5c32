"""Who is in care: tiers, and what is written down about one elder."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Tier(StrEnum):
    """How closely an elder is looked after (handbook, "Tiers and cadence")."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


# Of GB/T 42195, from no loss of ability to a complete one; not the tier.
GRADES = range(5)


class Sex(StrEnum):
    """As on the identity card."""

    FEMALE = "female"
    MALE = "male"


class ElderFacts(BaseModel):
    """One line of the roster. None means "not written down", never a default.

    Each field has its purpose: `number` tells two people of one name apart; `birth_date` gives the
    age the caller sees; `phone` and `address` are how a contact happens; `emergency_*` is who is
    told at 17:00; the flags choose who is offered errands and trainings; `door_hint` spares the
    volunteer a wait outside; `remark` is what the social worker wants the visitor to know.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    number: str | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    phone: str | None = None
    building: str | None = None
    address: str | None = None
    tier: Tier | None = None
    disability: bool | None = None
    chronic_illness: bool | None = None
    empty_nest: bool | None = None
    limited_mobility: bool | None = None
    emergency_name: str | None = None
    emergency_relation: str | None = None
    emergency_phone: str | None = None
    door_hint: str | None = None
    remark: str | None = None
