"""A payroll file read back, also after somebody opened and saved it: other line ends, delimiter, encoding, order."""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from perf_pipelines.errors import Problem
from perf_pipelines.payroll.cells import Mark, amount, decimal_mark
from perf_pipelines.payroll.files import COLUMNS, LINES_SHEET, TOTAL, TOTALS_SHEET, checksum, checksum_file
from perf_pipelines.payroll.lines import PayrollRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_DELIMITERS = ",;\t"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NEEDED = ("reference", "employee_id", "kind", "amount", "currency")


@dataclass(frozen=True, kw_only=True)
class ReadLine:
    """A line as it stands in the file; ``amount`` is ``None`` where ``amount_written`` is no number.

    ``row`` is where it stands: the line of a text file, the row of a sheet. ``company_id``, ``period_id`` and
    ``revision`` are empty where the file has no such column.
    """

    row: int
    reference: str
    employee_id: str
    kind: str
    currency: str
    amount: Decimal | None
    amount_written: str
    company_id: str = ""
    period_id: str = ""
    revision: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadTotal:
    """A control total as it stands in the file; ``None`` where what is written is no number."""

    row: int
    currency: str
    lines: int | None
    amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """What a payroll file says; ``as_exported`` is whether its bytes have the checksum beside it, if there is one."""

    lines: tuple[ReadLine, ...]
    totals: tuple[ReadTotal, ...]
    as_exported: bool | None


def read(path: Path) -> ReadFile:
    """Read a payroll file; :class:`PayrollRefused` when it cannot be read or lacks a column."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"the file cannot be read ({error.strerror})", "say where it is") from error
    sheets, likely = _workbook(path, content) if path.suffix.lower() == ".xlsx" else _text(path, content)
    lines = _named(path, sheets[0])
    totals = [row for row in lines if row["reference"] == TOTAL]
    if len(sheets) > 1:
        totals += [row | {"line": row.get("lines", "")} for row in _by_heading(sheets[1], _TOTAL_NAMES)]
    mark = decimal_mark([row["amount"] for row in (*lines, *totals) if row["amount"]], likely=likely)
    return ReadFile(
        lines=tuple(_line(row, mark) for row in lines if row["reference"] != TOTAL),
        totals=tuple(_total(row, mark) for row in totals),
        as_exported=_as_exported(path, content),
    )


_Cells = dict[str, str]
_Numbered = list[tuple[int, list[str]]]
_LINE_NAMES = {column.name: column.en for column in COLUMNS}
_TOTAL_NAMES = {"currency": "Currency", "lines": "Lines", "amount": "Sum of amounts"}


def _named(path: Path, rows: _Numbered) -> list[_Cells]:
    found = _by_heading(rows, _LINE_NAMES)
    there = rows[0][1] if rows else list[str]()
    missing = [name for name in _NEEDED if _position(there, name, _LINE_NAMES[name]) is None]
    if missing:
        raise _refused(
            path,
            f"its first line does not name {', '.join(missing)}",
            "take the file as it was exported, with its header",
        )
    return found


def _by_heading(rows: _Numbered, names: dict[str, str]) -> list[_Cells]:
    """The rows below the header by the columns' names; blank ones are left out, ``row`` says where each stands."""
    if not rows:
        return []
    positions = {
        name: at for name, heading in names.items() if (at := _position(rows[0][1], name, heading)) is not None
    }
    return [
        {"row": str(number), **{name: (cells[at].strip() if at < len(cells) else "") for name, at in positions.items()}}
        for number, cells in rows[1:]
        if any(cell.strip() for cell in cells)
    ]


def _position(header: Sequence[str], name: str, heading: str) -> int | None:
    """Where the column stands: under its name, or under its heading in two languages, of which the English is last."""
    for at, cell in enumerate(header):
        if cell.strip() == name or cell.strip().splitlines()[-1:] == [heading]:
            return at
    return None


def _line(row: _Cells, mark: Mark) -> ReadLine:
    return ReadLine(
        row=int(row["row"]),
        reference=row["reference"],
        employee_id=row["employee_id"],
        kind=row["kind"],
        currency=row["currency"],
        amount=amount(row["amount"], mark),
        amount_written=row["amount"],
        company_id=row.get("company_id", ""),
        period_id=row.get("period_id", ""),
        revision=row.get("revision", "").removesuffix(".0"),
    )


def _total(row: _Cells, mark: Mark) -> ReadTotal:
    counted = amount(row.get("line", ""), mark)
    whole = counted is not None and counted == counted.to_integral_value()
    return ReadTotal(
        row=int(row["row"]),
        currency=row["currency"],
        lines=int(counted) if counted is not None and whole else None,
        amount=amount(row["amount"], mark),
    )


def _text(path: Path, content: bytes) -> tuple[list[_Numbered], Mark]:
    text = _decoded(path, content)
    delimiter = max(_DELIMITERS, key=lambda mark: sum(len(cells) for _, cells in islice(_records(text, mark), 1)))
    try:
        rows = list(_records(text, delimiter))
    except csv.Error as error:
        raise _refused(path, f"it cannot be read ({error})", "take the file as it was exported") from error
    # a semicolon between the columns is what programs write where the comma stands before the decimals
    return [rows], "," if delimiter == ";" else "."


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def _decoded(path: Path, content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith(_UTF16_MARKS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(path, "its bytes are no text", "save it as CSV UTF-8, or take the file as it was exported")


def _workbook(path: Path, content: bytes) -> tuple[list[_Numbered], Mark]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it does not understand of headers and footers is not read
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except Exception as error:  # zip, XML and openpyxl each have errors of their own
        raise _refused(path, f"it is no workbook ({error})", "take the file as it was exported") from error
    known = {sheet.title: sheet for sheet in book.worksheets}
    # somebody may have renamed the sheets: the lines come first then
    sheets = [known.get(LINES_SHEET, book.worksheets[0])]
    sheets += [known[TOTALS_SHEET]] if TOTALS_SHEET in known else book.worksheets[1:2]
    return [_cells(sheet.iter_rows(values_only=True)) for sheet in sheets], "."


def _cells(rows: Iterable[Sequence[object]]) -> _Numbered:
    return [(number, [_cell_text(value) for value in row]) for number, row in enumerate(rows, start=1)]


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        # the shortest text that is read as this very number, without exponent
        return f"{Decimal(repr(value)):f}"
    return str(value)


def _as_exported(path: Path, content: bytes) -> bool | None:
    beside = checksum_file(path)
    if not beside.exists():
        return None
    return beside.read_text(encoding="utf-8").split()[:1] == [checksum(content)]


def _refused(path: Path, what: str, todo: str) -> PayrollRefused:
    return PayrollRefused(
        f"{path.name} cannot be read as a payroll file", [Problem(file=str(path), what=what, todo=todo)]
    )
