"""Files with a header line: every field as text exactly as written, and where it stands.

Nothing is guessed: no types, no dates, no fields. A file that cannot be read for certain is refused with all its faults
at once, :data:`PROBLEMS_SHOWN` at most.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from perf_pipelines.errors import Problem, SourceRefused
from perf_pipelines.fields import shown
from perf_pipelines.sources.own_columns import SOURCE_FILE, SOURCE_KEY, SOURCE_ROW
from perf_pipelines.sources.records import Records, parquet_records, workbook_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from perf_pipelines.sources.config import Table

PROBLEMS_SHOWN = 20

_READER = 1
"""Part of the fingerprint; raise it when the same bytes are read into other values, so that they are loaded again."""

_ROWS_AT_ONCE = 5_000
_NOT_IN_NAMES = str.maketrans("\n\r'\"▶", "_____")
_DELIMITERS = ",;\t|"
_BOM = "\ufeff"
_LIKELY_ENCODINGS = ("utf-8", "gb18030", "cp1252", "big5", "shift_jis")
_BYTES_SHOWN = 4
_TEXT_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A declared file; ``path`` is below the company's folder, with slashes."""

    company_folder: Path
    path: str
    table: Table

    @property
    def location(self) -> Path:
        """Where the file lies on this machine."""
        return self.company_folder / self.path

    @property
    def shown(self) -> str:
        """The file as messages name it, like ``companies/acme/data/orders.csv``."""
        folder = self.company_folder.absolute()
        return f"{folder.parent.name}/{folder.name}/{self.path}"

    def problem(
        self, what: str, todo: str, *, line: int | None = None, field: str | None = None, row: str | None = None
    ) -> Problem:
        """Say a fault of this file."""
        return Problem(file=self.shown, line=line, field=field, row=row, what=what, todo=todo)


@dataclass(frozen=True, kw_only=True)
class FileRows:
    """A file as read: ``rows`` has ``columns`` as text (empty: null), ``_source_file``, and ``_source_row`` as int64.

    ``columns`` are the declared ones in their declared order, then ``extra_columns`` in the order of the file, all by
    their :func:`lake_name`.
    """

    rows: pa.Table
    columns: tuple[str, ...]
    extra_columns: tuple[str, ...]


def fingerprint(source: SourceFile) -> str:
    """SHA-256 (hex) of the file's bytes and of all that decides what is read from them.

    :class:`SourceRefused` when there is no such file or it cannot be opened.
    """
    table = source.table
    settings = {
        "reader": _READER,
        "source_file": source.path,
        "columns": list(table.columns),
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "may_be_empty": table.may_be_empty,
        **({"title_rows": table.title_rows} if table.title_rows else {}),
        **({"sheet": table.sheet} if table.sheet else {}),
    }
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    try:
        with source.location.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise _refused(source, [_cannot_open(source, error)]) from error
    return digest.hexdigest()


def lake_name(header: str) -> str:
    """Name a column of the lake: the header as written, only its line ends, quotes and ▶ become ``_``.

    This is the naming convention `direct` of dlt, which would do the same to them later.
    """
    return header.translate(_NOT_IN_NAMES)


def no_rows(columns: Iterable[str]) -> pa.Table:
    """The table that :func:`read_file` makes of a file with these columns and no rows."""
    return _schema(columns).empty_table()


