"""Where two computations of the same tables differ, and how to read it."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.reference.evaluation import Tables
    from tests.reference.given import Given, Row, Scheme

_KEYS = {
    "fct_kpi_actual": ("period_id", "employee_id", "kpi_id"),
    "fct_kpi_score": ("period_id", "employee_id", "position_id", "department_id", "active_from", "kpi_id"),
    "fct_extra_points": ("period_id", "employee_id", "extra_id"),
    "fct_feedback_score": ("period_id", "employee_id", "relation"),
    "fct_evaluation": ("period_id", "employee_id"),
    "fct_payout": ("period_id", "employee_id"),
}
"""In the order in which later figures are made of earlier ones: the first difference is the cause."""


class Difference(NamedTuple):
    """One figure that two computations see differently; ``column`` is `row` where one has no such row."""

    table: str
    column: str
    key: tuple[object, ...]
    expected: object
    found: object

    def __str__(self) -> str:
        key = ", ".join(str(part) for part in self.key)
        return f"{self.table}.{self.column} of {key}: {shown(self.expected)} expected, {shown(self.found)} found"


def differences(expected: Tables, found: Tables) -> list[Difference]:
    """Every figure of ``expected`` that ``found`` does not have exactly, and rows that only one of them has."""
    differing: list[Difference] = []
    for table, keys in _KEYS.items():
        mine, theirs = _by_key(expected[table], keys), _by_key(found[table], keys)
        for key in sorted(mine.keys() | theirs.keys(), key=str):
            if key not in mine or key not in theirs:
                differing.append(Difference(table, "row", key, key in mine, key in theirs))
                continue
            differing.extend(
                Difference(table, column, key, value, theirs[key][column])
                for column, value in mine[key].items()
                if value != theirs[key][column]
            )
    return differing


def _by_key(rows: list[Row], keys: tuple[str, ...]) -> dict[tuple[object, ...], Row]:
    by_key = {tuple(row[key] for key in keys): row for row in rows}
    assert len(by_key) == len(rows), f"two rows have the same {', '.join(keys)}"
    return by_key


def shown(value: object) -> str:
    """A fraction as a decimal where it is one."""
    if isinstance(value, Fraction):
        as_decimal = Decimal(value.numerator) / Decimal(value.denominator)
        return f"{as_decimal:f}" if Fraction(as_decimal) == value else str(value)
    return str(value)


def readable(scheme: Scheme, rows: Given) -> str:
    """A scheme and rows, a line each."""
    lines = [
        f"{word}: {_plain(scheme[word])}" for word in ("evaluation", "feedback", "grades", "bonus") if word in scheme
    ]
    lines += [
        f"position {position}: {_plain(line)}"
        for position, all_lines in scheme["positions"].items()
        for line in all_lines
    ]
    used = {line["kpi"] for all_lines in scheme["positions"].values() for line in all_lines}
    used |= {entry["kpi"] for entry in scheme["extra_points"]}
    rules = {line["rule"] for all_lines in scheme["positions"].values() for line in all_lines}
    lines += [f"kpi {kpi}: {_plain(scheme['kpis'][kpi])}" for kpi in sorted(used)]
    lines += [f"rule {rule}: {_plain(scheme['rules'][rule])}" for rule in sorted(rules)]
    lines += [f"extra points: {_plain(entry)}" for entry in scheme["extra_points"]]
    for field in fields(rows):
        lines += [
            f"{field.name}: {_plain(vars(row) if hasattr(row, '__dict__') else row)}"
            for row in getattr(rows, field.name)
        ]
    return "\n".join(lines)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(part)}" for key, part in value.items() if key not in _UNREAD) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_plain(part) for part in value) + "]"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


_UNREAD = {"name", "goal"}
