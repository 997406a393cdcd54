"""Companies of the folder companies/, run whole and once for all test processes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from business_systems import World, running
from tests.conftest import PROJECT, Place, made_once

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def online_retail(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """online_retail with its six whole months closed."""

    def place(root: Path) -> Place:
        return Place(companies=root / "companies", home=root / "state", name="online_retail")

    def make(root: Path) -> None:
        shutil.copytree(PROJECT / "companies" / "online_retail", place(root).company)
        place(root).close("2010-12", *(f"2011-{month:02}" for month in range(1, 6)))

    return place(made_once(tmp_path_factory, "online_retail", make))


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """xx_ecommerce with the months of 2025 and the year closed."""

    def place(root: Path) -> Place:
        return Place(companies=PROJECT / "companies", home=root / "state", name="xx_ecommerce")

    def make(root: Path) -> None:
        with running(World(), folder=root / "files") as systems:
            place(root).close(*(f"2025-{month:02}" for month in range(1, 13)), "2025", **systems.environment)

    return place(made_once(tmp_path_factory, "xx_ecommerce", make))
