"""When a line of a position is in force.

A line ends the day before the next line of the same KPI begins, or at its own ``until``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from perf_pipelines.fields import FIRST_DAY, LAST_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.scheme.model import PositionKpi

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A line (``index`` in the file) and its first and last day, both inclusive."""

    index: int
    line: PositionKpi
    valid_from: date
    valid_to: date


def stretches(lines: Sequence[PositionKpi]) -> tuple[Stretch, ...]:
    """The lines of one position with their days, by KPI and day; lines that another replaces at once are left out."""
    by_kpi: defaultdict[str, list[tuple[date, int, PositionKpi]]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_kpi[line.kpi].append((line.from_ or FIRST_DAY, index, line))
    found: list[Stretch] = []
    for kpi in sorted(by_kpi):
        ordered = sorted(by_kpi[kpi], key=lambda entry: entry[:2])
        for position, (begins, index, line) in enumerate(ordered):
            ends = line.until or LAST_DAY
            if position + 1 < len(ordered):
                ends = min(ends, ordered[position + 1][0] - ONE_DAY)
            if begins <= ends:
                found.append(Stretch(index=index, line=line, valid_from=begins, valid_to=ends))
    return tuple(found)
