"""A process that approves and posts a proposal, to be killed at it."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from decimal import Decimal

from perf_pipelines.errors import RunFailed
from perf_pipelines.pay.approving import approve
from perf_pipelines.pay.posting import post
from perf_pipelines.pay.proposal import Payout, Proposal
from perf_pipelines.pay.refusal import PayRefused
from perf_pipelines.records.store import Records

COMPANY = "small_shop"
_MANY = 400


def of_many(period_id: str, *, revision: int = 1, more: str = "0.00") -> Proposal:
    """Payouts of many people, all different, so that posting them takes a while."""
    payouts = tuple(
        Payout(
            employee_id=f"E{number:04d}",
            grade="qualified",
            amount=Decimal(number) * Decimal("13.37") + Decimal(more),
            currency="CNY",
        )
        for number in range(1, _MANY + 1)
    )
    return Proposal(company_id=COMPANY, period_id=period_id, revision=revision, payouts=payouts)


def approve_and_post(url: str, period_id: str) -> None:
    """What two people and payroll do after one another, whoever of them has come how far before."""
    records, proposal = Records(url, company_id=COMPANY), of_many(period_id)
    for name in ("Li Na", "Wang Wei"):
        with suppress(PayRefused):
            approve(records, proposal, by=name)
    post(records, proposal, by="payroll")


def post_with_no_room(url: str, period_id: str, room: int) -> None:
    """Post where no file may grow beyond ``room`` bytes, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        post(Records(url, company_id=COMPANY), of_many(period_id), by="payroll")
    except RunFailed:
        sys.exit(RunFailed.exit_code)
