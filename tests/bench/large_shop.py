"""A shop with millions of orders: reading them, closing a month, closing the next; and that month's SQL by hand.

The company is the small shop of tests/pipeline/small_shop with sources and scheme of its own (large_shop/).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from business_systems.serving.postgres import Postgres
from perf_pipelines.defs.companies import closing_of
from tests.bench.filling import EMPLOYEES, create, fill
from tests.bench.measuring import Cost, cost_of, run_by_hand, sql_by_hand

COMPANY = "small_shop"
MONTHS = ("2026-09", "2026-10")
_HERE = Path(__file__).parent
_EXTRACT = f"""
from perf_pipelines.defs.companies import closing_of
closing = closing_of("{COMPANY}")
with closing.alone():
    for system in closing.company.sources.systems:
        closing.extract(system)
"""


def large_shop(orders: int) -> None:
    """Print what ``orders`` orders of twelve months cost; those of the last arrive when the month before is closed."""
    print(f"large shop: {orders:,} orders of twelve months and {EMPLOYEES:,} employees in PostgreSQL", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _company(folder / "companies")
        server = Postgres(folder / "postgres")
        url = server.url("postgres")
        os.environ |= {
            "LARGE_SHOP_URL": url,
            "PERF_COMPANIES": str(folder / "companies"),
            "PERF_HOME": str(folder / "state"),
        }
        server.start()
        try:
            create(url)
            fill(url, orders, last_month=False)
            _say("extraction of eleven months", cost_of(["-c", _EXTRACT], os.environ))
            _say("extraction, nothing new", cost_of(["-c", _EXTRACT], os.environ))
            before = _say(f"`run` of {MONTHS[0]}", cost_of(_run(MONTHS[0]), os.environ))
            fill(url, orders, last_month=True)
            _say("extraction of the twelfth month", cost_of(["-c", _EXTRACT], os.environ))
            month = _say(f"`run` of {MONTHS[1]}", cost_of(_run(MONTHS[1]), os.environ))
        finally:
            server.stop()
        closing = closing_of(COMPANY)
        statements = sql_by_hand(closing.dbt.manifest(), closing.dbt.compile(closing.plan.stages))
        by_hand = _say(
            "its SQL by hand in DuckDB", run_by_hand(statements, warehouse=closing.home.warehouse, folder=folder)
        )
    print(f"  {MONTHS[1]} / {MONTHS[0]:<24} {month.seconds / before.seconds:8.2f}")
    print(f"  {MONTHS[1]} / by hand {'':<14} {month.seconds / by_hand.seconds:8.2f}", flush=True)


def _say(what: str, cost: Cost) -> Cost:
    print(f"  {what:<34} {cost}", flush=True)
    return cost


def _run(period: str) -> list[str]:
    return ["-m", "perf_pipelines.cli", "run", "--company", COMPANY, "--period", period]


def _company(companies: Path) -> None:
    shutil.copytree(_HERE.parent / "pipeline" / "small_shop", companies / COMPANY)
    shutil.copytree(_HERE / "large_shop", companies / COMPANY, dirs_exist_ok=True)
