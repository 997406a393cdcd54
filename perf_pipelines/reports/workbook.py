"""Tables as sheets of a workbook: headings in both languages, real numbers, a frozen header and a filter."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any

from perf_pipelines.currencies import number_format
from perf_pipelines.reports.drawing import width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from io import BytesIO
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: the row's key, its heading in both languages, and the number format where it is a number.

    A function of the row says the format where it is not the same in all, as of amounts in several currencies.
    """

    name: str
    zh: str
    en: str
    number_format: str | Callable[[Mapping[str, Any]], str] | None = None
    width: int = 14


_A4 = 9
_LINE = 16
"""Height of a line of a heading, in points."""
_FILTER, _INDENT = 3, 2
"""Letters of a heading that the button of the filter hides, and that a text begins later and ends sooner."""
_PRINTED = 200
"""Letters beside each other on a sheet of paper that can still be read; what is wider goes on on the next."""
_LONGEST_PRINTED = 200
"""Of what stands above or below each printed page; a workbook holds 255 letters for all of it."""

_WORDS = re.compile(r"[!-~°]+ ?|[^!-~°]")
"""A word with the space behind it; each Chinese letter for itself."""

_LONG_AGO = datetime(2000, 1, 1)  # noqa: DTZ001 — XlsxWriter wants it without a zone
"""When a workbook was made, as it says of itself: the same content is to give the same bytes."""

MONEY = "money"
"""Number format of an amount, until :func:`in_currency` says of which currency."""


def in_currency(columns: Sequence[Column], currency: str | None) -> list[Column]:
    """The columns with the amounts among them written with the decimals of ``currency``."""
    return [
        replace(column, number_format=number_format(currency)) if column.number_format == MONEY else column
        for column in columns
    ]


@contextmanager
def open_workbook(path: Path | BytesIO, *, created: datetime = _LONG_AGO) -> Generator[Workbook]:
    """A workbook that is written to ``path`` at the end; text that looks like a formula stays text.

    ``created`` (UTC without a zone) is what it says of when it was made; nothing in it depends on the clock.
    """
    import xlsxwriter

    workbook = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"created": created})
    yield workbook
    workbook.close()


def add_sheet(
    workbook: Workbook,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[dict[str, Any]],
    frozen: int,
    about: str = "",
    source: str = "",
) -> None:
    """A sheet with ``columns`` of ``rows``, the first ``frozen`` of which stay in sight; None is an empty cell.

    ``about`` stands above and ``source`` below each page that is printed of it.
    """
    sheet = workbook.add_worksheet(title)
    heading = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}
    # a text begins a little right of the figure in the column before
    of_text, of_figures = (
        workbook.add_format({**heading, **side}) for side in ({"align": "left", "indent": 1}, {"align": "right"})
    )
    text = workbook.add_format({"align": "left", "indent": 1, "valign": "top", "text_wrap": True})
    formats: dict[str, Format] = {}

    def format_of(number_format: str) -> Format:
        if number_format not in formats:
            formats[number_format] = workbook.add_format({"num_format": number_format, "valign": "top"})
        return formats[number_format]

    heights = [1] * len(rows)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, f"{column.zh}\n{column.en}", of_figures if column.number_format else of_text)
        for line, row in enumerate(rows, start=1):
            value = row[column.name]
            if value is None:
                continue
            if column.number_format:
                said = column.number_format if isinstance(column.number_format, str) else column.number_format(row)
                sheet.write_number(line, index, float(value), format_of(said))
            else:
                sheet.write_string(line, index, str(value), text)
                heights[line - 1] = max(heights[line - 1], _lines(str(value), column.width - _INDENT))
    for line, lines in enumerate(heights, start=1):
        if lines > 1:  # not every spreadsheet makes a row as high as its text when it opens a workbook
            sheet.set_row(line, _LINE * lines)
    highest = max(sum(_lines(said, column.width - _FILTER) for said in (column.zh, column.en)) for column in columns)
    sheet.set_row(0, _LINE * highest)
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_header(f"&L{_printed(about)}")
    sheet.set_footer(f"&L&8{_printed(source)}&R&8&P / &N")
    stays = sum(column.width for column in columns[:frozen])
    moves = sum(column.width for column in columns) - stays
    sheet.fit_to_pages(max(1, ceil(moves / max(_PRINTED - stays, 1))), 0)
    sheet.repeat_rows(0)
    if frozen:
        sheet.repeat_columns(0, frozen - 1)


def _lines(heading: str, width: int) -> int:
    """How many lines a heading takes in a column of so many letters; words are not broken, Chinese anywhere."""
    room = max(width, 1)
    lines, used = 1, 0.0
    for word in _WORDS.findall(heading):
        wide = width_of(word, 1) / width_of("0", 1)
        if used and used + wide > room:
            lines, used = lines + 1, 0.0
        used += wide
    return lines


def _printed(text: str) -> str:
    """The text where `&` begins a command."""
    return text[:_LONGEST_PRINTED].replace("&", "&&")
