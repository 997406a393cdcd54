"""How large a world is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """``orders`` that count in both years together; ``employees`` beyond the first 21 are user operators.

    Customers, messages, benefits and tickets follow from the orders.
    """

    employees: int = 21
    orders: int = 12_000

    @property
    def first_year(self) -> int:
        """Orders of 2024."""
        return self.orders * 2 // 5

    @property
    def second_year(self) -> int:
        """Orders of 2025."""
        return self.orders - self.first_year


LARGE = Sizes(employees=2_000, orders=20_000_000)
"""A large company's two years."""
