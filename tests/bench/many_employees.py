"""Evaluating 50,000 employees by 12 KPIs each: from contributions to grades and payouts, in DuckDB alone."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.measuring import run_by_hand
from tests.properties.scoring_sql import ScoringSql

if TYPE_CHECKING:
    from tests.reference.given import Scheme

EMPLOYEES, ROWS_A_KPI = 50_000, 3
DEPARTMENTS, POSITIONS = 500, 20

AGGREGATIONS: tuple[Any, ...] = (
    *("sum", "sum", "sum", "ratio", "ratio", "ratio", "mean", "median", "count_distinct"),
    *({"kind": "percentile", "at": Decimal("0.9")}, {"kind": "share_of_units", "bound": 2}, "mean"),
)
RULES = {
    "threshold": {"kind": "threshold", "missed": 0, "reached": 10, "exceeded": 12, "exceeded_at": Decimal("1.1")},
    "linear": {"kind": "linear", "zero_at": Decimal("0.5"), "cap": 12},
    "steps": {"kind": "steps", "steps": [[Decimal("0.8"), 6], [1, 10], [Decimal("1.2"), 12]]},
    "piecewise": {"kind": "piecewise", "points": [[Decimal("0.9"), 0], [1, 10], [Decimal("1.02"), 12]]},
}
_LABEL = {"zh": "某", "en": "Some"}

_ROWS = f"""
delete from control.period where period_id <> '2026-03';
insert into inputs.departments by name
select 'd' || number as department_id, case when number > 0 then 'd' || (number - 1) // 10 end as parent_department_id
from range({DEPARTMENTS}) as department (number);
insert into inputs.positions by name
select 'p' || number as position_id from range({POSITIONS}) as position (number);
insert into inputs.employees by name
select 'e' || number as employee_id from range({EMPLOYEES}) as employee (number);
-- ten employees to a manager, who stands in the same department or the one above it
insert into inputs.assignments by name
select
    'e' || number as employee_id,
    'p' || number % {POSITIONS} as position_id,
    'd' || number % {DEPARTMENTS} as department_id,
    case when number > 0 then 'e' || (number - 1) // 10 end as manager_id,
    1 as fte,
    date '2025-01-01' as valid_from,
    date '9999-12-31' as valid_to
from range({EMPLOYEES}) as employee (number);
insert into marts.fct_kpi_contribution by name
select
    '2026-03' as period_id,
    'k' || kpi as kpi_id,
    'e' || employee as employee_id,
    date '2026-03-01' + cast(hash(employee, kpi, number) % 31 as integer) as occurred_on,
    'u' || hash(employee, kpi, number) % 2 as unit_id,
    hash(employee, kpi, number) % 20000 / 10000 as numerator,
    1 as denominator,
    1 as credit,
    's' as source_system,
    't' as source_table,
    employee || '|' || kpi || '|' || number as source_key
from
    range({EMPLOYEES}) as one (employee),
    range({len(AGGREGATIONS)}) as two (kpi),
    range({ROWS_A_KPI}) as three (number);
"""


def many_employees() -> None:
    """Print what it costs."""
    print(f"{EMPLOYEES:,} employees, {len(AGGREGATIONS)} KPIs each of {ROWS_A_KPI} contributions, 2026-03", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        warehouse = folder / "warehouse.duckdb"
        sql = ScoringSql(folder / "compiled", database=str(warehouse), as_built=True)
        sql.take(_scheme())
        sql.execute(_ROWS)
        sql.close()
        cost = run_by_hand(sql.statements, warehouse=warehouse, folder=folder)
    print(f"  contributions to grades in DuckDB  {cost}", flush=True)


def _scheme() -> Scheme:
    kpis = {
        f"k{number}": {"name": _LABEL, "unit": "share", "aggregation": aggregation, "better": "higher"}
        for number, aggregation in enumerate(AGGREGATIONS)
    }
    rules = sorted(RULES)
    weights = [Decimal("0.08")] * (len(kpis) - 1)
    lines = [
        {"kpi": kpi, "goal": kpi, "weight": weight, "target": 1, "rule": rules[number % len(rules)]}
        for number, (kpi, weight) in enumerate(zip(kpis, [*weights, 1 - sum(weights)], strict=True))
    ]
    grades = [("excellent", 95, "0.2"), ("qualified", 70, "0.7"), ("unqualified", 0, "0.1")]
    return {
        "scheme": "many",
        "currency": "CNY",
        "kpis": kpis,
        "goals": [
            {"id": "grow", "level": "strategy", "name": _LABEL},
            {"id": "sell", "level": "objective", "parent": "grow", "name": _LABEL},
            *(
                {"id": kpi, "level": "key_result", "parent": "sell", "name": _LABEL, "kpi": kpi, "from": 1, "to": 2}
                for kpi in kpis
            ),
        ],
        "positions": {f"p{number}": lines for number in range(POSITIONS)},
        "rules": RULES,
        "evaluation": {"kpi": 1, "min_coverage": Decimal("0.5")},
        "grades": {
            "method": "quota",
            "bands": [
                {"grade": grade, "name": _LABEL, "at_least": at_least, "expected": Decimal(expected)}
                for grade, at_least, expected in grades
            ],
        },
        "bonus": {"cycles": {"month": 1}, "multiplier": {grade: 1 for grade, _, _ in grades}},
        "review": {"systemic_miss": {"share": Decimal("0.8"), "min_headcount": 3}},
    }
