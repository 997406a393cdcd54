"""Increments: what a later extraction brings, what it hides, and what the lake still knows as of an earlier one."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg2
import pytest
import xlsxwriter

from business_systems import Sizes, World, running
from perf_pipelines.errors import SourceRefused
from perf_pipelines.sources.config import Deletions, FilesSystem, WholeTable
from tests.pipeline.extracting import SYSTEMS, Extraction, only, with_load, with_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from business_systems import Systems

WORLD = World(seed=1, sizes=Sizes(orders=400))
BEGINNING = datetime(2025, 3, 10, tzinfo=UTC)
SHOP = only(SYSTEMS["shop"], "orders")
CAMPAIGNS = only(SYSTEMS["shop"], "campaigns")
REFUNDS = only(SYSTEMS["shop"], "refunds")
CRM = only(SYSTEMS["crm"], "tickets")
LIVE = SYSTEMS["live"]


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    """Their clock only moves forward: every test begins where they stand."""
    folder = tmp_path_factory.mktemp("systems")
    with running(WORLD, folder=folder, clock=BEGINNING) as made, pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment.items():
            patch.setenv(name, value)
        yield made


@pytest.fixture
def extraction(systems: Systems, tmp_path: Path) -> Extraction:
    return Extraction(tmp_path)


def forward(systems: Systems, days: int = 14) -> None:
    systems.advance(systems.now + timedelta(days=days))


def known(system: str, table: str, *, until: datetime, since: datetime | None = None) -> set[str]:
    """The keys that a table of the world has at a moment."""
    rows = WORLD.table(system, table)
    return {
        str(key)
        for key, at in zip(rows.column(0).to_pylist(), rows["updated_at"].to_pylist(), strict=True)
        if at <= until and (since is None or at > since)
    }


def keys(extraction: Extraction, system: str, table: str, as_of: str | None = None) -> set[str]:
    return {row["_source_key"] for row in extraction.rows(system, table, as_of=as_of)}


def execute(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("system", "table", "declared"), [("shop", "orders", SHOP), ("crm", "tickets", CRM)])
def test_only_rows_that_are_new_are_appended(
    systems: Systems, extraction: Extraction, system: str, table: str, declared: Any
) -> None:
    begun = systems.now
    first = extraction.run(**{system: declared})[system, table]
    forward(systems)
    second = extraction.run(**{system: declared})[system, table]
    new = known(system, table, since=begun, until=systems.now)
    assert new
    assert (second.appended, second.superseding, second.begins_anew) == (len(new), 0, False)
    assert keys(extraction, system, table) == known(system, table, until=systems.now)
    assert keys(extraction, system, table, first.load_id) == known(system, table, until=begun)
    brought = {row["_source_key"] for row in extraction.rows(system, table) if row["_dlt_load_id"] == second.load_id}
    assert brought == new


@pytest.mark.parametrize("system", ["shop", "crm", "live"])
def test_nothing_new_is_no_load(systems: Systems, extraction: Extraction, system: str) -> None:
    declared = {"shop": only(SYSTEMS["shop"], "orders", "campaigns"), "crm": CRM, "live": LIVE}[system]
    first = extraction.run(**{system: declared})
    before = extraction.bytes_of_the_lake()
    assert extraction.run(**{system: declared}) == first
    assert extraction.bytes_of_the_lake() == before


def test_the_lake_holds_texts_that_read_back_as_what_the_systems_hold(systems: Systems, extraction: Extraction) -> None:
    extraction.run(shop=SHOP, crm=only(SYSTEMS["crm"], "ownership"))
    for system, table, casts in (
        (
            "shop",
            "orders",
            "cast(id as bigint), cast(amount as decimal(18, 2)), cast(placed_at as timestamptz),"
            " cast(paid_at as timestamptz), cast(is_test as boolean), campaign_id",
        ),
        (
            "crm",
            "ownership",
            "cast(id as bigint), subject_id, cast(share as decimal(9, 6)), cast(valid_from as date),"
            " cast(valid_to as date)",
        ),
    ):
        lake = extraction.lake.relation_sql(extraction.lake.snapshots()[system, table])
        with duckdb.connect() as connection:
            connection.register("world", WORLD.table(system, table))
            at = f"timestamptz '{systems.now.isoformat()}'"
            both = (
                f"(select {casts} from ({lake}))",
                f"(select {casts} from world where updated_at <= {at})",
            )
            assert connection.sql(f"{both[0]} except all {both[1]}").fetchall() == []
            assert connection.sql(f"{both[1]} except all {both[0]}").fetchall() == []


def test_a_changed_row_supersedes_and_the_old_one_stands_as_of_its_load(
    systems: Systems, extraction: Extraction
) -> None:
    first = extraction.run(shop=SHOP)["shop", "orders"]
    [key, *_] = sorted(keys(extraction, "shop", "orders"), key=int, reverse=True)
    forward(systems, 1)
    execute(
        systems.shop_url,
        f"update orders set status = 'changed', updated_at = '{systems.now.isoformat()}' where id = {key}",
    )
    second = extraction.run(shop=SHOP)["shop", "orders"]
    assert second.superseding == 1
    now = {row["_source_key"]: row["status"] for row in extraction.rows("shop", "orders")}
    before = {row["_source_key"]: row["status"] for row in extraction.rows("shop", "orders", as_of=first.load_id)}
    assert now[key] == "changed"
    assert before[key] != "changed"
    assert len(now) == second.rows


def test_a_row_that_changes_again_and_again_is_there_once(systems: Systems, extraction: Extraction) -> None:
    key = min(known("shop", "refunds", until=systems.now), key=int)
    loads: list[str] = []
    for amount in (11, 12, 13):
        forward(systems, 1)
        execute(
            systems.shop_url,
            f"update refunds set amount = {amount}, updated_at = '{systems.now.isoformat()}' where id = {key}",
        )
        loads.append(extraction.run(shop=REFUNDS)["shop", "refunds"].load_id)
    for load_id, amount in zip(loads, ("11.00", "12.00", "13.00"), strict=True):
        rows = extraction.rows("shop", "refunds", as_of=load_id)
        assert [row["amount"] for row in rows if row["_source_key"] == key] == [amount]


@pytest.mark.parametrize(("days", "found"), [(2, True), (5, False)])
def test_a_late_row_is_found_within_the_look_back(
    systems: Systems, extraction: Extraction, days: int, found: bool
) -> None:
    extraction.run(shop=REFUNDS)
    newest = max(datetime.fromisoformat(row["updated_at"]) for row in extraction.rows("shop", "refunds"))
    late = newest - timedelta(days=days)
    key = 990_000_000 + days
    execute(
        systems.shop_url,
        f"insert into refunds select {key}, order_id, refunded_at, amount, 'late', '{late.isoformat()}'"
        " from refunds limit 1",
    )
    try:
        extraction.run(shop=REFUNDS)
    finally:
        execute(systems.shop_url, f"delete from refunds where id = {key}")
    assert (str(key) in keys(extraction, "shop", "refunds")) is found


def newest_key(extraction: Extraction, system: str, table: str) -> str:
    rows = extraction.rows(system, table)
    return str(max(rows, key=lambda row: datetime.fromisoformat(row["updated_at"]))["_source_key"])


def oldest_key(extraction: Extraction, system: str, table: str) -> str:
    rows = extraction.rows(system, table)
    return str(min(rows, key=lambda row: datetime.fromisoformat(row["updated_at"]))["_source_key"])


@pytest.mark.parametrize(
    ("system", "table", "deletions", "which", "noticed"),
    [
        ("shop", "orders", Deletions.BY_KEY, oldest_key, True),
        ("shop", "orders", Deletions.BY_KEY, newest_key, True),
        ("shop", "orders", Deletions.IN_LOOK_BACK, newest_key, True),
        ("shop", "orders", Deletions.IN_LOOK_BACK, oldest_key, False),
        ("shop", "orders", Deletions.IGNORED, newest_key, False),
        ("crm", "tickets", Deletions.BY_KEY, oldest_key, True),
        ("crm", "tickets", Deletions.IN_LOOK_BACK, newest_key, True),
        ("crm", "tickets", Deletions.IGNORED, oldest_key, False),
    ],
)
def test_a_deleted_row_disappears_and_stands_as_of_the_load_before(
    systems: Systems,
    extraction: Extraction,
    system: str,
    table: str,
    deletions: Deletions,
    which: Callable[[Extraction, str, str], str],
    noticed: bool,
) -> None:
    declared = with_load(only(SYSTEMS[system], table), table, deletions=deletions)
    first = extraction.run(**{system: declared})[system, table]
    key = which(extraction, system, table)
    systems.delete(f"{system}.{table}", key)
    second = extraction.run(**{system: declared})[system, table]
    assert (key not in keys(extraction, system, table)) is noticed
    assert second.rows == first.rows - noticed
    assert (second.load_id != first.load_id) is noticed
    assert key in keys(extraction, system, table, first.load_id)
    assert extraction.run(**{system: declared})[system, table] == second


def test_a_deleted_row_that_comes_back_is_there_again(systems: Systems, extraction: Extraction) -> None:
    extraction.run(shop=REFUNDS)
    key = newest_key(extraction, "shop", "refunds")
    execute(systems.shop_url, f"create table gone as select * from refunds where id = {key}")
    execute(systems.shop_url, f"delete from refunds where id = {key}")
    extraction.run(shop=REFUNDS)
    assert key not in keys(extraction, "shop", "refunds")
    execute(systems.shop_url, "insert into refunds table gone; drop table gone")
    last = extraction.run(shop=REFUNDS)["shop", "refunds"]
    assert key in keys(extraction, "shop", "refunds")
    assert last.rows == len(extraction.rows("shop", "refunds"))


def test_all_rows_of_a_table_may_go_and_others_come(systems: Systems, extraction: Extraction) -> None:
    extraction.run(shop=REFUNDS)
    execute(systems.shop_url, "create table gone as table refunds; truncate refunds")
    try:
        assert extraction.run(shop=REFUNDS)["shop", "refunds"].rows == 0
        assert extraction.rows("shop", "refunds") == []
    finally:
        execute(systems.shop_url, "insert into refunds table gone; drop table gone")
    extraction.run(shop=REFUNDS)
    assert keys(extraction, "shop", "refunds") == known("shop", "refunds", until=systems.now)


def test_a_small_table_comes_whole_and_may_become_empty(systems: Systems, extraction: Extraction) -> None:
    first = extraction.run(shop=CAMPAIGNS)["shop", "campaigns"]
    execute(systems.shop_url, "create table gone as table campaigns; truncate campaigns")
    try:
        empty = extraction.run(shop=CAMPAIGNS)["shop", "campaigns"]
        assert (empty.rows, empty.begins_anew) == (0, True)
        assert extraction.rows("shop", "campaigns") == []
        assert extraction.run(shop=CAMPAIGNS)["shop", "campaigns"] == empty
    finally:
        execute(systems.shop_url, "insert into campaigns table gone; drop table gone")
    assert len(extraction.rows("shop", "campaigns", as_of=first.load_id)) == first.rows > 0
    assert extraction.run(shop=CAMPAIGNS)["shop", "campaigns"].rows == first.rows


def test_a_row_deleted_from_a_small_table_is_gone(systems: Systems, extraction: Extraction) -> None:
    crm = only(SYSTEMS["crm"], "ownership")
    first = extraction.run(crm=crm)["crm", "ownership"]
    key = oldest_key(extraction, "crm", "ownership")
    systems.delete("crm.ownership", key)
    assert extraction.run(crm=crm)["crm", "ownership"].rows == first.rows - 1
    assert key not in keys(extraction, "crm", "ownership")
    assert key in keys(extraction, "crm", "ownership", first.load_id)


def test_another_key_begins_the_table_anew(systems: Systems, extraction: Extraction) -> None:
    first = extraction.run(shop=SHOP)["shop", "orders"]
    second = extraction.run(shop=with_table(SHOP, "orders", key=("id", "order_no")))["shop", "orders"]
    assert (second.begins_anew, second.rows) == (True, first.rows)
    assert all(
        key == f"{row['id']}|{row['order_no']}"
        for row in extraction.rows("shop", "orders")
        for key in [row["_source_key"]]
    )
    assert keys(extraction, "shop", "orders", first.load_id) == {
        key.split("|")[0] for key in keys(extraction, "shop", "orders")
    }


def test_a_key_that_stands_twice_is_refused(systems: Systems, extraction: Extraction) -> None:
    whole = WholeTable(kind="snapshot")
    with pytest.raises(SourceRefused, match="shop_id stands twice") as refused:
        extraction.run(shop=with_table(SHOP, "orders", key=("shop_id",), load=whole))
    assert [problem.field for problem in refused.value.problems] == ["shop.orders"]
    assert not extraction.lake.root.exists()


def test_the_columns_of_a_key_are_told_apart(systems: Systems, extraction: Extraction) -> None:
    execute(
        systems.shop_url,
        "create table pairs (a text, b text, updated_at timestamptz);"
        r" insert into pairs values ('x|y', 'z', now()), ('x', 'y|z', now()), ('x\', '|y', now()), ('x\|', 'y', now())",
    )
    table = SHOP.tables["orders"].model_copy(
        update={"key": ("a", "b"), "columns": {"a": "text", "b": "text", "updated_at": "timestamp"}}
    )
    try:
        extraction.run(shop=SHOP.model_copy(update={"tables": {"pairs": table}}))
    finally:
        execute(systems.shop_url, "drop table pairs")
    assert len(keys(extraction, "shop", "pairs")) == 4


def test_a_month_s_file_is_a_delivery_of_its_own(systems: Systems, extraction: Extraction) -> None:
    first = extraction.run(erp=SYSTEMS["erp"])
    forward(systems, 40)
    second = extraction.run(erp=SYSTEMS["erp"])
    assert all(second[key].rows > first[key].rows for key in first)
    costs = extraction.rows("erp", "campaign_costs")
    assert {"活动编号", "活动名称", "日期", "费用（元）"} < set(costs[0])
    assert costs[0]["_source_file"].startswith("campaign_costs_20")
    assert min(row["_source_row"] for row in costs) == 4
    world = WORLD.table("erp", "campaign_costs").to_pylist()
    assert {(row["日期"], row["活动编号"], row["费用（元）"]) for row in costs} <= {
        (str(row["spent_on"]), row["campaign_id"], f"{row['cost']:,.2f}") for row in world
    }
    sales = extraction.rows("erp", "sales_daily")
    assert "日期" in sales[0]  # the byte order mark is no part of the title
    products = extraction.rows("erp", "product_costs")
    asked = {
        (row["month_starts_on"].strftime("%Y-%m"), row["sku"]): row["unit_cost"]
        for row in WORLD.table("erp", "product_costs").to_pylist()
    }
    assert all(
        float(row["单位成本（元）"].replace(",", "")) == float(asked[row["_source_file"][-12:-5], row["商品编码"]])
        for row in products
    )


def files_system(folder: str, **table: Any) -> FilesSystem:
    declared = {"file": "costs_*.csv", "description": "Costs.", "columns": ["编号", "费用"], **table}
    return FilesSystem.model_validate(
        {
            "kind": "files",
            "name": {"zh": "系统", "en": "System"},
            "folder": {"env": folder},
            "tables": {"costs": declared},
        }
    )


class TestDeliveries:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        made = tmp_path / "delivered"
        made.mkdir()
        monkeypatch.setenv("A_FOLDER", str(made))
        return made

    def rows(self, extraction: Extraction) -> list[tuple[Any, ...]]:
        names = ("编号", "费用", "_source_key")
        return [tuple(row[name] for name in names) for row in extraction.rows("files", "costs")]

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-8"])
    def test_several_files_with_titles_are_one_table(self, tmp_path: Path, folder: Path, encoding: str) -> None:
        for month, cost in (("01", "1,200.50"), ("02", "3")):
            (folder / f"costs_{month}.csv").write_bytes(
                f'费用表,\n月份：{month}\n编号,费用\r\nC{month},"{cost}"\n'.encode(encoding)
            )
        extraction = Extraction(tmp_path / "lake")
        system = files_system("A_FOLDER", title_rows=2, encoding=encoding.removesuffix("-sig"))
        extraction.run(files=system)
        assert self.rows(extraction) == [("C01", "1,200.50", "costs_01.csv:4"), ("C02", "3", "costs_02.csv:4")]

    def test_a_further_file_loads_all_and_one_that_is_gone_takes_its_rows_along(
        self, tmp_path: Path, folder: Path
    ) -> None:
        extraction, system = Extraction(tmp_path / "lake"), files_system("A_FOLDER")
        (folder / "costs_01.csv").write_text("编号,费用\nA,1\n", encoding="utf-8")
        first = extraction.run(files=system)["files", "costs"]
        (folder / "costs_02.csv").write_text("编号,费用,备注\nB,2,x\n", encoding="utf-8")
        second = extraction.run(files=system)["files", "costs"]
        assert second.extra_columns == ("备注",)
        assert [row[0] for row in self.rows(extraction)] == ["A", "B"]
        assert extraction.run(files=system)["files", "costs"] == second
        (folder / "costs_01.csv").unlink()
        extraction.run(files=system)
        assert [row[0] for row in self.rows(extraction)] == ["B"]
        assert len(extraction.rows("files", "costs", as_of=first.load_id)) == 1

    def test_a_renamed_file_is_loaded_under_its_new_name(self, tmp_path: Path, folder: Path) -> None:
        extraction, system = Extraction(tmp_path / "lake"), files_system("A_FOLDER")
        (folder / "costs_01.csv").write_text("编号,费用\nA,1\n", encoding="utf-8")
        extraction.run(files=system)
        (folder / "costs_01.csv").rename(folder / "costs_03.csv")
        extraction.run(files=system)
        assert [row[2] for row in self.rows(extraction)] == ["costs_03.csv:2"]

    def test_workbooks_with_titles_are_one_table(self, tmp_path: Path, folder: Path) -> None:
        for month in ("01", "02"):
            with xlsxwriter.Workbook(str(folder / f"costs_{month}.xlsx")) as book:
                sheet = book.add_worksheet("成本")
                book.add_worksheet("说明")
                title = [["费用表"], [f"月份：{month}"], ["编号", "费用"]]
                for at, row in enumerate([*title, ["A", 12], ["B", 0.1], ["C", "1,2"]]):
                    sheet.write_row(at, 0, row)
        extraction = Extraction(tmp_path / "lake")
        extraction.run(files=files_system("A_FOLDER", file="costs_*.xlsx", sheet="成本", title_rows=2))
        assert self.rows(extraction)[:3] == [
            ("A", "12", "costs_01.xlsx:4"),
            ("B", "0.1", "costs_01.xlsx:5"),
            ("C", "1,2", "costs_01.xlsx:6"),
        ]
        assert len(self.rows(extraction)) == 6

    def test_a_column_named_like_one_of_the_lake_is_refused(self, tmp_path: Path, folder: Path) -> None:
        (folder / "costs_01.csv").write_text("编号,费用,_source_key\nA,1,2\n", encoding="utf-8")
        with pytest.raises(SourceRefused, match="kept for the lake"):
            Extraction(tmp_path / "lake").run(files=files_system("A_FOLDER"))
