"""The SQL of strengths and of courses on rows in memory, from the KPIs' contributions on.

It is what dbt has compiled for :class:`~tests.properties.scoring_sql.ScoringSql`, whose periods hold June. A world is
who took which course and what came in; actuals and targets are given, as if the floors below had been closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from perf_pipelines.periods import Period
from perf_pipelines.scheme.model import Scheme
from perf_pipelines.scheme.tables import scheme_tables
from perf_pipelines.warehouse.dbt import input_models
from tests.bench.measuring import sql_by_hand
from tests.properties.scoring_sql import needed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tests.properties.scoring_sql import ScoringSql

JUNE = Period.parse("2026-06")
RATE, SUM, MINUTES = "win_rate", "revenue", "price_realisation"
"""A ratio, a sum, and a mean of which less is better: their models' names only say which aggregation was compiled."""
TARGETS = {RATE: "0.26", SUM: "1000", MINUTES: "21.76"}
"""What everybody reaches on average where nobody differs."""

_LABEL = {"zh": "某", "en": "Some"}
_MARTS = ("fct_strength", "fct_course_effect", "fct_training_recommendation")
_SCORED = ("fct_kpi_score", "fct_kpi_actual", "fct_evaluation")
_ANSWERED = {
    "int_adjusted_answer": [
        *((name, "varchar") for name in ("period_id", "employee_id", "relation", "rater_id", "competency_id")),
        ("answer", "decimal(28, 8)"),
    ],
    "int_rated_competency": [
        *((name, "varchar") for name in ("period_id", "department_id", "employee_id", "competency_id")),
        ("score", "decimal(28, 8)"),
    ],
}
_CONTROL = """
create table control.company as select 'growers' as company_id, date '2025-01-01' as assessed_from;
create table control.period as
select '2026-06' as period_id, 'month' as kind, date '2026-06-01' as starts_on, date '2026-06-30' as ends_on,
    30 as days, false as is_running;
"""

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Grown:
    """A world: ``contributions`` has the columns employee_id, kpi_id, occurred_on, numerator, denominator."""

    people: Sequence[str]
    contributions: pa.Table
    finished: Mapping[tuple[str, str], tuple[date, date]] = field(default_factory=dict[Any, Any])
    """(employee, course) → first and last day."""
    ratings: Mapping[str, Sequence[int]] = field(default_factory=dict[Any, Any])
    """employee → what that person's peers say of listening, in points of 100."""
    attendance: Mapping[tuple[str, date], int] = field(default_factory=dict[Any, Any])
    """(employee, day) → hours worked of eight."""


class GrowthSql:
    """What dbt compiled, and a DuckDB in memory to run it in."""

    def __init__(self, sql: ScoringSql) -> None:
        nodes = sql.nodes
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("attach ':memory:' as warehouse; use warehouse")
        for schema in ("control", "scheme", "inputs", "kpis", "intermediate", "marts"):
            self._connection.execute(f"create schema {schema}")
        for name, table in scheme_tables(Scheme.model_validate(_scheme()), [JUNE]).items():
            self._connection.register("incoming", table)
            self._connection.execute(f"create table scheme.{name} as from incoming")
        self._connection.execute(_CONTROL)
        kpis = sorted(name for name, node in nodes.items() if node["schema"] == "kpis")
        inputs = sorted(input_models())
        contribution = [column for column in _columns(nodes["fct_kpi_contribution"]) if column[0] != "period_id"]
        for kpi in kpis:
            self._create(f"kpis.{kpi}", contribution)
        for schema, names in (("inputs", inputs), ("marts", _SCORED)):
            for name in names:
                self._create(f"{schema}.{name}", _columns(nodes[name]))
        for name, columns in _ANSWERED.items():
            self._create(f"intermediate.{name}", columns)
        given = {*kpis, *inputs, *_SCORED, *_ANSWERED}
        self._statements = sql_by_hand({"nodes": needed(nodes, _MARTS, given=given)}, sql.target)
        self._given = [f"kpis.kpi_{kpi}" for kpi in TARGETS] + [f"inputs.{name}" for name in inputs]
        self._given += [f"marts.{name}" for name in _SCORED] + [f"intermediate.{name}" for name in _ANSWERED]

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
        for employee, points in world.ratings.items():
            for rater, answer in enumerate(points):
                run(
                    "insert into intermediate.int_adjusted_answer by name select '2026-06' as period_id, "
                    "$1 as employee_id, 'peer' as relation, $2 as rater_id, 'listening' as competency_id, $3 as answer",
                    [employee, f"r{rater}", answer],
                )
            run(
                "insert into intermediate.int_rated_competency by name select '2026-06' as period_id, "
                "'operations' as department_id, $1 as employee_id, 'listening' as competency_id, $2 as score",
                [employee, Decimal(sum(points)) / len(points)],
            )
            run(
                "insert into marts.fct_evaluation by name "
                "select '2026-06' as period_id, $1 as employee_id, 'operator' as position_id",
                [employee],
            )
        if world.ratings:
            run("insert into inputs.competencies values ('listening', '倾听', 'Listening')")
            run("insert into inputs.courses values ('ears', '听', 'Ears', 'listening')")
        for (employee, day), hours in world.attendance.items():
            run("insert into inputs.attendance values ($1, $2, 8, $3)", [employee, day, hours])
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

    def presence(self, employee: str) -> list[float]:
        """In each whole week that June looks at, how much of full time somebody of the last world was there.

        The last week comes first.
        """
        rows = self._rows("intermediate.int_week_presence")
        weeks = {row["weeks_back"]: row["presence"] for row in rows if row["employee_id"] == employee}
        return [weeks[back] for back in sorted(weeks)]

    def _rows(self, relation: str) -> list[Row]:
        result = self._connection.execute(f"select * from {relation} order by all")
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def _columns(node: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(column["name"], column["data_type"]) for column in node["columns"].values()]


def _scheme() -> Mapping[str, object]:
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
        {"kpi": kpi, "goal": f"kr_{kpi}", "weight": weight, "target": Decimal(TARGETS[kpi]), "rule": "linear"}
        for kpi, weight in ((RATE, Decimal("0.4")), (SUM, Decimal("0.3")), (MINUTES, Decimal("0.3")))
    ]
    return {
        "scheme": "growers",
        "currency": "CNY",
        "kpis": kpis,
        "goals": goals,
        "positions": {"operator": lines},
        "rules": {"linear": {"kind": "linear", "zero_at": 0, "cap": 12}},
        "feedback": {"scale": [1, 5], "weights": {"peer": 1}},
        "evaluation": {"kpi": Decimal("0.5"), "feedback": Decimal("0.5"), "min_coverage": Decimal("0.5")},
        "grades": {"method": "bands", "bands": [{"grade": "fair", "name": _LABEL, "at_least": 0}]},
        "bonus": {"cycles": {"month": 1}, "multiplier": {"fair": 1}},
        "review": {"systemic_miss": {"share": Decimal("0.8"), "min_headcount": 3}},
    }
