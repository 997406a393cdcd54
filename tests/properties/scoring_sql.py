"""The project's own SQL of the facts and the evaluation on rows in memory, without dbt between them.

dbt compiles the models once, for a company whose scheme uses every rule kind and every aggregation, so that no branch
of the SQL is left out; a scoring then runs what it compiled.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from perf_pipelines.closing import Closing
from perf_pipelines.company import load_company
from perf_pipelines.home import CompanyHome
from perf_pipelines.periods import Period
from perf_pipelines.plan import PLAN
from perf_pipelines.scheme.model import Scheme
from perf_pipelines.scheme.tables import scheme_tables
from perf_pipelines.warehouse.dbt import DBT_PROJECT, input_models, kpi_models
from perf_pipelines.warehouse.engine import compared_periods
from tests.bench.measuring import sql_by_hand
from tests.reference.given import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tests.reference import given
    from tests.reference.evaluation import Tables

PERIODS = (Period.parse("2026-03"), Period.parse("2026-W14"), Period.parse("2026-Q2"))
"""Closed together in every scoring: dbt writes their days into the SQL. A line of a scheme may change between the month
and the quarter: inside the week, which goes from Monday, March 30 to Sunday, April 5."""
SPANS = tuple(Span(one.id, str(one.cycle), one.starts_on, one.ends_on) for one in PERIODS)

_SPANS_AND_PERIODS = list(zip(SPANS, PERIODS, strict=True))
FIRST_DAY = date(2025, 10, 1)
"""Before the periods of this day there is none to be compared with."""
BORDER = date(2026, 4, 1)
"""Where a line of a scheme may end and another begin: between the month and the quarter."""

_YEAR_AGO = "intermediate.int_year_ago_contribution"

PUBLISHED = (
    *("fct_kpi_actual", "fct_kpi_score", "fct_extra_points", "fct_feedback_score", "fct_evaluation"),
    "fct_payout",
)
PAID_WRONGLY = ("payout_fault", "pool_fault")
TOLD = ("fct_instant_reward", "fct_daily_goal", "fct_activity_return", "fct_spending_shift")
_ACTIVITIES = ("campaign_roi", "campaign_new_customers")
REVIEWED = (
    "fct_scheme_review",
    "fct_capability",
    "fct_rating_fairness",
    "int_competency_strength",
    "rating_off_scale",
    "calibration_stale",
)

_COMPANY = """\
company: every_kind
name: {zh: 各种, en: Every kind}
timezone: Asia/Shanghai
currency: CNY
first_period: 2025-01
cycles: [week, month, quarter]
owners: [team:tests]
tolerance: {rejected_share: 0.01}
"""
_SOURCES = """\
systems:
  office:
    kind: files
    name: {zh: 办公室, en: Office}
    folder: data
    tables: {rows: {file: rows.csv, description: Not read., columns: [id]}}
"""
_KPIS: Mapping[str, object] = {
    "revenue": "sum",
    "deals_won": "count_distinct",
    "win_rate": "ratio",
    "price_realisation": "mean",
    "sales_cycle_days": "median",
    "basket_value": {"kind": "percentile", "at": 0.5},
    "repurchase_rate": {"kind": "share_of_units", "bound": 2},
}
_RULES = """\
rewards: [{id: a_lot, name: {zh: 很多, en: A lot}, kpi: revenue, reaches: 1, points: 1}]
rules:
  threshold: {kind: threshold, missed: 0, reached: 10, exceeded: 12, exceeded_at: 1.10}
  steps: {kind: steps, steps: [[1, 10]]}
  linear: {kind: linear, zero_at: 0, cap: 12}
  piecewise: {kind: piecewise, points: [[0, 0], [1, 10]]}
positions:
  somebody: [{kpi: revenue, goal: revenue, weight: 1, target: 1, rule: linear}]
