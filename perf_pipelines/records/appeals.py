"""Appeals: an employee's objection to the result of a period, with a deadline, and its answer by somebody else.

Both are recorded and neither is changed; an appeal is called by the number of its record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Text, UniqueConstraint

from perf_pipelines.records.kinds import Kind, record_table

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Appeal:
    """To be answered by the end of ``answer_by``; ``filed_at`` is UTC without a zone."""

    period_id: str
    employee_id: str
    objection: str
    answer_by: date
    filed_by: str
    filed_at: datetime


@dataclass(frozen=True, kw_only=True)
class AppealAnswer:
    """Of the appeal with the number ``appeal``: whether it is accepted and why; ``answered_at`` is UTC."""

    appeal: int
    accepted: bool
    reason: str
    answered_by: str
    answered_at: datetime


APPEALS = Kind(
    table=record_table(
        "appeal",
        Column("period_id", Text, nullable=False),
        Column("employee_id", Text, nullable=False),
        Column("objection", Text, nullable=False),
        Column("answer_by", Date, nullable=False),
        Column("filed_by", Text, nullable=False),
        Column("filed_at", DateTime, nullable=False),
    ),
    record=Appeal,
    action="appeal",
    actor="filed_by",
    subject=("period_id", "employee_id"),
)

APPEAL_ANSWERS = Kind(
    table=record_table(
        "appeal_answer",
        Column("appeal", Integer, nullable=False),
        Column("accepted", Boolean, nullable=False),
        Column("reason", Text, nullable=False),
        Column("answered_by", Text, nullable=False),
        Column("answered_at", DateTime, nullable=False),
        UniqueConstraint("company_id", "appeal", name="appeal_is_answered_once"),
    ),
    record=AppealAnswer,
    action="answer",
    actor="answered_by",
    subject=("appeal",),
)
