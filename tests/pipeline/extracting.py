"""Extraction of the systems in companies/xx_ecommerce/sources.yaml into a lake of a test's own."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from perf_pipelines.documents import read_document
from perf_pipelines.sources.config import FilesSystem, OffsetPaging, RestSystem, Sources
from perf_pipelines.sources.extract import extract_system
from perf_pipelines.sources.lake import Lake
from perf_pipelines.sources.own_columns import LOAD_ID, SOURCE_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perf_pipelines.sources.lake import Snapshot

COMPANY = Path(__file__).resolve().parents[2] / "companies" / "xx_ecommerce"
PAGE = 20
"""Rows a page, so that small tables have several."""

Content = dict[tuple[str, str], frozenset[tuple[tuple[str, Any], ...]]]


def real_systems() -> dict[str, Any]:
    """The systems by id; services give up soon and have small pages."""
    found: dict[str, Any] = dict(read_document(COMPANY / "sources.yaml").validated(Sources).systems)
    for system_id, system in found.items():
        if isinstance(system, RestSystem):
            tables = {
                name: table.model_copy(update={"paging": OffsetPaging(kind="offset", size=PAGE)})
                for name, table in system.tables.items()
            }
            found[system_id] = system.model_copy(update={"time_out": 1, "retries": 1, "tables": tables})
        elif not isinstance(system, FilesSystem):
            found[system_id] = system.model_copy(update={"time_out": 5, "retries": 0})
    return found


SYSTEMS: Mapping[str, Any] = real_systems()


def with_table(system: Any, table: str, **update: Any) -> Any:
    """The system with another declaration of one of its tables."""
    return system.model_copy(
        update={"tables": {**system.tables, table: system.tables[table].model_copy(update=update)}}
    )


def with_load(system: Any, table: str, **update: Any) -> Any:
    """The system with another way to load one of its tables."""
    return with_table(system, table, load=system.tables[table].load.model_copy(update=update))


def only(system: Any, *tables: str) -> Any:
    """The system with these tables alone."""
    return system.model_copy(update={"tables": {table: system.tables[table] for table in tables}})


@dataclass(frozen=True)
class Extraction:
    """A lake and what a run needs beside it."""

    root: Path

    @property
    def lake(self) -> Lake:
        return Lake(self.root / "lake")

    def run(self, **systems: Any) -> dict[tuple[str, str], Snapshot]:
        """Extract these systems (all, if none is given), given as they are declared."""
        found: dict[tuple[str, str], Snapshot] = {}
        for system_id, system in (systems or SYSTEMS).items():
            snapshots = extract_system(
                company_folder=COMPANY,
                company_id="xx_ecommerce",
                system_id=system_id,
                system=system,
                lake=self.lake,
                state_dir=self.root / "extraction",
            )
            found.update({(system_id, snapshot.table): snapshot for snapshot in snapshots})
        return found

    def rows(self, system: str, table: str, *, as_of: str | None = None) -> list[dict[str, Any]]:
        """The current rows of a table, by their key."""
        return _rows(self.lake, self.lake.snapshots(as_of)[system, table])

    def content(self, *systems: str, as_of: str | None = None) -> Content:
        """The current rows of all tables (of these systems) without the load that brought them; no key twice."""
        lake = self.lake
        found: Content = {}
        for (system, table), snapshot in lake.snapshots(as_of).items():
            if systems and system not in systems:
                continue
            rows = _rows(lake, snapshot)
            twice = [key for key, times in Counter(row[SOURCE_KEY] for row in rows).items() if times > 1 or not key]
            assert not twice, f"{system}.{table} has keys twice or none: {twice[:5]}"
            assert len(rows) == snapshot.rows, f"{system}.{table} says that it has other rows"
            found[system, table] = frozenset(
                tuple((name, value) for name, value in row.items() if name != LOAD_ID) for row in rows
            )
        return found

    def bytes_of_the_lake(self) -> dict[str, bytes]:
        root = self.lake.root
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def copied(self, root: Path) -> Extraction:
        """The same lake elsewhere."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return Extraction(root)


def _rows(lake: Lake, snapshot: Snapshot) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        relation = connection.sql(f"select * from ({lake.relation_sql(snapshot)}) order by {SOURCE_KEY}")
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
