"""Every number in fct_kpi_actual against a second computation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.publication import open_marts
from tests.pipeline import reference

if TYPE_CHECKING:
    from tests.conftest import Place


def test_every_actual_of_everybody_in_every_period_equals_the_pandas_computation(closed_year: Place) -> None:
    expected = {
        key: (
            reference.rounded(actual.value, 8),
            reference.rounded(actual.numerator, 12),
            reference.rounded(actual.denominator, 12),
            actual.rows,
        )
        for key, actual in reference.actuals(closed_year.data).items()
    }
    with open_marts(closed_year.published) as marts:
        found = {
            (period, employee, kpi): (actual, numerator, denominator, contributions)
            for period, employee, kpi, actual, numerator, denominator, contributions in marts.execute(
                "select period_id, employee_id, kpi_id, actual, numerator, denominator, contributions "
                "from marts.fct_kpi_actual"
            ).fetchall()
        }
    assert len(expected) == 14 * 41 * 5
    assert found == expected


def test_the_company_total_is_the_sum_of_the_agents_and_not_of_the_managers(closed_year: Place) -> None:
    deals = reference.closed_deals(closed_year.data)
    won = deals[(deals["deal_stage"] == "Won") & (deals["month"] == "2017-12")]
    with open_marts(closed_year.published) as marts:
        total = marts.execute(
            "select actual from marts.agg_kpi_actual "
            "where period_id = '2017-12' and level = 'company' and kpi_id = 'revenue_won'"
        ).fetchone()
    assert total is not None
    assert total[0] == sum(int(value) for value in won["close_value"])
