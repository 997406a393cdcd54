"""A closed gate stops payout and strategy review, says which rows, and leaves what was published alone."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from perf_pipelines.closing import EXPECTATIONS
from perf_pipelines.definitions import company_definitions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Place

STEPS = [
    "inputs",
    "gate_1_inputs",
    "kpis",
    "month_facts",
    "month_gate_2_facts",
    "month_evaluation",
    "month_gate_3_evaluation",
    "month_payout",
    "month_gate_4_payout",
    "month_review",
    "crm_sales__month__published_marts",
]


def steps_of_last_run(place: Place) -> tuple[list[str], str, list[dict[str, object]]]:
    """The steps that ended well, the one that failed, and the offending rows in the metadata of failed checks."""
    with dg.DagsterInstance.from_config(str(place.home / "dagster")) as instance:
        run = instance.get_runs(limit=1)[0]
        stats = instance.get_run_step_stats(run.run_id)
        done = {stat.step_key for stat in stats if stat.status and stat.status.value == "SUCCESS"}
        [failed] = [stat.step_key for stat in stats if stat.status and stat.status.value == "FAILURE"]
        rows: list[dict[str, object]] = []
        for record in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
            evaluation = record.get_dagster_event().asset_check_evaluation_data
            table = evaluation.metadata.get("offending rows")
            if not evaluation.passed and table is not None:
                rows += [record.data for record in table.value.records]
    return [step for step in STEPS if step in done], failed, rows


def contradiction(company: Path, change: Callable[[Path, str, str], None]) -> None:
    change(
        company / "data" / "sales_teams.csv",
        "Anna Snelling,Dustin Brinkmann,Central",
        "Anna Snelling,Dustin Brinkmann,Central\nAnna Snelling,Cara Losch,East",
    )


def nothing_closed_in_april(company: Path, change: Callable[[Path, str, str], None]) -> None:
    path = company / "data" / "sales_pipeline.csv"
    lines = [line for line in path.read_text().splitlines() if not re.search(r",4/\d+/2017,", line)]
    path.write_text("\n".join(lines) + "\n")


def pay_in_another_currency(company: Path, change: Callable[[Path, str, str], None]) -> None:
    change(company / "models" / "inputs" / "company_assignments.sql", "'USD' as currency", "'EUR' as currency")


@pytest.mark.parametrize(
    ("break_it", "gate", "offending"),
    [
        pytest.param(contradiction, "gate_1_inputs", {"source_row": "3", "rule": "contradictory_key"}, id="gate 1"),
        pytest.param(
            *(nothing_closed_in_april, "month_gate_2_facts", {"period_id": "2017-04"}),
            id="gate 2",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            *(pay_in_another_currency, "month_gate_4_payout", {"period_id": "2017-04"}),
            id="gate 4",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_closed_gate_stops_what_lies_behind_it_and_names_the_rows(
    closed_march: Place,
    change: Callable[[Path, str, str], None],
    break_it: Callable[[Path, Callable[[Path, str, str], None]], None],
    gate: str,
    offending: dict[str, str],
) -> None:
    before = closed_march.published_bytes()
    break_it(closed_march.company, change)
    assert closed_march.call("run", "--period", "2017-04").code == 6
    done, failed, rows = steps_of_last_run(closed_march)
    assert failed == gate
    assert done == STEPS[: STEPS.index(gate)]
    assert {"month_review", "crm_sales__month__published_marts"}.isdisjoint(done)
    assert any(offending.items() <= row.items() for row in rows)
    assert closed_march.published_bytes() == before


def test_a_tightened_expectation_closes_gate_3_before_anybody_is_paid(
    closed_march: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path, str, str], None],
) -> None:
    before = closed_march.published_bytes()
    stricter = tmp_path / "expectations"
    shutil.copytree(EXPECTATIONS, stricter)
    change(stricter / "gate_3_evaluation.yaml", "max_value: 10000 ", "max_value: 100 ")
    monkeypatch.setattr("perf_pipelines.closing.EXPECTATIONS", stricter)
    assert closed_march.call("run", "--period", "2017-04").code == 6
    done, failed, rows = steps_of_last_run(closed_march)
    assert (done, failed) == (STEPS[: STEPS.index("month_gate_3_evaluation")], "month_gate_3_evaluation")
    assert rows
    assert all(Decimal(str(row["final_score"])) > 100 for row in rows)
    assert closed_march.published_bytes() == before


def test_a_single_asset_materialized_alone_cannot_walk_around_the_gates(
    closed_march: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = closed_march.published_bytes()
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    job = company_definitions("crm_sales").resolve_job_def("monthly_evaluation")

    def materialize_alone(*steps: str, partition: str) -> bool:
        return job.execute_in_process(partition_key=partition, op_selection=list(steps), raise_on_error=False).success

    assert not materialize_alone("crm_sales__month__published_marts", partition="2017-05")
    assert materialize_alone("month_payout", partition="2017-03")
    assert not materialize_alone("crm_sales__month__published_marts", partition="2017-03")
    assert not materialize_alone("month_review", partition="2017-03")
    assert closed_march.published_bytes() == before


def test_a_month_that_broke_a_promise_does_not_stop_the_others(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    kpis = closed_march.company / "models" / "kpis"
    kpis.mkdir()
    (kpis / "kpi_own.sql").write_text(
        """
        select *
        replace (
            'own' as kpi_id,
            cast(case when month(occurred_on) = 4 then 2 else 1 end as decimal(9, 8)) as credit
        )
        from {{ ref('kpi_deals_won') }}
        """
    )
    scheme = closed_march.company / "scheme.yaml"
    text = scheme.read_text().replace("kpi: deals_won", "kpi: own").replace("deals_won:  ", "own:")
    scheme.write_text(text)
    assert closed_march.attempt("2017-04").code == 6
    closed_march.close("2017-05", reviewed=False)


def test_a_broken_promise_of_a_dbt_test_stops_the_run_and_shows_its_rows(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    before = closed_march.published_bytes()
    change(
        closed_march.company / "models" / "inputs" / "company_opportunities.sql",
        "    list_price,\n",
        "    case when opportunity_id = 'Z063OYW0' then -1 else list_price end as list_price,\n",
    )
    outcome = closed_march.call("run", "--period", "2017-04")
    assert outcome.code == 6
    assert "Z063OYW0" in outcome.err
    done, failed, _ = steps_of_last_run(closed_march)
    assert (done, failed) == ([], "inputs")
    assert closed_march.published_bytes() == before


def test_a_position_that_is_called_otherwise_in_the_scheme_or_the_company_is_told_with_who_holds_it(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    change(closed_march.company / "scheme.yaml", "  sales_agent:\n", "  sales_agnet:\n")
    change(closed_march.company / "models" / "inputs" / "company_positions.sql", "('sales_manager',", "('manager',")
    outcome = closed_march.call("run", "--period", "2017-04")
    assert outcome.code == 6
    told = re.sub(r"\s+", " ", outcome.err)
    assert "scheme.yaml scheme_stranger (row what=position, named=sales_agnet)" in told
    assert (
        "scheme.yaml names a position that the company does not have; it has no position sales_agent, which "
        "anna_snelling and 34 more hold" in told
    )
    assert "company_positions.sql position_stranger (row employee_id=cara_losch, position_id=sales_manager)" in told
    assert "Found finding=scheme.yaml has such a position, company_positions.sql has not." in told
    assert "gate_1_inputs.yaml" not in told
