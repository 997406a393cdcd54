"""360° feedback."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.rounding import number, rounded, total
from tests.reference.versions import in_force, is_mean

if TYPE_CHECKING:
    from tests.reference.given import Answer, Given, Row, Scheme, Span

ANONYMOUS = {"peer", "report"}
Answers = dict[tuple[str, str, str, str], Fraction]
"""(rated, relation, rater, competency) → answer from 0 to 100."""


def has_feedback(span: Span, scheme: Scheme) -> bool:
    """Whether the period has a 360° part."""
    if not in_force(scheme["evaluation"], span.starts_on).get("feedback"):
        return False
    cycles = in_force(scheme["feedback"], span.starts_on).get("cycles")
    # the months of a mean have had their own
    return not is_mean(span, scheme) if cycles is None else span.cycle in cycles


def feedback_scores(span: Span, given: Given, scheme: Scheme) -> dict[tuple[str, str], Row]:
    """(rated, relation) → row of fct_feedback_score."""
    if not has_feedback(span, scheme):
        return {}
    section = in_force(scheme["feedback"], span.starts_on)
    answers = told_answers(span, given, section)
    invited: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for answer in given.answers:
        if answer.period == span.id and answer.relation in section["weights"]:
            invited[answer.employee, answer.relation].add(answer.rater)
    by_rater: defaultdict[tuple[str, str], defaultdict[str, dict[str, Fraction]]]
    by_rater = defaultdict(lambda: defaultdict(dict))
    for (employee, relation, rater, competency), answer in answers.items():
        by_rater[employee, relation][rater][competency] = answer
    rows: dict[tuple[str, str], Row] = {}
    for employee, relation in invited:
        raters = by_rater.get((employee, relation), {})
        may_be_told = bool(raters) or relation not in ANONYMOUS
        rows[employee, relation] = {
            "period_id": span.id,
            "employee_id": employee,
            "relation": relation,
            "weight": number(section["weights"][relation]),
            "invited": len(invited[employee, relation]) if may_be_told else None,
            "raters": len(raters) if may_be_told else None,
            "score": rounded(total([rater_score(said, section) for said in raters.values()]) / len(raters), 4)
            if raters
            else None,
            "shown": bool(raters),
        }
    for (employee, relation), row in rows.items():
        row["response_rate"] = None if row["raters"] is None else rounded(Fraction(row["raters"], row["invited"]), 8)
        others = [rows[employee, by] for by in section["weights"] if by != relation and (employee, by) in rows]
        shown = [other for other in others if other["shown"]]
        said = mean_of_relations(shown) if relation == "self" and shown else None
        both = said is not None and row["score"] is not None
        row["others_score"] = said
        row["self_difference"] = row["score"] - said if both else None
        row["is_self_outlier"] = abs(row["score"] - said) > number(section.get("self_difference", 30)) if both else None
    return rows


def told_answers(span: Span, given: Given, section: Row) -> Answers:
    """The answers that enter figures, without leniency where the scheme takes it out."""
    answers = _that_may_be_shown(_newest(span, given, section), section)
    return without_leniency(answers) if section.get("rater_leniency", "none") == "shrink" else answers


def mean_of_relations(rows: list[Row]) -> Fraction:
    """Of the scores of relations, by their weights; 4 decimals."""
    return rounded(total([row["weight"] * row["score"] for row in rows]) / total([row["weight"] for row in rows]), 4)


def feedback_parts(rows: dict[tuple[str, str], Row]) -> dict[str, Fraction]:
    """Rated → score over the relations that are shown."""
    shown: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows.values():
        if row["shown"]:
            shown[row["employee_id"]].append(row)
    return {employee: mean_of_relations(relations) for employee, relations in shown.items()}


def _newest(span: Span, given: Given, section: Row) -> dict[tuple[str, str, str, str], Answer]:
    newest: dict[tuple[str, str, str, str], Answer] = {}
    for answer in sorted(given.answers, key=lambda answer: (answer.answered_on, answer.id)):
        listed = section.get("competencies") is None or answer.competency in section["competencies"]
        if answer.period == span.id and answer.relation in section["weights"] and listed:
            newest[answer.employee, answer.relation, answer.rater, answer.competency] = answer
    return newest


def _that_may_be_shown(asked: dict[tuple[str, str, str, str], Answer], section: Row) -> Answers:
    low, high = (number(end) for end in section["scale"])
    fewest = section.get("min_raters", 3)
    answers = {
        key: rounded((number(answer.rating) - low) * 100 / (high - low), 8)
        for key, answer in asked.items()
        if answer.rating is not None
    }
    said: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for employee, relation, _, competency in answers:
        said[employee, relation, competency] += 1
    kept = {key: x for key, x in answers.items() if key[1] not in ANONYMOUS or said[key[0], key[1], key[3]] >= fewest}
    raters: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for employee, relation, rater, _ in kept:
        raters[employee, relation].add(rater)
    return {key: x for key, x in kept.items() if key[1] not in ANONYMOUS or len(raters[key[0], key[1]]) >= fewest}


def without_leniency(answers: Answers) -> Answers:
    """Each rater's answers moved to the mean of all by the rater's share of the variance.

    Searle, Casella, McCulloch, Variance Components (1992), ch. 3: one-way random effects by the method of moments. Each
    quantity is rounded to 8 decimals before it is used.
    """
    by_rater: defaultdict[str, list[Fraction]] = defaultdict(list)
    for (_, relation, rater, _), answer in answers.items():
        if relation != "self":
            by_rater[rater].append(answer)
    n, k = sum(len(said) for said in by_rater.values()), len(by_rater)
    if k < 2 or n == k:
        return answers
    mean = {rater: rounded(total(said) / len(said), 8) for rater, said in by_rater.items()}
    overall = rounded(total([x for said in by_rater.values() for x in said]) / n, 8)
    within = rounded(total([(x - mean[rater]) ** 2 for rater, said in by_rater.items() for x in said]) / (n - k), 8)
    between = rounded(
        total([len(said) * (mean[rater] - overall) ** 2 for rater, said in by_rater.items()]) / (k - 1), 8
    )
    n0 = rounded((n - Fraction(sum(len(said) ** 2 for said in by_rater.values()), n)) / (k - 1), 8)
    tau = max(Fraction(0), rounded((between - within) / n0, 8))

    def moved(rater: str) -> Fraction:
        count = len(by_rater[rater])
        weight = Fraction(0) if tau == 0 else Fraction(1) if within == 0 else rounded(tau / (tau + within / count), 8)
        return rounded(weight * (mean[rater] - overall), 8)

    shift = {rater: moved(rater) for rater in by_rater}
    return {
        key: answer if key[1] == "self" else min(Fraction(100), max(Fraction(0), answer - shift[key[2]]))
        for key, answer in answers.items()
    }


def rater_score(said: dict[str, Fraction], section: Row) -> Fraction:
    """What one rater says: the mean of the competencies, by their weights; 8 decimals."""
    weights = section.get("competencies") or dict.fromkeys(said, 1)
    upper = total([number(weights[competency]) * answer for competency, answer in said.items()])
    return rounded(upper / total([number(weights[competency]) for competency in said]), 8)
