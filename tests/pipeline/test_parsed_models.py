"""What dbt has read of the models is kept by their hash, and read again where it cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult

from perf_pipelines.defs.companies import read_company
from perf_pipelines.home import CompanyHome
from perf_pipelines.plan import PLAN
from perf_pipelines.warehouse import dbt
from perf_pipelines.warehouse.dbt import Dbt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Place


@pytest.fixture
def models_of(closed_march: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Dbt]:
    """The company's models in another home beside the first, for a process that has read nothing yet."""
    for name, value in closed_march.environment.items():
        monkeypatch.setenv(name, value)
    company = read_company(closed_march.name)

    def made(home: str) -> Dbt:
        monkeypatch.setattr(dbt, "_PARSED", {})
        monkeypatch.setattr(dbt, "_PLAIN", {})
        return Dbt(company=company, home=CompanyHome(tmp_path / "homes" / home))

    return made


def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What dbt is told from now on."""
    told: list[str] = []

    class Noted(dbtRunner):
        def invoke(self, args: list[str], **settings: object) -> dbtRunnerResult:
            told.extend(word for word in args if word in {"parse", "compile"})
            return super().invoke(args, **settings)

    monkeypatch.setattr("dbt.cli.main.dbtRunner", Noted)
    return told


def test_models_are_read_once_for_all_homes_and_again_when_what_was_kept_is_damaged(
    models_of: Callable[[str], Dbt], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = commands(monkeypatch)
    first = models_of("first")
    nodes = first.manifest()["nodes"].keys()
    assert told == ["parse"]

    second = models_of("second")
    assert second.manifest()["nodes"].keys() == nodes
    assert (second.compile([PLAN.stage("kpis")]) / "compiled" / "perf" / "models" / "kpis").is_dir()
    assert told == ["parse", "compile"]

    parsed = tmp_path / "homes" / "parsed"
    for kept in parsed.iterdir():
        kept.write_bytes(kept.read_bytes()[:1000])
    third = models_of("third")
    assert third.parse().plain["nodes"].keys() == nodes
    assert told == ["parse", "compile", "parse"]
    assert len(list(parsed.iterdir())) == 2


def test_the_oldest_are_thrown_away(models_of: Callable[[str], Dbt], tmp_path: Path) -> None:
    parsed = tmp_path / "homes" / "parsed"
    parsed.mkdir(parents=True)
    for number in range(100):
        (parsed / f"{number}.json").touch()
    models_of("first").parse()
    left = list(parsed.iterdir())
    assert len(left) < 50
    assert {file.suffix for file in left if file.stat().st_size} == {".json", ".msgpack"}