evaluation: {kpi: 1.0, min_coverage: 0.5}
grades: {method: bands, bands: [{grade: fair, name: {zh: 可, en: Fair}, at_least: 0}]}
bonus: {cycles: {month: 1.0}, multiplier: {fair: 1.0}}
review: {systemic_miss: {share: 0.80, min_headcount: 3}}
"""
_LABEL = {"zh": "某", "en": "Some"}


class ScoringSql:
    """What dbt compiled, and a DuckDB (in memory, or the file ``database``) to run it in.

    ``as_built``: views are views, as dbt makes them. Of few rows, tables are faster.
    """

    def __init__(self, folder: Path, *, database: str = ":memory:", as_built: bool = False) -> None:
        manifest, self.target = compiled(folder)
        self.nodes: dict[str, Any] = {node["name"]: node for node in manifest["nodes"].values()}
        nodes, target = self.nodes, self.target
        self.reads: Mapping[str, frozenset[str]] = {
            name: frozenset(key.rpartition(".")[2] for key in node["depends_on"]["nodes"])
            for name, node in nodes.items()
        }
        self._connection = duckdb.connect(config={"threads": 1})
        # dbt writes the name of the file's database into the SQL
        self._connection.execute(f"set TimeZone = 'UTC'; attach '{database}' as warehouse; use warehouse")
        if not as_built:
            # two passes that take a third of the time on a few rows, and change the order of work alone
            self._connection.execute("set disabled_optimizers = 'filter_pullup,join_elimination'")
        for schema in ("control", "scheme", "inputs", "kpis", "intermediate", "gates", "marts"):
            self._connection.execute(f"create schema {schema}")
        self._filled = [name for name, node in nodes.items() if node["schema"] == "inputs" and name in input_models()]
        of_marts = ((name, "marts") for name in ("fct_kpi_contribution", "dim_goal"))
        for name, schema in [*((name, "inputs") for name in self._filled), *of_marts]:
            columns = ", ".join(f"{c['name']} {c['data_type']}" for c in nodes[name]["columns"].values())
            self._connection.execute(f"create table {schema}.{name} ({columns})")
        self._connection.execute(f"create table {_YEAR_AGO} as from marts.fct_kpi_contribution")
        self._kpis = [f"kpi_{kpi}" for kpi in (*_KPIS, *_ACTIVITIES)]
        for name in self._kpis:
            self._connection.execute(
                f"create table kpis.{name} as select * exclude (period_id) from marts.fct_kpi_contribution"
            )
        supplied = {*self._filled, *self._kpis, "fct_kpi_contribution", "dim_goal", _YEAR_AGO.split(".")[1]}
        scoring = needed(nodes, PUBLISHED, given=supplied, as_built=as_built)
        scored = {node["name"] for node in scoring.values()}
        self.statements = sql_by_hand({"nodes": scoring}, target)
        self._gate = sql_by_hand({"nodes": needed(nodes, PAID_WRONGLY, given=supplied | scored)}, target)
        self._review = sql_by_hand({"nodes": needed(nodes, REVIEWED, given=supplied | scored)}, target)
        self._wording = sql_by_hand({"nodes": needed(nodes, ["fct_score_step"], given=supplied | scored)}, target)
        self._telling = sql_by_hand({"nodes": needed(nodes, TOLD, given=supplied)}, target)
        self._finding = sql_by_hand({"nodes": needed(nodes, ["fct_strategy_finding"], given=supplied | scored)}, target)
        self._relation = {name: f"{nodes[name]['schema']}.{name}" for name in REVIEWED}
        self._periods()

    def scored(self, scheme: given.Scheme, rows: given.Given) -> Tables:
        """The published rows, with the columns that the reference has; decimals as fractions."""
        self.take(scheme)
        self._fill(rows)
        for statement in self.statements:
            self._connection.execute(statement)
        return {name: self._rows(f"marts.{name}") for name in PUBLISHED}

    def faults(self) -> list[given.Row]:
        """What gate 4 would find in the scoring before, which it computes a second time."""
        for statement in self._gate:
            self._connection.execute(statement)
        return [row for name in PAID_WRONGLY for row in self._rows(f"gates.{name}")]

    def reviewed(self, scheme: given.Scheme, rows: given.Given) -> Tables:
        """The same with the marts of the review, and what gates 2 and 3 look at."""
        scored = self.scored(scheme, rows)
        for statement in self._review:
            self._connection.execute(statement)
        return scored | {name: self._rows(self._relation[name]) for name in REVIEWED}

    def in_words(self, scheme: given.Scheme, rows: given.Given) -> list[given.Row]:
        """The rows of `fct_score_step`, in reading order."""
        self.scored(scheme, rows)
        for statement in self._wording:
            self._connection.execute(statement)
        return sorted(
            self._rows("marts.fct_score_step"), key=lambda row: (row["period_id"], row["employee_id"], row["step"])
        )

    def told(self, scheme: given.Scheme, rows: given.Given, periods: Sequence[Period] = PERIODS) -> Tables:
        """The rewards, daily goals and activity returns of ``periods``, the first cycle of which gives the rewards.

        The contributions are what the models of the KPIs give.
        """
        self.take(scheme, periods)
        self._close(periods)
        self._fill(rows)
        self._fill_kpis(rows)
        try:
            for statement in self._telling:
                self._connection.execute(statement)
        finally:
            self._close(PERIODS)
        return {name: self._rows(f"marts.{name}") for name in TOLD}

    def found(self, scheme: given.Scheme, rows: given.Given) -> list[given.Row]:
        """The rows of `fct_strategy_finding`; the contributions are what the models of the KPIs give."""
        self.scored(scheme, rows)
        self._fill_kpis(rows)
        self._insert(
            "marts.dim_goal",
            (
                {"goal_id": goal["id"], "strategy_goal_id": goal["id"], "path_zh": goal["id"], "path_en": goal["id"]}
                for goal in scheme["goals"]
            ),
        )
        for statement in self._finding:
            self._connection.execute(statement)
        return self._rows("marts.fct_strategy_finding")

    def _fill_kpis(self, rows: given.Given) -> None:
        for name in self._kpis:
            self._insert(
                f"kpis.{name}",
                (
                    _named(one, kpi="kpi_id", employee="employee_id", day="occurred_on", unit="unit_id")
                    for one in rows.contributions
                    if f"kpi_{one.kpi}" == name
                ),
            )

    def take(self, scheme: given.Scheme, periods: Sequence[Period] = PERIODS) -> None:
        """Put the scheme into its tables."""
        company = pa.table({"company_id": ["every_kind"], "currency": [scheme["currency"]]})
        self._replace("control.company", company)
        for name, table in scheme_tables(Scheme.model_validate(scheme), periods).items():
            self._replace(f"scheme.{name}", table)

    def execute(self, statement: str) -> None:
        """Rows of one's own, in the tables of the inputs and ``marts.fct_kpi_contribution``."""
        self._connection.execute(statement)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _rows(self, relation: str) -> list[given.Row]:
        result = self._connection.execute(f"select * from {relation}")
        names = [column[0] for column in result.description or ()]
        return [
            {
                name: Fraction(value) if isinstance(value, Decimal) else value
                for name, value in zip(names, values, strict=True)
            }
            for values in result.fetchall()
        ]

    def _fill(self, rows: given.Given) -> None:
        departments = {one.id: one.parent for one in rows.departments}
        departments |= {one.department: None for one in rows.assignments if one.department not in departments}
        positions = sorted({one.position for one in rows.assignments})
        self._insert("inputs.employees", ({"employee_id": one} for one in rows.employees))
        self._insert(
            "inputs.departments",
            (
                {"department_id": one, "parent_department_id": departments[one], **_called(one)}
                for one in sorted(departments)
            ),
        )
        self._insert("inputs.positions", ({"position_id": one, **_called(one)} for one in positions))
        self._insert(
            "inputs.assignments",
            (
                _named(one, employee="employee_id", position="position_id", department="department_id")
                for one in rows.assignments
            ),
        )
        self._insert(
            "inputs.attendance",
            (_named(one, employee="employee_id", day="worked_on") for one in rows.attendance),
        )
        self._insert(
            "control.part_evaluation",
            (_named(one, period="part_period_id", employee="employee_id") for one in rows.part_evaluations),
        )
        self._insert(
            "inputs.feedback",
            (_named(one, id="feedback_id", period="period_id", employee="employee_id") for one in rows.answers),
        )
        for relation, spans in (
            ("marts.fct_kpi_contribution", SPANS),
            (_YEAR_AGO, [replace(span.year_ago, id=one.year_before().id) for span, one in _SPANS_AND_PERIODS]),
        ):
            self._insert(
                relation,
                (
                    {
                        "period_id": span.id,
                        **_named(one, kpi="kpi_id", employee="employee_id", day="occurred_on", unit="unit_id"),
                    }
                    for one in rows.contributions
                    for span in spans
                    if span.starts_on <= one.day <= span.ends_on
                ),
            )

    def _insert(self, relation: str, rows: Iterable[Mapping[str, object]]) -> None:
        listed = list(rows)
        self._connection.execute(f"delete from {relation}")
        if not listed:
            return
        # as text, which DuckDB reads exactly into the contract's types
        texts = pa.table(
            {
                name: pa.array([None if row[name] is None else str(row[name]) for row in listed], pa.string())
                for name in listed[0]
            }
        )
        self._connection.register("incoming", texts)
        self._connection.execute(f"insert into {relation} by name select * from incoming")
        self._connection.unregister("incoming")

    def _periods(self) -> None:
        self._connection.execute(
            "create table control.calibration (period_id text, employee_id text, computed_grade text, grade text, "
            "calibrated_by text, reason text, calibrated_at timestamp)"
        )
        self._connection.execute(
            "create table control.part (period_id text, part_period_id text, starts_on date, ends_on date, "
            "name_zh text, name_en text)"
        )
        self._connection.execute(
            "create table control.part_evaluation (part_period_id text, employee_id text, status text, "
            "final_score decimal(9, 4))"
        )
        # the only one of them that consists of whole months
        quarter = PERIODS[-1]
        self._connection.executemany(
            "insert into control.part values (?, ?, ?, ?, ?, ?)",
            [
                (quarter.id, month.id, month.starts_on, month.ends_on, month.id, month.id)
                for month in quarter.months_inside()
            ],
        )
        self._close(PERIODS)

    def _close(self, periods: Sequence[Period]) -> None:
        """Name the periods being closed; dbt has written the days of :data:`PERIODS` into the SQL."""
        rows = [
            (
                *(one.id, str(one.cycle), one.starts_on, one.ends_on, *one.months.as_integer_ratio(), one.days),
                *(one.year_before().id, one.year_before().starts_on, one.year_before().ends_on),
                *(one.previous().id, one.previous().starts_on, one.previous().ends_on),
                one.starts_on if one.cycle is periods[0].cycle else None,
            )
            for one in periods
        ]
        self._connection.execute(
            "create or replace table control.period (period_id text, kind text, starts_on date, ends_on date, "
            "month_parts integer, month_whole integer, days integer, year_ago_period_id text, "
            "year_ago_starts_on date, year_ago_ends_on date, previous_period_id text, previous_starts_on date, "
            "previous_ends_on date, rewards_from date)"
        )
        self._replace(
            "control.compared_period",
            compared_periods(periods, first=lambda cycle: Period.containing(FIRST_DAY, cycle)),
        )
        self._connection.executemany(f"insert into control.period values ({', '.join('?' * len(rows[0]))})", rows)
        self._connection.execute("alter table control.period add column revision integer default 1")
        self._connection.execute("alter table control.period add column is_running boolean default false")

    def _replace(self, relation: str, table: pa.Table) -> None:
        self._connection.register("incoming", table)
        self._connection.execute(f"create or replace table {relation} as select * from incoming")
        self._connection.unregister("incoming")


