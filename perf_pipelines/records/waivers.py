"""Waivers: a difference between two systems that somebody lets pass, by name and with a reason.

Append-only, in ``records.sqlite`` of the company's records. A waiver holds for the two values that the last run
read, and is not taken back but followed by another; the newest of a difference and its two values counts.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    func,
    insert,
    inspect,
    select,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from sqlalchemy import Connection

_METADATA = MetaData()

_WAIVER = Table(
    "waiver",
    _METADATA,
    Column("waiver_id", Integer, primary_key=True),
    Column("measure", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("system_a", Text, nullable=False),
    Column("system_b", Text, nullable=False),
    Column("waived_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    Column("value_a", Text),
    Column("value_b", Text),
)

_ADDED = (_WAIVER.c.value_a, _WAIVER.c.value_b)
"""Columns that a file of an older version lacks; they are empty in its rows."""

_DIFFERENCE = tuple(
    _WAIVER.c[name] for name in ("measure", "occurred_on", "system_a", "system_b", "value_a", "value_b")
)


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """The difference of ``measure`` between two systems on a day, let pass by somebody for a reason.

    It holds while the systems say ``value_a`` and ``value_b``: decimals as gate 1 writes them, ``null`` where a system
    said nothing. A waiver of an older version has ``None`` for both and holds for nothing.
    """

    measure: str
    occurred_on: date
    system_a: str
    value_a: str | None
    system_b: str
    value_b: str | None
    waived_by: str
    reason: str


class Records:
    """The records in ``folder``, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waive(self, waiver: Waiver) -> None:
        """Record it, with the moment (UTC)."""
        with self._connect() as connection:
            recorded_at = datetime.now(UTC).replace(tzinfo=None)
            connection.execute(insert(_WAIVER).values(**vars(waiver), recorded_at=recorded_at))

    def waivers(self) -> tuple[Waiver, ...]:
        """The newest waiver of each difference and its two values, in a fixed order."""
        if not self._file.exists():
            return ()
        newest = select(func.max(_WAIVER.c.waiver_id)).group_by(*_DIFFERENCE)
        waivers = select(*(_WAIVER.c[name] for name in Waiver.__dataclass_fields__))
        with self._connect() as connection:
            rows = connection.execute(waivers.where(_WAIVER.c.waiver_id.in_(newest)).order_by(*_DIFFERENCE)).mappings()
            return tuple(Waiver(**row) for row in rows)

    @property
    def _file(self) -> Path:
        return self._folder / "records.sqlite"

    @contextmanager
    def _connect(self) -> Generator[Connection]:
        self._folder.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{self._file}")
        try:
            with engine.begin() as connection:
                _METADATA.create_all(connection)
                _add_missing_columns(connection)
                yield connection
        finally:
            engine.dispose()


def _add_missing_columns(connection: Connection) -> None:
    known = {column["name"] for column in inspect(connection).get_columns(_WAIVER.name)}
    for column in _ADDED:
        if column.name not in known:
            connection.execute(text(f"alter table {_WAIVER.name} add column {column.name} {column.type}"))
