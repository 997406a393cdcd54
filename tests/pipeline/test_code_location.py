"""What Dagster is served: the graph, partitions, jobs and schedules, loaded as the UI loads them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget

from perf_pipelines.definitions import company_definitions
from perf_pipelines.defs.instance import open_instance, prepare_dagster_home, write_workspace
from perf_pipelines.errors import CompanyRefused
from tests.conftest import PROJECT, Place

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def definitions(closed_march: Place, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    return company_definitions("crm_sales")


def ancestors(graph: dg.AssetGraph, key: dg.AssetKey) -> set[dg.AssetKey]:
    found: set[dg.AssetKey] = set()
    waiting = [key]
    while waiting:
        for parent in graph.get(waiting.pop()).parent_keys:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def test_the_code_location_of_workspace_yaml_loads_in_a_process_of_its_own(closed_march: Place, tmp_path: Path) -> None:
    dagster = Path(sys.executable).with_name("dagster")
    loaded = subprocess.run(
        [dagster, "definitions", "validate", "--workspace", PROJECT / "workspace.yaml"],
        env={**os.environ, **closed_march.environment, "DAGSTER_HOME": str(tmp_path)},
        cwd=closed_march.home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr


def test_the_graph_leads_from_the_sources_and_the_scheme_to_the_strategy_findings(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    behind = ancestors(graph, dg.AssetKey(["crm_sales", "month", "marts", "fct_strategy_finding"]))
    assert dg.AssetKey(["crm_sales", "raw", "crm", "sales_pipeline"]) in behind
    assert dg.AssetKey(["crm_sales", "scheme", "position_kpi"]) in behind
    assert dg.AssetKey(["crm_sales", "kpis", "kpi_win_rate"]) in behind
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description or "company_" in key.path[-1] or "int_" in key.path[-1], key
        assert list(node.owners) == ["team:sales-operations"], key
        assert node.kinds, key


def test_a_stage_has_one_check_of_its_data_tests_and_one_of_its_gate(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    said = {key: graph.get(key).description or "" for key in graph.asset_check_keys}
    assert [key for key, sentence in said.items() if not sentence.endswith(".")] == []
    of_month = {(key.asset_key.path[-1], key.name) for key in said if "month" in key.asset_key.path}
    assert of_month == {
        *((stage, "data_tests") for stage in ("facts", "evaluation", "payout", "review")),
        *(("facts", "gate_2_facts"), ("evaluation", "gate_3_evaluation"), ("payout", "gate_4_payout")),
    }


def test_views_between_the_tables_are_no_assets_and_what_reads_them_depends_on_what_they_read(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    names = {key.path[-1] for key in graph.get_all_asset_keys()}
    assert {"int_kpi_part", "int_final_score"}.isdisjoint(names)  # the views from fct_kpi_score to fct_evaluation
    assert (
        dg.AssetKey(["crm_sales", "month", "marts", "fct_kpi_score"])
        in graph.get(dg.AssetKey(["crm_sales", "month", "marts", "fct_evaluation"])).parent_keys
    )


def test_no_run_materializes_a_view_and_the_lineage_leads_through_it(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    unmade = graph.get_all_asset_keys() - graph.materializable_asset_keys
    assert {key.path[1] if key.path[1] not in {"month", "quarter"} else key.path[2] for key in unmade} == {
        *("scheme", "inputs", "kpis", "gates"),
    }
    kpi = dg.AssetKey(["crm_sales", "kpis", "kpi_win_rate"])
    assert kpi in unmade
    assert dg.AssetKey(["crm_sales", "inputs", "opportunities"]) in graph.get(kpi).parent_keys
    assert kpi in graph.get(dg.AssetKey(["crm_sales", "month", "marts", "fct_kpi_contribution"])).parent_keys


@pytest.mark.parametrize("company", ["crm_sales", "xx_ecommerce"])
def test_no_group_has_more_than_40_assets(company: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in Place(companies=PROJECT / "companies", home=tmp_path, name=company).environment.items():
        monkeypatch.setenv(name, value)
    graph = company_definitions(company).resolve_asset_graph()
    assets = Counter(graph.get(key).group_name for key in graph.get_all_asset_keys())
    assert {group: count for group, count in assets.items() if count > 40} == {}
    assert {"extract", "staging", "inputs", "kpis", "dimensions", "month_facts", "quarter_review"} <= assets.keys()


def test_jobs_schedules_sensors_and_groups_are_called_the_same_for_every_company(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in Place(companies=PROJECT / "companies", home=tmp_path).environment.items():
        monkeypatch.setenv(name, value)

    def names(company: str) -> set[str]:
        repository = company_definitions(company).get_repository_def()
        graph = repository.asset_graph
        return {
            *(job.name for job in repository.get_all_jobs()),
            *(schedule.name for schedule in repository.schedule_defs),
            *(sensor.name for sensor in repository.sensor_defs),
            *(str(graph.get(key).group_name) for key in graph.get_all_asset_keys()),
        }

    one, other = names("fitness_app"), names("mother_baby")
    assert one == other
    assert {"monthly_evaluation", "monthly_evaluation_schedule", "tracking", "reports", "month_facts"} <= one


def test_each_company_is_a_location_of_its_own_and_a_typo_in_one_stops_no_other(
    closed_march: Place, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path, str, str], None]
) -> None:
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    broken = closed_march.companies / "broken"
    shutil.copytree(closed_march.company, broken)
    change(broken / "company.yaml", "company: crm_sales", "company: broken")
    change(broken / "scheme.yaml", "reached: 10", "reached: ten")
    workspace = write_workspace(prepare_dagster_home(), ["crm_sales", "broken"])
    with (
        open_instance() as instance,
        WorkspaceProcessContext(instance, WorkspaceFileTarget([str(workspace)])) as context,
    ):
        entries = context.create_request_context().get_code_location_entries()
    errors = {name: entry.load_error for name, entry in entries.items()}
    assert errors["crm_sales"] is None
    assert "rules.standard" in str(errors["broken"])


def test_a_quarter_depends_on_its_months(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    behind = ancestors(graph, dg.AssetKey(["crm_sales", "quarter", "published_marts"]))
    assert dg.AssetKey(["crm_sales", "month", "published_marts"]) in behind
    facts = graph.get(dg.AssetKey(["crm_sales", "quarter", "marts", "fct_kpi_contribution"]))
    mapping = facts.partition_mappings[dg.AssetKey(["crm_sales", "month", "published_marts"])]
    months = graph.get(dg.AssetKey(["crm_sales", "month", "published_marts"])).partitions_def
    quarters = facts.partitions_def
    assert months is not None
    assert quarters is not None
    upstream = mapping.get_upstream_mapped_partitions_result_for_partitions(
        quarters.subset_with_partition_keys(["quarter-from-2017-04"]), quarters, months
    )
    assert set(upstream.partitions_subset.get_partition_keys()) == {"2017-04", "2017-05", "2017-06"}


def test_a_year_that_is_the_mean_of_its_quarters_depends_on_them(
    closed_march: Place, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path, str, str], None]
) -> None:
    change(closed_march.company / "company.yaml", "cycles: [month, quarter] ", "cycles: [month, quarter, year] ")
    change(
        closed_march.company / "scheme.yaml",
        "evaluation: {kpi: 1.0, min_coverage: 0.60}",
        "evaluation: {kpi: 1.0, min_coverage: 0.60, mean_of: {year: quarter}}",
    )
    for name, value in {**closed_march.environment, "PERF_HOME": str(closed_march.home / "other")}.items():
        monkeypatch.setenv(name, value)
    graph = company_definitions("crm_sales").resolve_asset_graph()
    facts = graph.get(dg.AssetKey(["crm_sales", "year", "marts", "fct_kpi_contribution"]))
    parts = {dg.AssetKey(["crm_sales", cycle, "published_marts"]) for cycle in ("month", "quarter")}
    assert parts <= facts.parent_keys


def test_the_gates_are_blocking_checks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    gates = {key.name for key in graph.asset_check_keys if key.name.startswith("gate_")}
    assert gates == {"gate_1_inputs", "gate_2_facts", "gate_3_evaluation", "gate_4_payout"}
    assert all(graph.get(key).blocking for key in graph.asset_check_keys)


@pytest.mark.parametrize(
    ("job", "cron", "moment", "partition"),
    [
        ("monthly_evaluation", "0 6 3 * *", datetime(2017, 5, 3, 10, tzinfo=UTC), "2017-04"),
        ("quarterly_evaluation", "0 7 3 1,4,7,10 *", datetime(2017, 7, 3, 11, tzinfo=UTC), "quarter-from-2017-04"),
    ],
)
def test_on_the_third_the_schedule_closes_the_period_that_ended_last(
    definitions: dg.Definitions, job: str, cron: str, moment: datetime, partition: str
) -> None:
    schedule = definitions.resolve_schedule_def(f"{job}_schedule")
    assert schedule.execution_timezone == "America/New_York"
    assert schedule.cron_schedule == cron
    repository = definitions.get_repository_def()
    with dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository) as context:
        data = schedule.evaluate_tick(context)
    assert [request.partition_key for request in data.run_requests or []] == [partition]


def test_what_is_running_is_tracked_every_morning_on_what_is_built_for_all_periods(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("tracking_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 5 * * *", "America/New_York")
    tracking = dg.AssetKey(["crm_sales", "tracking"])
    made = {
        name: definitions.resolve_job_def(name).asset_layer.executable_asset_keys
        for name in ("tracking", "monthly_evaluation")
    }
    assert dg.AssetKey(["crm_sales", "stages", "kpis"]) in made["tracking"]
    assert not any({"month", "quarter"} & {*key.path} for key in made["tracking"])
    assert (tracking in made["tracking"], tracking in made["monthly_evaluation"]) == (True, False)


def test_a_company_that_contradicts_itself_is_not_served(
    closed_march: Place, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path, str, str], None]
) -> None:
    change(closed_march.company / "scheme.yaml", "reached: 10", "reached: ten")
    for name, value in {**closed_march.environment, "PERF_HOME": str(closed_march.home / "other")}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CompanyRefused, match=r"crm_sales/scheme\.yaml:\d+ rules\.standard"):
        company_definitions("crm_sales")
