"""Somebody changes teams in the middle of a month, and somebody holds two assignments at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from perf_pipelines.publication import open_marts
from tests.conftest import place_made_once
from tests.pipeline import reference

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from tests.conftest import Place

TRANSFER = """
where people.employee_id <> 'anna_snelling'

union all

select
    'anna_snelling' as employee_id,
    'sales_agent' as position_id,
    move.department_id,
    move.manager_id,
    1 as fte,
    1200 as bonus_base,
    'USD' as currency,
    move.valid_from,
    move.valid_to
from (
    values
    ('central', 'dustin_brinkmann', date '2017-03-01', date '2017-03-15'),
    ('east', 'cara_losch', date '2017-03-16', date '9999-12-31')
) as move (department_id, manager_id, valid_from, valid_to)

union all

select
    'moses_frase' as employee_id,
    'sales_agent' as position_id,
    'west' as department_id,
    'celia_rouche' as manager_id,
    1 as fte,
    0 as bonus_base,
    'USD' as currency,
    date '2017-03-01' as valid_from,
    date '9999-12-31' as valid_to
"""


@pytest.fixture(scope="module")
def place(_march: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """March with Anna Snelling moved from Central to East on the 16th, and Moses Frase also assigned to West."""

    def make(root: Path) -> None:
        place = _march.copied(root)
        path = place.company / "models" / "inputs" / "company_assignments.sql"
        path.write_text(path.read_text() + TRANSFER)
        place.close("2017-03", reviewed=False)

    return place_made_once(tmp_path_factory, "transfer", make)


def rows(place: Place, sql: str) -> list[tuple[object, ...]]:
    with open_marts(place.published) as marts:
        connection: duckdb.DuckDBPyConnection = marts
        return connection.execute(sql).fetchall()


def revenue(place: Place, agent: str, first: int, last: int) -> int:
    deals = reference.closed_deals(place.data)
    closed = pd.to_datetime(deals["close_date"], format="%m/%d/%Y").dt.date
    inside = (closed >= date(2017, 3, first)) & (closed <= date(2017, 3, last)) & (deals["deal_stage"] == "Won")
    return sum(int(value) for value in deals[inside & (deals["sales_agent"] == agent)]["close_value"])


def test_each_assignment_has_its_own_days_actual_and_prorated_target(place: Place) -> None:
    found = rows(
        place,
        "select department_id, active_from, actual, prorated_target from marts.fct_kpi_score "
        "where employee_id = 'anna_snelling' and kpi_id = 'revenue_won' order by active_from",
    )
    before = reference.rounded(Fraction(20000 * 15, 31), 8)
    after = reference.rounded(Fraction(20000 * 16, 31), 8)
    assert found == [
        ("central", date(2017, 3, 1), revenue(place, "Anna Snelling", 1, 15), before),
        ("east", date(2017, 3, 16), revenue(place, "Anna Snelling", 16, 31), after),
    ]


def test_the_evaluation_is_the_mean_of_both_weighted_by_days_and_stands_in_the_new_department(place: Place) -> None:
    scores: dict[date, tuple[Fraction, Fraction]] = {}
    for active_from, weight, weighted in rows(
        place,
        "select active_from, weight, weighted_score from marts.fct_kpi_score "
        "where employee_id = 'anna_snelling' and points is not null",
    ):
        total, covered = scores.get(active_from, (Fraction(0), Fraction(0)))
        scores[active_from] = (total + Fraction(weighted), covered + Fraction(weight))
    days = {date(2017, 3, 1): 15, date(2017, 3, 16): 16}
    mean = sum((scores[day][0] / scores[day][1] * days[day] for day in days), Fraction(0)) / 31
    [(department, score)] = rows(
        place, "select department_id, final_score from marts.fct_evaluation where employee_id = 'anna_snelling'"
    )
    assert (department, score) == ("east", reference.rounded(mean, 4))


def test_a_manager_has_what_the_team_made_while_it_was_the_team(place: Place) -> None:
    teams = pd.read_csv(place.data / "sales_teams.csv", dtype=str)
    for manager, first, last in (("Dustin Brinkmann", 1, 15), ("Cara Losch", 16, 31)):
        others = [name for name in teams[teams["manager"] == manager]["sales_agent"] if name != "Anna Snelling"]
        expected = sum(revenue(place, name, 1, 31) for name in others) + revenue(place, "Anna Snelling", first, last)
        [(actual,)] = rows(
            place,
            "select actual from marts.fct_kpi_actual "
            f"where employee_id = '{reference.slug(manager)}' and kpi_id = 'revenue_won'",
        )
        assert actual == expected


def test_two_assignments_at_once_do_not_count_a_sale_twice(place: Place) -> None:
    made = revenue(place, "Moses Frase", 1, 31)
    assert rows(
        place,
        "select actual from marts.fct_kpi_actual where employee_id = 'moses_frase' and kpi_id = 'revenue_won'",
    ) == [(made,)]
    company = sum(
        revenue(place, name, 1, 31) for name in pd.read_csv(place.data / "sales_teams.csv", dtype=str)["sales_agent"]
    )
    assert rows(
        place, "select actual from marts.agg_kpi_actual where level = 'company' and kpi_id = 'revenue_won'"
    ) == [(company,)]


def test_the_payout_adds_what_each_assignment_earns(place: Place) -> None:
    [(amount, multiplier, share, base)] = rows(
        place,
        "select amount, multiplier, active_share, bonus_base from marts.fct_payout where employee_id = 'anna_snelling'",
    )
    assert (share, base) == (1, 600)
    assert amount == Decimal(600) * multiplier


def test_the_steps_in_words_name_both_assignments_and_their_mean_by_days(place: Place) -> None:
    said = dict(
        rows(
            place,
            "select kind || coalesce(' ' || department_id, ''), text_en from marts.fct_score_step "
            "where employee_id = 'anna_snelling' and kind in ('assignment', 'kpi_score', 'payout')",
        )
    )
    assert said == {
        "assignment central": "Sales agent in Central, 2017-03-01 to 2017-03-15 (15 days): "
        "42 + 24 + 24 + 15 + 7.366 = 112.366",
        "assignment east": "Sales agent in East, 2017-03-16 to 2017-03-31 (16 days): 42 + 24 + 0 + 9 + 12 = 87",
        "kpi_score": "KPI score, the mean by days: (112.366 × 15 + 87 × 16) ÷ 31 days = 99.2739",
        "payout": "proposed payout: base of a month (1,200 × paid share 50 % × 15 ÷ 31 days "
        "+ 1,200 × paid share 50 % × 16 ÷ 31 days) × 1.5 for Excellent = 900 USD",
    }
    [(target,)] = rows(
        place,
        "select text_zh from marts.fct_score_step where employee_id = 'anna_snelling' and kind = 'target' "
        "and department_id = 'central' and kpi_id = 'revenue_won'",
    )
    assert target == "目标：每月 20,000 USD × 15 ÷ 31 天 = 9,677.41935484 USD"
