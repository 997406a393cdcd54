"""On the third day after its end, when the systems have settled, a period is closed; each day what runs is tracked."""

from datetime import timedelta

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from perf_pipelines.defs.jobs import TRACKING, job_name
from perf_pipelines.defs.site import Site, first_days
from perf_pipelines.periods import Cycle

_SETTLED, _HOUR = 3, 6
_HOUR_OF_TRACKING = 5
"""Before anything is closed: two runs on one company do not wait for each other."""


def evaluation_schedule(site: Site, cycle: Cycle, job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """The job's run for the period that ended three days before, at 06:00 in the company's time zone.

    That is the 3rd of a month and the Wednesday after a week. A quarter is closed an hour after its last month. Sprints
    are looked for every day, because no cron can say "every 14 days".
    """
    days = "* * *" if cycle is Cycle.SPRINT else first_days(cycle, after=_SETTLED - 1)
    hour = _HOUR + 1 if cycle.months > 1 else _HOUR

    @dg.schedule(
        name=f"{job_name(cycle)}_schedule",
        job=job,
        cron_schedule=f"0 {hour} {days}",
        execution_timezone=site.company.timezone.key,
        description=f"Closes the {cycle.replace('_', '-')} that ended last.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = context.scheduled_execution_time.astimezone(site.company.timezone).date()
        current = site.company.containing(today, cycle)
        over = site.company.periods_until(today - timedelta(days=_SETTLED - 1), cycle)
        if not over:
            return dg.SkipReason(f"the first {cycle.replace('_', '-')} of {site.company.id} is not over yet")
        ended = over[-1]
        if cycle is Cycle.SPRINT and ended.ends_on + timedelta(days=_SETTLED) != today:
            return dg.SkipReason(f"no sprint ended {_SETTLED} days before {today}")
        return dg.RunRequest(run_key=f"{ended.id}@{current.id}", partition_key=site.partition_key(ended))

    return schedule


def tracking_schedule(site: Site, job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """The job's run of every day, at 05:00 in the company's time zone, when the day before is over."""

    @dg.schedule(
        name=f"{TRACKING}_schedule",
        job=job,
        cron_schedule=f"0 {_HOUR_OF_TRACKING} * * *",
        execution_timezone=site.company.timezone.key,
        description="Tracks the periods that are running, up to the day before.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = context.scheduled_execution_time.astimezone(site.company.timezone).date()
        if today <= site.company.first_period.starts_on:
            return dg.SkipReason(f"before {site.company.first_period} nothing of {site.company.id} is assessed")
        return dg.RunRequest(run_key=str(today))

    return schedule
