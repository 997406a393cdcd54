"""A report as a workbook: a sheet for each of its tables, with real numbers."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from perf_pipelines.reports.layout.blocks import Figure, Table
from perf_pipelines.reports.workbook import Column, add_sheet, open_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from perf_pipelines.reports.layout.blocks import Report

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_TITLE = 31


def to_xlsx(report: Report, path: Path) -> None:
    """Write the workbook; the same report gives the same bytes. A report without tables has one empty sheet."""
    tables = [block for section in report.sections for block in section.blocks if isinstance(block, Table)]
    with open_workbook(path) as workbook:
        for index, table in enumerate(tables):
            add_sheet(
                workbook,
                title=_sheet_title(table.title, [earlier.title for earlier in tables[:index]]),
                columns=[
                    Column(
                        name=str(place),
                        zh=column.heading.zh,
                        en=column.heading.en,
                        number_format=partial(_format_of, str(place)) if column.numeric else None,
                        width=column.width + 4,
                    )
                    for place, column in enumerate(table.columns)
                ],
                rows=[
                    {
                        key: value
                        for place, cell in enumerate(row)
                        for key, value in (
                            (str(place), cell.value if isinstance(cell, Figure) else cell or None),
                            (f"{place} format", cell.number_format if isinstance(cell, Figure) else "General"),
                        )
                    }
                    for row in table.rows
                ],
                frozen=1,
                about=f"{report.title} · {report.subtitle} · {table.title}",
                source=report.source,
            )


def _format_of(place: str, row: Mapping[str, Any]) -> str:
    return row[f"{place} format"]


def _sheet_title(title: str, earlier: list[str]) -> str:
    """A name that a spreadsheet takes: no longer than 31 characters, and another than those before."""
    number = f" {1 + len(earlier)}"
    name = _FORBIDDEN.sub(" ", title)[: _LONGEST_TITLE - len(number)].strip()
    return f"{name}{number}"
