"""One job a cycle: from extraction to published marts, for one period or a range."""

from __future__ import annotations

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from perf_pipelines.defs.site import Site
from perf_pipelines.periods import Cycle

_ADJECTIVE = {
    Cycle.SPRINT: "sprint",
    Cycle.WEEK: "weekly",
    Cycle.MONTH: "monthly",
    Cycle.QUARTER: "quarterly",
    Cycle.HALF_YEAR: "half_yearly",
    Cycle.YEAR: "yearly",
}


def job_name(site: Site, cycle: Cycle) -> str:
    """``monthly_evaluation``, ``quarterly_evaluation``, …."""
    return site.name(f"{_ADJECTIVE[cycle]}_evaluation")


def evaluation_job(site: Site, cycle: Cycle, assets: list[dg.AssetsDefinition]) -> UnresolvedAssetJobDefinition:
    """The job of a cycle: the assets of no cycle and those of this one, with their checks."""
    others = {str(other) for other in site.company.cycles if other != cycle}
    keys = [key for definition in assets for key in definition.keys if not (set(key.path) & others)]
    return dg.define_asset_job(
        name=job_name(site, cycle),
        selection=dg.AssetSelection.assets(*keys),
        partitions_def=site.partitions(cycle),
        description=f"Closes one {cycle.replace('_', '-')} or a range: extraction, gates, scores, payout, publication.",
        tags={"company": site.company.id},
    )
