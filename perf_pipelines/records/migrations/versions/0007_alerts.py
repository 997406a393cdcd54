"""Alerts of KPIs that have fallen behind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from perf_pipelines.records.kinds import Amount
from perf_pipelines.records.migrations.append_only import make_append_only

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kpi_alert",
        sa.Column("company_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("period_id", sa.Text, nullable=False),
        sa.Column("employee_id", sa.Text, nullable=False),
        sa.Column("position_id", sa.Text, nullable=False),
        sa.Column("department_id", sa.Text, nullable=False),
        sa.Column("kpi_id", sa.Text, nullable=False),
        sa.Column("manager_id", sa.Text),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column("paced_target", Amount, nullable=False),
        sa.Column("actual", Amount, nullable=False),
        sa.Column("ratio", Amount, nullable=False),
        sa.Column("segment", sa.Text),
        sa.Column("segment_value", sa.Text),
        sa.Column("effect", Amount),
        sa.Column("sentence_zh", sa.Text, nullable=False),
        sa.Column("sentence_en", sa.Text, nullable=False),
        sa.Column("raised_by", sa.Text, nullable=False),
        sa.Column("raised_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint(
            *("company_id", "period_id", "employee_id", "position_id", "department_id", "kpi_id"),
            name="alert_is_raised_once",
        ),
    )
    make_append_only("kpi_alert")
