"""What a scheme may say and hardly anybody means: a year that is mistyped, percents where a share is read.

None of it is refused, because each can be meant so; `perf-pipelines check` and `run` tell it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from perf_pipelines.fields import plain
from perf_pipelines.scheme.aggregations import ShareOfUnits
from perf_pipelines.scheme.consistency import extras_of, lines_of, targets_of, versions_of
from perf_pipelines.wording import SHARE, Language, percentage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perf_pipelines.documents import Finding, Loc
    from perf_pipelines.scheme.model import Kpi, Scheme
    from perf_pipelines.scheme.versions import Dated

_PLANNED_AHEAD = timedelta(days=2 * 366)
_LIKELY_SHARE = Decimal(2)
"""A share above 1 can be meant, as 1.2 of a plan; twice a whole hardly ever is."""

_LIKELY_GROWTH = Decimal(2)
_LIKELY_ATTAINMENT = Decimal(20)
"""Of a small target ten times as much may be reached; from here on percents are meant."""

_UNLIKELY_SCORE = Decimal(2)
_LIKELY_FACTOR = Decimal(20)
_LIKELY_POINTS = Decimal(40)
"""10 are given for just reaching the target; from here on a score is meant, of which 100 is that."""


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """The first day that any period of the company has, and today."""

    first_day: date
    today: date

    @property
    def far(self) -> date:
        """From here on a day is further ahead than anybody plans."""
        return max(self.first_day, self.today) + _PLANNED_AHEAD


def oddities(scheme: Scheme, *, horizon: Horizon) -> list[Finding]:
    """All that looks like a slip, in the order of the file's sections."""
    return [finding for look in _LOOKS for finding in look(scheme, horizon)]


def _days(scheme: Scheme, horizon: Horizon) -> Iterator[Finding]:
    for place, dated, until in _dated(scheme):
        begins = dated.from_
        if begins is not None and begins < horizon.first_day:
            yield (
                (*place, "from"),
                f"{begins} lies before {horizon.first_day}, the first day that is assessed",
                "correct the year if it is mistyped; if it is meant, it holds from the first period on",
            )
        elif begins is not None and begins > horizon.far:
            yield (
                (*place, "from"),
                f"{begins} is more than two years ahead",
                "correct the year if it is mistyped; if it is meant, nothing changes until then",
            )
        if until is not None and until < horizon.first_day:
            yield (
                (*place, "until"),
                f"{until} lies before {horizon.first_day}, the first day that is assessed",
                "correct the year if it is mistyped, or take the entry out: it is never used",
            )


def _dated(scheme: Scheme) -> Iterator[tuple[Loc, Dated, date | None]]:
    for place, line in (*lines_of(scheme), *extras_of(scheme)):
        yield place, line, line.until
    for rule_id, versions in scheme.rules.items():
        for index, version in enumerate(versions):
            yield ("rules", rule_id, index), version, None
    for section in ("evaluation", "feedback", "grades", "bonus", "review"):
        for place, version in versions_of(section, getattr(scheme, section) or ()):
            yield place, version, None


def _shares(scheme: Scheme, _: Horizon) -> Iterator[Finding]:
    for place, line in lines_of(scheme):
        kpi = scheme.kpis.get(line.kpi)
        for where, target in targets_of(line):
            if kpi and target.each is not None:
                yield from _percents((*place, *where), target.each, kpi)
            if target.growth is not None and target.growth >= _LIKELY_GROWTH:
                yield (
                    (*place, *where, "growth"),
                    f"{plain(target.growth)} asks {percentage(target.growth, Language.en)} more than a year ago",
                    f"write {plain(target.growth / 100)} if {plain(target.growth)} % is meant",
                )
    for index, goal in enumerate(scheme.goals):
        kpi = scheme.kpis.get(goal.kpi or "")
        for key, value in (("from", goal.from_), ("to", goal.to)):
            if kpi and value is not None:
                yield from _percents(("goals", index, key), value, kpi)


def is_in_percents(value: Decimal, kpi: Kpi) -> bool:
    """Whether ``value`` is too much for the share that ``kpi`` is, as 30 is where 0.3 is meant."""
    impossible = isinstance(kpi.aggregation, ShareOfUnits) and value > 1
    return kpi.unit.en == SHARE and (impossible or value >= _LIKELY_SHARE)


def _percents(place: Loc, value: Decimal, kpi: Kpi) -> Iterator[Finding]:
    if is_in_percents(value, kpi):
        yield (
            place,
            f"the KPI is a share, of which {plain(value)} is {percentage(value, Language.en)}",
            f"write {plain(value / 100)} if {plain(value)} % is meant",
        )


def _rules(scheme: Scheme, _: Horizon) -> Iterator[Finding]:
    for rule_id, versions in scheme.rules.items():
        for index, rule in enumerate(versions):
            for where, attainment, points in rule.figures():
                place: Loc = ("rules", rule_id, index, *where)
                if attainment is not None:
                    yield from _attainment(place, attainment)
                if points is not None:
                    yield from _points(place, points)
    for place, line in lines_of(scheme):
        if line.veto is not None:
            yield from _attainment((*place, "veto", "below"), line.veto.below)
        for word in ("floor", "cap"):
            if (points := getattr(line, word)) is not None:
                yield from _points((*place, word), points)


def _vetoes(scheme: Scheme, _: Horizon) -> Iterator[Finding]:
    for place, line in lines_of(scheme):
        for grades in scheme.grades if line.veto else ():
            best, *others = (band.grade for band in grades.bands)
            if line.veto and line.veto.grade == best:
                yield (
                    (*place, "veto", "grade"),
                    f"`{best}` is the best grade of all, so that the veto lowers nobody's",
                    f"write the best grade that it is to leave, like `{others[0]}`" if others else "take the veto out",
                )
                break


def _grades(scheme: Scheme, _: Horizon) -> Iterator[Finding]:
    for place, grades in versions_of("grades", scheme.grades):
        for index, band in enumerate(grades.bands):
            if 0 < band.at_least <= _UNLIKELY_SCORE:
                yield (
                    (*place, "bands", index, "at_least"),
                    f"a score of {plain(band.at_least)} is hardly any: just reaching every target gives 100",
                    f"write {plain(band.at_least * 100)} if {percentage(band.at_least, Language.en)} is meant",
                )
    for place, bonus in versions_of("bonus", scheme.bonus or ()):
        for grade, factor in (bonus.multiplier or {}).items():
            if factor >= _LIKELY_FACTOR:
                yield (
                    (*place, "multiplier", grade),
                    f"{plain(factor)} pays {plain(factor)} times the bonus base",
                    f"write {plain(factor / 100)} if {plain(factor)} % is meant",
                )


def _attainment(place: Loc, value: Decimal) -> Iterator[Finding]:
    if value >= _LIKELY_ATTAINMENT:
        yield (
            place,
            f"an attainment of {plain(value)} is {percentage(value, Language.en)} of the target",
            f"write {plain(value / 100)} if {plain(value)} % is meant",
        )


def _points(place: Loc, value: Decimal) -> Iterator[Finding]:
    if value >= _LIKELY_POINTS:
        yield (
            place,
            f"{plain(value)} points are {plain(value / 10)} times what just reaching the target usually gives, 10",
            f"write {plain(value / 10)} if a score of {plain(value)} is meant",
        )


_LOOKS: tuple[Callable[[Scheme, Horizon], Iterator[Finding]], ...] = (_days, _shares, _rules, _vetoes, _grades)
