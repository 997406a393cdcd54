"""What `bonus` may say, what is refused and with which words, and how a change of it is told."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from perf_pipelines.currencies import decimals_of, money, number_format
from perf_pipelines.documents import parse_document
from perf_pipelines.errors import CompanyRefused
from perf_pipelines.scheme.difference import differences
from perf_pipelines.scheme.model import Scheme
from perf_pipelines.wording import Language
from tests.unit.a_company import COMPANY, SCHEME, load, replaced, write_company

if TYPE_CHECKING:
    from pathlib import Path

MULTIPLIER = "  multiplier: {good: 1.5, fair: 1.0}\n"
CURVE = (
    "  curve: {of: final_score, threshold: 80, points: [[80, 0.5], [100, 1]], accelerator: {rate: 0.03}, cap: 1.6}\n"
)
POOL = "  pool: {company: {amount: {month: 20000, quarter: 50000}}, scale: down}\n"


def paying(*lines: str) -> str:
    return replaced(SCHEME, MULTIPLIER, "".join(lines))


@pytest.mark.parametrize(
    "lines",
    [
        (CURVE,),
        (MULTIPLIER, CURVE, POOL),
        ("  curve: {steps: [[80, 0.5]]}\n", "  at_most: {quarter: 30000.01}\n"),
        (MULTIPLIER, "  pool: {departments: {sales: {kpi: revenue, share: 0.03}}, scale: up_and_down}\n"),
    ],
)
def test_grades_a_curve_or_both_pay_out_of_a_pool_or_not(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert load(write_company(tmp_path, scheme=paying(*lines))).scheme.bonus


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        ((), "bonus", "nothing says how much of the bonus base is paid"),
        (("  curve: {of: final_score}\n",), "bonus.curve", "neither `points` nor `steps`"),
        (("  curve: {points: [[1, 1], [2, 2]], steps: [[1, 1]]}\n",), "bonus.curve", "both `points` and `steps`"),
        (("  curve: {points: [[80, 1]]}\n",), "bonus.curve.points", "2"),
        (
            ("  curve: {points: [[80, 1], [100, 0.5]]}\n",),
            "bonus.curve.points[1]",
            "[100, 0.5] does not rise above [80, 1] → order them so that score rises and the factor never falls",
        ),
        (("  curve: {steps: [[80, 1]], threshold: 81}\n",), "bonus.curve.threshold", "beyond the last point, 80"),
        (("  curve: {steps: [[80, 1]], cap: 0.9}\n",), "bonus.curve.cap", "below the factor 1 at 80"),
        (("  curve: {steps: [[80, 1]], accelerator: {rate: 0.1}}\n",), "bonus.curve.cap", "rises without end"),
        (("  curve: {steps: [[80, 1]], of: grade}\n",), "bonus.curve.of", "final_score"),
        ((MULTIPLIER, "  pool: {scale: down}\n"), "bonus.pool", "the pool has no fund"),
        ((MULTIPLIER, "  pool: {company: {kpi: revenue}}\n"), "bonus.pool.company", "`kpi: revenue` and `share: 0.03`"),
        (
            (MULTIPLIER, "  pool: {company: {kpi: revenue, share: 0.1, amount: {month: 1}}}\n"),
            "bonus.pool.company",
            "says it twice",
        ),
        (
            (MULTIPLIER, "  pool: {company: {amount: {month: 1}}}\n"),
            "bonus.pool.company.amount",
            "a quarter pays, but the pool says no amount for it",
        ),
        ((MULTIPLIER, "  at_most: {year: 1}\n"), "bonus.at_most.year", "a year does not pay"),
        ((MULTIPLIER, "  at_most: {month: 0.001}\n"), "bonus.at_most.month", "0.001 has more decimals than CNY"),
        (
            (MULTIPLIER, "  pool: {company: {kpi: revenu, share: 0.1}}\n"),
            "bonus.pool.company.kpi",
            "did you mean `revenue`?",
        ),
        (
            (MULTIPLIER, "  pool: {departments: {sales: {kpi: repurchase_rate, share: 0.1}}}\n"),
            "bonus.pool.departments.sales.kpi",
            "`repurchase_rate` is no sum, of which a pool could be a share",
        ),
    ],
)
def test_what_cannot_be_paid_is_refused_with_the_place_and_what_to_do(
    tmp_path: Path, lines: tuple[str, ...], field: str, said: str
) -> None:
    with pytest.raises(CompanyRefused) as refused:
        load(write_company(tmp_path, scheme=paying(*lines)))
    [problem] = refused.value.problems
    assert problem.field == field
    assert problem.line is not None
    assert said in f"{problem.what} → {problem.todo}"


def test_a_currency_finer_than_anybody_is_paid_in_is_refused(tmp_path: Path) -> None:
    company, scheme = (replaced(text, "currency: CNY", "currency: CLF") for text in (COMPANY, SCHEME))
    with pytest.raises(CompanyRefused, match="CLF has 4 decimals, amounts have at most 3"):
        load(write_company(tmp_path, company=company, scheme=scheme))


@pytest.mark.parametrize(
    ("before", "after", "en", "zh"),
    [
        (
            (MULTIPLIER,),
            (MULTIPLIER, CURVE),
            "bonus: pay curve added: nothing below 80, points of score and factor [80, 0.5], [100, 1], "
            "accelerator (factor added for each 0.03), largest factor 1.6",
            "奖金：新增奖金曲线：发放门槛 80，折线点（分数与系数） [80，0.5]、[100，1]，"
            "加速段（每单位增加系数 0.03），系数封顶 1.6",
        ),
        (
            (CURVE,),
            (CURVE.replace("cap: 1.6", "cap: 2").replace("threshold: 80", "threshold: 90"),),
            "bonus: pay curve (nothing below) 80 → 90\nbonus: pay curve (largest factor) 1.6 → 2",
            "奖金：奖金曲线（发放门槛） 80 → 90\n奖金：奖金曲线（系数封顶） 1.6 → 2",
        ),
        (
            (MULTIPLIER, POOL),
            (MULTIPLIER, POOL.replace("20000", "30000").replace("down", "up_and_down")),
            "bonus: pool (company) (amount) of month 20,000 → 30,000\nbonus: pool (scaled) down only → up and down",
            "奖金：月的奖金池（全公司）（金额） 20,000 → 30,000\n奖金：奖金池（调整方向） 只下调 → 可上调也可下调",
        ),
    ],
)
def test_a_change_of_pay_is_told_in_words(before: tuple[str, ...], after: tuple[str, ...], en: str, zh: str) -> None:
    schemes = [parse_document(paying(*lines), file="scheme.yaml").validated(Scheme) for lines in (before, after)]
    assert "\n".join(differences(*schemes, language=Language.en)) == en
    assert "\n".join(differences(*schemes, language=Language.zh)) == zh


def test_amounts_are_written_with_the_decimals_of_their_currency() -> None:
    assert [decimals_of(currency) for currency in ("JPY", "CNY", "KWD", "RSD")] == [0, 2, 3, 2]
    assert [money(Decimal("1234.500"), currency) for currency in ("JPY", "CNY", "KWD")] == [
        "1,235",
        "1,234.50",
        "1,234.500",
    ]
    assert [number_format(currency) for currency in ("JPY", "CNY", "KWD")] == ["#,##0", "#,##0.00", "#,##0.000"]
