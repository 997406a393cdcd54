"""Where a period's pay stands: open → evaluated → approved → posted → sealed, and reopened as the next revision.

Posted, sealed and reopened are recorded. Open, evaluated and approved are not: they follow from what is published and
from the approvals of exactly that, so that a proposal that has changed is never called approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from perf_pipelines.records.period_steps import Step, revision_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.pay.proposal import Proposal
    from perf_pipelines.records.approvals import Approval
    from perf_pipelines.records.period_steps import PeriodStep

PEOPLE_NEEDED = 2
"""So many different people have to approve a proposal before it is posted."""


class State(StrEnum):
    """Where a period's pay stands."""

    OPEN = "open"
    EVALUATED = "evaluated"
    APPROVED = "approved"
    POSTED = "posted"
    SEALED = "sealed"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """``approvals`` are those of what is proposed now, each person's first; ``void`` those of what was before."""

    revision: int
    state: State
    approvals: tuple[Approval, ...]
    void: tuple[Approval, ...]
    last_step: PeriodStep | None


def standing(*, proposal: Proposal | None, steps: Sequence[PeriodStep], approvals: Sequence[Approval]) -> Standing:
    """Of a period of which ``proposal`` is published (or nothing), with its steps and approvals in order."""
    revision = revision_after(steps)
    of_revision = [each for each in approvals if each.revision == revision]
    current = proposal if proposal is not None and proposal.revision == revision else None
    valid: list[Approval] = []
    for approval in of_revision:
        if current is None or approval.proposal != current.hash:
            continue
        if not any(current.people.are_one(approval.approved_by, other.approved_by) for other in valid):
            valid.append(approval)
    last = steps[-1] if steps else None
    if last is not None and last.step != Step.REOPENED:
        state = State.POSTED if last.step == Step.POSTED else State.SEALED
    elif current is None:
        state = State.OPEN
    else:
        state = State.APPROVED if len(valid) >= PEOPLE_NEEDED else State.EVALUATED
    return Standing(
        revision=revision,
        state=state,
        approvals=tuple(valid),
        void=tuple(each for each in of_revision if proposal is None or each.proposal != proposal.hash),
        last_step=last,
    )
