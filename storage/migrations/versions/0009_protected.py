"""Remember which messages may not be passed on: only those may come to hold an address.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What stands already counts as unprotected, and gives way to a new message."""
    op.add_column(
        "standing",
        sa.Column("protected", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_column("protected")