def read_file(source: SourceFile) -> FileRows:
    r"""Read a file with a header line into an Arrow table.

    Line ends may be LF, CRLF or CR, and one inside quotes is read as ``\n``, so that a file saved by another program
    gives the same rows. A byte order mark, blank lines at the end and spaces around header names are ignored.
    :class:`SourceRefused` with all that is wrong.
    """
    try:
        if source.location.stat().st_size == 0:
            raise _refused(source, [_empty(source)])
        reading = _Reading(source)
        if source.path.endswith(".xlsx"):
            reading.read(workbook_records(source))
        elif source.path.endswith(".parquet"):
            reading.read(parquet_records(source))
        else:
            with source.location.open(encoding=source.table.encoding) as text:
                reading.read(_Delimited(reading, text))
    except OSError as error:
        raise _refused(source, [_cannot_open(source, error)]) from error
    except UnicodeError as error:
        # what was found before the fault is left out: it was read with the wrong encoding too
        raise _refused(source, [_undecodable(source)]) from error
    if reading.problems:
        raise _refused(source, reading.problems)
    return FileRows(
        rows=pa.Table.from_batches(reading.batches, schema=reading.schema),
        columns=tuple(map(lake_name, reading.positions)),
        extra_columns=tuple(lake_name(name) for name in reading.positions if name not in source.table.columns),
    )


