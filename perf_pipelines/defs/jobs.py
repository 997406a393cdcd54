"""One job a cycle: from extraction to published marts, for one period or a range."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from perf_pipelines.defs.site import CYCLE_TAG, Site
from perf_pipelines.periods import Cycle

_ADJECTIVE = {
    Cycle.SPRINT: "sprint",
    Cycle.WEEK: "weekly",
    Cycle.MONTH: "monthly",
    Cycle.QUARTER: "quarterly",
    Cycle.HALF_YEAR: "half_yearly",
    Cycle.YEAR: "yearly",
}


def keys_of_cycle(job: dg.JobDefinition, cycle: Cycle) -> list[dg.AssetKey]:
    """The keys of the job's assets that are made once a period of ``cycle``, and not once for all periods."""
    return [key for key in job.asset_layer.executable_asset_keys if str(cycle) in key.path]


TRACKING = "tracking"
"""Name of the job that tracks, of its asset and of the group of that."""


def job_name(cycle: Cycle) -> str:
    """``monthly_evaluation``, ``quarterly_evaluation``, …."""
    return f"{_ADJECTIVE[cycle]}_evaluation"


def keys_without(assets: list[dg.AssetsDefinition], cycles: Iterable[Cycle]) -> list[dg.AssetKey]:
    """The keys of ``assets`` that belong to none of ``cycles``."""
    names = {str(cycle) for cycle in cycles}
    return [key for definition in assets for key in definition.keys if not (set(key.path) & names)]


def tracking_job(
    site: Site, tracking: dg.AssetsDefinition, built: list[dg.AssetsDefinition]
) -> UnresolvedAssetJobDefinition:
    """The job that tracks what is running: the assets of no cycle, and ``tracking`` on them, with their checks."""
    keys = keys_without(built, site.company.cycles)
    return dg.define_asset_job(
        name=TRACKING,
        selection=dg.AssetSelection.assets(*keys, *tracking.keys),
        description="Tracks the running periods up to yesterday and raises alerts: extraction, gates 1 and 2.",
        tags={"company": site.company.id},
    )


def evaluation_job(site: Site, cycle: Cycle, assets: list[dg.AssetsDefinition]) -> UnresolvedAssetJobDefinition:
    """The job of a cycle: the assets of no cycle and those of this one, with their checks."""
    keys = keys_without(assets, [other for other in site.company.cycles if other != cycle])
    return dg.define_asset_job(
        name=job_name(cycle),
        selection=dg.AssetSelection.assets(*keys),
        partitions_def=site.partitions(cycle),
        description=f"Closes one {cycle.replace('_', '-')} or a range: extraction, gates, scores, payout, publication.",
        tags={"company": site.company.id, CYCLE_TAG: str(cycle)},
    )
