"""What gives no result closes: nothing behind it is built, nothing is published, and nobody is told that it was."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from perf_pipelines.closing import Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.defs.launch import _names_run, close_periods
from perf_pipelines.errors import GateFailed, RunFailed
from perf_pipelines.gate_process import gate_process
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period
from perf_pipelines.publication import open_marts, read_publication
from tests.conftest import Place, replace_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from perf_pipelines.gates import GateResult
    from perf_pipelines.plan import Stage
    from perf_pipelines.publication import Publication

MARCH, APRIL = Period.parse("2017-03"), Period.parse("2017-04")
PATIENCE = 60
"""Seconds after which a test that waits for something gives up."""


@pytest.fixture
def place(closed_march: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    return closed_march


def closing_of(place: Place) -> Closing:
    return Closing(company=read_company(place.name), home=company_home(place.name))


def steps_of_last_run(place: Place) -> dict[str, str]:
    """How each step of the last run ended, by its name."""
    with dg.DagsterInstance.from_config(str(place.home / "dagster")) as instance:
        run = instance.get_runs(limit=1)[0]
        return {stat.step_key: stat.status.value for stat in instance.get_run_step_stats(run.run_id) if stat.status}


def test_a_run_in_which_the_first_stage_yields_nothing_is_no_success(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([True])
    monkeypatch.setattr(Closing, "stand_published", lambda *_, **__: next(answers, False))
    before = place.published_bytes()
    outcome = place.call("run", "--period", "2017-04")
    assert outcome.code == 9
    assert "closed and published" not in outcome.out + outcome.err
    assert "2017-04 is not published, though the run ended without an error" in outcome.err
    steps = steps_of_last_run(place)
    assert steps["inputs"] == "SUCCESS"
    assert {steps[step] for step in steps if step.startswith("month_") or "published_marts" in step} == {"SKIPPED"}
    assert place.published_bytes() == before


def test_a_run_has_published_only_what_the_publication_names_it_for(place: Place) -> None:
    closing = closing_of(place)
    own = read_publication(closing.home).periods["2017-03"].run
    assert _names_run(closing, [MARCH], own)
    assert not _names_run(closing, [MARCH], "another")
    assert not _names_run(closing, [MARCH, APRIL], own)
    place.published.unlink()
    assert not _names_run(closing, [MARCH], own)


@pytest.mark.slow
def test_a_publication_that_names_another_run_is_no_success_of_this_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = Closing.publish

    def by_another(self: Closing, *periods: Any, run: str, **named: Any) -> Publication:
        return publish(self, *periods, run=f"not {run}", **named)

    monkeypatch.setattr(Closing, "publish", by_another)
    with pytest.raises(RunFailed, match="2017-03 is not published, though the run ended without an error"):
        close_periods(place.name, [MARCH], anew=True)


def test_a_gate_whose_relation_is_missing_is_closed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    check = Closing.check

    def check_without(self: Closing, stage: Stage) -> GateResult:
        with self.warehouse.connect() as connection:
            connection.execute("drop view gates.reconciliation_open")
        return check(self, stage)

    monkeypatch.setattr(Closing, "check", check_without)
    before = place.published_bytes()
    outcome = place.call("run", "--period", "2017-04")
    assert outcome.code == 9
    assert "the warehouse has no relation `reconciliation_open`" in outcome.err
    assert "closed and published" not in outcome.out
    steps = steps_of_last_run(place)
    assert (steps["inputs"], steps["gate_1_inputs"]) == ("SUCCESS", "FAILURE")
    assert {step for step, ended in steps.items() if ended == "SUCCESS"} == {"extract_crm", "extract_payroll", "inputs"}
    assert place.published_bytes() == before
    closing = closing_of(place)
    with closing.alone():
        assert closing.warehouse.shut_for("gate_1_inputs") == ("",)
        with pytest.raises(GateFailed, match="stage `kpis` is blocked: gate_1_inputs is not open"):
            closing.build(closing.plan.stage("kpis"))


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"waited for {PATIENCE} s"
        time.sleep(0.01)


def test_a_gate_whose_process_is_killed_is_closed_and_is_run_by_a_new_one_the_next_time(place: Place) -> None:
    closing = closing_of(place)
    inputs, kpis = closing.plan.shared
    with closing.alone():
        closing.prepare()
        process = gate_process()
        os.kill(process._process.pid, signal.SIGSTOP)  # so that it cannot answer before it is killed

        def kill_when_asked() -> None:
            until(process._lock.locked)
            os.kill(process._process.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_when_asked)
        killer.start()
        with pytest.raises(RunFailed, match="gate_1_inputs could not be run"):
            closing.check(inputs)
        killer.join()
        assert closing.warehouse.shut_for("gate_1_inputs") == ("",)
        with pytest.raises(GateFailed, match="gate_1_inputs is not open"):
            closing.build(kpis)
        with pytest.raises(GateFailed, match="publication is blocked: gate_1_inputs is not open"):
            closing.publish([MARCH])

        assert gate_process() is not process
        assert closing.check(inputs).passed
        assert closing.warehouse.shut_for("gate_1_inputs") == ()


def test_a_gate_that_finds_rows_stays_shut_for_the_periods_that_were_looked_at_and_no_others(place: Place) -> None:
    closing = closing_of(place)
    facts, evaluation = closing.plan.stage("facts"), closing.plan.stage("evaluation")
    with closing.alone():
        closing.prepare()
        closing.pass_stages(closing.plan.shared)
        closing.begin([MARCH])
        closing.pass_stage(facts)
        closing.begin([MARCH, APRIL])
        assert closing.warehouse.shut_for(str(facts.gate)) == ("2017-04",)
        with pytest.raises(GateFailed, match="stage `evaluation` is blocked: gate_2_facts is not open for 2017-04"):
            closing.build(evaluation)
        assert not closing.check(facts).passed  # of April no facts were built
        assert closing.warehouse.shut_for(str(facts.gate)) == ("2017-04",)


def bare_dbt(place: Place, *arguments: str) -> None:
    outcome = place.run("dbt", "--company", place.name, "--", *arguments)
    assert outcome.code == 0, outcome.out + outcome.err


def shut_gates_of_march(place: Place) -> list[str]:
    closing = closing_of(place)
    with closing.alone():
        closing.name([MARCH])
        return [gate for gate in closing.plan.gates if closing.warehouse.shut_for(gate)]


def test_a_bare_dbt_command_that_builds_shuts_every_gate(place: Place) -> None:
    assert shut_gates_of_march(place) == []
    bare_dbt(place, "run", "--select", "dim_goal")
    closing = closing_of(place)
    assert shut_gates_of_march(place) == list(closing.plan.gates)
    with closing.alone(), pytest.raises(GateFailed, match="publication is blocked: gate_1_inputs is not open"):
        closing.publish([MARCH])


@pytest.mark.parametrize(
    "command", [pytest.param("ls", marks=pytest.mark.slow), pytest.param("compile", marks=pytest.mark.slow)]
)
def test_a_bare_dbt_command_that_builds_nothing_shuts_no_gate(place: Place, command: str) -> None:
    bare_dbt(place, command, "--select", "dim_goal")
    assert shut_gates_of_march(place) == []


@pytest.mark.slow
def test_what_a_bare_dbt_command_built_of_an_edited_model_is_not_published_when_the_edit_is_taken_back(
    place: Place,
) -> None:
    model = place.company / "models" / "inputs" / "company_opportunities.sql"
    as_it_was, before = model.read_text(encoding="utf-8"), revenue(place)
    replace_once(model, "    list_price,\n", "    list_price * 2 as list_price,\n")
    bare_dbt(place, "run", "--select", "company_opportunities", "opportunities")
    model.write_text(as_it_was, encoding="utf-8")
    place.close("2017-03", reviewed=False)
    assert revenue(place) == before


def revenue(place: Place) -> object:
    """All actuals of March that are published."""
    with open_marts(place.published) as marts:
        found = marts.execute("select kpi_id, sum(actual) from fct_kpi_actual group by all order by all")
        return found.fetchall()
