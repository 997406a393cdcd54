"""The Dagster code locations: one for each company, with its stages, gates, jobs and schedules.

An attribute of this module that is a company's name gives its definitions: ``workspace.yaml`` and ``perf-pipelines ui``
name it, so that a company whose folder is wrong stops no other.
"""

import warnings
from collections.abc import Callable

import dagster as dg

from perf_pipelines.defs.companies import closing_of
from perf_pipelines.defs.extract.assets import extract_assets
from perf_pipelines.defs.jobs import evaluation_job, tracking_job
from perf_pipelines.defs.monitor.gates import gate_checks
from perf_pipelines.defs.monitor.schedules import evaluation_schedule, tracking_schedule
from perf_pipelines.defs.monitor.tracking import tracking_asset
from perf_pipelines.defs.publish.assets import publish_assets
from perf_pipelines.defs.publish.reports import report_assets, report_sensor
from perf_pipelines.defs.site import ClosingResource, Site
from perf_pipelines.defs.stages import closing_stages
from perf_pipelines.defs.translation import Lineage

_KNOWN_BETA = r"Parameter `(backfill_policy|allow_nonexistent_upstream_partitions)` "
"""What is used of Dagster although it is in beta: the person who starts the UI need not read it for every asset."""


def __getattr__(name: str) -> Callable[[], dg.Definitions]:
    """The function that makes the definitions of the company ``name``."""
    if name.startswith("_"):
        raise AttributeError(name)

    def definitions() -> dg.Definitions:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=_KNOWN_BETA, category=dg.BetaWarning)
            return company_definitions(name)

    return definitions


def company_definitions(name: str) -> dg.Definitions:
    """One company's definitions; :class:`~perf_pipelines.errors.CompanyRefused` with all faults of its folder."""
    closing = closing_of(name)
    site = Site(company=closing.company, closing=closing)
    lineage = Lineage(site)
    stages = closing_stages(site, lineage)
    assets = [*extract_assets(site), *stages, *publish_assets(site, stages)]
    reports = report_assets(site)
    tracking = tracking_asset(site, lineage)
    jobs = {cycle: evaluation_job(site, cycle, assets) for cycle in site.company.cycles}
    daily = tracking_job(site, tracking, assets)
    views = [
        spec
        for stage in site.plan.closing
        for cycle in (site.company.cycles if stage.by_period else (None,))
        for spec in lineage.views(stage, cycle)
    ]
    return dg.Definitions(
        assets=[*lineage.scheme(), *views, *assets, *reports, tracking],
        asset_checks=gate_checks(site),
        jobs=[*jobs.values(), daily],
        schedules=[
            *(evaluation_schedule(site, cycle, job) for cycle, job in jobs.items()),
            tracking_schedule(site, daily),
        ],
        sensors=[report_sensor(reports)],
        resources={site.resource: ClosingResource(company=name)},
        executor=dg.in_process_executor,
    )
