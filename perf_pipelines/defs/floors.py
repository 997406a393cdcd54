"""A floor of the house as one Dagster step: its dbt models as assets, its dbt tests as checks."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from perf_pipelines.closing import GATES, Closing, promises_broken
from perf_pipelines.defs.site import AS_OF_TAG, PUBLISHED, Site
from perf_pipelines.defs.tables import table_metadata
from perf_pipelines.defs.translation import UNPARTITIONED, dbt_specs, gate_keys
from perf_pipelines.periods import Cycle, Period
from perf_pipelines.warehouse.dbt import Floor, NodeResult

_log = logging.getLogger(__name__)

_GATE_BEFORE = {
    Floor.KPIS: Floor.INPUTS,
    Floor.EVALUATION: Floor.FACTS,
    Floor.PAYOUT: Floor.EVALUATION,
    Floor.REVIEW: Floor.PAYOUT,
}
"""The floor whose gate has to be open before a floor is entered."""

FloorEvent = dg.MaterializeResult[Any] | dg.AssetCheckResult


def floor_assets(site: Site, floor: Floor, cycle: Cycle | None = None) -> dg.AssetsDefinition:
    """The models of a floor as one multi-asset; with ``cycle`` partitioned by its periods."""
    specs, checks = dbt_specs(site, floor, cycle)
    specs = _behind_the_gate(site, floor, cycle, specs)
    key_of = {spec.metadata["dagster_dbt/unique_id"]: spec.key for spec in specs}
    check_of = {check.metadata["dagster_dbt/unique_id"]: check for check in checks if check.metadata}

    @dg.multi_asset(
        name=site.name(str(floor) if cycle is None else f"{cycle}_{floor}"),
        specs=specs,
        check_specs=checks,
        partitions_def=site.partitions(cycle) if cycle else None,
        backfill_policy=dg.BackfillPolicy.single_run() if cycle else None,
        required_resource_keys={site.resource},
        pool=site.pool,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[FloorEvent]:
        closing: Closing = getattr(context.resources, site.resource)
        periods = site.periods(context.partition_keys, cycle) if cycle else ()
        if floor is Floor.INPUTS:
            closing.prepare(periods=(), as_of=context.run.tags.get(AS_OF_TAG))
        if cycle:
            closing.begin(periods)
        results = closing.build(floor)
        broken = closing.broken_promises(results)
        yield from _materialized(closing, results, key_of)
        for result in results:
            if result.is_test and result.unique_id in check_of:
                check = check_of[result.unique_id]
                rows = next((promise.rows for promise in broken if promise.test is result), ())
                yield dg.AssetCheckResult(
                    asset_key=check.asset_key,
                    check_name=check.name,
                    passed=result.passed,
                    metadata={"rows that break it": result.failures, **table_metadata("first of these rows", rows)},
                )
        _log.info(_summary(floor, periods, results))
        if broken:
            raise promises_broken(floor, broken)

    return build


def _behind_the_gate(
    site: Site, floor: Floor, cycle: Cycle | None, specs: Sequence[dg.AssetSpec]
) -> Sequence[dg.AssetSpec]:
    """The floor's first models depend on what has to be there before it is entered.

    That is what the gate before has looked at, so that a closed gate stops them; and for the facts of a longer cycle
    its months, and the periods whose mean it is.
    """
    own = {spec.key for spec in specs}
    before = _before(site, floor, cycle)
    return [
        spec
        if any(dep.asset_key in own for dep in spec.deps)
        else spec.replace_attributes(deps=list({dep.asset_key: dep for dep in [*before, *spec.deps]}.values()))
        for spec in specs
    ]


def _before(site: Site, floor: Floor, cycle: Cycle | None) -> list[dg.AssetDep]:
    if floor is Floor.FACTS and cycle is not None and cycle.months > 1:
        # a quarter may begin before the company's first month
        inside = dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
        parts = {version.mean_of.get(cycle) for version in site.company.scheme.evaluation}
        made_of = [part for part in Cycle if part is Cycle.MONTH or part in parts]
        return [dg.AssetDep(site.key(PUBLISHED, cycle=part), partition_mapping=inside) for part in made_of]
    gated = _GATE_BEFORE.get(floor)
    if gated is None:
        return []
    return [dg.AssetDep(key) for key in gate_keys(site, GATES[gated], None if gated in UNPARTITIONED else cycle)]


def _materialized(
    closing: Closing, results: Sequence[NodeResult], key_of: dict[str, dg.AssetKey]
) -> Iterator[dg.MaterializeResult[Any]]:
    built = [result for result in results if result.unique_id in key_of and result.passed]
    profiles = closing.warehouse.profiles({result.name: result.relation for result in built if result.relation})
    for result in built:
        profile = profiles.get(result.name)
        yield dg.MaterializeResult(
            asset_key=key_of[result.unique_id],
            metadata={
                "seconds": round(result.seconds, 3),
                **({"dagster/row_count": profile.rows} if profile else {}),
                **table_metadata("first rows", profile.first if profile else ()),
            },
        )


def _summary(floor: Floor, periods: Sequence[Period], results: Sequence[NodeResult]) -> str:
    tests = [result for result in results if result.is_test]
    kept = sum(result.passed for result in tests)
    span = f" of {_span(periods)}" if periods else ""
    return f"{floor}{span}: {len(results) - len(tests)} models built, {kept} of {len(tests)} promises kept"


def _span(periods: Sequence[Period]) -> str:
    return periods[0].id if len(periods) == 1 else f"{periods[0].id} … {periods[-1].id}"
