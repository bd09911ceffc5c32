"""Tables of who there is: communities, members, elders, and how they belong together."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from care.access import Role
from care.elders import Sex, Tier
from care.joining import Standing, VolunteerKind
from care.pauses import Gone
from storage.tables.columns import Json, Key, Short, Table, Words, words

COMMUNITY = "community.id"


class Community(Table):
    """One station and its people.

    `open_code` ends the link by which volunteers apply; `group_chat` is the volunteers' group.
    """

    __tablename__ = "community"

    id: Mapped[Key]
    name: Mapped[Short] = mapped_column(unique=True)
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    settings: Mapped[Json]
    open_code: Mapped[str] = mapped_column(String(64), unique=True)
    group_chat: Mapped[int | None]
    created_at: Mapped[datetime]


class Member(Table):
    """Anybody with an account, joined or invited.

    `reach` says whether chat reaches them: None before the first message, else the last answer.
    `chosen_at` decides between communities when one account belongs to several: the latest wins.
    """

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("community_id", "account"),)

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    name: Mapped[Short]
    phone: Mapped[str | None] = mapped_column(String(32))
    language: Mapped[str | None] = mapped_column(String(16))
    standing: Mapped[Standing] = mapped_column(words(Standing))
    account: Mapped[int | None] = mapped_column(index=True)
    blocked_at: Mapped[datetime | None]
    chosen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class MemberRole(Table):
    """One role of one member."""

    __tablename__ = "member_role"
    __table_args__ = (Index(None, "community_id", "role"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))


class Volunteer(Table):
    """What a volunteer said: when they can come, what they offer, how far they walk, from where.

    `walks_metres` None: it does not matter. `in_pairs`: goes only together with somebody.
    """

    __tablename__ = "volunteer"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    kind: Mapped[VolunteerKind] = mapped_column(words(VolunteerKind))
    skills: Mapped[Words]
    half_days: Mapped[Words]
    most_visits: Mapped[int]
    sex: Mapped[Sex | None] = mapped_column(words(Sex))
    dialects: Mapped[Words] = mapped_column(default=list, server_default="[]")
    walks_metres: Mapped[int | None]
    in_pairs: Mapped[bool] = mapped_column(default=False, server_default=false())
    building: Mapped[str | None] = mapped_column(String(100))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]


class Leave(Table):
    """Somebody's dated absence, first and last day included.

    `deputy_id` has the call list of a social worker who is away; None leaves it to the supervisor.
    """

    __tablename__ = "leave"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime]


class Invitation(Table):
    """A link that works once; only the hash of its token is kept."""

    __tablename__ = "invitation"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    name: Mapped[str | None] = mapped_column(String(200))
    elder_id: Mapped[int | None] = mapped_column(ForeignKey("elder.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class WrongTry(Table):
    """A start code that was nobody's; five an hour are allowed."""

    __tablename__ = "wrong_try"
    __table_args__ = (Index(None, "account", "at"),)

    id: Mapped[Key]
    account: Mapped[int]
    at: Mapped[datetime]


class Consent(Table):
    """Who agreed to what, when; withdrawn by a second row, never by deleting the first."""

    __tablename__ = "consent"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    given: Mapped[bool]
    at: Mapped[datetime]


class Elder(Table):
    """A person in care; the fields of `care.elders.ElderFacts`, whose purposes stand there.

    `ability_grade` is GB/T 42195's, 0 to 4, and not the tier; `confirmed_on` is the day on which
    somebody last said that everything written here is still right. `unit` is the entrance of the
    building; `dialects` is what they speak.
    """

    __tablename__ = "elder"
    __table_args__ = (Index(None, "community_id", "tier"),)

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), unique=True)
    name: Mapped[Short]
    number: Mapped[str | None] = mapped_column(String(64))
    sex: Mapped[Sex | None] = mapped_column(words(Sex))
    birth_date: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(32))
    building: Mapped[str | None] = mapped_column(String(100))
    unit: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(400))
    dialects: Mapped[Words] = mapped_column(default=list, server_default="[]")
    tier: Mapped[Tier | None] = mapped_column(words(Tier))
    disability: Mapped[bool | None]
    chronic_illness: Mapped[bool | None]
    empty_nest: Mapped[bool | None]
    limited_mobility: Mapped[bool | None]
    emergency_name: Mapped[str | None] = mapped_column(String(200))
    emergency_relation: Mapped[str | None] = mapped_column(String(100))
    emergency_phone: Mapped[str | None] = mapped_column(String(32))
    door_hint: Mapped[str | None] = mapped_column(Text)
    remark: Mapped[str | None] = mapped_column(Text)
    tier_since: Mapped[datetime | None]
    ability_grade: Mapped[int | None]
    confirmed_on: Mapped[date | None]
    exited_at: Mapped[datetime | None]
    exit_reason: Mapped[Gone | None] = mapped_column(words(Gone))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TierChange(Table):
    """The history of an elder's tier: who decided, when, why."""

    __tablename__ = "tier_change"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey("elder.id"), index=True)
    before: Mapped[Tier | None] = mapped_column(words(Tier))
    after: Mapped[Tier | None] = mapped_column(words(Tier))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]


class FamilyLink(Table):
    """A family member and the elder they belong to."""

    __tablename__ = "family_link"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    elder_id: Mapped[int] = mapped_column(ForeignKey("elder.id"), primary_key=True, index=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    created_at: Mapped[datetime]


class Pairing(Table):
    """ "1+N": one social worker, with the volunteers and elders of the two tables below."""

    __tablename__ = "pairing"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PairingVolunteer(Table):
    """A volunteer of a pairing."""

    __tablename__ = "pairing_volunteer"

    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))


class PairingElder(Table):
    """An elder of a pairing."""

    __tablename__ = "pairing_elder"

    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"), primary_key=True)
    elder_id: Mapped[int] = mapped_column(ForeignKey("elder.id"), primary_key=True, index=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))


class Audit(Table):
    """What was revealed, exported, decided, or changed, and by whom; only ever added to."""

    __tablename__ = "audit"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    action: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(80))
    facts: Mapped[Json]
    at: Mapped[datetime]
