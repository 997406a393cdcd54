"""Two relations that should hold the same rows: what differs, row by row, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perf_pipelines.errors import Problem
from perf_pipelines.sql_text import identifier

if TYPE_CHECKING:
    import duckdb

_SHOWN = 20
_COMPARED = 10_000
_TEXT_SHOWN = 80

_Row = dict[str, Any]


def row_differences(
    connection: duckdb.DuckDBPyConnection, *, mart: str, before: str, after: str, called: tuple[str, str], todo: str
) -> list[Problem]:
    """What differs between two relations, the first rows of it; empty where they hold the same rows, each as often.

    A column that only ``after`` has is no difference, because columns may be added; nor is a wider type. ``called`` is
    what values of either side are called.
    """
    columns = {side: _columns(connection, relation) for side, relation in (("before", before), ("after", after))}
    gone = [column for column in columns["before"] if column not in columns["after"]]
    problems = [
        Problem(file=mart, field=column, what=f"there is no such column in what is {called[1]}", todo=todo)
        for column in gone
    ]
    common = [column for column in columns["before"] if column in columns["after"]]
    lost = _only_in(connection, before, after, common)
    fresh = _only_in(connection, after, before, common)
    if not lost and not fresh:
        return problems
    count = max(_count_only_in(connection, before, after, common), _count_only_in(connection, after, before, common))
    for row in lost[:_SHOWN]:
        partner = _partner(row, fresh)
        if partner is None:
            problems.append(Problem(file=mart, row=_identity(row), what=f"the row is {called[0]} only", todo=todo))
            continue
        fresh.remove(partner)
        what = "; ".join(
            f"{column}: {called[0]} {_said(row[column])}, {called[1]} {_said(partner[column])}"
            for column in common
            if row[column] != partner[column]
        )
        problems.append(Problem(file=mart, row=_identity(row), what=what, todo=todo))
    problems += [
        Problem(file=mart, row=_identity(row), what=f"the row is {called[1]} only", todo=todo)
        for row in fresh[: max(_SHOWN - len(lost), 0)]
    ]
    if count > _SHOWN:
        problems.append(Problem(file=mart, what=f"{count} rows differ; the first {_SHOWN} are shown", todo=todo))
    return problems


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    return [name for name, *_ in connection.execute(f"describe select * from {relation}").fetchall()]


def _only_in(connection: duckdb.DuckDBPyConnection, one: str, other: str, columns: list[str]) -> list[_Row]:
    query = _difference(one, other, columns)
    found = connection.execute(f"select * from ({query}) order by all limit {_COMPARED}").fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]


def _count_only_in(connection: duckdb.DuckDBPyConnection, one: str, other: str, columns: list[str]) -> int:
    counted = connection.execute(f"select count(*) from ({_difference(one, other, columns)})").fetchone()
    return int(counted[0]) if counted else 0


def _difference(one: str, other: str, columns: list[str]) -> str:
    listed = ", ".join(map(identifier, columns))
    return f"select {listed} from {one} except all select {listed} from {other}"


def _partner(row: _Row, others: list[_Row]) -> _Row | None:
    """Of the rows with the same ids the one that has most in common with it."""
    same = [other for other in others if all(row[name] == other[name] for name in row if name.endswith("_id"))]
    return max(same, key=lambda other: sum(row[name] == other[name] for name in row), default=None)


def _identity(row: _Row) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items() if name.endswith("_id") and value is not None)


def _said(value: object) -> str:
    text = "nothing" if value is None else f"{value}"
    return text if len(text) <= _TEXT_SHOWN else f"{text[: _TEXT_SHOWN - 1]}…"
