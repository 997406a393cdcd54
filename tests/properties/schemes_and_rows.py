"""Random companies: a scheme with many positions, and the rows of the people in them.

The sections of the scheme that hold for everybody are drawn by Hypothesis; positions and rows, far more than Hypothesis
can draw in one example, by the random numbers that it gives.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.properties.scoring_sql import BORDER, SPANS
from tests.reference.given import (
    Answer,
    Assignment,
    Attendance,
    Contribution,
    Department,
    Given,
    PartEvaluation,
    Scheme,
)
from tests.reference.payout import DECIMALS
from tests.reference.versions import in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

FIRST, LAST = SPANS[0].starts_on, SPANS[-1].ends_on
OPEN = date(9999, 12, 31)
INSIDE = (date(2026, 3, 9), date(2026, 3, 31), date(2026, 4, 2), date(2026, 5, 17))
"""Where it may where the scheme divides periods."""
DEPARTMENTS = tuple(Department(f"d{number}", f"d{(number - 1) // 2}" if number else None) for number in range(12))
"""A tree of four levels."""
KINDS: dict[str, Callable[[Random], object]] = {
    "sum": lambda _: "sum",
    "ratio": lambda _: "ratio",
    "mean": lambda _: "mean",
    "median": lambda _: "median",
    "percentile": lambda r: {"kind": "percentile", "at": decimal(r.choice(["0.00000001", "0.1", "0.5", "0.9", "1"]))},
    "count_distinct": lambda _: "count_distinct",
    "share_of_units": lambda r: {"kind": "share_of_units", "bound": decimal(r.choice(["0.5", "1", "2", "3.25"]))},
}
COMPETENCIES = ("listening", "planning", "writing", "counting")
decimal = Decimal

PROFILES = {
    name: settings(
        database=None,
        deadline=None,
        derandomize=name == "fixed",
        # an example is a whole company: it is made small by smaller.py, which knows what it consists of
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
    )
    for name in ("fixed", "searching")
}
EXAMPLES = PROFILES[os.environ.get("SCORING_EXAMPLES", "fixed")]
"""The same companies on every run; with `SCORING_EXAMPLES=searching` others each time."""


@dataclass(frozen=True)
class Drawn:
    """A scheme and rows."""

    scheme: Scheme
    rows: Given

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        # asked for by Hypothesis; what it is in full is told once it has been made small
        printer.text(f"<{len(self.scheme['positions'])} positions, {len(self.rows.employees)} employees>")


@st.composite
def companies(draw: st.DrawFn, *, positions: int) -> Drawn:
    """A consistent scheme with so many positions that have KPIs, and rows for it."""
    random = draw(st.randoms(use_true_random=True))
    grades = draw(_versions(_grades()))
    feedback = draw(_versions(_feedback())) if draw(st.sampled_from([True, True, True, False])) else None
    divides = draw(st.booleans())
    scheme: Scheme = {
        "scheme": "drawn",
        "currency": "CNY",
        "kpis": {
            f"{kind}_{better}": {"name": _LABEL, "unit": "share", "aggregation": make(random), "better": better}
            for kind, make in KINDS.items()
            for better in ("higher", "lower")
        },
        "rules": {f"{kind}_{number}": _rule(random, kind, divides) for kind in _RULES for number in range(3)},
        "evaluation": draw(_versions(_evaluation(with_feedback=feedback is not None))),
        "grades": grades,
        **({"change_inside_period": "split"} if divides else {}),
        "review": {"systemic_miss": {"share": decimal("0.8"), "min_headcount": 3}},
        **({"feedback": feedback} if feedback else {}),
    }
    scheme["goals"] = _goals(scheme)
    scheme["positions"] = {f"p{number:02}": _lines(random, scheme) for number in range(positions)}
    scheme["extra_points"] = _extra_points(random, scheme)
    rows = _Rows(random, scheme, draw(st.sampled_from(_ANSWERING))).given()
    scheme["currency"] = random.choice(["CNY", "JPY", "KWD"])
    scheme["bonus"] = _bonus(random, scheme)
    return Drawn(scheme, _with_bases(random, scheme, rows))


_LABEL = {"zh": "某", "en": "Some"}


@st.composite
def _versions(draw: st.DrawFn, part: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any] | list[dict[str, Any]]:
    """One block; or two, of which the other holds from the border on, in one of three schemes."""
    if draw(st.sampled_from([False, False, True])):
        return [draw(part), draw(part) | {"from": BORDER}]
    return draw(part)


def _rule(random: Random, kind: str, divides: bool) -> dict[str, Any] | list[dict[str, Any]]:
    if random.random() < 0.7:
        return _RULES[kind](random)
    other = _RULES[random.choice(sorted(_RULES))](random)
    return [_RULES[kind](random), other | {"from": random.choice([BORDER, *INSIDE]) if divides else BORDER}]


@st.composite
def _evaluation(draw: st.DrawFn, *, with_feedback: bool) -> dict[str, Any]:
    part = draw(st.sampled_from(["0.1", "0.3", "0.5", "0.333333"])) if with_feedback else "0"
    return {
        "kpi": 1 - decimal(part),
        "feedback": decimal(part),
        "min_coverage": draw(st.sampled_from([decimal("0"), decimal("0.333333"), decimal("0.6"), decimal(1)])),
        "no_feedback": draw(st.sampled_from(["kpi_only", "hold", "zero"])),
        **draw(st.sampled_from([{}, {}, {"mean_of": {"quarter": "month"}}])),
    }


def _bonus(random: Random, scheme: Scheme) -> list[dict[str, Any]]:
    """A version for each of the grades, because it may name them."""
    versions: list[dict[str, Any]] = []
    for one in _list(scheme["grades"]):
        cycles = random.choice([["week", "month", "quarter"], ["month", "quarter"], ["month"], ["quarter"]])
        bonus: dict[str, Any] = {
            "cycles": {each: decimal(random.choice(["0.333333", "0.25", "0.3"])) for each in cycles},
            **({"from": one["from"]} if "from" in one else {}),
        }
        pays = random.choice(["grade", "curve", "both", "both"])
        if pays != "curve":
            bonus["multiplier"] = {
                band["grade"]: decimal(random.choice(["0", "1", "1.5", "0.333333", "2.000001"]))
                for band in one["bands"]
            }
        if pays != "grade":
            bonus["curve"] = _curve(random)
        if random.random() < 0.5:
            bonus["at_most"] = {each: _money(random, scheme, 2, 4) for each in cycles if random.random() < 0.8}
        if random.random() < 0.7:
            bonus["pool"] = _pool(random, scheme, cycles)
        versions.append(bonus)
    return versions


def _curve(random: Random) -> dict[str, Any]:
    by_score = random.random() < 0.6
    corners = [
        [at * 100 if by_score else at, round(factor / 10, 4)]
        for at, factor in _corners(random, 2)
        if factor <= 100 and at <= 10
    ]
    if len(corners) < 2:
        corners = [[decimal("60"), decimal("0.3333")], [decimal("99.9999"), decimal("1")]]
    curve: dict[str, Any] = {
        "of": "final_score" if by_score else "attainment",
        random.choice(["points", "points", "steps"]): corners,
    }
    if random.random() < 0.4:
        curve["threshold"] = random.choice([corners[0][0], corners[-1][0], corners[-1][0] / 2])
    if random.random() < 0.4:
        curve["accelerator"] = {"rate": decimal(random.choice(["0.02", "0.3333", "3"]))}
        if random.random() < 0.5:
            curve["accelerator"]["per"] = decimal(random.choice(["0.01", "5", "0.33333333"]))
    if "accelerator" in curve or random.random() < 0.3:
        curve["cap"] = corners[-1][1] + decimal(random.choice(["0", "0.5", "1.0001"]))
    if not by_score and random.random() < 0.5:
        curve["attainment_cap"] = decimal(random.choice(["1", "1.2", "100"]))
    return curve


def _pool(random: Random, scheme: Scheme, cycles: list[str]) -> dict[str, Any]:
    def fund() -> dict[str, Any]:
        if random.random() < 0.3:
            kpi = random.choice(["sum_higher", "sum_lower"])
            return {"kpi": kpi, "share": decimal(random.choice(["0.03", "1", "0.333333"]))}
        return {"amount": {each: _money(random, scheme, 1, 6) for each in cycles}}

    pool: dict[str, Any] = {"scale": random.choice(["down", "up_and_down"])}
    if random.random() < 0.7:
        pool["company"] = fund()
    if "company" not in pool or random.random() < 0.4:
        pool["departments"] = {one.id: fund() for one in random.sample(DEPARTMENTS, random.choice([1, 2, 3]))}
    return pool


def _money(random: Random, scheme: Scheme, fewest: int, most: int) -> Decimal:
    """An amount with so many digits before the point, in the smallest unit of the scheme's currency."""
    decimals = DECIMALS[scheme["currency"]]
    return decimal(random.randint(1, 10 ** (random.randint(fewest, most) + decimals))).scaleb(-decimals)