class _Delimited:
    """The records of a delimited text file, and the line on which the last one ended."""

    def __init__(self, reading: _Reading, text: Iterable[str]) -> None:
        self._reader = csv.reader(reading.lines(text), delimiter=reading.source.table.delimiter, strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        return next(self._reader)

    @property
    def line_num(self) -> int:
        """The last line read."""
        return self._reader.line_num


class _EnoughProblemsError(Exception):
    """As many problems as are shown have been found, or the rest cannot be read."""


class _Reading:
    """One pass through a file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.positions: dict[str, int] = {}
        self.batches: list[pa.RecordBatch] = []
        self._names: list[str] = []
        self._header_at = 1

    @property
    def schema(self) -> pa.Schema:
        """The columns of the batches."""
        return _schema(self.positions)

    def read(self, records: Records) -> None:
        """Fill ``positions`` and ``batches``, or ``problems``."""
        begun = 0
        self._reader = records
        try:
            for _ in range(self.source.table.title_rows):
                next(self._reader, None)
            self._header_at = self._reader.line_num + 1
            header = next(self._reader, list[str]())
            self._read_header(header)
            begun = self._read_body(header)
        except csv.Error as error:
            self._refuse_syntax(error, line=self._record_ends_at + 1)
        except _EnoughProblemsError:
            return
        if not begun and not self.problems and not self.source.table.may_be_empty:
            self._refuse(
                "the file has a header and no rows",
                "deliver the rows, or write `may_be_empty: true` in sources.yaml if that is meant",
            )

    _record_ends_at = 0

    def lines(self, text: Iterable[str]) -> Iterator[str]:
        """The lines of a text file; a byte order mark is taken off, and NUL bytes are refused."""
        for number, line in enumerate(text, start=1):
            if "\0" in line:
                todo = "write the file again; a program has damaged it or written it in another format"
                if line.count("\0") * 3 > len(line):
                    todo = (
                        "it looks like UTF-16: save the file as UTF-8, or write `encoding: utf-16-le` in sources.yaml"
                    )
                self._refuse("the line has NUL bytes", todo, line=number)
                raise _EnoughProblemsError
            yield line.removeprefix(_BOM) if number == 1 else line

    def _read_header(self, header: Sequence[str]) -> None:
        self._record_ends_at = self._reader.line_num
        self._names = [name.strip() for name in header]
        if not any(self._names):
            self.problems.append(
                self.source.problem(
                    "the first line is blank" if self._header_at == 1 else "the header's line is blank",
                    "put the names of the columns there",
                    line=self._header_at,
                )
            )
            raise _EnoughProblemsError
        self._check_names()
        self._check_declared()
        declared = self.source.table.columns
        extra = [name for name in self._names if name not in declared]
        if not self.problems:
            self.positions = {name: self._names.index(name) for name in (*declared, *extra)}

    def _check_names(self) -> None:
        first: dict[str, tuple[int, str]] = {}
        for number, name in enumerate(self._names, start=1):
            # DuckDB tells names apart without regard to case
            folded = lake_name(name).casefold()
            if not name:
                self._refuse(
                    f"column {number} has no name", "name it in the header, or remove the column", line=self._header_at
                )
            elif folded in first:
                earlier, spelt = first[folded]
                self._refuse(
                    f"columns {earlier} and {number} are both named {shown(spelt)}"
                    + ("" if spelt == name else f" (the other is written {shown(name)})"),
                    "rename or remove one of them",
                    line=self._header_at,
                    field=name,
                )
            elif folded in {SOURCE_FILE, SOURCE_ROW, SOURCE_KEY} or folded.startswith("_dlt_"):
                self._refuse(
                    "this name is kept for the lake's own columns",
                    "rename the column",
                    line=self._header_at,
                    field=name,
                )
            first.setdefault(folded, (number, name))

    def _check_declared(self) -> None:
        declared = self.source.table.columns
        missing = [column for column in declared if column not in self._names]
        if len(self._names) == 1 and len(missing) == len(declared) > 1:
            others = [mark for mark in _DELIMITERS if mark in self._names[0] and mark != self.source.table.delimiter]
            if others:
                written = "\\t" if others[0] == "\t" else others[0]
                self._refuse(
                    f"the header is one column, {shown(self._names[0])}; the delimiter is not "
                    f"{_shown_character(self.source.table.delimiter)}",
                    f'write `delimiter: "{written}"` in sources.yaml',
                    line=self._header_at,
                )
                return
        unclaimed = {name.casefold(): name for name in self._names if name and name not in declared}
        for column in missing:
            near = difflib.get_close_matches(column.casefold(), unclaimed, n=1)
            todo = "deliver the column, or remove it from sources.yaml and from the models that read it"
            what = "the column is missing"
            if near:
                what = f"the column is missing; renamed to {shown(unclaimed[near[0]])}?"
                todo = (
                    f"write {shown(column)} in the header again, or the new name in sources.yaml and its staging model"
                )
            self._refuse(what, todo, line=self._header_at, field=column)

    def _read_body(self, header: Sequence[str]) -> int:
        """Read the records and return how many have the right number of fields."""
        width = len(header)
        rows: list[list[str]] = []
        lines: list[int] = []
        blank: list[int] = []
        count = 0
        reader = self._reader
        for row in reader:
            line = self._record_ends_at + 1
            self._record_ends_at = reader.line_num
            if not row or (len(row) == 1 < width and not row[0].strip()):
                blank.append(line)
                continue
            if blank:
                # only now is it known that they do not stand at the end
                for number in blank:
                    self._refuse("the line is blank", "remove it", line=number)
                blank.clear()
            if len(row) != width:
                self._refuse_width(row, line=line)
                continue
            rows.append(row)
            lines.append(line)
            if len(rows) == _ROWS_AT_ONCE:
                count += self._keep(rows, lines)
                rows, lines = [], []
        return count + self._keep(rows, lines)

    def _keep(self, rows: Sequence[Sequence[str]], lines: Sequence[int]) -> int:
        # rows of a file with problems are read on for further problems and not kept
        if rows and not self.problems:
            by_position = list(zip(*rows, strict=True))
            arrays: list[pa.Array[Any]] = [_text_or_null(by_position[at]) for at in self.positions.values()]
            arrays.append(pa.repeat(pa.scalar(self.source.path, pa.string()), len(rows)))
            arrays.append(pa.array(lines, pa.int64()))
            self.batches.append(pa.record_batch(arrays, schema=self.schema))
        return len(rows)

    def _refuse(
        self, what: str, todo: str, *, line: int | None = None, field: str | None = None, row: str | None = None
    ) -> None:
        self.problems.append(self.source.problem(what, todo, line=line, field=field, row=row))
        if len(self.problems) == PROBLEMS_SHOWN:
            raise _EnoughProblemsError

    def _refuse_width(self, row: Sequence[str], *, line: int) -> None:
        width, delimiter = len(self._names), self.source.table.delimiter
        if len(row) > width:
            todo = f"put a value that contains {_shown_character(delimiter)} into double quotes"
            surplus = ", ".join(shown(value) for value in row[width : width + 3])
            what = f"the row has {len(row)} fields, the header {width}; too many: {surplus}"
        else:
            todo = "write all fields; an empty one needs its delimiter too"
            unfilled = shown(", ".join(self._names[len(row) :]))
            what = f"the row has {len(row)} fields, the header {width}; none for {unfilled}"
        field = self._names[len(row)] if len(row) < width else self._names[-1]
        self._refuse(what, todo, line=line, field=field, row=shown(delimiter.join(row)))

    def _refuse_syntax(self, error: csv.Error, *, line: int) -> None:
        said = str(error)
        todo = 'close the quote; a quote inside a quoted value is written twice, like "5"" disk"'
        if "unexpected end of data" in said:
            what = "a double quote is opened here and never closed; the file ends inside it"
        elif "field larger than field limit" in said:
            what = f"a field has more than {csv.field_size_limit()} characters; is a double quote never closed?"
        elif "expected after" in said:
            what = f"text follows a closing double quote (up to line {self._reader.line_num}); is a quote not closed?"
        else:
            what = f"the record cannot be read ({said})"
        # reading on would find only faults that follow from this one
        self._refuse(f"{what} — the lines after it were not checked", todo, line=line)


def _schema(columns: Iterable[str]) -> pa.Schema:
    text = [pa.field(name, pa.string()) for name in (*map(lake_name, columns), SOURCE_FILE)]
    return pa.schema([*text, pa.field(SOURCE_ROW, pa.int64())])


def _shown_character(character: str) -> str:
    """Name a delimiter in a message: a tab cannot be seen."""
    return "a tab" if character == "\t" else f"`{character}`"


def _text_or_null(values: Sequence[str]) -> pa.Array[Any]:
    return pa.array([value or None for value in values], pa.string())


def _refused(source: SourceFile, problems: Sequence[Problem]) -> SourceRefused:
    return SourceRefused(f"{source.shown} cannot be loaded", problems)


def _empty(source: SourceFile) -> Problem:
    return source.problem("the file is empty", "deliver it again; even a table without rows has a header line")


def _cannot_open(source: SourceFile, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return source.problem("the file is missing", "put it there, or mend `folder` and `file` in sources.yaml")
    if isinstance(error, IsADirectoryError):
        return source.problem("this is a folder", "put a file there, or mend `file` in sources.yaml")
    return source.problem(f"the file cannot be read ({error.strerror or error})", "make it a readable file")


def _undecodable(source: SourceFile) -> Problem:
    """Say which bytes are not text in the declared encoding, and in which encodings they would be."""
    content = source.location.read_bytes()
    declared = source.table.encoding
    try:
        content.decode(declared)
    except UnicodeDecodeError as error:
        start = error.start
    except UnicodeError as error:
        # utf-16 without its mark, or text that another codec refuses as a whole
        return source.problem(f"the file is not {declared} ({error})", _encoding_advice(content, 0, declared), line=1)
    else:
        return source.problem("the file was changed while it was read", "run again")
    before = content[:start].decode(declared, "ignore")
    line = before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    bad = content[start : start + _BYTES_SHOWN].hex(" ")
    return source.problem(
        f"byte {start} is not {declared}: {bad}",
        _encoding_advice(content, start, declared),
        line=line,
    )


def _encoding_advice(content: bytes, start: int, declared: str) -> str:
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    readings: list[str] = []
    # any even number of bytes can be read as UTF-16, so it is proposed only where a byte order mark says so
    for encoding in ("utf-16",) if marked else _LIKELY_ENCODINGS:
        if codecs.lookup(encoding).name == codecs.lookup(declared).name:
            continue
        try:
            text = content.decode(encoding)
            at = len(content[:start].decode(encoding, "ignore"))
        except UnicodeError:
            continue
        around = text[max(0, at - _TEXT_SHOWN) : at + _TEXT_SHOWN].strip(_BOM)
        readings.append(f"{encoding} (reads {shown(around)})")
    if not readings:
        return f"save the file as {declared}"
    return f"save the file as {declared}, or write its encoding in sources.yaml; possible: {', '.join(readings)}"
