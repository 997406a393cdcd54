"""Where the records stand: a SQLite file a company, or one PostgreSQL database for all.

A file is written with a rollback journal and not with a write-ahead log, so that between two commands it is one file
with all that was recorded, and copying it copies the records. What a command has said to be recorded is on the disk.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from perf_pipelines.errors import Problem, RunFailed
from perf_pipelines.records.migrations import NEWEST, migrate, version_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy import Connection, Engine

_PATIENCE = 60
"""Seconds that a writer waits for another one."""

_MIGRATING = "perf-pipelines records: migration"
_OPENING = (
    "pragma foreign_keys = on",
    f"pragma busy_timeout = {_PATIENCE * 1000}",
    "pragma journal_mode = delete",
    # like full, and the folder is flushed too: the journal's disappearance is what commits
    "pragma synchronous = extra",
)


class Database:
    """The records of one company at ``url``; a file is made by the first writing, and its folder too."""

    def __init__(self, url: str, *, company_id: str) -> None:
        self.company_id = company_id
        self._url = make_url(url)
        self._is_file = self._url.get_backend_name() == "sqlite"
        self._is_newest = False
        self._held_engine: Engine | None = None

    @property
    def exists(self) -> bool:
        """Whether there is anything to read: not while no file has been made."""
        return not self._is_file or self._file.exists()

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A connection that sees the records as they were at one moment, however many queries are made."""
        with self._told():
            self._demand_newest()
            with self._engine.connect() as connection:
                if not self._is_file:
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """The one connection that writes this company's records; all of it is recorded at the end, or nothing."""
        if self._is_file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._told():
            self._demand_newest()
            with self._alone(f"perf-pipelines records: {self.company_id}") as connection:
                yield connection

    def _demand_newest(self) -> None:
        """Bring the tables into their newest form, unless they have it."""
        if self._is_newest and self.exists:  # a file may be moved away while this process lives
            return
        with self._engine.begin() as connection:
            version = version_of(connection)
        if version != NEWEST:
            with self._alone(_MIGRATING) as connection:
                migrate(connection, company_id=self.company_id)
        self._is_newest = True

    @contextmanager
    def _alone(self, what: str) -> Generator[Connection]:
        """A transaction during which no other of the same kind is under way."""
        with self._engine.execution_options(begins_writing=True).begin() as connection:
            if not self._is_file:
                number = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)
                connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": number})
            yield connection

    @property
    def _file(self) -> Path:
        return Path(self._url.database or "")

    @property
    def _engine(self) -> Engine:
        if self._held_engine is None:
            # no pool: a server may be started again between two commands of one process
            engine = create_engine(self._url, poolclass=NullPool)
            if self._is_file:
                event.listen(engine, "connect", _prepare_file)
                event.listen(engine, "begin", _begin_in_file)
            self._held_engine = engine
        return self._held_engine

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except DBAPIError as failed:
            where = self._url.render_as_string(hide_password=True)
            raise RunFailed(
                "the records cannot be read or written; what this command wanted to record is not recorded",
                [
                    Problem(
                        file=where,
                        what=" ".join(str(failed.orig).split()),
                        todo="see that the disk has room and the database is reachable, then give the command again",
                    )
                ],
            ) from failed


def _prepare_file(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_in_file`, and by nobody else
    for pragma in _OPENING:
        connection.execute(pragma)


def _begin_in_file(connection: Connection) -> None:
    # a writer that began as a reader would be refused, and not wait, when another one writes meanwhile
    writing = connection.get_execution_options().get("begins_writing")
    connection.exec_driver_sql("begin immediate" if writing else "begin")
