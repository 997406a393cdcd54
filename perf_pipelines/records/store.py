"""The company's records: what people have decided, append-only, in ``records.sqlite``."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, Table, create_engine, func, insert, inspect, select, text

from perf_pipelines.records.calibrations import Calibration, calibration_table
from perf_pipelines.records.waivers import Waiver, waiver_table

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Connection

_METADATA = MetaData()
_WAIVER = waiver_table(_METADATA)
_CALIBRATION = calibration_table(_METADATA)


class Records:
    """The records in ``folder``, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waive(self, waiver: Waiver) -> None:
        """Record it, with the moment (UTC)."""
        self._append(_WAIVER, vars(waiver) | {"recorded_at": _now()})

    def waivers(self) -> tuple[Waiver, ...]:
        """The newest waiver of each difference and its two values, in a fixed order."""
        names = ("measure", "occurred_on", "system_a", "system_b", "value_a", "value_b")
        newest = self._newest(_WAIVER, [_WAIVER.c[name] for name in names])
        return tuple(Waiver(**{name: row[name] for name in Waiver.__dataclass_fields__}) for row in newest)

    def calibrate(self, calibration: Calibration) -> None:
        """Record it."""
        self._append(_CALIBRATION, vars(calibration))

    def calibrations(self) -> tuple[Calibration, ...]:
        """The newest calibration of each period and employee, in a fixed order."""
        newest = self._newest(_CALIBRATION, [_CALIBRATION.c.period_id, _CALIBRATION.c.employee_id])
        return tuple(Calibration(**{name: row[name] for name in Calibration.__dataclass_fields__}) for row in newest)

    def _append(self, table: Table, values: dict[str, Any]) -> None:
        with self._connect() as connection:
            connection.execute(insert(table).values(**values))

    def _newest(self, table: Table, subject: Sequence[Column[Any]]) -> list[dict[str, Any]]:
        """Of the rows about the same subject the last that was recorded; nothing where there is no file."""
        if not self._file.exists():
            return []
        [number] = table.primary_key.columns
        last = select(func.max(number)).group_by(*subject)
        with self._connect() as connection:
            rows = connection.execute(select(table).where(number.in_(last)).order_by(*subject)).mappings()
            return [dict(row) for row in rows]

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


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _add_missing_columns(connection: Connection) -> None:
    """Columns that a file of an older version lacks; they are empty in its rows."""
    for table in _METADATA.sorted_tables:
        known = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                connection.execute(text(f"alter table {table.name} add column {column.name} {column.type}"))
