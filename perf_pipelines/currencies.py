"""How many decimals the amounts of a currency have, and how they are written."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.wording import number

if TYPE_CHECKING:
    from collections.abc import Mapping

FINEST = 3
"""Most decimals of a currency that anybody is paid in; columns of money have so many."""

_USUAL = 2

_DECIMALS: Mapping[str, int] = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"], 0),
    **dict.fromkeys(["VND", "VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
"""Minor units of ISO 4217:2015, list one (SIX Financial Information, the maintenance agency), where they are not 2.

A table and not Babel, which is at hand but carries CLDR: that says how amounts are usually shown, with no decimals for
RSD or IQD, which have two and three.
"""


def decimals_of(currency: str) -> int:
    """Decimals of the smallest unit of an ISO 4217 code: 2 of CNY, 0 of JPY, 3 of KWD."""
    return _DECIMALS.get(currency, _USUAL)


def units_of(currency: str) -> int:
    """How many of its smallest units are one of the currency: 100 of CNY, 1 of JPY, 1000 of KWD."""
    return 10 ** decimals_of(currency)


def money(value: Decimal | None, currency: str | None) -> str:
    """With all decimals of the currency and commas between thousands; nothing is written as nothing."""
    return number(value, decimals_of(currency or ""))


def in_units(value: Decimal, currency: str | None) -> Decimal:
    """The same amount with the decimals of the currency and no more."""
    return value.quantize(Decimal(1).scaleb(-decimals_of(currency or "")))


def number_format(currency: str | None) -> str:
    """The format of a cell with an amount: ``#,##0.00`` of CNY, ``#,##0`` of JPY."""
    decimals = decimals_of(currency or "")
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
