"""When somebody is behind in a running period, and told so (docs/tracking.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from perf_pipelines.fields import Entry, Exactly, Share


class Alerts(Entry):
    """An attainment of the paced target ``below`` which a KPI is behind.

    Its manager is told when at least the share ``after`` of the period's days has passed: earlier a single good or bad
    day is most of what there is.
    """

    below: Annotated[Decimal, Exactly(precision=9, scale=6, above=0, at_most=1)]
    after: Share = Decimal("0.20")
