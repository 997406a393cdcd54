"""What is running, tracked once a day: one asset on the KPI floor, with gate 2 as its check."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from perf_pipelines.closing import GATES, Closing
from perf_pipelines.defs.jobs import keys_without, tracking_name
from perf_pipelines.defs.site import Site
from perf_pipelines.defs.tables import table_metadata
from perf_pipelines.defs.translation import gate_keys
from perf_pipelines.errors import GateFailed
from perf_pipelines.records.alerts import Alert
from perf_pipelines.tracking import running_on, track_running
from perf_pipelines.warehouse.dbt import Floor

_TOLD = ("manager_id", "employee_id", "period_id", "kpi_id", "sentence_en")


def tracking_asset(site: Site, built: list[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    """``fct_kpi_progress`` and ``fct_kpi_alert`` of what is running, on the assets of ``built`` that have no cycle.

    It has no partitions: a period that is running is none yet. A closed gate 2 fails it, and what was published stays.
    """
    key = site.key("tracking")
    kpis = [each for each in keys_without(built, site.company.cycles) if "raw" not in each.path]

    @dg.multi_asset(
        name=site.name("track"),
        specs=[
            dg.AssetSpec(
                key=key,
                description="How far the running periods have come, and who was told (docs/tracking.md).",
                deps=list(dict.fromkeys([*gate_keys(site, GATES[Floor.INPUTS], None), *kpis])),
                group_name=tracking_name(site),
                owners=site.owners,
                kinds={"duckdb", "parquet"},
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                name=GATES[Floor.FACTS],
                asset=key,
                blocking=True,
                description="What gate_2_facts expects of what is running: expectations/gate_2_facts.yaml.",
            )
        ],
        required_resource_keys={site.resource},
        pool=site.pool,
    )
    def tracking(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        closing: Closing = getattr(context.resources, site.resource)
        try:
            tracked = track_running(closing, running_on(closing))
        except GateFailed as closed:
            yield dg.AssetCheckResult(
                asset_key=key, check_name=GATES[Floor.FACTS], passed=False, description=str(closed)
            )
            raise
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "up to": str(tracked.running.up_to),
                "periods": ", ".join(period.id for period in tracked.running.periods) or "none",
                **table_metadata("told now", [_row(alert) for alert in tracked.raised]),
                **table_metadata("told before", [_row(alert) for alert in tracked.raised_before]),
            },
        )
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=GATES[Floor.FACTS],
            passed=True,
            description=None if tracked.running.periods else "No period is running, so nothing was looked at.",
        )

    return tracking


def _row(alert: Alert) -> dict[str, str]:
    return {name: str(getattr(alert, name) or "") for name in _TOLD}
