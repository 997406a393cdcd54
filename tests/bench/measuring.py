"""Whole processes, with their wall time and peak memory; and the SQL of a run by hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from perf_pipelines.warehouse.dbt import VIEW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Wall seconds, and the peak resident memory in MiB of the process (not of the servers that it talks to)."""

    seconds: float
    mebibytes: float

    def __str__(self) -> str:
        """Aligned, with units."""
        return f"{self.seconds:8.2f} s {self.mebibytes:8.0f} MiB"


class CommandFailed(RuntimeError):
    """A measured command ended with an error."""


def cost_of(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run a Python command line in a process of its own; :class:`CommandFailed` unless it ends well."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandFailed(f"{' '.join(command)}\n{said.decode(errors='replace')}")
    return Cost(time.perf_counter() - started, used.ru_maxrss / 1024)


def sql_by_hand(manifest: Mapping[str, Any], target: Path) -> list[str]:
    """The statements that make every model anew, in dependency order, from what dbt compiled below ``target``.

    dbt's tests, hooks and bookkeeping are left out; of an incremental mart the select is made a table.
    """
    pending = {node["unique_id"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    statements: list[str] = []
    while pending:
        ready = [node for node in pending.values() if not set(node["depends_on"]["nodes"]) & pending.keys()]
        for node in sorted(ready, key=lambda node: node["unique_id"]):
            compiled = target / "compiled" / "perf" / node["original_file_path"]
            if compiled.exists():  # a KPI that the company does not use is not compiled
                kind = "view" if node["config"]["materialized"] == VIEW else "table"
                name = f'{node["schema"]}."{node["name"]}"'
                statements.append(f"create or replace {kind} {name} as {compiled.read_text()}")
            del pending[node["unique_id"]]
    return statements


def run_by_hand(statements: Sequence[str], *, warehouse: Path, folder: Path) -> Cost:
    """The statements in one DuckDB connection, on a copy of the warehouse, without dbt.

    The seconds are those of the statements, the memory is that of the process that runs them and nothing else.
    """
    copy = folder / "by_hand" / warehouse.name
    copy.parent.mkdir()
    shutil.copy(warehouse, copy)
    script = folder / "by_hand.json"
    script.write_text(json.dumps({"path": str(copy), "statements": list(statements)}))
    try:
        whole = cost_of(["-c", _BY_HAND, str(script)], os.environ)
        return Cost(float(script.with_suffix(".seconds").read_text()), whole.mebibytes)
    finally:
        shutil.rmtree(copy.parent)


_BY_HAND = """
import json, pathlib, sys, time, duckdb
from perf_pipelines.warehouse.engine import memory_limit
script = pathlib.Path(sys.argv[1])
asked = json.loads(script.read_text())
with duckdb.connect(asked["path"], config={"memory_limit": memory_limit()}) as connection:
    connection.execute("set TimeZone = 'UTC'")
    started = time.perf_counter()
    for statement in asked["statements"]:
        connection.execute(statement)
    script.with_suffix(".seconds").write_text(str(time.perf_counter() - started))
"""
