"""The company in small_shop/, with data of a test's own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import Place

if TYPE_CHECKING:
    from collections.abc import Mapping


def a_small_shop(root: Path, data: Mapping[str, str]) -> Place:
    """The company with these files (text by name) in ``<root>/companies``, and a state in ``<root>/state``."""
    place = Place(companies=root / "companies", home=root / "state", name="small_shop")
    shutil.copytree(Path(__file__).parent / place.name, place.company)
    place.data.mkdir()
    for name, text in data.items():
        (place.data / name).write_text(text, encoding="utf-8")
    return place
