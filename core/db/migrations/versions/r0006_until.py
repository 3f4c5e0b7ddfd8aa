"""A sign-in may end with the token of the provider that vouched for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment."""
    op.add_column("sign_in", sa.Column("until", sa.DateTime))


def downgrade() -> None:
    """Drop it: such sign-ins then last as long as any other."""
    with op.batch_alter_table("sign_in") as table:
        table.drop_column("until")
