"""Closing periods from outside Dagster's user interface: the same jobs, run in this process."""

from __future__ import annotations

from collections.abc import Sequence

from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from perf_pipelines.definitions import company_definitions
from perf_pipelines.defs.companies import closing_of
from perf_pipelines.defs.instance import open_instance
from perf_pipelines.defs.jobs import job_name
from perf_pipelines.defs.site import AS_OF_TAG, Site
from perf_pipelines.errors import PerfError, Problem, RunFailed
from perf_pipelines.periods import Period


def close_periods(company: str, periods: Sequence[Period], *, as_of: str | None = None) -> None:
    """Close ``periods``, shorter ones first, a run of the job for each unbroken range.

    Raises the :class:`~perf_pipelines.errors.PerfError` that stopped a run. Everything is refused before anything is
    run when one of the periods cannot be closed.
    """
    closing = closing_of(company)
    ordered = sorted(set(periods), key=lambda period: (period.cycle.months, period.cycle, period.starts_on))
    for period in ordered:
        closing.check_closable(period, together_with=ordered)
    closing.check_not_posted(ordered)
    definitions = company_definitions(company)
    site = Site(company=closing.company, closing=closing, prefixed=False)
    with open_instance() as instance:
        for first, last in _ranges(ordered):
            job = definitions.resolve_job_def(job_name(site, first.cycle))
            try:
                job.execute_in_process(
                    instance=instance,
                    run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                    tags={
                        ASSET_PARTITION_RANGE_START_TAG: site.partition_key(first),
                        ASSET_PARTITION_RANGE_END_TAG: site.partition_key(last),
                        **({AS_OF_TAG: as_of} if as_of else {}),
                    },
                )
            except Exception as error:
                raise _refusal(error) from error


def _ranges(periods: Sequence[Period]) -> list[tuple[Period, Period]]:
    """Unbroken ranges of one cycle, as first and last period, of ``periods`` in the order of cycles and days."""
    ranges: list[tuple[Period, Period]] = []
    for period in periods:
        if ranges and ranges[-1][1].next() == period:
            ranges[-1] = (ranges[-1][0], period)
        else:
            ranges.append((period, period))
    return ranges


def _refusal(error: BaseException) -> PerfError:
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, PerfError):
            return cause
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    return RunFailed(
        "the run failed",
        [Problem(what=f"{type(error).__name__}: {error}", todo="look at the run in the Dagster UI (`make ui`)")],
    )
