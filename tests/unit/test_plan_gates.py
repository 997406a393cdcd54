"""Which gates lie between the stages of a plan."""

from __future__ import annotations

from dataclasses import replace

from perf_pipelines.plan import PLAN, Stage


def test_the_gated_stage_before_another_is_the_nearest_below_it() -> None:
    before = {stage.name: PLAN.gated_before(stage) for stage in PLAN.stages}
    assert {name: found and found.name for name, found in before.items()} == {
        "inputs": None,
        "kpis": "inputs",
        "facts": "inputs",
        "evaluation": "facts",
        "payout": "evaluation",
        "review": "payout",
        "tracking": "facts",
    }


def test_building_a_stage_also_shuts_a_gate_that_stands_beside_the_closing() -> None:
    stages = [replace(stage, gate="gate_6_pace") if stage.name == "tracking" else stage for stage in PLAN.stages]
    with_one_more = replace(PLAN, stages=tuple(stages))
    assert "gate_6_pace" in with_one_more.shut_by(with_one_more.stage("facts"))
    assert "gate_6_pace" not in with_one_more.gates


def test_a_stage_without_a_gate_shuts_those_behind_it() -> None:
    assert PLAN.shut_by(PLAN.stage("kpis")) == ("gate_2_facts", "gate_3_evaluation", "gate_4_payout")
    audit = Stage(name="audit", needs="review", gate="gate_5_audit")
    longer = replace(PLAN, stages=(*PLAN.stages, audit), last_of_closing="audit")
    assert longer.shut_by(longer.stage("review")) == ("gate_5_audit",)
