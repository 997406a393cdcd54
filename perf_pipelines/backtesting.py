"""What another scheme would have done to periods that are over, without touching anything.

The periods are closed twice in a state folder that is thrown away: by the company's own scheme and by the other. Both
read the same loads of the lake and the same records and pass the same gates, so that whatever differs comes of the
scheme.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from perf_pipelines.closing import Closing
from perf_pipelines.errors import PerfError, Problem, SourceRefused
from perf_pipelines.home import TrialHome
from perf_pipelines.periods import by_cycle, spans
from perf_pipelines.records.backup import copy_records
from perf_pipelines.records.database import Database
from perf_pipelines.reports.backtest.comparison import Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from perf_pipelines.periods import Period
    from perf_pipelines.scheme.model import Scheme

_log = logging.getLogger(__name__)


def backtest(closing: Closing, *, scheme: Scheme, called: str, periods: Sequence[Period]) -> Comparison:
    """Close ``periods`` by the company's scheme (before) and by ``scheme``, ``called`` so in refusals (after).

    :class:`~perf_pipelines.errors.PeriodRefused` for a period that could not be closed now, and what stops a closing,
    with the scheme under which it did: a closed gate is a :class:`~perf_pipelines.errors.GateFailed`.
    """
    ordered = sorted(set(periods), key=by_cycle)
    for period in ordered:
        closing.check_closable(period, together_with=ordered)
    company = closing.company
    as_of = _newest_load(closing)
    with TemporaryDirectory(prefix="perf-backtest-") as folder:
        home = TrialHome(root=Path(folder) / company.id, real=closing.home)
        copy_records(closing.records.database, Database(home.records_url, company_id=company.id))
        versions: list[Path] = []
        for side, by, name in (
            ("before", company, f"the company's own scheme `{company.scheme.scheme}`"),
            ("after", company.under(scheme), f"the scheme of {called}"),
        ):
            with _told_apart(name):
                _log.info("closing %s by %s", spans(ordered), name)
                trial = Closing(company=by, home=home)
                with trial.warehouse.kept_open():
                    _close(trial, ordered, as_of=as_of)
            # moved away, so that the other scheme does not find periods that are published already
            versions.append(home.published.resolve().rename(Path(folder) / side))
            home.published.unlink()
        before, after = versions
        return compare(
            before=before,
            after=after,
            grades_before=_grades(company.scheme, ordered),
            grades_after=_grades(scheme, ordered),
        )


def _grades(scheme: Scheme, periods: Sequence[Period]) -> list[str]:
    """Those in force in the last period, the best first, and then what earlier ones had besides."""
    newest_first = (scheme.on(period.starts_on).grades.bands for period in reversed(periods))
    return list(dict.fromkeys(band.grade for bands in newest_first for band in bands))


def _close(closing: Closing, periods: Sequence[Period], *, as_of: str) -> None:
    # what the first stage builds does not know the scheme: what was built for the one side stands for the other, unless
    # other KPIs make another project of it, which throws the warehouse away
    first, *rest = closing.plan.paying
    inputs_stand = closing.warehouse.build() == closing.dbt.build_id
    closing.prepare(as_of=as_of)
    if inputs_stand:
        closing.open(first)
    else:
        closing.pass_stage(first)
    closing.pass_stages(stage for stage in rest if not stage.by_period)
    # reviews are left out: nothing of them is compared
    closing.close(periods, stages=rest, as_of=as_of)


def _newest_load(closing: Closing) -> str:
    """The load up to which both closings read, whatever is extracted meanwhile."""
    loads = closing.lake.loads()
    if not loads:
        raise SourceRefused(
            f"the lake of {closing.company.id} is empty",
            [
                Problem(
                    what="a backtest reads what was extracted before, and nothing was",
                    todo=f"run `perf-pipelines run --company {closing.company.id} --period …` first",
                )
            ],
        )
    return loads[0].load_id


@contextmanager
def _told_apart(name: str) -> Generator[None]:
    try:
        yield
    except PerfError as refused:
        raise type(refused)(f"by {name}: {refused.headline}", refused.problems) from refused
