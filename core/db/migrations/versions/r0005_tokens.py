"""Tokens of other systems, answers to their writes, and which accounts are systems'."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; every account from before is a person's."""
    kind = sa.Column("kind", sa.String(8), nullable=False, server_default="person")
    op.add_column("account", kind)
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("account", sa.String(40), sa.ForeignKey("account.name"), nullable=False),
        sa.Column("system", sa.String(80), nullable=False),
        sa.Column("scopes", sa.String(400), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.Column("last_used_at", sa.DateTime),
        sa.Column("busy_until", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_token_account", "api_token", ["account"])
    op.create_table(
        "idempotency",
        sa.Column("account", sa.String(40), sa.ForeignKey("account.name"), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("body", sa.Text),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])


def downgrade() -> None:
    """Drop the tables: every system is shut out, the record of its calls stays."""
    op.drop_table("idempotency")
    op.drop_table("api_token")
    op.drop_column("account", "kind")
