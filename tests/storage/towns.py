"""Two communities with people of the same names: a query that forgets whose it asks shows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.calls import Kind as ContactKind
from care.calls import Outcome
from care.elders import ElderFacts, Tier
from care.errands import Kind
from care.joining import Standing
from storage import calls, communities, elders, errands, families, joining, members, pairings
from storage.calls import Happened
from storage.joining import Joiner
from storage.tables import Community, Elder, Errand, FamilyLink, Invitation, Member, Pairing

NOW = datetime(2026, 4, 9, 1, 0, tzinfo=UTC)
TODAY = date(2026, 4, 9)
_ACCOUNTS = count(1000)

__all__ = ["NOW", "TODAY", "Town", "Towns", "build_towns", "families", "viewer"]


@dataclass
class Town:
    """One community with one of everything."""

    station: Community
    boss: Member
    li: Member
    chen: Member
    daughter: Member
    granny: Member
    applicant: Member
    away: Member
    wang: Elder
    zhao: Elder
    pairing: Pairing
    errand: Errand
    invitation: Invitation
    token: str

    @property
    def id(self) -> int:
        """The community's id."""
        return self.station.id

    @property
    def ids(self) -> set[int]:
        """The ids of its members."""
        return {
            one.id
            for one in (
                self.boss, self.li, self.chen, self.daughter, self.granny, self.applicant, self.away
            )
        }  # fmt: skip


@dataclass
class Towns:
    """This one and the other one."""

    here: Town
    there: Town


def viewer(member: Member, *roles: Role) -> Viewer:
    """A member as the rules see them."""
    return Viewer(member.id, member.community_id, frozenset(roles))


async def build_towns(tx: AsyncSession) -> Towns:
    """The same people twice."""
    return Towns(await _town(tx, "幸福社区"), await _town(tx, "和平社区"))


async def _person(tx: AsyncSession, station: Community, name: str, *roles: Role) -> Member:
    return await members.create(
        tx,
        NOW,
        station.id,
        name,
        frozenset(roles),
        standing=Standing.ACTIVE,
        account=next(_ACCOUNTS),
        phone="+8613800000001",
    )


async def _town(tx: AsyncSession, name: str) -> Town:
    station = await communities.create(tx, NOW, name, "Asia/Shanghai", "zh_CN")
    boss = await _person(tx, station, "周督导", Role.SUPERVISOR)
    li = await _person(tx, station, "李敏", Role.SOCIAL_WORKER)
    chen = await _person(tx, station, "陈同学", Role.VOLUNTEER)
    daughter = await _person(tx, station, "王小雨", Role.FAMILY)
    granny = await _person(tx, station, "王桂芳", Role.ELDER)
    away = await _person(tx, station, "孙阿姨", Role.VOLUNTEER)
    away.blocked_at = NOW
    applicant = await joining.applicant(
        tx, NOW, station.id, Joiner(next(_ACCOUNTS), "吴同学", None), "+8613800000002"
    )
    await joining.ensure_volunteer(tx, applicant)
    await joining.ensure_volunteer(tx, chen)
    wang = await elders.add(tx, NOW, station.id, ElderFacts(name="王桂芳", tier=Tier.RED))
    zhao = await elders.add(tx, NOW, station.id, ElderFacts(name="赵大爷", tier=Tier.YELLOW))
    wang.member_id = granny.id
    tx.add(
        FamilyLink(member_id=daughter.id, elder_id=wang.id, community_id=station.id, created_at=NOW)
    )
    pairing = await pairings.create(tx, NOW, station.id, li.id, [chen.id], [wang.id])
    errand = await errands.ask(
        tx, NOW, wang, Kind.GROCERIES, "大米", NOW + timedelta(days=1), daughter.id
    )
    yesterday = TODAY - timedelta(days=1)
    called = Happened(ContactKind.CALL, Outcome.FINE, li.id, yesterday, NOW, "yesterday")
    await calls.record(tx, NOW, wang, called)
    token = await joining.invite(tx, NOW, station.id, Role.VOLUNTEER, name="新人", by=li.id)
    invitation = await joining.access_invitation(tx, NOW, token)
    await tx.flush()
    return Town(
        station, boss, li, chen, daughter, granny, applicant, away, wang, zhao, pairing, errand,
        invitation, token,
    )  # fmt: skip
