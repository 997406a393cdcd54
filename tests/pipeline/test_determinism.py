"""The same inputs give the same marts: run again, without the warehouse, in another folder, in another order."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Place


def test_a_month_closed_alone_has_the_hash_that_it_has_within_a_year(closed_march: Place, closed_year: Place) -> None:
    alone = closed_march.call("hash", "--period", "2017-03").out
    assert closed_year.call("hash", "--period", "2017-03").out == alone


def test_without_anything_but_the_lake_and_a_load_id_the_old_numbers_come_back(
    closed_march: Place, change: Callable[[Path, str, str], None]
) -> None:
    first = closed_march.call("hash").out
    load = max((closed_march.home / "crm_sales" / "lake" / "raw" / "crm" / "_dlt_loads").iterdir()).read_text()
    load_id = load.split('"load_id":"')[1].split('"')[0]
    change(
        closed_march.data / "sales_pipeline.csv",
        "Z063OYW0,Darcel Schlecht,GTXPro,Isdom,Won,10/25/2016,3/11/2017,4514",
        "Z063OYW0,Darcel Schlecht,GTXPro,Isdom,Won,10/25/2016,3/11/2017,9999",
    )
    closed_march.close("2017-03", reviewed=False)
    assert closed_march.call("hash").out != first
    shutil.rmtree(closed_march.home / "crm_sales" / "dbt")
    (closed_march.home / "crm_sales" / "warehouse.duckdb").unlink()
    newest = sorted((closed_march.home / "crm_sales" / "lake" / "raw" / "payroll" / "_dlt_loads").iterdir())[-1]
    payroll_id = newest.read_text().split('"load_id":"')[1].split('"')[0]
    as_of = max(load_id, payroll_id, key=float)
    outcome = closed_march.call("run", "--period", "2017-03", "--as-of", as_of)
    assert outcome.code == 0, outcome.err
    assert closed_march.call("hash").out == first
