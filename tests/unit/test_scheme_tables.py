# pyarrow comes without type stubs
# pyright: reportUnknownMemberType=false, reportUnknownParameterType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from perf_pipelines.errors import CompanyRefused
from perf_pipelines.periods import Period
from perf_pipelines.scheme.tables import scheme_tables
from tests.unit.a_company import SCHEME, load, replaced, write_company

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

D = Decimal
MARCH = Period.parse("2026-03")


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, pa.Table]:
    return scheme_tables(load(write_company(tmp_path)).scheme, [MARCH])


def test_the_tables_have_the_columns_and_types_that_sql_joins(tables: dict[str, pa.Table]) -> None:
    assert {name: {field.name: str(field.type) for field in table.schema} for name, table in tables.items()} == {
        "scheme": {"scheme_id": "string", "currency": "string", "currency_units": "int32"},
        "alert": {"below": "decimal128(9, 6)", "after": "decimal128(9, 6)"},
        "evaluation": {
            "period_id": "string",
            "kpi_weight": "decimal128(9, 6)",
            "feedback_weight": "decimal128(9, 6)",
            "no_feedback": "string",
            "min_coverage": "decimal128(9, 6)",
            "grade_method": "string",
            "quota_min_headcount": "int32",
            "mean_of": "string",
        },
        "kpi": {
            "kpi_id": "string",
            "name_zh": "string",
            "name_en": "string",
            "unit": "string",
            "unit_zh": "string",
            "aggregation": "string",
            "aggregation_parameter": "decimal128(28, 8)",
            "is_sum_like": "bool",
            "better": "string",
            "competency_id": "string",
        },
        "goal": {
            "goal_id": "string",
            "level": "string",
            "parent_goal_id": "string",
            "name_zh": "string",
            "name_en": "string",
            "kpi_id": "string",
            "department_id": "string",
            "baseline": "decimal128(28, 8)",
            "target": "decimal128(28, 8)",
            "sort_order": "int32",
        },
        "position_kpi": {
            "position_id": "string",
            "kpi_id": "string",
            "goal_id": "string",
            "scope": "string",
            "weight": "decimal128(9, 6)",
            "target": "decimal128(28, 8)",
            "team_target": "decimal128(28, 8)",
            "growth": "decimal128(9, 6)",
            "rule_id": "string",
            "no_data": "string",
            "min_sample": "int32",
            "floor": "decimal128(9, 4)",
            "cap": "decimal128(9, 4)",
            "veto_below": "decimal128(18, 8)",
            "veto_grade": "string",
            "valid_from": "date32[day]",
            "valid_to": "date32[day]",
        },
        "own_target": {
            "position_id": "string",
            "kpi_id": "string",
            "valid_from": "date32[day]",
            "department_id": "string",
            "employee_id": "string",
            "target": "decimal128(28, 8)",
            "team_target": "decimal128(28, 8)",
            "growth": "decimal128(9, 6)",
        },
        "position_change": {"position_id": "string", "changes_on": "date32[day]"},
        "rule": {
            "rule_id": "string",
            "kind": "string",
            "parameters": "string",
            "valid_from": "date32[day]",
            "valid_to": "date32[day]",
        },
        "extra_points": {
            "extra_id": "string",
            "name_zh": "string",
            "name_en": "string",
            "position_id": "string",
            "kpi_id": "string",
            "points": "decimal128(9, 4)",
            "per": "decimal128(28, 8)",
            "at_most": "decimal128(9, 4)",
            "valid_from": "date32[day]",
            "valid_to": "date32[day]",
        },
        "reward": {
            "reward_id": "string",
            "name_zh": "string",
            "name_en": "string",
            "kpi_id": "string",
            "subject": "string",
            "reaches": "decimal128(28, 8)",
            "points": "decimal128(9, 4)",
            "money": "decimal128(18, 3)",
            "positions": "list<item: string>",
            "valid_from": "date32[day]",
            "valid_to": "date32[day]",
        },
        "daily_goal": {
            "position_id": "string",
            "kpi_id": "string",
            "target": "decimal128(28, 8)",
            "valid_from": "date32[day]",
            "valid_to": "date32[day]",
        },
        "activity_review": {"period_id": "string", "min_campaigns": "int32", "error": "decimal128(9, 6)"},
        "feedback": {
            "period_id": "string",
            "scale_low": "decimal128(9, 4)",
            "scale_high": "decimal128(9, 4)",
            "min_raters": "int32",
            "rater_leniency": "string",
            "self_difference": "decimal128(9, 4)",
        },
        "feedback_relation": {
            "period_id": "string",
            "relation": "string",
            "weight": "decimal128(9, 6)",
            "is_anonymous": "bool",
        },
        "feedback_competency": {"period_id": "string", "competency_id": "string", "weight": "decimal128(9, 6)"},
        "grade": {
            "period_id": "string",
            "grade": "string",
            "name_zh": "string",
            "name_en": "string",
            "at_least": "decimal128(9, 4)",
            "expected": "decimal128(9, 6)",
            "multiplier": "decimal128(9, 6)",
            "sort_order": "int32",
        },
        "bonus_cycle": {
            "period_id": "string",
            "cycle": "string",
            "share": "decimal128(9, 6)",
            "at_most": "decimal128(18, 3)",
        },
        "pay_curve": {
            "period_id": "string",
            "value_of": "string",
            "attainment_cap": "decimal128(18, 8)",
            "threshold": "decimal128(18, 8)",
            "kind": "string",
            "parameters": "string",
            "last_at": "decimal128(18, 8)",
            "last_factor": "decimal128(9, 4)",
            "rate": "decimal128(9, 4)",
            "per": "decimal128(18, 8)",
            "cap": "decimal128(9, 4)",
        },
        "pool": {
            "period_id": "string",
            "department_id": "string",
            "amount": "decimal128(18, 3)",
            "kpi_id": "string",
            "share": "decimal128(9, 6)",
            "scale": "string",
        },
        "review": {
            "period_id": "string",
            "systemic_miss_share": "decimal128(9, 6)",
            "systemic_miss_min_headcount": "int32",
            "systemic_miss_error": "decimal128(9, 6)",
            "distribution_p_value": "decimal128(9, 6)",
            "distribution_min_headcount": "int32",
        },
        "scheme_review": {
            "period_id": "string",
            "min_people": "int32",
            "few_reach": "decimal128(9, 6)",
            "close": "decimal128(9, 6)",
            "margin": "decimal128(9, 6)",
            "same_points": "decimal128(9, 6)",
            "points_deviation": "decimal128(9, 4)",
            "min_pairs": "int32",
            "effect": "decimal128(9, 6)",
        },
        "capability_review": {"period_id": "string", "min_headcount": "int32", "difference": "decimal128(9, 4)"},
        "fairness_review": {"period_id": "string", "min_people": "int32"},
        "strength_review": {
            "period_id": "string",
            "false_findings": "decimal128(9, 6)",
            "history_months": "int32",
            "min_weeks": "int32",
            "min_sample": "int32",
            "min_peers": "int32",
            "fewest_peers_told": "int32",
            "margin": "decimal128(9, 6)",
        },
        "course_review": {
            "period_id": "string",
            "false_findings": "decimal128(9, 6)",
            "months": "int32",
            "finished_within": "int32",
            "min_people": "int32",
        },
        "development_rule": {
            "period_id": "string",
            "kind": "string",
            "grade": "string",
            "share": "decimal128(9, 6)",
            "min_months": "int32",
        },
    }


