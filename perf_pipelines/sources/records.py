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
    of a formula its last value counts. :class:`SourceRefused` when it cannot be opened, the sheet is missing, or a cell
    holds an error or a formula that no program has calculated.
    """
    from openpyxl import load_workbook

    # opened here, because openpyxl leaves open what it was given as a path
    with source.location.open("rb") as file:
        try:
            rows = _rows(source, load_workbook(file, read_only=True, data_only=True))
            if any(_may_be_a_formula(cell) for row in rows for cell in row):
                _refuse_uncalculated(source, rows, _rows(source, load_workbook(file, read_only=True)))
        except (SourceRefused, OSError):
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
    """The columns' names and the rows of a Parquet file; numbers in their shortest form.

    :class:`SourceRefused`, also while the rows are read, when it is none or damaged.
    """
    return NumberedRecords(_parquet_rows(source))


def _parquet_rows(source: SourceFile) -> Iterator[list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    what = "it is no Parquet file"
    try:
        with pq.ParquetFile(source.location, page_checksum_verification=True) as file:
            what = "the Parquet file is damaged"
            yield list(file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                rows: list[dict[str, object]] = batch.to_pylist()
                yield from ([_text(value) for value in row.values()] for row in rows)
    except (pa.ArrowException, OSError, ValueError, ArithmeticError) as error:
        # a fault of the disk has a number, one of the content has none
        if isinstance(error, OSError) and error.errno is not None:
            raise
        said = " ".join(str(error).split())
        raise _refused(source, f"{what} ({said})", "have it delivered again") from error


def _rows(source: SourceFile, workbook: Any) -> list[list[Any]]:
    return [list(row) for row in _sheet(source, workbook).iter_rows()]


def _may_be_a_formula(cell: Any) -> bool:
    """Whether the cell stands in the sheet and has no value; one that is an empty text has the type `str`."""
    return cell.value is None and hasattr(cell, "row") and cell.data_type == "n"


def _refuse_uncalculated(source: SourceFile, values: list[list[Any]], formulas: list[list[Any]]) -> None:
    found = [
        formula
        for row, as_written in zip(values, formulas, strict=True)
        for cell, formula in zip(row, as_written, strict=True)
        if formula.data_type == "f" and _may_be_a_formula(cell)
    ]
    if found:
        others = f", and {len(found) - 1} others do" if len(found) > 1 else ""
        raise _refused(
            source,
            f"the cell {found[0].coordinate} holds a formula that was never calculated{others}",
            "open the workbook in a spreadsheet program and save it, or have its values written",
            line=int(found[0].row),
        )


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
