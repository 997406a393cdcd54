"""What is wrong in a sources.yaml is said with its line and field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perf_pipelines.documents import read_document
from perf_pipelines.errors import CompanyRefused
from perf_pipelines.sources.config import (
    Bearer,
    ClientCredentials,
    ColumnType,
    Deletions,
    FilesSystem,
    Incremental,
    RestSystem,
    Sources,
    SqlSystem,
    WholeTable,
)
from tests.unit.a_company import line_of, load, replaced, write_company

if TYPE_CHECKING:
    from pathlib import Path

    from perf_pipelines.errors import Problem

SOURCES = """\
systems:
  shop:
    kind: sql
    name: {zh: 店铺, en: Shop}
    url: {env: SHOP_URL}
    schema: public
    time_out: 20
    tables:
      orders:
        description: One row an order.
        table: orders_v2
        key: [id]
        columns:
          id: integer
          amount: number
          updated_at: timestamp
        load: {kind: incremental, cursor: updated_at, look_back: 2, deletions: by_key}
      campaigns:
        description: One row a campaign.
        key: [campaign_id, shop]
        columns: {campaign_id: text, shop: text}
        load: snapshot
  crm:
    kind: rest
    name: {zh: 客户, en: CRM}
    url: {env: CRM_URL}
    auth:
      kind: client_credentials
      token_path: oauth/token
      client_id: {env: CRM_ID}
      client_secret: {env: CRM_SECRET}
    retries: 2
    tables:
      tickets:
        description: One row a ticket.
        path: tickets
        total: total
        since: updated_since
        paging: {kind: offset, size: 100}
        key: [ticket]
        columns: {ticket: text, changed: timestamp}
        load: {kind: incremental, cursor: changed}
  live:
    kind: rest
    name: {zh: 直播, en: Live}
    url: {env: LIVE_URL}
    auth: {kind: bearer, token: {env: LIVE_TOKEN}}
    tables:
      streams:
        description: One row a stream.
        path: streams
        key: [stream_id]
        columns: {stream_id: text}
        load: snapshot
  erp:
    kind: files
    name: {zh: 财务, en: ERP}
    folder: {env: ERP_FOLDER}
    tables:
      costs:
        file: "costs_*.xlsx"
        sheet: 成本
        title_rows: 3
        description: One line a cost.
        columns: [编号, 费用]
