"""The aggregations that crm_sales does not use by itself, each against a computation in pandas."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from perf_pipelines.publication import open_marts
from tests.pipeline import reference

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Place


def test_percentile_mean_count_distinct_and_share_of_units(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    scheme = closed_march.company / "scheme.yaml"
    for kpi, before, after in (
        ("revenue_won", "unit: USD, aggregation: sum", "unit: USD, aggregation: {kind: percentile, at: 0.9}"),
        ("deals_won", "en: deals}, aggregation: sum", "en: deals}, aggregation: count_distinct"),
        ("sales_cycle_days", "aggregation: median", "aggregation: mean"),
        (
            "win_rate",
            "en: Win rate}, unit: share, aggregation: ratio",
            "en: Win rate}, unit: share, aggregation: {kind: share_of_units, bound: 1}",
        ),
    ):
        assert kpi in scheme.read_text()
        change(scheme, before, after)
    closed_march.close("2017-03")
    deals = reference.closed_deals(closed_march.data)
    march = deals[deals["month"] == "2017-03"]
    with open_marts(closed_march.published) as marts:
        found = {
            (employee, kpi): actual
            for employee, kpi, actual in marts.execute(
                "select employee_id, kpi_id, actual from marts.fct_kpi_actual where actual is not null"
            ).fetchall()
        }
    checked = 0
    for employee, (column, name) in reference.people(closed_march.data).items():
        rows = march[march[column] == name]
        if rows.empty:
            continue
        won = rows[rows["deal_stage"] == "Won"]
        values = sorted(
            int(value) if stage == "Won" else 0
            for value, stage in zip(rows["close_value"], rows["deal_stage"], strict=True)
        )
        assert found[employee, "revenue_won"] == values[ceil(Fraction(9, 10) * len(values)) - 1]
        assert found[employee, "deals_won"] == won["opportunity_id"].nunique()
        assert found[employee, "win_rate"] == reference.rounded(Fraction(len(won), len(rows)), 8)
        mean = Fraction(sum(int(day) for day in won["days"]), len(won))
        assert found[employee, "sales_cycle_days"] == reference.rounded(mean, 8)
        checked += 1
    assert checked == 36
