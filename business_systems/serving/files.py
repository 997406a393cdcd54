"""The folders of files that ERP, the learning platform and the progress notes leave behind."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from business_systems.serving.served import UnknownTable, tables_of, without

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from business_systems.serving.served import ServedWorld

SHANGHAI = ZoneInfo("Asia/Shanghai")
APPEARS_ON = 3
"""The day of the next month, in Shanghai, from whose beginning a month's file is there."""
FILE_SYSTEMS = ("erp", "learning", "forms")

Row = dict[str, Any]


class FileSystems:
    """The folders ``erp``, ``learning`` and ``forms`` under one folder."""

    def __init__(self, world: ServedWorld, folder: Path) -> None:
        self._world = world
        self._folders = {system: folder / system for system in FILE_SYSTEMS}
        self._deleted: dict[tuple[str, str], set[str]] = {}
        for path in self._folders.values():
            path.mkdir(parents=True, exist_ok=True)

    def folder(self, system: str) -> Path:
        """Where a system's files are."""
        return self._folders[system]

    def write(self, clock: datetime) -> None:
        """Write the files as they are at ``clock``. A file that says the same as before is not touched."""
        for system, write in (("erp", _erp), ("learning", _learning), ("forms", _forms)):
            for table in tables_of(self._world, system):
                rows = without(self._world.table(system, table), self._deleted.get((system, table), ()))
                known = rows.filter(pc.field("updated_at") <= pa.scalar(clock, pa.timestamp("us", "UTC")))
                for name, content in write(table, known, clock).items():
                    _replace(self._folders[system] / name, content)

    def delete(self, system: str, table: str, key: str, clock: datetime) -> None:
        """Leave a row out of its file; ERP's rows have no key of their own, and stay."""
        if system == "erp":
            raise UnknownTable(f"rows of erp.{table} have no key: break the file itself")
        self._deleted.setdefault((system, table), set()).add(key)
        self.write(clock)


def _erp(table: str, rows: pa.Table, clock: datetime) -> dict[str, bytes]:
    if table not in _MONTHLY:
        raise UnknownTable(f"nobody has said how erp.{table} is written; say it in business_systems/serving/files.py")
    suffix, day_column, write = _MONTHLY[table]
    months: dict[date, list[Row]] = {}
    for row in rows.to_pylist():
        months.setdefault(row[day_column].replace(day=1), []).append(row)
    return {
        f"{table}_{month:%Y-%m}.{suffix}": write(month, found)
        for month, found in months.items()
        if clock >= appears_at(month)
    }


def appears_at(month: date) -> datetime:
    """When the file of a month, given by its first day, appears."""
    year, following = divmod(month.year * 12 + month.month, 12)
    return datetime(year, following + 1, APPEARS_ON, tzinfo=SHANGHAI).astimezone(UTC)


def _campaign_costs(month: date, rows: Sequence[Row]) -> bytes:
    header = ["活动编号", "活动名称", "日期", "费用（元）"]
    lines = [[row["campaign_id"], row["campaign_name"], row["spent_on"], f"{row['cost']:,.2f}"] for row in rows]
    return _csv([*_titles("活动费用明细", month), header, *lines], "gb18030")


def _sales_daily(month: date, rows: Sequence[Row]) -> bytes:
    header = ["日期", "订单数", "销售额（元）"]
    # a day is booked anew with an order that comes late; the file has what was booked last
    booked = {row["day"]: row for row in rows}.values()
    lines = [[row["day"], row["orders"], f"{row['revenue']:.2f}"] for row in booked]
    return _csv([*_titles("每日销售汇总", month), header, *lines], "utf-8-sig")


def _product_costs(month: date, rows: Sequence[Row]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(month.year, month.month, 1)})  # noqa: DTZ001 (xlsx knows no zones)
        sheet = book.add_worksheet("成本")
        for line, title in enumerate(_titles("商品单位成本", month)):
            sheet.write_string(line, 0, title[0])
        sheet.write_row(2, 0, ["商品编码", "商品名称", "单位成本（元）"])
        for line, row in enumerate(rows):
            sheet.write_string(3 + line, 0, row["sku"])
            sheet.write_string(3 + line, 1, row["name"])
            if line % 3 == 2:  # as if typed by hand
                sheet.write_string(3 + line, 2, f"{row['unit_cost']:,.2f}")
            else:
                sheet.write_number(3 + line, 2, float(row["unit_cost"]))
    return content.getvalue()


_MONTHLY: dict[str, tuple[str, str, Callable[[date, Sequence[Row]], bytes]]] = {
    "campaign_costs": ("csv", "spent_on", _campaign_costs),
    "sales_daily": ("csv", "day", _sales_daily),
    "product_costs": ("xlsx", "month_starts_on", _product_costs),
}


def _titles(what: str, month: date) -> list[list[str]]:
    return [[f"XX 电商 {what}"], [f"月份：{month:%Y-%m} 单位：元"]]


def _learning(table: str, rows: pa.Table, _clock: datetime) -> dict[str, bytes]:
    return {f"{table}.csv": _whole(rows, "utf-8-sig")}


def _forms(table: str, rows: pa.Table, _clock: datetime) -> dict[str, bytes]:
    return {f"{table}.csv": _whole(rows, "utf-8")}


def _whole(rows: pa.Table, encoding: str) -> bytes:
    shown = rows.drop_columns(["updated_at"])
    return _csv([shown.column_names, *(list(row.values()) for row in shown.to_pylist())], encoding)


def _csv(lines: Sequence[Sequence[object]], encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(
        [cell.isoformat() if isinstance(cell, date) else cell for cell in line] for line in lines
    )
    return text.getvalue().encode(encoding)


def _replace(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
