"""The simulated systems answer as real ones do, at a clock, and go wrong when told to."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import psycopg2
import pyarrow.compute as pc
import pytest
import requests
import sqlalchemy

from business_systems import Sizes, Systems, World, running
from business_systems.serving.clock import ClockRefused
from business_systems.serving.faults import FaultKind
from business_systems.serving.files import FileSystems, appears_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from business_systems.serving.http import HttpSystem

PROJECT = Path(__file__).resolve().parents[2]
SMALL = Sizes(orders=2_000)
SEPTEMBER = datetime(2025, 9, 2, 16, tzinfo=UTC)  # the 3rd begins in Shanghai


@pytest.fixture(scope="session")
def world() -> World:
    return World(sizes=SMALL)


@pytest.fixture(scope="session")
def systems(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    with running(world, folder=tmp_path_factory.mktemp("systems")) as started:
        yield started


@pytest.fixture(autouse=True)
def disarmed(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "systems" in request.fixturenames:
        for system in (started := request.getfixturevalue("systems")).crm, started.live, started.survey:
            system.clear()
            system.rate.per_second = 200


@dataclass
class Client:
    """A well-behaved reader of one HTTP system, which remembers what it was answered."""

    system: HttpSystem
    headers: dict[str, str]

    def get(self, resource: str, **query: Any) -> requests.Response:
        return requests.get(f"{self.system.url}/{resource}", params=query, headers=self.headers, timeout=5)

    def every_page(self, resource: str, **query: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while True:
            page = self.get(resource, offset=len(rows), limit=100, **query).json()
            rows += page["data"]
            if len(rows) >= page["total"] or not page["data"]:
                return rows


def token_of(systems: Systems, secret: str | None = None) -> requests.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": systems.environment["XX_CRM_CLIENT_ID"],
        "client_secret": secret or systems.environment["XX_CRM_CLIENT_SECRET"],
    }
    return requests.post(f"{systems.environment['XX_CRM_URL']}/oauth/token", data=form, timeout=5)


def client_of(systems: Systems, system: str) -> Client:
    if system == "crm":
        token = token_of(systems).json()["access_token"]
    else:
        token = systems.environment[f"XX_{system.upper()}_TOKEN"]
    return Client(getattr(systems, system), {"Authorization": f"Bearer {token}"})


@pytest.fixture
def crm(systems: Systems) -> Client:
    return client_of(systems, "crm")


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]


# Databases


@pytest.mark.parametrize("database", ["shop", "hris"])
def test_a_database_holds_every_row_with_its_type(systems: Systems, world: World, database: str) -> None:
    url = systems.environment[f"XX_{database.upper()}_URL"]
    for system, table in world.tables():
        if system == database:
            rows = world.table(system, table)
            assert ask(url, f"select count(*) from {table}") == [(rows.num_rows,)]
            first = rows.slice(0, 1).to_pylist()[0]
            key = rows.column_names[0]
            assert ask(url, f"select * from {table} where {key} = '{first[key]}'") == [tuple(first.values())]


def test_a_table_has_its_key_and_an_index_on_updated_at(systems: Systems) -> None:
    found = [sql for (sql,) in ask(systems.shop_url, "select indexdef from pg_indexes where tablename = 'orders'")]
    assert any("UNIQUE" in sql and "(id)" in sql for sql in found)
    assert any("(updated_at)" in sql for sql in found)


def test_sqlalchemy_takes_the_address(systems: Systems, world: World) -> None:
    engine = sqlalchemy.create_engine(systems.hris_url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        counted = connection.execute(sqlalchemy.text("select count(*) from employees")).scalar()
    assert counted == world.table("hris", "employees").num_rows


def test_the_shop_goes_down_and_comes_back_at_the_same_address(systems: Systems) -> None:
    before = ask(systems.shop_url, "select count(*) from orders")
    systems.shop_down()
    try:
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(systems.shop_url)
    finally:
        systems.shop_up()
    assert ask(systems.shop_url, "select count(*) from orders") == before


# HTTP systems


def test_every_resource_gives_every_row_once_in_order(systems: Systems, world: World) -> None:
    for system in ("crm", "live", "survey"):
        client = client_of(systems, system)
        for owner, table in world.tables():
            if owner == system:
                rows = world.table(system, table)
                key = rows.column_names[0]
                served = client.every_page(table)
                assert [list(row) for row in served[:1]] == [rows.column_names]
                assert sorted(row[key] for row in served) == sorted(rows[key].to_pylist())
                assert served == sorted(served, key=lambda row: (row["updated_at"], row[key]))


def test_values_are_what_json_has_for_them(crm: Client) -> None:
    owned = crm.get("ownership", limit=1).json()["data"][0]
    assert isinstance(owned["id"], int)
    assert isinstance(owned["share"], float)
    assert datetime.strptime(owned["valid_from"], "%Y-%m-%d")  # noqa: DTZ007
    assert owned["updated_at"].endswith("+00:00")
    assert datetime.fromisoformat(owned["updated_at"])


def test_updated_since_includes_its_moment(crm: Client) -> None:
    rows = crm.every_page("tickets")
    since = rows[len(rows) // 2]["updated_at"]
    page = crm.get("tickets", updated_since=since, limit=500).json()
    assert page["data"][0]["updated_at"] == since
    assert page["total"] == sum(row["updated_at"] >= since for row in rows)


@pytest.mark.parametrize("query", [{"limit": 501}, {"limit": 0}, {"offset": -1}, {"updated_since": "2025-01-01"}])
def test_a_question_that_makes_no_sense_is_a_bad_request(crm: Client, query: dict[str, Any]) -> None:
    assert crm.get("tickets", **query).status_code == 400


def test_nothing_is_told_without_a_token(systems: Systems) -> None:
    for system, resource in (("crm", "tickets"), ("live", "streams"), ("survey", "answers")):
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            assert Client(getattr(systems, system), headers).get(resource).status_code == 401


def test_a_wrong_secret_gets_no_token(systems: Systems) -> None:
    assert token_of(systems, secret="wrong").status_code == 401


def test_a_resource_that_is_not_there_is_not_found(crm: Client) -> None:
    assert crm.get("orders").status_code == 404


def test_above_the_rate_limit_the_client_is_told_to_wait(systems: Systems, crm: Client) -> None:
    systems.crm.rate.per_second = 3
    answers = [crm.get("voices", limit=1) for _ in range(8)]
    assert 429 in {answer.status_code for answer in answers}
    assert {answer.headers["Retry-After"] for answer in answers if answer.status_code == 429} == {"1"}


# Faults


def test_a_refused_connection_ends_without_an_answer(systems: Systems, crm: Client) -> None:
    systems.crm.fault("refuse")
    with pytest.raises(requests.ConnectionError):
        crm.get("tickets")
    assert crm.get("tickets").ok


def test_a_timeout_stops_in_the_middle_of_a_page(systems: Systems, crm: Client) -> None:
    systems.crm.fault(FaultKind.TIMEOUT)
    begun = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{systems.crm.url}/tickets", headers=crm.headers, timeout=0.3)
    assert 0.25 < time.monotonic() - begun < 2


@pytest.mark.parametrize(("kind", "status"), [("status_429", 429), ("status_500", 500)])
def test_a_status_comes_as_often_as_armed_after_as_many_requests(
    systems: Systems, crm: Client, kind: str, status: int
) -> None:
    systems.crm.fault(kind, times=2, resource="tickets", after=1)
    assert crm.get("voices").ok
    answers = [crm.get("tickets") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, status, status, 200]
    assert (answers[1].headers.get("Retry-After") == "1") == (status == 429)


def test_truncated_json_cannot_be_read(systems: Systems, crm: Client) -> None:
    systems.crm.fault("truncated_json")
    answer = crm.get("tickets")
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_an_expired_token_is_replaced_by_a_new_one(systems: Systems, crm: Client) -> None:
    systems.crm.fault("token_expires", after=1)
    assert [crm.get("tickets").status_code for _ in range(3)] == [200, 401, 401]
    assert client_of(systems, "crm").get("tickets").ok


def test_a_fixed_token_is_refused_once_and_then_taken_again(systems: Systems) -> None:
    systems.live.fault("token_expires")
    assert [client_of(systems, "live").get("streams").status_code for _ in range(2)] == [401, 200]


def test_the_same_page_comes_twice(systems: Systems, crm: Client) -> None:
    right = [crm.get("tickets", limit=50, offset=offset).json()["data"] for offset in (0, 50)]
    systems.crm.fault("same_page_twice")
    first, second, third = (crm.get("tickets", limit=50, offset=offset).json() for offset in (0, 50, 50))
    assert (second["data"], second["offset"]) == (first["data"], 50)
    assert third["data"] == right[1]


def test_shuffled_pages_have_every_row_once(systems: Systems, crm: Client) -> None:
    right = ids(crm.every_page("tickets"))
    systems.crm.fault("pages_shuffled")
    shuffled = ids(crm.every_page("tickets"))
    assert shuffled != right
    assert sorted(shuffled) == sorted(right)
    assert ids(crm.every_page("tickets")) == right


def test_the_cursor_goes_backwards(systems: Systems, crm: Client) -> None:
    rows = crm.every_page("tickets")
    since = rows[-20]["updated_at"]
    right = crm.every_page("tickets", updated_since=since)
    systems.crm.fault("cursor_backwards")
    assert crm.every_page("tickets", updated_since=since) == rows[-len(right) - 100 :]
    assert crm.every_page("tickets", updated_since=since) == right


def test_columns_are_renamed_added_and_retyped(systems: Systems, crm: Client) -> None:
    before = crm.get("ownership", limit=1).json()["data"][0]
    systems.crm.rename_column("employee_id", "staff_id", resource="ownership")
    systems.crm.add_column("region")
    systems.crm.retype_column("share")
    after = crm.get("ownership", limit=1).json()["data"][0]
    assert set(after) == set(before) - {"employee_id"} | {"staff_id", "region"}
    assert after["staff_id"] == before["employee_id"]
    assert {1.0: "one", 0.5: "zero point five"}[before["share"]] == after["share"]
    assert "employee_id" in crm.get("voices", limit=1).json()["data"][0]


def test_a_fault_of_no_resource_and_of_no_kind_is_refused(systems: Systems) -> None:
    with pytest.raises(ValueError, match="no resource 'orders'"):
        systems.crm.fault("refuse", resource="orders")
    with pytest.raises(ValueError, match="explode"):
        systems.crm.fault("explode")


# Files


def lines_of(path: Path, encoding: str) -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


def test_campaign_costs_are_gb18030_with_titles_and_thousands(systems: Systems, world: World) -> None:
    folder = Path(systems.environment["XX_ERP_FOLDER"])
    found = [lines_of(path, "gb18030") for path in sorted(folder.glob("campaign_costs_*.csv"))]
    assert all(lines[2] == ["活动编号", "活动名称", "日期", "费用（元）"] for lines in found)
    assert sum(len(lines) - 3 for lines in found) == world.table("erp", "campaign_costs").num_rows
    with pytest.raises(UnicodeDecodeError):
        (folder / "campaign_costs_2025-01.csv").read_text(encoding="utf-8")


def test_daily_sales_are_utf8_with_a_byte_order_mark(systems: Systems, world: World) -> None:
    path = Path(systems.environment["XX_ERP_FOLDER"]) / "sales_daily_2025-01.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = lines_of(path, "utf-8-sig")
    assert lines[2] == ["日期", "订单数", "销售额（元）"]
    booked = {row["day"]: row for row in world.table("erp", "sales_daily").to_pylist()}
    assert lines[3:] == [
        [str(day), str(row["orders"]), str(row["revenue"])]
        for day, row in booked.items()
        if f"{day:%Y-%m}" == "2025-01"
    ]


def test_a_month_s_sales_are_written_when_its_books_are_closed_and_anew_when_an_order_comes_late(
    world: World, tmp_path: Path
) -> None:
    bookings = world.table("erp", "sales_daily").to_pylist()
    late = next(row for row in bookings if row["updated_at"] > appears_at(row["day"].replace(day=1)))
    path = tmp_path / "erp" / f"sales_daily_{late['day']:%Y-%m}.csv"
    files = FileSystems(world, tmp_path)

    def booked(at: datetime) -> int:
        files.write(at)
        return next(int(line[1]) for line in lines_of(path, "utf-8-sig")[3:] if line[0] == str(late["day"]))

    files.write(appears_at(late["day"].replace(day=1)) - timedelta(seconds=1))
    assert not path.exists()
    before = booked(late["updated_at"] - timedelta(seconds=1))
    assert booked(late["updated_at"]) == before + 1 == late["orders"]


def test_product_costs_are_a_sheet_of_numbers_and_texts(systems: Systems, world: World) -> None:
    book = openpyxl.load_workbook(Path(systems.environment["XX_ERP_FOLDER"]) / "product_costs_2025-01.xlsx")
    rows = list(book["成本"].iter_rows(values_only=True))
    assert rows[2] == ("商品编码", "商品名称", "单位成本（元）")
    known = world.table("erp", "product_costs")
    january = known.filter(pc.equal(known["month_starts_on"], date(2025, 1, 1)))["unit_cost"].to_pylist()
    assert [float(str(row[2]).replace(",", "")) for row in rows[3:]] == [float(cost) for cost in january]
    assert {type(row[2]) for row in rows[3:]} >= {str}
    assert {type(row[2]) for row in rows[3:]} & {int, float}


def test_learning_and_notes_are_whole_tables(systems: Systems, world: World) -> None:
    learning = Path(systems.environment["XX_LEARNING_FOLDER"])
    assert (learning / "courses.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert lines_of(learning / "courses.csv", "utf-8-sig")[0] == ["course_id", "name_zh", "name_en", "competency_id"]
    enrolled = lines_of(learning / "enrolments.csv", "utf-8-sig")
    assert len(enrolled) == 1 + world.table("learning", "enrolments").num_rows
    notes = lines_of(Path(systems.environment["XX_FORMS_FOLDER"]) / "progress_notes.csv", "utf-8")
    assert notes[0] == ["note_id", "employee_id", "written_at", "text"]


# Clock


def test_the_clock_hides_what_is_not_known_and_shows_it_later(world: World, tmp_path: Path) -> None:
    def known(system: str, table: str, at: datetime) -> int:
        return sum(moment <= at for moment in world.table(system, table)["updated_at"].to_pylist())

    with running(world, folder=tmp_path, clock=datetime(2025, 9, 1, tzinfo=UTC)) as systems:
        crm, erp = client_of(systems, "crm"), tmp_path / "erp"

        def assert_all_stand_at(at: datetime) -> None:
            assert ask(systems.shop_url, "select count(*) from orders") == [(known("shop", "orders", at),)]
            assert ask(systems.hris_url, "select count(*) from attendance") == [(known("hris", "attendance", at),)]
            assert crm.get("tickets").json()["total"] == known("crm", "tickets", at)

        assert_all_stand_at(datetime(2025, 9, 1, tzinfo=UTC))
        assert (erp / "sales_daily_2025-07.csv").exists()
        assert not (erp / "sales_daily_2025-08.csv").exists()

        written = (erp / "sales_daily_2025-07.csv").stat().st_mtime_ns
        systems.advance(SEPTEMBER)
        assert_all_stand_at(SEPTEMBER)
        assert (erp / "sales_daily_2025-08.csv").exists()
        assert (erp / "sales_daily_2025-07.csv").stat().st_mtime_ns == written
        with pytest.raises(ClockRefused, match="cannot go back"):
            systems.advance(datetime(2025, 8, 1, tzinfo=UTC))

        ask(systems.shop_url, "alter table orders rename channel to source")
        ask(systems.shop_url, "alter table orders add region text")
        late = (
            world.table("shop", "orders")
            .filter(pc.greater(world.table("shop", "orders")["updated_at"], datetime(2025, 10, 1, tzinfo=UTC)))["id"]
            .to_pylist()[0]
        )
        systems.delete("orders", late)
        ticket = crm.get("tickets", limit=1).json()["data"][0]["id"]
        systems.delete("crm.tickets", ticket)
        systems.advance(datetime(2026, 2, 1, tzinfo=UTC))
        assert ask(systems.shop_url, "select count(*) from orders") == [(world.table("shop", "orders").num_rows - 1,)]
        assert ask(systems.shop_url, f"select * from orders where id = {late}") == []
        assert ticket not in ids(crm.every_page("tickets"))


# Command line


def command(*words: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "business_systems", *words],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_run_passes_the_variables_and_the_exit_code(tmp_path: Path) -> None:
    started = command("run", "--orders", "2000", "--state", str(tmp_path), "--", "sh", "-c", "env; exit 7")
    out, _ = started.communicate(timeout=60)
    assert started.returncode == 7
    variables = dict(line.split("=", 1) for line in out.splitlines() if line.startswith("XX_"))
    assert len(variables) == 12
    assert variables["XX_ERP_FOLDER"] == str(tmp_path / "erp")
    assert (tmp_path / "truth.json").read_text(encoding="utf-8").startswith("{")
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(variables["XX_SHOP_URL"])


def test_a_signal_to_run_reaches_the_command() -> None:
    started = command("run", "--orders", "2000", "--", "sh", "-c", "kill -TERM $PPID; exec sleep 30")
    started.communicate(timeout=20)
    assert started.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_prints_the_variables_and_leaves_nothing_behind(number: signal.Signals) -> None:
    serving = command("serve", "--orders", "2000", env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert serving.stdout is not None
    exported = [serving.stdout.readline() for _ in range(12)]
    assert all(line.startswith("export XX_") for line in exported)
    shop = exported[0].removeprefix("export XX_SHOP_URL=").strip()
    assert ask(shop, "select 1") == [(1,)]
    serving.send_signal(number)
    assert serving.wait(timeout=30) == 0
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(shop)
