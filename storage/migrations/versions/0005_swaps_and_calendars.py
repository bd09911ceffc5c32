"""Volunteers ask each other to swap visits, and read theirs in a calendar.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "swap",
        sa.Column("id", big, nullable=False),
        sa.Column("community_id", big, nullable=False),
        sa.Column("visit_id", big, nullable=False),
        sa.Column("back_id", big, nullable=True),
        sa.Column("from_id", big, nullable=False),
        sa.Column("to_id", big, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("answered_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_swap_community_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["assignment.id"], name=op.f("fk_swap_visit_id")),
        sa.ForeignKeyConstraint(["back_id"], ["assignment.id"], name=op.f("fk_swap_back_id")),
        sa.ForeignKeyConstraint(["from_id"], ["member.id"], name=op.f("fk_swap_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["member.id"], name=op.f("fk_swap_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
        sa.UniqueConstraint("visit_id", "to_id", name=op.f("uq_swap_visit_id_to_id")),
    )
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_swap_community_id_state"), ["community_id", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_swap_back_id"), ["back_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_to_id"), ["to_id"], unique=False)
    op.create_table(
        "calendar_address",
        sa.Column("member_id", big, nullable=False),
        sa.Column("community_id", big, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_calendar_address_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_calendar_address_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_address_token_hash")),
    )
    with op.batch_alter_table("calendar_address", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calendar_address_community_id"), ["community_id"], unique=False
        )


def downgrade() -> None:
    """Back."""
    op.drop_table("calendar_address")
    op.drop_table("swap")
