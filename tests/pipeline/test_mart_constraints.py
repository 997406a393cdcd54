"""What a mart may hold is said in its contract, and DuckDB refuses anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.mark.parametrize(
    "change",
    [
        "update marts.fct_payout set status = 'paid'",
        "update marts.fct_kpi_score set status = 'late'",
        "update marts.fct_evaluation set feedback = 'lost'",
        "update marts.fct_strength set standing = 'good'",
        "update marts.fct_strength set reason_en = null",
        "update marts.fct_scheme_review set verdict = 'bad'",
        "update marts.fct_score_step set kind = 'other'",
    ],
)
def test_a_value_that_the_contract_does_not_know_is_refused(closed_march: Place, change: str) -> None:
    with duckdb.connect(closed_march.home / closed_march.name / "warehouse.duckdb") as warehouse:
        table = change.split()[1]
        assert warehouse.execute(f"select count(*) > 0 from {table}").fetchone() == (True,)
        with pytest.raises(duckdb.ConstraintException):
            warehouse.execute(change)
