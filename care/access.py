"""Who may do and see what: one table, asked by the functions that load a record for a member."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto


class Role(StrEnum):
    """A member may hold several (handbook, "Words")."""

    SUPERVISOR = "supervisor"
    SOCIAL_WORKER = "social_worker"
    VOLUNTEER = "volunteer"
    FAMILY = "family"
    ELDER = "elder"


STAFF = frozenset({Role.SUPERVISOR, Role.SOCIAL_WORKER})


@dataclass(frozen=True)
class Viewer:
    """The member who asks.

    `today` is their local day, on which they may stand in for a colleague; None asks for nobody.
    """

    member_id: int
    community_id: int
    roles: frozenset[Role]
    today: date | None = None

    @property
    def staff(self) -> bool:
        """Supervisor or social worker."""
        return bool(self.roles & STAFF)

    @property
    def supervisor(self) -> bool:
        """Sees all of the station."""
        return Role.SUPERVISOR in self.roles


@dataclass(frozen=True)
class Tie:
    """How the viewer is tied to one elder.

    Attributes:
        leads: social worker of a pairing with the elder.
        unpaired: the elder has no pairing, so every social worker looks after them.
        deputy: stands in today for the social workers of the elder's pairings.
        visits: volunteer in a pairing with the elder.
        on_duty: has a visit to the elder that is planned or under way, or an errand in hand.
        family: linked by invitation.
        self_: is the elder.
    """

    leads: bool = False
    unpaired: bool = False
    deputy: bool = False
    visits: bool = False
    on_duty: bool = False
    family: bool = False
    self_: bool = False


class Right(StrEnum):
    """What one may do with one elder's record."""

    KNOW = auto()
    SEE_ADDRESS = auto()
    SEE_ALL = auto()
    LOG_CALL = auto()
    ASK_ERRAND = auto()
    ASK_PAUSE = auto()
    CHANGE = auto()


def may(viewer: Viewer, right: Right, tie: Tie) -> bool:
    """Whether `viewer` has `right` over the elder they are tied to by `tie`."""
    looks_after = viewer.supervisor or (
        Role.SOCIAL_WORKER in viewer.roles and (tie.leads or tie.unpaired or tie.deputy)
    )
    if looks_after:
        return True
    match right:
        case Right.KNOW:
            return tie.visits or tie.on_duty or tie.family or tie.self_
        case Right.SEE_ADDRESS:
            return tie.on_duty
        case Right.ASK_ERRAND:
            return tie.family or tie.self_ or tie.on_duty or tie.visits
        case Right.ASK_PAUSE:
            return tie.family
        case _:
            return False


COMMANDS: dict[str, frozenset[Role]] = {
    "menu": frozenset(Role),
    "help": frozenset(Role),
    "language": frozenset(Role),
    "me": frozenset(Role),
    "cancel": frozenset(Role),
    "calls": STAFF,
    "elders": STAFF,
    "pairings": STAFF,
    "week": STAFF,
    "ledger": STAFF,
    "surge": STAFF,
    "invite": STAFF,
    "import": STAFF,
    "export": STAFF,
    "update": STAFF,
    "visits": frozenset({Role.VOLUNTEER}),
    "errands": STAFF | {Role.VOLUNTEER},
    "hours": STAFF | {Role.VOLUNTEER},
    "leave": frozenset({Role.VOLUNTEER, Role.SOCIAL_WORKER}),
    "available": frozenset({Role.VOLUNTEER}),
    "elder": frozenset({Role.FAMILY}),
    "errand": frozenset(Role),
}


def may_command(roles: frozenset[Role], command: str) -> bool:
    """Whether somebody with `roles` may give `command`; unknown commands are nobody's."""
    return bool(roles & COMMANDS.get(command, frozenset()))


def invitable(viewer: Viewer) -> tuple[Role, ...]:
    """The roles `viewer` may invite somebody to."""
    if viewer.supervisor:
        return tuple(Role)
    if Role.SOCIAL_WORKER in viewer.roles:
        return (Role.VOLUNTEER, Role.FAMILY, Role.ELDER)
    return ()
