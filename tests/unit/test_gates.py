"""The gates' files and their running: each expectation has data that keeps it and data that breaks it alone."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from perf_pipelines.errors import GateFailed
from perf_pipelines.gates import (
    OFFENDING_ROWS_KEPT,
    ExpectationsRefused,
    Gate,
    GateResult,
    load_gate,
    run_gate,
    silent_context,
)

PROJECT = Path(__file__).resolve().parents[2]
GATES = {path.stem: load_gate(path) for path in sorted((PROJECT / "expectations").glob("*.yaml"))}
GATE_OF = {table: gate for gate in GATES.values() for table in gate.tables}

Row = dict[str, Any]

OPEN = date(9999, 12, 31)

COLUMNS = {
    "departments": "department_id name_zh name_en parent_department_id",
    "positions": "position_id name_zh name_en",
    "employees": "employee_id name_zh name_en",
    "assignments": "employee_id position_id department_id manager_id fte bonus_base currency valid_from valid_to",
    "customers": "customer_id name sector",
    "reconciliation_open": "measure occurred_on system_a value_a system_b value_b difference",
    "source_volume": (
        "source_system source_table rows_loaded rows_used rows_rejected rejected_share max_rejected_share"
    ),
    "blocked_row": "source_system source_table source_file source_row rule reason",
    "assignment_coverage": "period_id employee_id position_id kpis_expected kpis_present weight_sum",
    "fct_kpi_actual": "period_id employee_id kpi_id numerator denominator actual contributions",
    "period_volume": "period_id contributions days_from_end_to_newest_load is_over",
    "position_stranger": "employee_id position_id finding",
    "scheme_stranger": "what named finding",
    "rating_off_scale": "feedback_id period_id source_system source_table source_key scale_low scale_high",
    "ownership_fault": "subject_kind subject_id since share_sum",
    "double_credit": "period_id kpi_id source_system source_table source_key unit_id credit",
    "kpi_volume": "period_id kpi_id contributions",
    "unassigned_contribution": "period_id kpi_id employee_id contributions first_on first_key",
    "reward_subject_unknown": "reward_id kpi_id subject contributions",
    "fct_evaluation": (
        "period_id employee_id revision kpi_score feedback_score final_score grade"
        " rank_in_department department_headcount rank_in_position coverage status reason"
    ),
    "grade_unknown": "period_id employee_id grade",
    "grade_distribution": "period_id department_id evaluated top_grade_share",
    "employee_not_evaluated": "period_id employee_id",
    "rank_fault": "period_id employee_id rank_in_department rank_expected",
    "calibration_stale": "period_id employee_id calibrated_by grade_seen computed_grade",
    "fct_payout": ("period_id employee_id revision grade bonus_base multiplier active_share amount currency status"),
    "payout_fault": "period_id employee_id fault",
    "pool_fault": "period_id pool_id fault",
}


def rows_of(table: str, *values: tuple[object, ...]) -> list[Row]:
    return [dict(zip(COLUMNS[table].split(), row, strict=True)) for row in values]


MARCH = "2017-03"
MARCH_1 = date(2017, 3, 1)
OPEN = date(9999, 12, 31)
D = Decimal

SOUND: dict[str, list[Row]] = {
    table: rows_of(table, *values)
    for table, values in {
        "departments": [("sales", "销售", "Sales", None), ("west", "西区", "West", "sales")],
        "positions": [("agent", "销售代表", "Agent"), ("manager", "经理", "Manager")],
        "employees": [("anna", "安娜", "Anna"), ("bo", "波", "Bo")],
        "assignments": [
            ("anna", "agent", "west", "bo", D("0.5"), D("1000.00"), "USD", MARCH_1, MARCH_1),
            ("bo", "manager", "west", None, D("1"), D("0.00"), "USD", MARCH_1, OPEN),
        ],
        "customers": [("acme", "Acme", "retail"), ("zoo", "Zoo", None)],
        "reconciliation_open": [],
        "source_volume": [
            ("crm", "deals", 10, 8, 2, D("0.20000000"), D("0.20000000")),
            ("crm", "teams", 1, 1, 0, D("0.00000000"), D("0.20000000")),
        ],
        "blocked_row": [],
        "assignment_coverage": [
            (MARCH, "anna", "agent", 5, 5, D("1.000000000000")),
            (MARCH, "bo", "manager", 1, 1, D("1")),
        ],
        "fct_kpi_actual": [
            (MARCH, "anna", "win_rate", D("3"), D("4"), D("0.75000000"), 4),
            (MARCH, "bo", "win_rate", None, None, None, 0),
        ],
        "period_volume": [(MARCH, 1, 1, True)],
        "position_stranger": [],
        "scheme_stranger": [],
        "rating_off_scale": [],
        "ownership_fault": [],
        "double_credit": [],
        "kpi_volume": [(MARCH, "revenue", 1)],
        "unassigned_contribution": [],
        "reward_subject_unknown": [],
        "fct_evaluation": [
            (
                MARCH,
                "anna",
                1,
                D("10000"),
                None,
                D("10000.0000"),
                "excellent",
                1,
                1,
                1,
                D("1.00000000"),
                "evaluated",
                None,
            ),
            (MARCH, "bo", 1, None, None, None, None, None, 1, None, D("0.00000000"), "incomplete", "no data"),
            (MARCH, "cy", 1, None, None, None, None, None, 1, None, None, "excluded", "no assignment"),
        ],
        "grade_unknown": [],
        "grade_distribution": [(MARCH, "west", 5, D("0.80000000")), (MARCH, "east", 4, D("1.00000000"))],
        "employee_not_evaluated": [],
        "rank_fault": [],
        "calibration_stale": [],
        "fct_payout": [
            (MARCH, "anna", 1, "excellent", D("1000.00"), D("1.5"), D("1"), D("1500.00"), "USD", "proposed"),
            (MARCH, "bo", 1, "unqualified", D("1000.00"), D("0"), D("1"), D("0.00"), "USD", "proposed"),
        ],
        "payout_fault": [],
        "pool_fault": [],
    }.items()
}


def frame(table: str, rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS[table].split())


def sound_frames(gate: Gate) -> dict[str, pd.DataFrame]:
    return {table: frame(table, SOUND[table]) for table in gate.tables}


def with_first_row(table: str, **changes: object) -> list[Row]:
    return [{**SOUND[table][0], **changes}, *SOUND[table][1:]]


def with_first_row_twice(table: str) -> list[Row]:
    return [*SOUND[table], SOUND[table][0]]


@dataclasses.dataclass(frozen=True)
class Violation:
    """Rows that break one expectation, and what its offending rows have to say."""

    rows: list[Row]
    offending: list[dict[str, str]]


def broken(table: str, shows: dict[str, str], **changes: object) -> Violation:
    return Violation(with_first_row(table, **changes), [shows])


def beyond(table: str, column: str, low: str, high: str, *, keys: tuple[dict[str, str], dict[str, str]]) -> Violation:
    """The first row lies below what is allowed, the second above."""
    first, second, *rest = SOUND[table]
    rows = [{**first, column: D(low)}, {**second, column: D(high)}, *rest]
    return Violation(rows, [{**keys[0], column: low}, {**keys[1], column: high}])


def twice(table: str, **shows: str) -> Violation:
    return Violation(with_first_row_twice(table), [shows, shows])


def unwanted(table: str, *values: object) -> Violation:
    rows = rows_of(table, values)
    return Violation(rows, [{column: str(value) for column, value in rows[0].items()}])


NO_ROWS = Violation([], [])

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
UNIQUE_TOGETHER = "expect_compound_columns_to_be_unique"
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
PAIR_EQUAL = "expect_column_pair_values_to_be_equal"
PAIR_GREATER = "expect_column_pair_values_a_to_be_greater_than_b"
AT_LEAST_ONE_ROW = "expect_table_row_count_to_be_between"
NO_ROW = "expect_table_row_count_to_equal"

A = {"employee_id": "anna"}
A_ASSIGNED = {"employee_id": "anna", "position_id": "agent", "department_id": "west", "valid_from": "2017-03-01"}
B_ASSIGNED = {**A_ASSIGNED, "employee_id": "bo", "position_id": "manager"}
A_COVERED = {"period_id": "2017-03", "employee_id": "anna", "position_id": "agent"}
B_COVERED = {**A_COVERED, "employee_id": "bo", "position_id": "manager"}
A_MEASURED = {"period_id": "2017-03", "employee_id": "anna", "kpi_id": "win_rate"}
A_REVISED = {"period_id": "2017-03", "employee_id": "anna", "revision": "1"}
B_REVISED = {**A_REVISED, "employee_id": "bo"}
DEALS = {"source_system": "crm", "source_table": "deals"}

VIOLATIONS: dict[tuple[str, str, str | None], Violation] = {
    ("departments", AT_LEAST_ONE_ROW, None): NO_ROWS,
    ("departments", NOT_NULL, "department_id"): broken("departments", {"department_id": "null"}, department_id=None),
    ("departments", UNIQUE, "department_id"): twice("departments", department_id="sales"),
    ("positions", AT_LEAST_ONE_ROW, None): NO_ROWS,
    ("positions", NOT_NULL, "position_id"): broken("positions", {"position_id": "null"}, position_id=None),
    ("positions", UNIQUE, "position_id"): twice("positions", position_id="agent"),
    ("employees", AT_LEAST_ONE_ROW, None): NO_ROWS,
    ("employees", NOT_NULL, "employee_id"): broken("employees", {"employee_id": "null"}, employee_id=None),
    ("employees", UNIQUE, "employee_id"): twice("employees", **A),
    ("assignments", AT_LEAST_ONE_ROW, None): NO_ROWS,
    **{
        ("assignments", NOT_NULL, column): broken("assignments", {**A_ASSIGNED, column: "null"}, **{column: None})
        for column in (
            "employee_id",
            "position_id",
            "department_id",
            "valid_from",
            "valid_to",
            "fte",
            "bonus_base",
            "currency",
        )
    },
    ("assignments", PAIR_GREATER, "valid_to, valid_from"): broken(
        "assignments", {**A_ASSIGNED, "valid_to": "2017-02-28"}, valid_to=date(2017, 2, 28)
    ),
    ("assignments", UNIQUE_TOGETHER, "employee_id, position_id, department_id, valid_from"): twice(
        "assignments", **A_ASSIGNED
    ),
    ("assignments", BETWEEN, "fte"): beyond(
        "assignments", "fte", "0.000000", "1.000001", keys=(A_ASSIGNED, B_ASSIGNED)
    ),
    ("assignments", BETWEEN, "bonus_base"): broken(
        "assignments", {**A_ASSIGNED, "bonus_base": "-0.01"}, bonus_base=D("-0.01")
    ),
    ("assignments", "expect_column_values_to_match_regex", "currency"): broken(
        "assignments", {**A_ASSIGNED, "currency": "USDT"}, currency="USDT"
    ),
    ("customers", NOT_NULL, "customer_id"): broken("customers", {"customer_id": "null"}, customer_id=None),
    ("customers", UNIQUE, "customer_id"): twice("customers", customer_id="acme"),
    ("reconciliation_open", NO_ROW, None): unwanted(
        "reconciliation_open", "revenue", date(2017, 3, 5), "crm", D("10.0000"), "erp", D("9.0000"), D("1.0000")
    ),
    ("source_volume", NO_ROW, None): broken(
        "source_volume",
        {column: str(value) for column, value in SOUND["source_volume"][0].items()} | {"rows_used": "7"},
        rows_used=7,
    ),
    ("source_volume", PAIR_GREATER, "max_rejected_share, rejected_share"): broken(
        "source_volume",
        {**DEALS, "max_rejected_share": "0.20000000", "rejected_share": "0.20000001"},
        rejected_share=D("0.20000001"),
    ),
    ("blocked_row", NO_ROW, None): unwanted(
        "blocked_row", "crm", "deals", "deals.csv", 7, "employee_unknown", "nobody is called x"
    ),
    ("assignment_coverage", AT_LEAST_ONE_ROW, None): NO_ROWS,
    ("assignment_coverage", PAIR_EQUAL, "kpis_present, kpis_expected"): broken(
        "assignment_coverage", {**A_COVERED, "kpis_present": "4", "kpis_expected": "5"}, kpis_present=4
    ),
    ("assignment_coverage", NOT_NULL, "weight_sum"): broken(
        "assignment_coverage", {**A_COVERED, "weight_sum": "null"}, weight_sum=None
    ),
    ("assignment_coverage", BETWEEN, "weight_sum"): beyond(
        "assignment_coverage",
        "weight_sum",
        "0.999999999999999999",
        "1.000000000000000001",
        keys=(A_COVERED, B_COVERED),
    ),
    ("fct_kpi_actual", UNIQUE_TOGETHER, "period_id, employee_id, kpi_id"): twice("fct_kpi_actual", **A_MEASURED),
    ("fct_kpi_actual", NOT_NULL, "contributions"): broken(
        "fct_kpi_actual", {**A_MEASURED, "contributions": "null"}, contributions=None
    ),
    ("fct_kpi_actual", BETWEEN, "contributions"): broken(
        "fct_kpi_actual", {**A_MEASURED, "contributions": "-1"}, contributions=-1
    ),
    ("fct_kpi_actual", NOT_NULL, "actual"): broken("fct_kpi_actual", {**A_MEASURED, "actual": "null"}, actual=None),
    ("period_volume", AT_LEAST_ONE_ROW, None): NO_ROWS,
    ("period_volume", BETWEEN, "contributions"): broken(
        "period_volume", {"period_id": "2017-03", "contributions": "0"}, contributions=0
    ),
    ("period_volume", BETWEEN, "days_from_end_to_newest_load"): broken(
        "period_volume",
        {"period_id": "2017-03", "days_from_end_to_newest_load": "0"},
        days_from_end_to_newest_load=0,
    ),
    ("position_stranger", NO_ROW, None): unwanted("position_stranger", "anna", "sales_agnet", "nothing has it"),
    ("scheme_stranger", NO_ROW, None): unwanted("scheme_stranger", "position", "sales_agnet", "no such position"),
    ("rating_off_scale", NO_ROW, None): unwanted(
        "rating_off_scale", "a1", MARCH, "survey", "answers", "17", D("1"), D("5")
    ),
    ("ownership_fault", NO_ROW, None): unwanted("ownership_fault", "customer", "c1", MARCH_1, D("0.9")),
    ("double_credit", NO_ROW, None): unwanted("double_credit", MARCH, "revenue", "crm", "deals", "d1", "d1", D("1.6")),
    ("kpi_volume", BETWEEN, "contributions"): broken(
        "kpi_volume", {"period_id": "2017-03", "kpi_id": "revenue", "contributions": "0"}, contributions=0
    ),
    ("unassigned_contribution", NO_ROW, None): unwanted(
        "unassigned_contribution", MARCH, "revenue", "zed", 1, MARCH_1, "d1"
    ),
    ("reward_subject_unknown", NO_ROW, None): unwanted("reward_subject_unknown", "crowd", "revenue", "campain", 9),
    ("fct_evaluation", UNIQUE_TOGETHER, "period_id, employee_id, revision"): twice("fct_evaluation", **A_REVISED),
    ("fct_evaluation", NOT_NULL, "status"): broken(
        "fct_evaluation", {**A_REVISED, "status": "null"}, status=None, reason="lost"
    ),
    ("fct_evaluation", IN_SET, "status"): broken(
        "fct_evaluation", {**A_REVISED, "status": "done"}, status="done", reason="lost"
    ),
    ("fct_evaluation", BETWEEN, "final_score"): beyond(
        "fct_evaluation", "final_score", "-0.0001", "10000.0001", keys=(A_REVISED, B_REVISED)
    ),
    ("fct_evaluation", BETWEEN, "coverage"): beyond(
        "fct_evaluation", "coverage", "-0.00000001", "1.00000001", keys=(A_REVISED, B_REVISED)
    ),
    ("fct_evaluation", NOT_NULL, "final_score"): broken(
        "fct_evaluation", {**A_REVISED, "final_score": "null"}, final_score=None
    ),
    ("fct_evaluation", NOT_NULL, "grade"): broken("fct_evaluation", {**A_REVISED, "grade": "null"}, grade=None),
    ("fct_evaluation", NOT_NULL, "reason"): broken(
        "fct_evaluation", {**A_REVISED, "reason": "null"}, status="incomplete", reason=None
    ),
    ("grade_unknown", NO_ROW, None): unwanted("grade_unknown", MARCH, "anna", "superb"),
    ("grade_distribution", BETWEEN, "top_grade_share"): broken(
        "grade_distribution",
        {"period_id": "2017-03", "department_id": "west", "top_grade_share": "1.00000000"},
        top_grade_share=D("1.00000000"),
    ),
    ("employee_not_evaluated", NO_ROW, None): unwanted("employee_not_evaluated", MARCH, "anna"),
    ("rank_fault", NO_ROW, None): unwanted("rank_fault", MARCH, "anna", 2, 1),
    ("calibration_stale", NO_ROW, None): unwanted("calibration_stale", MARCH, "anna", "bo", "good", "fair"),
    ("fct_payout", UNIQUE_TOGETHER, "period_id, employee_id, revision"): twice("fct_payout", **A_REVISED),
    **{
        ("fct_payout", NOT_NULL, column): broken("fct_payout", {**A_REVISED, column: "null"}, **{column: None})
        for column in ("amount", "multiplier", "status")
    },
    ("fct_payout", BETWEEN, "amount"): broken("fct_payout", {**A_REVISED, "amount": "-0.01"}, amount=D("-0.01")),
    ("fct_payout", BETWEEN, "multiplier"): broken(
        "fct_payout", {**A_REVISED, "multiplier": "-0.000001"}, multiplier=D("-0.000001")
    ),
    ("fct_payout", IN_SET, "status"): broken("fct_payout", {**A_REVISED, "status": "posted"}, status="posted"),
    ("payout_fault", NO_ROW, None): unwanted("payout_fault", MARCH, "zed", "is no employee"),
    ("pool_fault", NO_ROW, None): unwanted("pool_fault", MARCH, "company", "pays 99.99, holds 100, is to pay 100"),
}

EXPECTATIONS = [
    (table, expectation.type, ", ".join(expectation.columns) or None)
    for gate in GATES.values()
    for table, suite in gate.tables.items()
    for expectation in suite.expectations
]


def failed(result: GateResult) -> list[tuple[str, str, str | None]]:
    return [
        (table.table, expectation.type, expectation.column)
        for table in result.tables
        for expectation in table.expectations
        if not expectation.passed
    ]


def one_table(gate: Gate, table: str) -> Gate:
    return dataclasses.replace(gate, tables={table: gate.tables[table]})


def without_pools(gate: Gate) -> Gate:
    return dataclasses.replace(
        gate, tables={name: suite for name, suite in gate.tables.items() if name != "pool_fault"}
    )


def test_every_expectation_has_exactly_one_violation() -> None:
    assert sorted(map(str, EXPECTATIONS)) == sorted(map(str, VIOLATIONS))


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
def test_sound_data_open_the_gate(gate: Gate) -> None:
    result = run_gate(gate, sound_frames(gate))
    assert failed(result) == []
    assert result.passed
    assert {table.table: table.rows for table in result.tables} == {table: len(SOUND[table]) for table in gate.tables}
    with pytest.raises(ValueError, match="has passed"):
        result.failure()


@pytest.mark.parametrize("expectation", VIOLATIONS, ids=lambda it: "-".join(map(str, it)))
def test_a_violation_breaks_its_expectation_alone_and_names_the_row(expectation: tuple[str, str, str | None]) -> None:
    table = expectation[0]
    violation = VIOLATIONS[expectation]
    result = run_gate(one_table(GATE_OF[table], table), {table: frame(table, violation.rows)})
    assert failed(result) == [expectation]
    (reported,) = [it for it in result.tables[0].expectations if not it.passed]
    assert [dict(row) for row in reported.offending] == violation.offending
    assert reported.unexpected_count == len(violation.offending)
    assert result.passed == (reported.severity == "warn")


def test_what_is_unusual_but_possible_is_a_mere_finding() -> None:
    warned = [
        (table, expectation.columns)
        for gate in GATES.values()
        for table, suite in gate.tables.items()
        for expectation in suite.expectations
        if expectation.severity == "warn"
    ]
    assert warned == [
        ("kpi_volume", ("contributions",)),
        ("unassigned_contribution", ()),
        ("grade_distribution", ("top_grade_share",)),
        ("calibration_stale", ()),
    ]


def test_a_refusal_says_where_which_row_what_was_found_and_what_to_do() -> None:
    gate = GATES["gate_3_evaluation"]
    rows = with_first_row("fct_evaluation", final_score=Decimal("10250.0000"))
    refusal = run_gate(gate, {**sound_frames(gate), "fct_evaluation": frame("fct_evaluation", rows)}).failure()
    assert isinstance(refusal, GateFailed)
    assert refusal.headline == "gate_3_evaluation (Gate 3: evaluation) is closed"
    (problem,) = refusal.problems
    lines = (PROJECT / "expectations" / "gate_3_evaluation.yaml").read_text(encoding="utf-8").splitlines()
    assert problem.line is not None
    assert lines[problem.line - 1].strip() == f"- type: {BETWEEN}"
    assert lines[problem.line].strip() == "column: final_score"
    assert (problem.file, problem.field, problem.row, problem.what, problem.todo) == (
        "gate_3_evaluation.yaml",
        "fct_evaluation.final_score",
        "period_id=2017-03, employee_id=anna, revision=1",
        "A final score lies between 0 and 10000. Found final_score=10250.0000.",
        "look at the employee's score with perf-pipelines explain, and check scheme.yaml",
    )


def test_a_refusal_names_the_file_in_which_the_fault_is_mended_where_there_is_one() -> None:
    gate = GATES["gate_1_inputs"]
    rows = rows_of("scheme_stranger", ("position", "sales_agnet", "the company has no such position"))
    refusal = run_gate(gate, {**sound_frames(gate), "scheme_stranger": frame("scheme_stranger", rows)}).failure()
    (problem,) = refusal.problems
    assert (problem.where, problem.what) == (
        "scheme.yaml scheme_stranger (row what=position, named=sales_agnet)",
        "The company has every position, department and employee that the scheme names. "
        "Found finding=the company has no such position.",
    )


def test_a_refusal_about_a_whole_table_says_what_was_observed() -> None:
    gate = GATES["gate_1_inputs"]
    refusal = run_gate(gate, {**sound_frames(gate), "employees": frame("employees", [])}).failure()
    (problem,) = refusal.problems
    assert (problem.field, problem.row) == ("employees", None)
    assert problem.what == "There is at least one employee. Found 0."


def test_of_many_offending_rows_the_first_are_named_and_the_rest_counted() -> None:
    gate = without_pools(GATES["gate_4_payout"])
    many = OFFENDING_ROWS_KEPT + 5
    unpaid = [{**SOUND["fct_payout"][0], "employee_id": f"e{n:02}", "amount": Decimal(-n)} for n in range(1, many + 1)]
    faults = [
        {"period_id": "2017-03", "employee_id": f"e{n:02}", "fault": "is no employee"} for n in range(1, many + 1)
    ]
    frames = {"fct_payout": frame("fct_payout", unpaid), "payout_fault": frame("payout_fault", faults)}
    result = run_gate(gate, frames)
    for table in result.tables:
        (reported,) = [it for it in table.expectations if not it.passed]
        assert reported.unexpected_count == many
        assert [row["employee_id"] for row in reported.offending] == [
            f"e{n:02}" for n in range(1, OFFENDING_ROWS_KEPT + 1)
        ]
        assert reported.by_period == {"2017-03": many}
    beyond = [problem for problem in result.failure().problems if problem.row is None]
    assert [problem.what.rsplit(". ", 1)[1] for problem in beyond] == ["Found in 5 more rows."] * 2


def test_a_second_run_judges_its_own_frames() -> None:
    gate = one_table(GATES["gate_1_inputs"], "employees")
    twice_there = {"employees": frame("employees", with_first_row_twice("employees"))}
    assert not run_gate(gate, twice_there).passed
    assert run_gate(gate, {"employees": frame("employees", SOUND["employees"])}).passed
    assert not run_gate(gate, twice_there).passed


def test_the_frame_is_left_as_it_was_and_its_index_does_not_matter() -> None:
    given = frame("employees", with_first_row_twice("employees")).set_index(pd.Index([5, 5, 9]))
    before = given.copy()
    result = run_gate(one_table(GATES["gate_1_inputs"], "employees"), {"employees": given})
    pd.testing.assert_frame_equal(given, before)
    assert failed(result) == [("employees", UNIQUE, "employee_id")]


def test_frames_as_duckdb_gives_them_are_judged_with_all_values_null_and_without_rows() -> None:
    gate = one_table(GATES["gate_3_evaluation"], "fct_evaluation")
    query = """
        select '2017-03' as period_id, 'anna' as employee_id, 1 as revision,
            null::decimal(9, 4) as final_score, null::varchar as grade, null::decimal(28, 8) as coverage,
            'excluded' as status, 'no assignment' as reason
        """
    given = duckdb.sql(query).to_arrow_table()
    assert run_gate(gate, {"fct_evaluation": given.to_pandas()}).passed
    assert run_gate(gate, {"fct_evaluation": given.slice(0, 0).to_pandas()}).passed


# Decimals


def gate_file(folder: Path, expectations: str, *, table: str = "pay", key: str = "[id]") -> Path:
    path = folder / "gate_x.yaml"
    head = f"""\
        gate: gate_x
        title: {{zh: 关, en: Gate}}
        tables:
          {table}:
            key: {key}
            todo: {{zh: 改, en: mend it}}
            expect:
        """
    path.write_text(textwrap.dedent(head) + textwrap.indent(textwrap.dedent(expectations), " " * 6), encoding="utf-8")
    return path


def as_objects(rows: dict[str, list[Any]], scale: int) -> pd.DataFrame:
    return pd.DataFrame({"id": rows["id"], "x": pd.Series(rows["x"], dtype=object)})


def as_pyarrow(rows: dict[str, list[Any]], scale: int) -> pd.DataFrame:
    values = pa.array(rows["x"], pa.decimal128(38, scale))
    return pd.DataFrame({"id": rows["id"], "x": pd.Series(values, dtype=pd.ArrowDtype(values.type))})


@pytest.mark.parametrize("made", [as_objects, as_pyarrow])
@pytest.mark.parametrize("bound", ["0.05", "0.1", "0.15", "0.3", "0.7", "1.1", "2", "-0.1", "33554432.15"])
def test_a_decimal_bound_means_what_is_written(tmp_path: Path, bound: str, made: Any) -> None:
    step = Decimal("0.00000001")
    rows: dict[str, list[Any]] = {
        "id": ["below", "at", "above", "none"],
        "x": [Decimal(bound) - step, Decimal(bound), Decimal(bound) + step, None],
    }
    kinds = ["min_value", "min_value strict_min", "max_value", "max_value strict_max"]
    expectations = ""
    for kind in kinds:
        argument, *strict = kind.split()
        expectations += f"- type: {BETWEEN}\n  column: x\n  {argument}: {bound}\n"
        expectations += "".join(f"  {name}: true\n" for name in strict) + f"  because: {{zh: 因, en: {kind}}}\n"
    result = run_gate(load_gate(gate_file(tmp_path, expectations)), {"pay": made(rows, 8)})
    found = {it.because["en"]: [row["id"] for row in it.offending] for it in result.tables[0].expectations}
    assert found == {
        "min_value": ["below"],
        "min_value strict_min": ["below", "at"],
        "max_value": ["above"],
        "max_value strict_max": ["at", "above"],
    }


@pytest.mark.parametrize("made", [as_objects, as_pyarrow])
def test_money_is_compared_to_the_last_cent(tmp_path: Path, made: Any) -> None:
    expectations = f"""\
        - {{type: {PAIR_EQUAL}, column_A: x, column_B: y, because: {{zh: 因, en: equal}}}}
        - {{type: {PAIR_GREATER}, column_A: y, column_B: x, or_equal: true, because: {{zh: 因, en: not below}}}}
        """
    x = made({"id": ["same", "less"], "x": [Decimal("9999999999999999.99"), Decimal("9999999999999999.99")]}, 2)
    y = made({"id": ["same", "less"], "x": [Decimal("9999999999999999.9900"), Decimal("9999999999999999.9899")]}, 4)
    result = run_gate(load_gate(gate_file(tmp_path, expectations)), {"pay": x.assign(y=y["x"])})
    less = {"id": "less", "x": "9999999999999999.99", "y": "9999999999999999.9899"}
    assert [[dict(row) for row in it.offending] for it in result.tables[0].expectations] == [[less], [less]]


def test_decimals_of_a_set_are_exact(tmp_path: Path) -> None:
    expectations = f"- {{type: {IN_SET}, column: x, value_set: [0.1, 0.25], because: {{zh: 因, en: one of two}}}}"
    given = as_objects({"id": ["a", "b"], "x": [Decimal("0.10"), Decimal("0.11")]}, 2)
    result = run_gate(load_gate(gate_file(tmp_path, expectations)), {"pay": given})
    assert [row["id"] for row in result.tables[0].expectations[0].offending] == ["b"]


# Refusals


def test_a_wrong_file_is_refused_with_all_its_faults_at_once(tmp_path: Path) -> None:
    path = tmp_path / "gate_9.yaml"
    path.write_text(
        textwrap.dedent("""\
            gate: gate_8
            title: {zh: 关}
            colour: red
            tables:
              pay:
                key: id
                expect:
                  - type: expect_column_values_to_be_uniq
                    column: id
                    because: {zh: 因, en: once}
                  - type: expect_column_values_to_be_unique
                    colum: id
                    because: {zh: 因, en: once}
                  - type: expect_column_values_to_not_be_null
                    column: [id]
                  - type: expect_column_values_to_not_be_null
                    column: id
                    column: pay
                    severity: fatal
                    row_condition: pay > 0.5
                    because: {zh: 因, en: ""}
                todo: {zh: 改, en: mend it}
              none: {key: [id], todo: {zh: 改, en: mend it}, expect: []}
            """),
        encoding="utf-8",
    )
    with pytest.raises(ExpectationsRefused) as refused:
        load_gate(path)
    assert refused.value.exit_code == 3
    place = "tables.pay.expect"
    assert [(problem.line, problem.field) for problem in sorted(refused.value.problems, key=lambda p: p.line or 0)] == [
        (1, "gate"),
        (2, "title.en"),
        (3, "the file.colour"),
        (6, "tables.pay.key"),
        (8, f"{place}[1].type"),
        (11, f"{place}[2].column"),
        (12, f"{place}[2].colum"),
        (14, f"{place}[3].because"),
        (15, f"{place}[3].column"),
        (18, f"{place}[4].column"),
        (19, f"{place}[4].severity"),
        (20, f"{place}[4].row_condition"),
        (21, f"{place}[4].because.en"),
        (23, "tables.none.expect"),
    ]
    assert {problem.file for problem in refused.value.problems} == {"gate_9.yaml"}
    told = str(refused.value)
    assert "write expect_column_values_to_be_unique" in told
    assert "is no argument of expect_column_values_to_be_unique → write column" in told
    assert "is gate_8, the file is named gate_9" in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no mapping"),
        ("gate: [", "is no YAML"),
        ("gate: gate_x\ntitle: {zh: 关, en: Gate}\ntables: {}\n", "is empty"),
    ],
)
def test_a_file_that_is_no_gate_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gate_x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExpectationsRefused, match=message):
        load_gate(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExpectationsRefused, match="there is no such file"):
        load_gate(tmp_path / "gate_x.yaml")


def test_a_table_or_column_that_is_not_there_is_refused_before_anything_is_judged() -> None:
    gate = GATES["gate_2_facts"]
    frames = sound_frames(gate)
    del frames["period_volume"]
    frames["assignment_coverage"] = frames["assignment_coverage"].drop(columns="kpis_present")
    with pytest.raises(ExpectationsRefused) as refused:
        run_gate(gate, frames)
    assert [problem.field for problem in refused.value.problems] == [
        "assignment_coverage.kpis_present",
        "tables.period_volume",
    ]


@pytest.mark.parametrize(
    "expectation",
    [
        f"- {{type: {BETWEEN}, column: id, min_value: 1, because: {{zh: 因, en: a text is no number}}}}",
        f"- {{type: {BETWEEN}, column: x, mostly: much, because: {{zh: 因, en: no share}}}}",
        f"- {{type: {NOT_NULL}, column: x, row_condition: nowhere > 0, because: {{zh: 因, en: no such column}}}}",
    ],
)
def test_what_gx_cannot_carry_out_neither_opens_nor_closes_a_gate(tmp_path: Path, expectation: str) -> None:
    gate = load_gate(gate_file(tmp_path, expectation))
    with pytest.raises(ExpectationsRefused, match=r"gate_x\.yaml:8 pay"):
        run_gate(gate, {"pay": as_objects({"id": ["a"], "x": [Decimal("1")]}, 2)})


# Great Expectations


def test_the_argument_lists_that_are_read_name_the_classes_of_gx() -> None:
    import great_expectations.expectations as gxe

    for table, type, _ in EXPECTATIONS:
        made = getattr(gxe, "".join(part.title() for part in type.split("_")))
        assert made.__name__.startswith("Expect"), table


def test_gx_shows_no_progress_and_sends_nothing() -> None:
    context = silent_context()
    assert context.config.analytics_enabled is False
    assert context.progress_bars["globally"] is False
    assert context.progress_bars["metric_calculations"] is False


def test_a_closed_gate_prints_nothing_and_calls_nobody_and_loading_does_not_import_gx() -> None:
    script = """
        import os, sys
        from decimal import Decimal
        from pathlib import Path

        calls = []
        sys.addaudithook(lambda event, _: calls.append(event) if event.startswith("socket.") else None)
        from perf_pipelines.gates import load_gate, run_gate

        gate = load_gate(Path("expectations/gate_4_payout.yaml"))
        assert not {"great_expectations", "pandas"} & sys.modules.keys()

        import pandas as pd

        keys = {"period_id": "2017-03", "employee_id": "anna"}
        money = {"amount": Decimal("-0.10"), "multiplier": Decimal("1.5")}
        payout = pd.DataFrame([{**keys, **money, "revision": 1, "status": "posted"}])
        fault = pd.DataFrame([{**keys, "fault": "is no employee"}])
        pool = pd.DataFrame({"period_id": [], "pool_id": [], "fault": []})
        frames = {"fct_payout": payout, "payout_fault": fault, "pool_fault": pool}
        assert len(run_gate(gate, frames).failure().problems) == 3
        assert not {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"} & set(calls), calls
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
