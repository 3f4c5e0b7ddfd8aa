"""Who has a case, when its clock stands still, what a visit says of reasons, and acts of help."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ADDED: dict[str, dict[str, Any]] = {
    "alert": {
        "holder_role": sa.String(12),
        "holder_area": sa.String(12),
        "holder_account": sa.String(40),
        "suspended_until": sa.Date(),
    },
    "alert_reason": {"truth": sa.String(12)},
    "need": {"clock_from": sa.Date(), "due_on": sa.Date()},
    # reason_id names a reason; SQLite adds no foreign key to a table that stands.
    "alert_event": {"reason_id": sa.Integer(), "holder": sa.String(80), "until": sa.Date()},
}


def upgrade() -> None:
    """Add columns that older rows leave empty, and the table of help."""
    for table, columns in _ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind))
    # Until now a case that was sent out lay with everybody of its township.
    op.execute(
        "UPDATE alert SET holder_role = 'worker', holder_area = township_code "
        "WHERE state IN ('dispatched', 'accepted', 'checking', 'retry')"
    )
    op.create_table(
        "help",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("need_id", sa.Integer, sa.ForeignKey("need.id"), nullable=False),
        sa.Column("department", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("amount", sa.Float),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("corrects", sa.Integer, sa.ForeignKey("help.id")),
    )
    op.create_index("ix_help_alert", "help", ["alert_id"])
    op.create_index("ix_help_on", "help", ["given_on"])


def downgrade() -> None:
    """Drop them: who has a case and what help was given is forgotten."""
    op.drop_table("help")
    for table, columns in _ADDED.items():
        for name in columns:
            op.drop_column(table, name)
