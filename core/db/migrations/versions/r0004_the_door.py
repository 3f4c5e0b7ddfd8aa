"""Accounts with their grants, sign-ins, emergency looks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; a home from before has no account yet."""
    _create_account()
    _create_grant()
    _create_sign_in()
    _create_glass()


def downgrade() -> None:
    """Drop the tables; accounts and sign-ins are lost, the record of them is not."""
    for name in ("glass", "sign_in", "account_grant", "account"):
        op.drop_table(name)


def _create_account() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("display", sa.String(80), nullable=False),
        sa.Column("unit", sa.String(80), nullable=False),
        sa.Column("lives_in", sa.String(12), nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("subject", sa.String(300), unique=True),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("disabled_at", sa.DateTime),
    )


def _account(name: str = "account") -> sa.Column:
    return sa.Column(name, sa.String(40), sa.ForeignKey("account.name"), nullable=False)


def _create_grant() -> None:
    op.create_table(
        "account_grant",
        sa.Column("id", sa.Integer, primary_key=True),
        _account(),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("area", sa.String(12), nullable=False),
        sa.Column("department", sa.String(24), nullable=False),
        sa.Column("granted_by", sa.String(40), nullable=False),
        sa.Column("granted_at", sa.DateTime, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime),
    )
    op.create_index("ix_grant_account", "account_grant", ["account"])


def _create_sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("secret", sa.String(64), nullable=False, unique=True),
        _account(),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("ended_by", sa.String(16)),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(120), nullable=False),
    )
    op.create_index("ix_sign_in_account", "sign_in", ["account", "ended_at"])


def _create_glass() -> None:
    op.create_table(
        "glass",
        sa.Column("id", sa.Integer, primary_key=True),
        _account(),
        sa.Column("household", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("broken_at", sa.DateTime, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
        sa.Column("reviewed_by", sa.String(40)),
        sa.Column("reviewed_at", sa.DateTime),
        sa.Column("verdict", sa.String(12)),
        sa.Column("note", sa.Text),
    )
    op.create_index("ix_glass_account", "glass", ["account", "until"])
