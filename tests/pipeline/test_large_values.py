"""Amounts of a company much larger than the example go through without overflow and without rounding."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.publication import open_marts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Place


@pytest.mark.slow
def test_a_deal_of_nine_billion_and_a_bonus_base_of_a_million_are_exact(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    change(
        closed_march.data / "sales_pipeline.csv",
        "Z063OYW0,Darcel Schlecht,GTXPro,Isdom,Won,10/25/2016,3/11/2017,4514",
        "Z063OYW0,Darcel Schlecht,GTXPro,Isdom,Won,10/25/2016,3/11/2017,9876543210.99",
    )
    change(closed_march.data / "bonus_bases.csv", "sales_agent,1200.00", "sales_agent,1000000.01")
    with open_marts(closed_march.published) as marts:
        [(before,)] = marts.execute(_REVENUE).fetchall()
    closed_march.close("2017-03", reviewed=False)
    with open_marts(closed_march.published) as marts:
        [(after,)] = marts.execute(_REVENUE).fetchall()
        amounts = marts.execute(
            "select distinct amount from marts.fct_payout where grade = 'excellent' and bonus_base = 500000.01"
        ).fetchall()
    assert after - before == Decimal("9876543210.99") - 4514
    assert amounts == [(Decimal("750000.01"),)]


_REVENUE = "select actual from marts.fct_kpi_actual where employee_id = 'darcel_schlecht' and kpi_id = 'revenue_won'"
