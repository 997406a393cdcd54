"""What a scoring has met, so that a generator that never draws a veto does not go unnoticed."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.properties.scoring_sql import BORDER, SPANS
from tests.reference.actuals import SUM_LIKE, aggregation_of
from tests.reference.grades import seats
from tests.reference.payout import DECIMALS
from tests.reference.versions import in_force, is_mean, lines_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.properties.schemes_and_rows import Drawn
    from tests.reference.evaluation import Tables
    from tests.reference.given import Row

EVERYTHING = frozenset(
    {
        *(f"actual by {name}" for name in ("sum", "ratio", "mean", "median", "percentile")),
        *("actual by count_distinct", "actual by share_of_units", "denominator 0", "one row credited to two in a team"),
        *(f"points by {kind}" for kind in ("threshold", "steps", "linear", "piecewise")),
        *("missed", "reached", "exceeded", "floor lifts", "cap lowers", "fewer than min_sample"),
        *(f"no data: {policy}" for policy in ("exclude", "zero", "hold")),
        *("lower is better with 0", "nothing was asked", "target by hours", "target by days", "scope team"),
        *("target of a team", "target of a department", "target of a department above", "target of a person"),
        *("growth", "growth of a team", "nothing to grow from"),
        *("two assignments at once", "transfer inside the period", "twice in one position", "position without lines"),
        *("joined", "left", "never assigned", "other lines in the next period"),
        *(f"other {part} in the next period" for part in ("rules", "evaluation", "feedback", "grades")),
        *("a line divides a period", "a rule divides a period"),
        *(
            "extra points",
            "deduction",
            "extra points bounded above",
            "extra points bounded below",
            "final score cut at 0",
        ),
        *(f"feedback {what}" for what in ("given", "none", "kpi_only", "zero", "hold")),
        *(f"{relation} shown" for relation in ("manager", "peer", "report", "self")),
        *("peer hidden", "report hidden", "manager silent", "not every cycle has feedback", "competencies listed"),
        *("leniency taken out", "variances degenerate"),
        *("evaluated", "incomplete", "excluded", "too little coverage"),
        *("mean of months", "a month of the mean is missing", "a month of the mean does not count"),
        *(f"grades by {method}" for method in ("bands", "quota", "both")),
        *("quota and bands differ", "tie at a quota border", "department too small for a quota", "equal remainders"),
        *("paid by grade", "paid by curve", "paid by both", "curve of attainments", "below the threshold"),
        *("accelerated", "curve capped", "pool of the company", "pool of a department", "pool scales down"),
        *("pool scales up", "nothing to scale", "the most in a pool", "the most without a pool", "units left over"),
        *(f"paid in {currency}" for currency in DECIMALS),
        *("veto lowers a grade", "veto changes nothing", "tied ranks"),
    }
)


def met(drawn: Drawn, tables: Tables) -> set[str]:
    """Names among :data:`EVERYTHING` of what happens in a scoring."""
    return {
        *_facts(drawn, tables),
        *_versions(drawn, tables),
        *_assignments(drawn),
        *_extra(tables),
        *_said(drawn, tables),
        *_means(drawn, tables),
        *_graded(drawn, tables),
        *_paid(drawn, tables),
    }


def _facts(drawn: Drawn, tables: Tables) -> Iterator[str]:
    kpis, rules = drawn.scheme["kpis"], drawn.scheme["rules"]
    with_attendance = {row.employee for row in drawn.rows.attendance}
    for row in tables["fct_kpi_actual"]:
        if row["actual"] is not None:
            yield f"actual by {aggregation_of(kpis[row['kpi_id']])}"
        elif row["contributions"]:
            yield "denominator 0"
    bosses: defaultdict[str | None, set[str | None]] = defaultdict(set)
    for one in drawn.rows.assignments:
        bosses[one.employee].add(one.manager)
    led = {
        (row["employee_id"], row["kpi_id"])
        for row in tables["fct_kpi_score"]
        if row["scope"] == "team" and row["contributions"] > 1
    }
    credited: defaultdict[tuple[str, str, str], list[str | None]] = defaultdict(list)
    for one in drawn.rows.contributions:
        if aggregation_of(kpis[one.kpi]) == "share_of_units":
            credited[one.kpi, one.unit, one.source].append(one.employee)
    for (kpi, _, _), who in credited.items():
        above = Counter(boss for employee in who for boss in bosses[employee])
        yield from ["one row credited to two in a team"] * any(
            number > 1 and (boss, kpi) in led for boss, number in above.items()
        )
    for row in tables["fct_kpi_score"]:
        yield from _asked(drawn, row)
        lower = kpis[row["kpi_id"]]["better"] == "lower"
        yield row["status"]
        yield f"scope {row['scope']}"
        if aggregation_of(kpis[row["kpi_id"]]) in SUM_LIKE and row["prorated_target"] != row["target"]:
            by_hours = row["scope"] == "self" and row["employee_id"] in with_attendance
            yield "target by hours" if by_hours else "target by days"
        if row["status"] == "no_data":
            yield f"no data: {row['no_data']}"
            yield from ["fewer than min_sample"] * (0 < row["contributions"] < row["min_sample"])
            yield from ["nothing was asked"] * (not lower and row["actual"] is not None and row["prorated_target"] == 0)
            continue
        yield f"points by {in_force(rules[row['rule_id']], _measured_on(drawn, row))['kind']}"
        yield from ["lower is better with 0"] * (lower and row["actual"] == 0)
        yield from ["floor lifts"] * (row["floor"] is not None and row["points"] == row["floor"] > 0)
        yield from ["cap lowers"] * (row["cap"] is not None and row["points"] == row["cap"])


def _measured_on(drawn: Drawn, row: Row) -> date:
    starts_on = next(span.starts_on for span in SPANS if span.id == row["period_id"])
    return row["active_from"] if "change_inside_period" in drawn.scheme else starts_on


def _asked(drawn: Drawn, row: Row) -> Iterator[str]:
    lines = lines_on(row["position_id"], _measured_on(drawn, row), drawn.scheme)
    line = next(one for one in lines if one["kpi"] == row["kpi_id"])
    own, departments = line.get("employees", {}), line.get("departments", {})
    if row["employee_id"] in own:
        yield "target of a person"
        asked = own[row["employee_id"]]
    elif row["department_id"] in departments:
        yield "target of a department"
        asked = departments[row["department_id"]]
    else:
        above = {one.id: one.parent for one in drawn.rows.departments}[row["department_id"]]
        yield from ["target of a department above"] * (above in departments)
        asked = line["target"]
    yield from ["target of a team"] * (isinstance(asked, dict) and "team" in asked)
    if row["growth"] is not None:
        yield "growth" if row["prorated_target"] is not None else "nothing to grow from"
        yield from ["growth of a team"] * (row["scope"] == "team" and row["prorated_target"] is not None)


def _versions(drawn: Drawn, tables: Tables) -> Iterator[str]:
    for part in ("evaluation", "feedback", "grades"):
        yield from [f"other {part} in the next period"] * isinstance(drawn.scheme.get(part), list)
    changes = {one.get("from") for versions in drawn.scheme["rules"].values() for one in _list(versions)}
    yield from ["other rules in the next period"] * (BORDER in changes)
    began = {(row["employee_id"], row["active_from"]) for row in tables["fct_kpi_score"]}
    starts = {(one.employee, max(one.valid_from, span.starts_on)) for one in drawn.rows.assignments for span in SPANS}
    for _, day in began - starts:
        yield "a rule divides a period" if day in changes else "a line divides a period"


def _list(part: Row | list[Row]) -> list[Row]:
    return part if isinstance(part, list) else [part]


def _assignments(drawn: Drawn) -> Iterator[str]:
    by_employee: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
    for one in drawn.rows.assignments:
        place = one.position, one.department
        if one.position not in drawn.scheme["positions"]:
            yield "position without lines"
        for span in SPANS:
            yield from ["joined"] * (span.starts_on < one.valid_from <= span.ends_on)
            yield from ["left"] * (span.starts_on <= one.valid_to < span.ends_on)
            if one.valid_from <= span.ends_on and one.valid_to >= span.starts_on:
                by_employee[f"{one.employee} {span.id}"].append((one.valid_from, one.valid_to, place))
    for held in by_employee.values():
        if len(held) > 1:
            (_, ended, before), (began, _, after) = sorted(held, key=lambda one: one[:2])[:2]
            together = str(began) <= str(ended)
            yield "two assignments at once" if together else "transfer inside the period"
            yield from ["twice in one position"] * (before == after and not together)
    if set(drawn.rows.employees) - {one.employee for one in drawn.rows.assignments}:
        yield "never assigned"
    if any("from" in line for lines in drawn.scheme["positions"].values() for line in lines):
        yield "other lines in the next period"


def _extra(tables: Tables) -> Iterator[str]:
    for row in tables["fct_extra_points"]:
        yield from ["extra points"] * (row["points"] > 0)
        yield from ["deduction"] * (row["points"] < 0)
        yield from ["extra points bounded above"] * (row["points_each"] * row["times"] > row["at_most"])
        yield from ["extra points bounded below"] * (row["points_each"] * row["times"] < -row["at_most"])


def _said(drawn: Drawn, tables: Tables) -> Iterator[str]:
    section = in_force(drawn.scheme.get("feedback", {}), SPANS[0].starts_on)
    yield from ["not every cycle has feedback"] * (len(section.get("cycles") or [1, 2]) == 1)
    yield from ["competencies listed"] * ("competencies" in section)
    shown = [row for row in tables["fct_feedback_score"] if row["shown"]]
    for row in tables["fct_feedback_score"]:
        silent = "silent" if row["relation"] in {"manager", "self"} else "hidden"
        yield f"{row['relation']} {'shown' if row['shown'] else silent}"
    if section.get("rater_leniency") == "shrink" and shown:
        by_rater: defaultdict[str, set[object]] = defaultdict(set)
        for row in drawn.rows.answers:
            if row.relation != "self" and row.rating is not None:
                by_rater[row.rater].add(row.rating)
        varies = len(by_rater) > 1 and any(len(ratings) > 1 for ratings in by_rater.values())
        yield "leniency taken out" if varies else "variances degenerate"


def _means(drawn: Drawn, tables: Tables) -> Iterator[str]:
    for span in SPANS:
        if not is_mean(span, drawn.scheme):
            continue
        for row in tables["fct_evaluation"]:
            if row["period_id"] == span.id and row["status"] == "evaluated":
                yield "mean of months"
                said = {one.status for one in drawn.rows.part_evaluations if one.employee == row["employee_id"]}
                yield from ["a month of the mean is missing"] * (row["coverage"] < 1)
                yield from ["a month of the mean does not count"] * ("excluded" in said and row["coverage"] == 1)


def _graded(drawn: Drawn, tables: Tables) -> Iterator[str]:
    grades_of = {span.id: in_force(drawn.scheme["grades"], span.starts_on) for span in SPANS}
    least = {span.id: in_force(drawn.scheme["evaluation"], span.starts_on)["min_coverage"] for span in SPANS}
    departments: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    vetoed = {(row["period_id"], row["employee_id"]) for row in tables["fct_kpi_score"] if row["has_vetoed"]}
    for row in tables["fct_evaluation"]:
        yield row["status"]
        yield f"feedback {row['feedback']}"
        if row["coverage"] is not None and row["coverage"] < least[row["period_id"]]:
            yield "too little coverage"
        if row["status"] == "evaluated":
            departments[row["period_id"], row["department_id"]].append(row)
            yield f"grades by {grades_of[row['period_id']]['method']}"
            yield from ["final score cut at 0"] * (row["final_score"] == 0 and row["extra_points"] < 0)
            yield from ["quota and bands differ"] * (row["quota_grade"] not in {None, row["grade_before_veto"]})
            if (row["period_id"], row["employee_id"]) in vetoed:
                yield "veto lowers a grade" if row["veto_kpi_id"] else "veto changes nothing"
    for (period, _), people in departments.items():
        grades = grades_of[period]
        scores = sorted((row["final_score"] for row in people), reverse=True)
        yield from ["tied ranks"] * (len(set(scores)) < len(scores))
        if grades["method"] == "bands":
            continue
        if len(people) < grades["quota_min_headcount"]:
            yield "department too small for a quota"
            continue
        places = seats(len(people), grades)
        for index in range(len(places) - 1):
            border = sum(places[: index + 1])
            yield from ["tie at a quota border"] * (0 < border < len(scores) and scores[border - 1] == scores[border])
        remainders = [band["expected"] * len(people) % 1 for band in grades["bands"]]
        yield from ["equal remainders"] * any(remainders.count(one) > 1 and one for one in remainders)


def _paid(drawn: Drawn, tables: Tables) -> Iterator[str]:
    starts = {span.id: span.starts_on for span in SPANS}
    pools: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables["fct_payout"]:
        yield f"paid in {row['currency']}"
        by_grade, by_curve = row["grade_multiplier"] is not None, row["curve_factor"] is not None
        yield f"paid by {'both' if by_grade and by_curve else 'curve' if by_curve else 'grade'}"
        curve = in_force(drawn.scheme["bonus"], starts[row["period_id"]]).get("curve") or {}
        if row["curve_value"] is not None:
            yield from ["curve of attainments"] * (curve.get("of") == "attainment")
            yield from ["below the threshold"] * (row["curve_value"] < curve.get("threshold", 0))
            beyond = row["curve_value"] > (curve.get("points") or curve["steps"])[-1][0]
            yield from ["accelerated"] * (beyond and "accelerator" in curve)
            yield from ["curve capped"] * (beyond and row["curve_factor"] == curve.get("cap"))
        if row["pool_id"] is not None:
            pools[row["period_id"], row["pool_id"]].append(row)
        elif row["at_most"] is not None and row["amount"] == row["at_most"] < row["amount_due"]:
            yield "the most without a pool"
    for (_, pool), rows in pools.items():
        yield "pool of the company" if pool == "company" else "pool of a department"
        due, paid = (sum(row[column] for row in rows) for column in ("amount_due", "amount"))
        yield "pool scales down" if paid < due else "pool scales up" if paid > due else "nothing to scale"
        bounded = [row["at_most"] is not None and row["amount"] == row["at_most"] for row in rows]
        yield from ["the most in a pool"] * any(bounded)
        exact = [row["amount_due"] * paid / due * 10 ** DECIMALS[row["currency"]] for row in rows] if due else []
        yield from ["units left over"] * (not any(bounded) and any(part % 1 for part in exact))
