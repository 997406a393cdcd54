"""dbt's data tests as one statement: bounds, severities and rows as dbt's configs have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from perf_pipelines.errors import RunFailed
from perf_pipelines.warehouse.data_tests import (
    ROWS_KEPT,
    DataTest,
    DataTestResult,
    data_tests_failed,
    run_data_tests,
)
from perf_pipelines.warehouse.engine import Warehouse

if TYPE_CHECKING:
    from pathlib import Path

NEGATIVE = "select id, amount from marts.sale where amount < 0"
NOTHING = "select id from marts.sale where amount > 1000"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse with 30 sales, of which those with the numbers 1 to 25 are negative."""
    made = Warehouse(tmp_path / "warehouse.duckdb")
    with made.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.sale as
            select id, case when id <= 25 then -id else id end as amount from range(1, 31) as numbered(id)
            """
        )
    return made


def data_test(
    sql: str,
    *,
    name: str = "not_negative",
    failures: str = "count(*)",
    warns: str = "!= 0",
    fails: str = "!= 0",
    blocks: bool = True,
) -> DataTest:
    return DataTest(
        id=f"test.perf.{name}",
        name=name,
        model="model.perf.sale",
        file=f"models/marts/{name}.yml",
        says="No sale is negative.",
        sql=sql,
        failures=failures,
        warns=warns,
        fails=fails,
        blocks=blocks,
    )


def outcome(result: DataTestResult) -> str:
    assert not (result.has_failed and result.has_warned)
    return "failed" if result.has_failed else "warned" if result.has_warned else "passed"


def test_a_test_without_rows_passes(warehouse: Warehouse) -> None:
    [result] = run_data_tests(warehouse, [data_test(NOTHING)])
    assert (outcome(result), result.failures, result.rows) == ("passed", 0, ())


def test_a_test_with_rows_fails_with_how_many_and_the_first_of_them_in_order(warehouse: Warehouse) -> None:
    [result] = run_data_tests(warehouse, [data_test(f"{NEGATIVE} order by id desc")])
    assert (outcome(result), result.failures, len(result.rows)) == ("failed", 25, ROWS_KEPT)
    assert result.rows[:2] == ({"id": "1", "amount": "-1"}, {"id": "2", "amount": "-2"})


def test_each_test_has_its_own_result_in_the_order_in_which_they_were_given(warehouse: Warehouse) -> None:
    tests = [
        data_test(NEGATIVE, name="first"),
        data_test(NOTHING, name="second"),
        data_test("select id from marts.sale where id > 28", name="third", blocks=False),
        data_test("select id from marts.sale where id = 7", name="fourth"),
    ]
    results = run_data_tests(warehouse, tests)
    assert [(result.test.name, outcome(result), result.failures) for result in results] == [
        ("first", "failed", 25),
        ("second", "passed", 0),
        ("third", "warned", 2),
        ("fourth", "failed", 1),
    ]
    assert [result.rows for result in results[1:]] == [(), ({"id": "29"}, {"id": "30"}), ({"id": "7"},)]


def test_a_test_of_severity_warn_never_fails_and_shows_its_rows(warehouse: Warehouse) -> None:
    [result] = run_data_tests(warehouse, [data_test("select id from marts.sale where id = 3", blocks=False)])
    assert (outcome(result), result.failures, result.rows) == ("warned", 1, ({"id": "3"},))


@pytest.mark.parametrize(
    ("rows", "blocks", "expected"),
    [
        (10, True, "passed"),
        (11, True, "warned"),
        (20, True, "warned"),
        (21, True, "failed"),
        (10, False, "passed"),
        (11, False, "warned"),
        (21, False, "warned"),
    ],
)
def test_the_bounds_of_warn_if_and_error_if_count(warehouse: Warehouse, rows: int, blocks: bool, expected: str) -> None:
    test = data_test(f"select id from marts.sale where id <= {rows}", warns=">10", fails=">20", blocks=blocks)
    [result] = run_data_tests(warehouse, [test])
    assert (outcome(result), result.failures) == (expected, rows)
    assert bool(result.rows) == (expected != "passed")


def test_what_is_counted_is_fail_calc(warehouse: Warehouse) -> None:
    least = data_test(NEGATIVE, failures="max(-amount)", fails="> 25", warns="> 24")
    more = data_test(NEGATIVE, failures="sum(-amount)", fails="> 324")
    results = run_data_tests(warehouse, [least, more])
    assert [(outcome(result), result.failures) for result in results] == [("warned", 25), ("failed", 325)]


@pytest.mark.parametrize("last", ["-- who wrote this?", "/* nobody */", "-- a ' and a ( alone"])
def test_a_test_may_end_in_a_comment(warehouse: Warehouse, last: str) -> None:
    commented = data_test(f"{NEGATIVE} {last}")
    results = run_data_tests(warehouse, [commented, data_test(NOTHING), commented])
    assert [(outcome(result), result.failures) for result in results] == [("failed", 25), ("passed", 0), ("failed", 25)]
    assert len(results[2].rows) == ROWS_KEPT


def test_a_test_may_begin_with_a_common_table_expression(warehouse: Warehouse) -> None:
    [result] = run_data_tests(warehouse, [data_test(f"with broken as ({NEGATIVE})\nselect * from broken")])
    assert (outcome(result), result.failures) == ("failed", 25)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select id from marts.sale where amoumt < 0", "amoumt"),
        ("select id from marts.sail", "sail"),
        ("select id from", "syntax error"),
        ("select id from marts.sale where cast('much' as integer) > id", "much"),
        pytest.param(
            *("select cast('much' as integer) as id from marts.sale", "much"),
        ),
    ],
)
def test_a_test_whose_sql_fails_is_named_with_its_file_and_why(warehouse: Warehouse, sql: str, why: str) -> None:
    tests = [data_test(NEGATIVE, name="sound"), data_test(sql, name="broken"), data_test(NOTHING, name="sound_too")]
    with pytest.raises(RunFailed, match="the data test `broken` cannot be run") as refused:
        run_data_tests(warehouse, tests)
    [problem] = refused.value.problems
    assert (problem.file, problem.field) == ("models/marts/broken.yml", "broken")
    assert why in problem.what


def test_without_tests_there_are_no_results_and_no_warehouse_is_needed(tmp_path: Path) -> None:
    missing = Warehouse(tmp_path / "warehouse.duckdb")
    assert run_data_tests(missing, []) == ()
    assert not missing.path.exists()


def node(**changed: Any) -> dict[str, Any]:
    """A test as manifest.json has it, with what dbt sets where a project says nothing."""
    config = {"fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0", "severity": "ERROR"}
    return {
        "unique_id": "test.perf.not_null_sale_id.0f",
        "name": "not_null_sale_id",
        "description": "",
        "attached_node": "model.perf.sale",
        "test_metadata": {"name": "not_null", "kwargs": {"column_name": "id"}},
        **changed,
        "config": {**config, **changed.get("config", {})},
    }


def test_a_test_of_the_manifest_has_its_bounds_and_says_its_sentence() -> None:
    found = DataTest.of(
        node(config={"fail_calc": "max(n)", "warn_if": ">1", "error_if": ">2"}), sql=NEGATIVE, file="a.yml"
    )
    assert found == DataTest(
        id="test.perf.not_null_sale_id.0f",
        name="not_null_sale_id",
        model="model.perf.sale",
        file="a.yml",
        says="`id` is never empty.",
        sql=NEGATIVE,
        failures="max(n)",
        warns=">1",
        fails=">2",
        blocks=True,
    )
    assert DataTest.of(node(description="Written by hand."), sql="", file="").says == "Written by hand."
    singular = DataTest.of(node(attached_node=None, test_metadata=None), sql="", file="")
    assert (singular.says, singular.model) == ("not_null_sale_id", None)


@pytest.mark.parametrize(("severity", "blocks"), [("ERROR", True), ("error", True), ("warn", False), ("WARN", False)])
def test_a_test_of_the_manifest_blocks_unless_its_severity_is_warn(severity: str, blocks: bool) -> None:
    assert DataTest.of(node(config={"severity": severity}), sql="", file="").blocks is blocks


def test_the_refusal_names_each_failed_test_with_up_to_three_rows(warehouse: Warehouse) -> None:
    tests = [data_test(NEGATIVE), data_test("select id from marts.sale where id = 7", name="no_seven")]
    refusal = data_tests_failed("facts", run_data_tests(warehouse, tests))
    assert str(refusal).splitlines() == [
        "stage `facts`: 2 data tests failed",
        "  models/marts/not_negative.yml not_negative (row id=1, amount=-1; id=2, amount=-2; id=3, amount=-3): "
        "25 row(s) break it → correct the source or the staging model, then run again",
        "  models/marts/no_seven.yml no_seven (row id=7): "
        "1 row(s) break it → correct the source or the staging model, then run again",
    ]
    assert refusal.exit_code == 6


def test_the_refusal_counts_one_test_as_one(warehouse: Warehouse) -> None:
    refusal = data_tests_failed("facts", run_data_tests(warehouse, [data_test(NEGATIVE)]))
    assert refusal.headline == "stage `facts`: 1 data test failed"
