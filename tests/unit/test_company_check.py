from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from perf_pipelines.company import company_folder, list_companies, load_company
from perf_pipelines.errors import CompanyRefused, PeriodRefused, Problem
from perf_pipelines.periods import Cycle, Period
from perf_pipelines.warehouse.dbt import DBT_PROJECT, input_models, kpi_models
from tests.unit.a_company import COMPANY, SCHEME, SOURCES, line_of, load, replaced, write_company

COMPANIES = Path(__file__).resolve().parents[2] / "companies"


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(CompanyRefused) as caught:
        load(folder)
    return list(caught.value.problems)


def the_problem_with_scheme(root: Path, old: str, new: str, *, at: str | None = None) -> Problem:
    """The only problem of the scheme with ``old`` replaced; its line is that of ``at``, or else of ``new``."""
    scheme = replaced(SCHEME, old, new)
    found = problems_of(write_company(root, scheme=scheme))
    assert len(found) == 1, "\n".join(map(str, found))
    assert found[0].file == "companies/acme/scheme.yaml"
    assert found[0].line == line_of(scheme, at or new), found[0]
    return found[0]


def test_a_company_that_is_in_order_is_read(tmp_path: Path) -> None:
    company = load(write_company(tmp_path))
    assert company.id == "acme"
    assert company.cycles == (Cycle.MONTH, Cycle.QUARTER)
    assert company.first_period == Period.parse("2026-02")
    assert company.kpi_ids == ("revenue", "repurchase_rate")


@pytest.mark.parametrize("name", list_companies(COMPANIES))
def test_every_company_of_the_project_passes(name: str) -> None:
    kpis = kpi_models(DBT_PROJECT / "models" / "kpis")
    company = load_company(COMPANIES / name, kpi_models=kpis, inputs=input_models())
    assert company.id == name
    assert {"departments", "positions", "employees", "assignments"} <= set(company.inputs)


WITH_DAYS = replaced(
    COMPANY,
    "cycles: [month, quarter]\n",
    "cycles: [week, sprint, month, quarter]\nsprint: {days: 14, begins_on: 2026-01-05}\n",
)
"""The company with weeks and sprints beside months and quarters."""

