"""Tables of watching over the red: pauses, the ladder, alerts, the ledger, what staff are asked."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from care import ladder, ledger, pauses, tiers
from care.elders import Tier
from storage.tables.columns import Json, Key, Table, words

COMMUNITY = "community.id"
ELDER = "elder.id"
MEMBER = "member.id"


class Pause(Table):
    """A stretch in which nothing is owed; `until` is the return date, on which care is owed again.

    Ended early, `ended_at` says when. `asked_at` is when staff were asked, the day before.
    """

    __tablename__ = "pause"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), index=True)
    first_day: Mapped[date]
    until: Mapped[date]
    why: Mapped[pauses.Why] = mapped_column(words(pauses.Why))
    remark: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))


class Surge(Table):
    """Days of festival, heat, cold or typhoon, on which everybody is called."""

    __tablename__ = "surge"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    why: Mapped[str] = mapped_column(String(40))
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Told(Table):
    """One rung of the ladder for one elder, one day and one person: told when, arrived when.

    `letter` is the key of the message in the outbox, which may speak of several elders;
    `delivered_at` is copied from there, because the outbox forgets. `pressed_at` is when they
    pressed a button about the elder, if by then it had arrived, or may have.
    """

    __tablename__ = "told"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(None, "community_id", "day"),
        Index(None, "elder_id", "day"),
        Index(
            "ix_told_undelivered",
            "id",
            sqlite_where=text("delivered_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER))
    day: Mapped[date]
    step: Mapped[ladder.Step] = mapped_column(words(ladder.Step))
    member_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"), index=True)
    key: Mapped[str] = mapped_column(String(120))
    letter: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    pressed_at: Mapped[datetime | None]


class DoorVisit(Table):
    """Somebody of the pairing is asked to go to the door; `claimed_by` is one or nobody."""

    __tablename__ = "door_visit"
    __table_args__ = (UniqueConstraint("elder_id", "day"), Index(None, "community_id", "day"))

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER))
    day: Mapped[date]
    cause: Mapped[ladder.Cause] = mapped_column(words(ladder.Cause))
    offered_at: Mapped[datetime]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    claimed_at: Mapped[datetime | None]
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    ended_at: Mapped[datetime | None]
    end: Mapped[ladder.DoorEnd | None] = mapped_column(words(ladder.DoorEnd))


class Alert(Table):
    """Something is wrong with an elder, or nobody knows; one owner until the all-clear.

    `taken_at` is when the owner said "I am handling it"; until then the owner, if there is one, is
    the supervisor it was given to. At most one alert of a kind is open for an elder. `opened_at` is
    of the newest emergency, and `asked_at` of the newest round of telling: of somebody silent for
    days, the last day's 17:00.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "elder_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(None, "community_id", "closed_at"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), index=True)
    day: Mapped[date]
    kind: Mapped[ladder.Alert] = mapped_column(words(ladder.Alert))
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(MEMBER), index=True)
    taken_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    asked_times: Mapped[int]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    clear: Mapped[ladder.Clear | None] = mapped_column(words(ladder.Clear))


class RedDay(Table):
    """How a red elder's day ended: one row per elder and day.

    `closed_as` is what it was at 24:00; a late entry may turn `state` into met afterwards.
    """

    __tablename__ = "red_day"
    __table_args__ = (Index(None, "community_id", "day"),)

    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    closed_as: Mapped[ledger.State] = mapped_column(words(ledger.State))
    state: Mapped[ledger.State] = mapped_column(words(ledger.State))
    excuse: Mapped[ledger.Excuse | None] = mapped_column(words(ledger.Excuse))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    closed_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class ClosedDay(Table):
    """A day of a community that has been closed, once."""

    __tablename__ = "closed_day"

    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]


class ContactChange(Table):
    """A contact that was corrected: what stood there, what stands there now, who, and why."""

    __tablename__ = "contact_change"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    before: Mapped[Json]
    after: Mapped[Json]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    at: Mapped[datetime]


class FollowUp(Table):
    """Something to come back to about an elder, on a day."""

    __tablename__ = "follow_up"
    __table_args__ = (Index(None, "community_id", "closed_at", "due"),)

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), unique=True)
    due: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))


class TierQuestion(Table):
    """What staff are asked about an elder's tier: a proposal with its evidence, or a review.

    `key` makes one cause one question, however often it is looked at.
    """

    __tablename__ = "tier_question"
    __table_args__ = (UniqueConstraint("key"), Index(None, "community_id", "decided_at"))

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), index=True)
    kind: Mapped[tiers.Question] = mapped_column(words(tiers.Question))
    before: Mapped[Tier | None] = mapped_column(words(Tier))
    after: Mapped[Tier | None] = mapped_column(words(Tier))
    evidence: Mapped[Json]
    key: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    answer: Mapped[tiers.Answer | None] = mapped_column(words(tiers.Answer))
