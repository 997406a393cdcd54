"""What it costs to write 2,000 personal files: the rows of one closed month, each person many times over."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb

from perf_pipelines.home import CompanyHome
from tests.bench.measuring import cost_of

EMPLOYEES = 2_000
COMPANY, PERIOD = "crm_sales", "2017-03"


def many_files() -> None:
    """Print what the pages cost, and then pages, workbooks and documents, each as a whole process."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PERF_HOME": folder}
        perf = ["-m", "perf_pipelines.cli"]
        cost_of([*perf, "run", "--company", COMPANY, "--period", PERIOD], environment)
        people = multiply(CompanyHome(Path(folder) / COMPANY), times=EMPLOYEES)
        report = [*perf, "report", "--company", COMPANY, "--period", PERIOD, "--language", "zh"]
        print(f"{people:,} people of {COMPANY}, {PERIOD}, all reports in Chinese", flush=True)
        print(f"  pages               {cost_of([*report, '--to', f'{folder}/pages'], environment)}", flush=True)
        documents = [*report, "--to", f"{folder}/all", "--format", "html,xlsx,pdf"]
        print(f"  and workbooks, documents  {cost_of(documents, environment)}", flush=True)


def multiply(home: CompanyHome, *, times: int) -> int:
    """Have at least ``times`` people in the published marts, as copies with ids of their own; how many there are."""
    database = home.published.resolve() / "marts.duckdb"
    database.chmod(0o644)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as published; use published.marts")
        [(people,)] = connection.execute("select count(distinct employee_id) from marts.rpt_score_table").fetchall()
        copies = -(-times // people) - 1
        for (mart,) in connection.execute(
            """
            select table_name from information_schema.columns
            where table_schema = 'marts' and column_name = 'employee_id' and table_name <> 'fct_kpi_contribution'
            """
        ).fetchall():
            connection.execute(
                f"""
                insert into marts.{mart}
                select original.* replace (original.employee_id || '-' || copy.number as employee_id)
                from marts.{mart} as original, range(1, {copies + 1}) as copy (number)
                """
            )
    return people * (copies + 1)
