"""The review computed a second time: KPIs of positions, capabilities of departments, ratings of groups.

Its statistics are those of scipy and of the standard library.
"""

# scipy comes without type stubs
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product
from math import ceil, sqrt
from statistics import pvariance
from typing import TYPE_CHECKING

from scipy import stats

from tests.reference.actuals import actual_of
from tests.reference.feedback import has_feedback, mean_of_relations, rater_score, told_answers
from tests.reference.grades import band_of
from tests.reference.lines import held_in
from tests.reference.rounding import number, ratio, rounded, total
from tests.reference.rules import BEYOND
from tests.reference.versions import is_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.reference.evaluation import Tables
    from tests.reference.given import Given, Row, Scheme, Span

SCHEME_REVIEW = {
    "min_people": 5,
    "few_reach": Fraction(1, 10),
    "close": Fraction(1, 10),
    "margin": Fraction(1, 10),
    "same_points": Fraction(9, 10),
    "points_deviation": Fraction(1, 2),
    "min_pairs": 10,
    "effect": Fraction(1, 10),
}


def reviewed(spans: Sequence[Span], given: Given, scheme: Scheme, tables: Tables) -> Tables:
    """fct_scheme_review, fct_capability and fct_rating_fairness from what the reference has scored."""
    found: Tables = defaultdict(list)
    for span in spans:
        here = {name: [row for row in rows if row["period_id"] == span.id] for name, rows in tables.items()}
        found["fct_scheme_review"] += scheme_review(span, given, scheme, here)
        found["fct_capability"] += capabilities(span, given, scheme, here)
        found["fct_rating_fairness"] += rating_fairness(span, given, scheme, here)
    return found


def scheme_review(span: Span, given: Given, scheme: Scheme, tables: Tables) -> list[Row]:
    lines: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables["fct_kpi_score"]:
        lines[row["position_id"], row["kpi_id"]].append(row)
    return [_reviewed_line(span, given, scheme, tables, key, rows) for key, rows in lines.items()]


