"""The words of instant rewards and daily goals: what is refused, what SQL reads, in which periods they are told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.errors import CompanyRefused
from perf_pipelines.periods import Cycle, Period
from perf_pipelines.scheme.tables import scheme_tables
from perf_pipelines.warehouse.engine import compared_periods
from tests.unit.a_company import COMPANY, SCHEME, line_of, load, replaced, write_company

if TYPE_CHECKING:
    from pathlib import Path

REWARD = """\
rewards:
  - {id: crowd, name: {zh: 达人, en: Crowd}, kpi: revenue, subject: campaign, reaches: 1000, points: 5, money: 8.5}
"""
GOALS = """\
daily_goals:
  operator:
    - {kpi: revenue, target: 10}
    - {kpi: revenue, target: 12, from: 2026-03-11}
    - {kpi: repurchase_rate, target: 0.5, until: 2026-05-31}
"""


def with_sections(text: str) -> str:
    return replaced(SCHEME, "rules:\n", text + "rules:\n")


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        (", points: 5, money: 8.5", "", "rewards[0]", "gives nothing"),
        ("points: 5", "points: 0", "rewards[0].points", "out of range"),
        ("money: 8.5", "money: 8.555", "rewards[0].money", "8.555 has more decimals than CNY"),
        ("money: 8.5", "money: 8.5555", "rewards[0].money", "at most 3 decimals"),
        ("reaches: 1000", "reaches: 0", "rewards[0].reaches", "out of range"),
        ("kpi: revenue, subject", "kpi: revenu, subject", "rewards[0].kpi", "did you mean `revenue`"),
        ("kpi: revenue, subject", "kpi: repurchase_rate, subject", "rewards[0].kpi", "is no sum"),
        ("points: 5", "points: 5, positions: [operater]", "rewards[0].positions", "did you mean `operator`"),
        (
            "points: 5", "points: 5, from: 2026-03-05, until: 2026-03-04",
            "rewards[0].until", "before it begins",
        ),
        ("operator:\n    - {kpi: revenue, target: 10}", "operater:\n    - {kpi: revenue, target: 10}",
         "daily_goals.operater", "did you mean `operator`"),
        ("{kpi: revenue, target: 10}", "{kpi: revenu, target: 10}", "daily_goals.operator[0].kpi", "`revenu`"),
        ("target: 12, from: 2026-03-11", "target: 12", "daily_goals.operator[1]", "twice from the start on"),
        ("target: 10}", "target: 10, until: 2026-03-11}", "daily_goals.operator[0].until", "begins on 2026-03-11"),
        ("target: 0.5", "target: -1", "daily_goals.operator[2].target", "out of range"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(tmp_path: Path, old: str, new: str, field: str, says: str) -> None:
    scheme = replaced(with_sections(REWARD + GOALS), old, new)
    with pytest.raises(CompanyRefused) as caught:
        load(write_company(tmp_path, scheme=scheme))
    [problem] = caught.value.problems
    assert problem.field == field
    assert says in str(problem)


def test_a_reward_that_stands_twice_is_refused_on_its_line(tmp_path: Path) -> None:
    second = REWARD.splitlines()[1].replace("reaches: 1000", "reaches: 2000")
    scheme = with_sections(f"{REWARD}{second}\n")
    with pytest.raises(CompanyRefused) as caught:
        load(write_company(tmp_path, scheme=scheme))
    [problem] = caught.value.problems
    assert (problem.field, problem.line) == ("rewards[1].id", line_of(scheme, "reaches: 2000"))


@pytest.mark.parametrize(
    ("currency", "money", "says"),
    [
        ("JPY", "0.50", "0.5 has more decimals than JPY → write it without decimals"),
        ("CNY", "8.555", "8.555 has more decimals than CNY → write it with at most 2 decimals"),
        ("JPY", "50", None),
        ("JPY", "50.0", None),
        ("KWD", "8.555", None),
    ],
)
def test_the_money_of_a_reward_can_be_paid_in_the_currency(
    tmp_path: Path, currency: str, money: str, says: str | None
) -> None:
    company, scheme = (text.replace("CNY", currency) for text in (COMPANY, with_sections(REWARD)))
    written = write_company(tmp_path, company=company, scheme=replaced(scheme, "money: 8.5", f"money: {money}"))
    if says is None:
        [reward] = scheme_tables(load(written).scheme, [])["reward"].to_pylist()
        assert reward["money"] == Decimal(money)
        return
    with pytest.raises(CompanyRefused) as caught:
        load(written)
    [problem] = caught.value.problems
    assert problem.field == "rewards[0].money"
    assert says in str(problem)


def test_what_sql_reads(tmp_path: Path) -> None:
    scheme = load(write_company(tmp_path, scheme=with_sections(REWARD + GOALS))).scheme
    tables = scheme_tables(scheme, [])
    [reward] = tables["reward"].to_pylist()
    assert (reward["subject"], reward["positions"], str(reward["points"]), str(reward["money"])) == (
        "campaign", None, "5.0000", "8.500",
    )  # fmt: skip
    goals = [(row["kpi_id"], str(row["valid_from"]), str(row["valid_to"])) for row in tables["daily_goal"].to_pylist()]
    assert goals == [
        ("repurchase_rate", "1900-01-01", "2026-05-31"),
        ("revenue", "1900-01-01", "2026-03-10"),
        ("revenue", "2026-03-11", "9999-12-31"),
    ]


@pytest.mark.parametrize(
    ("cycles", "shortest"),
    [
        ("[month, quarter]", Cycle.MONTH),
        ("[quarter, month, week]", Cycle.WEEK),
        ("[month, sprint]\nsprint: {days: 14, begins_on: 2026-01-05}", Cycle.SPRINT),
        ("[month, sprint]\nsprint: {days: 42, begins_on: 2026-01-05}", Cycle.MONTH),
        ("[week, sprint]\nsprint: {days: 5, begins_on: 2026-01-05}", Cycle.SPRINT),
    ],
)
def test_rewards_are_told_in_the_shortest_cycle(tmp_path: Path, cycles: str, shortest: Cycle) -> None:
    company = replaced(COMPANY, "cycles: [month, quarter]", f"cycles: {cycles}")
    scheme = replaced(SCHEME, "{month: 0.5, quarter: 0.5}", "{}")
    assert load(write_company(tmp_path, company=company, scheme=scheme)).reward_cycle is shortest


def test_a_period_is_compared_with_six_before_it_none_before_the_first_and_a_year_ago() -> None:
    first = Period.parse("2025-11")
    march, july = Period.parse("2026-03"), Period.parse("2026-07")
    rows = compared_periods([march, july], first=lambda _: first).to_pylist()
    of_march = [(row["compared_period_id"], row["steps"]) for row in rows if row["period_id"] == "2026-03"]
    assert of_march == [
        ("2026-03", 0), ("2025-03", 0), ("2026-02", 1), ("2026-01", 2), ("2025-12", 3), ("2025-11", 4),
    ]  # fmt: skip
    assert [row["steps"] for row in rows if row["period_id"] == "2026-07"] == [0, 0, 1, 2, 3, 4, 5, 6]
    [year_ago] = [row for row in rows if row["is_year_ago"] and row["period_id"] == "2026-03"]
    assert (year_ago["starts_on"], year_ago["ends_on"], year_ago["days"]) == (date(2025, 3, 1), date(2025, 3, 31), 31)
