"""Long work that waits its turn: the table of jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
_ONE_RUNS = sa.text("state = 'running'")


def upgrade() -> None:
    """Create the table; at most one of its jobs may be running."""
    op.create_table(
        "job",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("configuration", sa.Text, nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("host", sa.String(120)),
        sa.Column("pid", sa.Integer),
        sa.Column("mark", sa.String(60)),
        sa.Column("heard_at", sa.DateTime),
        sa.Column("started_at", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("cancelled_by", sa.String(40)),
        sa.Column("cancel_at", sa.DateTime),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_job_state", "job", ["state", "id"])
    op.create_index(
        "ux_job_one_runs",
        "job",
        ["state"],
        unique=True,
        sqlite_where=_ONE_RUNS,
        postgresql_where=_ONE_RUNS,
    )


def downgrade() -> None:
    """Drop the table; what was done stays in MLflow and in the record."""
    op.drop_table("job")
