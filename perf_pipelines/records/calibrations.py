"""Calibrations: another grade than the computed one, given by a manager by name and with a reason.

A calibration holds while the computed grade is the one that its author saw. It is not taken back but followed by
another; the newest of a period and employee counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, Text

from perf_pipelines.records.kinds import Kind, record_table

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """``grade`` in place of ``computed_grade`` for one employee and period; ``calibrated_at`` is UTC without a zone."""

    period_id: str
    employee_id: str
    computed_grade: str
    grade: str
    calibrated_by: str
    reason: str
    calibrated_at: datetime


CALIBRATIONS = Kind(
    table=record_table(
        "calibration",
        Column("period_id", Text, nullable=False),
        Column("employee_id", Text, nullable=False),
        Column("computed_grade", Text, nullable=False),
        Column("grade", Text, nullable=False),
        Column("calibrated_by", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("calibrated_at", DateTime, nullable=False),
    ),
    record=Calibration,
    action="calibrate",
    actor="calibrated_by",
    subject=("period_id", "employee_id"),
)
