"""Workbooks and Parquet files are read as text, or refused with their name and cell; no file is left open."""

from __future__ import annotations

import gc
import os
import random
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from perf_pipelines.errors import Problem, SourceRefused
from perf_pipelines.sources.config import Table
from perf_pipelines.sources.files import SourceFile, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = ("sku", "cost")


def source(path: Path, **settings: Any) -> SourceFile:
    table = Table.model_validate({"file": path.name, "description": "Costs.", "columns": COLUMNS, **settings})
    return SourceFile(company_folder=path.parent, path=path.name, table=table)


def rows(path: Path, **settings: Any) -> list[tuple[Any, ...]]:
    read = read_file(source(path, **settings)).rows
    return [tuple(row[name] for name in COLUMNS) for row in read.to_pylist()]


def problem(path: Path, **settings: Any) -> Problem:
    with pytest.raises(SourceRefused) as refused:
        read_file(source(path, **settings))
    [only] = refused.value.problems
    assert only.file == f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    return only


def workbook(path: Path, cells: Iterable[tuple[str, object]]) -> Path:
    """A workbook as a program writes it that calculates nothing: cells by name."""
    book = openpyxl.Workbook()
    for name, value in cells:
        book.worksheets[0][name] = value
    book.save(path)
    return path


class TestFormulas:
    def test_of_a_formula_the_value_counts_that_was_calculated_last(self, tmp_path: Path) -> None:
        path = tmp_path / "costs.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, COLUMNS)
            sheet.write_string(1, 0, "P1")
            sheet.write_formula(1, 1, "=3*4", None, 12)
            sheet.write_string(2, 0, "P2")
            sheet.write_blank(2, 1, None, book.add_format({"bold": True}))
        assert rows(path) == [("P1", "12"), ("P2", None)]

    def test_one_that_was_never_calculated_is_refused_with_its_cell(self, tmp_path: Path) -> None:
        cells = {"A1": "sku", "B1": "cost", "A2": "P1", "B2": 7, "A3": "P2", "B3": "=3*4"}
        found = problem(workbook(tmp_path / "costs.xlsx", cells.items()))
        assert (found.line, found.what) == (3, "the cell B3 holds a formula that was never calculated")
        assert "save it" in found.todo

    def test_of_many_the_first_is_named_and_the_others_are_counted(self, tmp_path: Path) -> None:
        cells = {"A1": "sku", "B1": "cost", "A2": "P1", "B2": "=1+1", "A3": "P2", "B3": "=B2", "B4": "=B3"}
        assert problem(workbook(tmp_path / "costs.xlsx", cells.items())).what == (
            "the cell B2 holds a formula that was never calculated, and 2 others do"
        )

    def test_one_in_another_sheet_is_nobody_s_business(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "costs.xlsx", [("A1", "sku"), ("B1", "cost"), ("A2", "P1"), ("B2", 7)])
        book = openpyxl.load_workbook(path)
        book.create_sheet("sums")["A1"] = "=1+1"
        book.save(path)
        assert rows(path, sheet="Sheet") == [("P1", "7")]

    def test_one_whose_value_is_an_empty_text_is_empty(self, tmp_path: Path) -> None:
        path = tmp_path / "costs.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, COLUMNS)
            sheet.write_row(1, 0, ["P1", 7])
            sheet.write_formula(2, 0, '=IF(B3="","","P2")', None, "x")
        # as spreadsheet programs save it, and xlsxwriter cannot
        in_the_package(path, "xl/worksheets/sheet1.xml", written="<v>x</v>", instead="<v></v>")
        assert rows(path) == [("P1", "7")]


def in_the_package(path: Path, part: str, *, written: str, instead: str) -> None:
    """Change a part of a workbook as it is stored."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert parts[part].decode().count(written) == 1
    parts[part] = parts[part].decode().replace(written, instead).encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)


class TestParquet:
    @pytest.fixture
    def good(self, tmp_path: Path) -> Path:
        path = tmp_path / "costs.parquet"
        made = pa.table({"sku": [f"P{number}" for number in range(2_000)], "cost": list(range(2_000))})
        pq.write_table(made, path, row_group_size=500, write_page_checksum=True)
        return path

    def test_numbers_are_written_in_their_shortest_form(self, good: Path) -> None:
        assert rows(good)[:2] == [("P0", "0"), ("P1", "1")]

    @pytest.mark.parametrize("content", [b"garbage" * 100, b"PAR1" + b"\0" * 100 + b"PAR1"])
    def test_what_is_none_is_refused(self, good: Path, content: bytes) -> None:
        good.write_bytes(content)
        assert "it is no Parquet file (" in problem(good).what

    def test_one_that_breaks_off_is_refused(self, good: Path) -> None:
        good.write_bytes(good.read_bytes()[:-300])
        assert "it is no Parquet file (" in problem(good).what

    def test_a_broken_page_is_refused_and_no_value_is_changed_by_it(self, good: Path) -> None:
        content, chance = good.read_bytes(), random.Random(1)
        footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
        for _ in range(50):
            at = chance.randrange(4, footer)
            good.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
            assert "the Parquet file is damaged (" in problem(good).what

    def test_a_moment_that_no_calendar_has_is_refused(self, good: Path) -> None:
        far = pa.array([2**62], pa.int64()).cast(pa.timestamp("us"))
        pq.write_table(pa.table({"sku": ["P1"], "cost": far}), good)
        assert "the Parquet file is damaged (" in problem(good).what


@pytest.fixture
def without_collector() -> Iterator[None]:
    """What is left open stays open."""
    gc.disable()
    yield
    gc.enable()


def is_open(path: Path) -> bool:
    """Whether this process holds the file open."""
    wanted = path.stat()
    for held in Path("/dev/fd").iterdir():
        with suppress(OSError):  # the listing itself was open
            if os.path.samestat(os.fstat(int(held.name)), wanted):
                return True
    return False


@pytest.mark.usefixtures("without_collector")
class TestNothingIsLeftOpen:
    @pytest.mark.parametrize("sheet", ["Sheet", "another"])
    def test_of_a_workbook(self, tmp_path: Path, sheet: str) -> None:
        path = workbook(tmp_path / "costs.xlsx", [("A1", "sku"), ("B1", "cost"), ("A2", "P1"), ("B2", 7)])
        with suppress(SourceRefused):
            read_file(source(path, sheet=sheet))
        assert not is_open(path)

    def test_of_a_workbook_that_is_damaged(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "costs.xlsx", [("A1", "sku"), ("B1", "cost"), ("A2", "P1"), ("B2", 7)])
        in_the_package(path, "xl/workbook.xml", written="</workbook>", instead="")
        assert "the workbook cannot be read" in problem(path).what
        assert not is_open(path)