def test_a_line_ends_the_day_before_the_next_begins_or_at_its_until(tables: dict[str, pa.Table]) -> None:
    lines = [
        (row["kpi_id"], row["weight"], row["valid_from"], row["valid_to"]) for row in tables["position_kpi"].to_pylist()
    ]
    assert lines == [
        ("repurchase_rate", D("0.4"), date(1900, 1, 1), date(2026, 3, 31)),
        ("repurchase_rate", D("0.5"), date(2026, 4, 1), date(9999, 12, 31)),
        ("revenue", D("0.6"), date(1900, 1, 1), date(2026, 3, 31)),
        ("revenue", D("0.5"), date(2026, 4, 1), date(9999, 12, 31)),
    ]


def test_an_aggregation_with_a_number_carries_it(tables: dict[str, pa.Table]) -> None:
    kpis = {row["kpi_id"]: row for row in tables["kpi"].to_pylist()}
    assert (kpis["revenue"]["aggregation"], kpis["revenue"]["aggregation_parameter"]) == ("sum", None)
    assert kpis["repurchase_rate"]["aggregation"] == "share_of_units"
    assert kpis["repurchase_rate"]["aggregation_parameter"] == 2
    assert [kpis["revenue"]["is_sum_like"], kpis["repurchase_rate"]["is_sum_like"]] == [True, False]


def test_a_unit_is_one_text_or_one_in_each_language(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "unit: share", "unit: {zh: 占比, en: share}")
    named = {
        row["kpi_id"]: row
        for row in scheme_tables(load(write_company(tmp_path, scheme=scheme)).scheme, [MARCH])["kpi"].to_pylist()
    }
    assert [named["revenue"][column] for column in ("unit_zh", "unit")] == ["CNY", "CNY"]
    assert [named["repurchase_rate"][column] for column in ("unit_zh", "unit")] == ["占比", "share"]


