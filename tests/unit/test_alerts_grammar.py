"""The words of alerts, and what a period that is running consists of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.company import load_scheme
from perf_pipelines.errors import CompanyRefused
from perf_pipelines.periods import Period
from perf_pipelines.scheme.difference import differences
from perf_pipelines.scheme.tables import scheme_tables
from perf_pipelines.warehouse.engine import tables_of_periods
from perf_pipelines.wording import Language
from tests.unit.a_company import COMPANY, KPI_MODELS, SCHEME, load, replaced, write_company

if TYPE_CHECKING:
    from pathlib import Path

ALERTS = "alerts: {below: 0.70, after: 0.10}\n"


def with_alerts(text: str = ALERTS) -> str:
    return replaced(SCHEME, "rules:\n", text + "rules:\n")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        (ALERTS, [{"below": Decimal("0.700000"), "after": Decimal("0.100000")}]),
        ("alerts: {below: 1}\n", [{"below": Decimal(1), "after": Decimal("0.200000")}]),
    ],
)
def test_what_sql_reads(tmp_path: Path, text: str, rows: list[dict[str, Decimal]]) -> None:
    scheme = load(write_company(tmp_path, scheme=with_alerts(text))).scheme
    assert scheme_tables(scheme, [])["alert"].to_pylist() == rows


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("alerts: {after: 0.2}\n", "alerts.below", "missing"),
        ("alerts: {below: 70}\n", "alerts.below", "at most 1"),
        ("alerts: {below: 0}\n", "alerts.below", "above 0"),
        ("alerts: {below: 0.7, after: 1.2}\n", "alerts.after", "at most 1"),
        ("alerts: {below: 0.7, afer: 0.2}\n", "alerts.afer", "after"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, field: str, says: str) -> None:
    with pytest.raises(CompanyRefused) as caught:
        load(write_company(tmp_path, scheme=with_alerts(text)))
    [problem] = caught.value.problems
    assert problem.field == field
    assert says in str(problem)


@pytest.mark.parametrize(
    ("before", "after", "en", "zh"),
    [
        ("", ALERTS, "alerts added: attainment below 70 %, told after a share of the period of 10 %",
         "新增预警：达成率低于 70%，最早提醒进度 10%"),
        (ALERTS, ALERTS.replace("0.70", "0.60"), "alerts: attainment below 70 % → 60 %", "预警：达成率低于 70% → 60%"),
        (ALERTS, "", "alerts taken out", "删去预警"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_words(tmp_path: Path, before: str, after: str, en: str, zh: str) -> None:
    company = load(write_company(tmp_path, scheme=with_alerts(before)))
    (tmp_path / "other.yaml").write_text(with_alerts(after), encoding="utf-8")
    other = load_scheme(tmp_path / "other.yaml", company=company, kpi_models=KPI_MODELS)
    assert differences(company.scheme, other, language=Language.en) == (en,)
    assert differences(company.scheme, other, language=Language.zh) == (zh,)


@pytest.mark.parametrize(
    ("period", "up_to", "months", "previous", "year_ago"),
    [
        ("2026-11", date(2026, 11, 20), Fraction(20, 30), "2026-10-01 … 2026-10-20", "2025-11-01 … 2025-11-20"),
        # February has no thirty days
        ("2026-03", date(2026, 3, 30), Fraction(30, 31), "2026-02-01 … 2026-02-28", "2025-03-01 … 2025-03-30"),
        ("2026-Q4", date(2026, 11, 20), Fraction(5, 3), "2026-07-01 … 2026-08-20", "2025-10-01 … 2025-11-20"),
        # the week from 30 March to 5 April, in two months
        ("2026-W14", date(2026, 4, 1), Fraction(2, 31) + Fraction(1, 30),
         "2026-03-23 … 2026-03-25", "2025-03-31 … 2025-04-02"),
        ("2026-03-16-14d", date(2026, 3, 20), Fraction(5, 31), "2026-03-02 … 2026-03-06", "2025-03-17 … 2025-03-21"),
        # over, but not closed: the whole of it, and of what it is compared with
        ("2026-02", date(2026, 2, 28), Fraction(1), None, "2025-02-01 … 2025-02-28"),
        ("2026-03", date(2026, 3, 31), Fraction(1), "2026-02-01 … 2026-02-28", "2025-03-01 … 2025-03-31"),
    ],
)  # fmt: skip
def test_a_running_period_is_the_period_up_to_a_day_beside_as_many_days_of_others(
    tmp_path: Path, period: str, up_to: date, months: Fraction, previous: str | None, year_ago: str
) -> None:
    cycles = "[month, quarter, week, sprint]\nsprint: {days: 14, begins_on: 2026-03-16}"
    company = load(
        write_company(
            tmp_path,
            company=replaced(COMPANY, "cycles: [month, quarter]", f"cycles: {cycles}"),
            scheme=replaced(SCHEME, "{month: 0.5, quarter: 0.5}", "{}"),
        )
    )
    named = Period.parse(period)
    [row] = tables_of_periods(company, [named], up_to=up_to)["control.period"].to_pylist()
    assert (row["period_id"], row["starts_on"], row["ends_on"]) == (period, named.starts_on, up_to)
    assert (row["name_en"], row["is_running"]) == (named.name_en, True)
    assert Fraction(row["month_parts"], row["month_whole"]) == months
    assert Fraction(row["whole_month_parts"], row["whole_month_whole"]) == named.months
    assert (row["days"], row["whole_days"]) == ((up_to - named.starts_on).days + 1, named.days)
    compared = f"{row['previous_starts_on']} … {row['previous_ends_on']}" if row["previous_starts_on"] else None
    assert (compared, f"{row['year_ago_starts_on']} … {row['year_ago_ends_on']}") == (previous, year_ago)
