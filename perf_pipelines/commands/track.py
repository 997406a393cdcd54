"""``perf-pipelines track``: how far the running periods have come, and who is told."""

from __future__ import annotations

import warnings
from datetime import datetime  # noqa: TC003 — typer reads annotations at run time
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from perf_pipelines.commands.options import CompanyOption, LanguageOption  # noqa: TC001 — read at run time
from perf_pipelines.commands.progress import progress_shown
from perf_pipelines.commands.saying import say
from perf_pipelines.periods import Cycle  # noqa: TC001 — read at run time
from perf_pipelines.wording import Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perf_pipelines.fields import Label
    from perf_pipelines.records.alerts import Alert
    from perf_pipelines.tracking import Tracked


def track(
    company: CompanyOption,
    on: Annotated[
        datetime | None,
        typer.Option(
            "--on",
            formats=["%Y-%m-%d"],
            help="A day of the past: who would be told by its end. Nothing is recorded or published.",
        ),
    ] = None,
    cycle: Annotated[
        list[Cycle] | None, typer.Option("--cycle", help="Of this cycle alone; may be repeated. Else of all.")
    ] = None,
    language: LanguageOption = Language.en,
) -> None:
    """How far the running periods have come by the last whole day, and who is behind: each is told once.

    Extracts, passes gates 1 and 2, raises an alert for each KPI that has fallen behind (`alerts` in scheme.yaml) and
    was not told before, and publishes fct_kpi_progress and fct_kpi_alert. A closed period is not tracked.
    """
    from perf_pipelines.defs.companies import closing_of
    from perf_pipelines.tracking import track as track_periods

    with progress_shown(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dbt's and Great Expectations' notes on themselves
        closing = closing_of(company)
        tracked = track_periods(closing, on.date() if on else None, cycles=cycle or ())
    _print(tracked, language, is_judged=closing.company.scheme.alerts is not None)


def _print(tracked: Tracked, language: Language, *, is_judged: bool) -> None:
    zh = language is Language.zh
    running = tracked.running
    if running.closed:
        named = ", ".join(map(str, running.closed))
        say(f"{named} 已关账，不再跟踪" if zh else f"closed already and not tracked: {named}")
    if running.periods:
        named = ", ".join(map(str, running.periods))
        say(f"已跟踪 {named}，截至 {running.up_to}" if zh else f"tracked: {named}, up to {running.up_to}")
    found = (
        (tracked.raised, _raised(tracked, zh=zh)),
        (tracked.raised_before, "此前已预警" if zh else "told before"),
        (tracked.not_told, "落后但未预警" if zh else "behind, not told (too early, or no more in the position)"),
    )
    for alerts, said in found:
        _print_by_manager(alerts, said, tracked.names, language)
    if not is_judged:
        say(
            "scheme.yaml 中没有 alerts，不判断谁落后" if zh else "scheme.yaml has no `alerts`: nobody is judged or told"
        )
    elif running.periods and not any(alerts for alerts, _ in found):
        say("没有人落后" if zh else "nobody is behind")


def _raised(tracked: Tracked, *, zh: bool) -> str:
    if tracked.is_trial:
        return "将预警（试算，未记录）" if zh else "would be told (a trial: nothing is recorded)"
    return "新预警" if zh else "told now"


def _print_by_manager(alerts: Sequence[Alert], said: str, names: Mapping[str, Label], language: Language) -> None:
    def manager(alert: Alert) -> str:
        return alert.manager_id or ""

    for manager_id, of_manager in groupby(sorted(alerts, key=manager), key=manager):
        name = language.of(names[manager_id]) if manager_id in names else manager_id
        say(f"{said} · {name or ('无上级' if language is Language.zh else 'no manager')}")
        for alert in of_manager:
            sentence = alert.sentence_zh if language is Language.zh else alert.sentence_en
            say(f"  {alert.raised_on}  {sentence}")
