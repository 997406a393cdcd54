"""Workbooks and Parquet files as records of text, as a delimited text file gives them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Protocol

from perf_pipelines.errors import SourceRefused
from perf_pipelines.fields import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perf_pipelines.sources.files import SourceFile

_ROWS_AT_ONCE = 10_000


class Records(Protocol):
    """Records one by one."""

    @property
    def line_num(self) -> int:
        """The line of the file, from 1, on which the last one ended."""
        ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class NumberedRecords:
    """Records of which each is a line."""

    def __init__(self, records: Iterable[list[str]]) -> None:
        self._records = iter(records)
        self.line_num = 0

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        record = next(self._records)
        self.line_num += 1
        return record


def workbook_records(source: SourceFile) -> Records:
    """The rows of a sheet of an .xlsx workbook, from the first on: the declared sheet, or the only one.

    Whole numbers are written without a decimal point, other numbers in their shortest form, days as 2025-01-31;
    of a formula its last value counts. :class:`SourceRefused` when it cannot be opened, the sheet is missing or a cell
    holds an error.
    """
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(source.location, read_only=True, data_only=True)
        sheet = _sheet(source, workbook)
        rows = [list(row) for row in sheet.iter_rows()]
    except SourceRefused:
        raise
    except OSError:
        raise
    except Exception as error:  # openpyxl raises whatever its XML and ZIP readers raise
        raise _refused(
            source, f"the workbook cannot be read ({type(error).__name__}: {error})", "save it again as .xlsx"
        ) from error
    wide = max((len(row) for row in rows), default=0)
    records = [[_cell(source, cell) for cell in row] + [""] * (wide - len(row)) for row in rows]
    # columns and rows that somebody once formatted and left blank belong to nothing
    filled = max((at + 1 for record in records for at, text in enumerate(record) if text), default=0)
    while records and not any(records[-1]):
        records.pop()
    return NumberedRecords([record[:filled] for record in records])


def parquet_records(source: SourceFile) -> Records:
    """The columns' names and the rows of a Parquet file; numbers in their shortest form."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source.location)
    except pa.ArrowInvalid as error:
        raise _refused(source, f"it is no Parquet file ({error})", "have it delivered again") from error

    def records() -> Iterator[list[str]]:
        yield list(file.schema_arrow.names)
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
            rows: list[dict[str, object]] = batch.to_pylist()
            yield from ([_text(value) for value in row.values()] for row in rows)

    return NumberedRecords(records())


def _sheet(source: SourceFile, workbook: Any) -> Any:
    names: list[str] = workbook.sheetnames
    wanted = source.table.sheet
    if wanted is None and len(names) == 1:
        return workbook[names[0]]
    if wanted not in names:
        listed = ", ".join(names)
        if wanted is None:
            raise _refused(source, f"the workbook has {len(names)} sheets: {listed}", "write `sheet:` in sources.yaml")
        raise _refused(
            source, f"the sheet {shown(wanted)} is missing; there are {listed}", "name it so again, or mend `sheet`"
        )
    return workbook[wanted]


def _cell(source: SourceFile, cell: Any) -> str:
    if getattr(cell, "data_type", None) == "e":
        raise _refused(
            source,
            f"the cell {cell.coordinate} holds the error {cell.value}",
            "mend its formula, then save the workbook again",
            line=int(cell.row),
        )
    return _text(cell.value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() and value.tzinfo is None else value.isoformat(" ")
    return str(value)


def _refused(source: SourceFile, what: str, todo: str, *, line: int | None = None) -> SourceRefused:
    return SourceRefused(f"{source.shown} cannot be loaded", [source.problem(what, todo, line=line)])
