"""Tables that a week's plan is made from: single dates, wishes, places; and what came of it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from care import hours, swaps
from care.days import HalfDay
from care.wishes import Kind, Side
from storage.tables.columns import Json, Jsons, Key, Table, words

COMMUNITY = "community.id"
ELDER = "elder.id"
MEMBER = "member.id"


class SingleDate(Table):
    """ "On this date I can" or "I cannot": stronger than the half-days of every week."""

    __tablename__ = "single_date"
    __table_args__ = (Index(None, "community_id", "day"),)

    member_id: Mapped[int] = mapped_column(ForeignKey(MEMBER), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    half: Mapped[HalfDay] = mapped_column(words(HalfDay), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    can: Mapped[bool]


class Wish(Table):
    """What an elder wishes of who comes, or whom a volunteer does not wish to visit.

    `member_id` is the person who shall not come, for that kind only; `value` is the dialect, for
    that kind only, else empty. `side` says whose wish it is, `by_id` who wrote it down. A wish
    that is over is ended, never deleted.
    """

    __tablename__ = "wish"
    __table_args__ = (
        Index(None, "community_id", "ended_at"),
        Index(
            "uq_wish_person",
            "elder_id",
            "member_id",
            "side",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_wish_value",
            "elder_id",
            "kind",
            "value",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND member_id IS NULL"),
            postgresql_where=text("ended_at IS NULL AND member_id IS NULL"),
        ),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), index=True)
    kind: Mapped[Kind] = mapped_column(words(Kind))
    side: Mapped[Side] = mapped_column(words(Side))
    member_id: Mapped[int | None] = mapped_column(ForeignKey(MEMBER), index=True)
    value: Mapped[str] = mapped_column(String(40), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Place(Table):
    """A building; where it stands in degrees (WGS 84), if known."""

    __tablename__ = "place"

    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Way(Table):
    """How far it is on foot between two buildings, either way; `a` sorts before `b`."""

    __tablename__ = "way"

    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), primary_key=True)
    a: Mapped[str] = mapped_column(String(100), primary_key=True)
    b: Mapped[str] = mapped_column(String(100), primary_key=True)
    metres: Mapped[int]


class Handover(Table):
    """What a visitor should know of an elder before the first visit, beside the door hint."""

    __tablename__ = "handover"

    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    hearing: Mapped[str | None] = mapped_column(Text)
    pets: Mapped[str | None] = mapped_column(Text)
    likes: Mapped[str | None] = mapped_column(Text)
    other: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))


class ServiceHours(Table):
    """A volunteer's time: signed in and out, or entered later, with a reason, and approved.

    A visit has one row at most; `key` makes one piece of work one row, however often it is noted.
    What becomes of a plan changes nothing here.
    """

    __tablename__ = "service_hours"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index(None, "community_id", "started_at"),
        Index(None, "member_id", "started_at"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    member_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    elder_id: Mapped[int | None] = mapped_column(ForeignKey(ELDER))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), unique=True)
    errand_id: Mapped[int | None] = mapped_column(ForeignKey("errand.id"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    work: Mapped[hours.Work] = mapped_column(words(hours.Work))
    kind: Mapped[hours.Kind] = mapped_column(words(hours.Kind))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    minutes: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)
    entered_by: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    approved_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Swap(Table):
    """One volunteer asked another to make a visit, in exchange for `back_id` or for nothing.

    Nobody is asked twice about the same visit. The visits that come of it are new rows.
    """

    __tablename__ = "swap"
    __table_args__ = (
        UniqueConstraint("visit_id", "to_id"),
        Index(None, "community_id", "state"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    visit_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    back_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    to_id: Mapped[int] = mapped_column(ForeignKey(MEMBER), index=True)
    state: Mapped[swaps.State] = mapped_column(words(swaps.State))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class CalendarAddress(Table):
    """The secret part of the address at which a volunteer's calendar is read.

    Found by the hash, so that how long a search takes tells nothing; a new one ends the old one.
    """

    __tablename__ = "calendar_address"

    member_id: Mapped[int] = mapped_column(ForeignKey(MEMBER), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    token: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class HoursChange(Table):
    """What staff decided about a volunteer's time, or put right in it; only ever added to."""

    __tablename__ = "hours_change"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    hours_id: Mapped[int] = mapped_column(ForeignKey("service_hours.id"), index=True)
    step: Mapped[hours.Step] = mapped_column(words(hours.Step))
    before: Mapped[Json]
    after: Mapped[Json]
    reason: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    at: Mapped[datetime]


class Cover(Table):
    """A visit of the week that is offered to neighbours; the first to claim has it.

    Attributes:
        waits_for: the visit that somebody has not answered, which stands until another claims this.
        asked: the members it was offered to; negative when they said no.
        listed_at: nobody claimed it, and the staff was told by name.
    """

    __tablename__ = "cover"
    __table_args__ = (
        Index(None, "community_id", "week"),
        Index(
            "uq_cover_open",
            "elder_id",
            "day",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER))
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"))
    week: Mapped[date]
    day: Mapped[date]
    half: Mapped[HalfDay] = mapped_column(words(HalfDay))
    waits_for: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    asked: Mapped[Jsons]
    offered_at: Mapped[datetime]
    listed_at: Mapped[datetime | None]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
