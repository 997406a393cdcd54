"""One job a cycle: from extraction to published marts, for one period or a range."""

from __future__ import annotations

from collections.abc import Iterable

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


def keys_without(assets: list[dg.AssetsDefinition], cycles: Iterable[Cycle]) -> list[dg.AssetKey]:
    """The keys of ``assets`` that belong to none of ``cycles``."""
    names = {str(cycle) for cycle in cycles}
    return [key for definition in assets for key in definition.keys if not (set(key.path) & names)]


def tracking_name(site: Site) -> str:
    """``tracking``, which is the name of the job and of the group of what it makes."""
    return site.name("tracking")


def tracking_job(
    site: Site, tracking: dg.AssetsDefinition, built: list[dg.AssetsDefinition]
) -> UnresolvedAssetJobDefinition:
    """The job that tracks what is running: the assets of no cycle, and ``tracking`` on them, with their checks."""
    keys = keys_without(built, site.company.cycles)
    return dg.define_asset_job(
        name=tracking_name(site),
        selection=dg.AssetSelection.assets(*keys, *tracking.keys),
        description="Tracks the running periods up to yesterday and raises alerts: extraction, gates 1 and 2.",
        tags={"company": site.company.id},
    )


def evaluation_job(site: Site, cycle: Cycle, assets: list[dg.AssetsDefinition]) -> UnresolvedAssetJobDefinition:
    """The job of a cycle: the assets of no cycle and those of this one, with their checks."""
    keys = keys_without(assets, [other for other in site.company.cycles if other != cycle])
    return dg.define_asset_job(
        name=job_name(site, cycle),
        selection=dg.AssetSelection.assets(*keys),
        partitions_def=site.partitions(cycle),
        description=f"Closes one {cycle.replace('_', '-')} or a range: extraction, gates, scores, payout, publication.",
        tags={"company": site.company.id},
    )
