"""The audit log, and waivers and calibrations in it; those of a file of before there were migrations are taken over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from perf_pipelines.records.chain import BEGINNING, AuditEntry, payload_of
from perf_pipelines.records.migrations.append_only import make_append_only

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the three tables, with what the old ones held."""
    old = [*_taken_away("waiver", _waiver()), *_taken_away("calibration", _calibration())]
    audit = _table("audit_entry", _audit_entry())
    tables = {"waiver": _table("waiver", _waiver()), "calibration": _table("calibration", _calibration())}
    previous = BEGINNING
    for number, (name, row) in enumerate(old, start=1):
        entry = AuditEntry(
            company_id=context.config.attributes["company_id"],
            number=number,
            at=datetime.now(UTC).replace(tzinfo=None),
            actor="perf-pipelines",
            action="take over",
            subject="/".join([name, *(str(row[field]) for field in _SUBJECTS[name])]),
            payload=payload_of(row),
            previous_hash=previous,
        )
        op.get_bind().execute(tables[name].insert(), row | {"company_id": entry.company_id, "number": number})
        op.get_bind().execute(audit.insert(), entry.row)
        previous = entry.hash
    for name in ("audit_entry", *tables):
        make_append_only(name)


_SUBJECTS = {
    "waiver": ("measure", "occurred_on", "system_a", "system_b"),
    "calibration": ("period_id", "employee_id"),
}


def _audit_entry() -> list[sa.Column[Any]]:
    texts = ("actor", "action", "subject", "payload", "previous_hash", "hash")
    return [
        sa.Column("at", sa.DateTime, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
    ]


def _waiver() -> list[sa.Column[Any]]:
    return [
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("occurred_on", sa.Date, nullable=False),
        sa.Column("system_a", sa.Text, nullable=False),
        sa.Column("system_b", sa.Text, nullable=False),
        sa.Column("waived_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("value_a", sa.Text),
        sa.Column("value_b", sa.Text),
    ]


def _calibration() -> list[sa.Column[Any]]:
    texts = ("period_id", "employee_id", "computed_grade", "grade", "calibrated_by", "reason")
    return [
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("calibrated_at", sa.DateTime, nullable=False),
    ]


def _table(name: str, columns: list[sa.Column[Any]]) -> sa.Table:
    return op.create_table(
        name,
        sa.Column("company_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *columns,
    )


def _taken_away(name: str, columns: list[sa.Column[Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Take an old file's table away and return its rows, with nothing in the columns that it did not have yet."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite" or not sa.inspect(connection).has_table(name):
        return []
    there = {column["name"] for column in sa.inspect(connection).get_columns(name)}
    old = sa.table(name, *(sa.column(column.name, column.type) for column in columns if column.name in there))
    rows = connection.execute(sa.select(old).order_by(sa.text(f"{name}_id"))).mappings().all()
    op.drop_table(name)
    nothing = dict.fromkeys(column.name for column in columns)
    return [(name, nothing | {str(field): value for field, value in row.items()}) for row in rows]
