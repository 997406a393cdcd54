"""Dagster's event log in SQLite, with its files kept open."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager

import sqlalchemy as db
from dagster import _check as check
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import event
from sqlalchemy.pool import QueuePool

_KEPT_OPEN = 4
"""Files of which the connection is kept: the index, the run that is being written, and those last looked at."""


class KeptOpenSqliteEventLogStorage(SqliteEventLogStorage):
    """Dagster's own storage, and its own files; a plain ``SqliteEventLogStorage`` reads and writes them too.

    Dagster's opens and closes the file for each event. Here the connection is kept, which makes a run's events three
    times as cheap, and SQLite does not wait for the disk at each of them (``synchronous = normal``, safe in WAL mode).
    A power cut may lose the last events of a run's log, and nothing that people have decided.

    Events that Dagster hands over together, as those of all partitions of an asset, are one transaction: all of them
    are kept or none. Dagster does so where ``DAGSTER_EVENT_BATCH_SIZE`` is set (:mod:`perf_pipelines.defs.instance`).
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, db.Engine] = OrderedDict()
        self._together: dict[str, db.Connection] = {}
        self._stack = ExitStack()
        self._writer: int | None = None  # the thread that stores events together, which holds the lock
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: SqliteStorageConfig
    ) -> KeptOpenSqliteEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Generator[db.Connection]:
        check.str_param(shard, "shard")
        if self._writer == threading.get_ident():
            if shard not in self._together:
                self._together[shard] = self._stack.enter_context(self._transaction(shard))
            yield self._together[shard]
            return
        with self._db_lock, self._transaction(shard) as connection:
            yield connection

    @contextmanager
    def _transaction(self, shard: str) -> Generator[db.Connection]:
        engine = self._engine(shard)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        with engine.connect() as connection, connection.begin():
            yield connection

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        with self._db_lock, ExitStack() as self._stack:
            self._writer = threading.get_ident()
            try:
                super().store_event_batch(events)
            finally:
                self._writer = None
                self._together.clear()

    def _engine(self, shard: str) -> db.Engine:
        if shard not in self._engines:
            self._engines[shard] = self._opened(shard)
        self._engines.move_to_end(shard)
        while len(self._engines) > _KEPT_OPEN:
            _, oldest = self._engines.popitem(last=False)
            oldest.dispose()
        return self._engines[shard]

    def _opened(self, shard: str) -> db.Engine:
        engine = db.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=-1,  # while a file is set up, it is opened twice
            # one thread at a time uses it, which the lock sees to
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )

        def set_up(connection: sqlite3.Connection, _: object) -> None:
            connection.execute("pragma synchronous = normal")

        event.listen(engine, "connect", set_up)
        return engine

    def wipe(self) -> None:
        self._let_go()  # the files are deleted
        super().wipe()

    def dispose(self) -> None:
        self._let_go()
        super().dispose()

    def _let_go(self) -> None:
        with self._db_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()
