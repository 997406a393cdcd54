"""Versions of a scheme's parts: which holds in a period, and how a wrong one is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.errors import CompanyRefused
from perf_pipelines.periods import Period
from perf_pipelines.scheme.tables import scheme_tables
from tests.unit.a_company import COMPANY, SCHEME, load, replaced, write_company

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from perf_pipelines.errors import Problem

D = Decimal
GRADUAL = "  gradual: {kind: linear, zero_at: 0.5, cap: 12}\n"
PARTS = "evaluation: {kpi: 1.0, min_coverage: 0.60}\n"
FEEDBACK = "feedback: {scale: [1, 5], weights: {manager: 1}}\n"
MARCH, APRIL = Period.parse("2026-03"), Period.parse("2026-04")


def versions(block: str, newer: str) -> str:
    """``key: {…}`` as a list of it and a newer block."""
    key, _, first = block.strip().partition(": ")
    indent = " " * (len(block) - len(block.lstrip()))
    return f"{indent}{key}:\n{indent}  - {first}\n{indent}  - {newer}\n"


def tables_of(root: Path, *changes: tuple[str, str], periods: tuple[Period, ...] = (MARCH, APRIL)) -> dict[str, Any]:
    scheme = SCHEME
    for old, new in changes:
        scheme = replaced(scheme, old, new)
    found = scheme_tables(load(write_company(root, scheme=scheme)).scheme, periods)
    return {name: table.to_pylist() for name, table in found.items()}


def problems(root: Path, *changes: tuple[str, str], company: str = COMPANY) -> list[Problem]:
    scheme = SCHEME
    for old, new in changes:
        scheme = replaced(scheme, old, new)
    with pytest.raises(CompanyRefused) as caught:
        load(write_company(root, scheme=scheme, company=company))
    return list(caught.value.problems)


def test_a_part_that_is_one_block_holds_always(tmp_path: Path) -> None:
    tables = tables_of(tmp_path)
    assert [(row["period_id"], row["min_coverage"]) for row in tables["evaluation"]] == [
        ("2026-03", D("0.6")),
        ("2026-04", D("0.6")),
    ]


def test_a_period_has_the_parts_of_its_first_day(tmp_path: Path) -> None:
    newer = "{from: 2026-04-01, kpi: 0.7, feedback: 0.3, min_coverage: 0.5}"
    tables = tables_of(tmp_path, (PARTS, versions(PARTS, newer) + FEEDBACK))
    assert {row["period_id"]: row["kpi_weight"] for row in tables["evaluation"]} == {
        "2026-03": D(1),
        "2026-04": D("0.7"),
    }
    # a 360° part without weight is none
    assert [row["period_id"] for row in tables["feedback"]] == ["2026-04"]


def test_a_rule_has_the_days_of_its_versions(tmp_path: Path) -> None:
    newer = versions(GRADUAL, "{kind: linear, zero_at: 0.5, cap: 15, from: 2026-04-01}")
    tables = tables_of(tmp_path, (GRADUAL, newer))
    days = [(row["valid_from"], row["valid_to"]) for row in tables["rule"] if row["rule_id"] == "gradual"]
    assert days == [(date(1900, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(9999, 12, 31))]


def test_periods_are_split_only_where_the_scheme_says_so(tmp_path: Path) -> None:
    assert tables_of(tmp_path)["position_change"] == []
    split = tables_of(tmp_path, (PARTS, PARTS + "change_inside_period: split\n"))["position_change"]
    assert split == [{"position_id": "operator", "changes_on": date(2026, 4, 1)}]


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        (
            [(GRADUAL, versions(GRADUAL, "{kind: linear, zero_at: 0.5, cap: 15}"))],
            "rules.gradual[1].from",
            "two versions hold from the start",
        ),
        (
            [(GRADUAL, "  gradual: [{kind: linear, zero_at: 0.5, cap: 12, from: 2026-04-01}]\n")],
            "rules.gradual[0].from",
            "nothing holds before 2026-04-01",
        ),
        (
            [(GRADUAL, versions(GRADUAL, "{kind: linear, zero_at: 0.5, cap: 15, from: 2026-05-01}"))],
            "rules.gradual[1].from",
            "or write `change_inside_period: split`",
        ),
        (
            [(PARTS, versions(PARTS, "{from: 2026-05-01, kpi: 1.0, min_coverage: 0.5}"))],
            "evaluation[1].from",
            "2026-05-01 lies inside 2026-Q2, which can only be assessed by one scheme → move it to 2026-04-01 or "
            "2026-07-01, or drop the cycle `quarter`",
        ),
        (
            [(PARTS, versions(PARTS, "{from: 2026-04-01, kpi: 0.7, feedback: 0.3, min_coverage: 0.5}"))],
            "evaluation[1].feedback",
            "no section `feedback`",
        ),
        (
            [(PARTS, PARTS.replace("min_coverage", "min_coverag"))],
            "evaluation.min_coverag",
            "did you mean `min_coverage`?",
        ),
    ],
)
def test_a_wrong_version_is_told_with_its_place(
    tmp_path: Path, changes: list[tuple[str, str]], field: str, says: str
) -> None:
    told = {problem.field: str(problem) for problem in problems(tmp_path, *changes)}
    assert says in told[field]


def test_grades_of_a_version_that_the_bonus_does_not_know_are_told_with_the_day(tmp_path: Path) -> None:
    start = SCHEME.index("grades:")
    grades = SCHEME[start : SCHEME.index("bonus:")]
    newer = """\
