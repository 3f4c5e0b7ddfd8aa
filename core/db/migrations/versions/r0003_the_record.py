"""The record: audit_event (append-only, hash-chained) and audit_head, where it ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_GENESIS = "0" * 64


def upgrade() -> None:
    """Create both tables, the head of an empty record, and the guards."""
    _create_event()
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="one_head"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": _GENESIS}])
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    """Drop everything this revision made; the record is lost."""
    op.drop_table("audit_event")
    op.drop_table("audit_head")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")


def _create_event() -> None:
    texts = {"at": 32, "account": 64, "unit": 64, "role": 24, "action": 40, "object_kind": 24}
    texts |= {"object": 80, "area": 24, "purpose": 200, "result": 8}
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *[sa.Column(name, sa.String(length), nullable=False) for name, length in texts.items()],
        sa.Column("rows", sa.Integer),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("session", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("algorithm", sa.String(8), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_account", "audit_event", ["account", "at"])
    op.create_index("ix_audit_object", "audit_event", ["object", "at"])
    op.create_index("ix_audit_at", "audit_event", ["at"])


def _guard_postgresql() -> None:
    """No event is changed or removed, singly or all at once; the head is never removed."""
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
    )
    guards = {
        "audit_event": "UPDATE OR DELETE OR TRUNCATE",
        "audit_head": "DELETE OR TRUNCATE",
    }
    for table, verbs in guards.items():
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )


def _guard_sqlite() -> None:
    """The same; SQLite has no TRUNCATE, and fires for each row."""
    for table, verb in (
        ("audit_event", "UPDATE"),
        ("audit_event", "DELETE"),
        ("audit_head", "DELETE"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
