"""The plan of a close: what it refuses, and what it says of its stages."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from perf_pipelines.closing import EXPECTATIONS
from perf_pipelines.plan import PLAN, Plan, Stage, by_period, gates_of
from perf_pipelines.warehouse.dbt import DBT_PROJECT


def names(stages: tuple[Stage, ...]) -> list[str]:
    return [stage.name for stage in stages]


def test_a_closing_goes_from_the_inputs_to_the_review_and_tracking_leaves_it_behind_the_facts() -> None:
    assert names(PLAN.closing) == ["inputs", "kpis", "facts", "evaluation", "payout", "review"]
    assert names(PLAN.tracking) == ["inputs", "kpis", "facts", "tracking"]
    assert names(PLAN.paying) == ["inputs", "kpis", "facts", "evaluation", "payout"]
    assert names(PLAN.scoring) == ["evaluation", "payout"]
    assert names(PLAN.shared) == ["inputs", "kpis"]
    assert names(by_period(PLAN.paying)) == ["facts", "evaluation", "payout"]


def test_building_a_stage_shuts_its_own_gate_and_those_behind_it_and_none_below() -> None:
    assert gates_of(PLAN.below(PLAN.stage("evaluation"))) == ("gate_1_inputs", "gate_2_facts")
    assert PLAN.shut_by(PLAN.stage("evaluation")) == ("gate_3_evaluation", "gate_4_payout")
    assert PLAN.shut_by(PLAN.stage("inputs")) == PLAN.gates
    gated = PLAN.gated_before(PLAN.stage("facts"))
    assert gated == PLAN.stage("inputs")
    assert PLAN.gated_before(PLAN.stage("inputs")) is None


def test_every_gate_has_a_suite_and_every_suite_a_gate() -> None:
    assert sorted(PLAN.gates) == sorted(path.stem for path in EXPECTATIONS.glob("*.yaml"))


def test_every_stage_is_a_tag_of_models_and_every_such_tag_a_stage() -> None:
    def tags(node: object) -> set[str]:
        if not isinstance(node, dict):
            return set()
        own = {str(tag) for tag in node.get("+tags", [])}
        return own.union(*(tags(child) for child in node.values()))

    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert tags(project["models"]) == {stage.name for stage in PLAN.stages}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"stages": (*PLAN.stages, Stage(name="facts", needs="kpis"))}, "the same name"),
        ({"stages": (*PLAN.stages, Stage(name="other", needs="kpis", gate="gate_2_facts"))}, "the same gate"),
        ({"stages": (*PLAN.stages, Stage(name="other", needs="nothing"))}, "has no stage nothing"),
        ({"stages": (*PLAN.stages, Stage(name="other", needs="facts", by_period=False))}, "built once for all"),
        ({"stages": (*PLAN.stages, Stage(name="a", needs="b"), Stage(name="b", needs="a"))}, "needs itself"),
        ({"last_of_closing": "reviews"}, "has no stage reviews"),
        ({"last_of_paying": "tracking"}, "does not reach the stage tracking"),
        ({"first_of_scoring": "review"}, "does not need the stage review"),
    ],
)
def test_a_plan_that_cannot_be_put_in_order_is_refused(change: dict[str, object], refused: str) -> None:
    with pytest.raises(ValueError, match=refused):
        replace(PLAN, **change)  # type: ignore[arg-type]


def test_a_plan_of_one_stage_is_a_plan() -> None:
    only = Stage(name="all", needs=None)
    plan = Plan(
        stages=(only,), last_of_closing="all", last_of_paying="all", last_of_tracking="all", first_of_scoring="all"
    )
    assert (plan.closing, plan.gates, plan.shared) == ((only,), (), ())
