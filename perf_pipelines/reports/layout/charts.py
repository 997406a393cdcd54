"""Pictures of a report, narrow enough for a phone: labelled bars one below the other, and a line over periods.

A label stands above its bar, so that a long name has the whole width. What a picture shows is said in its description,
with all figures.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.reports.drawing import GRID, INK, PAPER, QUIET, Drawing, ticks, width_of, wrapped
from perf_pipelines.reports.layout.blocks import Picture, Tone
from perf_pipelines.wording import Language, number

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 360
"""Of a phone, so that letters have their own size there."""

COLOURS = {Tone.plain: "#1f6aa5", Tone.good: "#1b6e3c", Tone.bad: "#a84310", Tone.quiet: "#9aa3ad"}
_ROW, _LINE = 38, 15
"""Height of a bar with a label of one line, and of each line more."""
_LONGEST = Decimal("1.5")
"""Longest bar, as a multiple of the reference; what lies beyond is cut, and its figure stands beside the label."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar: ``value`` in the unit of the picture's reference, None where nothing is to be drawn; ``said`` in words."""

    label: str
    value: Decimal | None
    said: str
    tone: Tone = Tone.plain


def bars(
    shown: Sequence[Bar], *, key: str, title: str, language: Language, reference: tuple[Decimal, str] | None = None
) -> Picture:
    """Bars from 0, with a line at ``reference`` (its value and what it is)."""
    description = _read_aloud([(bar.label, bar.said) for bar in shown], language)
    top = 6 if reference is None else 20
    labels = [wrapped(bar.label, 12, width=WIDTH - width_of(bar.said, 12) - 12) for bar in shown]
    heights = [_ROW + _LINE * (len(lines) - 1) for lines in labels]
    drawing = Drawing(width=WIDTH, height=top + sum(heights) + 4, named=(key, title, description))
    most = max((bar.value for bar in shown if bar.value is not None), default=Decimal(1))
    longest = max(Decimal(0), most) or Decimal(1)
    if reference:
        longest = min(max(longest, reference[0]), reference[0] * _LONGEST)
    bottoms = list(itertools.accumulate(heights, initial=top))[1:]
    for bar, lines, bottom in zip(shown, labels, bottoms, strict=True):
        y = bottom - _ROW
        for above, said in enumerate(reversed(lines)):
            drawing.text(0, y + 12 - _LINE * above, said, size=12)
        drawing.text(
            WIDTH,
            y + 12,
            bar.said,
            size=12,
            colour=COLOURS[bar.tone] if bar.value is not None else QUIET,
            anchor="end",
        )
        drawing.bar(0, y + 18, WIDTH, 10, GRID)
        length = min(max(bar.value or Decimal(0), Decimal(0)), longest)
        drawing.bar(0, y + 18, float(length / longest) * WIDTH, 10, COLOURS[bar.tone])
    if reference:
        x = min(float(reference[0] / longest) * WIDTH, WIDTH - 1)
        for bottom in bottoms:
            drawing.line(x, bottom - _ROW + 15, x, bottom - _ROW + 31, INK, 1.5)
        anchor = "end" if x > WIDTH / 2 else "start"
        drawing.text(x, 10, reference[1], size=11, colour=QUIET, anchor=anchor)
    return Picture(svg=drawing.written(), title=title, description=description)


def line(points: Sequence[tuple[str, Decimal]], *, key: str, title: str, language: Language) -> Picture:
    """Values over periods, each with a dot; the first and last period and every figure that finds room are written."""
    description = _read_aloud([(label, number(value, 2)) for label, value in points], language)
    height, left, right, top, bottom = 150, 34, WIDTH - 14, 22, 122
    drawing = Drawing(width=WIDTH, height=height, named=(key, title, description))
    values = [value for _, value in points]
    marks = ticks(min(values), max(values))

    def up(value: Decimal) -> float:
        return bottom - float((value - marks[0]) / (marks[-1] - marks[0])) * (bottom - top)

    def across(index: int) -> float:
        return (left + right) / 2 if len(points) == 1 else left + 14 + (right - left - 28) * index / (len(points) - 1)

    for mark in marks:
        drawing.line(left, up(mark), right, up(mark), GRID, 1)
        drawing.text(left - 6, up(mark) + 4, number(mark), size=11, colour=QUIET, anchor="end")
    for index, (one, other) in enumerate(itertools.pairwise(points)):
        drawing.line(across(index), up(one[1]), across(index + 1), up(other[1]), COLOURS[Tone.plain], 2)
    apart = (right - left) / max(len(points) - 1, 1)
    every = 1 + int(38 // apart)
    wide = 1 + int(62 // apart)
    for index, (label, value) in enumerate(points):
        from_the_end = len(points) - 1 - index
        drawing.circle(across(index), up(value), 4, COLOURS[Tone.plain])
        if from_the_end % every == 0:
            # on paper of its own: a line that falls or rises steeply would run through the figure
            width = width_of(number(value, 1), 11) + 4
            drawing.bar(across(index) - width / 2, up(value) - 20, width, 13, PAPER)
            drawing.text(across(index), up(value) - 9, number(value, 1), size=11, anchor="middle")
        if from_the_end % wide == 0:
            drawing.text(across(index), height - 8, label, size=11, colour=QUIET, anchor="middle")
    return Picture(svg=drawing.written(), title=title, description=description)


def _read_aloud(figures: Sequence[tuple[str, str]], language: Language) -> str:
    """What stands beside each label, one after the other."""
    colon, then = ("：", "；") if language is Language.zh else (": ", "; ")
    return then.join(f"{label}{colon}{said}" for label, said in figures)
