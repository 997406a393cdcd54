"""Approving a proposal: two different people, each of exactly what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.errors import Problem
from perf_pipelines.pay.refusal import PayRefused
from perf_pipelines.pay.states import Standing, State, standing
from perf_pipelines.records.approvals import APPROVALS, Approval
from perf_pipelines.records.calibrations import CALIBRATIONS
from perf_pipelines.records.moment import this_moment
from perf_pipelines.records.period_steps import PERIOD_STEPS

if TYPE_CHECKING:
    from perf_pipelines.pay.proposal import Proposal
    from perf_pipelines.records.store import Records, Transaction

_SHOWN = 12
"""Digits of a hash that are shown to people."""


def approve(records: Records, proposal: Proposal, *, by: str, seen: str | None = None) -> Standing:
    """Record that ``by`` approves; where the period stands then.

    ``seen`` are the first digits of the hash that was shown to them, all or more; without it they approve whatever is
    proposed now. :class:`PayRefused` when that is another proposal than the one now, when the period is posted, when
    somebody was given a grade since, and when they have approved it already.
    """
    headline = f"{proposal.period_id} is not approved"
    if seen is not None and len(seen.strip()) < _SHOWN:
        what = f"`{seen}` is too short to say which proposal was seen"
        todo = f"give all {_SHOWN} digits that `perf-pipelines pay show` shows"
        raise PayRefused(headline, [Problem(field="proposal", what=what, todo=todo)])
    if seen is not None and not proposal.hash.startswith(seen.strip().lower()):
        raise PayRefused(
            headline,
            [
                Problem(
                    field="proposal",
                    what=f"{seen} is not what is proposed now, which is {shown(proposal.hash)}: it has changed since",
                    todo="look at it again with `perf-pipelines pay show` and approve what it shows",
                )
            ],
        )
    with records.writing() as transaction:
        before = standing_of(transaction, proposal)
        demand_current(proposal, before, headline)
        if before.state in {State.POSTED, State.SEALED}:
            raise PayRefused(
                headline,
                [
                    Problem(
                        field="period",
                        what=f"revision {before.revision} is {before.state} already",
                        todo="a correction begins with `perf-pipelines pay reopen`",
                    )
                ],
            )
        demand_calibrated(transaction, proposal, headline)
        for approval in before.approvals:
            if proposal.people.are_one(approval.approved_by, by):
                raise PayRefused(
                    headline,
                    [
                        Problem(
                            field="by",
                            what=f"{approval.approved_by} has approved this proposal already",
                            todo="nothing has to be done"
                            if before.state is State.APPROVED
                            else "somebody else has to approve it as well",
                        )
                    ],
                )
        transaction.append(
            APPROVALS,
            Approval(
                period_id=proposal.period_id,
                revision=proposal.revision,
                proposal=proposal.hash,
                approved_by=by,
                approved_at=this_moment(),
            ),
        )
        return standing_of(transaction, proposal)


def standing_of(records: Records | Transaction, proposal: Proposal) -> Standing:
    """Where the period of a published proposal stands."""
    return standing(
        proposal=proposal,
        steps=records.all(PERIOD_STEPS, period_id=proposal.period_id),
        approvals=records.all(APPROVALS, period_id=proposal.period_id),
    )


def demand_current(proposal: Proposal, now: Standing, headline: str) -> None:
    """:class:`PayRefused` when what is published is of another revision than the one that the period is in."""
    if proposal.revision != now.revision:
        raise PayRefused(
            headline,
            [
                Problem(
                    field="period",
                    what=f"it was opened again as revision {now.revision}, and published is revision "
                    f"{proposal.revision}",
                    todo=f"run `perf-pipelines run --company {proposal.company_id} --period {proposal.period_id}` "
                    "first",
                )
            ],
        )


def demand_calibrated(transaction: Transaction, proposal: Proposal, headline: str) -> None:
    """:class:`PayRefused` when somebody was given a grade since the run, which is not the one that is paid by."""
    newest = {one.employee_id: one for one in transaction.all(CALIBRATIONS, period_id=proposal.period_id)}
    problems = [
        Problem(
            row=payout.employee_id,
            what=f"{one.calibrated_by} has given the grade `{one.grade}`, and what is proposed is paid by "
            f"`{payout.grade}`",
            todo=f"run `perf-pipelines run --company {proposal.company_id} --period {proposal.period_id}` first",
        )
        for payout in proposal.payouts
        if (one := newest.get(payout.employee_id))
        and one.computed_grade == payout.computed_grade
        and one.grade != payout.grade
    ]
    if problems:
        raise PayRefused(headline, problems)


def shown(hash: str) -> str:
    """A hash as people see it."""
    return hash[:_SHOWN]
