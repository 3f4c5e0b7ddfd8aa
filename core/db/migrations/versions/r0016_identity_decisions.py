"""Decisions about who is one person: pseudonyms only, and only ever added to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "identity_decision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("act", sa.String(8), nullable=False),
        sa.Column("kept", sa.String(40), nullable=False),
        sa.Column("other", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("known_on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
    )
    op.create_index("ix_identity_decision", "identity_decision", ["kept", "other"])


def downgrade() -> None:
    """Drop the table: records that were joined stand apart again."""
    op.drop_table("identity_decision")
