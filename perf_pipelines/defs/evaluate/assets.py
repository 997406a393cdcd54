"""Scores, grades and ranks, once a period."""

from __future__ import annotations

import dagster as dg

from perf_pipelines.defs.floors import floor_assets
from perf_pipelines.defs.site import Site
from perf_pipelines.warehouse.dbt import Floor


def evaluate_assets(site: Site) -> list[dg.AssetsDefinition]:
    """The evaluation floor of each cycle."""
    return [floor_assets(site, Floor.EVALUATION, cycle) for cycle in site.company.cycles]
