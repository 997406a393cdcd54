"""The lake keeps what was loaded, shows what was completed, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from perf_pipelines.errors import RunFailed, SourceRefused
from perf_pipelines.sources.config import FilesSystem
from perf_pipelines.sources.extract import extract_system
from perf_pipelines.sources.lake import Lake, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = "order_id,amount\n1,10\n2,20\n"
SHOPS = "shop,city\nA,北京\n"


@dataclass(frozen=True)
class Shop:
    """A company with two files, and its lake."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "companies" / "acme"

    @property
    def lake(self) -> Lake:
        return Lake(self.root / "state" / "lake")

    def write(self, file: str, content: str) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        (self.folder / "data" / file).write_text(content, encoding="utf-8")

    def extract(self, **orders: Any) -> dict[str, Snapshot]:
        snapshots = extract_system(
            company_folder=self.folder,
            company_id="acme",
            system_id="erp",
            system=system(**orders),
            lake=self.lake,
            state_dir=self.root / "state" / "extraction",
        )
        return {snapshot.table: snapshot for snapshot in snapshots}

    def extract_in_a_process(self, *, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """The same in a Python process of its own, after the statements ``before``."""
        script = (
            f"{before}\n"
            "import sys\n"
            "from pathlib import Path\n"
            "from perf_pipelines.sources.config import FilesSystem\n"
            "from perf_pipelines.sources.extract import extract_system\n"
            "from perf_pipelines.sources.lake import Lake\n"
            "root = Path(sys.argv[1])\n"
            "extract_system(company_folder=root / 'companies' / 'acme', company_id='acme', system_id='erp',\n"
            "    system=FilesSystem.model_validate_json(sys.argv[2]), lake=Lake(root / 'state' / 'lake'),\n"
            "    state_dir=root / 'state' / 'extraction')\n"
            "print('dlt' in sys.modules)\n"
        )
        return subprocess.run(
            [sys.executable, "-c", script, str(self.root), system().model_dump_json()],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def bytes_of_the_lake(self) -> dict[str, bytes]:
        root = self.lake.root
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def system(**orders: Any) -> FilesSystem:
    return FilesSystem.model_validate(
        {
            "kind": "files",
            "name": {"zh": "系统", "en": "System"},
            "folder": "data",
            "tables": {
                "orders": {
                    "file": "orders.csv",
                    "description": "Orders.",
                    "columns": ["order_id", "amount"],
                    "may_be_empty": True,
                    **orders,
                },
                "shops": {"file": "shops.csv", "description": "Shops.", "columns": ["shop", "city"]},
            },
        }
    )


def rows(lake: Lake, snapshot: Snapshot, columns: str = "*") -> list[tuple[Any, ...]]:
    return duckdb.sql(f"select {columns} from ({lake.relation_sql(snapshot)}) order by _source_row").fetchall()


def orders(lake: Lake, as_of: str | None = None) -> list[tuple[Any, ...]]:
    return rows(lake, lake.snapshots(as_of)["erp", "orders"], "order_id, amount")


def dies_when_opening(part: str) -> str:
    """Statements after which the process is gone at once when it opens a file for writing below a folder ``part``."""
    return (
        "import os, sys\n"
        "def hook(event, arguments):\n"
        "    if event == 'open' and isinstance(arguments[0], (str, bytes)):\n"
        "        path, mode = os.fsdecode(arguments[0]), str(arguments[1] or '')\n"
        f"        if '/lake/raw/erp/{part}/' in path and ('w' in mode or 'x' in mode):\n"
        "            os._exit(99)\n"
        "sys.addaudithook(hook)\n"
    )


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.write("orders.csv", ORDERS)
    made.write("shops.csv", SHOPS)
    return made


def test_an_empty_lake_has_no_snapshots_and_no_loads(tmp_path: Path) -> None:
    assert Lake(tmp_path / "nowhere").snapshots() == {}
    assert Lake(tmp_path / "nowhere").loads() == []


def test_the_first_extraction_brings_every_row_in_one_load(shop: Shop) -> None:
    snapshots = shop.extract()
    [load] = shop.lake.loads()
    assert (load.system, load.rows, sorted(load.tables)) == ("erp", 3, ["orders", "shops"])
    assert shop.lake.snapshots() == {("erp", table): snapshot for table, snapshot in snapshots.items()}
    assert rows(shop.lake, snapshots["orders"]) == [
        ("1", "10", "data/orders.csv", 2, "data/orders.csv:2", load.load_id),
        ("2", "20", "data/orders.csv", 3, "data/orders.csv:3", load.load_id),
    ]
    assert rows(shop.lake, snapshots["shops"]) == [("A", "北京", "data/shops.csv", 2, "data/shops.csv:2", load.load_id)]
    assert (snapshots["orders"].columns, snapshots["orders"].source_file) == (("order_id", "amount"), "data/orders.csv")


def test_an_unchanged_file_makes_no_new_load_and_does_not_even_start_dlt(shop: Shop) -> None:
    first = shop.extract()
    before = shop.bytes_of_the_lake()
    assert shop.extract() == first
    again = shop.extract_in_a_process()
    assert (again.returncode, again.stdout.strip()) == (0, "False"), again.stderr
    assert shop.bytes_of_the_lake() == before


def test_a_changed_file_makes_a_load_of_its_own_and_the_old_one_can_be_read_again(shop: Shop) -> None:
    first = shop.extract()
    shop.write("orders.csv", ORDERS + "3,30\n")
    second = shop.extract()
    assert second["shops"] == first["shops"]
    assert orders(shop.lake) == [("1", "10"), ("2", "20"), ("3", "30")]
    assert orders(shop.lake, first["orders"].load_id) == [("1", "10"), ("2", "20")]
    assert orders(shop.lake, second["orders"].load_id) == orders(shop.lake)
    assert [(load.load_id, load.tables, load.rows) for load in shop.lake.loads()] == [
        (second["orders"].load_id, ("orders",), 3),
        (first["orders"].load_id, ("orders", "shops"), 3),
    ]


def test_a_file_that_is_changed_back_is_loaded_again(shop: Shop) -> None:
    for content in (ORDERS, "order_id,amount\n9,9\n", ORDERS):
        shop.write("orders.csv", content)
        shop.extract()
    assert len(shop.lake.loads()) == 3
    assert orders(shop.lake) == [("1", "10"), ("2", "20")]


def test_other_reader_settings_load_the_same_file_again(shop: Shop) -> None:
    shop.extract()
    assert shop.extract(columns=["amount", "order_id"])["orders"].columns == ("amount", "order_id")
    assert len(shop.lake.loads()) == 2


@pytest.mark.parametrize("as_of", ["1.5", "yesterday", "NaN"])
def test_an_unknown_load_is_refused_and_the_newest_are_named(shop: Shop, as_of: str) -> None:
    known = shop.extract()["orders"].load_id
    with pytest.raises(SourceRefused, match=known):
        shop.lake.snapshots(as_of)


def test_load_ids_are_compared_as_numbers(shop: Shop) -> None:
    first = shop.extract()["orders"].load_id
    longer = f"1{first}"
    for path in sorted(shop.lake.root.rglob(f"*{first}*")):
        if "_dlt_version" not in path.parts:
            copy = path.with_name(path.name.replace(first, longer))
            copy.write_bytes(
                path.read_bytes().replace(first.encode(), longer.encode())
                if ".jsonl" in path.name
                else path.read_bytes()
            )
    assert shop.lake.snapshots()["erp", "orders"].load_id == longer
    assert shop.lake.snapshots(first)["erp", "orders"].load_id == first


def test_a_load_without_its_completion_record_is_invisible(shop: Shop) -> None:
    first = shop.extract()["orders"].load_id
    shop.write("orders.csv", ORDERS + "3,30\n")
    second = shop.extract()["orders"].load_id
    [record] = shop.lake.root.rglob(f"_dlt_loads/*{second}.jsonl")
    complete = record.read_text()
    for broken in ("", complete[:20], json.dumps({**json.loads(complete), "status": 1})):
        record.write_text(broken)
        assert shop.lake.snapshots()["erp", "orders"].load_id == first
        assert [load.load_id for load in shop.lake.loads()] == [first]
        with pytest.raises(SourceRefused):
            shop.lake.snapshots(second)


@pytest.mark.parametrize("moment", ["orders", "shops", "lake_snapshot", "_dlt_loads"])
def test_a_process_killed_while_it_loads_leaves_nothing_to_see_and_the_next_run_loads_once(
    shop: Shop, moment: str
) -> None:
    killed = shop.extract_in_a_process(before=dies_when_opening(moment))
    assert killed.returncode == 99, killed.stderr
    assert shop.lake.snapshots() == {}
    shop.extract()
    assert len(shop.lake.loads()) == 1
    assert orders(shop.lake) == [("1", "10"), ("2", "20")]


def test_a_process_killed_in_a_later_load_leaves_the_earlier_one_current(shop: Shop) -> None:
    first = shop.extract()
    shop.write("orders.csv", ORDERS + "3,30\n")
    assert shop.extract_in_a_process(before=dies_when_opening("_dlt_loads")).returncode == 99
    assert shop.lake.snapshots()["erp", "orders"] == first["orders"]
    shop.extract()
    assert len(shop.lake.loads()) == 2
    assert orders(shop.lake) == [("1", "10"), ("2", "20"), ("3", "30")]


def test_a_refused_file_leaves_the_lake_as_it_was_though_another_has_changed(shop: Shop) -> None:
    shop.extract()
    before = shop.bytes_of_the_lake()
    shop.write("orders.csv", ORDERS + "3,30\n")
    shop.write("shops.csv", "shop\nA\n")
    with pytest.raises(SourceRefused):
        shop.extract()
    assert shop.bytes_of_the_lake() == before


def test_no_file_at_all_is_refused_and_a_table_without_rows_where_that_is_declared(shop: Shop) -> None:
    with pytest.raises(SourceRefused, match="no file has such a name"):
        shop.extract(file="orders_*.csv", may_be_empty=False)
    first = shop.extract(file="orders_*.csv")
    assert (first["orders"].rows, first["orders"].columns) == (0, ("order_id", "amount"))
    assert rows(shop.lake, first["orders"]) == []
    assert shop.extract(file="orders_*.csv") == first
    shop.write("orders_1.csv", ORDERS)
    assert shop.extract(file="orders_*.csv")["orders"].rows == 2


def test_the_problems_of_all_files_are_told_at_once(shop: Shop) -> None:
    shop.write("orders.csv", "order_id,amount\n1\n")
    (shop.folder / "data" / "shops.csv").unlink()
    with pytest.raises(SourceRefused) as refused:
        shop.extract()
    assert [(problem.file, problem.line) for problem in refused.value.problems] == [
        ("companies/acme/data/orders.csv", 2),
        ("companies/acme/data/shops.csv", None),
    ]
    assert not shop.lake.root.exists()


def test_columns_may_come_and_go_and_every_load_is_read_with_its_own(shop: Shop) -> None:
    loads: list[str] = []
    for content in (ORDERS, "order_id,Amount (¥.),amount,客户's\n1,,10,王\n", "amount,order_id\n10,1\n"):
        shop.write("orders.csv", content)
        loads.append(shop.extract()["orders"].load_id)
    read = [duckdb.sql(shop.lake.relation_sql(shop.lake.snapshots(load)["erp", "orders"])) for load in loads]
    own = ["_source_file", "_source_row", "_source_key", "_dlt_load_id"]
    assert [relation.columns for relation in read] == [
        ["order_id", "amount", *own],
        ["order_id", "amount", "Amount (¥.)", "客户_s", *own],
        ["order_id", "amount", *own],
    ]
    assert [relation.fetchall()[0][:-4] for relation in read] == [("1", "10"), ("1", "10", None, "王"), ("1", "10")]
    [last] = shop.lake.snapshots()["erp", "orders"].files
    written = duckdb.sql("select * from read_parquet($1)", params=[str(last)]).columns
    assert sorted(written) == sorted(["order_id", "amount", "_source_file", "_source_row", "_dlt_load_id"])
    assert shop.lake.snapshots(loads[1])["erp", "orders"].extra_columns == ("Amount (¥.)", "客户_s")


def test_a_column_without_any_value_is_text_in_the_parquet_too(shop: Shop) -> None:
    shop.write("orders.csv", "order_id,amount\n1,\n2,\n")
    [file] = shop.extract()["orders"].files
    types = dict(duckdb.sql("select name, type from parquet_schema($1)", params=[str(file)]).fetchall())
    assert types["amount"] == "BYTE_ARRAY"
    assert rows(shop.lake, shop.extract()["orders"], "amount, typeof(amount)") == [(None, "VARCHAR")] * 2


def test_an_empty_table_hides_its_earlier_rows_and_keeps_its_columns(shop: Shop) -> None:
    first = shop.extract()["orders"]
    shop.write("orders.csv", "order_id,amount\n")
    empty = shop.extract()["orders"]
    assert (empty.rows, empty.files) == (0, ())
    relation = duckdb.sql(shop.lake.relation_sql(empty))
    full = duckdb.sql(shop.lake.relation_sql(first))
    assert relation.fetchall() == []
    assert (relation.columns, relation.types) == (full.columns, full.types)
    assert len(shop.lake.loads()) == 2
    assert shop.extract()["orders"] == empty
    assert orders(shop.lake, first.load_id) == [("1", "10"), ("2", "20")]


def test_a_row_knows_its_load_and_the_line_it_starts_on(shop: Shop) -> None:
    shop.write("orders.csv", 'order_id,amount\n1,"1\n0"\n2,20\n')
    snapshot = shop.extract()["orders"]
    assert rows(shop.lake, snapshot, "order_id, _source_row, _dlt_load_id") == [
        ("1", 2, snapshot.load_id),
        ("2", 4, snapshot.load_id),
    ]


def test_files_that_are_gone_from_the_lake_are_not_passed_over(shop: Shop) -> None:
    shop.extract()["orders"].files[0].unlink()
    with pytest.raises(RunFailed, match=r"erp\.orders"):
        shop.lake.snapshots()


@pytest.mark.parametrize("name", ["it's", 'a "b" c', "性能 评估", "[x] *?", "period=2017-03", "#1"])
def test_the_lake_may_lie_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    shop = Shop(tmp_path / name)
    shop.write("orders.csv", ORDERS)
    shop.write("shops.csv", SHOPS)
    shop.extract()
    shop.write("orders.csv", "order_id,amount\n1,10\n")
    snapshot = shop.extract()["orders"]
    assert rows(shop.lake, snapshot) == [("1", "10", "data/orders.csv", 2, "data/orders.csv:2", snapshot.load_id)]


def test_a_folder_that_dlt_cannot_write_into_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "100 %")
    shop.write("orders.csv", ORDERS)
    shop.write("shops.csv", SHOPS)
    with pytest.raises(RunFailed, match="percent sign"):
        shop.extract()


def test_a_lake_that_cannot_be_written_is_told_and_the_next_run_loads_once(shop: Shop) -> None:
    shop.lake.raw.mkdir(parents=True)
    (shop.lake.raw / "erp").write_text("a file where the folder should be")
    with pytest.raises(RunFailed, match="erp was not loaded"):
        shop.extract()
    (shop.lake.raw / "erp").unlink()
    shop.extract()
    assert len(shop.lake.loads()) == 1


def test_a_load_follows_no_environment_and_calls_nobody(shop: Shop) -> None:
    listening = (
        "import sys\n"
        "sys.addaudithook(lambda event, arguments: print(event, arguments, flush=True)\n"
        "    if event in {'socket.connect', 'socket.getaddrinfo'} else None)\n"
    )
    done = shop.extract_in_a_process(
        before=listening,
        RUNTIME__DLTHUB_TELEMETRY="true",
        RUNTIME__LOG_LEVEL="DEBUG",
        SCHEMA__NAMING="sql_ci_v1",
        NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID="false",
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "True", "")
    assert orders(shop.lake) == [("1", "10"), ("2", "20")]
