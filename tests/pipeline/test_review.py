"""The review of the scheme in a year of crm_sales."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.publication import open_marts
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from tests.conftest import Place


def test_each_kpi_of_a_position_has_a_verdict_in_each_period(closed_year: Place) -> None:
    with open_marts(closed_year.published) as marts:
        missing = marts.execute(
            """
            select distinct period_id, position_id, kpi_id from marts.fct_kpi_score
            except select period_id, position_id, kpi_id from marts.fct_scheme_review
            """
        ).fetchall()
        found = dict(
            marts.execute(
                "select verdict, count(*) from marts.fct_scheme_review where position_id = 'sales_agent' group by 1"
            ).fetchall()
        )
    assert not missing
    assert sum(found.values()) == 14 * 5
    assert "too_few" not in found


def test_the_query_for_drift_in_the_docs_gives_the_change_against_the_six_periods_before(closed_year: Place) -> None:
    [query] = re.findall(r"```sql\n(.*?)```", (PROJECT / "docs" / "review.md").read_text(encoding="utf-8"), re.DOTALL)
    with open_marts(closed_year.published) as marts:
        rows = marts.execute(query).fetchall()
        shares = dict(
            marts.execute(
                "select period_id, share_reached from marts.fct_scheme_review "
                "where position_id = 'sales_agent' and kpi_id = 'win_rate'"
            ).fetchall()
        )
    drift = {(period, position, kpi): change for period, position, kpi, _, change in rows}
    before = [float(shares[f"2017-{month:02}"]) for month in range(6, 12)]
    assert drift["2017-03", "sales_agent", "win_rate"] is None
    assert drift["2017-12", "sales_agent", "win_rate"] == pytest.approx(float(shares["2017-12"]) - sum(before) / 6)
