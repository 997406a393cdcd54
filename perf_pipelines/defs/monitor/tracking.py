"""What is running, tracked once a day: one asset on the shared stages, with the gate of the facts as its check."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from perf_pipelines.closing import Closing
from perf_pipelines.defs.jobs import TRACKING
from perf_pipelines.defs.site import STAGES, Site
from perf_pipelines.defs.tables import table_metadata
from perf_pipelines.defs.translation import Lineage
from perf_pipelines.errors import GateFailed
from perf_pipelines.records.alerts import Alert
from perf_pipelines.tracking import running_on, track_running

_TOLD = ("manager_id", "employee_id", "period_id", "kpi_id", "sentence_en")


def tracking_asset(site: Site, lineage: Lineage) -> dg.AssetsDefinition:
    """``fct_kpi_progress`` and ``fct_kpi_alert`` of what is running, behind the stages that all periods share.

    It has no partitions: a period that is running is none yet. A closed gate 2 fails it, and what was published stays.
    """
    key = site.key(TRACKING)
    gate = site.plan.gated_before(site.plan.tracking[-1])
    check = gate.gate if gate and gate.gate else TRACKING

    @dg.multi_asset(
        name="track",
        specs=[
            dg.AssetSpec(
                key=key,
                description="How far the running periods have come, and who was told (docs/tracking.md).",
                deps=[*(site.key(STAGES, stage.name) for stage in site.plan.shared[-1:]), *lineage.kpi_views()],
                group_name=TRACKING,
                owners=site.owners,
                kinds={"duckdb", "parquet"},
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                name=check,
                asset=key,
                blocking=True,
                description=f"What expectations/{check}.yaml expects of what is running.",
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
            yield dg.AssetCheckResult(asset_key=key, check_name=check, passed=False, description=str(closed))
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
            check_name=check,
            passed=True,
            description=None if tracked.running.periods else "No period is running, so nothing was looked at.",
        )

    return tracking


def _row(alert: Alert) -> dict[str, str]:
    return {name: str(getattr(alert, name) or "") for name in _TOLD}