LINE = "{kpi: revenue, goal: kr_revenue, weight: 0.6, target: 100, rule: standard}"
"""The first line of the position."""


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("weight: 0.6", "wieght: 0.6", "positions.operator[0].wieght", "did you mean `weight`?"),
        ("weight: 0.6", "weight: 0.61234567", "positions.operator[0].weight", "8 decimals"),
        ("weight: 0.6", "weight: sixty", "positions.operator[0].weight", "not a number"),
        ("weight: 0.6", "weight: '0.6'", "positions.operator[0].weight", "not a number"),
        ("weight: 0.6", "weight: .nan", "positions.operator[0].weight", "not a number"),
        ("weight: 0.6", "weight: -.inf", "positions.operator[0].weight", "not a number"),
        ("weight: 0.6", "weight: 60", "positions.operator[0].weight", "at most 1"),
        ("weight: 0.6", "weight: true", "positions.operator[0].weight", "not a number"),
        ("target: 100,", "target: 0,", "positions.operator[0].target", "above 0"),
        ("target: 100,", "target: -5,", "positions.operator[0].target", "above 0"),
        ("target: 100,", "target: 1.123456789,", "positions.operator[0].target", "9 decimals"),
        ("target: 100,", "target: 99999999999999,", "positions.operator[0].target", "at most 10000000000"),
        ("target: 110, rule: standard", "target: 110, rule: standrad", "positions.operator[1].rule", "`standard`"),
        ("target: 100, rule: standard", "target: 100, rule: 7", "positions.operator[0].rule", "id"),
        ("goal: kr_revenue, weight: 0.6", "goal: kr_revenu, weight: 0.6", "positions.operator[0].goal", "`kr_revenue`"),
        ("weight: 0.6, target: 100", "weight: 0.6, of: boss, target: 100", "positions.operator[0].of", "not known"),
        (
            "weight: 0.6, target: 100",
            "weight: 0.6, no_data: skip, target: 100",
            "positions.operator[0].no_data",
            "skip",
        ),
        ("kpi: revenue, from: 100", "kpi: revenues, from: 100", "goals[2].kpi", "did you mean `revenue`?"),
        ("parent: grow", "parent: grwo", "goals[1].parent", "did you mean `grow`?"),
        ("level: objective, parent: grow", "level: objective", "goals[1].parent", "belongs to no goal"),
        ("parent: grow", "parent: kr_revenue", "goals[1].parent", ""),
        ("level: strategy", "level: strategie", "goals[0].level", "did you mean `strategy`?"),
        ("level: strategy", "level: strategy, department: 7", "goals[0].department", "not text"),
        ("level: strategy", "level: strategy, kpi: revenue", "goals[0].kpi", "only key results"),
        ("from: 100, to: 140", "from: 100", "goals[2].to", "has no `to`"),
        ("from: 100, to: 140", "from: 100, to: 100", "goals[2].to", "to the same"),
        ("aggregation: sum", "aggregation: summ", "kpis.revenue.aggregation", "did you mean `sum`?"),
        ("aggregation: sum", "aggregation: percentile", "kpis.revenue.aggregation.at", "`at` is missing"),
        ("unit: share", "unit: 5", "kpis.repurchase_rate.unit", "not text"),
        ("unit: share", "unit: {zh: 率}", "kpis.repurchase_rate.unit.en", "`en` is missing"),
        ("kind: share_of_units, bound", "kind: share_of_unit, bound", "kpis.repurchase_rate.aggregation.kind", "mean"),
        ("bound: 2", "buond: 2", "kpis.repurchase_rate.aggregation.buond", "did you mean `bound`?"),
        ("kind: threshold", "kind: treshold", "rules.standard.kind", "did you mean `threshold`?"),
        ("exceeded_at: 1.10", "exceeded_at: 0.90", "rules.standard.exceeded_at", "above 1"),
        ("zero_at: 0.5", "zero_at: 1", "rules.gradual.zero_at", "below 1"),
        ("{kind: linear, zero_at: 0.5, cap: 12}", "{kind: steps, steps: [[1]]}", "rules.gradual.steps[0]", "too short"),
        ("cap: 12", "cap: 9", "rules.gradual.cap", "at least 10"),
        ("cap: 12", "cap: 12, floor: 0", "rules.gradual.floor", "cap"),
        ("min_coverage: 0.60", "min_coverage: 60", "evaluation.min_coverage", "at most 1"),
        ("method: bands", "method: kvota", "grades.method", "did you mean `quota`?"),
        ("at_least: 90", "at_least: 0", "grades.bands[1].at_least", "not below"),
        ("at_least: 0", "at_least: 10", "grades.bands[1].at_least", "no grade"),
        ("multiplier: {good: 1.5, fair: 1.0}", "multiplier: {good: 1.5}", "bonus.multiplier", "`fair`"),
        ("fair: 1.0}", "fair: 1.0, farr: 1}", "bonus.multiplier.farr", "did you mean `fair`?"),
        ("cycles: {month: 0.5, quarter: 0.5}", "cycles: {month: 0.5, quarter: 0.6}", "bonus.cycles", "1.1"),
        ("quarter: 0.5}", "year: 0.5}", "bonus.cycles.year", "company.yaml"),
        ("quarter: 0.5}", "quarterly: 0.5}", "bonus.cycles.quarterly", "did you mean `quarter`?"),
        ("min_headcount: 3", "min_headcount: 2.5", "review.systemic_miss.min_headcount", "decimals"),
        ("share: 0.80", "share: 1.2", "review.systemic_miss.share", "at most 1"),
        ("currency: CNY", "currency: USD", "currency", "CNY"),
        ("currency: CNY", "currency: yuan", "currency", "ISO 4217"),
        ("until: 2026-03-31", "until: 31.03.2026", "positions.operator[2].until", "write 2026-03-31"),
        ("until: 2026-03-31", "until: 2026-02-30", "positions.operator[2].until", "calendar"),
        ("scheme: acme-2026", "scheme:", "scheme", "not text"),
    ],
)
def test_a_fault_in_the_scheme_is_found_with_line_and_field(
    tmp_path: Path, old: str, new: str, field: str, says: str
) -> None:
    scheme = replaced(SCHEME, old, new)
    line = line_of(scheme, new)
    found = [problem for problem in problems_of(write_company(tmp_path, scheme=scheme)) if problem.field == field]
    if field == "grades.bands[1].at_least" and new == "at_least: 0":
        line += 1
    assert found, problems_of(tmp_path / "companies" / "acme")
    assert (found[0].file, found[0].line) == ("companies/acme/scheme.yaml", line)
    assert says in str(found[0])


