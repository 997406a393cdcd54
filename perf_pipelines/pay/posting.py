"""Posting an approved proposal to the ledger: once, whole, and of a later revision the difference alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.currencies import in_units
from perf_pipelines.errors import Problem
from perf_pipelines.pay.approving import demand_calibrated, demand_current, standing_of
from perf_pipelines.pay.refusal import PayRefused
from perf_pipelines.pay.states import PEOPLE_NEEDED, Standing, State
from perf_pipelines.records.ledger import LEDGER, LedgerEntry
from perf_pipelines.records.moment import this_moment
from perf_pipelines.records.period_steps import PERIOD_STEPS, PeriodStep, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.pay.proposal import Proposal
    from perf_pipelines.records.store import Records

BONUS, RESTATEMENT = "bonus", "restatement"


@dataclass(frozen=True, kw_only=True)
class Posting:
    """The entries of one revision, by employee; ``is_new`` unless somebody had posted them before."""

    step: PeriodStep
    entries: tuple[LedgerEntry, ...]
    is_new: bool


def post(records: Records, proposal: Proposal, *, by: str) -> Posting:
    """Write the entries that make the period's ledger equal to ``proposal``, and that it is posted; all or nothing.

    Somebody who is paid as before, or nothing and was paid nothing, gets no entry. What is posted already is returned
    as it is. :class:`PayRefused` unless two different people have approved exactly this proposal, and when somebody was
    given a grade since.
    """
    headline = f"{proposal.period_id} is not posted"
    with records.writing() as transaction:
        now = standing_of(transaction, proposal)
        posted = transaction.all(LEDGER, period_id=proposal.period_id)
        steps = transaction.all(PERIOD_STEPS, period_id=proposal.period_id)
        if now.state in {State.POSTED, State.SEALED}:
            [step] = [each for each in steps if (each.step, each.revision) == (Step.POSTED, now.revision)]
            return Posting(step=step, entries=_of_revision(posted, now.revision), is_new=False)
        demand_current(proposal, now, headline)
        demand_calibrated(transaction, proposal, headline)
        if now.state is not State.APPROVED:
            raise PayRefused(headline, _not_approved(now))
        made_at = this_moment()
        reopened = now.last_step
        entries = [
            LedgerEntry(
                company_id=proposal.company_id,
                period_id=proposal.period_id,
                revision=proposal.revision,
                employee_id=employee,
                kind=RESTATEMENT if reopened else BONUS,
                amount=amount,
                currency=currency,
                reason=reopened.reason if reopened else f"{proposal.period_id} 绩效奖金 performance bonus",
                posted_by=by,
                posted_at=made_at,
            )
            for (employee, currency), amount in _differences(proposal, posted, headline).items()
        ]
        transaction.append(LEDGER, *entries)
        step = PeriodStep(
            period_id=proposal.period_id,
            revision=proposal.revision,
            step=Step.POSTED,
            proposal=proposal.hash,
            reason="",
            made_by=by,
            made_at=made_at,
        )
        transaction.append(PERIOD_STEPS, step)
    return Posting(step=step, entries=tuple(entries), is_new=True)


def _differences(proposal: Proposal, posted: Sequence[LedgerEntry], headline: str) -> dict[tuple[str, str], Decimal]:
    """What is missing in the ledger, or too much, by employee and currency; nothing of whom it is right."""
    missing: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for payout in proposal.payouts:
        missing[payout.employee_id, payout.currency] += payout.amount
    for entry in posted:
        missing[entry.employee_id, entry.currency] -= entry.amount
    found = {
        (employee, currency): in_units(amount, currency)
        for (employee, currency), amount in sorted(missing.items())
        if amount
    }
    currencies = Counter(employee for employee, _ in found)
    twice = sorted(employee for employee, number in currencies.items() if number > 1)
    if twice:
        raise PayRefused(
            headline,
            [
                Problem(
                    row=employee,
                    what="was paid in one currency, and is proposed to be paid in another",
                    todo="close the period again in the currency that was posted, and settle the change outside",
                )
                for employee in twice
            ],
        )
    return found


def _of_revision(posted: Sequence[LedgerEntry], revision: int) -> tuple[LedgerEntry, ...]:
    entries = [entry for entry in posted if entry.revision == revision]
    return tuple(sorted(entries, key=lambda entry: entry.employee_id))


def _not_approved(now: Standing) -> list[Problem]:
    problems = [
        Problem(
            field="approval",
            what=f"{each.approved_by} has approved another proposal ({each.approved_at:%Y-%m-%d %H:%M} UTC); it has "
            "changed since, so that this approval is void",
            todo="have it looked at and approved again",
        )
        for each in now.void
    ]
    names = ", ".join(each.approved_by for each in now.approvals) or "nobody"
    return [
        Problem(
            field="approval",
            what=f"{names} has approved what is proposed now, and {PEOPLE_NEEDED} different people are needed",
            todo="approve it with `perf-pipelines pay approve`",
        ),
        *problems,
    ]