def test_goals_keep_the_order_of_the_file(tables: dict[str, pa.Table]) -> None:
    goals = [(row["sort_order"], row["goal_id"], row["baseline"], row["target"]) for row in tables["goal"].to_pylist()]
    assert goals == [
        (1, "grow", None, None),
        (2, "loyalty", None, None),
        (3, "kr_revenue", D(100), D(140)),
        (4, "kr_repurchase", D("0.20"), D("0.30")),
    ]


def test_a_grade_carries_its_multiplier(tables: dict[str, pa.Table]) -> None:
    grades = {row["grade"]: (row["at_least"], row["multiplier"]) for row in tables["grade"].to_pylist()}
    assert grades == {"good": (D(90), D("1.5")), "fair": (D(0), D(1))}


def test_the_scheme_and_the_bonus_are_whole(tables: dict[str, pa.Table]) -> None:
    assert tables["scheme"].to_pylist() == [{"scheme_id": "acme-2026", "currency": "CNY", "currency_units": 100}]
    assert tables["evaluation"].to_pylist() == [
        {
            "period_id": "2026-03",
            "kpi_weight": 1,
            "feedback_weight": 0,
            "no_feedback": "kpi_only",
            "min_coverage": D("0.6"),
            "grade_method": "bands",
            "quota_min_headcount": 5,
            "mean_of": None,
        }
    ]
    assert {row["cycle"]: row["share"] for row in tables["bonus_cycle"].to_pylist()} == {
        "month": D("0.5"),
        "quarter": D("0.5"),
    }
    assert tables["review"].to_pylist() == [
        {
            "period_id": "2026-03",
            "systemic_miss_share": D("0.8"),
            "systemic_miss_min_headcount": 3,
            "systemic_miss_error": D("0.05"),
            "distribution_p_value": D("0.05"),
            "distribution_min_headcount": 5,
        }
    ]
    assert tables["scheme_review"].to_pylist() == [
        {
            "period_id": "2026-03",
            "min_people": 5,
            "few_reach": D("0.1"),
            "close": D("0.1"),
            "margin": D("0.1"),
            "same_points": D("0.9"),
            "points_deviation": D("0.5"),
            "min_pairs": 10,
            "effect": D("0.1"),
        }
    ]
    assert tables["capability_review"].to_pylist() == [{"period_id": "2026-03", "min_headcount": 3, "difference": 5}]
    assert tables["fairness_review"].to_pylist() == [{"period_id": "2026-03", "min_people": 5}]
    assert tables["strength_review"].to_pylist() == [
        {
            "period_id": "2026-03",
            "false_findings": D("0.05"),
            "history_months": 3,
            "min_weeks": 8,
            "min_sample": 30,
            "min_peers": 2,
            "fewest_peers_told": 3,
            "margin": D("0.05"),
        }
    ]
    assert tables["course_review"].to_pylist() == [
        {"period_id": "2026-03", "false_findings": D("0.05"), "months": 6, "finished_within": 12, "min_people": 5}
    ]
    assert tables["development_rule"].to_pylist() == []


def test_a_rule_of_development_is_a_row_and_names_a_grade_that_exists(tmp_path: Path) -> None:
    written = "  development: {promotion: {grade: good}, support: {grade: fair, share: 0.5, min_months: 2}}\n"
    text = SCHEME + written
    rules = scheme_tables(load(write_company(tmp_path / "sound", scheme=text)).scheme, [MARCH])["development_rule"]
    assert [(row["kind"], row["grade"], row["share"], row["min_months"]) for row in rules.to_pylist()] == [
        ("promotion_candidate", "good", D("0.75"), 3),
        ("support_plan", "fair", D("0.5"), 2),
    ]
    with pytest.raises(CompanyRefused, match="there is no grade `brilliant`"):
        load(write_company(tmp_path / "unsound", scheme=text.replace("grade: good}", "grade: brilliant}")))


def test_sql_reads_a_rules_parameters_exactly(tmp_path: Path) -> None:
    steps = "gradual: {kind: steps, steps: [[0.8, 6], [1.00000001, 10.5]]}"
    scheme = replaced(SCHEME, "gradual: {kind: linear, zero_at: 0.5, cap: 12}", steps)
    rule = scheme_tables(load(write_company(tmp_path, scheme=scheme)).scheme, [MARCH])["rule"]
    rows = {row["rule_id"]: json.loads(row["parameters"]) for row in rule.to_pylist()}
    assert rows["gradual"] == {"steps": [["0.8", "6"], ["1.00000001", "10.5"]]}
    with duckdb.connect() as connection:
        connection.register("rule", rule)
        found = connection.execute(
            """
            select
                cast(parameters -> 'steps' as decimal(18, 8)[][]),
                (select cast(parameters ->> 'exceeded_at' as decimal(18, 8)) from rule where rule_id = 'standard')
            from rule where rule_id = 'gradual'
            """
        ).fetchone()
    assert found == ([[D("0.8"), D(6)], [D("1.00000001"), D("10.5")]], D("1.1"))
