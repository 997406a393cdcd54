"""The process of Great Expectations: its answers are those of ``run_gate``, and it never outlives who started it."""

from __future__ import annotations

import linecache
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pyarrow as pa
import pytest

from perf_pipelines import gate_process as module
from perf_pipelines.errors import PerfError, Problem, RunFailed
from perf_pipelines.gate_process import GateProcess, gate_process
from perf_pipelines.gates import ExpectationsRefused, Gate, load_gate, run_gate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds after which a test that waits for a process gives up."""

PAY = """
gate: gate_pay
title: {zh: 薪酬, en: Pay}
tables:
  fct_pay:
    key: [period_id, employee_id]
    todo: {zh: 检查, en: look at it}
    expect:
      - type: expect_column_values_to_be_between
        column: amount
        min_value: 0.10
        max_value: 100
        because: {zh: 金额, en: Amounts lie between ten cents and a hundred.}
      - type: expect_column_values_to_not_be_null
        column: grade
        because: {zh: 等级, en: Everybody has a grade.}
        severity: warn
      - type: expect_column_values_to_be_in_set
        column: grade
        value_set: [good, 优秀]
        because: {zh: 等级, en: Grades are known.}
  pay_fault:
    key: [employee_id]
    todo: {zh: 检查, en: look at it}
    expect:
      - type: expect_table_row_count_to_equal
        value: 0
        because: {zh: 无, en: Nobody is paid wrongly.}
"""
FAULTS = pa.schema({"employee_id": pa.string(), "since": pa.date32()})


def pay(*rows: tuple[str, str, str | None]) -> pa.Table:
    """Employees with amount and grade in March."""
    return pa.table(
        {
            "period_id": ["2017-03" for _ in rows],
            "employee_id": [employee for employee, _, _ in rows],
            "amount": pa.array([Decimal(amount) for _, amount, _ in rows], pa.decimal128(18, 2)),
            "grade": pa.array([grade for _, _, grade in rows], pa.string()),
        }
    )


SOUND = {"fct_pay": pay(("ada", "0.10", "good"), ("bo", "100.00", "优秀")), "pay_fault": FAULTS.empty_table()}
FAULTY = {
    "fct_pay": pay(("ada", "0.09", "good"), ("bo", "100.01", None), ("cai", "5.00", "splendid\n")),
    "pay_fault": pa.Table.from_pylist([{"employee_id": "cai", "since": date(2017, 3, 2)}], schema=FAULTS),
}


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    path = tmp_path / "gate_pay.yaml"
    path.write_text(PAY, encoding="utf-8")
    return load_gate(path)


@pytest.fixture(scope="module")
def started() -> Iterator[GateProcess]:
    process = GateProcess()
    yield process
    process.stop()


def where_is(thread: int) -> str:
    """The line of this module's subject at which a thread is, as text."""
    frame = sys._current_frames()[thread]
    while frame.f_back is not None and frame.f_code.co_filename != module.__file__:
        frame = frame.f_back
    return linecache.getline(frame.f_code.co_filename, frame.f_lineno)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"waited for {PATIENCE} s"
        time.sleep(0.02)


@pytest.mark.parametrize("tables", [pytest.param(SOUND, id="sound"), pytest.param(FAULTY, id="faulty")])
def test_it_answers_what_run_gate_answers_here(started: GateProcess, gate: Gate, tables: dict[str, pa.Table]) -> None:
    there = started.run(gate, tables)
    here = run_gate(gate, {name: table.to_pandas() for name, table in tables.items()})
    assert there == here
    assert there.passed is (tables is SOUND)


def test_offending_rows_come_back_as_they_stood_in_the_tables(started: GateProcess, gate: Gate) -> None:
    amounts, missing, unknown, none = (
        expectation for table in started.run(gate, FAULTY).tables for expectation in table.expectations
    )
    assert [row["amount"] for row in amounts.offending] == ["0.09", "100.01"]
    assert missing.offending == ({"period_id": "2017-03", "employee_id": "bo", "grade": "null"},)
    assert [row["grade"] for row in unknown.offending] == ["splendid\n"]
    assert none.offending == ({"employee_id": "cai", "since": "2017-03-02"},)


