"""Which digest was sent to which channel on which day, and what failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of notices."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("tried_at", sa.DateTime),
        sa.Column("next_at", sa.DateTime),
        sa.Column("problem", sa.String(80)),
        sa.UniqueConstraint("day", "channel", name="uq_notice_once"),
    )


def downgrade() -> None:
    """Drop it: what was sent is forgotten."""
    op.drop_table("notice")
