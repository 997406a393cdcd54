"""The reward ledger: which instant reward was given for what, once, whichever period it is found in again.

Of one company, reward and subject there is one entry. Money in it goes to payroll beside the payouts of the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, Integer, Text, UniqueConstraint

from perf_pipelines.records.kinds import Amount, Kind, record_table

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class RewardEntry:
    """``points``, ``amount`` in units of ``currency`` with as many decimals as that has, or both; ``None`` if none.

    ``subject_id`` is what has reached the bound, ``revision`` the one that the period was in when it was posted.
    ``posted_at`` is UTC without a zone.
    """

    company_id: str
    reward_id: str
    subject_id: str
    period_id: str
    revision: int
    employee_id: str
    points: Decimal | None
    amount: Decimal | None
    currency: str | None
    reason: str
    posted_by: str
    posted_at: datetime


REWARD_LEDGER = Kind(
    table=record_table(
        "reward_entry",
        Column("reward_id", Text, nullable=False),
        Column("subject_id", Text, nullable=False),
        Column("period_id", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("employee_id", Text, nullable=False),
        Column("points", Amount),
        Column("amount", Amount),
        Column("currency", Text),
        Column("reason", Text, nullable=False),
        Column("posted_by", Text, nullable=False),
        Column("posted_at", DateTime, nullable=False),
        UniqueConstraint("company_id", "reward_id", "subject_id", name="reward_is_given_once"),
    ),
    record=RewardEntry,
    action="reward",
    actor="posted_by",
    subject=("reward_id", "subject_id"),
)