def test_a_list_whose_only_entry_is_faulty_is_not_called_too_short_besides(tmp_path: Path) -> None:
    steps = "{kind: steps, steps: [[1, ten]]}"
    problem = the_problem_with_scheme(tmp_path, "{kind: linear, zero_at: 0.5, cap: 12}", steps)
    assert problem.field == "rules.gradual.steps[0][1]"


def test_a_line_without_target_is_found(tmp_path: Path) -> None:
    problem = the_problem_with_scheme(tmp_path, "weight: 0.6, target: 100,", "weight: 0.6,")
    assert (problem.field, problem.what) == ("positions.operator[0].target", "`target` is missing")


def test_an_unknown_kpi_in_a_position_is_found_with_the_nearest_one(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, LINE, LINE.replace("kpi: revenue,", "kpi: revenu,"))
    found = {problem.field: problem for problem in problems_of(write_company(tmp_path, scheme=scheme))}
    assert found["positions.operator[0].kpi"].line == line_of(scheme, "kpi: revenu,")
    assert found["positions.operator[0].kpi"].todo == "did you mean `revenue`?"


def test_a_kpi_without_sql_model_is_found(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    with pytest.raises(CompanyRefused) as caught:
        load_company(folder, kpi_models=frozenset({"revenue"}), inputs=frozenset())
    (problem,) = caught.value.problems
    assert (problem.field, problem.line) == ("kpis.repurchase_rate", line_of(SCHEME, "  repurchase_rate:"))
    assert "kpi_repurchase_rate.sql" in problem.todo


def test_a_kpi_model_of_the_companys_own_counts(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    (folder / "models" / "kpis").mkdir()
    (folder / "models" / "kpis" / "kpi_repurchase_rate.sql").write_text("select 1")
    company = load_company(folder, kpi_models=frozenset({"revenue"}), inputs=frozenset())
    assert "repurchase_rate" in company.kpi_ids


def test_a_kpi_may_lead_to_a_key_result_without_measuring_it(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "goal: kr_revenue, weight: 0.6", "goal: kr_repurchase, weight: 0.6")
    assert load(write_company(tmp_path, scheme=scheme)).scheme.positions["operator"][0].goal == "kr_repurchase"


def test_a_kpi_that_serves_no_goal_is_found(tmp_path: Path) -> None:
    extra = "  idle: {name: {zh: 闲, en: Idle}, unit: x, aggregation: mean, better: lower}\ngoals:\n"
    folder = write_company(tmp_path, scheme=replaced(SCHEME, "goals:\n", extra))
    with pytest.raises(CompanyRefused) as caught:
        load_company(folder, kpi_models=frozenset({"revenue", "repurchase_rate", "idle"}), inputs=frozenset())
    (problem,) = caught.value.problems
    assert (problem.field, problem.line) == ("kpis.idle", line_of(SCHEME, "goals:\n"))
    assert "serves no goal" in problem.what


def test_a_goal_without_kpi_beneath_it_is_found(tmp_path: Path) -> None:
    extra = "goals:\n  - {id: dream, level: strategy, name: {zh: 梦, en: Dream}}\n"
    problem = the_problem_with_scheme(tmp_path, "goals:\n", extra, at="  - {id: dream")
    assert problem.field == "goals[0]"
    assert "no KPI beneath" in problem.what


def test_a_goal_that_stands_twice_is_found(tmp_path: Path) -> None:
    extra = "goals:\n  - {id: grow, level: strategy, name: {zh: 增, en: G}}\n"
    scheme = replaced(SCHEME, "goals:\n", extra)
    found = problems_of(write_company(tmp_path, scheme=scheme))
    assert any(problem.field == "goals[1].id" and "twice" in problem.what for problem in found)


def test_parents_that_go_in_a_circle_are_found(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "level: strategy,", "level: strategy, parent: loyalty,")
    found = problems_of(write_company(tmp_path, scheme=scheme))
    assert [problem.field for problem in found] == ["goals[0].parent", "goals[1].parent"]
    assert all("lead back to itself" in problem.what for problem in found)


def test_a_wrong_order_of_levels_is_found(tmp_path: Path) -> None:
    problem = the_problem_with_scheme(
        tmp_path,
        "id: kr_revenue, level: key_result, parent: loyalty",
        "id: kr_revenue, level: key_result, parent: grow",
    )
    assert problem.field == "goals[2].parent"
    assert "level objective" in problem.todo


def test_weights_that_do_not_sum_to_one_are_found_with_day_and_sum(tmp_path: Path) -> None:
    problem = the_problem_with_scheme(tmp_path, "weight: 0.6", "weight: 0.59", at="  operator:")
    assert problem.field == "positions.operator"
    assert problem.what == "the weights of `operator` sum to 0.99 from the start"
    assert "0.01" in problem.todo


def test_weights_that_stop_summing_to_one_later_are_found_with_that_day(tmp_path: Path) -> None:
    problem = the_problem_with_scheme(
        tmp_path, "weight: 0.5, target: 110", "weight: 0.6, target: 110", at="  operator:"
    )
    assert problem.what == "the weights of `operator` sum to 1.1 from 2026-04-01 on"


def test_two_lines_of_a_kpi_from_the_same_day_are_found(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "target: 110, rule: standard, from: 2026-04-01", "target: 110, rule: standard")
    found = {problem.field: problem for problem in problems_of(write_company(tmp_path, scheme=scheme))}
    assert found["positions.operator[1]"].line == line_of(scheme, "target: 110")
    assert "twice" in found["positions.operator[1]"].what


def test_a_line_that_lasts_into_the_next_one_is_found(tmp_path: Path) -> None:
    problem = the_problem_with_scheme(tmp_path, "until: 2026-03-31", "until: 2026-06-30")
    assert problem.field == "positions.operator[2].until"
    assert "2026-04-01" in problem.what


def test_a_line_that_ends_before_it_begins_is_found(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "rule: gradual, from: 2026-04-01", "rule: gradual, from: 2026-04-01, until: 2025-12-31")
    found = [problem.field for problem in problems_of(write_company(tmp_path, scheme=scheme))]
    assert "positions.operator[3].until" in found


def test_a_change_inside_a_quarter_is_found_and_the_ways_out_are_told(tmp_path: Path) -> None:
    scheme = SCHEME.replace("from: 2026-04-01", "from: 2026-05-01").replace("until: 2026-03-31", "until: 2026-04-30")
    found = problems_of(write_company(tmp_path, scheme=scheme))
    assert [problem.field for problem in found] == [
        "positions.operator[1].from",
        "positions.operator[2].until",
        "positions.operator[3].from",
    ]
    assert found[0].what.startswith("2026-05-01 lies inside 2026-Q2")
    assert found[0].todo == (
        "move it to 2026-04-01 or 2026-07-01, or write `change_inside_period: split`, "
        "or drop the cycle `quarter` in company.yaml"
    )


def test_a_change_between_months_is_fine_without_quarters(tmp_path: Path) -> None:
    scheme = SCHEME.replace("from: 2026-04-01", "from: 2026-05-01").replace("until: 2026-03-31", "until: 2026-04-30")
    scheme = replaced(scheme, "cycles: {month: 0.5, quarter: 0.5}", "cycles: {month: 1}")
    company = replaced(COMPANY, "cycles: [month, quarter]", "cycles: [month]")
    assert load(write_company(tmp_path, company=company, scheme=scheme)).cycles == (Cycle.MONTH,)


def test_a_change_inside_a_week_or_sprint_is_fine_because_its_first_day_says_what_holds(tmp_path: Path) -> None:
    # 2026-04-01 is a Wednesday
    company = load(write_company(tmp_path, company=WITH_DAYS))
    assert company.cycles == (Cycle.WEEK, Cycle.SPRINT, Cycle.MONTH, Cycle.QUARTER)


def test_weeks_alone_need_no_months(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "cycles: {month: 0.5, quarter: 0.5}", "cycles: {week: 1}")
    company = load(write_company(tmp_path, company=replaced(COMPANY, "[month, quarter]", "[week]"), scheme=scheme))
    assert [week.id for week in company.periods_until(date(2026, 2, 16), Cycle.WEEK)] == ["2026-W06", "2026-W07"]


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("sprint: {days: 14, begins_on: 2026-01-05}\n", "", "cycles", "begins_on: 2026-01-05"),
        ("[week, sprint, month, quarter]", "[week, month, quarter]", "sprint", "add `sprint` to `cycles`"),
        ("[week, sprint, month, quarter]", "[week, sprint, year]", "cycles", "`month` is missing beside `year`"),
        ("days: 14", "days: 0", "sprint.days", "at least 1"),
        ("days: 14", "days: 100", "sprint.days", "at most 99"),
        ("begins_on: 2026-01-05", "begins_on: monday", "sprint.begins_on", "calendar"),
        (", begins_on: 2026-01-05", "", "sprint.begins_on", "missing"),
    ],
)
def test_a_fault_in_the_cycles_of_days_is_found(tmp_path: Path, old: str, new: str, field: str, says: str) -> None:
    found = problems_of(write_company(tmp_path, company=replaced(WITH_DAYS, old, new)))
    assert [(problem.field, says in str(problem)) for problem in found] == [(field, True)], found


