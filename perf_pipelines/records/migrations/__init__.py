"""The form of the records' tables, and how older forms are brought into it; nothing recorded is lost on the way.

A step is a module in ``versions/`` (Alembic). All steps that are needed are one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from perf_pipelines.errors import Problem, RunFailed

if TYPE_CHECKING:
    from sqlalchemy import Connection

NEWEST = "0007"
"""The last step. It stands here too, so that tables that have it already are read without importing Alembic."""

VERSION_TABLE = "records_version"
"""Not Alembic's own name: Dagster, which may have the same database, uses that."""


def version_of(connection: Connection) -> str | None:
    """The last step that the tables have been through; ``None`` for those of before there were any, and for none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"select version_num from {VERSION_TABLE}")).scalar()


def migrate(connection: Connection, *, company_id: str) -> None:
    """Bring the tables into their newest form inside the transaction of ``connection``.

    Rows of a form that did not say whose they are become those of ``company_id``.
    """
    from alembic.command import upgrade
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "perf_pipelines.records:migrations")
    config.attributes.update(connection=connection, company_id=company_id)
    version = version_of(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise RunFailed(
            "the records were written by a newer version of this program",
            [
                Problem(
                    what=f"their form is {version}, this version knows {NEWEST} and older ones",
                    todo="install the newer version again; nothing was changed",
                )
            ],
        )
    upgrade(config, "head")
