"""A payroll file as CSV and as a workbook, the same bytes for the same lines, written whole or not at all.

Beside it stands ``<file>.sha256``, as ``sha256sum -c`` reads it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from perf_pipelines.currencies import number_format
from perf_pipelines.durable import write_whole
from perf_pipelines.errors import Problem
from perf_pipelines.payroll.cells import neutralised
from perf_pipelines.payroll.lines import PayrollRefused, control_totals
from perf_pipelines.reports.workbook import Column, add_sheet, open_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from perf_pipelines.payroll.lines import ControlTotal, PayrollLine

TOTAL = "TOTAL"
"""What stands for the reference in the CSV lines with control totals; their ``line`` is how many lines they count."""

LINES_SHEET = "发放 Payroll"
TOTALS_SHEET = "控制合计 Control totals"

EXACT_DIGITS = 15
"""So many digits a spreadsheet keeps of a number."""


class PayrollFormat(StrEnum):
    """How a payroll file is written."""

    csv = "csv"
    xlsx = "xlsx"


def _money(row: Mapping[str, Any]) -> str:
    return number_format(row["currency"])


AMOUNT = Column(name="amount", zh="金额", en="Amount", number_format=_money, width=16)
CURRENCY = Column(name="currency", zh="币种", en="Currency", width=8)

COLUMNS = (
    Column(name="line", zh="序号", en="Line", number_format="0", width=8),
    Column(name="reference", zh="流水号", en="Reference", width=20),
    Column(name="company_id", zh="公司", en="Company"),
    Column(name="period_id", zh="周期", en="Period", width=12),
    Column(name="revision", zh="版本", en="Revision", number_format="0", width=8),
    Column(name="employee_id", zh="工号", en="Employee id", width=20),
    Column(name="employee_zh", zh="姓名", en="Name (zh)", width=20),
    Column(name="employee_en", zh="姓名（英）", en="Name", width=20),
    Column(name="department_zh", zh="部门", en="Department (zh)"),
    Column(name="department_en", zh="部门（英）", en="Department"),
    Column(name="kind", zh="类型代码", en="Kind code"),
    Column(name="kind_zh", zh="类型", en="Kind (zh)"),
    Column(name="kind_en", zh="类型（英）", en="Kind"),
    AMOUNT,
    CURRENCY,
    Column(name="reason", zh="原因", en="Reason", width=40),
    Column(name="posted_by", zh="过账人", en="Posted by", width=20),
    Column(name="posted_at", zh="过账时间（UTC）", en="Posted at (UTC)", width=20),
)

_TOTAL_COLUMNS = (
    CURRENCY,
    Column(name="lines", zh="笔数", en="Lines", number_format="0", width=8),
    Column(name="amount", zh="合计金额", en="Sum of amounts", number_format=_money, width=18),
)


def written(lines: Sequence[PayrollLine], format: PayrollFormat) -> bytes:
    """The content of the file; :class:`PayrollRefused` where a workbook would not keep an amount to the last digit."""
    return to_csv(lines) if format is PayrollFormat.csv else to_xlsx(lines)


def to_csv(lines: Sequence[PayrollLine]) -> bytes:
    """By RFC 4180, UTF-8 with a byte order mark so that Excel reads the Chinese; control totals are the last lines."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in COLUMNS])
    totals = [
        {"line": total.lines, "reference": TOTAL, "amount": total.amount, "currency": total.currency}
        for total in _totals(lines)
    ]
    for row in [*map(_row, lines), *totals]:
        writer.writerow([_figure_or_text(row.get(column.name)) for column in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(lines: Sequence[PayrollLine]) -> bytes:
    """A workbook: the lines with real numbers, a frozen header and a filter; control totals on a sheet of their own."""
    totals = _totals(lines)
    _refuse_inexact(lines, totals)
    content = io.BytesIO()
    posted_last = max(line.entry.posted_at for line in lines)
    with open_workbook(content, created=posted_last) as workbook:
        add_sheet(workbook, title=LINES_SHEET, columns=COLUMNS, rows=list(map(_row, lines)), frozen=2)
        add_sheet(workbook, title=TOTALS_SHEET, columns=_TOTAL_COLUMNS, rows=list(map(vars, totals)), frozen=1)
    return content.getvalue()


def write(path: Path, content: bytes) -> bool:
    """Write the file and its checksum, whole or not at all; whether it was not there already, byte for byte.

    :class:`PayrollRefused` when another file of that name is there: what has been handed to payroll is not overwritten.
    """
    there = path.read_bytes() if path.exists() else None
    if there not in {None, content}:
        raise PayrollRefused(
            f"{path.name} stays as it is",
            [
                Problem(
                    file=str(path),
                    what="a file of this name is there and holds something else",
                    todo="see what differs with `perf-pipelines payroll reconcile`; what was posted since then, "
                    f"export with `--handed-over {path.name}`",
                )
            ],
        )
    # the file first: a checksum without its file would say that something was lost
    if there is None:
        write_whole(path, content)
    write_whole(checksum_file(path), f"{checksum(content)}  {path.name}\n".encode())
    return there is None


def checksum_file(path: Path) -> Path:
    """Where the checksum of a payroll file stands."""
    return path.with_name(f"{path.name}.sha256")


def checksum(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _row(line: PayrollLine) -> dict[str, Any]:
    entry, payee = line.entry, line.payee
    kind_zh, kind_en = line.kind_names
    texts = {
        "reference": line.reference,
        "company_id": entry.company_id,
        "period_id": entry.period_id,
        "employee_id": entry.employee_id,
        "employee_zh": payee and payee.name_zh,
        "employee_en": payee and payee.name_en,
        "department_zh": payee and payee.department_zh,
        "department_en": payee and payee.department_en,
        "kind": entry.kind,
        "kind_zh": kind_zh,
        "kind_en": kind_en,
        "currency": entry.currency,
        "reason": entry.reason,
        "posted_by": entry.posted_by,
        "posted_at": entry.posted_at.isoformat(sep=" ", timespec="seconds"),
    }
    return {
        "line": line.line,
        "revision": entry.revision,
        "amount": entry.amount,
        **{name: None if text is None else neutralised(text) for name, text in texts.items()},
    }


def _totals(lines: Sequence[PayrollLine]) -> tuple[ControlTotal, ...]:
    return control_totals(line.entry for line in lines)


def _figure_or_text(value: str | int | Decimal | None) -> str:
    if value is None:
        return ""
    # str() would write some decimals with an exponent
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _refuse_inexact(lines: Sequence[PayrollLine], totals: Sequence[ControlTotal]) -> None:
    amounts = [(line.entry.employee_id, line.entry.amount) for line in lines]
    amounts += [(f"{TOTAL} {total.currency}", total.amount) for total in totals]
    too_long = [(whose, amount) for whose, amount in amounts if len(amount.as_tuple().digits) > EXACT_DIGITS]
    if too_long:
        raise PayrollRefused(
            "no workbook is written",
            [
                Problem(
                    field=whose,
                    what=f"{amount:,f} has more than the {EXACT_DIGITS} digits that a spreadsheet keeps",
                    todo="write --format csv",
                )
                for whose, amount in too_long
            ],
        )
