"""Inputs and KPI models, built once for all periods; facts, built once a period."""

from __future__ import annotations

import dagster as dg

from perf_pipelines.defs.floors import floor_assets
from perf_pipelines.defs.site import Site
from perf_pipelines.warehouse.dbt import Floor


def transform_assets(site: Site) -> list[dg.AssetsDefinition]:
    """Inputs and KPIs; then facts for each cycle."""
    return [
        floor_assets(site, Floor.INPUTS),
        floor_assets(site, Floor.KPIS),
        *(floor_assets(site, Floor.FACTS, cycle) for cycle in site.company.cycles),
    ]
