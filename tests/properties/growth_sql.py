"""The SQL of strengths and of courses on rows in memory, from the KPIs' contributions on, without dbt between them.

What dbt compiles is for one month and one scheme; a world is who is in which position, who took which course, and what
came in. Actuals and targets are given, as if the floors below had been closed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from perf_pipelines.periods import Period
from perf_pipelines.warehouse.dbt import Floor, input_models
from tests.bench.measuring import sql_by_hand
from tests.properties.scoring_sql import compiled, needed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

JUNE = Period.parse("2026-06")
RATE, SUM, MINUTES = "benefit_use_rate", "revenue", "response_minutes"
TARGETS = {RATE: "0.27", SUM: "1000", MINUTES: "20"}

_COMPANY = """\
company: growers
name: {zh: 成长, en: Growers}
timezone: Asia/Shanghai
currency: CNY
first_period: 2025-01
cycles: [month]
owners: [team:tests]
tolerance: {rejected_share: 0.01}
"""
_LABEL = {"zh": "某", "en": "Some"}
_RULES = """\
rules:
  linear: {kind: linear, zero_at: 0, cap: 12}
evaluation: {kpi: 1.0, min_coverage: 0.5}
grades: {method: bands, bands: [{grade: fair, name: {zh: 可, en: Fair}, at_least: 0}]}
bonus: {cycles: {month: 1.0}, multiplier: {fair: 1.0}}
review: {systemic_miss: {share: 0.80, min_headcount: 3}}
"""
_MARTS = ("fct_strength", "fct_course_effect", "fct_training_recommendation")
_SCORED = ("fct_kpi_score", "fct_kpi_actual", "fct_evaluation")
_ANSWERED = ("int_adjusted_answer", "int_rated_competency")

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Grown:
    """A world: ``contributions`` has the columns employee_id, kpi_id, occurred_on, numerator, denominator."""

    people: Sequence[str]
    contributions: pa.Table
    finished: Mapping[tuple[str, str], tuple[date, date]] = field(default_factory=dict[Any, Any])
    """(employee, course) → first and last day."""


class GrowthSql:
    """What dbt compiled, and a DuckDB in memory to run it in."""

    def __init__(self, folder: Path) -> None:
        manifest, target = compiled(
            folder, company=_COMPANY, scheme=_scheme(), periods=[JUNE], floors=[Floor.INPUTS, Floor.REVIEW]
        )
        nodes: dict[str, Any] = {node["name"]: node for node in manifest["nodes"].values()}
        state = folder / "state" / "growers" / "warehouse.duckdb"
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute(f"attach '{state}' as prepared (read_only)")
        self._connection.execute("attach ':memory:' as warehouse; use warehouse")
        for schema in ("control", "scheme", "inputs", "kpis", "intermediate", "marts"):
            self._connection.execute(f"create schema {schema}")
        prepared = self._connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'prepared' and schema_name in ('control', 'scheme')"
        ).fetchall()
        for schema, table in prepared:
            self._connection.execute(f"create table {schema}.{table} as from prepared.{schema}.{table}")
        self._connection.execute("detach prepared")
        contribution = [(c["name"], c["data_type"]) for c in nodes["fct_kpi_contribution"]["columns"].values()]
        kpis = [f"kpi_{kpi}" for kpi in TARGETS]
        for kpi in kpis:
            self._create(f"kpis.{kpi}", [column for column in contribution if column[0] != "period_id"])
        inputs = sorted(input_models())
        for schema, names in (("inputs", inputs), ("marts", _SCORED)):
            for name in names:
                self._create(f"{schema}.{name}", [(c["name"], c["data_type"]) for c in nodes[name]["columns"].values()])
        self._create(
            "intermediate.int_adjusted_answer",
            [(name, "varchar") for name in ("period_id", "employee_id", "relation", "rater_id", "competency_id")]
            + [("competency_weight", "decimal(19, 0)"), ("answer", "decimal(28, 8)")],
        )
        self._create(
            "intermediate.int_rated_competency",
            [(name, "varchar") for name in ("period_id", "department_id", "employee_id", "competency_id")]
            + [("score", "decimal(28, 8)")],
        )
        given = {*kpis, *inputs, *_SCORED, *_ANSWERED}
        self._statements = sql_by_hand({"nodes": needed(nodes, _MARTS, given=given)}, target)
        self._given = [f"kpis.{kpi}" for kpi in kpis] + [f"inputs.{name}" for name in inputs]
        self._given += [f"marts.{name}" for name in _SCORED]

    def _create(self, relation: str, columns: Sequence[tuple[str, str]]) -> None:
        self._connection.execute(f"create table {relation} ({', '.join(f'{name} {kind}' for name, kind in columns)})")

    def grown(self, world: Grown) -> dict[str, list[Row]]:
        """The marts of June."""
        run = self._connection.execute
        for relation in self._given:
            run(f"delete from {relation}")
        self._connection.register("contribution", world.contributions)
        self._connection.register("person", pa.table({"employee_id": pa.array(world.people, pa.string())}))
        for kpi in TARGETS:
            run(f"""
                insert into kpis.kpi_{kpi} by name
                select kpi_id, employee_id, occurred_on, row_number() over () as unit_id, numerator, denominator,
                    1 as credit, 'shop' as source_system, 'rows' as source_table, row_number() over () as source_key,
                    map {{}} as segments
                from contribution where kpi_id = '{kpi}'
            """)
        run("""
            insert into inputs.assignments by name
            select employee_id, 'operator' as position_id, 'operations' as department_id, 1 as fte,
                date '2024-01-01' as valid_from, date '9999-12-31' as valid_to
            from person
        """)
        enrolled = [
            (employee, course, started, finished) for (employee, course), (started, finished) in world.finished.items()
        ]
        for employee, course, started, finished in enrolled:
            run(
                "insert into inputs.enrolments by name "
                "select ? as enrolment_id, ? as employee_id, ? as course_id, ? as started_on, ? as finished_on",
                [f"{employee} {course}", employee, course, started, finished],
            )
        for course in sorted({course for _, course in world.finished}):
            run("insert into inputs.courses by name select $1 as course_id, $1 as name_zh, $1 as name_en", [course])
        run("""
            insert into marts.fct_kpi_actual by name
            select '2026-06' as period_id, employee_id, kpi_id,
                sum(numerator) / case kpi_id when 'revenue' then 1 else sum(denominator) end as actual,
                count(*) as contributions
            from contribution where occurred_on >= date '2026-06-01' group by employee_id, kpi_id
        """)
        for kpi, target in TARGETS.items():
            run(
                """
                insert into marts.fct_kpi_score by name
                select '2026-06' as period_id, employee_id, 'operator' as position_id, 'operations' as department_id,
                    date '2026-06-01' as active_from, date '2026-06-30' as active_to, $1 as kpi_id, 'self' as scope,
                    $2 as target, $2 as prorated_target
                from person
                """,
                [kpi, target],
            )
        for statement in self._statements:
            run(statement)
        return {name: self._rows(f"marts.{name}") for name in _MARTS}

    def value(self, macro_free_sql: str) -> Any:
        """One value of a query."""
        found = self._connection.execute(macro_free_sql).fetchone()
        return found[0] if found else None

    def _rows(self, relation: str) -> list[Row]:
        result = self._connection.execute(f"select * from {relation} order by all")
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def _scheme() -> str:
    kpis = {
        RATE: {"name": _LABEL, "unit": "share", "aggregation": "ratio", "better": "higher"},
        SUM: {"name": _LABEL, "unit": "CNY", "aggregation": "sum", "better": "higher"},
        MINUTES: {"name": _LABEL, "unit": "minutes", "aggregation": "mean", "better": "lower"},
    }
    goals: list[dict[str, object]] = [
        {"id": "grow", "level": "strategy", "name": _LABEL},
        {"id": "sell", "level": "objective", "parent": "grow", "name": _LABEL},
        *(
            {"id": f"kr_{kpi}", "level": "key_result", "parent": "sell", "name": _LABEL, "kpi": kpi, "from": 1, "to": 2}
            for kpi in kpis
        ),
    ]
    lines = [
        {"kpi": kpi, "goal": f"kr_{kpi}", "weight": weight, "target": float(TARGETS[kpi]), "rule": "linear"}
        for kpi, weight in ((RATE, 0.4), (SUM, 0.3), (MINUTES, 0.3))
    ]
    head = {"scheme": "growers", "currency": "CNY", "kpis": kpis, "goals": goals, "positions": {"operator": lines}}
    return "".join(f"{word}: {json.dumps(content)}\n" for word, content in head.items()) + _RULES
