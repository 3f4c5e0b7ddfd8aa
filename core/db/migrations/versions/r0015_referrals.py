"""Referrals: what a visit sent on to another body is followed until that body answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.workflow.events import append_only

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables; the database refuses to change or delete an event."""
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("clock_from", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("version_id", sa.Integer, nullable=False),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("department", sa.String(24), nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.UniqueConstraint("alert_id", "code", name="uq_referral_once"),
    )
    op.create_index("ix_referral_department", "referral", ["department", "state"])
    op.create_table(
        "referral_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("from_state", sa.String(12)),
        sa.Column("to_state", sa.String(12), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("referral_id", sa.Integer, sa.ForeignKey("referral.id"), nullable=False),
        sa.Column("department", sa.String(24), nullable=False),
    )
    op.create_index("ix_referral_event_referral", "referral_event", ["referral_id", "id"])
    for statement in append_only("referral_event", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Drop both tables; what became of referrals is lost."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER referral_event_append_only ON referral_event")
        op.execute("DROP FUNCTION referral_event_refuse()")
    op.drop_table("referral_event")
    op.drop_table("referral")
