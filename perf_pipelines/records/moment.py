"""The moment of a decision, as records hold it."""

from __future__ import annotations

from datetime import UTC, datetime


def this_moment() -> datetime:
    """UTC without a zone, to the second: neither of the databases that hold it keeps a zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
