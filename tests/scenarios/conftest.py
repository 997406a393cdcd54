"""Companies of the folder companies/, run whole and once for all test processes."""

from __future__ import annotations

import shutil

import pytest
from filelock import FileLock

from business_systems import World, running
from tests.conftest import PROJECT, Place, of_all_processes


@pytest.fixture(scope="session")
def online_retail(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """online_retail with its six whole months closed."""
    root = of_all_processes(tmp_path_factory) / "online_retail"
    place = Place(companies=root / "companies", home=root / "state", name="online_retail")
    with FileLock(root.with_suffix(".lock")):
        if not (root / "made").exists():
            shutil.copytree(PROJECT / "companies" / place.name, place.company)
            place.close("2010-12", *(f"2011-{month:02}" for month in range(1, 6)))
            (root / "made").touch()
    return place


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """xx_ecommerce with the months of 2025 and the year closed."""
    root = of_all_processes(tmp_path_factory) / "xx_ecommerce"
    place = Place(companies=PROJECT / "companies", home=root / "state", name="xx_ecommerce")
    with FileLock(root.with_suffix(".lock")):
        if not (root / "made").exists():
            with running(World(), folder=root / "files") as systems:
                place.close(*(f"2025-{month:02}" for month in range(1, 13)), "2025", **systems.environment)
            (root / "made").touch()
    return place
