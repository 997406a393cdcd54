"""A report as one self-contained page: styles and pictures stand in it, and nothing is asked of the network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Template

    from perf_pipelines.reports.layout.blocks import Report

_LONG_WORD = 14
"""Letters; `Unqualified` has 11, and Chinese, which breaks anywhere, has no words."""

_TEMPLATES = Path(__file__).parent / "templates"


def to_html(report: Report) -> str:
    """The page as a text in UTF-8. Every name and sentence is escaped; the style sheet and the pictures are ours."""
    return _template().render(report=report, style=_style())


def _has_a_long_word(value: object) -> bool:
    """Whether a word is so long that it may be broken anywhere; another stays whole."""
    return isinstance(value, str) and any(len(word) > _LONG_WORD for word in value.split())


@cache
def _style() -> Markup:
    return Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8"))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawn"] = Markup
    environment.tests["has_a_long_word"] = _has_a_long_word
    return environment.get_template("report.html.jinja")
