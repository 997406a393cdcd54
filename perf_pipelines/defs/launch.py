"""Closing periods from outside Dagster's user interface: the same jobs, run in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from perf_pipelines.closing import Closing
from perf_pipelines.definitions import company_definitions
from perf_pipelines.defs.companies import closing_of
from perf_pipelines.defs.instance import open_instance
from perf_pipelines.defs.jobs import job_name, keys_of_cycle
from perf_pipelines.defs.site import ANEW_TAG, AS_OF_TAG, Site
from perf_pipelines.errors import PerfError, Problem, RunFailed
from perf_pipelines.periods import Period, between, by_cycle
from perf_pipelines.publication import read_publication


@dataclass(frozen=True, kw_only=True)
class Closed:
    """What came of closing: the periods that were published now, and those that stand as they were published before."""

    published: tuple[Period, ...]
    unchanged: tuple[Period, ...]


def close_periods(company: str, periods: Sequence[Period], *, as_of: str | None = None, anew: bool = False) -> Closed:
    """Close ``periods``, shorter ones first, a run of the job for each unbroken range.

    A range of which nothing is new since it was published is left as it is, unless ``anew``. What all periods share is
    extracted and built by the first run. Raises the :class:`~perf_pipelines.errors.PerfError` that stopped a run, and
    :class:`~perf_pipelines.errors.RunFailed` when a run has ended and the publication does not name it. Everything is
    refused before anything is run when one of the periods cannot be closed.
    """
    closing = closing_of(company)
    ordered = sorted(set(periods), key=by_cycle)
    for period in ordered:
        closing.check_closable(period, together_with=ordered)
    closing.check_not_posted(ordered)
    definitions = company_definitions(company)
    site = Site(company=closing.company, closing=closing)
    published: list[Period] = []
    unchanged: list[Period] = []
    with open_instance() as instance:
        for first, last in _ranges(ordered):
            job = definitions.resolve_job_def(job_name(first.cycle))
            has_built_shared = bool(published)
            try:
                result = job.execute_in_process(
                    instance=instance,
                    run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                    asset_selection=keys_of_cycle(job, first.cycle) if has_built_shared else None,
                    tags={
                        ASSET_PARTITION_RANGE_START_TAG: site.partition_key(first),
                        ASSET_PARTITION_RANGE_END_TAG: site.partition_key(last),
                        **({AS_OF_TAG: as_of} if as_of else {}),
                        **({ANEW_TAG: "yes"} if anew else {}),
                    },
                )
            except Exception as error:
                raise _refusal(error) from error
            asked = between(first=first, last=last)
            if _names_run(closing, asked, result.run_id):
                published += asked
            elif not anew and closing.stand_published(asked, as_of=as_of):
                unchanged += asked
            else:
                raise _not_published(asked, result.run_id)
    return Closed(published=tuple(published), unchanged=tuple(unchanged))


def _names_run(closing: Closing, periods: Sequence[Period], run: str) -> bool:
    """Whether what is published, read back, says of each period that this run published it."""
    if not closing.home.published.exists():
        return False
    found = read_publication(closing.home).periods
    return all(period.id in found and found[period.id].run == run for period in periods)


def _not_published(periods: Sequence[Period], run: str) -> RunFailed:
    span = ", ".join(period.id for period in periods)
    what = "a step has not given what the next one waits for, so that this and all behind it were skipped"
    return RunFailed(
        f"{span} is not published, though the run ended without an error",
        [Problem(field="run", what=what, todo=f"look at the run {run} in the Dagster UI (`make ui`)")],
    )


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
