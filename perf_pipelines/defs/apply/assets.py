"""What results are used for: payout and score table, then goal progress and strategy findings."""

from __future__ import annotations

import dagster as dg

from perf_pipelines.defs.floors import floor_assets
from perf_pipelines.defs.site import Site
from perf_pipelines.warehouse.dbt import Floor


def apply_assets(site: Site) -> list[dg.AssetsDefinition]:
    """The payout and review floors of each cycle."""
    return [floor_assets(site, floor, cycle) for cycle in site.company.cycles for floor in (Floor.PAYOUT, Floor.REVIEW)]
