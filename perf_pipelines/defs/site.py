"""What every stage of one company's assets needs to know: keys, partitions, the shared resource."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)

from perf_pipelines.closing import Closing
from perf_pipelines.company import Company
from perf_pipelines.periods import Cycle, Period, between
from perf_pipelines.plan import Plan

AS_OF_TAG = "perf/as_of"
"""Run tag: read the lake as it was after this load, and load nothing."""

ANEW_TAG = "perf/anew"
"""Run tag: compute everything, also where nothing is new."""

CYCLE_TAG = "perf/cycle"
"""Tag of a cycle's job."""

_PARTITION, _RANGE_START, _RANGE_END = (
    PARTITION_NAME_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    ASSET_PARTITION_RANGE_END_TAG,
)

STAGES = "stages"
"""Last part but one of the key of a stage's own asset."""

PUBLISHED = "published_marts"
"""Last part of the key of a cycle's last asset."""

_FORMATS = {
    Cycle.WEEK: "week-from-%Y-%m-%d",
    Cycle.MONTH: "%Y-%m",
    Cycle.QUARTER: "quarter-from-%Y-%m",
    Cycle.HALF_YEAR: "half-year-from-%Y-%m",
    Cycle.YEAR: "year-%Y",
}


def first_days(cycle: Cycle, *, after: int = 0) -> str:
    """The first days of the cycle's periods, or so many days ``after``, as cron writes days, months and weekdays."""
    if cycle is Cycle.WEEK:
        return f"* * {1 + after}"
    months = "*" if cycle.months == 1 else ",".join(str(month) for month in range(1, 13, cycle.months))
    return f"{1 + after} {months} *"


@dataclass(frozen=True, kw_only=True)
class Site:
    """One company's code location.

    Jobs, schedules, steps and groups are called the same in each: Dagster tells them apart by the location, which has
    the company's name. Asset keys and pools are known to the whole instance, so they begin with it.
    """

    company: Company
    closing: Closing

    @property
    def plan(self) -> Plan:
        """The plan by which the company's periods are closed."""
        return self.closing.plan

    def key(self, *parts: str, cycle: Cycle | None = None) -> dg.AssetKey:
        """Asset key: company, cycle if the asset is made once a period, then the parts."""
        return dg.AssetKey([self.company.id, *([str(cycle)] if cycle else []), *parts])

    @property
    def owners(self) -> Sequence[str]:
        """Whom to ask, in Dagster's form."""
        return self.company.owners

    @property
    def resource(self) -> str:
        """Key of the resource that holds the company's lock during a run."""
        return "closing"

    @property
    def pool(self) -> str:
        """The pool of one that all steps that write the warehouse share."""
        return f"warehouse_{self.company.id}"

    def partitions(self, cycle: Cycle) -> dg.PartitionsDefinition[str]:
        """The periods of a cycle, from the company's first on.

        Keys are ``2017-03`` for a month, ``quarter-from-2017-01`` for a quarter and ``week-from-2017-03-06`` for a
        week: a time-window partition's key has to be a date format. A sprint's is its id.
        """
        if cycle is Cycle.SPRINT:
            return self._sprints
        return dg.TimeWindowPartitionsDefinition(
            start=datetime.combine(self.company.first(cycle).starts_on, datetime.min.time()),
            fmt=_FORMATS[cycle],
            cron_schedule=f"0 0 {first_days(cycle)}",
            timezone=self.company.timezone.key,
        )

    def partition_key(self, period: Period) -> str:
        """The partition key of a period."""
        if period.cycle is Cycle.SPRINT:
            return period.id
        return period.starts_on.strftime(_FORMATS[period.cycle])

    def periods(self, keys: Sequence[str], cycle: Cycle) -> tuple[Period, ...]:
        """The periods of partition keys."""
        if cycle is Cycle.SPRINT:
            return tuple(Period.parse(key) for key in keys)
        days = (datetime.strptime(key, _FORMATS[cycle]).date() for key in keys)  # noqa: DTZ007
        return tuple(Period.containing(day, cycle) for day in days)

    def asked_for(self, tags: Mapping[str, str]) -> tuple[Period, ...]:
        """The periods that a run of a cycle's job closes, by the run's tags; none of any other run.

        Also none where :data:`ANEW_TAG` asks for everything to be computed, whether anything is new or not.
        """
        cycle = tags.get(CYCLE_TAG)
        if cycle is None or ANEW_TAG in tags:
            return ()
        partitions = self.partitions(Cycle(cycle))
        if _RANGE_START in tags:
            first, last = tags[_RANGE_START], tags[_RANGE_END]
            keys = partitions.get_partition_keys_in_range(dg.PartitionKeyRange(first, last))
        else:
            keys = [tags[_PARTITION]] if _PARTITION in tags else []
        return self.periods(keys, Cycle(cycle))

    @cached_property
    def _sprints(self) -> dg.StaticPartitionsDefinition:
        """Those that begin until the end of the year after this one: no cron can say "every 14 days".

        Dagster learns of later ones when the code location is loaded again. Listed once, so that all assets have the
        same even when a year ends meanwhile.
        """
        first = self.company.first(Cycle.SPRINT)
        until = max(first.starts_on, date(self.closing.today.year + 1, 12, 31))
        sprints = between(first=first, last=self.company.containing(until, Cycle.SPRINT))
        return dg.StaticPartitionsDefinition([sprint.id for sprint in sprints])


class ClosingResource(dg.ConfigurableResource[Closing]):
    """The company's state, held alone while a run uses it."""

    company: str

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Closing]:
        """Hold the lock for as long as the run lasts."""
        from perf_pipelines.defs.companies import closing_of

        closing = closing_of(self.company)
        with closing.alone():
            yield closing
