"""Tables of errands: what is asked, every step of it, whom it was offered to, and its money."""

from datetime import date, datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from care import errand_money, errand_offers, errands
from storage.tables.columns import Json, Key, Table, words

COMMUNITY = "community.id"
ELDER = "elder.id"
ERRAND = "errand.id"
MEMBER = "member.id"


class Errand(Table):
    """Something to be fetched, paid, repaired, or gone along to; `claimed_by` is one or nobody.

    `opened_at` is when it was last offered, and `turn_number` counts how often that was; `meet_at`
    is when an elder is fetched for the doctor. `asked_claimer_at` is when a silent claimer was
    asked, `kept_at` when they answered; `warned_at` and `late_at` are when staff heard that nobody
    has it, and that it is late. At `money_due` its money is looked at; `money_told` is what staff
    heard of it last. Of a repeated errand `standing_day` is its day, so that each is made once.
    """

    __tablename__ = "errand"
    __table_args__ = (
        Index(None, "community_id", "state"),
        UniqueConstraint("standing_id", "standing_day"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), index=True)
    kind: Mapped[errands.Kind] = mapped_column(words(errands.Kind))
    what: Mapped[str] = mapped_column(Text)
    photo: Mapped[str | None] = mapped_column(String(200))
    by_when: Mapped[datetime]
    meet_at: Mapped[datetime | None]
    budget_fen: Mapped[int | None]
    payer: Mapped[errands.Payer | None] = mapped_column(words(errands.Payer))
    asked_by: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    asked_at: Mapped[datetime]
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    standing_id: Mapped[int | None] = mapped_column(ForeignKey("standing_errand.id"))
    standing_day: Mapped[date | None]
    state: Mapped[errands.State] = mapped_column(words(errands.State))
    opened_at: Mapped[datetime | None]
    turn_number: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER), index=True)
    claimed_at: Mapped[datetime | None]
    asked_claimer_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    money_due: Mapped[datetime | None]
    money_told: Mapped[str | None] = mapped_column(Text)
    set_out_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)


class ErrandStep(Table):
    """What was done to an errand, by whom, when; only ever added to.

    `facts` are what an edit changed: name → [before, after].
    """

    __tablename__ = "errand_step"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    errand_id: Mapped[int] = mapped_column(ForeignKey(ERRAND), index=True)
    step: Mapped[str] = mapped_column(String(24))
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[Json | None]


class StandingErrand(Table):
    """An errand that repeats by a rule of RFC 5545, until somebody ends it.

    `start` is the first day it can be for; `due` the local time of the day, "20:00".
    """

    __tablename__ = "standing_errand"
    __table_args__ = (Index(None, "community_id", "ended_at"),)

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), index=True)
    kind: Mapped[errands.Kind] = mapped_column(words(errands.Kind))
    what: Mapped[str] = mapped_column(Text)
    photo: Mapped[str | None] = mapped_column(String(200))
    budget_fen: Mapped[int | None]
    payer: Mapped[errands.Payer | None] = mapped_column(words(errands.Payer))
    rule: Mapped[str] = mapped_column(String(200))
    start: Mapped[date]
    due: Mapped[str] = mapped_column(String(5))
    asked_by: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))


class ErrandOffer(Table):
    """That somebody was asked, once each time it was offered.

    Without a member it is the group; of another circle, that nobody in it could be asked.
    `no_at`: they said "not me", gave it back, or let it lapse; they are not asked again for it.
    """

    __tablename__ = "errand_offer"
    __table_args__ = (
        UniqueConstraint("errand_id", "turn_number", "member_id"),
        Index(
            "uq_errand_offer_group",
            "errand_id",
            "turn_number",
            "circle",
            unique=True,
            sqlite_where=text("member_id IS NULL"),
            postgresql_where=text("member_id IS NULL"),
        ),
        Index(None, "community_id", "member_id"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    errand_id: Mapped[int] = mapped_column(ForeignKey(ERRAND))
    turn_number: Mapped[int]
    member_id: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    circle: Mapped[errand_offers.Circle] = mapped_column(words(errand_offers.Circle))
    offered_at: Mapped[datetime]
    no_at: Mapped[datetime | None]


class ErrandHelper(Table):
    """What a volunteer may fetch and when they are free, beside what they said when joining."""

    __tablename__ = "errand_helper"

    member_id: Mapped[int] = mapped_column(ForeignKey(MEMBER), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    medicine: Mapped[bool] = mapped_column(default=False, server_default=false())
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    decided_at: Mapped[datetime | None]
    free_until: Mapped[datetime | None]


class ErrandPhoto(Table):
    """A photo that belongs to an errand: the prescription, or a receipt.

    `file` is what Telegram calls it; `content` the picture itself, for books and backups.
    """

    __tablename__ = "errand_photo"

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    errand_id: Mapped[int] = mapped_column(ForeignKey(ERRAND), index=True)
    file: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    at: Mapped[datetime]


class ErrandMoney(Table):
    """One row of the book: who said that how much went which way; only ever added to.

    Sums are whole fen. `holder_id` does the errand; `corrects` is the row it stands in place of.
    """

    __tablename__ = "errand_money"
    __table_args__ = (
        UniqueConstraint("corrects"),
        UniqueConstraint("community_id", "key"),
        Index(None, "elder_id", "day"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    errand_id: Mapped[int] = mapped_column(ForeignKey(ERRAND), index=True)
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER))
    holder_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    flow: Mapped[errand_money.Flow] = mapped_column(words(errand_money.Flow))
    side: Mapped[errand_money.Side] = mapped_column(words(errand_money.Side))
    fen: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    day: Mapped[date]
    at: Mapped[datetime]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("errand_photo.id"))
    corrects: Mapped[int | None] = mapped_column(ForeignKey("errand_money.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(80))
