"""The rows of a resource, ready to be served page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from business_systems.serving.served import key_column, without

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """Rows ``start`` to ``stop`` of a listing."""

    start: int
    stop: int

    @property
    def total(self) -> int:
        """How many rows."""
        return self.stop - self.start


class Listing:
    """A resource's rows in the order of (updated_at, key), their values as JSON has them."""

    def __init__(self, rows: pa.Table, *, deleted: Collection[str] = ()) -> None:
        rows = without(rows, deleted)
        rows = rows.sort_by([("updated_at", "ascending"), (key_column(rows), "ascending")])
        updated = pc.cast(pc.cast(rows["updated_at"], pa.timestamp("us", "UTC")), pa.int64())
        self._updated: NDArray[np.int64] = updated.to_numpy()
        self._rows = pa.table({name: json_ready(rows[name]) for name in rows.column_names})

    def span(self, since: datetime | None, until: datetime) -> Span:
        """The rows updated at ``since`` or later and not after ``until``."""
        start = 0 if since is None else int(np.searchsorted(self._updated, microseconds(since), side="left"))
        return Span(start, max(start, int(np.searchsorted(self._updated, microseconds(until), side="right"))))

    def page(self, span: Span, offset: int, limit: int) -> list[dict[str, Any]]:
        """The rows of a span from ``offset`` on, at most ``limit``."""
        length = max(0, min(limit, span.total - offset))
        return self._rows.slice(span.start + offset, length).to_pylist()

    def shuffled_page(self, span: Span, offset: int, limit: int) -> list[dict[str, Any]]:
        """The same in an order that is none, but the same for every page of the span."""
        order = np.random.default_rng(span.total).permutation(span.total)[offset : offset + limit]
        return self._rows.take(pa.array(order + span.start, pa.int64())).to_pylist()


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def json_ready(column: Any) -> Any:
    """Dates as ``2025-01-31``, moments as ISO 8601 with ``+00:00``, decimals as numbers; the rest as it is."""
    compute: Any = pc  # whose stubs know arrays here, and columns not
    kind: pa.DataType = column.type
    if pa.types.is_timestamp(kind):
        # %S has the microseconds in it.
        return compute.strftime(compute.cast(column, pa.timestamp("us", "UTC")), format="%Y-%m-%dT%H:%M:%S+00:00")
    if pa.types.is_date(kind):
        return compute.strftime(column, format="%Y-%m-%d")
    if pa.types.is_decimal(kind):
        return compute.cast(column, pa.float64())
    return column
