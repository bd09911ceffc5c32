"""The weekly round: wishes to plan, what was settled, two who go together, and offered visits.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LIVE = "state NOT IN ('declined', 'dropped', 'not_possible')"
OPEN = "ended_at IS NULL"
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "cover",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("elder_id", NUMBER, nullable=False),
        sa.Column("pairing_id", NUMBER, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(length=24), nullable=False),
        sa.Column("waits_for", NUMBER, nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", NUMBER, nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_cover_community_id")
        ),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"], name=op.f("fk_cover_elder_id")),
        sa.ForeignKeyConstraint(["pairing_id"], ["pairing.id"], name=op.f("fk_cover_pairing_id")),
        sa.ForeignKeyConstraint(["waits_for"], ["assignment.id"], name=op.f("fk_cover_waits_for")),
        sa.ForeignKeyConstraint(["claimed_by"], ["member.id"], name=op.f("fk_cover_claimed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    with op.batch_alter_table("cover", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cover_community_id_week"), ["community_id", "week"], unique=False
        )
        batch_op.create_index(
            "uq_cover_open",
            ["elder_id", "day"],
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        )

    with op.batch_alter_table("week_plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("wanted_for", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("second", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.drop_index("uq_assignment_live")
        batch_op.create_index(
            "uq_assignment_live",
            ["elder_id", "day", "second"],
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )


def downgrade() -> None:
    """Back; of two who go together the older schema knows one."""
    op.execute("DELETE FROM assignment WHERE second")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("uq_assignment_live")
        batch_op.create_index(
            "uq_assignment_live",
            ["elder_id", "day"],
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )
        batch_op.drop_column("second")
    with op.batch_alter_table("week_plan", schema=None) as batch_op:
        batch_op.drop_column("wanted_for")
        batch_op.drop_column("wanted_at")
        batch_op.drop_column("settled_at")
    op.drop_table("cover")
