"""Many small files of a table become one, and no reader notices."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from perf_pipelines.sources.lake import Lake
from tests.pipeline.test_lake import Shop

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("order_id,amount\n1,10\n", "order_id,amount,colour\n1,10,red\n2,20,blue\n", "order_id,amount\n2,21\n")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop of whose orders three versions were loaded."""
    shop = Shop(tmp_path)
    shop.write("shops.csv", "shop,city\nA,北京\n")
    for version in VERSIONS:
        shop.write("orders.csv", version)
        shop.extract()
    return shop


def content(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """What is read of the orders as of each load, by a reader that has just begun."""
    lake = Lake(shop.lake.root)
    return {
        load.load_id: duckdb.sql(
            lake.relation_sql(lake.snapshots(load.load_id)["erp", "orders"]) + " order by all"
        ).fetchall()
        for load in lake.loads()
    }


def files(shop: Shop) -> list[str]:
    return sorted(path.name for path in (shop.lake.raw / "erp" / "orders").glob("*.parquet"))


def test_three_files_become_one_and_every_load_reads_as_before(shop: Shop) -> None:
    before = content(shop)
    assert len(files(shop)) == 3
    assert shop.lake.compact() == {("erp", "orders"): 3}
    assert files(shop) == ["compacted-1.parquet"]
    assert content(shop) == before


def test_what_is_loaded_later_is_compacted_with_the_rest(shop: Shop) -> None:
    shop.lake.compact()
    shop.write("orders.csv", "order_id,amount\n3,30\n")
    shop.extract()
    before = content(shop)
    assert len(before) == 4
    assert shop.lake.compact() == {("erp", "orders"): 2}
    assert files(shop) == ["compacted-2.parquet"]
    assert content(shop) == before
    assert shop.lake.compact() == {}


def test_broken_off_after_the_manifest_the_old_files_are_not_read_twice(shop: Shop, tmp_path: Path) -> None:
    before = content(shop)
    folder = shop.lake.raw / "erp" / "orders"
    shutil.copytree(folder, tmp_path / "old")
    shop.lake.compact()
    for old in (tmp_path / "old").glob("*.parquet"):
        shutil.copy(old, folder / old.name)
    assert content(shop) == before
    assert shop.lake.compact() == {}
    assert files(shop) == ["compacted-1.parquet"]
    assert content(shop) == before


def test_broken_off_before_the_manifest_the_new_file_is_not_read(shop: Shop) -> None:
    before = content(shop)
    folder = shop.lake.raw / "erp" / "orders"
    first = sorted(folder.glob("*.parquet"))[0]
    shutil.copy(first, folder / "compacted-1.parquet")
    assert content(shop) == before
    assert shop.lake.compact() == {("erp", "orders"): 3}
    assert content(shop) == before
