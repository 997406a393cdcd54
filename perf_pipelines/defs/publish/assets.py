"""The published marts: what BI and HR read, replaced as a whole."""

import logging
from typing import Any

import dagster as dg

from perf_pipelines.closing import Closing
from perf_pipelines.defs.site import AS_OF_TAG, PUBLISHED, STAGES, Site
from perf_pipelines.defs.tables import table_metadata
from perf_pipelines.defs.translation import group_name
from perf_pipelines.periods import Cycle

_log = logging.getLogger(__name__)


def publish_assets(site: Site, stages: list[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """For each cycle one asset that depends on every mart of ``stages`` of that cycle, or of none."""
    keys = [key for definition in stages for key in definition.keys if "marts" in key.path]
    others = {str(cycle) for cycle in site.company.cycles}
    last = site.plan.closing[-1].name
    return [
        _published(
            site,
            cycle,
            [
                site.key(STAGES, last, cycle=cycle),
                *(key for key in keys if not set(key.path) & (others - {str(cycle)})),
            ],
        )
        for cycle in site.company.cycles
    ]


def _published(site: Site, cycle: Cycle, marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    @dg.asset(
        key=site.key(PUBLISHED, cycle=cycle),
        description="All marts as a read-only DuckDB file (schema marts) and Parquet, swapped in one rename.",
        deps=marts,
        group_name=group_name("publish", cycle),
        owners=site.owners,
        kinds={"duckdb", "parquet"},
        partitions_def=site.partitions(cycle),
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={site.resource},
        pool=site.pool,
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        closing: Closing = getattr(context.resources, site.resource)
        periods = site.periods(context.partition_keys, cycle)
        closing.check_not_posted(periods)  # between two steps of a run somebody may have posted what stood before
        publication = closing.publish(periods, as_of=context.run.tags.get(AS_OF_TAG), run=context.run.run_id)
        _log.info("published %s, content hash %s", ", ".join(p.id for p in periods), publication.content_hash[:12])
        rows = [{"mart": mart, "rows": str(count)} for mart, count in sorted(publication.rows.items())]
        return dg.MaterializeResult(
            metadata={
                "content hash": publication.content_hash,
                "periods published": ", ".join(publication.periods),
                "dagster/row_count": sum(publication.rows.values()),
                "folder": dg.MetadataValue.path(str(closing.home.published)),
                **table_metadata("marts", rows),
            }
        )

    return published
