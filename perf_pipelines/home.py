"""Where state lives: one folder a company under ``PERF_HOME``, the checkout's ``.perf/`` when it is not set."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
"""The checkout: ``dbt_project/``, ``expectations/`` and ``companies/`` stand in it."""


@dataclass(frozen=True)
class CompanyHome:
    """The state of one company. ``lake``, ``records`` and ``seals`` are kept for ever.

    The rest can be deleted and made again.
    """

    root: Path

    @property
    def lake(self) -> Path:
        """Raw rows as they were extracted, append-only."""
        return self.root / "lake"

    @property
    def extraction(self) -> Path:
        """Working files of the extraction."""
        return self.root / "extraction"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that the pipeline writes; nobody else reads it."""
        return self.root / "warehouse.duckdb"

    @property
    def dbt(self) -> Path:
        """Dbt's compiled SQL and logs."""
        return self.root / "dbt"

    @property
    def parsed(self) -> Path:
        """What dbt has read of the models, by their hash; shared by the companies beside each other."""
        return self.root.parent / "parsed"

    @property
    def records(self) -> Path:
        """Where the records stand when they stand in a file."""
        return self.root / "records"

    @property
    def records_url(self) -> str:
        """The database with what people have decided: ``PERF_RECORDS_URL``, or a SQLite file in :attr:`records`."""
        return os.environ.get("PERF_RECORDS_URL") or self._records_file

    @property
    def _records_file(self) -> str:
        return f"sqlite:///{self.records / 'records.sqlite'}"

    @property
    def published(self) -> Path:
        """A link to the marts that BI and HR read; it is moved to a new version in one rename."""
        return self.root / "published"

    @property
    def versions(self) -> Path:
        """The published version and the one before it."""
        return self.root / "versions"

    @property
    def seals(self) -> Path:
        """Sealed periods, a folder a revision (sealing.py), kept for ever."""
        return self.root / "seals"

    @property
    def reports(self) -> Path:
        """What people read, a folder a period and language; made again from what is published."""
        return self.root / "reports"

    @property
    def lock(self) -> Path:
        """Held by the one process that writes."""
        return self.root / "writing.lock"

    def mark_last_run(self) -> None:
        """Let the link ``_last_run`` beside the companies lead here: bare dbt commands in dbt_project/ follow it."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.root.parent / f"_last_run-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.root.name, target_is_directory=True)
        fresh.replace(self.root.parent / "_last_run")


@dataclass(frozen=True)
class TrialHome(CompanyHome):
    """State of its own below ``root`` over the lake of ``real``: what is tried here changes nothing there."""

    real: CompanyHome

    @property
    def lake(self) -> Path:
        return self.real.lake

    @property
    def parsed(self) -> Path:
        return self.real.parsed

    @property
    def records_url(self) -> str:
        return self._records_file

    def mark_last_run(self) -> None:
        """Nothing: a trial is thrown away."""


def perf_home() -> Path:
    """``PERF_HOME``, or ``.perf/`` in the checkout; absolute."""
    return Path(os.environ.get("PERF_HOME") or PROJECT / ".perf").expanduser().resolve()


def companies_root() -> Path:
    """``PERF_COMPANIES``, or ``companies/`` in the checkout; absolute."""
    return Path(os.environ.get("PERF_COMPANIES") or PROJECT / "companies").expanduser().resolve()


def company_home(company_id: str) -> CompanyHome:
    """The folder of one company under :func:`perf_home`; it need not exist yet."""
    return CompanyHome(perf_home() / company_id)


def served_companies() -> tuple[str, ...]:
    """Names in ``PERF_COMPANY``, one or several with commas, in order and each once; xx_ecommerce without it."""
    names = (name.strip() for name in os.environ.get("PERF_COMPANY", "").split(","))
    return tuple(dict.fromkeys(name for name in names if name)) or ("xx_ecommerce",)