"""


def written(tmp_path: Path, sources: str) -> Path:
    return write_company(tmp_path, sources=sources)


def problems_with(tmp_path: Path, old: str, new: str) -> list[Problem]:
    folder = written(tmp_path, replaced(SOURCES, old, new))
    with pytest.raises(CompanyRefused) as caught:
        load(folder)
    # the company around it knows none of these systems in its models; that is another matter
    return [problem for problem in caught.value.problems if problem.file == "companies/acme/sources.yaml"]


def test_one_that_is_in_order_is_read_with_what_it_leaves_out(tmp_path: Path) -> None:
    systems = read_document(written(tmp_path, SOURCES) / "sources.yaml").validated(Sources).systems
    shop, crm, live, erp = systems["shop"], systems["crm"], systems["live"], systems["erp"]
    assert isinstance(shop, SqlSystem)
    assert (shop.schema_, shop.time_out, shop.retries, shop.url.env) == ("public", 20, 3, "SHOP_URL")
    orders, campaigns = shop.tables["orders"], shop.tables["campaigns"]
    assert orders.load == Incremental(kind="incremental", cursor="updated_at", look_back=2, deletions=Deletions.BY_KEY)
    assert campaigns.load == WholeTable(kind="snapshot")
    assert orders.columns == {
        "id": ColumnType.INTEGER,
        "amount": ColumnType.NUMBER,
        "updated_at": ColumnType.TIMESTAMP,
    }
    assert (shop.place("orders"), shop.place("campaigns")) == ("public.orders_v2", "public.campaigns")
    assert isinstance(crm, RestSystem)
    assert isinstance(crm.auth, ClientCredentials)
    assert (crm.time_out, crm.retries, crm.tables["tickets"].paging.size) == (10, 2, 100)
    assert crm.tables["tickets"].load == Incremental(
        kind="incremental", cursor="changed", look_back=3, deletions=Deletions.IN_LOOK_BACK
    )
    assert isinstance(live, RestSystem)
    assert isinstance(live.auth, Bearer)
    assert (live.tables["streams"].rows, live.tables["streams"].paging.size) == ("data", 500)
    assert live.place("streams") == "$LIVE_URL/streams"
    assert isinstance(erp, FilesSystem)
    assert erp.place("costs") == "$ERP_FOLDER/costs_*.xlsx"


ORDERS = "systems.shop.tables.orders"
TICKETS = "systems.crm.tables.tickets"


@pytest.mark.parametrize(
    ("old", "new", "field", "says", "advises"),
    [
        ("kind: sql", "kind: sqll", "systems.shop.kind", "`sqll`", "sql"),
        ("kind: sql", "kind: graphql", "systems.shop.kind", "`graphql`", "files, rest, sql"),
        ("    kind: sql\n", "", "systems.shop", "`kind` is missing", "files, sql, rest"),
        ("url: {env: SHOP_URL}", "url: postgresql://x:secret@db/shop", "systems.shop.url", "environment", "env"),
        ("url: {env: SHOP_URL}", "url: {env: }", "systems.shop.url.env", "not text", ""),
        ("url: {env: SHOP_URL}", "url: {env: SHOP_URL, default: x}", "systems.shop.url.default", "not known", ""),
        ("url: {env: CRM_URL}", "url: http://crm.example/api", "systems.crm.url", "", "env"),
        ("    url: {env: CRM_URL}\n", "", "systems.crm.url", "missing", ""),
        ("schema: public", "schema: 7", "systems.shop.schema", "not text", ""),
        ("time_out: 20", "time_out: 0", "systems.shop.time_out", "out of range", "at least 1"),
        ("time_out: 20", "timeout: 20", "systems.shop.timeout", "not known", "time_out"),
        ("retries: 2", "retries: -1", "systems.crm.retries", "out of range", "at least 0"),
        ("retries: 2", "retries: 1.5", "systems.crm.retries", "`1.5` is no whole number", ""),
        ("kind: client_credentials", "kind: basic", "systems.crm.auth.kind", "`basic`", "bearer, client_credentials"),
        ("client_secret: {env: CRM_SECRET}", "client_secret: abc", "systems.crm.auth.client_secret", "", "env"),
        ("      token_path: oauth/token\n", "", "systems.crm.auth.token_path", "missing", ""),
        ("token: {env: LIVE_TOKEN}", "token: abc", "systems.live.auth.token", "", "env"),
        ("auth: {kind: bearer, token: {env: LIVE_TOKEN}}", "auth: bearer", "systems.live.auth", "not a block", "kind"),
        ("id: integer", "id: int", f"{ORDERS}.columns.id", "`int`", "integer"),
        ("amount: number", "amount: decimal", f"{ORDERS}.columns.amount", "`decimal`", "number"),
        ("key: [id]", "key: [order_id]", f"{ORDERS}.key[0]", "no declared column", "columns"),
        (
            "key: [campaign_id, shop]",
            "key: [campaign_id, shop_id]",
            "systems.shop.tables.campaigns.key[1]",
            "`shop_id` is no declared column",
            "",
        ),
        ("key: [id]", "key: []", f"{ORDERS}.key", "", ""),
        ("key: [id]", "key: id", f"{ORDERS}.key", "", "list"),
        ("key: [campaign_id, shop]", "key: [shop, shop]", "systems.shop.tables.campaigns.key[1]", "twice", ""),
        ("        key: [id]\n", "", f"{ORDERS}.key", "missing", ""),
        ("cursor: updated_at", "cursor: changed_at", f"{ORDERS}.load", "`changed_at` is no declared column", ""),
        ("cursor: updated_at", "cursor: amount", f"{ORDERS}.load", "of type number", "timestamp"),
        ("cursor: changed}", "look_back: 3}", f"{TICKETS}.load.cursor", "missing", ""),
        ("look_back: 2", "look_back: -1", f"{ORDERS}.load.look_back", "out of range", "at least 0"),
        ("deletions: by_key", "deletions: by_keys", f"{ORDERS}.load.deletions", "`by_keys`", "by_key"),
        ("{kind: incremental, cursor: changed}", "incremental", f"{TICKETS}.load.cursor", "missing", ""),
        ("{kind: incremental, cursor: changed}", "weekly", f"{TICKETS}.load", "`weekly`", "snapshot"),
        ("        load: {kind: incremental, cursor: changed}\n", "", f"{TICKETS}.load", "missing", ""),
        ("paging: {kind: offset, size: 100}", "paging: {kind: cursor}", f"{TICKETS}.paging.kind", "`cursor`", "offset"),
        ("size: 100", "size: 0", f"{TICKETS}.paging.size", "out of range", "at least 1"),
        ("        path: tickets\n", "", f"{TICKETS}.path", "missing", ""),
        ("since: updated_since", "sinse: updated_since", f"{TICKETS}.sinse", "not known", "since"),
        ("table: orders_v2", "path: orders", f"{ORDERS}.path", "not known", ""),
        ("folder: {env: ERP_FOLDER}", "folder: /srv/erp", "systems.erp.folder", "leaves the company's folder", ""),
        ("folder: {env: ERP_FOLDER}", "folder: 7", "systems.erp.folder", "not text", ""),
        ("title_rows: 3", "title_rows: -1", "systems.erp.tables.costs.title_rows", "out of range", "at least 0"),
        ("title_rows: 3", "title_rows: two", "systems.erp.tables.costs.title_rows", "not a number", ""),
        ("sheet: 成本", "sheet: 1", "systems.erp.tables.costs.sheet", "not text", "quotes"),
        ("sheet: 成本", "encoding: gbk18030", "systems.erp.tables.costs.encoding", "not a text encoding", "gb18030"),
        ("columns: [编号, 费用]", "columns: [编号, 编号]", "systems.erp.tables.costs.columns[1]", "twice", ""),
        ("      tickets:\n", "      Tickets:\n", "systems.crm.tables.Tickets", "id", ""),
    ],
)
def test_a_fault_is_said_with_its_line_and_field(
    tmp_path: Path, old: str, new: str, field: str, says: str, advises: str
) -> None:
    problems = problems_with(tmp_path, old, new)
    assert len(problems) == 1, "\n".join(map(str, problems))
    [problem] = problems
    assert problem.field == field
    assert says in problem.what
    assert advises in problem.todo or advises in problem.what, problem
    if new.strip():
        assert problem.line is not None
        first = line_of(SOURCES, old)
        assert first - 1 <= problem.line <= first + new.count("\n"), problem
    for word in ("Input should", "pydantic", "type=", "secret@"):
        assert word not in str(problem)


@pytest.mark.parametrize("name", ["", "1URL", "SHOP-URL", "SHOP=URL", "SHOP URL", "$SHOP_URL", "postgresql://a:b@c/d"])
def test_what_no_variable_can_be_called_is_refused_as_one(tmp_path: Path, name: str) -> None:
    [problem] = problems_with(tmp_path, "url: {env: SHOP_URL}", f"url: {{env: '{name}'}}")
    assert problem.field == "systems.shop.url.env"
    assert problem.line == line_of(SOURCES, "url: {env: SHOP_URL}")


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    sources = replaced(replaced(SOURCES, "id: integer", "id: int"), "size: 100", "size: 0")
    with pytest.raises(CompanyRefused) as caught:
        load(written(tmp_path, sources))
    assert {problem.field for problem in caught.value.problems if "sources.yaml" in str(problem.file)} == {
        f"{ORDERS}.columns.id",
        f"{TICKETS}.paging.size",
    }


def test_a_folder_is_a_path_or_a_variable(tmp_path: Path) -> None:
    problems = problems_with(tmp_path, "folder: {env: ERP_FOLDER}", "folder: {variable: ERP_FOLDER}")
    assert {problem.field for problem in problems} == {"systems.erp.folder.env", "systems.erp.folder.variable"}
    assert {problem.line for problem in problems} == {line_of(SOURCES, "folder: {env: ERP_FOLDER}")}


@pytest.mark.parametrize("at", ["url: {env: CRM_URL}", "client_secret: {env: CRM_SECRET}", "token: {env: LIVE_TOKEN}"])
@pytest.mark.parametrize("form", ["hunter2-hunter2", "{env: hunter2-hunter2}", "[hunter2-hunter2]"])
def test_a_secret_that_was_written_down_is_not_repeated(tmp_path: Path, at: str, form: str) -> None:
    [problem] = problems_with(tmp_path, at, f"{at.split(':')[0]}: {form}")
    assert "hunter2" not in str(problem)
