"""The shop's customer accounts: persons, accounts of testers and staff, and persons registered a second time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from business_systems.year.calendar import DAY, END, FIRST, HOUR, MINUTE, midnight
from business_systems.year.chance import stream
from business_systems.year.columns import chosen, moments, numbered
from business_systems.year.orders import CHANNELS, Purchases
from business_systems.year.people import staff_phone

TESTERS = 6
STAFF = 6
_CHAINS = 5


@dataclass(frozen=True)
class Accounts:
    """``frame`` has a row an account, numbered from 0: first the ``persons``, then testers, staff, duplicates.

    Columns: person (number of the account that stands for the same person), registered_at, channel, is_test.
    """

    frame: pd.DataFrame
    persons: int
    identity: tuple[pa.Array[Any], pa.Array[Any], pa.Array[Any]]

    @property
    def testers(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Accounts of testers."""
        return np.arange(self.persons, self.persons + TESTERS)

    @property
    def staff(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Accounts of employees."""
        return np.arange(self.persons + TESTERS, self.persons + TESTERS + STAFF)

    @property
    def duplicates(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Accounts of persons who have another, earlier one."""
        return np.arange(self.persons + TESTERS + STAFF, len(self.frame))

    def ids(self, numbers: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array[Any]:
        """The customer id of each account."""
        return numbered("C", numbers)


def accounts(seed: int, bought: Purchases, campaign_of: np.ndarray[Any, np.dtype[np.int64]]) -> Accounts:
    """All accounts; ``campaign_of`` has the campaign's number by which each person came (-1: none)."""
    rng = stream(seed, "accounts")
    persons = len(bought.persons)
    registered = bought.persons["registered_at"].to_numpy()
    count = max(30, persons // 100)
    early = np.flatnonzero(registered < midnight(END) - 200 * DAY)
    again = np.sort(rng.choice(early, min(count, len(early)), replace=False))
    later = registered[again] + rng.integers(24, 60 * 24, len(again)) * HOUR
    # of the first few the second account was followed by a third, which shares only its e-mail with the second
    chained = np.arange(_CHAINS)
    others = TESTERS + STAFF
    frame = pd.DataFrame(
        {
            "person": np.concatenate([np.arange(persons + others), again, again[chained]]),
            "registered_at": np.concatenate(
                [registered, midnight(FIRST) + np.arange(others) * DAY, later, later[chained] + 5 * DAY]
            ),
            "channel": np.concatenate(
                [
                    bought.persons["channel"].to_numpy(),
                    np.zeros(others, dtype=np.int64),
                    rng.integers(0, 3, len(again) + _CHAINS),
                ]
            ),
            "campaign": np.concatenate([campaign_of, np.full(others + len(again) + _CHAINS, -1)]),
        }
    )
    frame["is_test"] = (frame.index >= persons) & (frame.index < persons + TESTERS)
    return Accounts(frame, persons, _identity(persons, again))


def _identity(
    persons: int, again: np.ndarray[Any, np.dtype[np.int64]]
) -> tuple[pa.Array[Any], pa.Array[Any], pa.Array[Any]]:
    """Phone, e-mail and device of each account; a second account shares one of them, written otherwise."""
    own = np.arange(persons + TESTERS + STAFF)
    phones = pc.cast(pa.array(13_000_000_000 + own * 37), pa.string())
    phone = phones.to_pylist()[persons:]
    phone[TESTERS:] = ["0086" + staff_phone(number + 4) for number in range(STAFF)]
    email: list[str] = []
    device: list[str] = []
    extra_phone: list[str] = []
    for place, survivor in enumerate(again):
        digits = str(13_000_000_000 + int(survivor) * 37)
        spelt = (
            f"+86 {digits[:3]}-{digits[3:7]}-{digits[7:]}",
            f"0086{digits}",
            f"{digits[:3]} {digits[3:7]} {digits[7:]}",
        )
        by = 0 if place < _CHAINS else place % 3
        extra_phone.append(spelt[place % 3] if by == 0 else str(17_000_000_000 + place))
        email.append(
            (f"User{int(survivor):08d}@Mail.example", f"user{int(survivor):08d}+shop@mail.example")[place % 2]
            if by == 1
            else f"second{place:06d}@mail.example"
        )
        device.append(f"dev-{int(survivor):09d}" if by == 2 else f"dev-second-{place:06d}")
    for place in range(_CHAINS):
        extra_phone.append(str(17_500_000_000 + place))
        email.append(f"SECOND{place:06d}+again@mail.example")
        device.append(f"dev-third-{place:06d}")
    return (
        pa.concat_arrays([phones[:persons], pa.array([*phone, *extra_phone], pa.string())]),
        pa.concat_arrays([numbered("user", own, suffix="@mail.example"), pa.array(email, pa.string())]),
        pa.concat_arrays([numbered("dev-", own, width=9), pa.array(device, pa.string())]),
    )


def customer_table(made: Accounts, campaign_ids: list[str]) -> pa.Table:
    """Shop.customers."""
    frame = made.frame
    numbers = frame.index.to_numpy()
    phone, email, device = made.identity
    campaign = frame["campaign"].to_numpy()
    return pa.table(
        {
            "customer_id": made.ids(numbers),
            "name": numbered("客户", numbers),
            "phone": phone,
            "email": email,
            "device_id": device,
            "registered_at": moments(frame["registered_at"].to_numpy()),
            "channel": chosen(list(CHANNELS), frame["channel"].to_numpy()),
            "campaign_id": chosen([*campaign_ids, None], np.where(campaign < 0, len(campaign_ids), campaign)),
            "is_test": pa.array(frame["is_test"].to_numpy()),
            "updated_at": moments(frame["registered_at"].to_numpy() + MINUTE),
        }
    )
