"""What was told of somebody on the way: the alerts raised while the period was running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.reports import words
from perf_pipelines.reports.layout.blocks import Section, Step, Steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perf_pipelines.reports.edition import Edition, Row


def alerts_told(edition: Edition, alerts: Sequence[Row]) -> Sequence[Section]:
    """A section with rows of ``fct_kpi_alert``; none where there are none, as of most people."""
    steps = [Step(text=edition.named(row, "sentence")) for row in alerts]
    return [Section(title=edition.say(words.ALERTS), blocks=[Steps(steps=steps)])] if steps else []
