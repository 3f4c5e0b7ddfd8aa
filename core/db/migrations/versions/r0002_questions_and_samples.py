"""What an alert asks, how it is handled, what was expected, how it was drawn, how it was tried."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ADDED: dict[str, dict[str, Any]] = {
    "question": {"type_": sa.String(8)},
    "handling": {"type_": sa.Integer()},
    "expected": {"type_": sa.Float()},
    "stratum": {"type_": sa.String(40)},
    "inclusion": {"type_": sa.Float()},
    "urgent": {"type_": sa.Boolean(), "nullable": False, "server_default": sa.false()},
    "tries": {"type_": sa.Integer(), "nullable": False, "server_default": "0"},
}


def upgrade() -> None:
    """Add the columns, empty for alerts raised before; plain ADD COLUMN keeps every trigger."""
    for name, given in _ADDED.items():
        op.add_column("alert", sa.Column(name, **given))


def downgrade() -> None:
    """Drop the columns; what they held is lost."""
    for name in reversed(_ADDED):
        op.drop_column("alert", name)