def test_expected_shares_that_do_not_sum_to_one_are_found(tmp_path: Path) -> None:
    problem = the_problem_with_scheme(tmp_path, "expected: 0.3", "expected: 0.4", at="  bands:")
    assert (problem.field, problem.what) == ("grades.bands", "the expected shares sum to 1.1")


def test_a_rule_that_nobody_uses_is_no_fault(tmp_path: Path) -> None:
    scheme = replaced(SCHEME, "rules:\n", "rules:\n  spare: {kind: steps, steps: [[1, 10]]}\n")
    assert "spare" in load(write_company(tmp_path, scheme=scheme)).scheme.rules


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("company: acme", "company: acne", "company"),
        ("Asia/Shanghai", "Asia/Shangai", "timezone"),
        ("Asia/Shanghai", "../etc/passwd", "timezone"),
        ("Asia/Shanghai", "Asia", "timezone"),
        ("currency: CNY", "currency: cny", "currency"),
        ("first_period: 2026-02", "first_period: 2026-Q1", "first_period"),
        ("first_period: 2026-02", "first_period: 2026", "first_period"),
        ("first_period: 2026-02", "first_period: 2026-02-01", "first_period"),
        ("[month, quarter]", "[]", "cycles"),
        ("[month, quarter]", "[quarter]", "cycles"),
        ("[month, quarter]", "[month, quarter, month]", "cycles[2]"),
        ("[month, quarter]", "[month, quater]", "cycles[1]"),
        ("[month, quarter]", "month", "cycles"),
        ("team:people", "people", "owners[0]"),
        ("team:people", "'team:'", "owners[0]"),
        ("rejected_share: 0.01", "rejected_share: 2", "tolerance.rejected_share"),
        ("zh: 示例公司, ", "", "name.zh"),
    ],
)
def test_a_fault_in_company_yaml_is_found_with_line_and_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    company = replaced(COMPANY, old, new)
    found = {problem.field: problem for problem in problems_of(write_company(tmp_path, company=company))}
    assert found[field].file == "companies/acme/company.yaml"
    assert found[field].line == line_of(COMPANY, old)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("kind: files", "kind: files2", "systems.shop.kind"),
        ("kind: files", "kind: [files]", "systems.shop.kind"),
        ("folder: data", "folder: /etc", "systems.shop.folder"),
        ("folder: data", "folder: ../other", "systems.shop.folder"),
        ("file: orders.csv", "file: ../../secret.csv", "systems.shop.tables.orders.file"),
        ("file: orders.csv", "flie: orders.csv", "systems.shop.tables.orders.flie"),
        ("[order_id, amount]", "[order_id, order_id]", "systems.shop.tables.orders.columns[1]"),
        ("[order_id, amount]", "[]", "systems.shop.tables.orders.columns"),
        ("[order_id, amount]", "[order_id], encoding: utf-9", "systems.shop.tables.orders.encoding"),
        ("[order_id, amount]", "[order_id], encoding: base64", "systems.shop.tables.orders.encoding"),
        ("[order_id, amount]", '[order_id], delimiter: ";;"', "systems.shop.tables.orders.delimiter"),
        ("[order_id, amount]", "[order_id], may_be_empty: maybe", "systems.shop.tables.orders.may_be_empty"),
        ("      orders:", "      Orders:", "systems.shop.tables.Orders"),
    ],
)
def test_a_fault_in_sources_yaml_is_found_with_line_and_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    at = line_of(SOURCES, old)
    if "], " in new:
        new, _, extra = new.partition(", ")
        new, at = f"{new}\n        {extra}", at + 1
    sources = replaced(SOURCES, old, new)
    found = {problem.field: problem for problem in problems_of(write_company(tmp_path, sources=sources))}
    assert field in found, found
    assert (found[field].file, found[field].line) == ("companies/acme/sources.yaml", at)


