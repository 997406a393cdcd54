"""No work that changes nothing: what is published stands while nothing is new, and is computed again otherwise."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult

from perf_pipelines.closing import EXPECTATIONS, Closing
from perf_pipelines.defs import companies
from perf_pipelines.defs.companies import read_company
from perf_pipelines.home import company_home
from perf_pipelines.periods import Period
from perf_pipelines.plan import by_period
from perf_pipelines.publication import read_publication
from perf_pipelines.records.calibrations import CALIBRATIONS, Calibration
from perf_pipelines.records.waivers import WAIVERS, Waiver
from tests.conftest import Place, replace_once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARCH, APRIL = Period.parse("2017-03"), Period.parse("2017-04")
FIRST_SALE = "1C1I7A6R,Moses Frase,GTX Plus Basic,Cancity,Won,10/20/2016,3/1/2017,1054"


@dataclass(frozen=True)
class Kept:
    """A place in which March was closed by ``run``, and a copy of all its files."""

    place: Place
    copy: Path

    def restore(self) -> Place:
        """The place as it was, under the same paths: where the lake lies is part of what is read."""
        for folder in (self.place.companies, self.place.home):
            shutil.rmtree(folder)
            shutil.copytree(self.copy / folder.name, folder, symlinks=True)
        companies._closing.cache_clear()
        return self.place


@pytest.fixture(scope="module")
def kept(_march: Place, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    root = tmp_path_factory.mktemp("nothing_new")
    place = _march.copied(root / "place")
    outcome = place.call("run", "--period", "2017-03")
    assert outcome.code == 0, outcome.err
    assert "2017-03 closed and published" in outcome.out
    shutil.copytree(root / "place", root / "copy", symlinks=True)
    return Kept(place, root / "copy")


@pytest.fixture
def place(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = kept.restore()
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    return place


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What dbt is asked to do from now on: its command, with what it selects."""
    asked: list[str] = []

    class Noted(dbtRunner):
        def invoke(self, args: list[str], **settings: object) -> dbtRunnerResult:
            command = next(word for word in args if word in {"run", "parse", "compile", "ls", "test", "build"})
            chosen = args[args.index("--select") + 1 :] if "--select" in args else []
            asked.append(" ".join([command, *chosen]))
            return super().invoke(args, **settings)

    monkeypatch.setattr("dbt.cli.main.dbtRunner", Noted)
    return asked


def closing_of(place: Place) -> Closing:
    return Closing(company=read_company(place.name), home=company_home(place.name))


def stands(place: Place, *periods: Period) -> bool:
    """Whether closing the periods now would be left undone, as a run asks it after the extraction."""
    closing = closing_of(place)
    with closing.alone():
        for _ in closing.extract_all():
            pass
        return closing.stand_published(periods or [MARCH])


def runs_of_march(place: Place) -> str:
    return read_publication(company_home(place.name)).periods["2017-03"].run


def test_a_second_run_says_that_nothing_is_new_and_writes_nothing(place: Place, built: list[str]) -> None:
    before, target, run = place.published_bytes(), place.published.readlink(), runs_of_march(place)
    versions = sorted(place.published.resolve().parent.iterdir())
    outcome = place.call("run", "--period", "2017-03")
    assert outcome.code == 0, outcome.err
    assert "2017-03 unchanged: nothing is new since it was published." in outcome.out
    assert "closed and published" not in outcome.out
    assert built == []
    assert place.published.readlink() == target
    assert place.published_bytes() == before
    assert sorted(place.published.resolve().parent.iterdir()) == versions
    assert runs_of_march(place) == run


@pytest.mark.slow
def test_asked_for_anew_the_same_is_computed_and_published_again(place: Place, built: list[str]) -> None:
    before, run = place.published_bytes(), runs_of_march(place)
    outcome = place.call("run", "--period", "2017-03", "--anew")
    assert outcome.code == 0, outcome.err
    assert "2017-03 closed and published" in outcome.out
    assert "unchanged" not in outcome.out
    stages = [words.split()[1] for words in built]
    assert stages == [f"tag:{stage}" for stage in ("inputs", "kpis", "facts", "evaluation", "payout", "review")]
    assert runs_of_march(place) != run
    after = place.published_bytes()
    assert {name for name in before if name.endswith(".parquet") and after[name] != before[name]} == set()


def changed_row(place: Place) -> None:
    replace_once(place.data / "sales_pipeline.csv", FIRST_SALE, FIRST_SALE.replace("1054", "1055"))


def changed_weight(place: Place) -> None:
    scheme = place.company / "scheme.yaml"
    cycle = "{kpi: sales_cycle_days, goal: kr_cycle, weight: 0.15,"
    price = "{kpi: price_realisation, goal: kr_price, weight: 0.10,"
    replace_once(scheme, cycle, cycle.replace("0.15", "0.10"))
    replace_once(scheme, price, price.replace("0.10", "0.15"))


def waived(place: Place) -> None:
    waiver = Waiver(
        measure="revenue",
        occurred_on=date(2017, 3, 2),
        system_a="crm",
        value_a="1",
        system_b="ledger",
        value_b="2",
        waived_by="Li Na",
        reason="booked twice",
    )
    with closing_of(place).records.writing() as transaction:
        transaction.append(WAIVERS, waiver)


