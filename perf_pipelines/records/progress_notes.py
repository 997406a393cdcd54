"""Progress notes: what an employee has done, in own words, for the manager to read (R7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, Date, DateTime, Text

from perf_pipelines.records.kinds import Kind, record_table

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class ProgressNote:
    """About the day ``written_on`` in the company's time zone; ``noted_at`` is UTC without a zone."""

    employee_id: str
    written_on: date
    text: str
    noted_by: str
    noted_at: datetime


PROGRESS_NOTES = Kind(
    table=record_table(
        "progress_note",
        Column("employee_id", Text, nullable=False),
        Column("written_on", Date, nullable=False),
        Column("text", Text, nullable=False),
        Column("noted_by", Text, nullable=False),
        Column("noted_at", DateTime, nullable=False),
    ),
    record=ProgressNote,
    action="note",
    actor="noted_by",
    subject=("employee_id", "written_on"),
)
