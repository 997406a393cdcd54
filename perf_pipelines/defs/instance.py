"""Dagster's own storage: SQLite under ``PERF_HOME/dagster``, or PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from perf_pipelines.home import PROJECT, perf_home

POSTGRES_URL = "PERF_DAGSTER_POSTGRES_URL"
"""Environment variable: a PostgreSQL URL for run, event and schedule storage."""


def prepare_dagster_home() -> Path:
    """Write the instance's settings, and point ``DAGSTER_HOME`` to their folder."""
    home = perf_home() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    settings: dict[str, Any] = yaml.safe_load((PROJECT / "dagster.yaml").read_text(encoding="utf-8"))
    if os.environ.get(POSTGRES_URL):
        settings["storage"] = {"postgres": {"postgres_url": {"env": POSTGRES_URL}}}
    text = yaml.safe_dump(settings, sort_keys=True)
    path = home / "dagster.yaml"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def open_instance() -> dg.DagsterInstance:
    """The instance that the user interface shows too."""
    return dg.DagsterInstance.from_config(str(prepare_dagster_home()))
