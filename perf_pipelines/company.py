"""A company's folder as typed objects, or an error that names file, line and field of everything that is wrong."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Self, TypeVar, cast
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, InstanceOf, model_validator

from perf_pipelines.cleaning import CleanedTable, CleaningRule, Refunds, RefundsCount, tables_without_staging
from perf_pipelines.documents import Document, Finding, nearest, read_document, refused
from perf_pipelines.errors import CompanyRefused, PeriodRefused, Problem
from perf_pipelines.fields import (
    FIRST_DAY,
    LAST_DAY,
    Currency,
    Day,
    Entry,
    Identifier,
    Label,
    Share,
    Text,
    Whole,
    refusal,
    seen,
    shown,
)
from perf_pipelines.meant import month
from perf_pipelines.periods import LONGEST_SPRINT, Cycle, Period, Sprints
from perf_pipelines.scheme.consistency import Surroundings, inconsistencies
from perf_pipelines.scheme.model import Scheme
from perf_pipelines.scheme.oddities import Horizon, oddities
from perf_pipelines.sources.config import Sources, misplaced_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal
    from fractions import Fraction
    from pathlib import Path

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}")
_R = TypeVar("_R")
_SOON = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Company:
    """A company as its folder describes it. ``kpi_ids`` stand in the scheme's order.

    ``cleaning`` has the rules of each table ``<system>.<table>`` in the order in which they are applied, ``inputs`` the
    ids of those it supplies, ``staging`` the names of its staging models. ``sprints`` are there if it assesses sprints.
    An appeal is answered within ``appeal_days``.
    """

    id: str
    folder: Path
    name: Label
    timezone: ZoneInfo
    currency: str
    first_period: Period
    cycles: tuple[Cycle, ...]
    sprints: Sprints | None
    owners: tuple[str, ...]
    rejected_share: Decimal
    cleaning: Mapping[str, tuple[CleaningRule, ...]]
    refunds_count_on: RefundsCount
    appeal_days: int
    sources: Sources
    scheme: Scheme
    inputs: tuple[str, ...]
    staging: tuple[str, ...]
    kpi_ids: tuple[str, ...]

    def containing(self, day: date, cycle: Cycle) -> Period:
        """The period of ``cycle`` in which ``day`` lies."""
        if cycle is Cycle.SPRINT and self.sprints is not None:
            return self.sprints.containing(day)
        return Period.containing(day, cycle)

    def first(self, cycle: Cycle) -> Period:
        """The first period of ``cycle`` that is assessed.

        A longer one than a month is the one in which the company's first month lies; a week and a sprint, which cut
        across months, do not begin before it.
        """
        period = self.containing(self.first_period.starts_on, cycle)
        return period if cycle.months or period.starts_on == self.first_period.starts_on else period.next()

    @property
    def reward_cycle(self) -> Cycle:
        """The shortest cycle. Instant rewards and daily goals stand in its periods alone, so that each is told once."""
        sprint = self.sprints.days if self.sprints else 0
        days = {Cycle.SPRINT: sprint, Cycle.WEEK: 7, **{cycle: 31 * cycle.months for cycle in Cycle if cycle.months}}
        return min(self.cycles, key=days.__getitem__)

    def under(self, scheme: Scheme) -> Company:
        """The same company assessed by another scheme."""
        return replace(self, scheme=scheme, kpi_ids=tuple(scheme.kpis))

    def periods_until(self, day: date, cycle: Cycle) -> tuple[Period, ...]:
        """The periods of ``cycle`` that are over on ``day``, from the first that is assessed."""
        today = self.local(day)
        periods: list[Period] = []
        period = self.first(cycle)
        while period.ends_on < today:
            periods.append(period)
            period = period.next()
        return tuple(periods)

    def closable(self, period: Period, *, today: date) -> None:
        """:class:`PeriodRefused` unless the company assesses ``period`` and it is over.

        ``today`` is a day in the company's time zone; a moment (an aware datetime) is put into that zone first.
        """
        day = self.local(today)
        if period.cycle not in self.cycles:
            self._refuse(
                period,
                f"{self.id} does not assess a {period.cycle}",
                f"choose one of {', '.join(self.cycles)}, or add it to `cycles` in company.yaml",
            )
        first = self.first(period.cycle)
        if period.starts_on < first.starts_on:
            self._refuse(
                period,
                f"it comes before the company's first period {self.first_period}",
                f"choose {first} or later",
            )
        if period.ends_on >= day:
            self._refuse(
                period,
                f"it is not over yet: today is {day} in {self.timezone.key}",
                "close it after its last day",
            )
        lying = self.containing(period.starts_on, period.cycle)
        if period != lying:
            self._refuse(
                period,
                f"no {period.cycle} of {self.id} lies so: company.yaml says on which day one begins and how long it is",
                f"choose {lying} or {lying.next()}",
            )

    def months_of(self, period: Period) -> tuple[Period, ...]:
        """The months that ``period`` consists of, from the company's first period on."""
        return tuple(month for month in period.months_inside() if month.starts_on >= self.first_period.starts_on)

    def parts_of(self, period: Period) -> tuple[Period, ...]:
        """The shorter periods whose mean ``period`` is by the scheme, in order; none where it is not a mean."""
        part = self.scheme.on(period.starts_on).evaluation.mean_of.get(period.cycle)
        if part is None:
            return ()
        return tuple(dict.fromkeys(Period.containing(month.starts_on, part) for month in self.months_of(period)))

    def months_assessed(self, period: Period) -> Fraction:
        """How many calendar months of ``period`` are assessed: all but those before the company's first period."""
        if not period.cycle.months:
            return period.months
        return replace(period, starts_on=max(period.starts_on, self.first_period.starts_on)).months

    def made_of(self, periods: Sequence[Period]) -> tuple[Period, ...]:
        """The longer periods that the company assesses and whose months are all among ``periods``."""
        longer = {
            Period.containing(period.starts_on, cycle)
            for period in periods
            if period.cycle is Cycle.MONTH
            for cycle in self.cycles
            if cycle.months > 1
        }
        whole = [period for period in longer if set(self.months_of(period)) <= set(periods)]
        return tuple(sorted(whole, key=lambda period: (period.cycle.months, period.starts_on)))

    def local(self, day: date) -> date:
        """The day in the company's time zone, of a moment too."""
        if not isinstance(day, datetime):
            return day
        return day.astimezone(self.timezone).date() if day.tzinfo is not None else day.date()

    def _refuse(self, period: Period, what: str, todo: str) -> None:
        raise PeriodRefused(f"{period} cannot be closed", [Problem(field="period", what=what, todo=todo)])


