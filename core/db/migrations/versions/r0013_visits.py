"""What phones send from visits: operations received, the shared sheet, conflicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "visit_operation",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("seen_event", sa.Integer, nullable=False),
        sa.Column("base", sa.String(40), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("answer", sa.String(8), nullable=False),
        sa.Column("told_zh", sa.Text),
        sa.Column("told_en", sa.Text),
        sa.Column("stands", sa.String(40), nullable=False),
    )
    op.create_index("ix_visit_operation_alert", "visit_operation", ["alert_id"])
    op.create_table(
        "visit_field",
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("field", sa.String(60), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("operation", sa.String(40), nullable=False),
        sa.Column("writer", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "visit_conflict",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        *_side("kept"),
        *_side("other"),
        sa.Column("chosen", sa.String(8)),
        sa.Column("chosen_by", sa.String(40)),
        sa.Column("chosen_at", sa.DateTime),
    )
    op.create_index("ix_visit_conflict_alert", "visit_conflict", ["alert_id"])


def _side(name: str) -> list[sa.Column]:
    """One of the two values: what, by whom, when, by which operation."""
    return [
        sa.Column(name, sa.Text, nullable=False),
        sa.Column(f"{name}_by", sa.String(40), nullable=False),
        sa.Column(f"{name}_at", sa.DateTime, nullable=False),
        sa.Column(f"{name}_operation", sa.String(40), nullable=False),
    ]


def downgrade() -> None:
    """Drop the tables: results stay in the alerts' events, drafts and conflicts are lost."""
    op.drop_table("visit_conflict")
    op.drop_table("visit_field")
    op.drop_table("visit_operation")
