"""Errands: circles in which they are offered, money, photos, what repeats, who may fetch what.

Revision ID: 0008
Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "errand_helper",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("medicine", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("free_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_errand_helper_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["member.id"], name=op.f("fk_errand_helper_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_errand_helper_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_errand_helper")),
    )
    with op.batch_alter_table("errand_helper", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_errand_helper_community_id"), ["community_id"], unique=False
        )

    op.create_table(
        "standing_errand",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("elder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=200), nullable=True),
        sa.Column(
            "budget_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("payer", sa.String(length=24), nullable=True),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("due", sa.String(length=5), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["member.id"], name=op.f("fk_standing_errand_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_standing_errand_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["elder_id"], ["elder.id"], name=op.f("fk_standing_errand_elder_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["member.id"], name=op.f("fk_standing_errand_ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_errand")),
    )
    with op.batch_alter_table("standing_errand", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_standing_errand_community_id_ended_at"),
            ["community_id", "ended_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_standing_errand_elder_id"), ["elder_id"], unique=False)

    op.create_table(
        "errand_offer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "errand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "turn_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("circle", sa.String(length=24), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("no_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_errand_offer_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["errand_id"], ["errand.id"], name=op.f("fk_errand_offer_errand_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_errand_offer_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand_offer")),
        sa.UniqueConstraint(
            "errand_id",
            "turn_number",
            "member_id",
            name=op.f("uq_errand_offer_errand_id_turn_number_member_id"),
        ),
    )
    with op.batch_alter_table("errand_offer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_errand_offer_community_id_member_id"),
            ["community_id", "member_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_errand_offer_group",
            ["errand_id", "turn_number", "circle"],
            unique=True,
            sqlite_where=sa.text("member_id IS NULL"),
            postgresql_where=sa.text("member_id IS NULL"),
        )

    op.create_table(
        "errand_photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "errand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_errand_photo_by_id")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_errand_photo_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["errand_id"], ["errand.id"], name=op.f("fk_errand_photo_errand_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand_photo")),
    )
    with op.batch_alter_table("errand_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_errand_photo_errand_id"), ["errand_id"], unique=False)

    op.create_table(
        "errand_money",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "errand_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("elder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("flow", sa.String(length=24), nullable=False),
        sa.Column("side", sa.String(length=24), nullable=False),
        sa.Column("fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_errand_money_by_id")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_errand_money_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrects"], ["errand_money.id"], name=op.f("fk_errand_money_corrects")
        ),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_errand_money_elder_id")),
        sa.ForeignKeyConstraint(
            ["errand_id"], ["errand.id"], name=op.f("fk_errand_money_errand_id")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["member.id"], name=op.f("fk_errand_money_holder_id")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["errand_photo.id"], name=op.f("fk_errand_money_photo_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand_money")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_errand_money_community_id_key")),
        sa.UniqueConstraint("corrects", name=op.f("uq_errand_money_corrects")),
    )
    with op.batch_alter_table("errand_money", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_errand_money_elder_id_day"), ["elder_id", "day"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_errand_money_errand_id"), ["errand_id"], unique=False)

    with op.batch_alter_table("errand", schema=None) as batch_op:
        batch_op.add_column(sa.Column("meet_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "budget_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("payer", sa.String(length=24), nullable=True))
        batch_op.add_column(
            sa.Column(
                "assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "standing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("standing_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "turn_number",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("asked_claimer_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("money_due", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("money_told", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("set_out_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_errand_standing_id_standing_day"), ["standing_id", "standing_day"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_errand_standing_id"), "standing_errand", ["standing_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_errand_assignment_id"), "assignment", ["assignment_id"], ["id"]
        )

    with op.batch_alter_table("errand_step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("facts", sa.JSON(), nullable=True))

    op.execute("UPDATE errand SET opened_at = asked_at WHERE state = 'open'")


def downgrade() -> None:
    """Back; what the older schema has no word for becomes the nearest it has."""
    for new, old in (("requested", "open"), ("bought", "on_the_way"), ("confirmed", "done")):
        op.execute(f"UPDATE errand SET state = '{old}' WHERE state = '{new}'")  # noqa: S608
    with op.batch_alter_table("errand_step", schema=None) as batch_op:
        batch_op.drop_column("facts")

    with op.batch_alter_table("errand", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_errand_assignment_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_errand_standing_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_errand_standing_id_standing_day"), type_="unique")
        batch_op.drop_column("set_out_at")
        batch_op.drop_column("money_told")
        batch_op.drop_column("money_due")
        batch_op.drop_column("late_at")
        batch_op.drop_column("warned_at")
        batch_op.drop_column("kept_at")
        batch_op.drop_column("asked_claimer_at")
        batch_op.drop_column("turn_number")
        batch_op.drop_column("opened_at")
        batch_op.drop_column("standing_day")
        batch_op.drop_column("standing_id")
        batch_op.drop_column("assignment_id")
        batch_op.drop_column("payer")
        batch_op.drop_column("budget_fen")
        batch_op.drop_column("meet_at")

    with op.batch_alter_table("errand_money", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_errand_money_errand_id"))
        batch_op.drop_index(batch_op.f("ix_errand_money_elder_id_day"))

    op.drop_table("errand_money")
    with op.batch_alter_table("errand_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_errand_photo_errand_id"))

    op.drop_table("errand_photo")
    with op.batch_alter_table("errand_offer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_errand_offer_group",
            sqlite_where=sa.text("member_id IS NULL"),
            postgresql_where=sa.text("member_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_errand_offer_community_id_member_id"))

    op.drop_table("errand_offer")
    with op.batch_alter_table("standing_errand", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_errand_elder_id"))
        batch_op.drop_index(batch_op.f("ix_standing_errand_community_id_ended_at"))

    op.drop_table("standing_errand")
    with op.batch_alter_table("errand_helper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_errand_helper_community_id"))

    op.drop_table("errand_helper")
