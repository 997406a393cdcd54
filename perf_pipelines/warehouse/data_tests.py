"""dbt's data tests of a stage, run as one statement.

Run by dbt, each test is a node of its own: some 60 ms of compiling, events and a transaction, for a query that takes
one. The SQL, the bounds and the severity are dbt's; docs/decisions/0020 says why they are not run by dbt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from perf_pipelines.errors import GateFailed, Problem, RunFailed
from perf_pipelines.warehouse.test_sentences import sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perf_pipelines.warehouse.engine import Warehouse

ROWS_KEPT = 20
"""How many of the rows that break a test are kept."""


@dataclass(frozen=True, kw_only=True)
class DataTest:
    """A data test of the manifest with its compiled SQL, whose rows break it.

    ``failures`` is the SQL expression that counts them, ``warns`` and ``fails`` are the conditions on that count, as
    dbt's configs fail_calc, warn_if and error_if have them; ``blocks`` is false for a test of severity warn. ``says``
    is what the test says in a sentence, ``model`` the id of the model that it is attached to.
    """

    id: str
    name: str
    model: str | None
    file: str
    says: str
    sql: str
    failures: str
    warns: str
    fails: str
    blocks: bool

    @classmethod
    def of(cls, node: Mapping[str, Any], *, sql: str, file: str) -> DataTest:
        """The test of a node of manifest.json."""
        config = node["config"]
        return cls(
            id=node["unique_id"],
            name=node["name"],
            model=node.get("attached_node"),
            file=file,
            says=node["description"] or sentence_of(node) or node["name"],
            sql=sql,
            failures=config["fail_calc"],
            warns=config["warn_if"],
            fails=config["error_if"],
            blocks=str(config["severity"]).lower() == "error",
        )


@dataclass(frozen=True, kw_only=True)
class DataTestResult:
    """What came of a data test: how many ``failures``, and the first rows that break it as text by column."""

    test: DataTest
    failures: int
    has_failed: bool
    has_warned: bool
    rows: tuple[dict[str, str], ...] = ()


def run_data_tests(warehouse: Warehouse, tests: Sequence[DataTest]) -> tuple[DataTestResult, ...]:
    """Run the tests on what stands in the warehouse; a result for each, in their order.

    :class:`RunFailed` names the test whose SQL fails.
    """
    if not tests:
        return ()
    with warehouse.connect() as connection:
        try:
            counted = connection.execute("\nunion all\n".join(map(_counting, tests, range(len(tests))))).fetchall()
        except duckdb.Error as error:
            raise _refusal(connection, tests, error) from error
    by_number = {number: rest for number, *rest in counted}
    results: list[DataTestResult] = []
    for number, test in enumerate(tests):
        failures, warns, fails = by_number[number]
        has_failed = bool(fails) and test.blocks
        has_warned = not has_failed and bool(warns)
        rows = _offending(warehouse, test) if has_failed or has_warned else ()
        results.append(
            DataTestResult(
                test=test, failures=int(failures or 0), has_failed=has_failed, has_warned=has_warned, rows=rows
            )
        )
    return tuple(results)


def data_tests_failed(stage: str, failed: Sequence[DataTestResult]) -> GateFailed:
    """The refusal for failed data tests: each with up to three of its rows."""
    count = len(failed)
    return GateFailed(
        f"stage `{stage}`: {count} data test{'' if count == 1 else 's'} failed",
        [
            Problem(
                file=result.test.file,
                field=result.test.name,
                row="; ".join(", ".join(f"{k}={v}" for k, v in row.items()) for row in result.rows[:3]) or None,
                what=f"{result.failures} row(s) break it",
                todo="correct the source or the staging model, then run again",
            )
            for result in failed
        ],
    )


def _offending(warehouse: Warehouse, test: DataTest) -> tuple[dict[str, str], ...]:
    try:
        return warehouse.rows(f"({test.sql}\n)", limit=ROWS_KEPT)
    except duckdb.Error as error:
        raise _cannot_be_run(test, error) from error


def _counting(test: DataTest, number: int) -> str:
    # the line break ends a comment in the test's last line
    return f"""
        select {number} as test, failures, failures {test.warns} as warns, failures {test.fails} as fails
        from (select {test.failures} as failures from ({test.sql}
        ) as broken) as counted
    """


def _refusal(connection: duckdb.DuckDBPyConnection, tests: Sequence[DataTest], error: duckdb.Error) -> RunFailed:
    for test in tests:
        try:
            connection.execute(_counting(test, 0)).fetchall()
        except duckdb.Error as own:
            return _cannot_be_run(test, own)
    return RunFailed(
        "the data tests cannot be run together, though each can be run alone",
        [Problem(what=" ".join(str(error).split()), todo="run again; if it stays, report it with this message")],
    )


def _cannot_be_run(test: DataTest, error: duckdb.Error) -> RunFailed:
    what, todo = " ".join(str(error).split()), "correct the test in the file that it stands in"
    return RunFailed(
        f"the data test `{test.name}` cannot be run",
        [Problem(file=test.file, field=test.name, what=what, todo=todo)],
    )
