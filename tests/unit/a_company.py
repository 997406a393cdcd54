"""A small company that is in order; a test writes it with one text replaced by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.company import Company, load_company

if TYPE_CHECKING:
    from pathlib import Path

COMPANY = """\
company: acme
name: {zh: 示例公司, en: Acme}
timezone: Asia/Shanghai
currency: CNY
first_period: 2026-02
cycles: [month, quarter]
owners: [team:people, hr@acme.example]
tolerance:
  rejected_share: 0.01
"""

SOURCES = """\
systems:
  shop:
    kind: files
    name: {zh: 店铺, en: Shop}
    folder: data
    tables:
      orders:
        file: orders.csv
        description: One line an order.
        columns: [order_id, amount]
"""

SCHEME = """\
scheme: acme-2026
currency: CNY
kpis:
  revenue: {name: {zh: 营收, en: Revenue}, unit: CNY, aggregation: sum, better: higher}
  repurchase_rate:
    name: {zh: 复购率, en: Repurchase rate}
    unit: share
    aggregation: {kind: share_of_units, bound: 2}
    better: higher
goals:
  - {id: grow, level: strategy, name: {zh: 增长, en: Grow}}
  - {id: loyalty, level: objective, parent: grow, name: {zh: 忠诚, en: Loyalty}}
  - {id: kr_revenue, level: key_result, parent: loyalty, name: {zh: 收, en: R}, kpi: revenue, from: 100, to: 140}
  - {id: kr_repurchase, level: key_result, parent: loyalty, name: {zh: 复, en: P},
     kpi: repurchase_rate, from: 0.2, to: 0.3}
positions:
  operator:
    - {kpi: revenue, goal: kr_revenue, weight: 0.6, target: 100, rule: standard}
    - {kpi: revenue, goal: kr_revenue, weight: 0.5, target: 110, rule: standard, from: 2026-04-01}
    - {kpi: repurchase_rate, goal: kr_repurchase, weight: 0.4, target: 0.25, rule: gradual, until: 2026-03-31}
    - {kpi: repurchase_rate, goal: kr_repurchase, weight: 0.5, target: 0.25, rule: gradual, from: 2026-04-01}
rules:
  standard: {kind: threshold, missed: 0, reached: 10, exceeded: 12, exceeded_at: 1.10}
  gradual: {kind: linear, zero_at: 0.5, cap: 12}
evaluation: {kpi: 1.0, min_coverage: 0.60}
grades:
  method: bands
  bands:
    - {grade: good, name: {zh: 优, en: Good}, at_least: 90, expected: 0.3}
    - {grade: fair, name: {zh: 可, en: Fair}, at_least: 0, expected: 0.7}
bonus:
  cycles: {month: 0.5, quarter: 0.5}
  multiplier: {good: 1.5, fair: 1.0}
review:
  systemic_miss: {share: 0.80, min_headcount: 3}
"""

KPI_MODELS = frozenset({"revenue", "repurchase_rate"})
INPUTS = frozenset({"employees", "orders"})


def write_company(root: Path, *, company: str = COMPANY, sources: str = SOURCES, scheme: str = SCHEME) -> Path:
    """The folder ``companies/acme`` below ``root``, with an empty ``models/``."""
    folder = root / "companies" / "acme"
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "company.yaml").write_text(company, encoding="utf-8")
    (folder / "sources.yaml").write_text(sources, encoding="utf-8")
    (folder / "scheme.yaml").write_text(scheme, encoding="utf-8")
    return folder


def load(folder: Path) -> Company:
    """Load it with the KPI models and inputs above."""
    return load_company(folder, kpi_models=KPI_MODELS, inputs=INPUTS)


def replaced(text: str, old: str, new: str) -> str:
    """``text`` with ``old``, which stands in it once, replaced."""
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, part: str) -> int:
    """The line (from 1) on which ``part`` first stands."""
    return text[: text.index(part)].count("\n") + 1
