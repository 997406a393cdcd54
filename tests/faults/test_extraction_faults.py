"""Whatever goes wrong while systems are read: the lake ends as if nothing had, or stays as it was and is not silent.

Each fault meets a lake that knows nothing, and one that knows the systems as they stood some months before.
"""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from openpyxl import load_workbook

from business_systems import Sizes, World, running
from perf_pipelines.errors import SourceRefused
from perf_pipelines.sources.columns import lacked
from perf_pipelines.sources.config import ColumnType
from tests.pipeline.extracting import SYSTEMS as DECLARED
from tests.pipeline.extracting import Extraction, only, with_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from business_systems import Systems
    from perf_pipelines.errors import Problem
    from tests.pipeline.extracting import Content

EARLY = datetime(2025, 7, 1, tzinfo=UTC)
LATE = datetime(2026, 2, 1, tzinfo=UTC)
SECRETS = ("XX_CRM_CLIENT_SECRET", "XX_LIVE_TOKEN", "XX_SURVEY_TOKEN")
PASSWORD = "hunter2-hunter2"

SYSTEMS = {
    "shop": only(DECLARED["shop"], "orders", "refunds", "campaigns"),
    "hris": only(DECLARED["hris"], "departments"),
    "crm": only(DECLARED["crm"], "tickets", "voices", "ownership"),
    "live": DECLARED["live"],
    "erp": DECLARED["erp"],
    "forms": DECLARED["forms"],
}
"""Of every kind of system and table some, so that the tests are quick."""


@dataclass(frozen=True)
class Running:
    """Running systems, a lake of how they were, and what an undisturbed extraction reads of them now."""

    systems: Systems
    environment: dict[str, str]
    early: Extraction
    undisturbed: Content

    def of(self, *systems: str) -> Content:
        return {key: rows for key, rows in self.undisturbed.items() if key[0] in systems}


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("extraction")
    with (
        running(World(seed=1, sizes=Sizes(orders=400)), folder=root / "systems", clock=EARLY) as systems,
        pytest.MonkeyPatch.context() as patch,
    ):
        # the server does not look at the password, so it may be one that is found in a message
        environment = {
            name: value.replace(":postgres@", f":{PASSWORD}@") for name, value in systems.environment.items()
        }
        for name, value in environment.items():
            patch.setenv(name, value)
        early = Extraction(root / "early")
        early.run(**SYSTEMS)
        systems.advance(LATE)
        late = Extraction(root / "late")
        late.run(**SYSTEMS)
        yield Running(systems, environment, early, late.content())


@pytest.fixture(params=["a new lake", pytest.param("a lake of before", marks=pytest.mark.slow)])
def extraction(request: pytest.FixtureRequest, now: Running, tmp_path: Path) -> Iterator[Extraction]:
    """A lake before the fault; afterwards the systems are in order again."""
    made = Extraction(tmp_path) if request.param == "a new lake" else now.early.copied(tmp_path)
    yield made
    for service in (now.systems.crm, now.systems.live):
        service.clear()


@pytest.fixture
def known(now: Running, tmp_path: Path) -> Iterator[Extraction]:
    """A lake of before, where it makes no difference what the lake knows."""
    yield now.early.copied(tmp_path)
    for service in (now.systems.crm, now.systems.live):
        service.clear()


