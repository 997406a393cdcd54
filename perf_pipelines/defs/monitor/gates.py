"""The four gates as blocking asset checks: one check a relation that the gate's suite looks at."""

import logging
from collections.abc import Iterator, Mapping

import dagster as dg

from perf_pipelines.closing import GATES, Closing
from perf_pipelines.defs.site import Site
from perf_pipelines.defs.tables import table_metadata
from perf_pipelines.defs.translation import UNPARTITIONED, gate_keys
from perf_pipelines.gates import GateResult, TableResult
from perf_pipelines.periods import Cycle
from perf_pipelines.warehouse.dbt import Floor

_log = logging.getLogger(__name__)

_COUNTED_BESIDE = "source_volume"
"""The relation whose check shows what was set aside: there rows in are held against rows used and rejected."""


def gate_checks(site: Site) -> list[dg.AssetChecksDefinition]:
    """Gate 1 once; gates 2 to 4 for each cycle."""
    return [
        _gate(site, floor, cycle)
        for floor in GATES
        for cycle in ((None,) if floor in UNPARTITIONED else site.company.cycles)
    ]


def _gate(site: Site, floor: Floor, cycle: Cycle | None) -> dg.AssetChecksDefinition:
    gate = GATES[floor]
    keys = gate_keys(site, gate, cycle)
    key_of = {key.path[-1]: key for key in keys}

    @dg.multi_asset_check(
        name=site.name(gate if cycle is None else f"{cycle}_{gate}"),
        specs=[
            dg.AssetCheckSpec(
                name=gate,
                asset=key,
                blocking=True,
                description=f"What {gate} expects of {key.path[-1]}: expectations/{gate}.yaml.",
            )
            for key in keys
        ],
        required_resource_keys={site.resource},
        pool=site.pool,
    )
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        closing: Closing = getattr(context.resources, site.resource)
        result = closing.check(floor)
        set_aside = closing.set_aside() if floor is Floor.INPUTS else ()
        for table in result.tables:
            counted = table_metadata("set aside, by rule", set_aside) if table.table == _COUNTED_BESIDE else {}
            yield _check_result(table, name=gate, key=key_of[table.table], more=counted)
        for row in set_aside:
            _log.info(
                "%s row(s) of %s set aside, %s; the first is %s: %s",
                *(row[column] for column in ("rows", "source_table", "rule", "first_row", "reason")),
            )
        for warning in _warnings(result):
            _log.warning(warning)
        _log.info("%s: %s", gate, "open" if result.passed else "closed")
        if not result.passed:
            raise result.failure()

    return check


def _warnings(result: GateResult) -> Iterator[str]:
    """What the gate reports and lets pass: how many rows of which relation and period, the first, and what to do."""
    for table in result.tables:
        suite = result.gate.tables[table.table]
        for expectation in table.expectations:
            if expectation.passed or expectation.severity == "error":
                continue
            counted = ", ".join(f"{rows} in {period}" for period, rows in expectation.by_period.items())
            first = "".join(
                f" (the first: {', '.join(f'{column}={row[column]}' for column in suite.key)})"
                for row in expectation.offending[:1]
            )
            yield (
                f"{result.gate.id}, {table.table}: {counted or expectation.unexpected_count or expectation.observed}"
                f"{first}. {expectation.because['en']} → {suite.todo['en']}"
            )


def _check_result(
    table: TableResult, *, name: str, key: dg.AssetKey, more: Mapping[str, dg.TableMetadataValue]
) -> dg.AssetCheckResult:
    failed = [expectation for expectation in table.expectations if not expectation.passed]
    closes = any(expectation.severity == "error" for expectation in failed)
    offending = [
        {"expectation": expectation.type, "because": expectation.because["en"], **row}
        for expectation in failed
        for row in expectation.offending
    ]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if closes or not failed else dg.AssetCheckSeverity.WARN,
        description="; ".join(expectation.because["en"] for expectation in failed) or None,
        metadata={
            "rows looked at": table.rows,
            "expectations": len(table.expectations),
            **table_metadata("offending rows", offending),
            **more,
        },
    )
