"""A report as a document (PDF): set by Typst, with the Chinese letters that it uses embedded.

Why Typst, and why the font comes as a package: docs/decisions/0015-documents-by-typst.md.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn
import typst

from perf_pipelines.reports.layout.blocks import Column, Figure, Table

if TYPE_CHECKING:
    from perf_pipelines.reports.layout.blocks import Block, Report

_LONG_WORD = re.compile(r"[!-~]{13,}")
_LETTERS = re.compile(r"[^_./-]{1,12}[_./-]*|[_./-]+")
"""What stays together of a long word: up to 12 letters, and what joins them to the next."""

_LAYOUT = Path(__file__).parent / "templates" / "report.typ"


def to_pdf(report: Report) -> bytes:
    """The document, tagged for screen readers (PDF/UA-1); the same report gives the same bytes.

    Names and sentences reach Typst as data and never as its markup.
    """
    content = {
        "language": str(report.language),
        "title": report.title,
        "subtitle": report.subtitle,
        "source": report.source,
        "facts": [asdict(fact) for fact in report.facts.facts],
        "sections": [
            {
                "title": section.title,
                "starts_a_page": section.starts_a_page,
                "blocks": [_plain(block, report) for block in section.blocks],
            }
            for section in report.sections
        ],
    }
    document = _compiler().compile(
        _source(),
        format="pdf",
        sys_inputs={"report": json.dumps(content, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    if not isinstance(document, bytes):
        raise TypeError(f"Typst gave {type(document).__name__} in place of one document")
    return document


def _plain(block: Block, report: Report) -> dict[str, Any]:
    if isinstance(block, Table):
        return {
            "kind": block.kind,
            "title": block.title,
            "columns": [_column(column, report) for column in block.columns],
            "rows": [
                [
                    {"text": cell.said, "tone": cell.tone}
                    if isinstance(cell, Figure)
                    else {"text": _breakable(cell or ""), "tone": "plain"}
                    for cell in row
                ]
                for row in block.rows
            ],
        }
    return {"kind": block.kind, **asdict(block)}


def _breakable(text: str) -> str:
    """``text`` with places where a long word may be broken: Typst would write it over the next column."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(_LETTERS.findall(word[0])), text)


def _column(column: Column, report: Report) -> dict[str, Any]:
    return {"heading": report.language.of(column.heading), "numeric": column.numeric, "width": column.width}


_of_this_thread = threading.local()


def _compiler() -> typst.Compiler:
    """One a thread: two threads cannot use the same."""
    if not hasattr(_of_this_thread, "compiler"):
        _of_this_thread.compiler = _new_compiler()
    return _of_this_thread.compiler


def _new_compiler() -> typst.Compiler:
    # the machine's own fonts are left out, so that the bytes do not depend on them
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[Path(pylopdf_fonts_zh_cn.__file__).parent],
    )
    return typst.Compiler(font_paths=fonts)


@cache
def _source() -> bytes:
    return _LAYOUT.read_bytes()
