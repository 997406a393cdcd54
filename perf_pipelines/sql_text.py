"""Names and texts as DuckDB reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def identifier(name: str) -> str:
    """A name of a column or table in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """A text in single quotes."""
    return "'" + str(text).replace("'", "''") + "'"


def parquet(files: Iterable[Path]) -> str:
    """The relation of all rows in Parquet files; a column that a file lacks is null in its rows."""
    # a folder named `key=value` on the way to the files would otherwise become a column
    return f"read_parquet([{', '.join(map(literal, files))}], hive_partitioning = false, union_by_name = true)"