def _with_bases(random: Random, scheme: Scheme, rows: Given) -> Given:
    bases = ["0", "100", "1000", "999.99", "3333.33", "123456.78"]
    return replace(
        rows,
        assignments=tuple(
            replace(one, bonus_base=decimal(random.choice(bases)), currency=scheme["currency"])
            for one in rows.assignments
        ),
    )


def _list(part: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part] if isinstance(part, dict) else part


def _goals(scheme: Scheme) -> list[dict[str, Any]]:
    return [
        {"id": "grow", "level": "strategy", "name": _LABEL},
        {"id": "sell", "level": "objective", "parent": "grow", "name": _LABEL},
        *(
            {"id": kpi, "level": "key_result", "parent": "sell", "name": _LABEL, "kpi": kpi, "from": 1, "to": 2}
            for kpi in scheme["kpis"]
        ),
    ]


@st.composite
def _grades(draw: st.DrawFn) -> dict[str, Any]:
    shares = draw(
        st.sampled_from(
            [
                ["1"],
                ["0.2", "0.8"],
                ["0.333333", "0.333333", "0.333334"],
                ["0.1", "0.25", "0.45", "0.2"],
                ["0.5", "0.5", "0"],
            ]
        )
    )
    bounds = draw(st.sampled_from([["110", "90", "60"], ["100", "99.9999", "50"], ["300", "100", "0.0001"]]))
    at_least = [*bounds[: len(shares) - 1], "0"]
    return {
        "method": draw(st.sampled_from(["bands", "quota", "both"])),
        "quota_min_headcount": draw(st.sampled_from([1, 3, 5, 8])),
        "bands": [
            {"grade": f"g{index}", "name": _LABEL, "at_least": decimal(bound), "expected": decimal(share)}
            for index, (bound, share) in enumerate(zip(at_least, shares, strict=True))
        ],
    }


