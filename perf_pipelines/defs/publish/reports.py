"""What people read, as assets: made from the published marts when these have changed."""

import logging
from collections.abc import Iterator
from typing import Any

import dagster as dg

from perf_pipelines.defs.site import PUBLISHED, Site
from perf_pipelines.defs.translation import group_name
from perf_pipelines.periods import Cycle
from perf_pipelines.reports.edition import Edition
from perf_pipelines.reports.folder import Format, Kind, reports_of, write_folder
from perf_pipelines.reports.marts import PublishedMarts
from perf_pipelines.wording import Language

_log = logging.getLogger(__name__)

_DESCRIPTIONS = {
    Kind.department_summaries: "The summary of each department (考核结果汇总表), as pages and workbooks.",
    Kind.personal_files: "The personal file of each employee (个人考核档案), as pages.",
    Kind.strategy_review: "The strategy review (战略复盘), as a page and a workbook.",
    Kind.data_quality: "The data-quality page (数据质量), and as a workbook.",
}
_FORMATS = {Kind.personal_files: (Format.html,)}
"""An employee reads a page; who needs the documents of all makes them with `perf-pipelines report`."""


def report_assets(site: Site) -> list[dg.AssetsDefinition]:
    """For each cycle four assets behind its published marts, in Chinese and English under ``reports/<period>/``.

    They are no part of the job that closes a period: nothing is published while a gate is closed, so there is nothing
    new to read, and a page that cannot be written is no reason to hold back a closing.
    """
    return [_reports(site, cycle) for cycle in site.company.cycles]


def report_sensor(assets: list[dg.AssetsDefinition]) -> dg.AutomationConditionSensorDefinition:
    """Makes the reports of a period again whenever it was published."""
    keys = [key for definition in assets for key in definition.keys]
    return dg.AutomationConditionSensorDefinition("reports", target=dg.AssetSelection.assets(*keys))


def _reports(site: Site, cycle: Cycle) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"{cycle}_reports",
        specs=[
            dg.AssetSpec(
                key=site.key(str(kind), cycle=cycle),
                description=description,
                deps=[site.key(PUBLISHED, cycle=cycle)],
                group_name=group_name("reports", cycle),
                owners=site.owners,
                kinds={"html"},
                automation_condition=_published_again(),
            )
            for kind, description in _DESCRIPTIONS.items()
        ],
        can_subset=True,
        partitions_def=site.partitions(cycle),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def reports(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        home = site.closing.home
        marts = PublishedMarts(home)
        periods = [period.id for period in site.periods(context.partition_keys, cycle)]
        for key in sorted(context.selected_asset_keys):
            kind = Kind(key.path[-1])
            count = 0
            for period in periods:
                for language in Language:
                    edition = Edition(marts=marts, period=period, language=language)
                    count += write_folder(
                        reports_of(edition, (kind,)),
                        formats=_FORMATS.get(kind, (Format.html, Format.xlsx)),
                        folder=home.reports / period / kind / language,
                        source=edition.source,
                    )
            _log.info("%s of %s: %d", kind, ", ".join(periods), count)
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={"reports": count, "folder": dg.MetadataValue.path(str(home.reports))},
            )

    return reports


def _published_again() -> dg.AutomationCondition[dg.AssetKey]:
    """Of every period that was published, and not of the latest alone."""
    latest = dg.AutomationCondition.in_latest_time_window()
    # Dagster does not say of what eager() is a condition
    return dg.AutomationCondition.eager().without(latest)  # pyright: ignore[reportUnknownVariableType]
