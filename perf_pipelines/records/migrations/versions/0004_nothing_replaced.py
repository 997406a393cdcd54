"""Nothing is replaced by any unique key: the triggers of before asked only whose the row was and its number."""

from __future__ import annotations

from alembic import op

from perf_pipelines.records.migrations.append_only import refuse_replacement

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the triggers again; PostgreSQL has no such statement."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in _TABLES:
        refuse_replacement(name)


_TABLES = (
    "audit_entry",
    "waiver",
    "calibration",
    "pay_approval",
    "ledger_entry",
    "period_step",
    "appeal",
    "appeal_answer",
    "progress_note",
)
