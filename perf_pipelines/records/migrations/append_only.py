"""Triggers by which the database itself refuses to change or delete a row, whoever asks."""

from __future__ import annotations

from alembic import op


def make_append_only(table: str) -> None:
    """Have ``table`` refuse updates and deletions, and truncation where there is such a thing."""
    if op.get_bind().dialect.name == "sqlite":
        refusal = f"select raise(abort, '{table} is append-only')"
        for act in ("update", "delete"):
            op.execute(f"create trigger {table}_no_{act} before {act} on {table} begin {refusal}; end")
        # `insert or replace` deletes without asking the trigger above
        op.execute(
            f"create trigger {table}_no_replace before insert on {table} when exists "
            f"(select 1 from {table} where company_id = new.company_id and number = new.number) begin {refusal}; end"
        )
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