@st.composite
def _feedback(draw: st.DrawFn) -> dict[str, Any]:
    section: dict[str, Any] = {
        "scale": draw(st.sampled_from([[1, 5], [0, 10], [decimal("0.5"), decimal("7.5")]])),
        "weights": draw(
            st.sampled_from(
                [
                    {
                        "manager": decimal("0.4"),
                        "peer": decimal("0.3"),
                        "report": decimal("0.2"),
                        "self": decimal("0.1"),
                    },
                    {"peer": decimal("0.666667"), "manager": decimal("0.333333")},
                    {"manager": decimal("0.5"), "report": decimal("0.5")},
                ]
            )
        ),
        "rater_leniency": draw(st.sampled_from(["shrink", "shrink", "shrink", "none"])),
    }
    competencies = draw(
        st.sampled_from(
            [
                None,
                {"listening": 1, "planning": 2},
                {"listening": decimal("0.333333"), "writing": decimal("1.7")},
                {"listening": 999, "writing": 250, "planning": decimal("0.000001")},
            ]
        )
    )
    if competencies:
        section["competencies"] = competencies
    cycles = draw(st.sampled_from([None, ["month"], ["quarter"], ["month", "quarter"]]))
    if cycles:
        section["cycles"] = cycles
    if draw(st.booleans()):
        section["min_raters"] = draw(st.sampled_from([3, 4]))
    return section


