"""What a picture (SVG) is drawn with: texts, lines and bars, round numbers for an axis, the width of a text.

It carries no fonts: Chinese names are drawn in the first font of the list that the reader's machine has.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_FLOOR, Decimal
from itertools import count
from xml.etree import ElementTree

FONTS = (
    "'Noto Sans SC','Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',"
    "Arial,sans-serif"
)
INK, QUIET, GRID, PAPER = "#1c2733", "#5d6875", "#e2e6ea", "#ffffff"

_MOST_TICKS = 6
_WORD = re.compile(r"[!-~]+ *|[^!-~][，。、：；）》」 ]*")
"""What stands together on a line: a word, or a Chinese character with the punctuation behind it."""


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round numbers, the first at most ``low``, the last at least ``high``; two or more."""
    span = high - low or abs(high) or Decimal(1)
    steps = (Decimal(digit).scaleb(power) for power in count(span.adjusted() - 1) for digit in (1, 2, 5))
    step = next(step for step in steps if span / step <= _MOST_TICKS)
    found = [(low / step).to_integral_value(ROUND_FLOOR) * step]
    while found[-1] < high or len(found) < 2:
        found.append(found[-1] + step)
    return found


def width_of(text: str, size: float) -> float:
    """How wide a text is about: a Chinese character is as wide as it is high, others a little more than half of it."""
    return sum(size * (1.0 if unicodedata.east_asian_width(character) in "WF" else 0.58) for character in text)


def wrapped(text: str, size: float, *, width: float) -> list[str]:
    """``text`` in lines no wider than ``width``, broken between words or before a Chinese character."""
    lines = [""]
    for word in _WORD.findall(text):
        if lines[-1] and width_of((lines[-1] + word).rstrip(), size) > width:
            lines.append("")
        lines[-1] += word
    return [cut(line.rstrip(), size, width=width) for line in lines]


def cut(text: str, size: float, *, width: float) -> str:
    """``text``, shortened where it is wider than ``width``."""
    if width_of(text, size) <= width:
        return text
    while width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text}…"


class Drawing:
    """A picture being drawn, of a width and height in points; ``named`` says what it shows to who cannot see it.

    ``named`` is its id in the page, its title and its description.
    """

    def __init__(self, *, width: float, height: float, named: tuple[str, str, str] | None = None) -> None:
        self._svg = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {width:.0f} {height:.0f}",
                "width": f"{width:.0f}",
                "height": f"{height:.0f}",
                "font-family": FONTS,
            },
        )
        if named:
            key, title, description = named
            self._svg.attrib.update({"role": "img", "aria-labelledby": f"{key}-title {key}-desc"})
            self._add("title", {"id": f"{key}-title"}).text = title
            self._add("desc", {"id": f"{key}-desc"}).text = description
        self._add("rect", {"width": "100%", "height": "100%", "fill": PAPER})

    def text(
        self,
        x: float,
        y: float,
        said: str,
        *,
        size: int,
        colour: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-size": str(size), "fill": colour, "text-anchor": anchor}
        self._add("text", {**place, **({"font-weight": "bold"} if bold else {})}).text = said

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float) -> None:
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        self._add("line", {**_places(ends), "stroke": colour, "stroke-width": str(width)})

    def circle(self, x: float, y: float, radius: float, colour: str) -> None:
        self._add("circle", {**_places({"cx": x, "cy": y, "r": radius}), "fill": colour})

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._add("rect", {**_places({"x": x, "y": y, "width": width, "height": height}), "fill": colour})

    def written(self) -> str:
        return ElementTree.tostring(self._svg, encoding="unicode") + "\n"

    def _add(self, tag: str, attributes: dict[str, str]) -> ElementTree.Element:
        return ElementTree.SubElement(self._svg, tag, attributes)


def _places(places: dict[str, float]) -> dict[str, str]:
    return {name: f"{value:.1f}" for name, value in places.items()}
