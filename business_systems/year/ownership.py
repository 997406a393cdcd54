"""Who owns which customer and which shop from when to when, and by what share (CRM)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from business_systems.year.people import (
    BEGIN,
    LOAN,
    ONE_DAY,
    TRANSFER_OF_SHOP_OPERATOR,
    TRANSFER_OF_USER_OPERATOR,
    user_operators,
)

if TYPE_CHECKING:
    from typing import Any

    from business_systems.year.customers import Accounts
    from business_systems.year.sizes import Sizes

SHARED_EVERY = 25
"""Every 25th customer is shared 0.6 to 0.4."""

LEFT_EVERY = 97
"""Every 97th customer belongs to nobody any more from this day on."""

LEFT_ON = dt.date(2025, 3, 1)


def owners(sizes: Sizes, *, persons: int) -> np.ndarray[Any, Any]:
    """The (first) owner of each person before any transfer."""
    operators = np.array(user_operators(sizes), dtype=object)
    return operators[np.arange(persons) % len(operators)]


def ownership(sizes: Sizes, made: Accounts) -> pd.DataFrame:
    """One row a subject, owner and stretch of time; shares in ten-thousandths."""
    operators = np.array(user_operators(sizes), dtype=object)
    numbers = np.arange(made.persons)
    first = owners(sizes, persons=made.persons)
    second = operators[(numbers + 1) % len(operators)]
    subject = np.array(made.ids(numbers).to_pylist(), dtype=object)
    shared, left = numbers % SHARED_EVERY == 0, numbers % LEFT_EVERY == 0
    parts = [
        _customers(subject[~shared], first[~shared], left[~shared], share=10_000),
        _customers(subject[shared], first[shared], left[shared], share=6_000),
        _customers(subject[shared], second[shared], left[shared], share=4_000),
        _shops(),
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame.insert(0, "id", range(1, len(frame) + 1))
    return frame


def _customers(
    subject: np.ndarray[Any, Any], owner: np.ndarray[Any, Any], left: np.ndarray[Any, Any], *, share: int
) -> pd.DataFrame:
    """Customers of somebody who is transferred pass to the next on that day, unless they left before."""
    frame = pd.DataFrame(
        {
            "subject_kind": "customer",
            "subject_id": subject,
            "employee_id": owner,
            "share": share,
            "valid_from": BEGIN,
            "valid_to": np.where(left, LEFT_ON - ONE_DAY, None),
        }
    )
    passed = (frame["employee_id"] == "E007") & ~left
    after = frame[passed].assign(employee_id="E006" if share == 6_000 else "E005", valid_from=TRANSFER_OF_USER_OPERATOR)
    frame.loc[passed, "valid_to"] = TRANSFER_OF_USER_OPERATOR - ONE_DAY
    return pd.concat([frame, after])


def _shops() -> pd.DataFrame:
    moved, lent, back = TRANSFER_OF_SHOP_OPERATOR, LOAN[0], LOAN[1] + ONE_DAY
    rows = [
        ("shop_a", "E011", 5_000, BEGIN, moved - ONE_DAY),
        ("shop_a", "E012", 5_000, BEGIN, moved - ONE_DAY),
        ("shop_b", "E013", 5_000, BEGIN, moved - ONE_DAY),
        ("shop_b", "E014", 5_000, BEGIN, moved - ONE_DAY),
        ("shop_a", "E011", 10_000, moved, lent - ONE_DAY),
        ("shop_b", "E012", 3_400, moved, lent - ONE_DAY),
        ("shop_b", "E013", 3_300, moved, lent - ONE_DAY),
        ("shop_b", "E014", 3_300, moved, lent - ONE_DAY),
        ("shop_a", "E011", 5_000, lent, LOAN[1]),
        ("shop_a", "E013", 5_000, lent, LOAN[1]),
        ("shop_b", "E012", 5_000, lent, LOAN[1]),
        ("shop_b", "E014", 5_000, lent, LOAN[1]),
        ("shop_a", "E011", 10_000, back, None),
        ("shop_b", "E012", 3_400, back, None),
        ("shop_b", "E013", 3_300, back, None),
        ("shop_b", "E014", 3_300, back, None),
    ]
    frame = pd.DataFrame(rows, columns=["subject_id", "employee_id", "share", "valid_from", "valid_to"])
    frame.insert(0, "subject_kind", "shop")
    return frame
