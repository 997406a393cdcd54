"""Where a line of a report may end."""

from __future__ import annotations

import pytest

from perf_pipelines.reports.drawing import width_of, wrapped
from perf_pipelines.reports.layout.breaking import pieces, with_units


@pytest.mark.parametrize(
    "text", ["", "shop.order_lines", "短", "a " * 40, "Wolfeschlegelsteinhausenbergerdorff", "见 fct_rejected_row。"]
)
def test_the_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_a_long_word_is_broken_behind_what_joins_it_and_a_short_one_nowhere() -> None:
    assert pieces("in shop.order_lines") == ["in shop.", "order_", "lines"]
    assert pieces("Unqualified employees") == ["Unqualified employees"]
    assert max(map(len, pieces("x" * 100))) == 12


def test_a_figure_keeps_its_unit_beside_it() -> None:
    assert with_units("20 % → 30 %") == "20\u00a0% → 30\u00a0%"
    assert with_units("59,944.33 CNY in 3 months") == "59,944.33\u00a0CNY in 3 months"


@pytest.mark.parametrize(
    "text", ["Trial lessons that lead to a course (of the team)", "首次响应时长\uff08越低越好\uff09"]
)
def test_a_long_label_goes_on_in_the_next_line_and_loses_nothing(text: str) -> None:
    lines = wrapped(text, 12, width=130)
    assert len(lines) > 1
    assert all(width_of(line, 12) <= 130 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
