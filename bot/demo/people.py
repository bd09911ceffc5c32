"""The demo's people once they are in the database."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from care.access import Role, Viewer
from storage.communities import zone_of
from storage.tables import Community, Elder, Member


@dataclass(frozen=True)
class People:
    """Everybody by name; `pairings` by the elders' names."""

    station: Community
    elders: dict[str, Elder]
    members: dict[str, Member]
    pairings: dict[str, int] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """Where the days begin."""
        return zone_of(self.station)

    def viewer(self, name: str, role: Role) -> Viewer:
        """A member as the rules see them."""
        return Viewer(self.members[name].id, self.station.id, frozenset({role}))
