"""The Dagster code location: every company served, its floors, gates, jobs and schedules."""

import warnings

import dagster as dg

from perf_pipelines.defs.apply.assets import apply_assets
from perf_pipelines.defs.companies import closing_of
from perf_pipelines.defs.evaluate.assets import evaluate_assets
from perf_pipelines.defs.extract.assets import extract_assets
from perf_pipelines.defs.jobs import evaluation_job, tracking_job
from perf_pipelines.defs.monitor.gates import gate_checks
from perf_pipelines.defs.monitor.schedules import evaluation_schedule, tracking_schedule
from perf_pipelines.defs.monitor.tracking import tracking_asset
from perf_pipelines.defs.publish.assets import publish_assets
from perf_pipelines.defs.publish.reports import report_assets, report_sensor
from perf_pipelines.defs.site import ClosingResource, Site
from perf_pipelines.defs.transform.assets import transform_assets
from perf_pipelines.defs.translation import scheme_specs
from perf_pipelines.home import served_companies

_KNOWN_BETA = r"Parameter `(backfill_policy|allow_nonexistent_upstream_partitions)` "
"""What is used of Dagster although it is in beta; whoever starts the UI need not be told so for every asset."""


@dg.definitions
def defs() -> dg.Definitions:
    """What ``PERF_COMPANY`` chooses. A company whose folder is wrong is refused with all its faults."""
    names = served_companies()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_KNOWN_BETA, category=dg.BetaWarning)
        return dg.Definitions.merge(*(company_definitions(name, prefixed=len(names) > 1) for name in names))


def company_definitions(name: str, *, prefixed: bool = False) -> dg.Definitions:
    """One company's definitions; ``prefixed`` puts its name before those of jobs, schedules and groups."""
    closing = closing_of(name)
    site = Site(company=closing.company, closing=closing, prefixed=prefixed)
    built = [*extract_assets(site), *transform_assets(site), *evaluate_assets(site), *apply_assets(site)]
    assets = [*built, *publish_assets(site, built)]
    reports = report_assets(site)
    tracking = tracking_asset(site, built)
    jobs = {cycle: evaluation_job(site, cycle, assets) for cycle in site.company.cycles}
    daily = tracking_job(site, tracking, built)
    return dg.Definitions(
        assets=[*scheme_specs(site), *assets, *reports, tracking],
        asset_checks=gate_checks(site),
        jobs=[*jobs.values(), daily],
        schedules=[
            *(evaluation_schedule(site, cycle, job) for cycle, job in jobs.items()),
            tracking_schedule(site, daily),
        ],
        sensors=[report_sensor(site, reports)],
        resources={site.resource: ClosingResource(company=name)},
        executor=dg.in_process_executor,
    )
