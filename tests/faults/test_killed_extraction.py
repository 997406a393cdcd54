"""An extraction that dies at any moment, of any system: run again, it ends as if nothing had happened.

Twenty die by SIGKILL. All eight systems of the worked company are read, in a year that is not over.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest

from business_systems import Sizes, World, running
from perf_pipelines.closing import Closing
from perf_pipelines.company import load_company
from perf_pipelines.home import CompanyHome
from perf_pipelines.periods import Period
from perf_pipelines.warehouse.dbt import DBT_PROJECT, input_models, kpi_models
from tests.pipeline.extracting import COMPANY, SYSTEMS, Extraction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from multiprocessing.context import ForkServerProcess

    from tests.pipeline.extracting import Content

EARLY = datetime(2025, 9, 10, tzinfo=UTC)
LATE = datetime(2025, 12, 4, tzinfo=UTC)
MONTH = Period.parse("2025-11")

FORKING = multiprocessing.get_context("forkserver")
"""A process that has loaded all that an extraction needs, and forks those that are killed."""


@dataclass(frozen=True)
class Running:
    """A lake of how the running systems were, and what an undisturbed extraction reads of them now."""

    early: Extraction
    before: Content
    undisturbed: Extraction
    after: Content
    seconds: Mapping[str, float]
    """How long the undisturbed extraction of each system took."""


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("killed")
    FORKING.set_forkserver_preload(["tests.faults.preloaded"])
    with (
        running(World(sizes=Sizes(orders=400)), folder=root / "systems", clock=EARLY) as systems,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in systems.environment.items():
            patch.setenv(name, value)
        early, undisturbed = Extraction(root / "early"), Extraction(root / "undisturbed")
        read_whole(early)
        systems.advance(LATE)
        seconds = read_whole(undisturbed)
        yield Running(early, early.content(), undisturbed, undisturbed.content(), seconds)


def extracting(lake: Extraction, system: str) -> ForkServerProcess:
    """A process that extracts a system."""
    process = FORKING.Process(target=extract, args=(lake.root, {system: SYSTEMS[system]}))
    process.start()
    return process


def extract(root: Path, systems: dict[str, Any]) -> None:
    Extraction(root).run(**systems)


def read_whole(lake: Extraction) -> dict[str, float]:
    """Extract all systems, each in a process that is left alone; how long each takes."""
    seconds: dict[str, float] = {}
    for system in SYSTEMS:
        begun = time.monotonic()
        process = extracting(lake, system)
        process.join()
        seconds[system] = time.monotonic() - begun
        assert process.exitcode == 0
    return seconds


def left_by_a_killed_one(lake: Extraction, system: str, *, now: Running, chance: random.Random) -> Extraction:
    """What an extraction makes of a lake that is killed at any moment of the time that it takes."""
    while True:
        left = lake.copied(Path(mkdtemp(prefix=f"{system}-", dir=lake.root.parent)))
        process = extracting(left, system)
        process.join(chance.uniform(0, now.seconds[system]))
        process.kill()
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}
        # one that had ended is not taken: it would leave nothing to do to those that are killed after it
        if process.exitcode:
            return left


def published(lake: Extraction) -> Mapping[str, str]:
    """The content hash of each mart of the month, closed from this lake behind all gates."""
    company = load_company(COMPANY, kpi_models=kpi_models(DBT_PROJECT / "models" / "kpis"), inputs=input_models())
    # of so few orders those that were planted to be refused are a larger part
    closing = Closing(company=replace(company, rejected_share=Decimal("0.5")), home=CompanyHome(lake.root))
    closing.prepare(periods=[])
    closing.begin([MONTH])
    closing.pass_stages(closing.plan.closing)
    return closing.publish([MONTH]).hashes


@pytest.mark.parametrize(
    ("known", "killed", "closed"),
    [
        pytest.param(False, [*SYSTEMS], False, id="each system, of a new lake"),
        pytest.param(True, [*SYSTEMS], True, id="each system, of a lake of before", marks=pytest.mark.slow),
        pytest.param(True, ["shop"] * 4, False, id="the same system, again and again", marks=pytest.mark.slow),
    ],
)
def test_killed_at_any_moment_and_run_again_nothing_is_lost_or_doubled(
    now: Running, tmp_path: Path, known: bool, killed: list[str], closed: bool
) -> None:
    chance = random.Random(len(killed) + known)
    lake = now.early.copied(tmp_path / "begun") if known else Extraction(tmp_path / "begun")
    lake.root.mkdir(exist_ok=True)
    for system in killed:
        lake = left_by_a_killed_one(lake, system, now=now, chance=chance)
        for key, rows in lake.content(system).items():
            assert rows == now.after[key] or (known and rows == now.before[key]), f"{key} is there in part"
    lake.run()
    assert lake.content() == now.after
    loads = len(lake.lake.loads())
    lake.run()
    assert len(lake.lake.loads()) == loads
    if closed:
        assert published(lake) == published(now.undisturbed)
