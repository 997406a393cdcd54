"""The hash of tables: another one for whatever a query could tell apart, the same for whatever it could not."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from perf_pipelines.warehouse.table_hash import hash_of_tables

PEOPLE = pa.table({"id": pa.array([1, 2, 3], pa.int32()), "name": ["Ada", "Bo", None]})
PAY = pa.table({"id": pa.array([1], pa.int32()), "amount": pa.array([Decimal("1.50")], pa.decimal128(9, 2))})
KNOWN = {"people": PEOPLE, "pay": PAY}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"staff": PEOPLE, "pay": PAY}, id="a table's name"),
        pytest.param({"people": PAY, "pay": PEOPLE}, id="which table has which name"),
        pytest.param({"people": PEOPLE}, id="a table less"),
        pytest.param({**KNOWN, "none": PEOPLE.slice(0, 0)}, id="an empty table more"),
        pytest.param({**KNOWN, "people": PEOPLE.rename_columns(["id", "called"])}, id="a column's name"),
        pytest.param({**KNOWN, "people": PEOPLE.select(["name", "id"])}, id="the order of columns"),
        pytest.param({**KNOWN, "people": PEOPLE.select(["id"])}, id="a column less"),
        pytest.param(
            {**KNOWN, "people": PEOPLE.set_column(0, "id", PEOPLE["id"].cast(pa.int64()))}, id="an integer's width"
        ),
        pytest.param(
            {**KNOWN, "pay": PAY.set_column(1, "amount", PAY["amount"].cast(pa.decimal128(9, 3)))}, id="a scale"
        ),
        pytest.param(
            {**KNOWN, "people": PEOPLE.set_column(1, "name", pa.array(["Ada", "Bo", ""]))}, id="empty, not null"
        ),
        pytest.param({**KNOWN, "people": PEOPLE.set_column(1, "name", pa.array(["Ada", "Bob", None]))}, id="a text"),
        pytest.param(
            {**KNOWN, "pay": PAY.set_column(1, "amount", pa.array([Decimal("1.51")], pa.decimal128(9, 2)))},
            id="a cent",
        ),
        pytest.param({**KNOWN, "people": PEOPLE.take([1, 0, 2])}, id="the order of rows"),
        pytest.param({**KNOWN, "people": pa.concat_tables([PEOPLE, PEOPLE.slice(2)])}, id="a row twice"),
        pytest.param({**KNOWN, "people": PEOPLE.slice(0, 2)}, id="a row less"),
    ],
)
def test_it_changes_with(other: dict[str, pa.Table]) -> None:
    assert hash_of_tables(other) != hash_of_tables(KNOWN)


def test_it_changes_with_the_texts_beside_the_tables_their_order_and_where_one_ends() -> None:
    texts = [(), ("",), ("code",), ("code", "gates"), ("gates", "code"), ("codegates",), ("code", "gates", "")]
    assert len({hash_of_tables(KNOWN, *each) for each in texts}) == len(texts)


def test_it_does_not_change_with_the_order_in_which_tables_are_given() -> None:
    assert hash_of_tables({"pay": PAY, "people": PEOPLE}, "code") == hash_of_tables(KNOWN, "code")


def test_it_does_not_change_with_the_chunks_in_which_rows_lie() -> None:
    apart = pa.concat_tables([PEOPLE.slice(0, 1), PEOPLE.slice(1, 1), PEOPLE.slice(2)])
    assert apart["id"].num_chunks == 3
    assert hash_of_tables({**KNOWN, "people": apart}) == hash_of_tables(KNOWN)


def test_tables_that_were_made_apart_are_hashed_alike() -> None:
    again = pa.Table.from_pylist(PEOPLE.to_pylist(), schema=PEOPLE.schema)
    assert hash_of_tables({**KNOWN, "people": again}) == hash_of_tables(KNOWN)
