"""What the fields of scheme.yaml and the words in them are called in sentences.

A field that is annotated so (:class:`~perf_pipelines.fields.Called`), and a kind of rule or of aggregation, say it
themselves; here stands what several blocks have in common. A new field needs a line here, or an annotation where its
key is not shared or means something of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.fields import Called, Entry, Label, blocks_by_kind
from perf_pipelines.scheme.aggregations import Aggregation
from perf_pipelines.scheme.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS: Mapping[str, tuple[str, str]] = {
    "accelerator": ("加速段", "accelerator"),
    "activities": ("活动回报", "activities"),
    "after": ("最早提醒进度", "told after a share of the period of"),
    "aggregation": ("汇总方式", "aggregation"),
    "alerts": ("预警", "alerts"),
    "amount": ("金额", "amount"),
    "at_least": ("最低分", "lowest score"),
    "at_most": ("上限", "limit"),
    "attainment_cap": ("单项达成率上限", "most that an attainment counts as"),
    "bands": ("等级", "grades"),
    "below": ("达成率低于", "attainment below"),
    "better": ("更优方向", "better"),
    "bonus": ("奖金", "bonus"),
    "cap": ("封顶分", "cap"),
    "capability": ("能力诊断", "capabilities"),
    "change_inside_period": ("周期内变更", "change inside a period"),
    "close": ("集中程度", "closeness of attainments"),
    "company": ("全公司", "company"),
    "competencies": ("能力项权重", "weight of competency"),
    "competency": ("所体现的能力", "competency that it shows"),
    "courses": ("课程效果", "effect of courses"),
    "currency": ("币种", "currency"),
    "curve": ("奖金曲线", "pay curve"),
    "cycles": ("周期", "cycles"),
    "daily_goals": ("每日目标", "daily goal"),
    "department": ("部门", "department"),
    "departments": ("部门目标", "target of department"),
    "development": ("发展规则", "development"),
    "difference": ("差距", "difference"),
    "distribution": ("等级分布", "distribution of grades"),
    "each": ("每人", "everybody"),
    "effect": ("最低相关系数", "least correlation"),
    "employees": ("个人目标", "target of employee"),
    "error": ("允许的误判率", "rate of false findings"),
    "evaluation": ("评估", "evaluation"),
    "expected": ("应占比例", "expected share"),
    "extra_points": ("加减分", "extra points"),
    "fairness": ("评分公平性", "fairness of ratings"),
    "false_findings": ("误判率", "rate of false findings"),
    "feedback": ("360°反馈", "360° feedback"),
    "few_reach": ("少数达成的比例", "share that counts as few"),
    "finished_within": ("结课时限（月）", "months since the course was finished"),
    "floor": ("保底分", "floor"),
    "from": ("首日", "first day"),
    "goal": ("目标链", "goal"),
    "goals": ("目标", "goal"),
    "grade": ("等级", "grade"),
    "grades": ("等级", "grades"),
    "growth": ("同比增长", "growth on a year ago"),
    "history_months": ("回看月数", "months looked back"),
    "id": ("编号", "id"),
    "kind": ("类型", "kind"),
    "kpi": ("指标", "KPI"),
    "kpis": ("指标", "KPI"),
    "level": ("层级", "level"),
    "margin": ("余量", "margin"),
    "mean_of": ("取平均的较短周期", "shorter cycle whose mean it is"),
    "method": ("评级方法", "method"),
    "min_campaigns": ("最少活动数", "fewest campaigns"),
    "min_coverage": ("最低数据覆盖", "least weight with data"),
    "min_headcount": ("最少人数", "fewest people"),
    "min_months": ("最少月数", "fewest months"),
    "min_pairs": ("最少配对人数", "fewest people compared"),
    "min_peers": ("最少同岗人数", "fewest peers"),
    "min_people": ("最少人数", "fewest people"),
    "min_raters": ("最少评价人数", "fewest raters"),
    "min_sample": ("最少样本数", "fewest rows that count as data"),
    "min_weeks": ("最少周数", "fewest weeks"),
    "money": ("奖金", "money"),
    "months": ("月数", "months"),
    "multiplier": ("奖金系数", "multiplier"),
    "name": ("名称", "name"),
    "no_data": ("无数据时的处理", "treatment of missing data"),
    "no_feedback": ("无360°反馈时的处理", "treatment of missing 360° feedback"),
    "of": ("统计范围", "scope"),
    "p_value": ("p值", "p-value"),
    "parent": ("上级目标", "parent"),
    "per": ("计分单位", "counted for each"),
    "points": ("分值", "points"),
    "points_deviation": ("得分标准差", "standard deviation of points"),
    "pool": ("奖金池", "pool"),
    "positions": ("岗位", "position"),
    "promotion": ("晋升候选", "promotion"),
    "quota_min_headcount": ("按比例评级的最少人数", "fewest people for a quota"),
    "rater_leniency": ("评价人宽严修正", "correction of lenient and severe raters"),
    "rate": ("每单位增加系数", "factor added for each"),
    "reaches": ("达到", "reaches"),
    "review": ("复盘", "review"),
    "rewards": ("即时奖励", "instant reward"),
    "rule": ("计分规则", "rule"),
    "rules": ("规则", "rule"),
    "same_points": ("同分比例", "share with the same points"),
    "scale": ("评分尺度", "scale"),
    "scheme": ("方案名称", "name of the scheme"),
    "self_difference": ("自评偏差", "difference of a self-rating"),
    "share": ("人数占比", "share of people"),
    "subject": ("对象", "subject"),
    "strengths": ("强项与弱项", "strengths and weaknesses"),
    "support": ("帮扶计划", "support"),
    "systemic_miss": ("普遍未达成", "systemic miss"),
    "target": ("目标值", "target"),
    "team": ("团队", "team"),
    "threshold": ("发放门槛", "nothing below"),
    "to": ("目标值", "target"),
    "unit": ("单位", "unit"),
    "until": ("末日", "last day"),
    "veto": ("一票否决", "veto"),
    "weight": ("权重", "weight"),
    "weights": ("权重", "weight"),
}
"""Chinese and English, by the key in the file."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "attainment": ("加权达成率", "weighted attainment"),
    "bands": ("按分数段", "by score"),
    "both": ("按分数段并对照比例", "by score, with the quota told beside it"),
    "down": ("只下调", "down only"),
    "exclude": ("剔除并分摊权重", "left out, its weight spread over the others"),
    "false": ("否", "no"),
    "final_score": ("最终得分", "final score"),
    "half_year": ("半年", "half-year"),
    "higher": ("越高越好", "higher"),
    "hold": ("暂缓评估", "not evaluated until it is there"),
    "key_result": ("关键结果", "key result"),
    "kpi_only": ("只看KPI得分", "KPI score alone"),
    "lower": ("越低越好", "lower"),
    "manager": ("上级", "manager"),
    "month": ("月", "month"),
    "none": ("无", "none"),
    "objective": ("目标", "objective"),
    "peer": ("同事", "peer"),
    "quarter": ("季度", "quarter"),
    "quota": ("按比例", "by quota"),
    "refuse": ("拒绝", "refused"),
    "report": ("下属", "report"),
    "self": ("本人", "self"),
    "shrink": ("收缩", "shrink"),
    "split": ("分段评估", "assessed in parts"),
    "sprint": ("迭代", "sprint"),
    "strategy": ("战略", "strategy"),
    "team": ("团队", "team"),
    "true": ("是", "yes"),
    "up_and_down": ("可上调也可下调", "up and down"),
    "week": ("周", "week"),
    "year": ("年", "year"),
    "zero": ("计 0 分", "counted as 0"),
}
"""The words of closed lists."""


