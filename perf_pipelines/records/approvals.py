"""Approvals: that somebody has seen a proposal of payouts and agrees, by name.

An approval is bound to the hash of the proposal; to a proposal that has changed nobody has agreed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, Integer, Text

from perf_pipelines.records.kinds import Kind, record_table

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Of the proposal with the SHA-256 ``proposal``; ``approved_at`` is UTC without a zone."""

    period_id: str
    revision: int
    proposal: str
    approved_by: str
    approved_at: datetime


APPROVALS = Kind(
    table=record_table(
        "pay_approval",
        Column("period_id", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("proposal", Text, nullable=False),
        Column("approved_by", Text, nullable=False),
        Column("approved_at", DateTime, nullable=False),
    ),
    record=Approval,
    action="approve",
    actor="approved_by",
    subject=("period_id", "revision"),
)