def test_a_link_out_of_the_companys_folder_is_found(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (folder / "data").symlink_to(tmp_path / "elsewhere")
    (problem,) = problems_of(folder)
    assert problem.field == "systems.shop.folder"


def test_a_link_to_itself_is_found(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    (folder / "data").symlink_to(folder / "data")
    (problem,) = problems_of(folder)
    assert problem.field == "systems.shop.folder"


def test_a_missing_models_folder_is_found(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    (folder / "models").rmdir()
    (problem,) = problems_of(folder)
    assert problem.file == "companies/acme/models"


def test_a_model_for_an_unknown_input_is_found(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    (folder / "models" / "inputs").mkdir()
    (folder / "models" / "inputs" / "company_employees.sql").write_text("select 1")
    (folder / "models" / "inputs" / "company_oders.sql").write_text("select 1")
    (problem,) = problems_of(folder)
    assert problem.file == "companies/acme/models/inputs/company_oders.sql"
    assert problem.todo == "did you mean `orders`?"


def test_a_kpi_model_that_all_companies_have_already_is_found(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    (folder / "models" / "kpis").mkdir()
    (folder / "models" / "kpis" / "kpi_revenue.sql").write_text("select 1")
    (problem,) = problems_of(folder)
    assert problem.file == "companies/acme/models/kpis/kpi_revenue.sql"


def test_faults_in_all_files_are_reported_at_once_and_in_order(tmp_path: Path) -> None:
    folder = write_company(
        tmp_path,
        company=replaced(COMPANY, "Asia/Shanghai", "Asia/Shangai").replace("company: acme", "company: other"),
        sources=replaced(SOURCES, "folder: data", "folder: /data"),
        scheme=replaced(SCHEME, "weight: 0.5, target: 110, rule: standard", "weight: 0.5, target: 110, rule: standrad")
        .replace("cap: 12", "kap: 12")
        .replace("parent: grow", "parent: grwo")
        .replace("quarter: 0.5}", "year: 0.5}"),
    )
    found = [(problem.file, problem.field) for problem in problems_of(folder)]
    assert found == [
        ("companies/acme/company.yaml", "company"),
        ("companies/acme/company.yaml", "timezone"),
        ("companies/acme/scheme.yaml", "goals[0]"),
        ("companies/acme/scheme.yaml", "goals[1].parent"),
        ("companies/acme/scheme.yaml", "rules.gradual.kap"),
        ("companies/acme/scheme.yaml", "bonus.cycles.year"),
        ("companies/acme/sources.yaml", "systems.shop.folder"),
    ]


def test_three_missing_files_are_three_problems(tmp_path: Path) -> None:
    folder = tmp_path / "companies" / "acme"
    (folder / "models").mkdir(parents=True)
    assert [problem.what for problem in problems_of(folder)] == ["the file is missing"] * 3


def test_no_message_speaks_pydantic(tmp_path: Path) -> None:
    scheme = "kpis: 3\ngoals: {}\npositions: [1]\nrules: {a: b, c: {}}\nevaluation:\ngrades: {bands: 2}\n"
    for problem in problems_of(write_company(tmp_path, scheme=scheme)):
        assert "Input should" not in str(problem)
        assert "type=" not in str(problem)
        assert "cannot be used here" not in problem.what


def test_companies_are_found_by_name_and_a_misspelt_name_gets_a_suggestion(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    assert list_companies(folder.parent) == ("acme",)
    assert company_folder(folder.parent, "acme") == folder
    with pytest.raises(CompanyRefused, match="did you mean `acme`"):
        company_folder(folder.parent, "acmee")


@pytest.mark.parametrize("name", ["", ".", "..", "../acme", "/etc", "a\\b", "acme/"])
def test_a_path_is_no_company_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(CompanyRefused):
        company_folder(write_company(tmp_path).parent, name)


def test_the_periods_of_a_cycle_are_those_that_are_over(tmp_path: Path) -> None:
    company = load(write_company(tmp_path))
    assert [p.id for p in company.periods_until(date(2026, 4, 1), Cycle.MONTH)] == ["2026-02", "2026-03"]
    assert [p.id for p in company.periods_until(date(2026, 4, 1), Cycle.QUARTER)] == ["2026-Q1"]
    assert company.periods_until(date(2026, 2, 28), Cycle.MONTH) == ()
    assert company.periods_until(date(2020, 1, 1), Cycle.QUARTER) == ()


def test_the_first_quarter_has_only_the_months_since_the_first_period(tmp_path: Path) -> None:
    company = load(write_company(tmp_path))
    assert [month.id for month in company.months_of(Period.parse("2026-Q1"))] == ["2026-02", "2026-03"]


@pytest.mark.parametrize(
    ("period", "today", "says"),
    [
        ("2026-H1", date(2027, 1, 1), "does not assess"),
        ("2026-01", date(2027, 1, 1), "before the company's first period"),
        ("2025-Q4", date(2027, 1, 1), "before the company's first period"),
        ("2026-03", date(2026, 3, 31), "not over yet"),
        ("2026-Q2", date(2026, 5, 1), "not over yet"),
        ("9999-12", date(2026, 5, 1), "not over yet"),
        ("2026-W10", date(2027, 1, 1), "does not assess"),
    ],
)
def test_a_period_that_cannot_be_closed_is_refused(tmp_path: Path, period: str, today: date, says: str) -> None:
    company = load(write_company(tmp_path))
    with pytest.raises(PeriodRefused, match=says):
        company.closable(Period.parse(period), today=today)


def test_weeks_and_sprints_are_assessed_from_the_first_that_begins_in_the_first_month_or_later(tmp_path: Path) -> None:
    company = load(write_company(tmp_path, company=WITH_DAYS))
    # February 1 is a Sunday
    assert [company.first(cycle).id for cycle in company.cycles] == ["2026-W06", "2026-02-02-14d", "2026-02", "2026-Q1"]
    assert [p.id for p in company.periods_until(date(2026, 3, 2), Cycle.SPRINT)] == ["2026-02-02-14d", "2026-02-16-14d"]


@pytest.mark.parametrize(
    ("period", "says"),
    [
        ("2026-W05", "before the company's first period 2026-02 → choose 2026-W06 or later"),
        ("2026-01-19-14d", "before the company's first period 2026-02 → choose 2026-02-02-14d or later"),
        ("2026-02-09-14d", "choose 2026-02-02-14d or 2026-02-16-14d"),
        ("2026-02-02-7d", "choose 2026-02-02-14d or 2026-02-16-14d"),
        ("2026-W09", "not over yet"),
        ("9999-12-30-2d", "not over yet"),
    ],
)
def test_a_week_or_sprint_that_cannot_be_closed_is_refused(tmp_path: Path, period: str, says: str) -> None:
    company = load(write_company(tmp_path, company=WITH_DAYS))
    with pytest.raises(PeriodRefused, match=says):
        company.closable(Period.parse(period), today=date(2026, 3, 1))


def test_only_months_make_a_longer_period_whole(tmp_path: Path) -> None:
    company = load(write_company(tmp_path, company=WITH_DAYS))
    months = [Period.parse("2026-02"), Period.parse("2026-03")]
    assert company.made_of(months) == (Period.parse("2026-Q1"),)
    assert company.made_of([Period.parse("2026-W06"), *months[:1]]) == ()
    assert company.months_assessed(Period.parse("2026-Q1")) == 2
    assert company.months_assessed(Period.parse("2026-W06")) == Fraction(7, 28)


def test_a_period_that_is_over_can_be_closed(tmp_path: Path) -> None:
    company = load(write_company(tmp_path))
    company.closable(Period.parse("2026-03"), today=date(2026, 4, 1))
    company.closable(Period.parse("2026-Q1"), today=date(2026, 4, 1))


def test_a_moment_is_put_into_the_companys_time_zone(tmp_path: Path) -> None:
    company = load(write_company(tmp_path))
    company.closable(Period.parse("2026-03"), today=datetime(2026, 3, 31, 17, tzinfo=UTC))
    with pytest.raises(PeriodRefused):
        company.closable(Period.parse("2026-03"), today=datetime(2026, 3, 31, 15, tzinfo=UTC))
