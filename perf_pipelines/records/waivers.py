"""Waivers: a difference between two systems that somebody lets pass, by name and with a reason.

Append-only, in ``records.sqlite`` of the company's records. A waiver is not taken back but followed by another; the
newest of a difference counts.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Column, Date, DateTime, Integer, MetaData, Table, Text, create_engine, insert, select

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
)


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """The difference of ``measure`` between two systems on a day, let pass by somebody for a reason."""

    measure: str
    occurred_on: date
    system_a: str
    system_b: str
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
        """The newest waiver of each difference, in a fixed order."""
        if not self._file.exists():
            return ()
        with self._connect() as connection:
            rows = connection.execute(select(_WAIVER).order_by(_WAIVER.c.waiver_id)).mappings().all()
        newest = {
            (row["measure"], row["occurred_on"], row["system_a"], row["system_b"]): Waiver(
                **{name: row[name] for name in Waiver.__dataclass_fields__}
            )
            for row in rows
        }
        return tuple(newest[key] for key in sorted(newest))

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
                yield connection
        finally:
            engine.dispose()
