"""Appeals, their answers, and progress notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from perf_pipelines.records.migrations.append_only import make_append_only

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "appeal",
        sa.Column("company_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("period_id", sa.Text, nullable=False),
        sa.Column("employee_id", sa.Text, nullable=False),
        sa.Column("objection", sa.Text, nullable=False),
        sa.Column("answer_by", sa.Date, nullable=False),
        sa.Column("filed_by", sa.Text, nullable=False),
        sa.Column("filed_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "appeal_answer",
        sa.Column("company_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("appeal", sa.Integer, nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("answered_by", sa.Text, nullable=False),
        sa.Column("answered_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("company_id", "appeal", name="appeal_is_answered_once"),
    )
    op.create_table(
        "progress_note",
        sa.Column("company_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("employee_id", sa.Text, nullable=False),
        sa.Column("written_on", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("noted_by", sa.Text, nullable=False),
        sa.Column("noted_at", sa.DateTime, nullable=False),
    )
    for name in ("appeal", "appeal_answer", "progress_note"):
        make_append_only(name)