_COLUMNS = {
    "manager": "manager_id",
    "standard": "standard_hours",
    "worked": "worked_hours",
    "rater": "rater_id",
    "competency": "competency_id",
    "source": "source_key",
}


def _called(name: str) -> dict[str, str]:
    return {"name_zh": name, "name_en": name}


def _named(row: Any, **columns: str) -> dict[str, object]:
    names = {**_COLUMNS, **columns}
    return {names.get(name, name): value for name, value in asdict(row).items()}


def needed(
    nodes: Mapping[str, Any], wanted: Iterable[str], *, given: set[str], as_built: bool = False
) -> dict[str, Any]:
    """The models between what is given and what is wanted, each made a table unless ``as_built``."""
    by_id = {node["unique_id"]: node for node in nodes.values()}
    between: dict[str, Any] = {}
    waiting = [nodes[name] for name in wanted]
    while waiting:
        node = waiting.pop()
        if node["unique_id"] in between or node["name"] in given:
            continue
        between[node["unique_id"]] = (
            node if as_built else {**node, "config": {**node["config"], "materialized": "whole_table"}}
        )
        waiting.extend(by_id[key] for key in node["depends_on"]["nodes"] if key in by_id)
    return between


def compiled(folder: Path) -> tuple[Mapping[str, Any], Path]:
    """Dbt's manifest of the models, and the folder of their SQL, below ``folder``; compiled where it is empty."""
    kept = folder / "manifest.json"
    if kept.exists():
        return json.loads(kept.read_bytes()), folder / "state" / "every_kind" / "dbt" / "target"
    company = folder / "companies" / "every_kind"
    (company / "models").mkdir(parents=True)
    (company / "company.yaml").write_text(_COMPANY, encoding="utf-8")
    (company / "sources.yaml").write_text(_SOURCES, encoding="utf-8")
    (company / "scheme.yaml").write_text(_every_kind(), encoding="utf-8")
    closing = Closing(
        company=load_company(company, kpi_models=kpi_models(DBT_PROJECT / "models" / "kpis"), inputs=input_models()),
        home=CompanyHome(folder / "state" / "every_kind"),
    )
    closing.prepare(periods=PERIODS)
    closing.dbt.parse()
    # compiled and not built: nothing is asked of rows that this company does not have
    target = closing.dbt.compile([stage for stage in PLAN.closing if stage.name != "kpis"])
    kept.write_text(json.dumps(closing.dbt.manifest()), encoding="utf-8")
    return closing.dbt.manifest(), target


def _every_kind() -> str:
    kpis = {
        kpi: {"name": _LABEL, "unit": "share", "aggregation": aggregation, "better": "higher"}
        for kpi, aggregation in _KPIS.items()
    }
    goals: list[dict[str, object]] = [
        {"id": "grow", "level": "strategy", "name": _LABEL},
        {"id": "sell", "level": "objective", "parent": "grow", "name": _LABEL},
        *(
            {"id": kpi, "level": "key_result", "parent": "sell", "name": _LABEL, "kpi": kpi, "from": 1, "to": 2}
            for kpi in kpis
        ),
    ]
    head = {"scheme": "every-kind", "currency": "CNY", "kpis": kpis, "goals": goals}
    return "".join(f"{word}: {json.dumps(content)}\n" for word, content in head.items()) + _RULES
