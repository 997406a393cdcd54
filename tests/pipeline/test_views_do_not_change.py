"""The SQL of a view is the same for every period, which is why views are created once for each state of the models."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.closing import Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period
from perf_pipelines.warehouse.dbt import VIEW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.conftest import Place

MARCH, QUARTER, APRIL = (Period.parse(text) for text in ("2017-03", "2017-Q1", "2017-04"))


@pytest.fixture
def closing(closed_march: Place, monkeypatch: pytest.MonkeyPatch) -> Closing:
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    return Closing(company=read_company(closed_march.name), home=company_home(closed_march.name))


def views(closing: Closing) -> Mapping[str, str]:
    """The compiled SQL of every view, by name; the folder is emptied before, so that none is left over."""
    compiled = {
        node["name"]: closing.dbt._compiled_file(node)
        for node in closing.dbt.manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == VIEW
    }
    for path in compiled.values():
        path.unlink(missing_ok=True)
    closing.dbt._compile(f"config.materialized:{VIEW}")
    return {name: path.read_text(encoding="utf-8") for name, path in compiled.items()}


def test_the_views_are_the_same_for_a_month_a_quarter_and_a_period_that_is_running(closing: Closing) -> None:
    named: dict[str, Callable[[], None]] = {
        "a month": lambda: closing.name([MARCH]),
        "a quarter and its month": lambda: closing.name([QUARTER, APRIL]),
        "running": lambda: closing.name_running([APRIL], up_to=date(2017, 4, 11)),
        "none": lambda: closing.name([]),
    }
    with closing.alone():
        closing.prepare()
        found: dict[str, Mapping[str, str]] = {}
        for what, name in named.items():
            name()
            found[what] = views(closing)
    one = found["a month"]
    assert len(one) > 100
    for what, other in found.items():
        assert {name for name in one if one[name] != other[name]} == set(), what


def test_the_tables_of_which_the_sql_depends_on_the_period_are_no_views(closing: Closing) -> None:
    nodes = closing.dbt.manifest()["nodes"].values()
    sql = {node["name"]: node["raw_code"] for node in nodes if node["resource_type"] == "model"}
    kept = {node["name"] for node in nodes if node["config"].get("materialized") not in {VIEW, "view"}}
    asking = {
        name
        for name, text in sql.items()
        if any(f"{macro}(" in text for macro in ("contributions_during", "among_the_days", "growing_kpis"))
        or "missed_kpis(" in text
        or "rewarded_kpis(" in text
    }
    assert len(asking) > 3
    assert asking - kept == set()
