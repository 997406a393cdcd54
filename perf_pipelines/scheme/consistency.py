"""What must hold between the fields of a scheme, and between the scheme and the company.

Each check looks at the sections it needs and gives all it finds. When a section could not be read, the checks that
need it are left out, so that one fault is not reported as many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, pairwise
from typing import TYPE_CHECKING, TypeVar

from perf_pipelines.currencies import FINEST, decimals_of
from perf_pipelines.documents import MOST_TOLD, Finding, Loc, closest, nearest
from perf_pipelines.fields import FIRST_DAY, LAST_DAY, plain
from perf_pipelines.periods import Cycle, Period
from perf_pipelines.scheme.model import ExtraPoints, Goal, Grades, Level, PositionKpi, Scheme, spoken
from perf_pipelines.scheme.validity import ONE_DAY, Line, Stretch, stretches, version_stretches
from perf_pipelines.scheme.versions import Dated, in_force

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from perf_pipelines.scheme.bonus import Bonus, Fund
    from perf_pipelines.scheme.rewards import DailyGoal, InstantReward
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
    """All that contradicts itself, as far as it can be told at once. ``unsound`` names the sections it lacks."""
    checks = (check for needs, check in _CHECKS if not needs & set(unsound))
    found = (finding for check in checks for finding in check(scheme, surroundings))
    return list(islice(found, MOST_TOLD + 1))


def _currency(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    if surroundings.currency is not None and scheme.currency != surroundings.currency:
        yield (
            ("currency",),
            f"the scheme pays in {scheme.currency}, company.yaml in {surroundings.currency}",
            "write the same currency in both",
        )
    if decimals_of(scheme.currency) > FINEST:
        yield (
            ("currency",),
            f"{scheme.currency} has {decimals_of(scheme.currency)} decimals, amounts have at most {FINEST}",
            "write the currency in which people are paid",
        )


def _kpis_have_a_model(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    for kpi in scheme.kpis:
        if kpi not in surroundings.available_kpis:
            yield (
                ("kpis", kpi),
                f"no SQL model says what counts for `{kpi}`",
                f"write models/kpis/kpi_{kpi}.sql; or {nearest(kpi, surroundings.available_kpis)}",
            )


def _misspelt_kpis(scheme: Scheme, surroundings: Surroundings) -> Mapping[str, str]:
    """KPIs that stand in `kpis` misspelt, by what they are meant to be: told there, and not wherever they are named."""
    without_model = [kpi for kpi in scheme.kpis if kpi not in surroundings.available_kpis]
    others = surroundings.available_kpis - scheme.kpis.keys()
    return {meant: kpi for kpi in without_model if (meant := closest(kpi, others)) is not None}


def _kpis_serve_a_goal(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    goals = {goal.id for goal in scheme.goals}
    misspelt = _misspelt_kpis(scheme, surroundings).values()
    serving = {goal.kpi for goal in scheme.goals if goal.level is Level.KEY_RESULT}
    serving |= {line.kpi for _, line in lines_of(scheme) if line.goal in goals}
    serving |= {entry.kpi for entry in (*scheme.extra_points, *scheme.rewards)}
    serving |= {line.kpi for _, line in _daily_goals(scheme)}
    for kpi in scheme.kpis:
        if kpi not in serving and kpi not in misspelt:
            yield (
                ("kpis", kpi),
                f"the KPI `{kpi}` serves no goal",
                "measure a key result or a position by it, give extra points or a reward for it, or take the KPI out",
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


def _goal_kpis(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    known = {*scheme.kpis, *_misspelt_kpis(scheme, surroundings)}
    for index, goal in enumerate(scheme.goals):
        if goal.kpi is not None and goal.kpi not in known:
            yield ("goals", index, "kpi"), f"there is no KPI `{goal.kpi}` in `kpis`", nearest(goal.kpi, scheme.kpis)


def _line_kpis(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    known = {*scheme.kpis, *_misspelt_kpis(scheme, surroundings)}
    for place, line in lines_of(scheme):
        if line.kpi not in known:
            yield (*place, "kpi"), f"there is no KPI `{line.kpi}` in `kpis`", nearest(line.kpi, scheme.kpis)


def _line_rules(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, line in lines_of(scheme):
        if line.rule not in scheme.rules:
            yield (*place, "rule"), f"there is no rule `{line.rule}` in `rules`", nearest(line.rule, scheme.rules)


def _line_goals(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    # a position may be measured by a KPI that leads to a key result without being its measure
    goals = {goal.id for goal in scheme.goals}
    for place, line in lines_of(scheme):
        if line.goal not in goals:
            yield (*place, "goal"), f"there is no goal `{line.goal}` in `goals`", nearest(line.goal, goals)


def _team_targets(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, line in lines_of(scheme):
        if line.kpi not in scheme.kpis or scheme.kpis[line.kpi].aggregation.sum_like:
            continue
        for where, target in targets_of(line):
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


def _rewards(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, reward in _given_rewards(scheme):
        if reward.id in seen:
            yield (*place, "id"), f"the reward `{reward.id}` stands here twice", "give each an id of its own"
        seen.add(reward.id)
        if reward.kpi not in scheme.kpis:
            yield (*place, "kpi"), f"there is no KPI `{reward.kpi}` in `kpis`", nearest(reward.kpi, scheme.kpis)
        elif not (scheme.kpis[reward.kpi].aggregation.kind == "sum" and scheme.kpis[reward.kpi].better == "higher"):
            yield (
                (*place, "kpi"),
                f"`{reward.kpi}` is no sum of which more is better, so nobody can say on which day it is reached",
                "name a KPI with `aggregation: sum` and `better: higher`; for any other KPI write a daily goal",
            )
        for position in reward.positions or ():
            if position not in scheme.positions:
                yield (
                    (*place, "positions"),
                    f"there is no position `{position}` in `positions`",
                    nearest(position, scheme.positions),
                )


def _daily_goals_are_known(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for position in scheme.daily_goals:
        if position not in scheme.positions:
            yield (
                ("daily_goals", position),
                f"there is no position `{position}` in `positions`",
                nearest(position, scheme.positions),
            )
    for place, goal in _daily_goals(scheme):
        if goal.kpi not in scheme.kpis:
            yield (*place, "kpi"), f"there is no KPI `{goal.kpi}` in `kpis`", nearest(goal.kpi, scheme.kpis)


def _feedback_counts(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, evaluation in versions_of("evaluation", scheme.evaluation):
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
    for place, feedback in versions_of("feedback", scheme.feedback or ()):
        for cycle in feedback.cycles or ():
            if surroundings.cycles is not None and cycle not in surroundings.cycles:
                yield (
                    (*place, "cycles"),
                    f"a {spoken(cycle)} has 360° feedback, but company.yaml does not assess it",
                    "take it out, or add it to `cycles` in company.yaml",
                )


def _days_in_order(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, line in (*lines_of(scheme), *extras_of(scheme), *_given_rewards(scheme), *_daily_goals(scheme)):
        if line.from_ is not None and line.until is not None and line.until < line.from_:
            yield (
                (*place, "until"),
                f"the line ends on {line.until}, before it begins on {line.from_}",
                "write a later day, or take the line out",
            )


def _lines_change_where_periods_begin(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    if scheme.change_inside_period == "refuse":
        for place, line in lines_of(scheme):
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
    for place, extra in extras_of(scheme):
        yield from _inside_periods(place, extra, _of_contributions(scheme, surroundings), until=extra.until)


def _of_contributions(scheme: Scheme, surroundings: Surroundings) -> Surroundings:
    """Without the cycles that are always the mean of shorter ones: what scores these may change inside them."""
    means = set(Cycle).intersection(*(evaluation.mean_of for evaluation in scheme.evaluation))
    return replace(surroundings, cycles=surroundings.cycles and set(surroundings.cycles) - means)


def _section_changes_where_periods_begin(section: str) -> Check:
    def check(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
        versions: Sequence[Dated] = getattr(scheme, section) or ()
        for place, version in versions_of(section, versions):
            yield from _inside_periods(place, version, surroundings)

    return check


def _inside_periods(
    place: Loc, dated: Dated, surroundings: Surroundings, *, until: date | None = None, divisible: bool = False
) -> Iterator[Finding]:
    """What begins or ends inside a period of any cycle; ``divisible`` tells of the setting that would split it."""
    # a week or a sprint is assessed by what holds on its first day, wherever something begins
    of_months = sorted((cycle for cycle in surroundings.cycles or () if cycle.months), key=lambda cycle: cycle.months)
    for field, day in (("from", dated.from_), ("until", until)):
        periods = [Period.containing(day, cycle) for cycle in of_months] if day is not None else []
        broken = [each for each in periods if day != (each.starts_on if field == "from" else each.ends_on)]
        if not broken:
            continue
        longest = broken[-1]  # where it begins or ends, so do the shorter ones
        if field == "from":
            days = f"{longest.starts_on} or {longest.next().starts_on}"
        else:
            days = f"{longest.previous().ends_on} or {longest.ends_on}"
        all_do = f", where each of them {'begins' if field == 'from' else 'ends'}" if broken[1:] else ""
        ways = [f"move it to {days}{all_do}"]
        if divisible:
            ways.append("write `change_inside_period: split`")
        if not broken[1:]:
            ways.append(f"drop the cycle `{longest.cycle}` in company.yaml")
        assessed = "which are each assessed" if broken[1:] else "which can only be assessed"
        yield (
            (*place, field),
            f"{day} lies inside {' and '.join(map(str, broken))}, {assessed} by one scheme",
            ", or ".join(ways),
        )


def _lines_do_not_overlap(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for position, lines in scheme.positions.items():
        yield from _overlapping(("positions", position), lines)


def _daily_goals_do_not_overlap(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for position, lines in scheme.daily_goals.items():
        yield from _overlapping(("daily_goals", position), lines)


def _overlapping(place: Loc, lines: Sequence[Line]) -> Iterator[Finding]:
    """Lines of one position about the same KPI that begin together, or end after the next has begun."""
    for kpi in dict.fromkeys(line.kpi for line in lines):
        ordered = sorted((line.begins_on, index) for index, line in enumerate(lines) if line.kpi == kpi)
        for (begins, index), (next_begins, next_index) in pairwise(ordered):
            until = lines[index].until
            since = "the start" if begins == FIRST_DAY else str(begins)
            if begins == next_begins:
                yield (
                    (*place, max(index, next_index)),
                    f"`{place[-1]}` has `{kpi}` twice from {since} on",
                    "take one of the lines out, or give it a later `from`",
                )
            elif until is not None and until >= next_begins:
                yield (
                    (*place, index, "until"),
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


def _weight_sums(lines: Collection[Stretch[PositionKpi]]) -> Iterator[tuple[date, Decimal]]:
    """The sum of the weights from each day on which it may change, from the first line to the end of the last."""
    begins = {stretch.valid_from for stretch in lines}
    ends = {stretch.valid_to + ONE_DAY for stretch in lines if stretch.valid_to < LAST_DAY}
    last = max((stretch.valid_to for stretch in lines), default=FIRST_DAY)
    for day in sorted(begins | ends):
        if day <= last:
            weights = (stretch.line.weight for stretch in lines if stretch.valid_from <= day <= stretch.valid_to)
            yield day, sum(weights, Decimal(0))


def _bands(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, grades in versions_of("grades", scheme.grades):
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
    places = {id(bonus): place for place, bonus in versions_of("bonus", scheme.bonus)}
    said: set[tuple[Loc, str]] = set()
    for day in sorted({version.begins_on for version in (*scheme.bonus, *scheme.grades)}):
        bonus = in_force(scheme.bonus, day)
        if bonus.multiplier is None:
            continue
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
    for place, bonus in versions_of("bonus", scheme.bonus):
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


def _amounts_of_cycles(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    """Amounts that a bonus says by cycle: of cycles that pay, and in the smallest unit of the currency or larger."""
    for place, bonus in versions_of("bonus", scheme.bonus):
        said: dict[Loc, Mapping[Cycle, Decimal]] = {(*place, "at_most"): bonus.at_most}
        said |= {(*where, "amount"): fund.amount for where, fund in _funds(place, bonus) if fund.amount is not None}
        for where, amounts in said.items():
            for cycle, amount in amounts.items():
                if cycle not in bonus.cycles:
                    yield (
                        (*where, str(cycle)),
                        f"a {spoken(cycle)} does not pay",
                        "take it out, or add it to `cycles` of the bonus",
                    )
                yield from _in_whole_units((*where, str(cycle)), amount, scheme.currency)


def _amounts_of_rewards(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, reward in _given_rewards(scheme):
        if reward.money is not None:
            yield from _in_whole_units((*place, "money"), reward.money, scheme.currency)


def _in_whole_units(place: Loc, amount: Decimal, currency: str) -> Iterator[Finding]:
    decimals = decimals_of(currency)
    if amount != round(amount, decimals):
        yield (
            place,
            f"{plain(amount)} has more decimals than {currency}",
            f"write it with at most {decimals} decimals" if decimals else "write it without decimals",
        )


def _pools(scheme: Scheme, _: Surroundings) -> Iterator[Finding]:
    for place, bonus in versions_of("bonus", scheme.bonus):
        for where, fund in _funds(place, bonus):
            for cycle in bonus.cycles:
                if fund.amount is not None and cycle not in fund.amount:
                    yield (
                        (*where, "amount"),
                        f"a {spoken(cycle)} pays, but the pool says no amount for it",
                        f"add `{cycle}: …`",
                    )
            if fund.kpi is not None and fund.kpi not in scheme.kpis:
                yield (*where, "kpi"), f"there is no KPI `{fund.kpi}` in `kpis`", nearest(fund.kpi, scheme.kpis)
            elif fund.kpi is not None and scheme.kpis[fund.kpi].aggregation.kind != "sum":
                yield (
                    (*where, "kpi"),
                    f"`{fund.kpi}` is no sum, of which a pool could be a share",
                    "name a KPI whose aggregation is `sum`, in the scheme's currency",
                )


def _funds(place: Loc, bonus: Bonus) -> Iterator[tuple[Loc, Fund]]:
    for department, fund in (bonus.pool.funds if bonus.pool else {}).items():
        yield (*place, "pool", *(("departments", department) if department else ("company",))), fund


def _means_of_cycles(scheme: Scheme, surroundings: Surroundings) -> Iterator[Finding]:
    for place, evaluation in versions_of("evaluation", scheme.evaluation):
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
    for place, review in versions_of("review", scheme.review):
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
    (frozenset({"kpis", "goals", "positions", "extra_points", "rewards", "daily_goals"}), _kpis_serve_a_goal),
    (frozenset({"goals"}), _goal_ids),
    (frozenset({"goals"}), _goal_parents),
    (frozenset({"goals"}), _goals_are_measured),
    (frozenset({"goals", "kpis"}), _goal_kpis),
    (frozenset({"positions", "kpis"}), _line_kpis),
    (frozenset({"positions", "rules"}), _line_rules),
    (frozenset({"positions", "goals"}), _line_goals),
    (frozenset({"positions", "kpis"}), _team_targets),
    (frozenset({"positions", "grades"}), _line_vetoes),
    (frozenset({"positions", "extra_points", "rewards", "daily_goals"}), _days_in_order),
    (frozenset({"positions", "change_inside_period", "evaluation"}), _lines_change_where_periods_begin),
    (frozenset({"rules", "change_inside_period", "evaluation"}), _rules_change_where_periods_begin),
    (frozenset({"extra_points", "evaluation"}), _extra_points_change_where_periods_begin),
    *((frozenset({section}), _section_changes_where_periods_begin(section)) for section in _OF_WHOLE_PERIODS),
    (frozenset({"positions"}), _lines_do_not_overlap),
    (frozenset({"positions"}), _weights),
    (frozenset({"extra_points", "kpis", "positions"}), _extra_points),
    (frozenset({"rewards", "kpis", "positions"}), _rewards),
    (frozenset({"rewards", "currency"}), _amounts_of_rewards),
    (frozenset({"daily_goals", "kpis", "positions"}), _daily_goals_are_known),
    (frozenset({"daily_goals"}), _daily_goals_do_not_overlap),
    (frozenset({"evaluation", "feedback"}), _feedback_counts),
    (frozenset({"feedback"}), _feedback_cycles),
    (frozenset({"grades"}), _bands),
    (frozenset({"bonus", "grades"}), _multipliers),
    (frozenset({"bonus"}), _bonus_cycles),
    (frozenset({"bonus", "currency"}), _amounts_of_cycles),
    (frozenset({"bonus", "kpis"}), _pools),
    (frozenset({"evaluation"}), _means_of_cycles),
    (frozenset({"review", "grades"}), _development_grades),
)
"""Every check with the sections it needs."""


def lines_of(scheme: Scheme) -> Iterator[tuple[Loc, PositionKpi]]:
    """Each line of a position with its place."""
    for position, lines in scheme.positions.items():
        for index, line in enumerate(lines):
            yield ("positions", position, index), line


def extras_of(scheme: Scheme) -> Iterator[tuple[Loc, ExtraPoints]]:
    """Each entry of extra points with its place."""
    for index, extra in enumerate(scheme.extra_points):
        yield ("extra_points", index), extra


def _given_rewards(scheme: Scheme) -> Iterator[tuple[Loc, InstantReward]]:
    for index, reward in enumerate(scheme.rewards):
        yield ("rewards", index), reward


def _daily_goals(scheme: Scheme) -> Iterator[tuple[Loc, DailyGoal]]:
    for position, lines in scheme.daily_goals.items():
        for index, line in enumerate(lines):
            yield ("daily_goals", position, index), line


def versions_of(section: str, versions: Sequence[D]) -> Iterator[tuple[Loc, D]]:
    """Each version of a section with its place: that of the section where it is the only one."""
    alone = len(versions) == 1 and versions[0].from_ is None
    for index, version in enumerate(versions):
        yield ((section,) if alone else (section, index)), version


def targets_of(line: PositionKpi) -> Iterator[tuple[Loc, Target]]:
    """Each target of a line with its place below the line: of everybody, of a department, of a person."""
    yield ("target",), line.target
    yield from ((("departments", name), target) for name, target in line.departments.items())
    yield from ((("employees", name), target) for name, target in line.employees.items())


def _since(day: date) -> str:
    return "" if day == FIRST_DAY else f" from {day} on"


def _line_up(goal: Goal, goals: Mapping[str, Goal]) -> list[str]:
    """The goal and those above it, up to the top or to where the line is broken or closes to a circle."""
    line = {goal.id: None}  # in order, and quick to look into
    while goal.parent is not None and goal.parent in goals and goal.parent not in line:
        goal = goals[goal.parent]
        line[goal.id] = None
    return list(line)


def _goes_in_a_circle(goal: Goal, goals: Mapping[str, Goal]) -> bool:
    return goals[_line_up(goal, goals)[-1]].parent == goal.id
