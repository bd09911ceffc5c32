"""Tables of what happens: contacts, check-ins, visits."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from care import calls, presence, visit_files, visits
from care.days import HalfDay
from storage.tables.columns import Json, Jsons, Key, Table, words

COMMUNITY = "community.id"
ELDER = "elder.id"
MEMBER = "member.id"


class Contact(Table):
    """A call or visit, or an attempt at one; `happened_at` and `recorded_at` are two times.

    `key` makes one tap one record, however often it is delivered. `entered_by` is who wrote it
    down, where that was not `by_id`. What was written down by mistake is withdrawn: it counts for
    nothing, and is not deleted.
    """

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index(None, "elder_id", "day"),
        Index(None, "community_id", "day"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER))
    kind: Mapped[calls.Kind] = mapped_column(words(calls.Kind))
    outcome: Mapped[calls.Outcome] = mapped_column(words(calls.Outcome))
    reason: Mapped[calls.Reason | None] = mapped_column(words(calls.Reason))
    remark: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    day: Mapped[date]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    withdrawn_at: Mapped[datetime | None]
    key: Mapped[str] = mapped_column(String(80))


class CheckIn(Table):
    """The elder's own "I am fine" or "please call me" of a day; the last word counts."""

    __tablename__ = "check_in"

    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    fine: Mapped[bool]
    at: Mapped[datetime]


class WeekPlan(Table):
    """A week that has been drafted, published, or both; each once.

    `quality` is what was measured of the plan when it was made. `settled_at`: what was declined or
    not answered by then was given to others. `wanted_at`: somebody wants what is missing planned,
    for the pairings in `wanted_for`, or for all when there are none.
    """

    __tablename__ = "week_plan"

    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    drafted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    wanted_at: Mapped[datetime | None]
    wanted_for: Mapped[Jsons] = mapped_column(default=list, server_default="[]")
    gaps: Mapped[Json]
    quality: Mapped[Json | None]


class Assignment(Table):
    """One visit planned for one volunteer, one elder, one day and half-day.

    `locked`: staff decided it, and planning leaves it as it is. `why`: why this volunteer.
    `near`: all that is kept of a location shared at the door. `begun`: the form as far as it was
    answered when another visit came between.
    `second`: of two who go together, the one who comes along.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "uq_assignment_live",
            "elder_id",
            "day",
            "second",
            unique=True,
            sqlite_where=text("state NOT IN ('declined', 'dropped', 'not_possible')"),
            postgresql_where=text("state NOT IN ('declined', 'dropped', 'not_possible')"),
        ),
        Index(None, "volunteer_id", "day"),
        Index(None, "community_id", "day"),
    )

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY))
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"))
    elder_id: Mapped[int] = mapped_column(ForeignKey(ELDER))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    week: Mapped[date]
    day: Mapped[date]
    half: Mapped[HalfDay] = mapped_column(words(HalfDay))
    state: Mapped[visits.State] = mapped_column(words(visits.State))
    reason: Mapped[str | None] = mapped_column(String(40))
    signed_in_at: Mapped[datetime | None]
    signed_out_at: Mapped[datetime | None]
    report: Mapped[Json | None]
    near: Mapped[presence.Nearness | None] = mapped_column(words(presence.Nearness))
    begun: Mapped[Json | None]
    locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    why: Mapped[Jsons] = mapped_column(default=list, server_default="[]")
    second: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class VisitFile(Table):
    """A picture or voice message from a visit; Telegram keeps what is in it, under `file`.

    `same` is equal for the same file however often it is sent.
    """

    __tablename__ = "visit_file"
    __table_args__ = (UniqueConstraint("assignment_id", "same"),)

    id: Mapped[Key]
    community_id: Mapped[int] = mapped_column(ForeignKey(COMMUNITY), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    kind: Mapped[visit_files.Kind] = mapped_column(words(visit_files.Kind))
    file: Mapped[str] = mapped_column(String(200))
    same: Mapped[str] = mapped_column(String(64))
    caption: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    at: Mapped[datetime]
