"""Dagster's own storage: SQLite under ``PERF_HOME/dagster``, or PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from perf_pipelines.defs.storage import KeptOpenSqliteEventLogStorage
from perf_pipelines.durable import write_whole
from perf_pipelines.home import PROJECT, perf_home

POSTGRES_URL = "PERF_DAGSTER_POSTGRES_URL"
"""Environment variable: a PostgreSQL URL for run, event and schedule storage."""

_EVENT_BATCH_SIZE = "DAGSTER_EVENT_BATCH_SIZE"
"""Dagster's own variable: up to how many events that belong together are stored as one. Without it, each by itself."""


def prepare_dagster_home() -> Path:
    """Write the instance's settings, and point ``DAGSTER_HOME`` to their folder."""
    home = perf_home() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    settings: dict[str, Any] = yaml.safe_load((PROJECT / "dagster.yaml").read_text(encoding="utf-8"))
    if os.environ.get(POSTGRES_URL):
        settings["storage"] = {"postgres": {"postgres_url": {"env": POSTGRES_URL}}}
    else:
        settings["event_log_storage"] = {
            "module": KeptOpenSqliteEventLogStorage.__module__,
            "class": KeptOpenSqliteEventLogStorage.__name__,
            "config": {"base_dir": str(home / "history" / "runs")},  # where Dagster's own has it
        }
    text = yaml.safe_dump(settings, sort_keys=True)
    path = home / "dagster.yaml"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault(_EVENT_BATCH_SIZE, "1000")
    return home


def open_instance() -> dg.DagsterInstance:
    """The instance that the user interface shows too."""
    return dg.DagsterInstance.from_config(str(prepare_dagster_home()))


def write_workspace(home: Path, companies: Sequence[str]) -> Path:
    """Write the workspace in which each company is a code location of its own, named after it; returns its file."""
    locations = [
        {"python_module": {"module_name": "perf_pipelines.definitions", "attribute": name, "location_name": name}}
        for name in companies
    ]
    path = home / "workspace.yaml"
    write_whole(path, yaml.safe_dump({"load_from": locations}, sort_keys=False).encode())
    return path
