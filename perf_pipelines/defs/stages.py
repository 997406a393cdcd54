"""A stage of the plan as one Dagster step: its tables and the stage itself as assets, its data tests as one check.

What stands behind a stage depends on the asset of the stage, which has two blocking checks: ``data_tests``, made in the
same step, and the gate. Tables and views keep the lineage that dbt knows.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from perf_pipelines.closing import Closing, StageResult
from perf_pipelines.defs.site import ANEW_TAG, AS_OF_TAG, PUBLISHED, STAGES, Site
from perf_pipelines.defs.tables import table_metadata
from perf_pipelines.defs.translation import Lineage, group_name
from perf_pipelines.periods import Cycle, Period
from perf_pipelines.plan import Stage
from perf_pipelines.sql_text import identifier
from perf_pipelines.warehouse.data_tests import DataTestResult, data_tests_failed

_log = logging.getLogger(__name__)

DATA_TESTS = "data_tests"
"""Name of the check that holds all data tests of a stage."""

StageEvent = dg.MaterializeResult[Any] | dg.AssetCheckResult


def closing_stages(site: Site, lineage: Lineage) -> list[dg.AssetsDefinition]:
    """The stages of a closing: those that all periods share once, the others for each cycle."""
    return [
        stage_assets(site, lineage, stage, cycle)
        for stage in site.plan.closing
        for cycle in (site.company.cycles if stage.by_period else (None,))
    ]


def stage_assets(site: Site, lineage: Lineage, stage: Stage, cycle: Cycle | None) -> dg.AssetsDefinition:
    """The tables of a stage and the stage itself as one multi-asset; with ``cycle`` partitioned by its periods."""
    stage_key = site.key(STAGES, stage.name, cycle=cycle)
    tables = lineage.tables(stage, cycle)
    keys = {spec.key for spec in tables}
    before = _before(site, stage, cycle)
    specs = [
        spec
        if any(dep.asset_key in keys for dep in spec.deps)
        else spec.replace_attributes(deps=_each_once([*before, *spec.deps]))
        for spec in tables
    ]
    key_of = {spec.metadata["dagster_dbt/unique_id"]: spec.key for spec in specs}
    frames = lineage.frames(stage, cycle)
    own = dg.AssetSpec(
        key=stage_key,
        description=_description(stage),
        deps=_each_once([*map(dg.AssetDep, sorted(keys)), *map(dg.AssetDep, frames), *(() if keys else before)]),
        group_name=group_name(stage.name, cycle),
        owners=site.owners,
        kinds={"duckdb"},
    )

    @dg.multi_asset(
        name=stage.name if cycle is None else f"{cycle}_{stage}",
        # a run that can change nothing yields none of them, and Dagster skips what stands behind
        specs=[spec.replace_attributes(skippable=True) for spec in (*specs, own)],
        check_specs=[
            dg.AssetCheckSpec(
                name=DATA_TESTS,
                asset=stage_key,
                blocking=True,
                description=f"dbt's data tests of the stage {stage}, each with its rows in the metadata.",
            )
        ],
        partitions_def=site.partitions(cycle) if cycle else None,
        backfill_policy=dg.BackfillPolicy.single_run() if cycle else None,
        required_resource_keys={site.resource},
        pool=site.pool,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[StageEvent]:
        closing: Closing = getattr(context.resources, site.resource)
        periods = site.periods(context.partition_keys, cycle) if cycle else ()
        as_of = context.run.tags.get(AS_OF_TAG)
        if stage.needs is None:
            asked = site.asked_for(context.run.tags)
            if asked and closing.stand_published(asked, as_of=as_of):
                _log.info("nothing new: %s stays published", _span(asked))
                yield dg.AssetCheckResult(
                    asset_key=stage_key, check_name=DATA_TESTS, passed=True, metadata={"unchanged": True}
                )
                return
            closing.prepare(as_of=as_of, anew=ANEW_TAG in context.run.tags)
        if cycle:
            closing.begin(periods)
        result = closing.build(stage)
        yield from _materialized(closing, result, key_of, stands=result.stands)
        yield dg.MaterializeResult(asset_key=stage_key, metadata=_counted(result))
        yield _check_result(stage_key, result.tests)
        _log.info(_summary(stage, periods, result))
        if result.failed:
            raise data_tests_failed(stage.name, result.failed)

    return build


def _each_once(deps: Sequence[dg.AssetDep]) -> list[dg.AssetDep]:
    return list({dep.asset_key: dep for dep in reversed(deps)}.values())[::-1]


def _before(site: Site, stage: Stage, cycle: Cycle | None) -> list[dg.AssetDep]:
    """What has to be there before a stage is built.

    That is the stage that it needs; for the first stage of a longer cycle also its months, and the periods whose mean
    it is.
    """
    needed = site.plan.below(stage)[-1:]
    deps = [dg.AssetDep(site.key(STAGES, each.name, cycle=cycle if each.by_period else None)) for each in needed]
    if cycle is not None and cycle.months > 1 and not any(each.by_period for each in needed):
        # a quarter may begin before the company's first month
        inside = dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
        parts = {version.mean_of.get(cycle) for version in site.company.scheme.evaluation}
        made_of = [part for part in Cycle if part is Cycle.MONTH or part in parts]
        deps += [dg.AssetDep(site.key(PUBLISHED, cycle=part), partition_mapping=inside) for part in made_of]
    return deps


def _description(stage: Stage) -> str:
    behind = f"the data tests and {stage.gate}" if stage.gate else "the data tests"
    return f"The stage {stage}: all its tables. What stands behind it waits until {behind} have passed."


def _materialized(
    closing: Closing, result: StageResult, key_of: dict[str, dg.AssetKey], *, stands: bool
) -> Iterator[dg.MaterializeResult[Any]]:
    built = {model.unique_id: model for model in result.built}
    relations = closing.dbt.relations(key_of)
    profiles = closing.warehouse.profiles(
        {relation.name: f"{relation.schema}.{identifier(relation.name)}" for relation in relations.values()}
    )
    for unique_id, key in key_of.items():
        profile = profiles.get(relations[unique_id].name)
        if unique_id not in built and not stands:
            continue
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                **({"unchanged": True} if stands else {"seconds": round(built[unique_id].seconds, 3)}),
                **({"dagster/row_count": profile.rows} if profile else {}),
                **table_metadata("first rows", profile.first if profile else ()),
            },
        )


def _counted(result: StageResult) -> dict[str, Any]:
    if result.stands:
        return {"unchanged": True}
    return {
        "tables": len(result.built),
        "seconds of dbt": round(sum(model.seconds for model in result.built), 3),
        "data tests": len(result.tests),
    }


def _check_result(key: dg.AssetKey, results: Sequence[DataTestResult]) -> dg.AssetCheckResult:
    noticed = [result for result in results if result.has_failed or result.has_warned]
    failed = [result for result in results if result.has_failed]
    rows = [{"test": result.test.name, **row} for result in noticed for row in result.rows]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=DATA_TESTS,
        passed=not noticed,
        severity=dg.AssetCheckSeverity.ERROR if failed or not noticed else dg.AssetCheckSeverity.WARN,
        description="; ".join(result.test.says for result in noticed) or None,
        metadata={
            **table_metadata(
                "data tests",
                [
                    {
                        "test": result.test.name,
                        "says": result.test.says,
                        "result": "failed" if result.has_failed else "warned" if result.has_warned else "passed",
                        "rows that break it": str(result.failures),
                    }
                    for result in sorted(results, key=lambda one: (not one.has_failed, not one.has_warned))
                ],
            ),
            **table_metadata("offending rows", rows),
        },
    )


def _summary(stage: Stage, periods: Sequence[Period], result: StageResult) -> str:
    span = f" of {_span(periods)}" if periods else ""
    if result.stands:
        return f"{stage}{span}: unchanged since it was built"
    passed = sum(not one.has_failed for one in result.tests)
    return f"{stage}{span}: {len(result.built)} models built, {passed} of {len(result.tests)} data tests passed"


def _span(periods: Sequence[Period]) -> str:
    return periods[0].id if len(periods) == 1 else f"{periods[0].id} … {periods[-1].id}"
