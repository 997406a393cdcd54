"""From evaluations to what is paid: factors, the most for one person, pools."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference.rounding import number, rounded, total
from tests.reference.rules import curve
from tests.reference.versions import in_force

if TYPE_CHECKING:
    from tests.reference.given import Assignment, Given, Row, Scheme, Span
    from tests.reference.lines import Held

DECIMALS = {"CNY": 2, "JPY": 0, "KWD": 3}


def payouts(
    span: Span, given: Given, scheme: Scheme, evaluations: list[Row], scores: dict[str, dict[Held, list[Row]]]
) -> list[Row]:
    """The rows of fct_payout of one period."""
    bonus = in_force(scheme["bonus"], span.starts_on)
    if span.cycle not in bonus["cycles"]:
        return []
    decimals = DECIMALS[scheme["currency"]]
    at_most = bonus.get("at_most", {}).get(span.cycle)
    rows = [
        _due(span, scheme, bonus, row, scores[row["employee_id"]], decimals)
        | {"at_most": None if at_most is None else number(at_most)}
        for row in evaluations
        if row["status"] == "evaluated"
    ]
    pools = _Pools(span, given, scheme, bonus)
    members: defaultdict[str, list[Row]] = defaultdict(list)
    stands = {row["employee_id"]: row["department_id"] for row in evaluations}
    for row in rows:
        row["pool_id"] = pools.of(stands[row["employee_id"]])
        row["pool_amount"] = None
        row["amount"] = _bounded(row)
        if row["pool_id"] is not None:
            row["pool_amount"] = rounded(pools.holds(row["pool_id"]), decimals)
            members[row["pool_id"]].append(row)
    for those in members.values():
        _share_out(those, up=bonus["pool"].get("scale", "down") == "up_and_down", unit=Fraction(1, 10**decimals))
    return rows


def _due(span: Span, scheme: Scheme, bonus: Row, evaluation: Row, scores: dict[Held, list[Row]], decimals: int) -> Row:
    by_grade = bonus.get("multiplier")
    grade = None if by_grade is None else number(by_grade[evaluation["grade"]])
    reached, factor = None, None
    if bonus.get("curve"):
        line = bonus["curve"]
        by_score = line.get("of", "final_score") == "final_score"
        reached = evaluation["final_score"] if by_score else weighted_attainment(scores, line)
        factor = Fraction(0) if reached is None else curve_factor(reached, line)
    multiplier = rounded((1 if grade is None else grade) * (1 if factor is None else factor), 6)
    share = number(bonus["cycles"][span.cycle])
    base, earned, full_time, days = Fraction(0), Fraction(0), Fraction(0), 0
    for held in scores:
        one: Assignment = held.assignment
        base += number(one.bonus_base) * held.days
        earned += number(one.bonus_base) * number(one.fte) * held.days
        full_time += number(one.fte) * held.days
        days += held.days
    return {
        "period_id": span.id,
        "employee_id": evaluation["employee_id"],
        "grade": evaluation["grade"],
        "bonus_base": rounded(base * span.months * share / days, decimals),
        "grade_multiplier": grade,
        "curve_value": reached,
        "curve_factor": factor,
        "multiplier": multiplier,
        "active_share": rounded(Fraction(days, span.days), 8),
        "fte": rounded(full_time / days, 6),
        "amount_due": rounded(earned * span.months * share * multiplier / span.days, decimals),
        "currency": scheme["currency"],
    }


def weighted_attainment(scores: dict[Held, list[Row]], line: Row) -> Fraction | None:
    """Of one employee; of several assignments the mean by days."""
    most = number(line.get("attainment_cap", 2))
    found: list[tuple[Fraction, int]] = []
    for held, rows in scores.items():
        counted = [row for row in rows if row["points"] is not None]
        if counted:
            reached = total([row["weight"] * _attained(row, most) for row in counted])
            found.append((rounded(reached / total([row["weight"] for row in counted]), 12), held.days))
    if not found:
        return None
    return rounded(total([value * days for value, days in found]) / sum(days for _, days in found), 8)


def _attained(row: Row, most: Fraction) -> Fraction:
    if row["status"] == "no_data":
        return Fraction(0)
    return most if row["attainment"] is None else min(row["attainment"], most)


def curve_factor(reached: Fraction, line: Row) -> Fraction:
    """By the pay curve; 4 decimals."""
    if line.get("threshold") is not None and reached < number(line["threshold"]):
        return Fraction(0)
    corners = [(number(at), number(factor)) for at, factor in line.get("points") or line["steps"]]
    last, most = corners[-1]
    faster = line.get("accelerator")
    if faster and reached > last:
        factor = most + number(faster["rate"]) * (reached - last) / number(faster.get("per", 1))
    elif line.get("points"):
        factor = curve(reached, corners)
    else:
        factor = max((gives for at, gives in corners if reached >= at), default=Fraction(0))
    bound = number(line["cap"]) if line.get("cap") is not None else Fraction(1000)
    return min(bound, rounded(factor, 4))


class _Pools:
    """Who is paid out of which pool, and what it holds."""

    def __init__(self, span: Span, given: Given, scheme: Scheme, bonus: Row) -> None:
        self._span = span
        self._given = given
        self._bonus = bonus
        self._pool: Row = bonus.get("pool") or {}
        self._parents = {one.id: one.parent for one in given.departments}

    def of(self, department: str | None) -> str | None:
        above = department
        while above is not None:
            if above in self._pool.get("departments", {}):
                return f"department {above}"
            above = self._parents.get(above)
        return "company" if self._pool.get("company") else None

    def holds(self, pool: str) -> Fraction:
        whole = pool == "company"
        fund = self._pool["company"] if whole else self._pool["departments"][pool.removeprefix("department ")]
        if "amount" in fund:
            return number(fund["amount"][self._span.cycle])
        counted = total(
            [
                number(row.numerator) * number(row.credit)
                for row in self._given.contributions
                if row.kpi == fund["kpi"]
                and self._span.starts_on <= row.day <= self._span.ends_on
                and (whole or pool in {self.of(place) for place in self._stood(row.employee, row.day)})
            ]
        )
        share = number(fund["share"]) * number(self._bonus["cycles"][self._span.cycle])
        return max(Fraction(0), rounded(counted, 8)) * share

    def _stood(self, employee: str | None, day: object) -> list[str]:
        return [
            one.department
            for one in self._given.assignments
            if one.employee == employee and str(one.valid_from) <= str(day) <= str(one.valid_to)
        ]


def _bounded(row: Row) -> Fraction:
    return row["amount_due"] if row["at_most"] is None else min(row["amount_due"], row["at_most"])


def _share_out(rows: list[Row], *, up: bool, unit: Fraction) -> None:
    """Take out whoever reaches the most for one person, one after the other, until nobody of the rest does."""
    fund, most = rows[0]["pool_amount"], rows[0]["at_most"]
    if not up and total([_bounded(row) for row in rows]) <= fund:
        return
    for row in rows:
        row["amount"] = Fraction(0)
    rest = [row for row in rows if row["amount_due"] > 0]
    while rest:
        factor = fund / total([row["amount_due"] for row in rest])
        above = [row for row in rest if most is not None and row["amount_due"] * factor > most]
        if not above:
            break
        for row in above:
            row["amount"] = most
            fund -= most
        rest = [row for row in rest if row not in above]
    if not rest:
        return
    factor = fund / total([row["amount_due"] for row in rest])
    exact = {row["employee_id"]: row["amount_due"] * factor / unit for row in rest}
    for row in rest:
        row["amount"] = (exact[row["employee_id"]] // 1) * unit
    by_remainder = sorted(rest, key=lambda row: (-(exact[row["employee_id"]] % 1), row["employee_id"]))
    left = fund / unit - total([exact[row["employee_id"]] // 1 * Fraction(1) for row in rest])
    for row in by_remainder[: int(left)]:
        row["amount"] += unit
