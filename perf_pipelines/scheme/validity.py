"""When a line of a position, or a version of a rule, is in force.

A line ends the day before the next line of the same KPI begins, or at its own ``until``; a version ends the day before
the next one begins.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from perf_pipelines.fields import FIRST_DAY, LAST_DAY
from perf_pipelines.scheme.versions import Dated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.scheme.model import Scheme


class Line(Protocol):
    """A line about a KPI with its first and last day."""

    @property
    def kpi(self) -> str: ...
    @property
    def begins_on(self) -> date: ...
    @property
    def until(self) -> date | None: ...


D = TypeVar("D", bound=Dated)
L = TypeVar("L", bound=Line)

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Stretch(Generic[L]):
    """A line (``index`` in the file) and its first and last day, both inclusive."""

    index: int
    line: L
    valid_from: date
    valid_to: date


def stretches(lines: Sequence[L]) -> tuple[Stretch[L], ...]:
    """The lines of one position with their days, by KPI and day; lines that another replaces at once are left out."""
    by_kpi: defaultdict[str, list[tuple[date, int, L]]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_kpi[line.kpi].append((line.begins_on, index, line))
    found: list[Stretch[L]] = []
    for kpi in sorted(by_kpi):
        ordered = sorted(by_kpi[kpi], key=lambda entry: entry[:2])
        for position, (begins, index, line) in enumerate(ordered):
            ends = line.until or LAST_DAY
            if position + 1 < len(ordered):
                ends = min(ends, ordered[position + 1][0] - ONE_DAY)
            if begins <= ends:
                found.append(Stretch(index=index, line=line, valid_from=begins, valid_to=ends))
    return tuple(found)


def version_stretches(versions: Sequence[D]) -> tuple[tuple[D, date, date], ...]:
    """Each version with its first and last day, both inclusive, the oldest first."""
    ordered = sorted(versions, key=lambda version: version.begins_on)
    return tuple(
        (version, version.begins_on, later.begins_on - ONE_DAY if later else LAST_DAY)
        for version, later in zip_longest(ordered, ordered[1:])
    )


def changes_inside_periods(scheme: Scheme, position: str) -> tuple[date, ...]:
    """The days on which a period of this position is split; none where the scheme lets periods begin with a change.

    On each of them a line begins or has just ended, or the rule of a line in force has a new version.
    """
    if scheme.change_inside_period == "refuse":
        return ()
    days: set[date] = set()
    for stretch in stretches(scheme.positions[position]):
        days |= {stretch.valid_from}
        if stretch.valid_to < LAST_DAY:
            days.add(stretch.valid_to + ONE_DAY)
        versions = scheme.rules.get(stretch.line.rule, ())
        days |= {each.begins_on for each in versions if stretch.valid_from < each.begins_on <= stretch.valid_to}
    return tuple(sorted(days - {FIRST_DAY}))
