"""Alerts: that a KPI has fallen behind in a running period, told to the manager once (R5).

Of one company, period, employee, position, department and KPI there is one alert: what was told is not told again, on
whatever day and however the figures have changed by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, Date, DateTime, Text, UniqueConstraint

from perf_pipelines.records.kinds import Amount, Kind, record_table

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

SUBJECT = ("period_id", "employee_id", "position_id", "department_id", "kpi_id")
"""What an alert is about; of each there is one."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What was told, as it was known then: rows up to the day ``raised_on`` count, in the company's time zone.

    ``paced_target`` and ``actual`` are in the KPI's unit, ``ratio`` is the attainment; ``segment``, ``segment_value``
    and ``effect`` (in the KPI's unit) are the likely cause, ``None`` where nothing explains it. ``manager_id`` is
    ``None`` of somebody without a manager. ``raised_at`` is UTC without a zone.
    """

    company_id: str
    period_id: str
    employee_id: str
    position_id: str
    department_id: str
    kpi_id: str
    manager_id: str | None
    raised_on: date
    paced_target: Decimal
    actual: Decimal
    ratio: Decimal
    segment: str | None
    segment_value: str | None
    effect: Decimal | None
    sentence_zh: str
    sentence_en: str
    raised_by: str
    raised_at: datetime

    @property
    def subject(self) -> tuple[str, ...]:
        """The values of :data:`SUBJECT`."""
        return tuple(getattr(self, name) for name in SUBJECT)


ALERTS = Kind(
    table=record_table(
        "kpi_alert",
        Column("period_id", Text, nullable=False),
        Column("employee_id", Text, nullable=False),
        Column("position_id", Text, nullable=False),
        Column("department_id", Text, nullable=False),
        Column("kpi_id", Text, nullable=False),
        Column("manager_id", Text),
        Column("raised_on", Date, nullable=False),
        Column("paced_target", Amount, nullable=False),
        Column("actual", Amount, nullable=False),
        Column("ratio", Amount, nullable=False),
        Column("segment", Text),
        Column("segment_value", Text),
        Column("effect", Amount),
        Column("sentence_zh", Text, nullable=False),
        Column("sentence_en", Text, nullable=False),
        Column("raised_by", Text, nullable=False),
        Column("raised_at", DateTime, nullable=False),
        UniqueConstraint("company_id", *SUBJECT, name="alert_is_raised_once"),
    ),
    record=Alert,
    action="alert",
    actor="raised_by",
    subject=SUBJECT,
)
