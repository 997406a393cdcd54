"""Services with ways of their own: page limits that they do not tell, moments written in every manner, long waits."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from perf_pipelines.errors import SourceRefused
from perf_pipelines.sources.config import RestSystem
from perf_pipelines.sources.extract import extract_system
from perf_pipelines.sources.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perf_pipelines.sources.lake import Snapshot

Row = dict[str, Any]


class Service(ThreadingHTTPServer):
    """A service that gives ``most`` rows a page, and at first the ``errors`` (status, headers)."""

    daemon_threads = True

    def __init__(self, rows: list[Row], *, most: int, errors: list[tuple[int, dict[str, str]]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.rows, self.most, self.errors = rows, most, errors
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.errors:
            status, headers = self.server.errors.pop(0)
            self.answer(status, {}, headers)
            return
        asked = {name: int(found[0]) for name, found in parse_qs(urlsplit(self.path).query).items()}
        first, count = asked["offset"], min(asked["limit"], self.server.most)
        self.answer(200, {"data": self.server.rows[first : first + count], "total": len(self.server.rows)}, {})

    def answer(self, status: int, document: Any, headers: dict[str, str]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def service(
    rows: list[Row], *, most: int = 100, errors: list[tuple[int, dict[str, str]]] | None = None
) -> Iterator[Service]:
    with Service(rows, most=most, errors=errors or []) as made:
        threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield made
        finally:
            made.shutdown()


def extract(made: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **table: Any) -> Snapshot:
    monkeypatch.setenv("A_URL", f"http://127.0.0.1:{made.server_port}")
    declared = {
        "description": "Events.",
        "path": "events",
        "key": ["id"],
        "columns": {"id": "integer", "at": "timestamp"},
        "load": {"kind": "incremental", "cursor": "at"},
        "paging": {"kind": "offset", "size": 10},
        **table,
    }
    system = RestSystem.model_validate(
        {
            "kind": "rest",
            "name": {"zh": "服务", "en": "Service"},
            "url": {"env": "A_URL"},
            "retries": 1,
            "tables": {"events": declared},
        }
    )
    [snapshot] = extract_system(
        company_folder=tmp_path,
        company_id="acme",
        system_id="service",
        system=system,
        lake=Lake(tmp_path / "lake"),
        state_dir=tmp_path / "state",
    )
    return snapshot


def read(tmp_path: Path) -> list[tuple[Any, ...]]:
    lake = Lake(tmp_path / "lake")
    query = lake.relation_sql(lake.snapshots()["service", "events"])
    return duckdb.sql(f'select id, "at" from ({query}) order by cast(id as bigint)').fetchall()


EVENTS = [{"id": number, "at": "2025-01-01T00:00:00Z"} for number in range(25)]


@pytest.mark.parametrize("total", ["total", None])
@pytest.mark.parametrize("most", [3, 10, 100])
def test_a_service_that_gives_fewer_rows_a_page_than_asked_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, total: str | None
) -> None:
    with service(EVENTS, most=most) as made:
        assert extract(made, tmp_path, monkeypatch, total=total).rows == len(EVENTS)
    assert [row[0] for row in read(tmp_path)] == [str(event["id"]) for event in EVENTS]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2025-01-31T16:00:00Z", "2025-01-31 16:00:00+00"),
        ("2025-02-01T00:00:00+08:00", "2025-01-31 16:00:00+00"),
        ("2025-01-31T16:00:00", "2025-01-31 16:00:00+00"),
        ("2025-01-31", "2025-01-31 00:00:00+00"),
        ("20250131T160000Z", "2025-01-31 16:00:00+00"),
        ("2025-01-31T16", "2025-01-31 16:00:00+00"),
        ("2025-W05-5T16:00Z", "2025-01-31 16:00:00+00"),
        ("2025-01-31T16:00:00,250Z", "2025-01-31 16:00:00.25+00"),
        ("2025-01-31T16:00:00.123456789Z", "2025-01-31 16:00:00.123456+00"),
    ],
)
def test_a_moment_is_kept_alike_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, kept: str
) -> None:
    with service([{"id": 1, "at": written}]) as made:
        extract(made, tmp_path, monkeypatch)
    assert read(tmp_path) == [("1", kept)]


@pytest.mark.parametrize("written", ["yesterday", "31.01.2025", "2025-01-32", "0001-01-01T00:00:00+08:00", ""])
def test_a_moment_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    with service([{"id": 1, "at": written}]) as made, pytest.raises(SourceRefused, match="are no timestamp"):
        extract(made, tmp_path, monkeypatch)


def test_a_service_that_asks_for_a_wait_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    with service(EVENTS, errors=[(429, {"Retry-After": "60"})]) as made:
        assert extract(made, tmp_path, monkeypatch).rows == len(EVENTS)
    assert waited == [60]