def load_company(folder: Path, *, kpi_models: frozenset[str], inputs: frozenset[str]) -> Company:
    """The company in ``folder``; :class:`CompanyRefused` with all that is wrong with its files.

    ``kpi_models`` are the ids of the KPIs, ``inputs`` those of the inputs that dbt_project/ has; the company's own
    ``models/kpis/kpi_<id>.sql`` are added to the KPIs.
    """
    folder = folder.absolute()
    problems: list[Problem] = list(_model_problems(folder, kpi_models=kpi_models, inputs=inputs))

    def collect(read: Callable[[], _R]) -> _R | None:
        try:
            return read()
        except CompanyRefused as refusal_:
            problems.extend(refusal_.problems)
            return None

    company_file = collect(lambda: read_document(folder / "company.yaml"))
    about = collect(lambda: company_file.validated(_CompanyFile)) if company_file else None
    # what can be read of a faulty file is enough to check the scheme against
    known = about or (company_file.sound_part(_CompanyFile, divisible=())[0] if company_file else None)
    called: str | None = getattr(known, "company", None)
    if company_file and called is not None and called != folder.name:
        what = f"the company is called `{called}`, its folder `{folder.name}`"
        problems.append(company_file.problem(("company",), what, "give both the same name"))
    surroundings = Surroundings(
        available_kpis=kpi_models | _own_kpis(folder),
        currency=getattr(known, "currency", None),
        cycles=getattr(known, "cycles", None),
    )
    staging = _staging_models(folder)
    if company_file and about:
        strangers = tables_without_staging(about.cleaning, staging=staging)
        problems.extend(company_file.problem(*finding) for finding in strangers)
    sources = collect(lambda: _read_sources(folder))
    scheme = collect(lambda: _read_scheme(folder / "scheme.yaml", surroundings))
    if problems or about is None or sources is None or scheme is None:
        raise CompanyRefused(f"the company `{folder.name}` is refused", sorted(problems, key=_by_place))
    return Company(
        id=about.company,
        folder=folder,
        name=about.name,
        timezone=ZoneInfo(about.timezone),
        currency=about.currency,
        first_period=about.first_period,
        cycles=about.cycles,
        sprints=about.sprint and Sprints(days=about.sprint.days, begins_on=about.sprint.begins_on),
        owners=about.owners,
        rejected_share=about.tolerance.rejected_share,
        cleaning=about.cleaning,
        refunds_count_on=about.refunds.count_on,
        appeal_days=about.appeals.answer_within_days,
        sources=sources,
        scheme=scheme,
        inputs=tuple(sorted(_ids(folder / "models" / "inputs", "company_"))),
        staging=tuple(sorted(staging)),
        kpi_ids=tuple(scheme.kpis),
    )


