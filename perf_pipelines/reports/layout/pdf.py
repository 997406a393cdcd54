"""A report as a document (PDF): set by Typst, with the Chinese letters that it uses embedded.

Why Typst, and why the font comes as a package: docs/decisions/0015-documents-by-typst.md.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn
import typst

from perf_pipelines.reports.layout.blocks import NOTHING, Column, Figure, Sentence, Steps, Table
from perf_pipelines.reports.layout.breaking import pieces, with_units

if TYPE_CHECKING:
    from perf_pipelines.reports.layout.blocks import Block, Report

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
                    {"text": with_units(cell.said), "tone": cell.tone}
                    if isinstance(cell, Figure)
                    else {"text": _breakable(cell), "tone": "plain"}
                    if cell
                    else {"text": NOTHING, "tone": "quiet"}
                    for cell in row
                ]
                for row in block.rows
            ],
            "short": block.is_short,
        }
    if isinstance(block, Sentence):
        return {"kind": block.kind, "text": _breakable(block.text), "tone": block.tone}
    if isinstance(block, Steps):
        return {
            "kind": block.kind,
            "steps": [
                {"text": _breakable(step.text), "details": [_breakable(each) for each in step.details]}
                for step in block.steps
            ],
        }
    return {"kind": block.kind, **asdict(block)}


def _breakable(text: str) -> str:
    """``text`` with places where a long word may be broken: Typst would write it over the next column or the margin."""
    return "\u200b".join(pieces(with_units(text)))


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
