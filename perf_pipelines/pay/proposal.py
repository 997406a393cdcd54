"""A proposal: what the published period would pay to whom, with the hash that approvals are bound to."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from perf_pipelines.currencies import in_units
from perf_pipelines.records.people import People
from perf_pipelines.reports.marts import PublishedMarts, employee_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perf_pipelines.home import CompanyHome
    from perf_pipelines.periods import Period


@dataclass(frozen=True, kw_only=True)
class Payout:
    """What one employee would be paid: ``amount`` with as many decimals as ``currency`` has, for ``grade``.

    ``computed_grade`` is the one before calibration, of which nobody is paid.
    """

    employee_id: str
    grade: str | None
    amount: Decimal
    currency: str
    computed_grade: str | None = None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """All payouts of a revision of a period, in the order of employees; none in a cycle that pays nothing.

    ``people`` are all employees, of whom some may approve it: by one of their names, and only once.
    """

    company_id: str
    period_id: str
    revision: int
    payouts: tuple[Payout, ...]
    people: People = field(default_factory=People, compare=False)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of who gets how much for which grade; another when anything of it changes, and only then."""
        rows = [[each.employee_id, each.grade, str(each.amount), each.currency] for each in self.payouts]
        content = [self.company_id, self.period_id, self.revision, rows]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    @property
    def totals(self) -> Mapping[str, Decimal]:
        """The sum by currency."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for payout in self.payouts:
            sums[payout.currency] += payout.amount
        return dict(sorted(sums.items()))

    def paid_to(self, name: str) -> tuple[Payout, ...]:
        """What somebody, by id or name, would be paid; empty where they are no employee, or get nothing."""
        return tuple(each for each in self.payouts if each.amount and self.people.are_one(each.employee_id, name))


def published_proposal(home: CompanyHome, *, company_id: str, period: Period) -> Proposal:
    """What is published of ``period``; :class:`~perf_pipelines.errors.NotPublished`."""
    marts = PublishedMarts(home)
    marts.require(period.id)
    [published] = marts.query(
        "select coalesce(max(revision), 1) as revision from marts.fct_evaluation where period_id = ?", [period.id]
    )
    rows = marts.query(
        """
        select payout.employee_id, payout.grade, payout.amount, payout.currency, evaluation.grade_before_calibration
        from marts.fct_payout as payout
        left join marts.fct_evaluation as evaluation
            on payout.period_id = evaluation.period_id and payout.employee_id = evaluation.employee_id
        where payout.period_id = ? order by payout.employee_id
        """,
        [period.id],
    )
    return Proposal(
        company_id=company_id,
        period_id=period.id,
        revision=published["revision"],
        payouts=tuple(
            Payout(
                employee_id=row["employee_id"],
                grade=row["grade"],
                amount=in_units(row["amount"], row["currency"]),
                currency=row["currency"],
                computed_grade=row["grade_before_calibration"],
            )
            for row in rows
        ),
        people=People(employee_names(home)),
    )
