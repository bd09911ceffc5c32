"""Give visits pictures and nearness, and service hours a key, their work, and a history.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "visit_file",
        sa.Column("id", _big(), nullable=False),
        sa.Column("community_id", _big(), nullable=False),
        sa.Column("assignment_id", _big(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("same", sa.String(length=64), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("by_id", _big(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_visit_file_assignment_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_visit_file_by_id")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_visit_file_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_file")),
        sa.UniqueConstraint("assignment_id", "same", name=op.f("uq_visit_file_assignment_id_same")),
    )
    op.create_index(op.f("ix_visit_file_community_id"), "visit_file", ["community_id"])
    op.create_table(
        "hours_change",
        sa.Column("id", _big(), nullable=False),
        sa.Column("community_id", _big(), nullable=False),
        sa.Column("hours_id", _big(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_id", _big(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_hours_change_by_id")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_hours_change_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["hours_id"], ["service_hours.id"], name=op.f("fk_hours_change_hours_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_change")),
    )
    op.create_index(op.f("ix_hours_change_hours_id"), "hours_change", ["hours_id"])
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("near", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("begun", sa.JSON(), nullable=True))
    with op.batch_alter_table("service_hours", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("work", sa.String(length=24), nullable=True))
    op.execute("UPDATE service_hours SET work = 'errand' WHERE errand_id IS NOT NULL")
    op.execute("UPDATE service_hours SET work = 'visit' WHERE errand_id IS NULL")
    op.execute("UPDATE service_hours SET key = 'row:' || CAST(id AS VARCHAR(20))")
    with op.batch_alter_table("service_hours", schema=None) as batch_op:
        batch_op.alter_column("key", existing_type=sa.String(length=80), nullable=False)
        batch_op.alter_column("work", existing_type=sa.String(length=24), nullable=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_service_hours_community_id_key"), ["community_id", "key"]
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("service_hours", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_service_hours_community_id_key"), type_="unique")
        batch_op.drop_column("work")
        batch_op.drop_column("key")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_column("begun")
        batch_op.drop_column("near")
    op.drop_index(op.f("ix_hours_change_hours_id"), table_name="hours_change")
    op.drop_table("hours_change")
    op.drop_index(op.f("ix_visit_file_community_id"), table_name="visit_file")
    op.drop_table("visit_file")
