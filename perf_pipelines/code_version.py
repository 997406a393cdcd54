"""Which code computes: what a seal remembers of it, and what has changed since."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from perf_pipelines.home import PROJECT
from perf_pipelines.warehouse.dbt import DBT_PROJECT, model_files

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True)
class CodeVersion:
    """``python`` and ``models`` are SHA-256 of all files of the package and of dbt_project/.

    ``git`` is the commit of the checkout, ``None`` where it is none; the hashes see also what was not committed.
    """

    package: str
    git: str | None
    python: str
    models: str
    duckdb: str

    def changed_since(self, before: CodeVersion) -> tuple[str, ...]:
        """What differs in what computes, in words; the commit alone is no difference."""
        found: list[str] = []
        for name, old, new in (
            ("perf-pipelines", before.package, self.package),
            ("DuckDB", before.duckdb, self.duckdb),
        ):
            if old != new:
                found.append(f"{name} {old} → {new}")
        if before.models != self.models:
            found.append("other models in dbt_project/")
        if before.python != self.python:
            found.append("other Python code")
        if found and before.git != self.git:
            found.append(f"commit {before.git or 'unknown'} → {self.git or 'unknown'}")
        return tuple(found)


def code_at_hand() -> CodeVersion:
    """The code that is running."""
    package = Path(__file__).resolve().parent
    return CodeVersion(
        package=version("perf-pipelines"),
        git=_commit(),
        python=_hash(package, sorted(package.rglob("*.py"))),
        models=_hash(DBT_PROJECT, model_files(DBT_PROJECT)),
        duckdb=duckdb.__version__,
    )


@cache
def code_hash() -> str:
    """One hash of the Python code of this package and of DuckDB's version."""
    package = Path(__file__).resolve().parent
    return f"{_hash(package, sorted(package.rglob('*.py')))} {duckdb.__version__}"


def _hash(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _commit() -> str | None:
    try:
        asked = subprocess.run(
            ["git", "-C", str(PROJECT), "rev-parse", "--show-toplevel", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:  # there is no git
        return None
    found = asked.stdout.split()
    # a package that is installed inside some other checkout is not of that commit
    return found[1] if asked.returncode == 0 and Path(found[0]) == PROJECT else None
