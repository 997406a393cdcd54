"""A payroll file against the ledger: every line, and the control totals.

What counts is what the lines say. A program that opens and saves a file changes its bytes and not its lines; that the
checksum differs is told and closes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.errors import Problem
from perf_pipelines.payroll.cells import original
from perf_pipelines.payroll.handed_over import handed_over
from perf_pipelines.payroll.lines import control_totals, nothing_posted, reference
from perf_pipelines.payroll.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from perf_pipelines.payroll.lines import ControlTotal
    from perf_pipelines.payroll.payables import Payable
    from perf_pipelines.payroll.reading import ReadFile, ReadLine

_LOOK = "have payroll take the file as it was exported"


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """``problems`` is empty where the file says what the ledger says of ``revision``.

    ``as_exported``: whether the bytes have the checksum that stands beside the file; ``None`` where none does.
    """

    revision: int
    lines: int
    totals: tuple[ControlTotal, ...]
    problems: tuple[Problem, ...]
    as_exported: bool | None


def reconcile(
    path: Path,
    entries: Sequence[Payable],
    *,
    period: str,
    revision: int | None = None,
    earlier: Sequence[Path] = (),
) -> Reconciliation:
    """Compare the file with what the ledger holds of the period (``entries``) and a revision, less ``earlier`` files.

    Without ``revision`` the one is meant of which the file has most lines. :class:`PayrollRefused` when a file cannot
    be read or nothing is posted.
    """
    file = read(path)
    if not entries:
        raise nothing_posted(period)
    known = {reference(entry): entry for entry in entries}
    meant = revision if revision is not None else _revision_of(file, known)
    posted = {key: entry for key, entry in known.items() if entry.revision == meant}
    if not posted:
        raise nothing_posted(f"{period}, revision {meant},")
    elsewhere = handed_over(earlier, posted.values(), revision=meant)
    posted = {key: entry for key, entry in posted.items() if key not in elsewhere}
    problems = [
        *_lines_that_differ(path, file, known, elsewhere, revision=meant),
        *_missing(path, file, posted),
        *_totals_that_differ(path, file, posted),
    ]
    return Reconciliation(
        revision=meant,
        lines=len(file.lines),
        totals=control_totals(posted.values()),
        problems=tuple(problems),
        as_exported=file.as_exported,
    )


def _revision_of(file: ReadFile, known: Mapping[str, Payable]) -> int:
    counted = Counter(known[line.reference].revision for line in file.lines if line.reference in known)
    newest = max(entry.revision for entry in known.values())
    return max(counted, key=lambda revision: (counted[revision], revision), default=newest)


def _lines_that_differ(
    path: Path, file: ReadFile, known: Mapping[str, Payable], elsewhere: Mapping[str, Path], *, revision: int
) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for line in file.lines:
        entry = known.get(line.reference)
        if entry is None:
            what = f"the ledger has no posting `{line.reference}` of this period" if line.reference else "no reference"
            yield _problem(path, line, what, "do not pay it, and ask who added it")
            continue
        if line.reference in first:
            what = f"it stands in the file twice, first in line {first[line.reference]}"
            yield _problem(path, line, what, "pay it once; take the second line out")
        first.setdefault(line.reference, line.row)
        if line.reference in elsewhere:
            what = f"it stands in {elsewhere[line.reference].name} already"
            yield _problem(path, line, what, "pay it once; take the line out of this file")
        if entry.revision != revision:
            what = f"it belongs to revision {entry.revision}, the file to revision {revision}"
            yield _problem(path, line, what, "pay it with the file of its own revision")
        yield from _fields_that_differ(path, line, entry)


def _fields_that_differ(path: Path, line: ReadLine, entry: Payable) -> Iterator[Problem]:
    if line.amount is None:
        yield _problem(path, line, f"the amount `{line.amount_written}` is no number", _LOOK, field="amount")
    elif line.amount != entry.amount:
        what = f"the amount is {_like(line.amount, entry.amount):,f}, the ledger has {entry.amount:,f} (difference "
        yield _problem(path, line, f"{what}{line.amount - entry.amount:+,f})", _LOOK, field="amount")
    for field, written, posted in (
        ("employee_id", line.employee_id, entry.employee_id),
        ("kind", line.kind, entry.kind),
        ("currency", line.currency, entry.currency),
        # a file may lack these columns, and need not
        ("company_id", line.company_id or entry.company_id, entry.company_id),
        ("period_id", line.period_id or entry.period_id, entry.period_id),
        ("revision", line.revision or str(entry.revision), str(entry.revision)),
    ):
        # a spreadsheet may have taken the apostrophe off again
        if posted.strip() not in {original(written).strip(), written}:
            todo = _LOOK
            if written.isdigit() and written.lstrip("0") == posted.lstrip("0"):
                todo = "a spreadsheet has taken zeros off: have the column read as text, or export a workbook"
            yield _problem(path, line, f"it is `{written}`, the ledger has `{posted}`", todo, field=field)


def _missing(path: Path, file: ReadFile, posted: Mapping[str, Payable]) -> Iterator[Problem]:
    there = {line.reference for line in file.lines}
    for key, entry in posted.items():
        if key not in there:
            yield Problem(
                file=path.name,
                row=key,
                what=f"the {entry.kind} of {entry.employee_id}, {entry.amount:,f} {entry.currency}, is missing",
                todo=f"if it was posted after the export, `perf-pipelines payroll export --handed-over {path.name}`; "
                f"if another file has it, name that with --handed-over; else {_LOOK}",
            )


def _totals_that_differ(path: Path, file: ReadFile, posted: Mapping[str, Payable]) -> Iterator[Problem]:
    """The totals that are written against the ledger, and against the lines of the file itself."""
    in_ledger = {total.currency: total for total in control_totals(posted.values())}
    seen: set[str] = set()
    for total in file.totals:
        expected = in_ledger.get(total.currency)
        if expected is None or total.currency in seen:
            what = f"a control total of `{total.currency}` " + (
                "is there twice" if expected else "is not in the ledger"
            )
            yield Problem(file=path.name, line=total.row, what=what, todo=_LOOK)
            continue
        seen.add(total.currency)
        written = None if total.amount is None else _like(total.amount, expected.amount)
        if (total.lines, written) != (expected.lines, expected.amount):
            what = (
                f"the control total of {total.currency} says {_said(total.lines)} lines and {_said(written)}, "
                f"the ledger has {expected.lines} lines and {expected.amount:,f}"
            )
            yield Problem(file=path.name, line=total.row, what=what, todo=_LOOK)
        read_lines = (line.amount for line in file.lines if line.currency == total.currency)
        summed = _like(sum((amount for amount in read_lines if amount is not None), Decimal(0)), expected.amount)
        if written is not None and summed != written:
            what = f"the lines in {total.currency} sum to {summed:,f}, the control total says {written:,f}"
            yield Problem(file=path.name, line=total.row, what=what, todo=_LOOK)
    for currency in sorted(in_ledger.keys() - seen):
        yield Problem(file=path.name, what=f"there is no control total of {currency}", todo=_LOOK)


def _like(figure: Decimal, other: Decimal) -> Decimal:
    """The same number with at least as many decimals: spreadsheets take zeros off the end."""
    return figure + other * 0


def _said(figure: Decimal | int | None) -> str:
    return (
        "nothing that can be read" if figure is None else f"{figure:,f}" if isinstance(figure, Decimal) else str(figure)
    )


def _problem(path: Path, line: ReadLine, what: str, todo: str, *, field: str | None = None) -> Problem:
    row = " ".join(part for part in (line.reference, line.employee_id) if part)
    return Problem(file=path.name, line=line.row, field=field, row=row or None, what=what, todo=todo)
