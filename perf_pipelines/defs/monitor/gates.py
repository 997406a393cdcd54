"""The gates as blocking asset checks: one check a gate, on the asset of the stage that it stands behind."""

import logging
from collections.abc import Iterator, Sequence

import dagster as dg

from perf_pipelines.closing import Closing
from perf_pipelines.defs.site import STAGES, Site
from perf_pipelines.defs.tables import table_metadata
from perf_pipelines.gates import GateResult
from perf_pipelines.periods import Cycle
from perf_pipelines.plan import Stage

_log = logging.getLogger(__name__)


def gate_checks(site: Site) -> list[dg.AssetChecksDefinition]:
    """A gate behind a shared stage once; any other for each cycle."""
    return [
        _gate(site, stage, cycle)
        for stage in site.plan.closing
        if stage.gate
        for cycle in (site.company.cycles if stage.by_period else (None,))
    ]


def _gate(site: Site, stage: Stage, cycle: Cycle | None) -> dg.AssetChecksDefinition:
    gate = stage.gate or ""
    key = site.key(STAGES, stage.name, cycle=cycle)

    @dg.multi_asset_check(
        name=gate if cycle is None else f"{cycle}_{gate}",
        specs=[
            dg.AssetCheckSpec(
                name=gate,
                asset=key,
                blocking=True,
                description=f"What expectations/{gate}.yaml expects of the stage {stage} and of what it is made of.",
            )
        ],
        required_resource_keys={site.resource},
        pool=site.pool,
    )
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        closing: Closing = getattr(context.resources, site.resource)
        if not stage.by_period and closing.shared_stand():
            yield dg.AssetCheckResult(asset_key=key, check_name=gate, passed=True, metadata={"unchanged": True})
            _log.info("%s: open since it was passed", gate)
            return
        result = closing.check(stage)
        # what was quarantined belongs to the rows that came in, which the first stage reads
        quarantined = closing.quarantined() if stage.needs is None else ()
        yield _check_result(result, key=key, quarantined=quarantined)
        for row in quarantined:
            _log.info(
                "%s row(s) of %s quarantined, %s; the first is %s: %s",
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


def _check_result(gate: GateResult, *, key: dg.AssetKey, quarantined: Sequence[dict[str, str]]) -> dg.AssetCheckResult:
    judged = [(table.table, expectation) for table in gate.tables for expectation in table.expectations]
    failed = [(table, expectation) for table, expectation in judged if not expectation.passed]
    offending = [
        {"relation": table, "expectation": expectation.type, "because": expectation.because["en"], **row}
        for table, expectation in failed
        for row in expectation.offending
    ]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=gate.gate.id,
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN if failed and gate.passed else dg.AssetCheckSeverity.ERROR,
        description="; ".join(expectation.because["en"] for _, expectation in failed) or None,
        metadata={
            "rows checked": sum(table.rows for table in gate.tables),
            **table_metadata("offending rows", offending),
            **table_metadata("quarantined, by rule", quarantined),
            **table_metadata(
                "expectations",
                [
                    {
                        "relation": table,
                        "expectation": expectation.type,
                        "column": expectation.column or "",
                        "result": "passed" if expectation.passed else "failed",
                        "severity": expectation.severity,
                        "offending rows": str(expectation.unexpected_count),
                        "because": expectation.because["en"],
                    }
                    for table, expectation in judged
                ],
            ),
            **table_metadata(
                "rows checked by relation",
                [{"relation": table.table, "rows": str(table.rows)} for table in gate.tables],
            ),
        },
    )