def _reviewed_line(
    span: Span, given: Given, scheme: Scheme, tables: Tables, key: tuple[str, str], rows: list[Row]
) -> Row:
    bounds = SCHEME_REVIEW | {word: number(value) for word, value in scheme["review"].get("scheme", {}).items()}
    position, kpi = key
    by_person: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["status"] != "no_data":
            by_person[row["employee_id"]].append(row)
    attainment = {who: rounded(_by_days(held, _attainment), 8) for who, held in by_person.items()}
    points = {who: rounded(_by_days(held, lambda row: row["points"]), 4) for who, held in by_person.items()}
    ordered = sorted(attainment.values())
    counted = Counter(points.values())
    same = min(counted, key=lambda value: (-counted[value], value), default=None)
    outcome, pairs, correlation, reason = _correlation(span, given, scheme, rows[0], attainment, bounds["min_pairs"])
    row: Row = {
        "period_id": span.id,
        "position_id": position,
        "kpi_id": kpi,
        "people": len({one["employee_id"] for one in rows}),
        "people_measured": len(ordered),
        "people_reached": sum(value >= 1 for value in ordered),
        "share_reached": ratio(Fraction(sum(value >= 1 for value in ordered)), Fraction(len(ordered)), 8)
        if ordered
        else None,
        "lower_quartile": ordered[ceil(len(ordered) / 4) - 1] if ordered else None,
        "upper_quartile": ordered[ceil(3 * len(ordered) / 4) - 1] if ordered else None,
        "median_attainment": rounded((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2, 8)
        if ordered
        else None,
        "people_with_same_points": counted[same] if same is not None else None,
        "same_points": same,
        "share_with_same_points": rounded(Fraction(counted[same], len(ordered)), 8) if same is not None else None,
        "points_deviation": sqrt(pvariance(points.values())) if points else None,
        "outcome_kpi_id": outcome,
        "pairs": pairs,
        "correlation": correlation,
        "no_correlation_reason": reason,
        **_sensitivity(span, scheme, tables, position, kpi),
    }
    return row | {"verdict": _verdict(row, bounds)}


def _verdict(row: Row, bounds: Row) -> str:
    if row["people_measured"] < bounds["min_people"]:
        return "too_few"
    low, high = row["lower_quartile"], row["upper_quartile"]
    nearly_nobody = row["share_reached"] <= bounds["few_reach"]
    if nearly_nobody and high - low <= bounds["close"] * (high + low):
        return "target_too_high"
    if row["share_with_same_points"] >= bounds["same_points"] or row["points_deviation"] < bounds["points_deviation"]:
        return "no_discrimination"
    if high >= 1 + bounds["margin"] and low < 1 - bounds["margin"]:
        return "skill_gap"
    if nearly_nobody:
        return "unclear"
    if row["correlation"] is not None and row["correlation"] < bounds["effect"]:
        return "no_effect"
    return "fine"


def _days(row: Row) -> int:
    return (row["active_to"] - row["active_from"]).days + 1


def _by_days(rows: list[Row], value: object) -> Fraction:
    assert callable(value)
    return total([value(row) * _days(row) for row in rows]) / sum(map(_days, rows))


def _attainment(row: Row) -> Fraction:
    return BEYOND if row["attainment"] is None else min(row["attainment"], BEYOND)


def _correlation(
    span: Span, given: Given, scheme: Scheme, line: Row, attainment: dict[str, Fraction], fewest: int
) -> tuple[str | None, int, float | None, str | None]:
    goal = next(goal for goal in scheme["goals"] if goal["id"] == line["goal_id"])
    if line["scope"] == "team":
        return None, 0, None, "of_a_team"
    if goal["level"] != "key_result":
        return None, 0, None, "no_key_result"
    if goal["kpi"] == line["kpi_id"]:
        return None, 0, None, "is_the_key_result"
    kpi = scheme["kpis"][goal["kpi"]]
    pairs: list[tuple[Fraction, Fraction]] = []
    for employee, reached in attainment.items():
        own = {
            row
            for row in given.contributions
            if (row.employee, row.kpi) == (employee, goal["kpi"]) and span.starts_on <= row.day <= span.ends_on
        }
        actual = actual_of(own, kpi).value
        if actual is not None:
            pairs.append((reached, -actual if kpi["better"] == "lower" else actual))
    if len(pairs) < fewest:
        return goal["kpi"], len(pairs), None, "too_few_pairs"
    if any(len({pair[side] for pair in pairs}) == 1 for side in (0, 1)):
        return goal["kpi"], len(pairs), None, "no_variation"
    # as places in the order, because scipy ranks floats, in which neighbours may be one
    places = [[sorted(pair[side] for pair in pairs).index(pair[side]) for pair in pairs] for side in (0, 1)]
    return goal["kpi"], len(pairs), float(stats.spearmanr(*places).statistic), None


def _sensitivity(span: Span, scheme: Scheme, tables: Tables, position: str, kpi: str) -> Row:
    words = {"grades_changed_without": 0, "grades_changed_doubled": 2}
    if scheme["grades"]["method"] == "quota" or is_mean(span, scheme):
        return dict.fromkeys(words)
    evaluated = [row for row in tables["fct_evaluation"] if row["status"] == "evaluated"]
    by_person: defaultdict[str, defaultdict[tuple[object, ...], list[Row]]]
    by_person = defaultdict(lambda: defaultdict(list))
    for row in tables["fct_kpi_score"]:
        assignment = row["position_id"], row["department_id"], row["active_from"]
        by_person[row["employee_id"]][assignment].append(row)
    return {
        word: sum(
            _grade_if(scheme, row, by_person[row["employee_id"]], position, kpi, factor)
            not in {None, row["grade_before_veto"]}
            for row in evaluated
        )
        for word, factor in words.items()
    }


def _grade_if(
    scheme: Scheme,
    evaluation: Row,
    assignments: dict[tuple[object, ...], list[Row]],
    position: str,
    kpi: str,
    factor: int,
) -> str | None:
    scores: list[tuple[Fraction, int]] = []
    for rows in assignments.values():
        counted = [row for row in rows if row["points"] is not None]
        times = [
            (row, factor if (row["position_id"], row["kpi_id"]) == (position, kpi) else Fraction(1)) for row in counted
        ]
        weight = total([row["weight"] * many for row, many in times])
        if weight:
            reached = total([row["weighted_score"] * many for row, many in times])
            scores.append((rounded(reached / weight, 12), _days(rows[0])))
    if not scores:
        return None
    score = rounded(total([score * days for score, days in scores]) / sum(days for _, days in scores), 4)
    parts = scheme["evaluation"]
    if evaluation["feedback_score"] is not None:
        score = rounded(
            number(parts["kpi"]) * score + number(parts["feedback"]) * evaluation["feedback_score"],
            4,
        )
    return band_of(max(Fraction(0), score + evaluation["extra_points"]), scheme["grades"])


def capabilities(span: Span, given: Given, scheme: Scheme, tables: Tables) -> list[Row]:
    bounds = {"min_headcount": 3, "difference": 5} | scheme["review"].get("capability", {})
    scores: defaultdict[tuple[str, str], defaultdict[str, list[Fraction]]] = defaultdict(lambda: defaultdict(list))
    for department, objective, score in _objectives(scheme, tables):
        scores["objective", objective][department].append(score)
    for department, competency, score in rated_competencies(span, given, scheme, tables):
        scores["competency", competency][department].append(score)
    rows: list[Row] = []
    for (kind, capability), departments in scores.items():
        told = {
            department: said
            for department, said in departments.items()
            if kind == "objective" or len(said) >= bounds["min_headcount"]
        }
        everybody = [score for said in told.values() for score in said]
        for department, said in told.items():
            score = rounded(total(said) / len(said), 4)
            company = rounded(total(everybody) / len(everybody), 4)
            finding = None
            if len(said) >= bounds["min_headcount"] and abs(score - company) >= number(bounds["difference"]):
                finding = "strong" if score > company else "weak"
            rows.append(
                {
                    "period_id": span.id,
                    "department_id": department,
                    "kind": kind,
                    "capability_id": capability,
                    "headcount": len(said),
                    "score": score,
                    "company_score": company,
                    "difference": score - company,
                    "finding": finding,
                }
            )
    return rows


def _objectives(scheme: Scheme, tables: Tables) -> Iterable[tuple[str, str, Fraction]]:
    goals = {goal["id"]: goal for goal in scheme["goals"]}
    lines: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in tables["fct_kpi_score"]:
        goal = goals[row["goal_id"]]
        objective = {"key_result": goal.get("parent"), "objective": goal["id"]}.get(goal["level"])
        if row["points"] is not None and objective is not None:
            lines[row["department_id"], objective, row["employee_id"]].append(row)
    for (department, objective, _), rows in lines.items():
        upper = total([row["weighted_score"] * _days(row) for row in rows])
        yield department, objective, rounded(upper / total([row["weight"] * _days(row) for row in rows]), 8)


def rated_competencies(span: Span, given: Given, scheme: Scheme, tables: Tables) -> Iterable[tuple[str, str, Fraction]]:
    """Of each person and competency that may be told: department, competency, what others say."""
    if not has_feedback(span, scheme):
        return
    section = scheme["feedback"]
    said: defaultdict[str, defaultdict[tuple[str, str], dict[str, Fraction]]]
    said = defaultdict(lambda: defaultdict(dict))
    for (employee, relation, rater, competency), answer in told_answers(span, given, section).items():
        if relation != "self":
            said[employee][relation, rater][competency] = answer
    placed = {row["employee_id"]: row["department_id"] for row in tables["fct_evaluation"] if row["department_id"]}
    asked: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for employee, by_rater in said.items():
        sets = {tuple(sorted(answers)) for answers in by_rater.values()}
        if len(sets) == 1 and employee in placed:
            asked[placed[employee]][employee] = sets.pop()
    for department, sets in asked.items():
        often = Counter(sets.values())
        most = min(often, key=lambda one: (-often[one], one))
        for employee, competency in product([who for who, one in sets.items() if one == most], most):
            by_relation: defaultdict[str, list[Fraction]] = defaultdict(list)
            for (relation, _), answers in said[employee].items():
                by_relation[relation].append(answers[competency])
            upper = total(
                [
                    number(section["weights"][relation]) * rounded(total(answers) / len(answers), 8)
                    for relation, answers in by_relation.items()
                ]
            )
            lower = total([number(section["weights"][relation]) for relation in by_relation])
            yield department, competency, rounded(upper / lower, 8)


Kind = tuple[str | None, str | None, str | None]
Rating = tuple[str, str, str, str, frozenset[str], Fraction]
"""Side, dimension, group, rated, raters, rating."""


def rating_fairness(span: Span, given: Given, scheme: Scheme, tables: Tables) -> list[Row]:
    if not has_feedback(span, scheme):
        return []
    fewest = max(scheme["review"].get("fairness", {}).get("min_people", 5), scheme["feedback"].get("min_raters", 3) + 1)
    ratings = list(_ratings(span, given, scheme, tables))
    rows: list[Row] = []
    for side, dimension, group in dict.fromkeys(rating[:3] for rating in ratings):
        inside = [rating for rating in ratings if rating[:3] == (side, dimension, group)]
        rest = [rating for rating in ratings if rating[:2] == (side, dimension) and rating[2] != group]
        sizes = [(len(part), len(_raters(part)), len({rating[3] for rating in part})) for part in (inside, rest)]
        if min(*sizes[0], *sizes[1]) >= fewest:
            rows.append(_compared(span, (side, dimension, group), inside, rest, sizes))
    return rows


def _compared(
    span: Span,
    key: tuple[str, str, str],
    inside: list[Rating],
    rest: list[Rating],
    sizes: list[tuple[int, int, int]],
) -> Row:
    here, there = ([rating[5] for rating in part] for part in (inside, rest))
    mean, rest_mean = (rounded(total(values) / len(values), 4) for values in (here, there))
    low = high = float(mean - rest_mean)
    if len(set(here)) > 1 or len(set(there)) > 1:
        welch = stats.ttest_ind([float(x) for x in here], [float(x) for x in there], equal_var=False)
        low, high = (float(end) for end in welch.confidence_interval(0.95))
    (ratings, raters, rated), (rest_ratings, rest_raters, rest_rated) = sizes
    side, dimension, group = key
    return {
        "period_id": span.id,
        "side": side,
        "dimension": dimension,
        "group_id": group,
        "ratings": ratings,
        "raters": raters,
        "rated": rated,
        "mean": mean,
        "rest_ratings": rest_ratings,
        "rest_raters": rest_raters,
        "rest_rated": rest_rated,
        "rest_mean": rest_mean,
        "difference": mean - rest_mean,
        "low": low,
        "high": high,
    }


def _raters(ratings: list[Rating]) -> set[str]:
    return set().union(*(rating[4] for rating in ratings))


def _ratings(span: Span, given: Given, scheme: Scheme, tables: Tables) -> Iterable[Rating]:
    section = scheme["feedback"]
    kinds = _kinds(span, given, tables)
    names = ("department", "position", "employment")
    by_rater: defaultdict[tuple[str, str], defaultdict[str, dict[str, Fraction]]]
    by_rater = defaultdict(lambda: defaultdict(dict))
    for (employee, relation, rater, competency), answer in told_answers(span, given, section).items():
        by_rater[employee, relation][rater][competency] = answer
    others: defaultdict[str, list[Row]] = defaultdict(list)
    for row in tables["fct_feedback_score"]:
        if row["shown"]:
            employee, relation = row["employee_id"], row["relation"]
            yield "rater", "relation", relation, employee, frozenset(by_rater[employee, relation]), row["score"]
            if relation != "self":
                others[employee].append(row)
    for employee, rows in others.items():
        raters = frozenset().union(*(by_rater[employee, row["relation"]] for row in rows))
        for name, group in zip(names, kinds.get(employee, (None,) * 3), strict=True):
            if group is not None:
                yield "rated", name, group, employee, raters, mean_of_relations(rows)
    for (employee, relation), said in by_rater.items():
        if relation == "self":
            continue
        parts: defaultdict[Kind, list[str]] = defaultdict(list)
        for rater in said:
            parts[kinds.get(rater, (None, None, None))].append(rater)
        if len(parts) > 1 and min(map(len, parts.values())) < section.get("min_raters", 3):
            continue
        for kind, raters in parts.items():
            mean = rounded(total([rater_score(said[rater], section) for rater in raters]) / len(raters), 4)
            for name, group in zip(names, kind, strict=True):
                if group is not None:
                    yield "rater", name, group, employee, frozenset(raters), mean


def _kinds(span: Span, given: Given, tables: Tables) -> dict[str, Kind]:
    """Department, position and employment of whoever has an assignment in the period."""
    held_by: defaultdict[str, list[tuple[object, Fraction]]] = defaultdict(list)
    for held in held_in(span, given):
        held_by[held.assignment.employee].append((held.active_to, number(held.assignment.fte)))
    kinds: dict[str, Kind] = {}
    for row in tables["fct_evaluation"]:
        held = held_by.get(row["employee_id"])
        if held:
            last = max(str(day) for day, _ in held)
            share = total([fte for day, fte in held if str(day) == last])
            kinds[row["employee_id"]] = (
                row["department_id"],
                row["position_id"],
                "part_time" if share < 1 else "full_time",
            )
    return kinds
