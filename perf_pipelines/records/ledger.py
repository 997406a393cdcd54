"""Ledger entries: what has been posted to be paid; never changed, only followed by another.

Of one company, period, revision, employee and kind there is one entry: posting the same again changes nothing. What a
later revision pays differently is an entry of its own with the difference, positive or negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, Integer, Text, UniqueConstraint

from perf_pipelines.records.kinds import Amount, Kind, record_table

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

__all__ = ["LEDGER", "LedgerEntry"]


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """``amount`` in units of ``currency``, with as many decimals as that has; ``posted_at`` is UTC without a zone.

    ``kind`` is ``bonus`` of the first revision and ``restatement`` of a later one; instant rewards have a ledger of
    their own (:mod:`~perf_pipelines.records.reward_ledger`).
    """

    company_id: str
    period_id: str
    revision: int
    employee_id: str
    kind: str
    amount: Decimal
    currency: str
    reason: str
    posted_by: str
    posted_at: datetime


LEDGER = Kind(
    table=record_table(
        "ledger_entry",
        Column("period_id", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("employee_id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("amount", Amount, nullable=False),
        Column("currency", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("posted_by", Text, nullable=False),
        Column("posted_at", DateTime, nullable=False),
        UniqueConstraint(
            "company_id", "period_id", "revision", "employee_id", "kind", name="ledger_entry_is_posted_once"
        ),
    ),
    record=LedgerEntry,
    action="post",
    actor="posted_by",
    subject=("period_id", "revision", "employee_id", "kind"),
)