def _threshold(random: Random) -> dict[str, Any]:
    missed, reached, exceeded = sorted(random.choice([0, 5, 10, 12, decimal("8.5")]) for _ in range(3))
    exceeded_at = random.choice([decimal("1.1"), decimal("1.00000001"), decimal(2)])
    return {"kind": "threshold", "missed": missed, "reached": reached, "exceeded": exceeded, "exceeded_at": exceeded_at}


def _corners(random: Random, fewest: int) -> list[list[Decimal]]:
    number = random.randint(fewest, 4)
    at = sorted(
        random.sample(["0", "0.33333333", "0.5", "0.8", "0.99999999", "1", "1.1", "1.2", "3", "1000"], number),
        key=decimal,
    )
    points = sorted(decimal(random.choice(["0", "3.3333", "6", "10", "12", "15.5", "1000"])) for _ in at)
    return [[decimal(x), y] for x, y in zip(at, points, strict=True)]


_RULES: dict[str, Callable[[Random], dict[str, Any]]] = {
    "threshold": _threshold,
    "steps": lambda random: {"kind": "steps", "steps": _corners(random, 1)},
    "linear": lambda random: {
        "kind": "linear",
        "zero_at": decimal(random.choice(["0", "0.5", "0.33333333", "0.9", "0.99999999"])),
        "cap": decimal(random.choice(["10", "12", "15.5555", "1000"])),
    },
    "piecewise": lambda random: {"kind": "piecewise", "points": _corners(random, 2)},
}


def _lines(random: Random, scheme: Scheme) -> list[dict[str, Any]]:
    """The position's lines; in one of four positions others from some day on."""
    if random.random() < 0.75:
        return _stretch(random, scheme, {})
    border = random.choice([BORDER, *INSIDE]) if "change_inside_period" in scheme else BORDER
    return [
        *_stretch(random, scheme, {"until": border - timedelta(days=1)}),
        *_stretch(random, scheme, {"from": border}),
    ]


def _stretch(random: Random, scheme: Scheme, days: dict[str, date]) -> list[dict[str, Any]]:
    kpis = random.sample(sorted(scheme["kpis"]), random.randint(1, 5))
    return [
        _line(random, scheme, kpi, weight) | days for kpi, weight in zip(kpis, _weights(random, len(kpis)), strict=True)
    ]


def _weights(random: Random, number: int) -> list[Decimal]:
    grain = random.choice([10, 10, 1_000_000])
    cuts = sorted(random.sample(range(1, grain), number - 1))
    return [decimal(end - start) / grain for start, end in zip([0, *cuts], [*cuts, grain], strict=True)]


def _line(random: Random, scheme: Scheme, kpi: str, weight: Decimal) -> dict[str, Any]:
    line: dict[str, Any] = {"kpi": kpi, "goal": kpi, "weight": weight, "target": _asked(random, kpi)}
    if random.random() < 0.25:
        line["departments"] = {one.id: _asked(random, kpi) for one in random.sample(DEPARTMENTS, 2)}
    if random.random() < 0.2:
        line["employees"] = {f"e{random.randint(0, 60):03}": _asked(random, kpi)}
    line["rule"] = random.choice(sorted(scheme["rules"]))
    if random.random() < 0.3:
        line["of"] = random.choice(["self", "team", "team"])
    if random.random() < 0.4:
        line["no_data"] = random.choice(["exclude", "zero", "zero", "hold"])
    if random.random() < 0.2:
        line["min_sample"] = random.choice([1, 2, 3])
    bounds = sorted(
        [decimal(random.choice(["0", "2", "8.5", "10", "11"])), decimal(random.choice(["9", "10", "11", "500"]))]
    )
    if random.random() < 0.25:
        line["floor"] = bounds[0]
    if random.random() < 0.25:
        line["cap"] = bounds[1]
    if random.random() < 0.25:
        line["veto"] = {"grade": random.choice(_lasting_grades(scheme))}
        if random.random() < 0.5:
            line["veto"]["below"] = decimal(random.choice(["0.5", "0.8", "1.2", "0"]))
    return line


