"""One month of crm_sales: the whole process cold and warm, its parts, and the same SQL by hand.

Cold: an empty state folder (everything is extracted, dbt parses the project). Warm: the same month again.
Whole processes are measured three times warm; quote the ratios, because single times move with the machine.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from perf_pipelines.closing import GATES, Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.home import CompanyHome
from perf_pipelines.periods import Period
from perf_pipelines.warehouse.dbt import Floor

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

PERIOD = "2017-12"
WARM_RUNS = 3


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "PERF_HOME": str(home)}
        command = [sys.executable, "-m", "perf_pipelines.cli", "run", "--company", "crm_sales", "--period", PERIOD]
        cold = _seconds(lambda: _run(command, environment))
        warm = [_seconds(lambda: _run(command, environment)) for _ in range(WARM_RUNS)]
        imports = _seconds(lambda: _run([sys.executable, "-c", _IMPORTS], environment))
        parts = _parts(CompanyHome(home / "crm_sales"))
        bare = _bare_sql(CompanyHome(home / "crm_sales"))
    print(f"crm_sales, {PERIOD}, whole process `perf-pipelines run`")
    print(f"  cold                {cold:8.2f} s")
    print(f"  warm, median of {WARM_RUNS}   {statistics.median(warm):8.2f} s   ({min(warm):.2f} … {max(warm):.2f})")
    print("parts of a warm run, in one process")
    print(f"  imports             {imports:8.2f} s")
    for name, seconds in parts.items():
        print(f"  {name:<20}{seconds:8.2f} s")
    print("the same SQL by hand in one DuckDB connection")
    print(f"  all models          {bare:8.2f} s")
    print(f"  dbt run / by hand   {parts['dbt run'] / bare:8.1f}")
    print(f"  whole / by hand     {statistics.median(warm) / bare:8.1f}")


_IMPORTS = "import perf_pipelines.defs.launch, dbt.cli.main, great_expectations"


def _parts(home: CompanyHome) -> dict[str, float]:
    closing = Closing(company=read_company("crm_sales"), home=home)
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
        for floor in Floor:
            with measured("dbt run"):
                closing.build(floor)
            if floor in GATES:
                with measured("gates"):
                    closing.check(floor)
        with measured("publish"):
            closing.publish(periods)
    return parts


def _bare_sql(home: CompanyHome) -> float:
    """Seconds for the compiled SQL of every model, in dependency order, on a copy of the warehouse."""
    closing = Closing(company=read_company("crm_sales"), home=home)
    models = [node for node in closing.dbt.manifest()["nodes"].values() if node["resource_type"] == "model"]
    compiled = home.dbt / "target" / "compiled" / "perf"
    pending = {node["unique_id"]: node for node in models}
    ordered: list[tuple[str, str, Path]] = []
    while pending:
        ready = [node for node in pending.values() if not set(node["depends_on"]["nodes"]) & pending.keys()]
        for node in sorted(ready, key=lambda node: node["unique_id"]):
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            ordered.append(
                (f'{node["schema"]}."{node["name"]}"', kind, _compiled(compiled, node["original_file_path"]))
            )
            del pending[node["unique_id"]]
    copy = home.warehouse.with_name("bench") / home.warehouse.name
    copy.parent.mkdir()
    shutil.copy(home.warehouse, copy)
    with duckdb.connect(str(copy)) as connection:
        return _seconds(
            lambda: [
                connection.execute(f"create or replace {kind} {name} as {path.read_text()}")
                for name, kind, path in ordered
            ]
        )


def _compiled(root: Path, original: str) -> Path:
    # a company's models lie outside dbt's project folder, and what is compiled of them outside of `root`
    return Path(os.path.normpath(root / original))


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True, capture_output=True)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
