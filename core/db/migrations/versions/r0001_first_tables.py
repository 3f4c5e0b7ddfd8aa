"""First tables: alert, alert_reason, need, alert_event (append-only)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OPEN = sa.text("state <> 'closed'")


def upgrade() -> None:
    """Create the four tables and the guard that keeps events unchanged."""
    _create_alert()
    _create_reason()
    _create_need()
    _create_event()
    _protect_events()


def downgrade() -> None:
    """Drop everything this revision made; the record is lost."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER alert_event_append_only ON alert_event")
        op.execute("DROP FUNCTION alert_event_refuse()")
    for table in ("alert_event", "need", "alert_reason", "alert"):
        op.drop_table(table)


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("household", sa.String(40), nullable=False),
        sa.Column("township_code", sa.String(12)),
        sa.Column("village_code", sa.String(12)),
        sa.Column("population", sa.String(12)),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("band", sa.String(8), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("clock_from", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.Column("rule_score", sa.Float),
        sa.Column("risk", sa.Float),
        sa.Column("coverage", sa.Float),
        sa.Column("rule_version", sa.String(40)),
        sa.Column("model_version", sa.String(40)),
        sa.Column("version_id", sa.Integer, nullable=False),
    )
    op.create_index(
        "uq_alert_open_household",
        "alert",
        ["household"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_alert_state_due", "alert", ["state", "due_on"])
    op.create_index("ix_alert_raised", "alert", ["raised_on"])
    op.create_index("ix_alert_township", "alert", ["township_code"])
    op.create_index("ix_alert_household", "alert", ["household"])


def _create_reason() -> None:
    op.create_table(
        "alert_reason",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("category", sa.String(4), nullable=False),
        sa.Column("text_zh", sa.Text, nullable=False),
        sa.Column("text_en", sa.Text, nullable=False),
        sa.Column("points", sa.Float),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.UniqueConstraint("alert_id", "source", "code", name="uq_reason_once"),
    )
    op.create_index("ix_reason_code", "alert_reason", ["code"])


def _create_need() -> None:
    op.create_table(
        "need",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("department", sa.String(24), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("settled_on", sa.Date),
        sa.UniqueConstraint("alert_id", "code", name="uq_need_once"),
    )
    op.create_index("ix_need_department", "need", ["department", "state"])


def _create_event() -> None:
    op.create_table(
        "alert_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("need_id", sa.Integer, sa.ForeignKey("need.id")),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("from_state", sa.String(12)),
        sa.Column("to_state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("cause", sa.String(20)),
        sa.Column("note", sa.Text),
    )
    op.create_index("ix_event_alert", "alert_event", ["alert_id", "id"])
    op.create_index("ix_event_at", "alert_event", ["at"])


def _protect_events() -> None:
    """Altering records of assistance is punishable (Social Assistance Law art. 70)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION alert_event_refuse() RETURNS trigger AS $$ BEGIN "
            "RAISE EXCEPTION 'alert_event is append-only'; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER alert_event_append_only BEFORE UPDATE OR DELETE ON alert_event "
            "FOR EACH ROW EXECUTE FUNCTION alert_event_refuse()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER alert_event_no_{verb.lower()} BEFORE {verb} ON alert_event "
            "BEGIN SELECT RAISE(ABORT, 'alert_event is append-only'); END"
        )