def load_scheme(path: Path, *, company: Company, kpi_models: frozenset[str]) -> Scheme:
    """Another scheme for ``company``; :class:`CompanyRefused` with all that its own would be refused for.

    ``kpi_models`` are the ids of the KPIs that dbt_project/ has.
    """
    surroundings = Surroundings(
        available_kpis=kpi_models | _own_kpis(company.folder), currency=company.currency, cycles=company.cycles
    )
    return _read_scheme(path.absolute(), surroundings)


def company_of(scheme: Path) -> str | None:
    """The id of the company in whose folder the file lies; ``None`` where no company.yaml lies beside it."""
    try:
        called = read_document(scheme.absolute().parent / "company.yaml").data.get("company")
    except CompanyRefused:
        return None
    return called if isinstance(called, str) else None


def remarks_on(company: Company, *, today: date) -> tuple[Problem, ...]:
    """What its files may say and hardly anybody means; nothing is refused for it. ``today`` as in ``closable``."""
    day = company.local(today)
    first_day = min(company.first(cycle).starts_on for cycle in company.cycles)
    found: list[Problem] = []
    if company.first_period.starts_on > day + _SOON:
        what = f"nothing can be closed before {company.first_period} is over"
        about = read_document(company.folder / "company.yaml")
        found.append(about.problem(("first_period",), what, "correct the year if it is mistyped"))
    document = read_document(company.folder / "scheme.yaml")
    findings = [
        *oddities(company.scheme, horizon=Horizon(first_day=first_day, today=day)),
        *_names_cut_off(document),
    ]
    return (*found, *sorted((document.problem(*finding) for finding in findings), key=_by_place))


def _names_cut_off(document: Document) -> Iterator[Finding]:
    for place, comment in document.comments.items():
        text = document.at(place)
        if isinstance(text, str) and {"name", "unit"} & set(place):
            yield (
                place,
                f"{shown(text)} is all that is read of the text: what stands behind the # is a comment",
                f'put the text in quotes if the # belongs to it: "{text} #{comment}"',
            )


def list_companies(root: Path) -> tuple[str, ...]:
    """Names of the folders below ``root`` that have a company.yaml, sorted."""
    return tuple(sorted(path.parent.name for path in root.glob("*/company.yaml")))


def company_folder(root: Path, name: str) -> Path:
    """The folder of the company ``name``; :class:`CompanyRefused` when ``root`` has none of that name."""
    known = list_companies(root)
    if name in known:
        return root / name
    if not name or "/" in name or "\\" in name or name.startswith("."):
        what, todo = f"{shown(name)} is a path or nothing, not a name", nearest(name, known)
    elif (root / name).is_dir():
        read_document(root / name / "company.yaml")  # says what there is in its place
        what, todo = f"the folder of {shown(name)} cannot be read", "make it readable"
    else:
        what, todo = f"there is no company {shown(name)}", nearest(name, known)
    raise CompanyRefused(f"the company {shown(name)} is refused", [Problem(field="company", what=what, todo=todo)])


def _timezone(value: object) -> str:
    if isinstance(value, str):
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError):
            pass
    close = difflib.get_close_matches(str(value), available_timezones(), n=1)
    raise refusal(
        f"{shown(value)} is not a known time zone",
        f"did you mean `{close[0]}`?" if close else "write one of the IANA names, like Asia/Shanghai",
    )


def _first_period(value: object) -> Period:
    todo = "write the first month that is assessed, like 2017-03"
    try:
        period = Period.parse(value) if isinstance(value, str) else None
    except PeriodRefused:
        period = None
    if period is None or period.cycle is not Cycle.MONTH:
        meant = month(str(value)) if isinstance(value, (str, int, date)) else None
        raise refusal(f"{seen(value)} is not a month", f"write {meant}" if meant else todo)
    if not FIRST_DAY.year <= period.starts_on.year < LAST_DAY.year:
        raise refusal(f"`{period}` is out of range", todo)
    return period


def _cycles(value: object) -> object:
    if isinstance(value, list):
        cycles = cast("list[object]", value)
        for index, cycle in enumerate(cycles):
            if cycle in cycles[:index]:
                raise refusal(f"the cycle {shown(cycle)} stands here twice", "keep one of the two", at=(index,))
        longer = next((cycle for cycle in Cycle if cycle.months > 1 and str(cycle) in cycles), None)
        all_known = {str(cycle) for cycle in cycles} <= set(Cycle)  # what is not may be meant as the month
        if longer and all_known and str(Cycle.MONTH) not in cycles:
            raise refusal(f"`month` is missing beside `{longer}`", "add it: longer periods are made of closed months")
    return cast("object", value)


