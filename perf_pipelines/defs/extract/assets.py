"""The lake: an asset a source table, a step a business system."""

import logging
from collections.abc import Iterator
from typing import Any

import dagster as dg

from perf_pipelines.closing import Closing
from perf_pipelines.defs.site import AS_OF_TAG, Site
from perf_pipelines.sources.columns import lacked

_log = logging.getLogger(__name__)


def extract_assets(site: Site) -> list[dg.AssetsDefinition]:
    """One multi-asset a system of sources.yaml."""
    return [_system_assets(site, system) for system in site.company.sources.systems]


def _system_assets(site: Site, system: str) -> dg.AssetsDefinition:
    source = site.company.sources.systems[system]
    specs = [
        dg.AssetSpec(
            key=site.key("raw", system, table),
            description=declared.description,
            group_name="extract",
            owners=site.owners,
            kinds={"dlt", "parquet"},
            metadata={
                "system": source.name.en,
                "from": source.place(table),
                "dagster/column_schema": dg.TableSchema(
                    [dg.TableColumn(column, type_) for column, type_ in declared.column_types.items()]
                ),
            },
        )
        for table, declared in source.tables.items()
    ]

    @dg.multi_asset(
        name=f"extract_{system}",
        specs=specs,
        required_resource_keys={site.resource},
        pool=site.pool,
    )
    def extract(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        closing: Closing = getattr(context.resources, site.resource)
        snapshots = closing.extract(system, as_of=context.run.tags.get(AS_OF_TAG))
        _log.info("extract from %s: %s rows in %s tables", system, sum(s.rows for s in snapshots), len(snapshots))
        for snapshot in snapshots:
            yield dg.MaterializeResult(
                asset_key=site.key("raw", system, snapshot.table),
                metadata={
                    "dagster/row_count": snapshot.rows,
                    "load id": snapshot.load_id,
                    "rows of this load": snapshot.appended,
                    "rows that replace or remove one known": snapshot.superseding,
                    "columns nobody declared": ", ".join(snapshot.extra_columns) or "none",
                    "columns that older rows lack": ", ".join(
                        f"{column} (up to load {load_id})"
                        for column, load_id in lacked(snapshot, snapshot.columns).items()
                    )
                    or "none",
                },
            )

    return extract