def calibrated(place: Place) -> None:
    calibration = Calibration(
        period_id="2017-03",
        employee_id="moses_frase",
        computed_grade="qualified",
        grade="excellent",
        calibrated_by="Li Na",
        reason="carried the launch alone",
        calibrated_at=datetime(2017, 4, 3, tzinfo=UTC).replace(tzinfo=None),
    )
    with closing_of(place).records.writing() as transaction:
        transaction.append(CALIBRATIONS, calibration)


def changed_model(place: Place) -> None:
    models = place.company / "models" / "inputs"
    replace_once(models / "company_positions.sql", "'Sales agent'", "'Sales person'")


def deleted_warehouse(place: Place) -> None:
    company_home(place.name).warehouse.unlink()


def deleted_publication(place: Place) -> None:
    place.published.unlink()


def deleted_dbt_files(place: Place) -> None:
    shutil.rmtree(company_home(place.name).dbt)


@pytest.mark.parametrize(
    "change_it",
    [
        pytest.param(changed_row, id="a row of a source"),
        pytest.param(changed_weight, id="a weight of the scheme"),
        pytest.param(waived, id="a waiver"),
        pytest.param(calibrated, id="a calibration"),
        pytest.param(changed_model, id="a model of the company"),
        pytest.param(deleted_warehouse, id="the warehouse was deleted"),
        pytest.param(deleted_publication, id="the publication was deleted"),
        pytest.param(
            deleted_dbt_files,
            id="dbt's files were deleted",
        ),
    ],
)
def test_it_is_computed_again_when_anything_is_new(place: Place, change_it: Callable[[Place], None]) -> None:
    assert stands(place)
    change_it(place)
    assert not stands(place)


def test_it_is_computed_again_when_a_gate_expects_something_else(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suites = tmp_path / "expectations"
    shutil.copytree(EXPECTATIONS, suites)
    monkeypatch.setattr("perf_pipelines.closing.EXPECTATIONS", suites)
    assert stands(place)
    replace_once(suites / "gate_3_evaluation.yaml", "max_value: 10000 ", "max_value: 9999 ")
    assert not stands(place)
    assert not closing_of(place).shared_stand()  # another month too is judged by all of the new suites


def test_it_is_computed_again_when_python_code_has_changed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stands(place)
    monkeypatch.setattr("perf_pipelines.closing.code_hash", lambda: "other code")
    assert not stands(place)


def test_a_copy_of_the_state_is_computed_again_because_its_views_read_the_lake_that_it_was_copied_from(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stands(place)
    copied = place.copied(tmp_path)
    for name, value in copied.environment.items():
        monkeypatch.setenv(name, value)
    assert not stands(copied)


def test_a_period_that_is_not_published_does_not_stand_and_neither_does_a_published_one_beside_it(place: Place) -> None:
    assert not stands(place, APRIL)
    assert not stands(place, MARCH, APRIL)
    assert stands(place, MARCH)


def test_what_all_periods_share_is_not_built_again_for_another_month_while_nothing_is_new(
    place: Place, built: list[str]
) -> None:
    place.close("2017-04", reviewed=False)
    assert [words.split()[1] for words in built] == ["tag:facts", "tag:evaluation", "tag:payout"]
    assert all(words.endswith("--exclude config.materialized:view_in_place") for words in built)


def test_what_all_periods_share_is_built_again_after_a_new_load_without_its_views(
    place: Place, built: list[str]
) -> None:
    def pass_shared() -> list[str]:
        closing = closing_of(place)
        with closing.alone():
            for _ in closing.extract_all():
                pass
            closing.prepare()
            closing.pass_stages(closing.plan.shared)
            assert closing.shared_stand()
        return [built.pop(0) for _ in list(built)]

    assert pass_shared() == []
    changed_row(place)
    without_views = "--exclude config.materialized:view_in_place"
    assert pass_shared() == [f"run tag:inputs {without_views}", f"run tag:kpis {without_views}"]
    assert pass_shared() == []


@pytest.mark.slow
def test_a_calibration_that_is_recorded_while_a_run_goes_on_is_applied_by_the_next_one(place: Place) -> None:
    closing = closing_of(place)
    with closing.alone():
        closing.prepare(anew=True)
        closing.pass_stages(closing.plan.shared)
        closing.begin([MARCH])
        closing.pass_stages(by_period(closing.plan.paying))
        calibrated(place)  # which takes no lock
        closing.publish([MARCH])
    place.close("2017-04", reviewed=False)
    assert not stands(place, MARCH)


def test_a_shared_stage_whose_gate_was_shut_or_that_was_left_half_built_is_built_again(place: Place) -> None:
    closing = closing_of(place)
    [inputs, kpis] = closing.plan.shared
    with closing.alone():
        assert closing.shared_stand()
        read = closing.warehouse.stands_for(kpis.name)
        assert read is not None
        closing.warehouse.record_built(kpis.name, read="")
        assert not closing.shared_stand()
        closing.warehouse.record_built(kpis.name, read=read)
        assert closing.shared_stand()
        closing.name([])
        closing.warehouse.shut_gates([str(inputs.gate)])
        assert not closing.shared_stand()
