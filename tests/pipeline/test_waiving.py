"""What may be waived, on comparisons written into a warehouse by hand."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from perf_pipelines.closing import Closing
from perf_pipelines.company import load_company
from perf_pipelines.errors import Busy
from perf_pipelines.home import CompanyHome
from perf_pipelines.waiving import WaiverRefused, waive
from perf_pipelines.warehouse.dbt import DBT_PROJECT, input_models, kpi_models

DAY = date(2026, 3, 20)
Row = tuple[date, str | None, str | None, str | None, bool]


def small_shop(root: Path, *compared: Row, built_by: str | None = None) -> Closing:
    """The company with a warehouse in which revenue was ``compared``: day, both values, resolution, open."""
    folder = root / "small_shop"
    shutil.copytree(Path(__file__).parent / "small_shop", folder)
    company = load_company(folder, kpi_models=kpi_models(DBT_PROJECT / "models" / "kpis"), inputs=input_models())
    closing = Closing(company=company, home=CompanyHome(root / "state"))
    with closing.warehouse.connect() as connection:
        connection.execute("create schema control")
        connection.execute("create table control.build as select ? as build", [built_by or closing.dbt.build_id])
        connection.execute("create schema inputs")
        connection.execute(
            """
            create table inputs.judged_reconciliation (
                measure text, occurred_on date, system_a text, value_a_as_waived text, system_b text,
                value_b_as_waived text, tolerance decimal(9, 6), resolution text, is_open boolean
            )
            """
        )
        for day, value_a, value_b, resolution, is_open in compared:
            connection.execute(
                "insert into inputs.judged_reconciliation values "
                "('revenue', ?, 'shop.orders', ?, 'office.ledger', ?, 0.01, ?, ?)",
                [day, value_a, value_b, resolution, is_open],
            )
    return closing


def waive_revenue(closing: Closing, day: date = DAY) -> None:
    waive(
        closing,
        measure="revenue",
        day=day,
        system_a="shop.orders",
        system_b="office.ledger",
        waived_by="Li Na",
        reason="booked twice",
    )


def refused(closing: Closing, day: date = DAY) -> WaiverRefused:
    with pytest.raises(WaiverRefused) as refusal:
        waive_revenue(closing, day)
    assert closing.records.waivers() == ()
    return refusal.value


def test_the_values_of_the_last_run_are_recorded_also_where_a_system_said_nothing(tmp_path: Path) -> None:
    closing = small_shop(tmp_path, (DAY, "1200.0000", "null", None, True))
    waive_revenue(closing)
    [waiver] = closing.records.waivers()
    assert (waiver.value_a, waiver.value_b) == ("1200.0000", "null")


def test_of_many_open_differences_the_ten_nearest_are_told(tmp_path: Path) -> None:
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(30)]
    closing = small_shop(tmp_path, *[(day, "2.0000", "1.0000", None, True) for day in days])
    refusal = refused(closing, date(2025, 2, 12))
    assert "30 open" in refusal.headline
    assert len(refusal.problems) == 10
    assert "--day 2025-01-12 " in refusal.problems[0].todo


def test_what_agrees_is_not_among_the_open_ones(tmp_path: Path) -> None:
    closing = small_shop(tmp_path, (DAY + timedelta(days=1), "1.0000", "1.0000", None, False))
    [problem] = refused(closing).problems
    assert problem.what == "no difference is open"


def test_a_difference_that_a_rule_settles_needs_no_waiver(tmp_path: Path) -> None:
    closing = small_shop(tmp_path, (DAY, "2.0000", "1.0000", "the shop is right", False))
    refusal = refused(closing)
    assert refusal.headline.startswith("nothing to waive")
    assert "`the shop is right`" in refusal.problems[0].what


def test_what_other_models_have_compared_is_not_known(tmp_path: Path) -> None:
    closing = small_shop(tmp_path, (DAY, "2.0000", "1.0000", None, True), built_by="other models")
    assert "run `perf-pipelines run" in refused(closing).problems[0].todo


def test_while_a_period_is_being_closed_nothing_is_waived(tmp_path: Path) -> None:
    closing = small_shop(tmp_path, (DAY, "2.0000", "1.0000", None, True))
    with FileLock(closing.home.lock), pytest.raises(Busy):
        waive_revenue(closing)
    assert closing.records.waivers() == ()