def _owner(value: object) -> str:
    if isinstance(value, str) and (_EMAIL.fullmatch(value) or (value.startswith("team:") and value.strip() != "team:")):
        return value
    raise refusal(f"{shown(value)} is neither a team nor a person", "write team:<name>, or an e-mail address")


class _Tolerance(Entry):
    rejected_share: Share


class _Sprint(Entry):
    days: Annotated[int, Whole(at_least=1, at_most=LONGEST_SPRINT)]
    begins_on: Day


class _Appeals(Entry):
    answer_within_days: Annotated[int, Whole(at_least=1, at_most=365)] = 14


class _CompanyFile(Entry):
    company: Identifier
    name: Label
    timezone: Annotated[str, BeforeValidator(_timezone)]
    currency: Currency
    first_period: Annotated[InstanceOf[Period], BeforeValidator(_first_period)]
    cycles: Annotated[tuple[Cycle, ...], Field(min_length=1), BeforeValidator(_cycles)]
    sprint: _Sprint | None = None
    owners: Annotated[tuple[Annotated[Text, BeforeValidator(_owner)], ...], Field(min_length=1)]
    tolerance: _Tolerance
    cleaning: dict[CleanedTable, tuple[CleaningRule, ...]] = Field(default_factory=dict)
    refunds: Refunds = Refunds()
    appeals: _Appeals = _Appeals()

    @model_validator(mode="after")
    def _sprints_lie_somewhere(self) -> Self:
        assessed = Cycle.SPRINT in self.cycles
        if assessed and self.sprint is None:
            raise refusal(
                "nothing says how long a sprint is and on which day one begins",
                "add `sprint: {days: 14, begins_on: 2026-01-05}`",
                at=("cycles",),
            )
        if self.sprint is not None and not assessed:
            raise refusal(
                "`sprint` says how sprints lie, but they are not assessed",
                "add `sprint` to `cycles`, or take it out",
                at=("sprint",),
            )
        return self


def _read_sources(folder: Path) -> Sources:
    document = read_document(folder / "sources.yaml")
    sources = document.validated(Sources)
    _refuse_findings(document, misplaced_files(sources, company_folder=folder))
    return sources


def _read_scheme(path: Path, surroundings: Surroundings) -> Scheme:
    document = read_document(path)
    try:
        scheme = document.validated(Scheme)
    except CompanyRefused as unreadable:
        part, unsound = document.sound_part(Scheme, divisible={"positions"})
        contradictions = inconsistencies(part, surroundings=surroundings, unsound=unsound)
        more = [document.problem(*finding) for finding in contradictions]
        raise refused([*unreadable.problems, *more]) from unreadable
    _refuse_findings(document, inconsistencies(scheme, surroundings=surroundings))
    return scheme


def _refuse_findings(document: Document, findings: Sequence[Finding]) -> None:
    if findings:
        raise refused(document.problem(*finding) for finding in findings)


def _model_problems(folder: Path, *, kpi_models: frozenset[str], inputs: frozenset[str]) -> Iterator[Problem]:
    models = f"{folder.parent.name}/{folder.name}/models"
    if not (folder / "models").is_dir():
        yield Problem(
            file=models,
            what="the folder is missing",
            todo="make it; its models say how the sources' rows become inputs",
        )
    for supplied in sorted(_ids(folder / "models" / "inputs", "company_") - inputs):
        yield Problem(
            file=f"{models}/inputs/company_{supplied}.sql",
            what=f"there is no input `{supplied}`",
            todo=nearest(supplied, inputs),
        )
    for kpi in sorted(_own_kpis(folder) & kpi_models):
        yield Problem(
            file=f"{models}/kpis/kpi_{kpi}.sql",
            what=f"the KPI `{kpi}` has a model for all companies already",
            todo="give the company's own KPI another id",
        )


def _own_kpis(folder: Path) -> frozenset[str]:
    return _ids(folder / "models" / "kpis", "kpi_")


def _ids(folder: Path, prefix: str) -> frozenset[str]:
    return frozenset(path.stem.removeprefix(prefix) for path in folder.glob(f"{prefix}*.sql"))


def _staging_models(folder: Path) -> frozenset[str]:
    return frozenset(path.stem for path in (folder / "models" / "staging").glob("**/stg_*.sql"))


def _by_place(problem: Problem) -> tuple[str, int, str, str]:
    return problem.file or "", problem.line or 0, problem.field or "", problem.what
