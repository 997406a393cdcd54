"""The order of stages and gates is changed in the plan alone: everything that reads it follows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from perf_pipelines import plan, sealing
from perf_pipelines.backtesting import backtest
from perf_pipelines.closing import Closing, StageResult
from perf_pipelines.definitions import company_definitions
from perf_pipelines.defs.companies import read_company
from perf_pipelines.errors import PerfError
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period
from perf_pipelines.plan import PLAN, Plan, Stage
from perf_pipelines.tracking import track
from perf_pipelines.warehouse.dbt import Dbt
from tests.bench.crm_month import parts_of_a_run

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.conftest import Place

AUDIT = Stage(name="audit", needs="payout", gate="gate_5_audit")


def with_an_audit() -> Plan:
    """The plan with a stage and a gate more between payout and review, and gate 3 taken away."""
    stages = [
        replace(stage, needs="audit") if stage.name == "review" else
        replace(stage, gate=None) if stage.name == "evaluation" else stage
        for stage in PLAN.stages
    ]  # fmt: skip
    return replace(PLAN, stages=(*stages, AUDIT), last_of_paying="audit")


class Stopped(Exception):
    """What was to be seen has been seen."""


@pytest.fixture
def passed(closed_march: Place, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages that are built and the gates that are run from now on, in order; nothing is done by them."""
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(plan, "PLAN", with_an_audit())
    seen: list[str] = []

    def build(_: Closing, stage: Stage) -> StageResult:
        seen.append(stage.name)
        return StageResult()

    def run_gate(_: Closing, stage: Stage) -> None:
        seen.append(str(stage.gate))

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    monkeypatch.setattr(Closing, "build", build)
    monkeypatch.setattr(Closing, "open", run_gate)
    monkeypatch.setattr(Closing, "check", run_gate)
    monkeypatch.setattr(Closing, "publish", stop)
    monkeypatch.setattr(Closing, "build_alerts", stop)
    return seen


CLOSING = [
    *("inputs", "gate_1_inputs", "kpis", "facts", "gate_2_facts", "evaluation"),
    *("payout", "gate_4_payout", "audit", "gate_5_audit", "review"),
]


def closing_of(place: Place) -> Closing:
    return Closing(company=read_company(place.name), home=company_home(place.name))


def test_closing_without_dagster_follows(closed_march: Place, passed: list[str]) -> None:
    with pytest.raises(Stopped):
        closed_march.close("2017-04")
    assert passed == CLOSING


def test_the_bench_follows(closed_march: Place, passed: list[str]) -> None:
    with pytest.raises(Stopped):
        parts_of_a_run(closing_of(closed_march), Period.parse("2017-04"))
    assert passed == CLOSING


def test_a_backtest_follows_and_ends_with_what_is_paid(closed_march: Place, passed: list[str]) -> None:
    closing = closing_of(closed_march)
    with pytest.raises(Stopped):
        backtest(closing, scheme=closing.company.scheme, called="x", periods=[Period.parse("2017-03")])
    assert passed == CLOSING[:-1]


def test_tracking_follows(closed_march: Place, passed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perf_pipelines.tracking._behind", lambda _: [])
    monkeypatch.setattr("perf_pipelines.plan.PLAN", replace(with_an_audit(), last_of_tracking="payout"))
    with pytest.raises(Stopped):
        track(closing_of(closed_march), None)
    assert passed == CLOSING[: CLOSING.index("audit")]


def test_a_seal_is_computed_by_the_stages_up_to_the_pay(
    closed_march: Place, passed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [stage.name for stage in sealing.recomputed()] == ["facts", "evaluation", "payout", "audit"]


def test_a_what_if_computes_again_what_the_plan_says(
    closed_march: Place, passed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def compiled(_: Dbt, wanted: object, *, stages: Collection[Stage], given: object) -> None:
        asked.append([stage.name for stage in stages])
        raise FileNotFoundError

    monkeypatch.setattr(Dbt, "compiled", compiled)
    outcome = closed_march.call(
        *("what-if", "--period", "2017-03", "--employee", "darcel_schlecht", "--set", "revenue_won=20000")
    )
    assert outcome.code == 8
    assert asked == [["evaluation", "payout", "audit"]]


def test_dagster_s_steps_follow(closed_march: Place, passed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perf_pipelines.defs.translation.Lineage.frames", lambda *_: [])
    definitions = company_definitions(closed_march.name)
    graph = definitions.resolve_asset_graph()

    def key(stage: str) -> dg.AssetKey:
        cycle = [] if stage in {"inputs", "kpis"} else ["month"]
        return dg.AssetKey(["crm_sales", *cycle, "stages", stage])

    def waits_for(step: str) -> set[dg.AssetKey]:
        """What the assets of a stage depend on outside of it."""
        own = {each for each in graph.get(key(step)).execution_set_asset_keys if isinstance(each, dg.AssetKey)}
        return {parent for each in own for parent in graph.get(each).parent_keys} - own

    order = [step for step in CLOSING if not step.startswith("gate_")]
    for stage, behind in pairwise(order):
        assert key(stage) in waits_for(behind), (stage, behind)
    checks = {check.name: check.asset_key for check in graph.asset_check_keys if check.name.startswith("gate_")}
    assert checks.keys() == {"gate_1_inputs", "gate_2_facts", "gate_4_payout", "gate_5_audit"}
    assert key("payout") not in waits_for("review")
    steps = {node.name for node in definitions.resolve_job_def("monthly_evaluation").nodes}
    assert {"month_audit", "month_gate_5_audit"} <= steps
    assert "month_gate_3_evaluation" not in steps


def test_building_is_refused_while_a_gate_of_the_changed_plan_is_not_open(
    closed_march: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(plan, "PLAN", with_an_audit())
    closing = closing_of(closed_march)
    with closing.alone():
        closing.begin([Period.parse("2017-03")])
        with pytest.raises(PerfError, match="stage `review` is blocked: gate_5_audit is not open for 2017-03"):
            closing.build(closing.plan.stage("review"))
        with pytest.raises(PerfError, match="publication is blocked: gate_5_audit is not open"):
            closing.publish([Period.parse("2017-03")])
