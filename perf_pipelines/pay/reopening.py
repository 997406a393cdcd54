"""After posting: sealing a period, or opening it again as the next revision, which pays the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.errors import Problem
from perf_pipelines.pay.refusal import PayRefused
from perf_pipelines.records.moment import this_moment
from perf_pipelines.records.period_steps import PERIOD_STEPS, PeriodStep, Step, revision_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.records.store import Records


def reopen(records: Records, *, period_id: str, by: str, reason: str) -> PeriodStep:
    """Begin the next revision of a posted or sealed period; :class:`PayRefused` of one that is neither."""
    with records.writing() as transaction:
        steps = transaction.all(PERIOD_STEPS, period_id=period_id)
        if not steps or steps[-1].step == Step.REOPENED:
            raise PayRefused(
                f"{period_id} is not opened again",
                [
                    Problem(
                        field="period",
                        what=f"revision {revision_after(steps)} is not posted, so that it is open",
                        todo=f"close it again with `perf-pipelines run --company {records.company_id} --period "
                        f"{period_id}`",
                    )
                ],
            )
        step = _step(Step.REOPENED, period_id, revision=revision_after(steps) + 1, by=by, reason=reason)
        transaction.append(PERIOD_STEPS, step)
    return step


def seal(records: Records, *, period_id: str, revision: int, hash: str, by: str) -> PeriodStep:
    """Record that a posted revision is sealed, by a seal with ``hash``; what is sealed already is returned as it is."""
    with records.writing() as transaction:
        steps = transaction.all(PERIOD_STEPS, period_id=period_id)
        known = _made(steps, Step.SEALED, revision)
        if known is not None:
            return known
        if not _made(steps, Step.POSTED, revision) or steps[-1].step == Step.REOPENED:
            raise PayRefused(
                f"{period_id} is not sealed",
                [
                    Problem(
                        field="period",
                        what=f"revision {revision} is not posted, or was opened again",
                        todo="post it first with `perf-pipelines pay post`",
                    )
                ],
            )
        step = _step(Step.SEALED, period_id, revision=revision, by=by, seal=hash)
        transaction.append(PERIOD_STEPS, step)
    return step


def _made(steps: Sequence[PeriodStep], step: Step, revision: int) -> PeriodStep | None:
    return next((each for each in steps if (each.step, each.revision) == (step, revision)), None)


def _step(
    step: Step, period_id: str, *, revision: int, by: str, reason: str = "", seal: str | None = None
) -> PeriodStep:
    return PeriodStep(
        period_id=period_id,
        revision=revision,
        step=step,
        proposal="",
        reason=reason,
        made_by=by,
        made_at=this_moment(),
        seal=seal,
    )
