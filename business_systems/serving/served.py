"""What the servers need of a world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pyarrow as pa


class ServedWorld(Protocol):
    """A world that can be served: typed tables, each with ``updated_at``, and the first column is the key."""

    def tables(self) -> Sequence[tuple[str, str]]:
        """Every (system, table)."""
        ...

    def table(self, system: str, table: str, /) -> pa.Table:
        """All rows of a table, whatever the clock."""
        ...

    def truth(self) -> dict[str, Any]:
        """What a correct reader of the systems finds."""
        ...


class UnknownTable(LookupError):
    """A table that no system has."""


def key_column(rows: pa.Table) -> str:
    """The column by which a row is told from others: the first one."""
    return rows.column_names[0]


def tables_of(world: ServedWorld, system: str) -> list[str]:
    """The tables of one system, as the world orders them."""
    return [table for owner, table in world.tables() if owner == system]


def without(rows: pa.Table, keys: Collection[str]) -> pa.Table:
    """The rows whose keys, as text, are not among ``keys``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not keys:
        return rows
    found = pc.is_in(pc.cast(rows[key_column(rows)], pa.string()), value_set=pa.array(sorted(keys), pa.string()))
    return rows.filter(pc.invert(found))
