"""Steps of a period's pay that somebody has made: posted, sealed, opened again as the next revision.

Whether a period is evaluated and approved is no step: both follow from what is published now, and are void when that
changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, Integer, Text, UniqueConstraint

from perf_pipelines.records.kinds import Kind, record_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Step(StrEnum):
    """What was done."""

    POSTED = "posted"
    SEALED = "sealed"
    REOPENED = "reopened"


@dataclass(frozen=True, kw_only=True)
class PeriodStep:
    """``revision`` is the one that was posted or sealed, or the one that begins by reopening.

    ``proposal`` is the hash of what was posted, and ``reason`` why a period was reopened; both are empty otherwise.
    ``seal`` is the hash of what was sealed: ``None`` otherwise, and of what an older version has sealed. ``made_at`` is
    UTC without a zone.
    """

    period_id: str
    revision: int
    step: str
    proposal: str
    reason: str
    made_by: str
    made_at: datetime
    seal: str | None = None


PERIOD_STEPS = Kind(
    table=record_table(
        "period_step",
        Column("period_id", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("step", Text, nullable=False),
        Column("proposal", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("made_by", Text, nullable=False),
        Column("made_at", DateTime, nullable=False),
        Column("seal", Text),
        UniqueConstraint("company_id", "period_id", "revision", "step", name="period_step_is_made_once"),
    ),
    record=PeriodStep,
    action="step",
    actor="made_by",
    subject=("period_id", "revision", "step"),
)


def revision_after(steps: Iterable[PeriodStep]) -> int:
    """The revision that a period is in: 1, and one more with each reopening."""
    return 1 + sum(step.step == Step.REOPENED for step in steps)
