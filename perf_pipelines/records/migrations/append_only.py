"""Triggers by which the database itself refuses to change or delete a row, whoever asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def make_append_only(table: str) -> None:
    """Have ``table`` refuse updates and deletions, and truncation where there is such a thing."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"create trigger {table}_no_{act} before {act} on {table} begin {_refusal(table)}; end")
        refuse_replacement(table)
        return
    op.execute(
        """
        create or replace function refuse_change_of_records() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only', tg_table_name;
        end
        $$
        """
    )
    for act, each in (("update", "row"), ("delete", "row"), ("truncate", "statement")):
        op.execute(
            f"create trigger {table}_no_{act} before {act} on {table} "
            f"for each {each} execute function refuse_change_of_records()"
        )


def refuse_replacement(table: str) -> None:
    """Have ``table`` in SQLite refuse ``insert or replace``, which deletes whatever row is unique in the same way.

    A deletion of that kind asks no trigger but in connections that want it (``recursive_triggers``). So the new row is
    compared with those that are there before, by every unique key and by the number that SQLite itself gives a row:
    that one is -1 in the trigger unless the statement names it.
    """
    there = sa.inspect(op.get_bind())
    keys = [
        there.get_pk_constraint(table)["constrained_columns"],
        *(unique["column_names"] for unique in there.get_unique_constraints(table)),
        ["rowid"],
    ]
    same = " or ".join(f"({' and '.join(f'{column} = new.{column}' for column in key)})" for key in keys)
    op.execute(f"drop trigger if exists {table}_no_replace")
    op.execute(
        f"create trigger {table}_no_replace before insert on {table} when exists (select 1 from {table} where {same}) "
        f"begin {_refusal(table)}; end"
    )


def _refusal(table: str) -> str:
    return f"select raise(abort, '{table} is append-only')"
