"""The reward ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from perf_pipelines.records.kinds import Amount
from perf_pipelines.records.migrations.append_only import make_append_only

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reward_entry",
        sa.Column("company_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reward_id", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("period_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("employee_id", sa.Text, nullable=False),
        sa.Column("points", Amount),
        sa.Column("amount", Amount),
        sa.Column("currency", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("posted_by", sa.Text, nullable=False),
        sa.Column("posted_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("company_id", "reward_id", "subject_id", name="reward_is_given_once"),
    )
    make_append_only("reward_entry")
