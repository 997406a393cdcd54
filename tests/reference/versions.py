"""Which version of a part of the scheme holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.reference.given import Row, Scheme, Span

START, OPEN = date(1900, 1, 1), date(9999, 12, 31)
DAY = timedelta(days=1)


def in_force(part: Row | list[Row], day: date) -> Row:
    """Of a part that is one block, or a list of blocks each with the day from which it holds: the one of ``day``."""
    versions = [part] if isinstance(part, dict) else part
    return max((one for one in versions if begins(one) <= day), key=begins)


def begins(one: Row) -> date:
    """The first day of a version or line."""
    return one.get("from") or START


def lines_on(position: str, day: date, scheme: Scheme) -> list[Row]:
    """The position's lines in force on a day, each with all its words.

    A line ends the day before the next line of the same KPI begins, or at its own ``until``.
    """
    lines = scheme["positions"].get(position, [])
    in_force: list[Row] = []
    for line in lines:
        later = [begins(other) for other in lines if other["kpi"] == line["kpi"]]
        ends = min([line.get("until") or OPEN, *(other - DAY for other in later if other > begins(line))])
        if begins(line) <= day <= ends:
            in_force.append({"of": "self", "no_data": "exclude", "min_sample": 1, **line})
    return in_force


def is_mean(span: Span, scheme: Scheme) -> bool:
    """Whether the scheme wants the mean of months in place of a score of contributions."""
    return span.cycle in in_force(scheme["evaluation"], span.starts_on).get("mean_of", {})


def extras_in(span: Span, position: str, scheme: Scheme) -> list[Row]:
    """The entries of extra_points for the position; a mean has those of its months in it."""
    if is_mean(span, scheme):
        return []
    return [
        {"at_most": 1000, **extra}
        for extra in scheme.get("extra_points", ())
        if position in (extra.get("positions") or scheme["positions"])
        and begins(extra) <= span.starts_on <= (extra.get("until") or OPEN)
    ]
