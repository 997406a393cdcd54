"""One month of crm_sales: the whole process cold and warm, its parts, and the same SQL by hand.

Cold: an empty state folder (everything is extracted, dbt parses the project). Warm: the same month again.
Whole processes are measured three times warm; quote the ratios, because single times move with the machine.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from perf_pipelines.closing import Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.home import CompanyHome
from perf_pipelines.periods import Period
from perf_pipelines.warehouse.dbt import OF_A_CLOSING
from tests.bench.measuring import cost_of, run_by_hand, sql_by_hand

if TYPE_CHECKING:
    from collections.abc import Generator

PERIOD = "2017-12"
WARM_RUNS = 3
_IMPORTS = "import perf_pipelines.defs.launch, dbt.cli.main, great_expectations"


def crm_month() -> None:
    """Print what it costs."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PERF_HOME": folder}
        home = CompanyHome(Path(folder) / "crm_sales")
        command = ["-m", "perf_pipelines.cli", "run", "--company", "crm_sales", "--period", PERIOD]
        cold = cost_of(command, environment)
        warm = [cost_of(command, environment) for _ in range(WARM_RUNS)]
        imports = cost_of(["-c", _IMPORTS], environment)
        closing = Closing(company=read_company("crm_sales"), home=home)
        parts = _parts(closing)
        statements = sql_by_hand(closing.dbt.manifest(), closing.dbt.compile(OF_A_CLOSING))
        by_hand = run_by_hand(statements, warehouse=home.warehouse, folder=Path(folder))
    seconds = [run.seconds for run in warm]
    print(f"crm_sales, {PERIOD}, whole process `perf-pipelines run`")
    print(f"  cold                {cold}")
    median = statistics.median(seconds)
    print(f"  warm, median of {WARM_RUNS}   {median:8.2f} s   ({min(seconds):.2f} … {max(seconds):.2f})")
    print("parts of a warm run, in one process")
    print(f"  imports             {imports.seconds:8.2f} s")
    for name, part in parts.items():
        print(f"  {name:<20}{part:8.2f} s")
    print("the same SQL by hand in one DuckDB connection")
    print(f"  all models          {by_hand}")
    print(f"  dbt run / by hand   {parts['dbt run'] / by_hand.seconds:8.1f}")
    print(f"  whole / by hand     {median / by_hand.seconds:8.1f}")


def _parts(closing: Closing) -> dict[str, float]:
    periods = [Period.parse(PERIOD)]
    parts: dict[str, float] = {}

    @contextmanager
    def measured(name: str) -> Generator[None]:
        started = time.perf_counter()
        yield
        parts[name] = parts.get(name, 0.0) + time.perf_counter() - started

    with closing.alone():
        with measured("extract"):
            for system in closing.company.sources.systems:
                closing.extract(system)
        with measured("dbt parse"):
            closing.dbt.parse()
        with measured("prepare"):
            closing.prepare(periods=())
            closing.begin(periods)
        for stage in closing.plan.closing:
            with measured("dbt run"):
                closing.build(stage)
            if stage.gate:
                with measured("gates"):
                    closing.check(stage)
        with measured("publish"):
            closing.publish(periods)
    return parts