def _lasting_grades(scheme: Scheme) -> list[str]:
    """The grades of all versions."""
    return sorted(set[str].intersection(*({band["grade"] for band in one["bands"]} for one in _list(scheme["grades"]))))


def _asked(random: Random, kpi: str) -> Decimal | dict[str, Decimal]:
    if random.random() < 0.1:
        return {"growth": decimal(random.choice(["0.1", "-0.25", "0.333333", "0", "4"]))}
    shared = kpi.startswith(("sum", "count_distinct")) and random.random() < 0.3
    return {"team": _target(random, kpi)} if shared else _target(random, kpi)


def _target(random: Random, kpi: str) -> Decimal:
    if random.random() < 0.05:
        # so that no attainment reaches 10^13, where the exact division ends
        return decimal(
            random.choice(["9999999999.99999999", "123456.78901234"] if kpi.endswith("higher") else ["0.00000001"])
        )
    if kpi.startswith("share_of_units"):
        return decimal(random.choice(["0.5", "0.33333333", "1", "0.7"]))
    if kpi.startswith(("sum", "count_distinct")):
        return decimal(random.choice(["1", "2", "3", "0.7", "5.12345678", "0.33333333"]))
    return decimal(random.choice(["1", "2", "3", "4.5", "2.12345678", "0.33333333"]))