def test_a_refusal_passes_whole_and_the_next_gate_is_answered(started: GateProcess, gate: Gate) -> None:
    incomplete = {"fct_pay": SOUND["fct_pay"].drop_columns(["grade"])}
    with pytest.raises(ExpectationsRefused) as there:
        started.run(gate, incomplete)
    with pytest.raises(ExpectationsRefused) as here:
        run_gate(gate, {name: table.to_pandas() for name, table in incomplete.items()})
    assert there.value.headline == here.value.headline
    assert there.value.problems == here.value.problems
    assert len(there.value.problems) == 3
    assert started.run(gate, SOUND).passed


def test_every_kind_of_refusal_can_pass_from_one_process_to_another() -> None:
    def kinds(of: type[PerfError]) -> Iterator[type[PerfError]]:
        for kind in of.__subclasses__():
            yield kind
            yield from kinds(kind)

    problem = Problem(file="a.yaml", line=3, field="x", row="y=1", what="is wrong", todo="correct it")
    for kind in {PerfError, *kinds(PerfError)}:
        passed = pickle.loads(pickle.dumps(kind("refused", [problem])))
        assert (type(passed), passed.headline, passed.problems) == (kind, "refused", (problem,))


def test_what_it_prints_does_not_stand_among_its_answers(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    # python imports it before anything else, and it prints at every import that follows
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "class Loud:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'great_expectations':\n"
        "            print('printed', flush=True)\n"
        "            os.write(1, b'written')\n"
        "sys.meta_path.insert(0, Loud())\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{PROJECT}")
    loud = GateProcess()
    try:
        assert loud.run(gate, SOUND).passed
        assert not loud.run(gate, FAULTY).passed
        loud._said.seek(0)
        assert {b"printed", b"written"} <= set(loud._said.read().replace(b"written", b"\nwritten\n").split())
    finally:
        loud.stop()


def test_a_gate_whose_process_is_killed_while_it_is_asked_is_refused(gate: Gate) -> None:
    process = GateProcess()
    pid = process._process.pid
    os.kill(pid, signal.SIGSTOP)  # so that it cannot answer before it is killed

    def kill_when_asked() -> None:
        until(process._lock.locked)
        os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_when_asked)
    killer.start()
    try:
        with pytest.raises(RunFailed, match="gate_pay could not be run") as refused:
            process.run(gate, SOUND)
        [problem] = refused.value.problems
        assert problem.what == "the process of Great Expectations has ended with -9: without a word"
        assert not process.is_alive
    finally:
        killer.join()
        process.stop()


def test_an_answer_that_nobody_waited_for_is_not_taken_for_that_of_the_next_gate(gate: Gate) -> None:
    process = GateProcess()
    pid, asking = process._process.pid, threading.get_ident()
    os.kill(pid, signal.SIGSTOP)

    def interrupt_when_asked() -> None:
        until(process._lock.locked)
        until(lambda: "pickle.load" in where_is(asking))
        while "pickle.load" in where_is(asking):  # a signal just before it waits for an answer does not wake it
            signal.pthread_kill(asking, signal.SIGINT)
            time.sleep(0.5)

    interrupter = threading.Thread(target=interrupt_when_asked)
    interrupter.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            process.run(gate, SOUND)
        interrupter.join()
        assert not process.is_alive
        with pytest.raises(RunFailed):
            process.run(gate, FAULTY)
    finally:
        process.stop()


def test_a_process_that_breaks_tells_with_what_last_words(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "great_expectations.py").write_text("raise SystemExit('this is no Great Expectations')")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{PROJECT}")
    process = GateProcess()
    try:
        with pytest.raises(RunFailed, match=r"has ended with 1: .*this is no Great Expectations"):
            process.run(gate, SOUND)
    finally:
        process.stop()


def test_there_is_one_for_all_who_ask_and_a_new_one_when_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RUNNING", [])
    first = gate_process()
    try:
        assert gate_process() is first
    finally:
        first.stop()
    second = gate_process()
    try:
        assert second is not first
        assert second.is_alive
    finally:
        second.stop()


STARTER = """
import sys
from perf_pipelines.gate_process import gate_process
print(gate_process()._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, None])
def test_it_ends_with_the_process_that_started_it(end: signal.Signals | None) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdin is not None
        started = psutil.Process(int(parent.stdout.readline()))
        assert started.is_running()
        if end is None:
            parent.stdin.close()  # it comes to its own end
        else:
            parent.send_signal(end)
        parent.wait(PATIENCE)
    # nobody may be there to take note of its end, which leaves a zombie
    until(lambda: not started.is_running() or started.status() == psutil.STATUS_ZOMBIE)