_KINDS: Mapping[str, Called] = {
    kind: getattr(entry, "called")  # noqa: B009 — every class of the two unions has it, which their type does not say
    for union in (Rule, Aggregation)
    for kind, entry in blocks_by_kind(union).items()
}


def label_of(entry: type[Entry], key: str) -> Label:
    """What the field ``key`` of ``entry`` is called; the key itself where nobody has said."""
    zh, en = _said(entry, key) or (key, key)
    return Label(zh=zh, en=en)


def word(text: str) -> Label:
    """A word of a closed list as people say it; any other text as it is."""
    if text in _KINDS:
        return Label(zh=_KINDS[text].zh, en=_KINDS[text].en)
    zh, en = _WORDS.get(text) or (text, text)
    return Label(zh=zh, en=en)


def is_labelled(entry: type[Entry], key: str) -> bool:
    """Whether somebody has said what the field is called."""
    return _said(entry, key) is not None


def is_spoken(text: str) -> bool:
    """Whether somebody has said how the word is spoken."""
    return text in _KINDS or text in _WORDS


def _said(entry: type[Entry], key: str) -> tuple[str, str] | None:
    fields = (field for name, field in entry.model_fields.items() if (field.alias or name) == key)
    for called in (each for field in fields for each in field.metadata if isinstance(each, Called)):
        return called.zh, called.en
    return _FIELDS.get(key)
