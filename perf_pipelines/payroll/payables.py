"""What is posted of a period and is money: entries of the payout ledger, and of the reward ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perf_pipelines.records.ledger import LEDGER
from perf_pipelines.records.reward_ledger import REWARD_LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from decimal import Decimal

    from perf_pipelines.records.store import Records

REWARD = "reward"


@dataclass(frozen=True, kw_only=True)
class Payable:
    """``amount`` in units of ``currency``, with as many decimals as that has; ``posted_at`` is UTC without a zone.

    ``kind`` is that of the ledger entry, or ``reward``; ``about`` tells the rewards of one employee apart.
    """

    company_id: str
    period_id: str
    revision: int
    employee_id: str
    kind: str
    about: tuple[str, ...] = ()
    amount: Decimal
    currency: str
    reason: str
    posted_by: str
    posted_at: datetime


def payables(records: Records, period_id: str) -> tuple[Payable, ...]:
    """Everything of the period, of all its revisions; rewards of points alone are left out."""
    return (
        *(Payable(**vars(entry)) for entry in records.all(LEDGER, period_id=period_id)),
        *_rewards(records, period_id),
    )


def _rewards(records: Records, period_id: str) -> Iterator[Payable]:
    for entry in records.all(REWARD_LEDGER, period_id=period_id):
        if entry.amount is not None and entry.currency is not None:
            yield Payable(
                company_id=entry.company_id,
                period_id=entry.period_id,
                revision=entry.revision,
                employee_id=entry.employee_id,
                kind=REWARD,
                about=(entry.reward_id, entry.subject_id),
                amount=entry.amount,
                currency=entry.currency,
                reason=entry.reason,
                posted_by=entry.posted_by,
                posted_at=entry.posted_at,
            )
