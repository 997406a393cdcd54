"""What the segments of the KPIs in dbt_project/ are called, for reports and for sentences made in SQL.

A company's own KPI may have another segment, which is then told by its id. So is a value that a business system has
written; those here are the project's own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.fields import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

SEGMENTS: Mapping[str, Label] = {
    "activity": Label(zh="活动类型", en="Activity"),
    "app": Label(zh="应用", en="App"),
    "benefit": Label(zh="权益", en="Benefit"),
    "campaign": Label(zh="活动", en="Campaign"),
    "channel": Label(zh="渠道", en="Channel"),
    "customers": Label(zh="客户", en="Customers"),
    "kind": Label(zh="种类", en="Kind"),
    "product": Label(zh="产品", en="Product"),
    "region": Label(zh="地区", en="Region"),
    "sector": Label(zh="行业", en="Sector"),
    "shop": Label(zh="店铺", en="Shop"),
    "topic": Label(zh="主题", en="Topic"),
}
"""What KPIs are broken down by."""

VALUES: Mapping[str, Mapping[str, Label]] = {
    "customers": {
        "new": Label(zh="新客", en="new"),
        "returning": Label(zh="老客", en="returning"),
        "unknown": Label(zh="未知", en="unknown"),
    },
}
"""What the values of a segment are called, by segment."""
