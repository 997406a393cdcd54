"""The macro that every ratio goes through, against fractions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import duckdb
import jinja2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from perf_pipelines.warehouse.dbt import DBT_PROJECT

_MACROS = jinja2.Environment(autoescape=False).from_string(
    (DBT_PROJECT / "macros" / "exact" / "exact_ratio.sql").read_text(encoding="utf-8")
)
_USED = [(8, 12), (4, 12), (12, 12), (6, 12), (8, 10)]
"""(scale, decimals) as the models ask for them."""


def _decimals(decimals: int, below: int) -> st.SearchStrategy[Decimal]:
    units = 10**decimals * below - 1
    return st.one_of(
        st.integers(-units, units),
        st.integers(-(10**6), 10**6),
        st.integers(-(10**4), 10**4).map(lambda number: number * 10**decimals),
    ).map(lambda number: Decimal(number).scaleb(-decimals))


def _rounded(numerator: Decimal, denominator: Decimal, scale: int) -> Decimal | None:
    if not denominator:
        return None
    exact = Fraction(numerator) / Fraction(denominator) * 10**scale
    half_away = int(abs(exact) + Fraction(1, 2))
    return Decimal(half_away if exact >= 0 else -half_away).scaleb(-scale)


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _asked(duck: duckdb.DuckDBPyConnection, pairs: list[tuple[Decimal, Decimal]], scale: int, decimals: int) -> object:
    rows = ", ".join(
        f"({row}, cast('{n:f}' as decimal(38, 12)), cast('{d:f}' as decimal(38, 12)))"
        for row, (n, d) in enumerate(pairs)
    )
    ratio = _MACROS.module.exact_ratio("n", "d", scale=scale, decimals=decimals)  # type: ignore[attr-defined]
    return [
        value for (value,) in duck.execute(f"select {ratio} from (values {rows}) as t (r, n, d) order by r").fetchall()
    ]


@pytest.mark.parametrize(("scale", "decimals"), _USED)
@settings(max_examples=40)
@given(data=st.data())
def test_a_ratio_is_rounded_once_half_away_from_zero(
    duck: duckdb.DuckDBPyConnection, scale: int, decimals: int, data: st.DataObject
) -> None:
    below = 10 ** min(38 - 2 * decimals, 37 - decimals - scale)
    pair = st.tuples(_decimals(min(decimals, 12), below), _decimals(min(decimals, 12), below)).filter(
        lambda one: not one[1] or abs(one[0] / one[1]) < Decimal(10) ** (27 - scale)
    )
    pairs = data.draw(st.lists(pair, min_size=1, max_size=30))
    assert _asked(duck, pairs, scale, decimals) == [_rounded(n, d, scale) for n, d in pairs]


@given(
    st.integers(-(10**15), 10**15),
    st.integers(1, 10**5),
    st.sampled_from([Decimal("-0.000000000001"), Decimal(0), Decimal("0.000000000001")]),
)
@example(1, 1, Decimal(0))
def test_at_and_beside_a_half(duck: duckdb.DuckDBPyConnection, halves: int, denominator: int, beside: Decimal) -> None:
    """The numerator is so many halves of a unit of the last decimal times the denominator, or a little beside it."""
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        numerator = Decimal(halves) * denominator * Decimal("0.000000005") + beside
        if abs(numerator) >= 10**14:
            return
        pairs = [
            (numerator, Decimal(denominator)),
            (-numerator, Decimal(denominator)),
            (numerator, Decimal(-denominator)),
        ]
        assert _asked(duck, pairs, 8, 12) == [_rounded(n, d, 8) for n, d in pairs]


def test_of_nothing_and_by_nothing_there_is_no_ratio(duck: duckdb.DuckDBPyConnection) -> None:
    ratio = _MACROS.module.exact_ratio("n", "d")  # type: ignore[attr-defined]
    asked = f"select {ratio} from (values (null, 1.5), (1.5, null), (1.5, 0), (0, 0)) as t (n, d)"
    assert duck.execute(asked).fetchall() == [(None,)] * 4
