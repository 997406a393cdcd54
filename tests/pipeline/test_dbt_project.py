"""The dbt project beside its models: unit tests, exposures and the load time of sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from perf_pipelines.defs.companies import read_company
from perf_pipelines.home import PROJECT, company_home
from perf_pipelines.pay.proposal import published_proposal
from perf_pipelines.pay.rewarding import published_rewards
from perf_pipelines.payroll.payees import payees
from perf_pipelines.periods import Period
from perf_pipelines.reports.edition import Edition
from perf_pipelines.reports.explanation import explain
from perf_pipelines.reports.folder import Kind, reports_of
from perf_pipelines.reports.goals import cascade
from perf_pipelines.reports.marts import PublishedMarts
from perf_pipelines.reports.score_table import score_table
from perf_pipelines.warehouse.dbt import DBT_PROJECT, Dbt
from perf_pipelines.wording import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from tests.conftest import Place

MARCH = Period.parse("2017-03")
EXPOSURES: list[dict[str, Any]] = yaml.safe_load(
    (DBT_PROJECT / "models" / "marts" / "_exposures.yml").read_text(encoding="utf-8")
)["exposures"]


def use(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)


def test_every_unit_test_of_the_models_passes(closed_march: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    use(closed_march, monkeypatch)
    dbt = Dbt(company=read_company(closed_march.name), home=company_home(closed_march.name))
    dbt.parse()

    outcome = dbt._invoke("test", "--select", "test_type:unit")

    status = {
        result.node.name: str(result.status)
        for result in outcome.result.results
        if result.node.resource_type == "unit_test"
    }
    assert {name: found for name, found in status.items() if found != "pass"} == {}
    assert len(status) == sum(
        len(yaml.safe_load(path.read_text(encoding="utf-8"))["unit_tests"])
        for path in DBT_PROJECT.rglob("*__unit_tests.yml")
    )


def read_score_table(marts: PublishedMarts) -> None:
    score_table(marts, MARCH.id)


def read_explanation(marts: PublishedMarts) -> None:
    explain(marts, period=MARCH.id, employee="darcel_schlecht", rows=1)


def read_cascade(marts: PublishedMarts) -> None:
    cascade(marts, period=MARCH.id, language=Language.en)


def read_proposal(marts: PublishedMarts) -> None:
    published_proposal(company_home(marts.company), company_id=marts.company, period=MARCH)


def read_rewards(marts: PublishedMarts) -> None:
    published_rewards(company_home(marts.company), MARCH)


def read_payees(marts: PublishedMarts) -> None:
    payees(marts, MARCH.id)


def reading(kind: Kind) -> Callable[[PublishedMarts], None]:
    def read(marts: PublishedMarts) -> None:
        for _ in reports_of(Edition(marts=marts, period=MARCH.id, language=Language.en), [kind]):
            pass

    return read


READERS: dict[str, Callable[[PublishedMarts], None]] = {
    "score_table": read_score_table,
    "score_explanation": read_explanation,
    "goal_cascade": read_cascade,
    "pay_approval": read_proposal,
    "instant_rewards": read_rewards,
    "payroll_file": read_payees,
    **{kind.value: reading(kind) for kind in Kind},
}


def test_every_exposure_names_exactly_the_marts_that_are_read(
    closed_march: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(closed_march, monkeypatch)
    read: set[str] = set()
    query = PublishedMarts.query

    def noted(self: PublishedMarts, sql: str, *arguments: Any, **named: Any) -> list[dict[str, Any]]:
        read.update(re.findall(r"(?:from|join)\s+marts\.(\w+)", sql))
        return query(self, sql, *arguments, **named)

    monkeypatch.setattr(PublishedMarts, "query", noted)
    marts = PublishedMarts(company_home(closed_march.name))
    found: dict[str, list[str]] = {}
    for name, reader in READERS.items():
        read.clear()
        reader(marts)
        found[name] = [f"ref('{mart}')" for mart in sorted(read)]

    # crm_sales has no activities; the strategy review reads this mart only for companies that have some
    found["strategy_review"] = sorted([*found["strategy_review"], "ref('fct_spending_shift')"])
    assert {exposure["name"]: exposure["depends_on"] for exposure in EXPOSURES} == found


def sources(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(root.glob("*/models/**/*.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8")).get("sources", []):
            yield f"{path.parents[2].name} {source['name']}", source


def test_every_source_of_a_company_says_when_its_rows_were_loaded() -> None:
    found = {name: source.get("config", {}).get("loaded_at_field") for name, source in sources(PROJECT / "companies")}

    assert len(found) > 30
    assert {name: field for name, field in found.items() if field != "to_timestamp(cast(_dlt_load_id as double))"} == {}
