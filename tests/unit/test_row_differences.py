"""Two relations are compared row by row, and what differs is said in words."""

from __future__ import annotations

import duckdb

from perf_pipelines.row_differences import row_differences

BEFORE = "(values ('a', 1.50, null), ('b', 2.00, 'x'), ('b', 2.00, 'x')) as t (employee_id, amount, note)"


def said(before: str, after: str) -> list[str]:
    with duckdb.connect() as connection:
        found = row_differences(
            connection, mart="fct", before=before, after=after, called=("sealed", "now"), todo="look"
        )
    return [str(problem) for problem in found]


def test_equal_rows_in_another_order_with_wider_types_and_a_new_column_do_not_differ() -> None:
    after = "(select 9 as more, note, cast(amount as decimal(18, 3)) as amount, employee_id from {} order by 2 desc)"
    assert said(BEFORE, after.format(BEFORE)) == []


def test_a_changed_value_is_said_with_both() -> None:
    after = f"(select * replace (if(employee_id = 'a', 1.51, amount) as amount) from {BEFORE})"
    assert said(BEFORE, after) == ["fct (row employee_id=a): amount: sealed 1.50, now 1.51 → look"]
    assert said(after, BEFORE) == ["fct (row employee_id=a): amount: sealed 1.51, now 1.50 → look"]


def test_a_row_that_is_there_once_less_or_once_more_is_said() -> None:
    once = f"(select distinct * from {BEFORE})"
    assert said(BEFORE, once) == ["fct (row employee_id=b): the row is sealed only → look"]
    assert said(once, BEFORE) == ["fct (row employee_id=b): the row is now only → look"]


def test_a_column_that_is_gone_is_said() -> None:
    assert said(BEFORE, f"(select employee_id, amount from {BEFORE})") == [
        "fct note: there is no such column in what is now → look"
    ]


def test_of_many_differences_the_first_are_shown_and_all_are_counted() -> None:
    one, other = "(select range as a_id, 1 as n from range(500))", "(select range as a_id, 2 as n from range(500))"
    found = said(one, other)
    assert len(found) == 21
    assert found[0] == "fct (row a_id=0): n: sealed 1, now 2 → look"
    assert "500 rows differ; the first 20 are shown" in found[-1]