def _extra_points(random: Random, scheme: Scheme) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for number in range(len(scheme["positions"]) // 3):
        entry: dict[str, Any] = {
            "id": f"extra_{number:02}",
            "name": _LABEL,
            "kpi": random.choice(sorted(scheme["kpis"])),
            "points": decimal(random.choice(["1", "2.5", "-1", "-3.3333", "-50", "100", "0.0001"])),
            "per": decimal(random.choice(["1", "0.5", "2", "0.33333333", "10"])),
            "positions": random.sample(sorted(scheme["positions"]), random.choice([1, 2])),
        }
        if random.random() < 0.4:
            entry["at_most"] = decimal(random.choice(["1", "5", "3.5", "0.0003"]))
        if number == 0 and random.random() < 0.3:
            del entry["positions"]
        if random.random() < 0.2:
            entry["from"] = BORDER
        elif random.random() < 0.2:
            entry["until"] = BORDER - timedelta(days=1)
        entries.append(entry)
    return entries


_ANSWERING = ("freely", "freely", "freely", "freely", "each alike", "all alike", "once", "one rater")
"""How raters answer: the last four leave the variances of the raters degenerate."""


class _Rows:
    """Rows for a scheme: a few people in each of its positions, and some in a position without KPIs."""

    def __init__(self, random: Random, scheme: Scheme, answering: str) -> None:
        self._random = random
        self._scheme = scheme
        self._answering = answering
        self._employees: list[str] = []
        self._assignments: list[Assignment] = []
        self._departments = [one.id for one in DEPARTMENTS]

    def given(self) -> Given:
        positions = [*self._scheme["positions"], "p_without_kpis"]
        for position in positions:
            for _ in range(self._random.choice([1, 2, 2, 3, 4])):
                self._hire(position)
        self._employees.append("e_never_assigned")
        return Given(
            employees=tuple(self._employees),
            departments=DEPARTMENTS,
            assignments=tuple(self._assignments),
            attendance=tuple(self._attendance()),
            contributions=tuple(self._contributions()),
            answers=tuple(self._answers()),
            part_evaluations=tuple(self._part_evaluations()),
        )

    def _hire(self, position: str) -> None:
        random = self._random
        employee = f"e{len(self._employees):03}"
        # nobody reports to somebody hired later, so that no line of reports closes to a circle
        boss = random.choice(self._employees[-4:]) if self._employees and random.random() < 0.6 else None
        department = self._departments[int(random.triangular(0, len(self._departments), 0))]
        other_position = random.choice([*self._scheme["positions"], "p_without_kpis"])
        other_department = random.choice(self._departments)
        border = FIRST + timedelta(days=random.randint(0, (LAST - FIRST).days))
        after = border + timedelta(days=random.choice([1, 1, 2, 20]))
        began = date(2025, 5, 1)

        def assigned(position: str, department: str, valid_from: date, valid_to: date) -> None:
            if valid_from <= valid_to:
                fte = decimal(random.choice(["1", "1", "0.5", "0.333333"]))
                self._assignments.append(Assignment(employee, position, department, boss, valid_from, valid_to, fte))

        match random.choice(["all along", "all along", "joins", "leaves", "left", "moves", "returns", "two at once"]):
            case "all along":
                assigned(position, department, began, OPEN)
            case "joins":
                assigned(position, department, border, OPEN)
            case "leaves":
                assigned(position, department, began, border)
            case "left":
                assigned(position, department, began, FIRST - timedelta(days=1))
            case "moves":
                assigned(position, department, began, border)
                boss = random.choice([boss, None])
                assigned(other_position, other_department, after, OPEN)
            case "returns":
                assigned(position, department, began, border)
                assigned(position, department, after, OPEN)
            case _:
                assigned(position, department, began, random.choice([OPEN, border]))
                if (other_position, other_department) != (position, department):
                    assigned(other_position, other_department, random.choice([began, border]), OPEN)
        self._employees.append(employee)

    def _part_evaluations(self) -> list[PartEvaluation]:
        random = self._random
        rows: list[PartEvaluation] = []
        for month in SPANS[-1].calendar_months:
            for employee in self._employees:
                match random.choice(["evaluated"] * 5 + ["incomplete", "excluded", "not yet known"]):
                    case "evaluated":
                        score = decimal(random.choice(["0", "72.5", "99.9999", "100", "333.3333", "99999.9999"]))
                        rows.append(PartEvaluation(month.id, employee, "evaluated", score))
                    case "not yet known":
                        pass
                    case status:
                        rows.append(PartEvaluation(month.id, employee, status, None))
        return rows

    def _attendance(self) -> list[Attendance]:
        random = self._random
        rows: list[Attendance] = []
        days = [FIRST + timedelta(days=random.randint(0, (LAST - FIRST).days)) for _ in range(8)]
        for employee in self._employees:
            if random.random() < 0.3:
                for worked_on in set(random.sample(days, random.randint(1, 8))):
                    worked = decimal(random.choice(["0", "0", "4", "7.5", "8", "9.25"]))
                    rows.append(Attendance(employee, worked_on, decimal(random.choice(["8", "7.5", "4"])), worked))
        return rows

    def _kpis_of(self, employee: str) -> list[str]:
        held = {one.position for one in self._assignments if one.employee == employee}
        lines = {line["kpi"] for position in held for line in self._scheme["positions"].get(position, ())}
        extras = {entry["kpi"] for entry in self._scheme["extra_points"] if held & set(entry.get("positions", held))}
        managers = [one.manager for one in self._assignments if one.employee == employee and one.manager is not None]
        above = {kpi for manager in managers if self._random.random() < 0.7 for kpi in self._kpis_of(manager)}
        return sorted(lines | extras | above)

    def _contributions(self) -> list[Contribution]:
        random = self._random
        rows: list[Contribution] = []
        for employee in self._employees:
            for kpi in self._kpis_of(employee):
                for _ in range(random.choice([0, 1, 1, 2, 3, 5])):
                    rows.append(self._contribution(f"s{len(rows)}", kpi, employee, rows))
        rows.append(self._contribution("nobody", "sum_higher", None, []))
        return rows

    def _contribution(
        self, source: str, kpi: str, employee: str | None, before: Sequence[Contribution]
    ) -> Contribution:
        random = self._random
        shared = [row for row in before[-60:] if row.kpi == kpi and row.employee != employee and row.credit < 1]
        if shared and random.random() < 0.6:
            row = shared[-1]
            if not any(other.source == row.source and other.employee == employee for other in before):
                return Contribution(**{**row.__dict__, "employee": employee})
        span = SPANS[0 if random.random() < 0.4 else -1]
        if random.random() < 0.15:
            span = span.year_ago
        on = span.starts_on + timedelta(
            days=random.choice([0, span.days - 1, *(random.randint(0, span.days - 1),) * 3])
        )
        return Contribution(
            kpi=kpi,
            employee=employee,
            day=on,
            unit=f"u{random.randint(1, 3)}",
            numerator=decimal(random.choice(_NUMERATORS)),
            denominator=decimal(random.choice(_DENOMINATORS)),
            credit=decimal(random.choice(_CREDITS)),
            source=source,
        )

    def _answers(self) -> list[Answer]:
        section = self._scheme.get("feedback")
        if not section:
            return []
        random = self._random
        rows: list[Answer] = []
        for rated in self._employees:
            for relation in ("manager", "peer", "report", "self"):
                if random.random() < 0.4:
                    continue
                period = random.choice(SPANS).id
                raters = [rated] if relation == "self" else random.sample(self._employees[:20], random.randint(1, 5))
                for rater in raters[:1] if relation == "manager" else raters:
                    rows.extend(self._said(rows, period, rated, rater, relation))
        return self._degenerate(rows)

    def _said(self, rows: list[Answer], period: str, rated: str, rater: str, relation: str) -> list[Answer]:
        random = self._random
        said: list[Answer] = []
        for competency in COMPETENCIES:
            for _ in range(random.choice([0, 1, 1, 1, 1, 2])):
                rating = None if random.random() < 0.1 else self._rating(period)
                key = f"a{len(rows) + len(said):05}"
                on = date(2026, 7, 1) + timedelta(days=random.randint(0, 2))
                said.append(Answer(key, period, rated, rater, relation, competency, rating, on))
        return said

    def _rating(self, period: str = SPANS[0].id) -> Decimal:
        span = next(one for one in SPANS if one.id == period)
        low, high = (decimal(end) for end in in_force(self._scheme["feedback"], span.starts_on)["scale"])
        return low + (high - low) * decimal(
            self._random.choice(["0", "0.1", "0.25", "0.3333", "0.5", "0.75", "0.9999", "1"])
        )

    def _degenerate(self, rows: list[Answer]) -> list[Answer]:
        alike = self._rating()
        match self._answering:
            case "all alike":
                return [_with(row, rating=alike) for row in rows]
            case "each alike":
                own = {rater: self._rating() for rater in sorted({row.rater for row in rows})}
                return [_with(row, rating=own[row.rater]) for row in rows]
            case "once":
                once = {
                    (row.period, row.rater): row for row in rows if row.relation == "manager" or row.relation == "self"
                }
                return list(once.values())
            case "one rater":
                return [_with(row, rater="e000") for row in rows if row.relation == "manager"]
            case _:
                return rows


def _with(row: Answer, **changed: Any) -> Answer:
    return Answer(**{**row.__dict__, **changed})


_NUMERATORS = ["0", "1", "1", "2", "3", "4", "5", "1.5", "2.3333", "0.0001", "10"] * 3 + [
    "-1",
    "-0.5",
    "-10",
    "1234567.8912",
    "99999999.9999",
]
_DENOMINATORS = ["1", "1", "1", "2", "3", "0", "0.7", "1000.0001"]
# no smaller one: an actual of 10^14, a large amount by a tiny denominator, is beyond the exact division
_CREDITS = ["1", "1", "1", "0.5", "0.33333333", "0.6", "0.0001"]
