"""Versions of the rules, their acts, from when which one holds; local standards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.workflow.events import append_only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
_ADDED_TO = ("rule_event", "rule_activation", "standard_entry")


def upgrade() -> None:
    """Create the tables; months scored before keep the rules that came with the program."""
    _versions()
    _standards()
    dialect = op.get_bind().dialect.name
    for table in _ADDED_TO:
        for statement in append_only(table, dialect):
            op.execute(statement)


def _versions() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("clock_from", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("version_id", sa.Integer, nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("base_id", sa.Integer, sa.ForeignKey("rule_version.id")),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("tried", sa.Text),
        sa.Column("approved_by", sa.String(40)),
        sa.Column("override", sa.Text),
    )
    op.create_table(
        "rule_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("from_state", sa.String(12)),
        sa.Column("to_state", sa.String(12), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("rule_version_id", sa.Integer, sa.ForeignKey("rule_version.id"), nullable=False),
        sa.Column("changes", sa.Text),
    )
    op.create_index("ix_rule_event", "rule_event", ["rule_version_id", "id"])
    op.create_table(
        "rule_activation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rule_version_id", sa.Integer, sa.ForeignKey("rule_version.id"), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("second", sa.String(40)),
        sa.Column("reason", sa.Text),
        sa.Column("promise", sa.Text),
        sa.Column("override", sa.Text),
    )
    op.create_index("ix_rule_activation_since", "rule_activation", ["since", "id"])


def _standards() -> None:
    op.create_table(
        "standard_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("standard", sa.String(16), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("known_on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    op.create_index("ix_standard_entry", "standard_entry", ["region", "side", "standard", "since"])


def downgrade() -> None:
    """Drop the tables; refused where the office wrote versions or standards of its own."""
    bind = op.get_bind()
    own = bind.execute(sa.text("SELECT count(*) FROM rule_version WHERE kind = 'own'")).scalar()
    entries = bind.execute(sa.text("SELECT count(*) FROM standard_entry")).scalar()
    if own or entries:
        raise RuntimeError("the store holds versions or standards of the office; export them first")
    for table in _ADDED_TO:
        op.drop_table(table)
        if bind.dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {table}_refuse()")
    op.drop_table("rule_version")
