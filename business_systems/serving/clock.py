"""The moment at which all systems are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

EVERYTHING = datetime(2026, 2, 1, tzinfo=UTC)
"""A moment at which the systems know the whole assessed year, its late rows included."""


class ClockRefused(ValueError):
    """A moment to which the clock cannot be set."""


@dataclass
class Clock:
    """Rows with ``updated_at`` later than ``now`` are not there yet. Time only moves forward."""

    now: datetime = field(default=EVERYTHING)

    def __post_init__(self) -> None:
        self.now = _instant(self.now)

    def check(self, to: datetime) -> datetime:
        """The moment ``to``, if the clock may move there."""
        moment = _instant(to)
        if moment < self.now:
            raise ClockRefused(f"the clock stands at {self.now.isoformat()} and cannot go back to {moment.isoformat()}")
        return moment


def read_moment(text: str) -> datetime:
    """An ISO 8601 moment with an offset, such as ``2025-09-03T00:00:00Z``."""
    try:
        return _instant(datetime.fromisoformat(text))
    except ValueError as error:
        raise ClockRefused(f"{text!r} is no ISO 8601 moment with an offset, such as 2025-09-03T00:00:00Z") from error


def _instant(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ClockRefused(f"{moment.isoformat()} has no offset; write {moment.isoformat()}Z for UTC")
    return moment.astimezone(UTC)
