"""Waiving a difference between two systems: only one that gate 1 would close for, and for the values that it has.

What differs is what the last run read and judged, so that the author of a waiver lets pass what gate 1 has shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from shlex import quote
from typing import TYPE_CHECKING, ClassVar

from perf_pipelines.errors import PerfError, Problem
from perf_pipelines.records.waivers import Waiver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from perf_pipelines.closing import Closing

_OPEN_ONES_TOLD = 10


class WaiverRefused(PerfError):
    """There is no such open difference, so that a waiver would have no effect; nothing was recorded."""

    exit_code: ClassVar[int] = 10


@dataclass(frozen=True, kw_only=True)
class _Comparison:
    measure: str
    day: date
    system_a: str
    value_a: str
    system_b: str
    value_b: str
    tolerance: Decimal
    resolution: str | None
    is_open: bool

    @property
    def what(self) -> str:
        return f"{self.measure} of {self.day}: {self.system_a} {self.value_a} against {self.system_b} {self.value_b}"

    @property
    def arguments(self) -> str:
        return (
            f"--measure {quote(self.measure)} --day {self.day} "
            f"--system-a {quote(self.system_a)} --system-b {quote(self.system_b)}"
        )


def waive(
    closing: Closing, *, measure: str, day: date, system_a: str, system_b: str, waived_by: str, reason: str
) -> Waiver:
    """Record a waiver of the difference for the two values that the last run read.

    :class:`WaiverRefused` unless that difference is open; :class:`~perf_pipelines.errors.Busy` while a run may change
    it. One that is waived already may be waived again, by somebody else or for a better reason.
    """
    with closing.alone():
        compared = _compared(closing)
        named = [
            comparison
            for comparison in compared
            if (comparison.measure, comparison.day, comparison.system_a, comparison.system_b)
            == (measure, day, system_a, system_b)
        ]
        difference = next((comparison for comparison in named if comparison.is_open), None)
        if difference is None:
            if named:
                raise _nothing_to_waive(named[0])
            raise _unknown(f"{measure} {day} {system_a} {system_b}", compared)
        waiver = Waiver(
            measure=measure,
            occurred_on=day,
            system_a=system_a,
            value_a=difference.value_a,
            system_b=system_b,
            value_b=difference.value_b,
            waived_by=waived_by,
            reason=reason,
        )
        closing.records.waive(waiver)
    return waiver


def _compared(closing: Closing) -> Sequence[_Comparison]:
    """What the last run compared; refused when no run, or one with other models, has left that behind."""
    if closing.warehouse.build() == closing.dbt.build_id:
        with closing.warehouse.connect() as connection:
            judged = connection.execute(
                "select 1 from information_schema.tables "
                "where table_schema = 'inputs' and table_name = 'judged_reconciliation'"
            ).fetchone()
            if judged:
                rows = connection.execute(
                    """
                    select
                        measure,
                        occurred_on as day,
                        system_a,
                        value_a_as_waived as value_a,
                        system_b,
                        value_b_as_waived as value_b,
                        tolerance,
                        resolution,
                        is_open
                    from inputs.judged_reconciliation
                    order by all
                    """
                )
                columns = [column[0] for column in rows.description or ()]
                return [_Comparison(**dict(zip(columns, row, strict=True))) for row in rows.fetchall()]
    company = closing.company
    raise WaiverRefused(
        f"it is not known which systems of {company.id} differ",
        [
            Problem(
                what="its systems have not been compared yet, or not with the models as they are now",
                todo=f"run `perf-pipelines run --company {company.id} --period {company.first_period}`, or any other "
                "period: gate 1 names the differences",
            )
        ],
    )


def _nothing_to_waive(comparison: _Comparison) -> WaiverRefused:
    why = (
        f"the rule `{comparison.resolution}` settles it"
        if comparison.resolution
        else f"they agree within the tolerance of {comparison.tolerance:.2%}"
    )
    return WaiverRefused(
        f"nothing to waive: {comparison.what}", [Problem(what=why, todo="nothing has to be done: gate 1 lets it pass")]
    )


def _unknown(named: str, compared: Sequence[_Comparison]) -> WaiverRefused:
    def likeness(comparison: _Comparison) -> float:
        known = f"{comparison.measure} {comparison.day} {comparison.system_a} {comparison.system_b}"
        return SequenceMatcher(None, named, known).ratio()

    nearest = sorted((each for each in compared if each.is_open), key=likeness, reverse=True)
    told = nearest[:_OPEN_ONES_TOLD]
    return WaiverRefused(
        f"no such difference is open: {named}; {len(nearest)} open in what the last run read"
        + (f", the nearest {len(told)}:" if len(told) < len(nearest) else ""),
        [Problem(what=f"{each.what} is open", todo=f"to waive it write {each.arguments}") for each in told]
        or [Problem(what="no difference is open", todo="nothing has to be waived")],
    )
