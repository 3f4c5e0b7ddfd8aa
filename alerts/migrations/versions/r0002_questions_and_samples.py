"""What an alert asks, how it is to be handled, what was expected of it, and how it was drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ADDED = {
    "question": sa.String(8),
    "handling": sa.Integer(),
    "expected": sa.Float(),
    "stratum": sa.String(40),
    "inclusion": sa.Float(),
}


def upgrade() -> None:
    """Add the columns, empty for alerts raised before; plain ADD COLUMN keeps every trigger."""
    for name, kind in _ADDED.items():
        op.add_column("alert", sa.Column(name, kind))


def downgrade() -> None:
    """Drop the columns; what they held is lost."""
    for name in reversed(_ADDED):
        op.drop_column("alert", name)
