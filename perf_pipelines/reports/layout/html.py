"""A report as one self-contained page: styles and pictures stand in it, and nothing is asked of the network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from perf_pipelines.reports.layout.blocks import NOTHING
from perf_pipelines.reports.layout.breaking import pieces, with_units

if TYPE_CHECKING:
    from jinja2 import Template

    from perf_pipelines.reports.layout.blocks import Report

_TEMPLATES = Path(__file__).parent / "templates"


def to_html(report: Report) -> str:
    """The page as a text in UTF-8. Every name and sentence is escaped; the style sheet and the pictures are ours."""
    return _template().render(report=report, style=_style(), nothing=NOTHING)


def _breakable(text: str) -> Markup:
    """The text, escaped, with places where a long word may be broken, and none between a figure and its unit."""
    return Markup("<wbr>").join(pieces(with_units(text)))


def _in_css(text: str) -> Markup:
    """The text inside quotes of a style sheet, from which nothing in it can break out."""
    return Markup("".join(letter if letter.isalnum() else f"\\{ord(letter):x} " for letter in text))


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
    environment.filters["breakable"] = _breakable
    environment.filters["in_css"] = _in_css
    return environment.get_template("report.html.jinja")
