"""A version made from the one before: what BI reads in marts.duckdb is what stands in the Parquet files."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from perf_pipelines.errors import PeriodRefused
from perf_pipelines.home import CompanyHome
from perf_pipelines.periods import Period
from perf_pipelines.publication import (
    PeriodRecord,
    Publication,
    RunningRecord,
    open_marts,
    part_evaluations,
    publish,
    publish_running,
    read_publication,
)
from perf_pipelines.warehouse.engine import Warehouse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"


class Place:
    """A warehouse with one mart of periods and one without, and where its marts are published."""

    def __init__(self, root: Path) -> None:
        self.home = CompanyHome(root / "acme")
        self.warehouse = Warehouse(self.home.warehouse)
        self.execute(
            "create schema marts",
            "create table marts.fct_score (period_id text, employee_id text, score decimal(9, 4))",
            "create table marts.dim_employee (employee_id text)",
            "insert into marts.dim_employee values ('ann'), ('bob')",
        )

    def execute(self, *statements: str) -> None:
        with self.warehouse.connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def close(
        self, period: str, *scores: int, descriptions: Mapping[str, Mapping[str, str]] | None = None
    ) -> Publication:
        """Publish a period with these scores."""
        self.execute("delete from marts.fct_score")
        for number, score in enumerate(scores):
            values = f"'{period}', 'e{number}', {score}"
            self.execute(f"insert into marts.fct_score (period_id, employee_id, score) values ({values})")
        record = PeriodRecord(published_at="2026-03-01T00:00:00+00:00", loads={}, scheme="acme")
        return publish(
            company="acme",
            home=self.home,
            warehouse=self.warehouse,
            periods={period: record},
            descriptions=descriptions or {},
        )

    def track(self, period: str, *progress: int) -> Publication:
        """Publish how far a running period has come, with an alert for each row."""
        self.execute(
            "create table if not exists marts.fct_kpi_progress (period_id text, ratio decimal(9, 4))",
            "create table if not exists marts.fct_kpi_alert (period_id text, ratio decimal(9, 4))",
            "delete from marts.fct_kpi_progress",
            "delete from marts.fct_kpi_alert",
            # what the facts of a running period leave in the warehouse
            f"insert into marts.fct_score (period_id, employee_id) values ('{period}', 'ann')",
            "insert into marts.dim_employee values ('cid')",
        )
        for ratio in progress:
            self.execute(
                f"insert into marts.fct_kpi_progress values ('{period}', {ratio})",
                f"insert into marts.fct_kpi_alert values ('{period}', {ratio})",
            )
        record = RunningRecord(published_at="2026-03-10T00:00:00+00:00", loads={}, scheme="acme", as_of="2026-03-09")
        return publish_running(
            company="acme", home=self.home, warehouse=self.warehouse, running={period: record}, descriptions={}
        )

    def assert_database_is_parquet(self) -> None:
        for folder in sorted((self.home.published / "parquet").iterdir()):
            files = f"read_parquet('{folder}/*.parquet', union_by_name = true)"
            with open_marts(self.home.published) as marts:
                there = marts.execute(f"select * from marts.{folder.name} order by all").fetchall()
                assert there == marts.execute(f"select * from {files} order by all").fetchall()
        with open_marts(self.home.published) as marts:
            tables = {name for (name,) in marts.execute("select table_name from duckdb_tables()").fetchall()}
        assert tables == {folder.name for folder in (self.home.published / "parquet").iterdir()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """January and February are published."""
    place = Place(tmp_path)
    place.close(JANUARY, 90, 80)
    place.close(FEBRUARY, 70)
    return place


def test_tables_and_columns_are_described_as_the_models_describe_them_now(place: Place) -> None:
    def described() -> dict[tuple[str, str], str | None]:
        with open_marts(place.home.published) as marts:
            columns = marts.execute("select table_name, column_name, comment from duckdb_columns()").fetchall()
            tables = marts.execute("select table_name, '', comment from duckdb_tables()").fetchall()
        return {(table, column): comment for table, column, comment in [*columns, *tables] if comment is not None}

    place.close(MARCH, 60, descriptions={"fct_score": {"": "Scores.", "score": "It's a score."}})
    assert described() == {("fct_score", ""): "Scores.", ("fct_score", "score"): "It's a score."}
    place.close(
        MARCH, 60, descriptions={"fct_score": {"": "Scores.", "score": "Points."}, "dim_employee": {"": "Who."}}
    )
    assert described() == {
        ("fct_score", ""): "Scores.",
        ("fct_score", "score"): "Points.",
        ("dim_employee", ""): "Who.",
    }


def test_a_period_closed_again_replaces_its_rows_and_no_others(place: Place) -> None:
    before = read_publication(place.home)
    now = place.close(JANUARY, 95)
    place.assert_database_is_parquet()
    assert now.rows == {"dim_employee": 2, "fct_score": 2}
    assert now.files["fct_score"][FEBRUARY] == before.files["fct_score"][FEBRUARY]
    assert now.files["fct_score"][JANUARY] != before.files["fct_score"][JANUARY]


def test_the_order_of_closing_does_not_show_in_the_hash(place: Place, tmp_path: Path) -> None:
    place.close(JANUARY, 95)
    other = Place(tmp_path / "other")
    other.close(FEBRUARY, 70)
    assert other.close(JANUARY, 95).content_hash == read_publication(place.home).content_hash


def test_a_mart_with_a_new_column_has_it_in_all_periods(place: Place) -> None:
    place.execute("alter table marts.fct_score add column grade text")
    place.close(JANUARY, 95)
    place.assert_database_is_parquet()


def test_a_mart_that_is_gone_stays_for_the_periods_that_had_it(place: Place) -> None:
    place.execute("drop table marts.dim_employee")
    place.close(JANUARY, 95)
    place.assert_database_is_parquet()


@pytest.mark.parametrize("damage", ["delete from marts.fct_score", "drop table marts.fct_score", None])
def test_a_database_that_has_lost_rows_is_made_anew_from_the_files(place: Place, damage: str | None) -> None:
    database = place.home.published / "marts.duckdb"
    database.chmod(0o644)
    if damage is None:
        database.unlink()
    else:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{database}' as published")
            connection.execute("use published.marts")
            connection.execute(damage)
    place.close(FEBRUARY, 71)
    place.assert_database_is_parquet()


def test_a_record_of_an_earlier_version_of_this_code_is_read(place: Place) -> None:
    record = place.home.published / "publication.json"
    known = read_publication(place.home)
    content = json.loads(record.read_text())
    del content["files"]
    record.write_text(json.dumps({**content, "rows": {}, "hashes": {}}))
    assert read_publication(place.home).files == known.files


def test_a_mean_of_periods_is_refused_while_one_of_them_is_not_published(place: Place) -> None:
    quarter = Period.parse("2026-Q1")
    with pytest.raises(PeriodRefused, match="2026-Q1 cannot be closed yet") as refused:
        part_evaluations(place.home, {quarter: quarter.months_inside()})
    (problem,) = refused.value.problems
    assert "2026-03 is not closed" in problem.what


def test_of_a_mean_the_published_evaluations_of_its_parts_are_read_and_no_others(place: Place) -> None:
    place.execute(
        "create table marts.fct_evaluation "
        "(period_id text, employee_id text, status text, final_score decimal(9, 4), grade text)",
        "insert into marts.fct_evaluation values ('2026-03', 'ann', 'evaluated', 90.5, 'good'), "
        "('2026-03', 'bob', 'incomplete', null, null), ('2026-04', 'ann', 'evaluated', 1, 'fair')",
    )
    for period in ("2026-03", "2026-04"):
        place.close(period, 1)
    quarter = Period.parse("2026-Q1")
    assert part_evaluations(place.home, {quarter: quarter.months_inside()}).to_pylist() == [
        {"part_period_id": "2026-03", "employee_id": "ann", "status": "evaluated", "final_score": Decimal("90.5")},
        {"part_period_id": "2026-03", "employee_id": "bob", "status": "incomplete", "final_score": None},
    ]
    assert part_evaluations(place.home, {}).num_rows == 0


def test_a_running_period_stands_beside_the_closed_ones_which_stay_as_they_are(place: Place) -> None:
    before = {path: path.read_bytes() for path in (place.home.published / "parquet").resolve().rglob("*.parquet")}
    now = place.track(MARCH, 1, 2)
    place.assert_database_is_parquet()
    assert (list(now.periods), list(now.running)) == ([JANUARY, FEBRUARY], [MARCH])
    assert read_publication(place.home) == now
    assert now.rows == {"dim_employee": 2, "fct_kpi_alert": 2, "fct_kpi_progress": 2, "fct_score": 3}
    kept = [path for path in (place.home.published / "parquet").rglob("*.parquet") if path.stem != MARCH]
    assert sorted(path.read_bytes() for path in kept) == sorted(before.values())
    assert place.track(MARCH, 3).rows["fct_kpi_progress"] == 1
    place.assert_database_is_parquet()


def test_a_running_period_that_is_closed_keeps_its_alerts_alone_and_another_stays_running(place: Place) -> None:
    place.track(MARCH, 1)
    place.track("2026-W11", 2)
    # the warehouse still has the progress of both, and of the alerts those of the period being closed
    place.execute(f"update marts.fct_kpi_alert set period_id = '{MARCH}'")
    now = place.close(MARCH, 60)
    place.assert_database_is_parquet()
    assert (list(now.periods), list(now.running)) == ([JANUARY, FEBRUARY, MARCH], ["2026-W11"])
    assert sorted(now.files["fct_kpi_progress"]) == ["2026-W11"]
    assert sorted(now.files["fct_kpi_alert"]) == [MARCH, "2026-W11"]
    assert now.rows == {"dim_employee": 4, "fct_kpi_alert": 2, "fct_kpi_progress": 1, "fct_score": 4}


def test_a_closed_period_is_never_published_as_running(place: Place) -> None:
    before = place.home.published.resolve()
    with pytest.raises(PeriodRefused, match="2026-02 is not running"):
        place.track(FEBRUARY, 1)
    assert place.home.published.resolve() == before


def test_where_nothing_was_closed_yet_ids_have_names_all_the_same(tmp_path: Path) -> None:
    place = Place(tmp_path)
    now = place.track(MARCH, 1)
    place.assert_database_is_parquet()
    assert now.rows == {"dim_employee": 3, "fct_kpi_alert": 1, "fct_kpi_progress": 1}
