"""All kinds of record, as the audit log, backups and checks go through them. A new kind is a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perf_pipelines.records.alerts import ALERTS
from perf_pipelines.records.appeals import APPEAL_ANSWERS, APPEALS
from perf_pipelines.records.approvals import APPROVALS
from perf_pipelines.records.calibrations import CALIBRATIONS
from perf_pipelines.records.ledger import LEDGER
from perf_pipelines.records.period_steps import PERIOD_STEPS
from perf_pipelines.records.progress_notes import PROGRESS_NOTES
from perf_pipelines.records.reward_ledger import REWARD_LEDGER
from perf_pipelines.records.waivers import WAIVERS

if TYPE_CHECKING:
    from perf_pipelines.records.kinds import Kind

EVERY_KIND: tuple[Kind[Any], ...] = (
    WAIVERS,
    CALIBRATIONS,
    APPROVALS,
    LEDGER,
    REWARD_LEDGER,
    PERIOD_STEPS,
    APPEALS,
    APPEAL_ANSWERS,
    PROGRESS_NOTES,
    ALERTS,
)
