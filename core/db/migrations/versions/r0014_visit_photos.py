"""Photos of visits: whose they are and when they came; the pictures lie in the vault."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "visit_photo",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("removed_at", sa.DateTime),
    )
    op.create_index("ix_visit_photo_alert", "visit_photo", ["alert_id"])


def downgrade() -> None:
    """Drop the table: the pictures in the vault belong to nobody then and are swept away."""
    op.drop_table("visit_photo")
