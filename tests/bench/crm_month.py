"""One month of crm_sales as whole processes, in multiples of ``base``; its parts; and the same SQL by hand.

``base`` is the time that importing Dagster, Great Expectations, DuckDB and pandas takes in the same environment: what
a run of anything built on them cannot be faster than. Each figure is the median of several, taken in turns with the
others, because single times move with the machine.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from perf_pipelines.defs.companies import closing_of
from perf_pipelines.periods import Period
from tests.bench.measuring import cost_of, run_by_hand, sql_by_hand

if TYPE_CHECKING:
    from collections.abc import Generator

    from perf_pipelines.closing import Closing

COMPANY, PERIOD = "crm_sales", "2017-12"
ROUNDS = 5
BASE = "import dagster, great_expectations, duckdb, pandas"
_SERVER = f"""
import importlib
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.definitions.reconstruct import repository_def_from_pointer
repository_def_from_pointer(ModuleCodePointer("perf_pipelines.definitions", "{COMPANY}", None), None)
"""
"""What a code server does before it answers: import, read the company, make its definitions."""


def crm_month() -> None:
    """Print what it costs."""
    run = ["-m", "perf_pipelines.cli", "run", "--company", COMPANY, "--period", PERIOD]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PERF_HOME": folder}
        print(f"{COMPANY}, {PERIOD}, whole processes")
        print(f"  run, cold                        {cost_of(run, environment)}", flush=True)
        commands = {
            "base: imports": ["-c", BASE],
            "run, warm, everything anew": [*run, "--anew"],
            "run, nothing new": run,
            "starting the code server": ["-c", _SERVER],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                seconds[name].append(cost_of(command, environment).seconds)
        base = statistics.median(seconds["base: imports"])
        for name, measured in seconds.items():
            median, spread = statistics.median(measured), f"{min(measured):.2f} … {max(measured):.2f}"
            print(f"  {name:<32} {median:8.2f} s   ({spread})   {median / base:5.2f} x base", flush=True)
        os.environ["PERF_HOME"] = folder
        closing = closing_of(COMPANY)
        parts = parts_of_a_run(closing, Period.parse(PERIOD))
        print("parts of a warm run, in one process")
        for name, part in parts.items():
            print(f"  {name:<32} {part:8.2f} s")
        statements = sql_by_hand(closing.dbt.manifest(), closing.dbt.compile(closing.plan.closing))
        by_hand = run_by_hand(statements, warehouse=closing.home.warehouse, folder=Path(folder))
        print(f"the same SQL by hand in one DuckDB connection {by_hand}", flush=True)


def parts_of_a_run(closing: Closing, period: Period) -> dict[str, float]:
    """Seconds of each part of closing ``period`` without Dagster, by name in order."""
    parts: dict[str, float] = {}

    @contextmanager
    def measured(name: str) -> Generator[None]:
        started = time.perf_counter()
        yield
        parts[name] = parts.get(name, 0.0) + time.perf_counter() - started

    with closing.alone():
        with measured("extract"):
            for _ in closing.extract_all():
                pass
        with measured("prepare"):
            closing.prepare(anew=True)
        with measured("dbt: import and models read"):
            closing.dbt.parse()
        for stage in closing.plan.closing:
            if stage.by_period and not closing.plan.stage(stage.needs or stage.name).by_period:
                with measured("prepare"):
                    closing.begin([period])
            with measured(f"build and test {stage}"):
                closing.build(stage)
            if stage.gate:
                with measured("gates"):
                    closing.check(stage)
        with measured("publish"):
            closing.publish([period])
    return parts
