"""Correction tickets: a false alarm whose cause lies in the data goes back to its feed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.workflow.events import append_only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables; the database refuses to change or delete an event."""
    op.create_table(
        "correction_ticket",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("clock_from", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("version_id", sa.Integer, nullable=False),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("reason_id", sa.Integer, sa.ForeignKey("alert_reason.id"), nullable=False),
        sa.Column("feed", sa.String(40)),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.UniqueConstraint("reason_id", name="uq_ticket_once"),
    )
    op.create_index("ix_ticket_feed", "correction_ticket", ["feed", "state"])
    op.create_table(
        "correction_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("from_state", sa.String(12)),
        sa.Column("to_state", sa.String(12), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("ticket_id", sa.Integer, sa.ForeignKey("correction_ticket.id"), nullable=False),
    )
    op.create_index("ix_correction_event_ticket", "correction_event", ["ticket_id", "id"])
    for statement in append_only("correction_event", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Drop both tables; the record of corrections is lost."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER correction_event_append_only ON correction_event")
        op.execute("DROP FUNCTION correction_event_refuse()")
    op.drop_table("correction_event")
    op.drop_table("correction_ticket")
