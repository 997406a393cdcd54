"""Real runs of the real company, in a state folder of their own."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from perf_pipelines.cli import main
from perf_pipelines.closing import Closing
from perf_pipelines.defs.companies import read_company
from perf_pipelines.errors import PerfError
from perf_pipelines.garbage import collect_seldom
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).resolve().parents[1]
_PARSED = "PERF_TESTS_PARSED"
_IN_MEMORY, _ENOUGH = Path("/dev/shm"), 8 * 1024**3  # a file system without a disk

# A disk is waited for some thousands of times: each of Dagster's events is a transaction of its own.
if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


collect_seldom()


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Place:
    """A companies' folder and a state folder in which commands are run as processes of their own."""

    companies: Path
    home: Path
    name: str = "crm_sales"

    @property
    def company(self) -> Path:
        return self.companies / self.name

    @property
    def data(self) -> Path:
        return self.company / "data"

    @property
    def published(self) -> Path:
        return self.home / self.name / "published"

    def run(self, *arguments: str, **environment: str) -> Outcome:
        finished = subprocess.run(
            [sys.executable, "-m", "perf_pipelines.cli", *arguments],
            env={**os.environ, **self.environment, **environment, "COLUMNS": "200"},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        return Outcome(finished.returncode, finished.stdout, finished.stderr)

    def call(self, *arguments: str) -> Outcome:
        """The same command in this process, which saves the seconds that a process needs to start."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name, value in {**self.environment, "COLUMNS": "200"}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["perf-pipelines", *arguments])
            try:
                main()
            except SystemExit as exit_:
                return Outcome(int(exit_.code or 0), out.getvalue(), err.getvalue())
        return Outcome(0, out.getvalue(), err.getvalue())

    def close(self, *periods: str, reviewed: bool = True, **environment: str) -> None:
        """Close periods in this process by the steps alone, without Dagster; for tests of what comes of it.

        Not ``reviewed``: up to the pay alone.
        """
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.environment, **environment}.items():
                patch.setenv(name, value)
            closing = Closing(company=read_company(self.name), home=company_home(self.name))
            stages = closing.plan.closing if reviewed else closing.plan.paying
            with closing.alone():
                for _ in closing.extract_all():
                    pass
                closing.prepare()
                closing.pass_stages(closing.plan.shared)
                closing.close(map(Period.parse, periods), stages=stages)

    def attempt(self, *periods: str) -> Outcome:
        """The same, with the refusal as a command would end with it."""
        try:
            self.close(*periods, reviewed=False)
        except PerfError as refusal:
            return Outcome(refusal.exit_code, "", str(refusal))
        return Outcome(0, "", "")

    @property
    def environment(self) -> dict[str, str]:
        parsed = self.home / "parsed"
        if not parsed.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            parsed.symlink_to(os.environ[_PARSED])
        return {"PERF_HOME": str(self.home), "PERF_COMPANIES": str(self.companies), "PERF_COMPANY": self.name}

    def copied(self, root: Path) -> Place:
        """The same companies and state in another folder."""
        shutil.copytree(self.companies, root / "companies")
        shutil.copytree(self.home, root / "state", symlinks=True)
        return Place(companies=root / "companies", home=root / "state", name=self.name)

    def published_bytes(self) -> dict[str, bytes]:
        """Every published file with its content."""
        root = self.published.resolve()
        return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def _place(root: Path) -> Place:
    companies = root / "companies"
    shutil.copytree(PROJECT / "companies" / "crm_sales", companies / "crm_sales")
    return Place(companies=companies, home=root / "state")


def _of_all_processes(factory: pytest.TempPathFactory) -> Path:
    """The folder of this test run, which the processes that run the tests share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that ``make`` fills, in the first of the test processes that needs it."""
    root = _of_all_processes(factory) / name
    with FileLock(root.with_suffix(".lock")):
        if not (root / "made").exists():
            root.mkdir(exist_ok=True)
            make(root)
            (root / "made").touch()
    return root


def _closed_once(factory: pytest.TempPathFactory, name: str, *periods: str) -> Place:
    """A place with crm_sales in which ``periods`` are closed; nobody writes there."""
    root = made_once(factory, name, lambda root: _place(root).close(*periods))
    return Place(companies=root / "companies", home=root / "state")


def place_made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None], *, company: str = "crm_sales"
) -> Place:
    """A place that ``make`` makes in ``<root>/companies`` and ``<root>/state``, copied for each process that asks."""
    root = made_once(factory, name, make)
    once = Place(companies=root / "companies", home=root / "state", name=company)
    return once.copied(factory.mktemp(name))


@pytest.fixture(scope="session", autouse=True)
def _parsed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What dbt has read of the models is shared by all homes of a test run, as it is by the companies of one home."""
    folder = _of_all_processes(tmp_path_factory) / "parsed"
    folder.mkdir(exist_ok=True)
    os.environ[_PARSED] = str(folder)


@pytest.fixture(scope="session")
def closed_year(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """crm_sales with all months of 2017 and the four quarters closed."""
    months = [f"2017-{month:02}" for month in range(3, 13)]
    quarters = [f"2017-Q{quarter}" for quarter in range(1, 5)]
    return _closed_once(tmp_path_factory, "year", *months, *quarters)


@pytest.fixture(scope="session")
def _march(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return _closed_once(tmp_path_factory, "march", "2017-03")


@pytest.fixture
def closed_march(_march: Place, tmp_path: Path) -> Place:
    """A company and state of the test's own in which 2017-03 has been published."""
    return _march.copied(tmp_path)


def replace_once(path: Path, old: str, new: str) -> None:
    """Replace a text that stands exactly once in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")


@pytest.fixture
def change() -> Callable[[Path, str, str], None]:
    """:func:`replace_once`."""
    return replace_once
