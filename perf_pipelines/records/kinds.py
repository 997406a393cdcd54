"""Kinds of record: a table each, all of one form.

A row is named by its company and a number, which is the number of the entry of the audit log that tells it
(:mod:`~perf_pipelines.records.chain`): records of all kinds are counted together, and of each there is one entry.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Column, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Constraint, Dialect
    from sqlalchemy.types import TypeEngine

METADATA = MetaData()
"""All tables of the records, as the newest migration leaves them."""

Record = TypeVar("Record")


class Amount(TypeDecorator[Decimal]):
    """Money, exact and with the decimals it was given: NUMERIC in PostgreSQL, text in SQLite, which has no decimals."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return None if value is None else str(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value)


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[Record]):
    """How records of one kind are kept.

    ``record`` is the dataclass of a row and ``table`` where it stands; ``subject`` names the fields that say what it is
    about, ``actor`` the one that says whose act it is, and ``action`` what was done, as the audit log tells it.
    """

    table: Table
    record: type[Record]
    action: str
    actor: str
    subject: tuple[str, ...]

    def subject_of(self, row: Mapping[str, Any]) -> str:
        """Like ``calibration/2026-03/ann``: the table, and what the row is about."""
        return "/".join([self.table.name, *(str(row[name]) for name in self.subject)])

    def read(self, row: Mapping[str, Any]) -> Record:
        """A row of the table as its record."""
        names = [field.name for field in fields(self.record)]  # type: ignore[arg-type] — a dataclass, as said
        return self.record(**{name: row[name] for name in names})


def record_table(name: str, *columns: Column[Any] | Constraint) -> Table:
    """A table of records: its own ``columns`` after company and number."""
    return Table(
        name,
        METADATA,
        Column("company_id", Text, primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        *columns,
    )
