"""Text columns made from numbers without a loop over rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

_CENT = Decimal("0.01")


def numbered(prefix: str, numbers: Numbers, *, width: int = 8, suffix: str = "") -> pa.Array[Any]:
    """``C00000042`` for each number; null where it is negative."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    text = pc.binary_join_element_wise(pa.scalar(prefix), digits, pa.scalar(suffix), "")
    return pc.if_else(pa.array(numbers >= 0), text, pa.scalar(None, pa.string()))


def chosen(words: list[str | None], which: Numbers) -> pa.Array[Any]:
    """The word of each number."""
    return pa.array(words, pa.string()).take(pa.array(which))


def moments(values: Numbers) -> pa.Array[Any]:
    """Microseconds since 1970 as instants; null where negative."""
    return pc.cast(pa.array(values, mask=np.asarray(values) < 0), pa.timestamp("us", "UTC"))


def days(values: Numbers) -> pa.Array[Any]:
    """Days since 1970 as dates."""
    return pc.cast(pa.array(np.asarray(values, dtype=np.int32)), pa.date32())


def money(cents: Numbers, *, precision: int = 18) -> pa.Array[Any]:
    """Cents as decimals with two places."""
    exact = pc.cast(pa.array(cents), pa.decimal128(19, 0))
    return pc.cast(pc.multiply(exact, pa.scalar(_CENT, pa.decimal128(3, 2))), pa.decimal128(precision, 2))
