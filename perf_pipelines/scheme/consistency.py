"""What must hold between the fields of a scheme, and between the scheme and the company.

Each check looks at the sections it needs and gives all it finds. When a section could not be read, the checks that
need it are left out, so that one fault is not reported as many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from perf_pipelines.documents import Finding, Loc, nearest
from perf_pipelines.fields import FIRST_DAY, LAST_DAY, plain
from perf_pipelines.periods import Cycle, Period
from perf_pipelines.scheme.model import ExtraPoints, Goal, Grades, Level, PositionKpi, Scheme, spoken
from perf_pipelines.scheme.validity import ONE_DAY, Stretch, stretches, version_stretches
from perf_pipelines.scheme.versions import Dated, in_force

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from perf_pipelines.scheme.targets import Target

D = TypeVar("D", bound=Dated)

_CARRIED_BY: Mapping[Level, Level] = {Level.OBJECTIVE: Level.STRATEGY, Level.KEY_RESULT: Level.OBJECTIVE}
"""Which level the parent of a goal must have; a strategy has none."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a scheme must agree with; ``None`` where it is not known because company.yaml could not be read."""

    available_kpis: frozenset[str]
    currency: str | None
    cycles: Collection[Cycle] | None


def inconsistencies(
    scheme: Scheme, *, surroundings: Surroundings, unsound: Collection[str] = frozenset()
) -> list[Finding]:
    """All that contradicts itself. ``unsound`` names the sections that ``scheme`` lacks."""
    found: list[Finding] = []
    for needs, check in _CHECKS:
        if not needs & set(unsound):
            found.extend(check(scheme, surroundings))
    return found


