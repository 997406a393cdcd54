"""On the 3rd, when the systems have settled, the period that has just ended is closed."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from perf_pipelines.defs.jobs import job_name
from perf_pipelines.defs.site import Site
from perf_pipelines.periods import Cycle, Period

_DAY, _HOUR = 3, 6


def evaluation_schedule(site: Site, cycle: Cycle, job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """The job's run for the period that ended last, on the 3rd at 06:00 in the company's time zone.

    A quarter is closed an hour after its last month.
    """
    months = "*" if cycle.months == 1 else ",".join(str(month) for month in range(1, 13, cycle.months))
    hour = _HOUR if cycle.months == 1 else _HOUR + 1

    @dg.schedule(
        name=f"{job_name(site, cycle)}_schedule",
        job=job,
        cron_schedule=f"0 {hour} {_DAY} {months} *",
        execution_timezone=site.company.timezone.key,
        description=f"Closes the {cycle.replace('_', '-')} that ended last.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = context.scheduled_execution_time.astimezone(site.company.timezone).date()
        current = Period.containing(today, cycle)
        over = site.company.periods_until(today, cycle)
        if not over:
            return dg.SkipReason(f"the first {cycle.replace('_', '-')} of {site.company.id} is not over yet")
        ended = over[-1]
        return dg.RunRequest(run_key=f"{ended.id}@{current.id}", partition_key=site.partition_key(ended))

    return schedule