@pytest.fixture
def files(now: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the ERP's folder, to break."""
    folder = tmp_path / "broken" / "erp"
    shutil.copytree(now.environment["XX_ERP_FOLDER"], folder)
    monkeypatch.setenv("XX_ERP_FOLDER", str(folder))
    return folder


def refused(extraction: Extraction, now: Running, **systems: Any) -> tuple[Problem, ...]:
    """The problems with which an extraction is refused; the lake is as it was, and no secret is told."""
    before = extraction.bytes_of_the_lake()
    with pytest.raises(SourceRefused) as caught:
        extraction.run(**systems)
    assert extraction.bytes_of_the_lake() == before
    said = str(caught.value)
    assert not [secret for secret in (PASSWORD, *(now.environment[name] for name in SECRETS)) if secret in said]
    assert all(problem.where and problem.what and problem.todo for problem in caught.value.problems)
    return caught.value.problems


def the_one_refusal(extraction: Extraction, now: Running, **systems: Any) -> Problem:
    [problem] = refused(extraction, now, **systems)
    return problem


@contextmanager
def altered(url: str, statement: str, back: str) -> Iterator[None]:
    """A change of the database that is taken back."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            try:
                yield
            finally:
                cursor.execute(back)


PASSING = [
    "refuse",
    "timeout",
    "status_429",
    "status_500",
    "truncated_json",
    "token_expires",
    "same_page_twice",
    "pages_shuffled",
    "cursor_backwards",
]


@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_that_passes_leaves_no_trace(now: Running, extraction: Extraction, kind: str) -> None:
    after = 0 if kind in {"pages_shuffled", "cursor_backwards"} else 2
    now.systems.crm.fault(kind, resource="tickets", after=after)
    now.systems.live.fault(kind, resource="streams", after=after)
    requests = now.systems.crm.requests
    extraction.run(crm=only(SYSTEMS["crm"], "tickets"), live=SYSTEMS["live"])
    assert now.systems.crm.requests > requests + 3, "the fault was not met"
    there = extraction.content("crm", "live")
    for key in (("crm", "tickets"), ("live", "streams")):
        assert there[key] == now.undisturbed[key]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("refuse", "no usable answer from"),
        ("timeout", "no usable answer from"),
        ("status_429", "429 Too Many Requests from"),
        ("status_500", "500 Internal Server Error from"),
        ("truncated_json", "no usable answer from"),
        ("token_expires", "401 Unauthorized from"),
        ("same_page_twice", "the service says there are"),
    ],
)
def test_a_fault_that_stays_is_told_and_the_lake_is_as_it_was(
    now: Running, known: Extraction, kind: str, says: str
) -> None:
    now.systems.crm.fault(kind, resource="tickets", after=2, times=1000)
    problem = the_one_refusal(known, now, crm=only(SYSTEMS["crm"], "voices", "tickets"))
    assert problem.field == "crm.tickets"
    assert says in problem.what
    now.systems.crm.clear()
    known.run(crm=only(SYSTEMS["crm"], "tickets"))
    assert known.content("crm")["crm", "tickets"] == now.undisturbed["crm", "tickets"]


@pytest.mark.parametrize("kind", ["refuse", "timeout", "status_500", "truncated_json"])
def test_a_token_that_cannot_be_had_is_told_as_soon_as_rows_are(now: Running, known: Extraction, kind: str) -> None:
    now.systems.crm.fault(kind, resource="oauth/token", times=1000)
    begun = time.monotonic()
    problem = the_one_refusal(known, now, crm=only(SYSTEMS["crm"], "tickets"))
    assert problem.field == "crm.tickets"
    assert time.monotonic() - begun < 8, "the system's own time_out and retries do not count for its token"


def test_a_token_that_cannot_be_had_at_once_is_asked_for_again(now: Running, extraction: Extraction) -> None:
    now.systems.crm.fault("status_500", resource="oauth/token")
    extraction.run(crm=only(SYSTEMS["crm"], "tickets"))
    assert extraction.content("crm")["crm", "tickets"] == now.undisturbed["crm", "tickets"]


def test_a_token_that_lives_for_a_moment_is_renewed(
    now: Running, known: Extraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(now.systems.crm.door, "seconds", 0.05)
    known.run(crm=only(SYSTEMS["crm"], "tickets"))
    assert known.content("crm")["crm", "tickets"] == now.undisturbed["crm", "tickets"]


def test_a_rate_limit_is_kept_to(now: Running, known: Extraction, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(now.systems.crm.rate, "per_second", 10)
    known.run(crm=only(SYSTEMS["crm"], "tickets"))
    assert known.content("crm")["crm", "tickets"] == now.undisturbed["crm", "tickets"]


@pytest.mark.parametrize(
    ("name", "field"),
    [("XX_LIVE_TOKEN", "live.streams"), ("XX_CRM_CLIENT_SECRET", "crm.tickets")],
)
def test_a_wrong_secret_is_told_without_it(
    now: Running, known: Extraction, monkeypatch: pytest.MonkeyPatch, name: str, field: str
) -> None:
    monkeypatch.setenv(name, PASSWORD)
    system, table = field.split(".")
    problem = the_one_refusal(known, now, **{system: only(SYSTEMS[system], table)})
    assert problem.field == field
    assert "401 Unauthorized" in problem.what


@pytest.mark.parametrize(
    ("name", "value", "system"),
    [
        ("XX_CRM_URL", f"http://somebody:{PASSWORD}@127.0.0.1:1/crm", "crm"),
        ("XX_CRM_URL", f"nonsense:{PASSWORD}", "crm"),
        ("XX_SHOP_URL", f"postgresql://somebody:{PASSWORD}@127.0.0.1:1/shop", "shop"),
        ("XX_SHOP_URL", f"nonsense:{PASSWORD}", "shop"),
        ("XX_SHOP_URL", f"unheard-of://somebody:{PASSWORD}@127.0.0.1/shop", "shop"),
    ],
)
def test_an_address_at_which_nobody_is_is_told_without_its_password(
    now: Running, known: Extraction, monkeypatch: pytest.MonkeyPatch, name: str, value: str, system: str
) -> None:
    monkeypatch.setenv(name, value)
    table = {"crm": "tickets", "shop": "orders"}[system]
    problem = the_one_refusal(known, now, **{system: only(SYSTEMS[system], table)})
    assert problem.field == f"{system}.{table}"


@pytest.mark.parametrize(
    "name",
    [
        "XX_SHOP_URL",
        "XX_HRIS_URL",
        "XX_CRM_URL",
        "XX_CRM_CLIENT_ID",
        "XX_CRM_CLIENT_SECRET",
        "XX_LIVE_TOKEN",
        "XX_ERP_FOLDER",
        "XX_FORMS_FOLDER",
    ],
)
def test_a_missing_variable_is_named(
    now: Running, known: Extraction, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    system = name.split("_")[1].lower()
    problem = the_one_refusal(known, now, **{system: SYSTEMS[system]})
    assert problem.field is not None
    assert problem.field.startswith(f"systems.{system}.")
    assert name in problem.what


class TestColumnsOfAService:
    def test_a_renamed_column_is_refused_and_its_new_name_is_guessed(
        self, now: Running, extraction: Extraction
    ) -> None:
        now.systems.crm.rename_column("handler_id", "handled_by_id", "tickets")
        problem = the_one_refusal(extraction, now, crm=SYSTEMS["crm"])
        assert problem.field == "crm.tickets.handler_id"
        assert "renamed to `handled_by_id`?" in problem.what

    @pytest.mark.parametrize("column", ["id", "updated_at"])
    def test_a_renamed_key_or_cursor_is_refused_as_one(self, now: Running, known: Extraction, column: str) -> None:
        now.systems.crm.rename_column(column, f"{column}_2", "tickets")
        problem = the_one_refusal(known, now, crm=SYSTEMS["crm"])
        assert problem.field == f"crm.tickets.{column}"
        assert f"renamed to `{column}_2`?" in problem.what

    def test_a_new_column_is_kept_and_said(self, now: Running, extraction: Extraction) -> None:
        now.systems.live.add_column("kind")
        snapshot = extraction.run(live=SYSTEMS["live"])["live", "streams"]
        assert snapshot.extra_columns == ("kind",)
        rows = extraction.content("live")["live", "streams"]
        assert {tuple(pair for pair in row if pair[0] != "kind") for row in rows} == now.undisturbed["live", "streams"]
        assert ("kind", "new") in {pair for row in rows for pair in row}

    def test_a_retyped_column_is_refused_with_a_value(self, now: Running, extraction: Extraction) -> None:
        now.systems.live.retype_column("new_viewers")
        problem = the_one_refusal(extraction, now, live=SYSTEMS["live"])
        assert problem.field == "live.streams.new_viewers"
        assert "are no integer, like `" in problem.what
        assert problem.row

    def test_a_retyped_key_is_refused(self, now: Running, known: Extraction) -> None:
        now.systems.crm.retype_column("id", "voices")
        assert the_one_refusal(known, now, crm=SYSTEMS["crm"]).field == "crm.voices.id"

    @pytest.mark.parametrize("name", ["Handler_ID", "_source_key", "_dlt_load_id", "_deleted", "it's"])
    def test_a_new_column_that_the_lake_cannot_keep_is_refused(
        self, now: Running, known: Extraction, name: str
    ) -> None:
        now.systems.crm.add_column(name, "tickets")
        assert the_one_refusal(known, now, crm=SYSTEMS["crm"]).field == f"crm.tickets.{name}"


class TestDatabase:
    def test_one_that_is_down_is_told_for_each_table_and_comes_back(self, now: Running, extraction: Extraction) -> None:
        now.systems.shop_down()
        try:
            problems = refused(extraction, now, shop=SYSTEMS["shop"])
        finally:
            now.systems.shop_up()
        assert {problem.field for problem in problems} == {f"shop.{table}" for table in SYSTEMS["shop"].tables}
        assert all("the database does not answer" in problem.what for problem in problems)
        extraction.run(shop=SYSTEMS["shop"])
        assert extraction.content("shop") == now.of("shop")

    def test_one_that_comes_up_late_is_waited_for(self, now: Running, known: Extraction) -> None:
        now.systems.shop_down()
        starting = threading.Timer(1, now.systems.shop_up)
        starting.start()
        shop = only(SYSTEMS["shop"], "orders").model_copy(update={"retries": 6})
        try:
            known.run(shop=shop)
        finally:
            starting.join()
            now.systems.shop_up()
        assert known.content("shop")["shop", "orders"] == now.undisturbed["shop", "orders"]

    def test_a_statement_that_takes_too_long_is_told(self, now: Running, extraction: Extraction) -> None:
        with closing(psycopg2.connect(now.systems.shop_url)) as other, other.cursor() as cursor:
            cursor.execute("lock table orders in access exclusive mode")
            problem = the_one_refusal(extraction, now, shop=only(SYSTEMS["shop"], "orders"))
        assert problem.field == "shop.orders"
        assert "timeout" in problem.what

    @pytest.mark.parametrize(
        ("statement", "back", "field", "says"),
        [
            ("rename column amount to total_amount", "rename column total_amount to amount", "amount", "total_amount"),
            ("rename column id to order_id", "rename column order_id to id", "id", "missing"),
            ("rename column updated_at to changed_at", "rename column changed_at to updated_at", "updated_at", "?"),
            ("alter amount type text", "alter amount type numeric(18, 2) using amount::numeric", "amount", "text"),
            ("alter is_test type text", "alter is_test type boolean using is_test::boolean", "is_test", "boolean"),
            ("alter id type numeric", "alter id type bigint", "id", "integer"),
        ],
    )
    def test_a_column_that_is_lost_or_retyped_is_refused(
        self, now: Running, known: Extraction, statement: str, back: str, field: str, says: str
    ) -> None:
        with altered(now.systems.shop_url, f"alter table orders {statement}", f"alter table orders {back}"):
            problem = the_one_refusal(known, now, shop=only(SYSTEMS["shop"], "refunds", "orders"))
        assert problem.field == f"shop.orders.{field}"
        assert says in problem.what

    def test_a_table_that_is_gone_is_refused(self, now: Running, known: Extraction) -> None:
        with altered(
            now.systems.shop_url, "alter table refunds rename to returns", "alter table returns rename to refunds"
        ):
            problem = the_one_refusal(known, now, shop=only(SYSTEMS["shop"], "refunds"))
        assert (problem.field, problem.what) == ("shop.refunds", "there is no such table")

    @pytest.mark.parametrize(
        "type_",
        [
            "text default 'new'",
            "jsonb default '{\"a\": 1}'",
            "text[] default '{a}'",
            "inet default '::1'",
            "uuid default gen_random_uuid()",
            "interval default '1 day'",
            "point default '(1,2)'",
        ],
    )
    def test_a_new_column_is_kept_and_said(self, now: Running, known: Extraction, type_: str) -> None:
        with altered(
            now.systems.shop_url, f"alter table refunds add extra {type_}", "alter table refunds drop column extra"
        ):
            snapshot = known.run(shop=only(SYSTEMS["shop"], "refunds"))["shop", "refunds"]
        assert snapshot.extra_columns == ("extra",)
        rows = known.content("shop")["shop", "refunds"]
        assert {tuple(pair for pair in row if pair[0] != "extra") for row in rows} == now.undisturbed["shop", "refunds"]
        assert len({value for row in rows for name, value in row if name == "extra" and value is not None}) >= 1

    @pytest.mark.parametrize("noticed", [True, False])
    def test_a_new_column_is_empty_in_older_rows_until_it_is_declared(
        self, now: Running, known: Extraction, noticed: bool
    ) -> None:
        before = known.lake.snapshots()["shop", "refunds"]
        refunds = only(SYSTEMS["shop"], "refunds")
        columns = {**refunds.tables["refunds"].columns, "extra": ColumnType.TEXT}
        declared = with_table(refunds, "refunds", columns=columns)
        with altered(
            now.systems.shop_url,
            "alter table refunds add extra text default 'new'",
            "alter table refunds drop column extra",
        ):
            if noticed:
                added = known.run(shop=refunds)["shop", "refunds"]
                assert lacked(added, added.columns) == {"extra": before.load_id}
                assert {row["extra"] for row in known.rows("shop", "refunds")} == {None, "new"}
            begun = known.run(shop=declared)["shop", "refunds"]
            assert (begun.begins_anew, lacked(begun, begun.columns)) == (True, {})
            assert {row["extra"] for row in known.rows("shop", "refunds")} == {"new"}
            assert known.run(shop=declared)["shop", "refunds"] == begun

    @pytest.mark.parametrize("column", ["id", "updated_at"])
    def test_a_row_without_its_key_or_cursor_is_refused(
        self, now: Running, extraction: Extraction, column: str
    ) -> None:
        url = now.systems.shop_url
        with (
            altered(
                url,
                "alter table refunds drop constraint refunds_pkey; alter table refunds alter id drop not null",
                "alter table refunds add primary key (id)",
            ),
            altered(
                url,
                "create table kept as table refunds;"
                f" update refunds set {column} = null where id = (select min(id) from refunds)",
                "truncate refunds; insert into refunds table kept; drop table kept",
            ),
        ):
            problem = the_one_refusal(extraction, now, shop=only(SYSTEMS["shop"], "refunds"))
        assert problem.field == f"shop.refunds.{column}"


class TestFiles:
    @pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"PK\x03\x04" + b"\0" * 400])
    def test_a_workbook_that_is_none_is_refused(
        self, now: Running, known: Extraction, files: Path, content: bytes
    ) -> None:
        (files / "product_costs_2025-05.xlsx").write_bytes(content)
        problem = the_one_refusal(known, now, erp=SYSTEMS["erp"])
        assert problem.file == "broken/erp/product_costs_2025-05.xlsx"

    def test_a_workbook_that_breaks_off_is_refused(self, now: Running, known: Extraction, files: Path) -> None:
        path = files / "product_costs_2025-05.xlsx"
        path.write_bytes(path.read_bytes()[:-300])
        problem = the_one_refusal(known, now, erp=SYSTEMS["erp"])
        assert problem.file == "broken/erp/product_costs_2025-05.xlsx"
        assert "cannot be read" in problem.what

    def test_a_renamed_sheet_is_refused(self, now: Running, known: Extraction, files: Path) -> None:
        path = files / "product_costs_2025-05.xlsx"
        workbook = load_workbook(path)
        workbook["成本"].title = "成本（新）"
        workbook.save(path)
        problem = the_one_refusal(known, now, erp=SYSTEMS["erp"])
        assert problem.file == "broken/erp/product_costs_2025-05.xlsx"
        assert "the sheet `成本` is missing; there are 成本（新）" in problem.what

    def test_a_cell_with_an_error_is_refused_by_name(self, now: Running, known: Extraction, files: Path) -> None:
        path = files / "product_costs_2025-05.xlsx"
        workbook = load_workbook(path)
        workbook["成本"]["C7"] = "#DIV/0!"
        workbook.save(path)
        problem = the_one_refusal(known, now, erp=SYSTEMS["erp"])
        assert (problem.file, problem.line) == ("broken/erp/product_costs_2025-05.xlsx", 7)
        assert "the cell C7 holds the error #DIV/0!" in problem.what

    def test_a_renamed_column_of_a_sheet_is_refused(self, now: Running, known: Extraction, files: Path) -> None:
        path = files / "product_costs_2025-05.xlsx"
        workbook = load_workbook(path)
        workbook["成本"]["C3"] = "单位成本"
        workbook.save(path)
        problem = the_one_refusal(known, now, erp=SYSTEMS["erp"])
        assert (problem.line, problem.field) == (3, "单位成本（元）")
        assert "renamed to `单位成本`?" in problem.what

    def test_no_file_of_a_table_is_refused(self, now: Running, known: Extraction, files: Path) -> None:
        for path in files.glob("sales_daily_*.csv"):
            path.unlink()
        problem = the_one_refusal(known, now, erp=SYSTEMS["erp"])
        assert problem.file == "erp/sales_daily_*.csv"

    def test_an_undisturbed_copy_is_read_alike(self, now: Running, extraction: Extraction, files: Path) -> None:
        extraction.run(erp=SYSTEMS["erp"])
        assert extraction.content("erp") == now.of("erp")