def _currency(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    if surroundings.currency is not None and scheme.currency != surroundings.currency:
        yield (
            ("currency",),
            f"the scheme pays in {scheme.currency}, company.yaml in {surroundings.currency}",
            "write the same currency in both",
        )


def _kpis_have_a_model(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    for kpi in scheme.kpis:
        if kpi not in surroundings.available_kpis:
            yield (
                ("kpis", kpi),
                f"no SQL model says what counts for `{kpi}`",
                f"write models/kpis/kpi_{kpi}.sql; or {nearest(kpi, surroundings.available_kpis)}",
            )


def _kpis_serve_a_goal(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    goals = {goal.id for goal in scheme.goals}
    serving = {goal.kpi for goal in scheme.goals if goal.level is Level.KEY_RESULT}
    serving |= {line.kpi for _, line in _lines(scheme) if line.goal in goals}
    serving |= {extra.kpi for extra in scheme.extra_points}
    for kpi in scheme.kpis:
        if kpi not in serving:
            yield (
                ("kpis", kpi),
                f"the KPI `{kpi}` serves no goal",
                "measure a key result or a position by it, give extra points for it, or take the KPI out",
            )


def _goal_ids(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, goal in enumerate(scheme.goals):
        if goal.id in seen:
            yield ("goals", index, "id"), f"the goal `{goal.id}` stands here twice", "give each goal an id of its own"
        seen.add(goal.id)


def _goal_parents(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    goals = {goal.id: goal for goal in scheme.goals}
    for index, goal in enumerate(scheme.goals):
        place: Loc = ("goals", index, "parent")
        expected = _CARRIED_BY.get(goal.level)
        if goal.parent is None:
            if expected is not None:
                yield (
                    place,
                    f"the {spoken(goal.level)} `{goal.id}` belongs to no goal",
                    f"name its {spoken(expected)}",
                )
        elif goal.parent not in goals:
            yield place, f"there is no goal `{goal.parent}`", nearest(goal.parent, goals.keys() - {goal.id})
        elif _goes_in_a_circle(goal, goals):
            yield place, f"the parents of `{goal.id}` lead back to itself", "let the line of parents end at a strategy"
        elif expected is None:
            yield place, f"the strategy `{goal.id}` has a parent", "take `parent` out: a strategy stands at the top"
        elif goals[goal.parent].level is not expected:
            level = goals[goal.parent].level
            yield (
                place,
                f"the {spoken(goal.level)} `{goal.id}` belongs to the {spoken(level)} `{goal.parent}`",
                f"name a goal with level {expected}: strategy > objective > key_result",
            )


def _goals_are_measured(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    measured = set[str]()
    goals = {goal.id: goal for goal in scheme.goals}
    for goal in scheme.goals:
        if goal.level is Level.KEY_RESULT:
            measured.update(_line_up(goal, goals))
    for index, goal in enumerate(scheme.goals):
        fields = {"kpi": goal.kpi, "from": goal.from_, "to": goal.to}
        if goal.level is Level.KEY_RESULT:
            for name, value in fields.items():
                if value is None:
                    yield (
                        ("goals", index, name),
                        f"the key result `{goal.id}` has no `{name}`",
                        "say which KPI is to move `from` where `to` where",
                    )
            if goal.from_ is not None and goal.from_ == goal.to:
                yield (
                    ("goals", index, "to"),
                    f"the key result `{goal.id}` goes from {plain(goal.from_)} to the same",
                    "write where the KPI stands now and where it is to be, so that progress can be measured",
                )
            continue
        for name, value in fields.items():
            if value is not None:
                yield (
                    ("goals", index, name),
                    f"the {spoken(goal.level)} `{goal.id}` has `{name}`, which only key results have",
                    "move it to a key result below this goal",
                )
        if goal.id not in measured:
            yield (
                ("goals", index),
                f"the {spoken(goal.level)} `{goal.id}` has no KPI beneath it",
                "add a key result with a KPI below it, or take the goal out",
            )


def _goal_kpis(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for index, goal in enumerate(scheme.goals):
        if goal.kpi is not None and goal.kpi not in scheme.kpis:
            yield ("goals", index, "kpi"), f"there is no KPI `{goal.kpi}` in `kpis`", nearest(goal.kpi, scheme.kpis)


def _line_kpis(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, line in _lines(scheme):
        if line.kpi not in scheme.kpis:
            yield (*place, "kpi"), f"there is no KPI `{line.kpi}` in `kpis`", nearest(line.kpi, scheme.kpis)


def _line_rules(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, line in _lines(scheme):
        if line.rule not in scheme.rules:
            yield (*place, "rule"), f"there is no rule `{line.rule}` in `rules`", nearest(line.rule, scheme.rules)


def _line_goals(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    # a position may be measured by a KPI that leads to a key result without being its measure
    goals = {goal.id for goal in scheme.goals}
    for place, line in _lines(scheme):
        if line.goal not in goals:
            yield (*place, "goal"), f"there is no goal `{line.goal}` in `goals`", nearest(line.goal, goals)


def _team_targets(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, line in _lines(scheme):
        if line.kpi not in scheme.kpis or scheme.kpis[line.kpi].aggregation.sum_like:
            continue
        named: dict[Loc, Target] = {("target",): line.target}
        named |= {("departments", name): target for name, target in line.departments.items()}
        named |= {("employees", name): target for name, target in line.employees.items()}
        for where, target in named.items():
            if target.team is not None:
                yield (
                    (*place, *where),
                    f"a team cannot share out `{line.kpi}`, which is no sum",
                    "write the number that everybody is to reach",
                )


def _line_vetoes(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for position, lines in scheme.positions.items():
        for stretch in stretches(lines):
            veto = stretch.line.veto
            for held, valid_from, valid_to in version_stretches(scheme.grades) if veto else ():
                grades = [band.grade for band in held.bands]
                overlap = valid_from <= stretch.valid_to and valid_to >= stretch.valid_from
                if veto and overlap and veto.grade not in grades:
                    yield (
                        ("positions", position, stretch.index, "veto", "grade"),
                        f"there is no grade `{veto.grade}`{_since(valid_from)}",
                        nearest(veto.grade, grades),
                    )
                    break


def _extra_points(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, extra in enumerate(scheme.extra_points):
        place: Loc = ("extra_points", index)
        if extra.id in seen:
            yield (*place, "id"), f"the extra points `{extra.id}` stand here twice", "give each an id of its own"
        seen.add(extra.id)
        if extra.kpi not in scheme.kpis:
            yield (*place, "kpi"), f"there is no KPI `{extra.kpi}` in `kpis`", nearest(extra.kpi, scheme.kpis)
        for position in extra.positions or ():
            if position not in scheme.positions:
                yield (
                    (*place, "positions"),
                    f"there is no position `{position}` in `positions`",
                    nearest(position, scheme.positions),
                )
        if extra.points == 0:
            yield (*place, "points"), "0 points change nothing", "write how many, or take the entry out"


def _feedback_counts(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, evaluation in _versions("evaluation", scheme.evaluation):
        if evaluation.feedback > 0 and scheme.feedback is None:
            yield (
                (*place, "feedback"),
                f"the 360° part counts {plain(evaluation.feedback)}, but there is no section `feedback`",
                "add `feedback:` with scale and weights, or write `kpi: 1.0`",
            )
    if scheme.feedback is not None and all(evaluation.feedback == 0 for evaluation in scheme.evaluation):
        yield (
            ("feedback",),
            "the section `feedback` stands here, but the 360° part counts for nothing",
            "give it a weight in `evaluation`, like {kpi: 0.7, feedback: 0.3}, or take the section out",
        )


def _feedback_cycles(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    for place, feedback in _versions("feedback", scheme.feedback or ()):
        for cycle in feedback.cycles or ():
            if surroundings.cycles is not None and cycle not in surroundings.cycles:
                yield (
                    (*place, "cycles"),
                    f"a {spoken(cycle)} has 360° feedback, but company.yaml does not assess it",
                    "take it out, or add it to `cycles` in company.yaml",
                )


def _days_in_order(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, line in (*_lines(scheme), *_extras(scheme)):
        if line.from_ is not None and line.until is not None and line.until < line.from_:
            yield (
                (*place, "until"),
                f"the line ends on {line.until}, before it begins on {line.from_}",
                "write a later day, or take the line out",
            )


def _lines_change_where_periods_begin(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    if scheme.change_inside_period == "refuse":
        for place, line in _lines(scheme):
            yield from _inside_periods(
                place, line, _of_contributions(scheme, surroundings), until=line.until, divisible=True
            )


def _rules_change_where_periods_begin(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    if scheme.change_inside_period == "refuse":
        for rule_id, versions in scheme.rules.items():
            for index, version in enumerate(versions):
                yield from _inside_periods(
                    ("rules", rule_id, index), version, _of_contributions(scheme, surroundings), divisible=True
                )


def _extra_points_change_where_periods_begin(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    for place, extra in _extras(scheme):
        yield from _inside_periods(place, extra, _of_contributions(scheme, surroundings), until=extra.until)


def _of_contributions(scheme: Scheme, surroundings: Surroundings) -> Surroundings:
    """Without the cycles that are always the mean of shorter ones: what scores these may change inside them."""
    means = set(Cycle).intersection(*(evaluation.mean_of for evaluation in scheme.evaluation))
    return replace(surroundings, cycles=surroundings.cycles and set(surroundings.cycles) - means)


def _section_changes_where_periods_begin(section: str) -> Check:
    def check(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
        versions: Sequence[Dated] = getattr(scheme, section) or ()
        for place, version in _versions(section, versions):
            yield from _inside_periods(place, version, surroundings)

    return check


def _inside_periods(
    place: Loc, dated: Dated, surroundings: Surroundings, *, until: date | None = None, divisible: bool = False
) -> Iterator[Finding]:
    """What begins or ends inside a period of any cycle; ``divisible`` tells of the setting that would split it."""
    # a week or a sprint is assessed by what holds on its first day, wherever something begins
    of_months = [cycle for cycle in surroundings.cycles or () if cycle.months]
    for cycle in sorted(of_months, key=lambda cycle: cycle.months, reverse=True):
        for field, day in (("from", dated.from_), ("until", until)):
            if day is None:
                continue
            period = Period.containing(day, cycle)
            border = period.starts_on if field == "from" else period.ends_on
            if day != border:
                choices = dict.fromkeys([border, period.next().starts_on if field == "from" else border])
                split = ", or write `change_inside_period: split`" if divisible else ""
                yield (
                    (*place, field),
                    f"{day} lies inside {period}, which can only be assessed by one scheme",
                    f"move it to {' or '.join(map(str, choices))}{split}, or drop the cycle `{cycle}` in company.yaml",
                )


def _lines_do_not_overlap(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for position, lines in scheme.positions.items():
        for kpi in dict.fromkeys(line.kpi for line in lines):
            ordered = sorted((line.begins_on, index) for index, line in enumerate(lines) if line.kpi == kpi)
            for (begins, index), (next_begins, next_index) in pairwise(ordered):
                until = lines[index].until
                since = "the start" if begins == FIRST_DAY else str(begins)
                if begins == next_begins:
                    yield (
                        ("positions", position, max(index, next_index)),
                        f"`{position}` has `{kpi}` twice from {since} on",
                        "take one of the lines out, or give it a later `from`",
                    )
                elif until is not None and until >= next_begins:
                    yield (
                        ("positions", position, index, "until"),
                        f"the line holds until {until}, but the next line of `{kpi}` begins on {next_begins}",
                        "take `until` out: a line ends by itself when the next one begins",
                    )


def _weights(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for position, lines in scheme.positions.items():
        said: Decimal | None = Decimal(1)
        for day, total in _weight_sums(stretches(lines)):
            if total != 1 and total != said:
                since = "from the start" if day == FIRST_DAY else f"from {day} on"
                yield (
                    ("positions", position),
                    f"the weights of `{position}` sum to {plain(total)} {since}",
                    f"{'add' if total < 1 else 'take away'} {plain(abs(1 - total))} so that they sum to 1",
                )
            said = total


def _weight_sums(lines: Collection[Stretch]) -> Iterator[tuple[date, Decimal]]:
    """The sum of the weights from each day on which it may change, from the first line to the end of the last."""
    begins = {stretch.valid_from for stretch in lines}
    ends = {stretch.valid_to + ONE_DAY for stretch in lines if stretch.valid_to < LAST_DAY}
    last = max((stretch.valid_to for stretch in lines), default=FIRST_DAY)
    for day in sorted(begins | ends):
        if day <= last:
            weights = (stretch.line.weight for stretch in lines if stretch.valid_from <= day <= stretch.valid_to)
            yield day, sum(weights, Decimal(0))


def _bands(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, grades in _versions("grades", scheme.grades):
        for index, band in enumerate(grades.bands):
            if band.grade in {earlier.grade for earlier in grades.bands[:index]}:
                yield (
                    (*place, "bands", index, "grade"),
                    f"the grade `{band.grade}` stands here twice",
                    "give each band a grade of its own",
                )
            if index and band.at_least >= grades.bands[index - 1].at_least:
                yield (
                    (*place, "bands", index, "at_least"),
                    f"`{band.grade}` begins at {plain(band.at_least)}, not below the band before it",
                    "order the bands from the best to the worst, each beginning lower than the one before",
                )
        if grades.bands[-1].at_least != 0:
            yield (
                (*place, "bands", len(grades.bands) - 1, "at_least"),
                f"scores below {plain(grades.bands[-1].at_least)} have no grade",
                "let the last band begin at 0",
            )
        yield from _expected_shares((*place, "bands"), grades)


def _expected_shares(place: Loc, grades: Grades) -> Iterator[Finding]:
    expected = [band.expected for band in grades.bands if band.expected is not None]
    if expected and len(expected) < len(grades.bands):
        yield (
            place,
            "some bands say `expected` and others do not",
            "give every band its expected share, or none",
        )
    elif not expected and grades.method != "bands":
        yield (
            place,
            f"the method `{grades.method}` gives each grade its expected share, but no band says `expected`",
            "give every band its expected share, or write `method: bands`",
        )
    elif expected and sum(expected, Decimal(0)) != 1:
        yield place, f"the expected shares sum to {plain(sum(expected, Decimal(0)))}", "let them sum to 1"


def _multipliers(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    places = {id(bonus): place for place, bonus in _versions("bonus", scheme.bonus)}
    said: set[tuple[Loc, str]] = set()
    for day in sorted({version.begins_on for version in (*scheme.bonus, *scheme.grades)}):
        bonus = in_force(scheme.bonus, day)
        grades = [band.grade for band in in_force(scheme.grades, day).bands]
        place: Loc = (*places[id(bonus)], "multiplier")
        for grade in dict.fromkeys([*grades, *bonus.multiplier]):
            if (place, grade) in said:
                continue
            if grade not in bonus.multiplier:
                yield place, f"the grade `{grade}` has no multiplier{_since(day)}", f"add `{grade}: …`"
            elif grade not in grades:
                yield (*place, grade), f"there is no grade `{grade}`{_since(day)}", nearest(grade, grades)
            else:
                continue
            said.add((place, grade))


def _bonus_cycles(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    for place, bonus in _versions("bonus", scheme.bonus):
        total = sum(bonus.cycles.values(), Decimal(0))
        if total > 1:
            yield (
                (*place, "cycles"),
                f"the cycles pay {plain(total)} of the bonus base",
                "let the shares sum to at most 1",
            )
        for cycle in bonus.cycles:
            if surroundings.cycles is not None and cycle not in surroundings.cycles:
                yield (
                    (*place, "cycles", str(cycle)),
                    f"a {spoken(cycle)} pays, but company.yaml does not assess it",
                    "take it out, or add it to `cycles` in company.yaml",
                )


def _means_of_cycles(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    for place, evaluation in _versions("evaluation", scheme.evaluation):
        for whole, part in evaluation.mean_of.items():
            for cycle in (whole, part):
                if surroundings.cycles is not None and cycle not in surroundings.cycles:
                    yield (
                        (*place, "mean_of", str(whole)),
                        f"a {spoken(whole)} is the mean of its {spoken(part)}s, but company.yaml does not assess a "
                        f"{spoken(cycle)}",
                        "take it out, or add it to `cycles` in company.yaml",
                    )


def _development_grades(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    known = {band.grade for grades in scheme.grades for band in grades.bands}
    for place, review in _versions("review", scheme.review):
        for kind, rule in (("promotion", review.development.promotion), ("support", review.development.support)):
            if rule is not None and rule.grade not in known:
                yield (
                    (*place, "development", kind, "grade"),
                    f"there is no grade `{rule.grade}`",
                    nearest(rule.grade, known),
                )


Check = Callable[[Scheme, Surroundings], Iterator[Finding]]
_OF_WHOLE_PERIODS = ("evaluation", "feedback", "grades", "bonus", "review")

_CHECKS: tuple[tuple[frozenset[str], Check], ...] = (
    (frozenset({"currency"}), _currency),
    (frozenset({"kpis"}), _kpis_have_a_model),
    (frozenset({"kpis", "goals", "positions", "extra_points"}), _kpis_serve_a_goal),
    (frozenset({"goals"}), _goal_ids),
    (frozenset({"goals"}), _goal_parents),
    (frozenset({"goals"}), _goals_are_measured),
    (frozenset({"goals", "kpis"}), _goal_kpis),
    (frozenset({"positions", "kpis"}), _line_kpis),
    (frozenset({"positions", "rules"}), _line_rules),
    (frozenset({"positions", "goals"}), _line_goals),
    (frozenset({"positions", "kpis"}), _team_targets),
    (frozenset({"positions", "grades"}), _line_vetoes),
    (frozenset({"positions", "extra_points"}), _days_in_order),
    (frozenset({"positions", "change_inside_period", "evaluation"}), _lines_change_where_periods_begin),
    (frozenset({"rules", "change_inside_period", "evaluation"}), _rules_change_where_periods_begin),
    (frozenset({"extra_points", "evaluation"}), _extra_points_change_where_periods_begin),
    *((frozenset({section}), _section_changes_where_periods_begin(section)) for section in _OF_WHOLE_PERIODS),
    (frozenset({"positions"}), _lines_do_not_overlap),
    (frozenset({"positions"}), _weights),
    (frozenset({"extra_points", "kpis", "positions"}), _extra_points),
    (frozenset({"evaluation", "feedback"}), _feedback_counts),
    (frozenset({"feedback"}), _feedback_cycles),
    (frozenset({"grades"}), _bands),
    (frozenset({"bonus", "grades"}), _multipliers),
    (frozenset({"bonus"}), _bonus_cycles),
    (frozenset({"evaluation"}), _means_of_cycles),
    (frozenset({"review", "grades"}), _development_grades),
)
"""Every check with the sections it needs."""


def _lines(scheme: Scheme) -> Iterator[tuple[Loc, PositionKpi]]:
    for position, lines in scheme.positions.items():
        for index, line in enumerate(lines):
            yield ("positions", position, index), line


def _extras(scheme: Scheme) -> Iterator[tuple[Loc, ExtraPoints]]:
    for index, extra in enumerate(scheme.extra_points):
        yield ("extra_points", index), extra


def _versions(section: str, versions: Sequence[D]) -> Iterator[tuple[Loc, D]]:
    """Each version of a section with its place: that of the section where it is the only one."""
    alone = len(versions) == 1 and versions[0].from_ is None
    for index, version in enumerate(versions):
        yield ((section,) if alone else (section, index)), version


def _since(day: date) -> str:
    return "" if day == FIRST_DAY else f" from {day} on"


def _line_up(goal: Goal, goals: Mapping[str, Goal]) -> list[str]:
    """The goal and those above it, up to the top or to where the line is broken or closes to a circle."""
    line = [goal.id]
    while goal.parent is not None and goal.parent in goals and goal.parent not in line:
        goal = goals[goal.parent]
        line.append(goal.id)
    return line


def _goes_in_a_circle(goal: Goal, goals: Mapping[str, Goal]) -> bool:
    return goals[_line_up(goal, goals)[-1]].parent == goal.id
