"""A backtest as a picture (SVG): each department's payout before and after, and how many have which grade.

It carries no fonts: Chinese names are drawn in the first font of the list that the reader's machine has.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.currencies import decimals_of
from perf_pipelines.reports.backtest.headline import change_in_percent, headline
from perf_pipelines.reports.drawing import GRID, INK, QUIET, Drawing, cut, ticks, width_of
from perf_pipelines.wording import Language, number, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.reports.backtest.comparison import Comparison, Row

_WIDTH = 960
_MARGIN = 32
_ROW = 34
_BAR = 13
_NAMES = 220
"""Widest column of names; a longer name is cut."""

# the first is no colour of letters, which would not stand out enough from the paper
_BEFORE, _MORE, _LESS = "#9aa3ad", "#1f6aa5", "#b5501a"


def to_svg(comparison: Comparison, *, language: Language) -> str:
    """The picture as a text in UTF-8. Departments by how much they change; scores instead where nothing is paid."""
    zh = language is Language.zh
    of = "payout" if comparison.pays else "mean"
    departments = [row for row in comparison.departments if row[f"{of}_before"] is not None or row[f"{of}_after"]]
    grades = [row for row in comparison.grades if row["level"] == "company"]
    sentences = headline(comparison, language=language)
    title = "换一套方案会怎样" if zh else "What the other scheme would have changed"
    if comparison.pays:
        heading = f"各部门奖金（{comparison.currency}）" if zh else f"Payout by department, {comparison.currency}"
    else:
        heading = "各部门平均得分（分）" if zh else "Mean score by department, points"

    drawing = Drawing(
        width=_WIDTH,
        height=_MARGIN + 40 + 20 * len(sentences) + 96 + _ROW * len(departments) + 92 + 46 * len(grades),
        named=("backtest", title, (" " if not zh else "").join(sentences)),
    )
    y = _MARGIN + 18
    drawing.text(_MARGIN, y, title, size=21, bold=True)
    for sentence in sentences:
        y += 20
        drawing.text(_MARGIN, y + 6, sentence, size=13, colour=QUIET)
    y += 44
    drawing.text(_MARGIN, y, heading, size=15, bold=True)
    _legend(drawing, y, zh=zh)
    y = _dumbbells(drawing, departments, of=of, currency=comparison.currency, top=y + 26, language=language)
    y += 46
    drawing.text(_MARGIN, y, "评估次数，按等级" if zh else "Evaluations by grade", size=15, bold=True)
    _bars(drawing, grades, top=y + 18, language=language)
    return drawing.written()


def _legend(drawing: Drawing, y: float, *, zh: bool) -> None:
    shown = [
        (_BEFORE, "现方案" if zh else "present scheme"),
        (_MORE, "新方案（增加）" if zh else "other scheme, more"),
        (_LESS, "新方案（减少）" if zh else "other scheme, less"),
    ]
    x = _WIDTH - _MARGIN - sum(width_of(said, 12) + 30 for _, said in shown)
    for colour, said in shown:
        x += 30
        drawing.circle(x - 12, y - 4, 5, colour)
        drawing.text(x, y, said, size=12, colour=QUIET)
        x += width_of(said, 12)


def _dumbbells(
    drawing: Drawing, rows: Sequence[Row], *, of: str, currency: str, top: float, language: Language
) -> float:
    """A line a row from the value before to the value after; the y below the axis."""
    names = [cut(row[f"name_{language}"] or "–", 13, width=_NAMES) for row in rows]
    changes = [_change(row, of, currency, language) for row in rows]
    left = _MARGIN + max((width_of(name, 13) for name in names), default=0) + 18
    right = _WIDTH - _MARGIN - max((width_of(change, 13) for change in changes), default=0) - 20
    values = [row[f"{of}_{side}"] or Decimal(0) for row in rows for side in ("before", "after")]
    marks = ticks(min(values, default=Decimal(0)), max(values, default=Decimal(1)))
    bottom = top + _ROW * len(rows)

    def across(value: Decimal) -> float:
        return left + float((value - marks[0]) / (marks[-1] - marks[0])) * (right - left)

    for tick in marks:
        drawing.line(across(tick), top, across(tick), bottom, GRID, 1)
        drawing.text(across(tick), bottom + 17, number(tick), size=11, colour=QUIET, anchor="middle")
    for index, (row, name, change) in enumerate(zip(rows, names, changes, strict=True)):
        y = top + _ROW * (index + 0.5)
        before, after = (row[f"{of}_{side}"] or Decimal(0) for side in ("before", "after"))
        colour = _colour(after - before)
        drawing.text(left - 14, y + 4.5, name, size=13, anchor="end")
        drawing.line(across(before), y, across(after), y, colour, 3)
        drawing.circle(across(before), y, 6, _BEFORE)
        drawing.circle(across(after), y, 6, colour)
        said_in = QUIET if colour == _BEFORE else colour
        drawing.text(_WIDTH - _MARGIN, y + 4.5, change, size=13, colour=said_in, anchor="end")
    return bottom + 17


def _bars(drawing: Drawing, rows: Sequence[Row], *, top: float, language: Language) -> None:
    """Two bars a grade, that of the present scheme above that of the other."""
    names = [cut(row[f"name_{language}"], 13, width=_NAMES) for row in rows]
    left = _MARGIN + max((width_of(name, 13) for name in names), default=0) + 18
    most = max((max(row["before"], row["after"]) for row in rows), default=0) or 1
    longest = _WIDTH - _MARGIN - 120 - left
    for index, (row, name) in enumerate(zip(rows, names, strict=True)):
        y = top + 46 * index
        drawing.text(left - 14, y + _BAR + 4.5, name, size=13, anchor="end")
        for offset, side, colour in ((0, "before", _BEFORE), (_BAR + 2, "after", _MORE)):
            length = longest * row[side] / most
            drawing.bar(left, y + offset, length, _BAR, colour)
            said = str(row[side])
            if side == "after" and row["after"] != row["before"]:
                said += _in_brackets(signed(row["after"] - row["before"], 0), language)
            drawing.text(left + length + 8, y + offset + 10.5, said, size=12, colour=INK)


def _change(row: Row, of: str, currency: str, language: Language) -> str:
    difference = row[f"{of}_difference"]
    if difference is None:
        return "–"
    share = change_in_percent(row[f"{of}_before"], difference, language) if of == "payout" and difference else ""
    decimals = decimals_of(currency) if of == "payout" else 2
    return f"{signed(difference, decimals)}{_in_brackets(share, language) if share else ''}"


def _in_brackets(said: str, language: Language) -> str:
    return f"（{said}）" if language is Language.zh else f" ({said})"


def _colour(difference: Decimal) -> str:
    return _MORE if difference > 0 else _LESS if difference < 0 else _BEFORE
