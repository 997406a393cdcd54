"""Which data tests belong to which stage: those that dbt would choose, each once, and each able to stop a run."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.closing import Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.errors import GateFailed
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period
from perf_pipelines.plan import PLAN
from perf_pipelines.records.alerts import Alert
from perf_pipelines.warehouse.dbt import input_models

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from perf_pipelines.plan import Stage
    from tests.conftest import Place


@pytest.fixture
def closing(closed_march: Place, monkeypatch: pytest.MonkeyPatch) -> Closing:
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    return Closing(company=read_company(closed_march.name), home=company_home(closed_march.name))


def chosen_by_dbt(closing: Closing, stage: Stage) -> set[str]:
    """Ids of the data tests that dbt selects with the models of a stage and of those below it."""
    arguments = ("--resource-type", "test", "--output", "json", "--output-keys", "unique_id")
    listed = closing.dbt._invoke("ls", *arguments, "--select", f"tag:{stage}", "--indirect-selection", "buildable")
    assert listed.success, listed.exception
    return {line.split('"')[3] for line in listed.result}


def test_the_data_tests_of_a_stage_are_those_that_dbt_would_choose_for_its_models(closing: Closing) -> None:
    closing.dbt.parse()
    nodes = closing.dbt.manifest()["nodes"]
    without_rows = {f"model.perf.{name}" for name in input_models() - set(closing.company.inputs)}
    assert without_rows
    of_stage = {stage: {test.id for test in closing.dbt.data_tests(stage, PLAN)} for stage in PLAN.closing}
    for stage, found in of_stage.items():
        chosen = {test for test in chosen_by_dbt(closing, stage) if nodes[test]["attached_node"] not in without_rows}
        assert found == chosen, stage.name
        assert found, stage.name
    times = Counter(test for found in of_stage.values() for test in found)
    assert {test: count for test, count in times.items() if count > 1} == {}
    everywhere = {key for key, node in nodes.items() if node["resource_type"] == "test"}
    beside = {test.id for test in closing.dbt.data_tests(PLAN.stage("tracking"), PLAN)}
    empty = {key for key in everywhere if nodes[key]["attached_node"] in without_rows}
    assert everywhere - times.keys() - beside - empty == set()


def test_tracking_has_the_tests_of_all_that_it_builds_also_of_models_of_the_review(closing: Closing) -> None:
    tracking = PLAN.stage("tracking")
    tested = {test.model for test in closing.dbt.data_tests(tracking, PLAN)}
    assert {"model.perf.fct_kpi_progress", "model.perf.fct_kpi_driver"} <= tested
    assert tested - {None} <= closing.dbt.node_ids(tracking, PLAN)


ALERT = Alert(
    company_id="crm_sales",
    period_id="2017-04",
    employee_id="moses_frase",
    position_id="sales_agent",
    department_id="central",
    kpi_id="deals_won",
    manager_id="dustin_brinkmann",
    raised_on=date(2017, 4, 20),
    paced_target=Decimal(10),
    actual=Decimal(1),
    ratio=Decimal("0.1"),
    segment=None,
    segment_value=None,
    effect=None,
    sentence_zh="落后",
    sentence_en="behind",
    raised_by="perf-pipelines track",
    raised_at=datetime(2017, 4, 21),  # noqa: DTZ001 - UTC without a zone, as records have it
)


def test_the_mart_of_alerts_is_tested_when_it_is_built_alone(closing: Closing) -> None:
    with closing.alone():
        closing.prepare()
        closing.name_running([Period.parse("2017-04")], up_to=date(2017, 4, 20))
        closing.warehouse.tell_alerts([ALERT, ALERT])
        with pytest.raises(GateFailed, match="fct_kpi_alert"):
            closing.build_alerts()


def price_below_nothing(company: Path, change: Callable[[Path, str, str], None]) -> None:
    change(company / "models" / "inputs" / "company_opportunities.sql", "    list_price,\n", "    -1 as list_price,\n")


def own_kpi(company: Path, select: str) -> None:
    """Let the company count deals by a KPI model of its own."""
    kpis = company / "models" / "kpis"
    kpis.mkdir()
    (kpis / "kpi_own.sql").write_text(select)
    scheme = (company / "scheme.yaml").read_text()
    (company / "scheme.yaml").write_text(scheme.replace("kpi: deals_won", "kpi: own").replace("deals_won:  ", "own:"))


def credit_of_two(company: Path, _: Callable[[Path, str, str], None]) -> None:
    own_kpi(
        company,
        "select * replace ('own' as kpi_id, cast(2 as decimal(9, 8)) as credit) from {{ ref('kpi_deals_won') }}",
    )


@pytest.mark.parametrize(
    ("break_it", "stage"),
    [
        pytest.param(price_below_nothing, "inputs", marks=pytest.mark.slow),
        pytest.param(credit_of_two, "facts", marks=pytest.mark.slow),
    ],
)
def test_a_failed_data_test_closes_the_run_at_its_stage(
    closed_march: Place,
    change: Callable[[Path, str, str], None],
    break_it: Callable[[Path, Callable[[Path, str, str], None]], None],
    stage: str,
) -> None:
    before = closed_march.published_bytes()
    break_it(closed_march.company, change)
    outcome = closed_march.attempt("2017-04")
    assert outcome.code == 6
    assert outcome.err.startswith(f"stage `{stage}`: ")
    assert "failed" in outcome.err.splitlines()[0]
    assert closed_march.published_bytes() == before


@pytest.mark.slow
def test_a_shared_stage_without_a_gate_whose_data_test_failed_does_not_stand_the_next_time(
    closed_march: Place,
) -> None:
    own_kpi(closed_march.company, "select * replace ('own' as kpi_id) from {{ ref('kpi_deals_won') }}")
    (closed_march.company / "models" / "kpis" / "_own.yml").write_text(
        """
        models:
          - name: kpi_own
            columns:
              - {name: credit, data_tests: [accepted_values: {arguments: {values: [2], quote: false}}]}
        """
    )
    first, second = closed_march.attempt("2017-04"), closed_march.attempt("2017-04")
    assert first.code == 6
    assert "stage `kpis`: 1 data test failed" in first.err
    assert second == first
