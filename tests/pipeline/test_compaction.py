"""Many small files of a table become one, and no reader notices."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from perf_pipelines.errors import RunFailed
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


def test_what_the_lake_says_about_its_loads_becomes_one_file_too(shop: Shop) -> None:
    before, loads = content(shop), shop.lake.loads()
    shop.lake.compact()
    system = shop.lake.raw / "erp"
    assert [path.name for path in (system / "lake_snapshot").glob("*.parquet")] == ["compacted-1.parquet"]
    assert [path.name for path in (system / "_dlt_loads").glob("*.jsonl")] == ["compacted.jsonl"]
    assert (content(shop), Lake(shop.lake.root).loads()) == (before, loads)
    shop.write("orders.csv", "order_id,amount\n4,40\n")
    shop.extract()
    assert len(Lake(shop.lake.root).loads()) == len(loads) + 1
    shop.lake.compact()
    assert len(Lake(shop.lake.root).loads()) == len(loads) + 1
    assert content(shop).items() > before.items()


def test_the_rest_of_a_load_that_broke_off_stays_unseen(shop: Shop) -> None:
    before = content(shop)
    [record] = (shop.lake.raw / "erp" / "_dlt_loads").glob(f"*{max(before)}.jsonl")
    record.write_text("")
    del before[max(before)]
    assert content(shop) == before
    shop.lake.compact()
    assert content(shop) == before


@pytest.mark.parametrize("lost", ["orders/compacted-1.parquet", "lake_snapshot/compacted-1.parquet"])
def test_a_compacted_file_that_is_gone_is_a_damaged_lake(shop: Shop, lost: str) -> None:
    shop.lake.compact()
    path = shop.lake.raw / "erp" / lost
    whole = path.read_bytes()
    path.unlink()
    with pytest.raises(RunFailed, match="the lake is damaged"):
        Lake(shop.lake.root).snapshots()
    path.write_bytes(whole)
    assert ("erp", "orders") in Lake(shop.lake.root).snapshots()