grades:
  - method: bands
    bands:
      - {grade: good, name: {zh: 好, en: Good}, at_least: 90}
      - {grade: fair, name: {zh: 可, en: Fair}, at_least: 0}
  - from: 2026-04-01
    method: bands
    bands:
      - {grade: great, name: {zh: 优, en: Great}, at_least: 90}
      - {grade: fair, name: {zh: 可, en: Fair}, at_least: 0}
"""
    told = [str(problem) for problem in problems(tmp_path, (grades, newer))]
    assert any("the grade `great` has no multiplier from 2026-04-01 on" in text for text in told)
    assert any("there is no grade `good` from 2026-04-01 on" in text for text in told)


def test_what_is_split_may_change_on_any_day_but_what_concerns_the_whole_period_may_not(tmp_path: Path) -> None:
    line = ("from: 2026-04-01}\n    - {kpi: repurchase_rate", "from: 2026-03-17}\n    - {kpi: repurchase_rate")
    until = ("until: 2026-03-31", "until: 2026-03-16")
    last = ("rule: gradual, from: 2026-04-01", "rule: gradual, from: 2026-03-17")
    split = (PARTS, PARTS + "change_inside_period: split\n")
    changes = tables_of(tmp_path, line, until, last, split)["position_change"]
    assert [row["changes_on"] for row in changes] == [date(2026, 3, 17)]
    (tmp_path / "other").mkdir()
    newer = versions(PARTS, "{from: 2026-03-17, kpi: 1.0, min_coverage: 0.5}")
    told = problems(tmp_path / "other", (PARTS, newer + "change_inside_period: split\n"))
    assert {problem.field for problem in told} == {"evaluation[1].from"}


def test_lines_may_change_inside_a_period_that_is_the_mean_of_shorter_ones(tmp_path: Path) -> None:
    # on the first of March, inside the first quarter
    line = ("from: 2026-04-01}\n    - {kpi: repurchase_rate", "from: 2026-03-01}\n    - {kpi: repurchase_rate")
    until = ("until: 2026-03-31", "until: 2026-02-28")
    last = ("rule: gradual, from: 2026-04-01", "rule: gradual, from: 2026-03-01")
    tables = tables_of(tmp_path, line, until, last, (PARTS, PARTS.replace("}", ", mean_of: {quarter: month}}")))
    assert {row["kpi_weight"] for row in tables["evaluation"]} == {D(1)}
    (tmp_path / "other").mkdir()
    told = problems(tmp_path / "other", line, until, last)
    assert {problem.field for problem in told} == {
        *(f"positions.operator[{index}].{field}" for index, field in ((1, "from"), (2, "until"), (3, "from")))
    }


def test_a_target_is_a_number_a_teams_or_growth_and_may_be_a_persons_own(tmp_path: Path) -> None:
    line = "weight: 0.6, target: 100, rule: standard}"
    own = "weight: 0.6, target: {team: 100}, departments: {north: 80}, employees: {E7: {growth: 0.1}}, rule: standard}"
    tables = tables_of(tmp_path, (line, own))
    first = next(row for row in tables["position_kpi"] if row["kpi_id"] == "revenue")
    assert (first["target"], first["team_target"], first["growth"]) == (None, D(100), None)
    found = [
        (row["department_id"], row["employee_id"], row["target"], row["team_target"], row["growth"])
        for row in tables["own_target"]
    ]
    assert found == [("north", None, D(80), None, None), (None, "E7", None, None, D("0.1"))]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("{}", "it says nothing, where one target is wanted"),
        ("{team: 5, growth: 0.1}", "it says team and growth"),
        ("{growth: -1}", "above -1"),
        ("many", "`many` is not a number"),
    ],
)
def test_a_wrong_target_is_told_with_its_place(tmp_path: Path, target: str, says: str) -> None:
    line = "weight: 0.6, target: 100, rule: standard}"
    [problem] = problems(tmp_path, (line, line.replace("target: 100", f"target: {target}")))
    assert str(problem.field).startswith("positions.operator[0].target")
    assert says in str(problem)


def test_a_team_cannot_share_out_what_is_no_sum(tmp_path: Path) -> None:
    line = "target: 0.25, rule: gradual, until: 2026-03-31"
    [problem] = problems(tmp_path, (line, line.replace("0.25", "{team: 0.25}")))
    assert problem.field == "positions.operator[2].target"
