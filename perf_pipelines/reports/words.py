"""The catalogue of words that reports are written with, in Chinese and English; sentences with `{…}` for figures.

What the pipeline says of a person or a KPI (steps, findings, recommendations) stands in the marts in both languages
and not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perf_pipelines.fields import Label
from perf_pipelines.reports.layout.blocks import Tone
from perf_pipelines.wording import Language

if TYPE_CHECKING:
    from collections.abc import Mapping


def _of(zh: str, en: str) -> Label:
    return Label(zh=zh, en=en)


# titles of reports and sections
PERSONAL_FILE = _of("个人考核档案", "Personal file")
DEPARTMENT_SUMMARY = _of("考核结果汇总表", "Department summary")
STRATEGY_REVIEW = _of("战略复盘", "Strategy review")
DATA_QUALITY = _of("数据质量", "Data quality")
PROGRESS = _of("目标完成进度", "Progress")
STEP_BY_STEP = _of("得分计算过程", "The score step by step")
STRENGTHS = _of("强项与弱项", "Strengths and weaknesses")
GOALS_SERVED = _of("所支撑的目标", "Goals served")
FEEDBACK = _of("360°反馈", "360° feedback")
RECOMMENDATIONS = _of("发展建议", "Recommendations")
ALERTS = _of("期间预警（已告知上级）", "Alerts during the period (the manager was told)")
GOOD_NEWS = _of("即时奖励与每日目标", "Rewards and daily goals")
HISTORY = _of("历史记录", "History")
RESULTS = _of("考核结果", "Results")
GRADES = _of("等级分布", "Grades")
KPIS_OF_THE_DEPARTMENT = _of("部门指标", "KPIs of the department")
WHAT_MOVED_THEM = _of("指标变化的原因", "What moved the KPIs")
WHAT_STANDS_OUT = _of("值得关注", "What stands out")
GOALS = _of("目标进展", "Goals")
SYSTEMIC_MISSES = _of("普遍未达成", "Systemic misses")
ACTIVITIES = _of("活动投入产出", "Return of activities")
SCHEME_REVIEW = _of("考核方案复盘", "Review of the scheme")
CAPABILITIES = _of("组织能力", "Capabilities")
COURSES = _of("培训效果", "Effect of courses")
FAIRNESS = _of("评级与评分的公平性", "Fairness of grades and ratings")
RECONCILIATION = _of("系统间核对", "Systems compared")
REFUSED_ROWS = _of("未采用的数据行", "Rows not used")
COVERAGE = _of("数据覆盖", "Coverage of the KPIs")
NOT_EVALUATED = _of("未评估人员", "Employees not evaluated")
NOBODYS = _of("没有归属的数据", "Data that belong to nobody")
LOADS = _of("数据载入", "Loads")
SOURCE = _of(
    "{company} · {period} · 方案 {scheme} · 内容哈希 {hash}",
    "{company} · {period} · scheme {scheme} · content hash of the period {hash}",
)

# headings of columns and names of figures
NAME = _of("姓名", "Name")
EMPLOYEE_ID = _of("工号", "Employee id")
DEPARTMENT = _of("部门", "Department")
WITHOUT_DEPARTMENT = _of("未分配部门", "Without department")
POSITION = _of("岗位", "Position")
PERIOD = _of("周期", "Period")
KPI = _of("指标", "KPI")
WEIGHT = _of("权重", "Weight")
TARGET = _of("目标值", "Target")
BASELINE = _of("起点", "Baseline")
ACTUAL = _of("实际值", "Actual")
ATTAINMENT = _of("达成率", "Attainment")
POINTS = _of("分值", "Points")
RESULT = _of("结果", "Result")
KPI_SCORE = _of("KPI得分", "KPI score")
FEEDBACK_SCORE = _of("360°得分", "360° score")
FINAL_SCORE = _of("最终得分", "Final score")
MEAN_SCORE = _of("平均得分", "Mean score")
GRADE = _of("等级", "Grade")
RANK = _of("排名", "Rank")
RANK_IN_DEPARTMENT = _of("部门排名", "Rank in department")
PAYOUT = _of("拟发奖金", "Proposed payout")
PAYOUT_TOGETHER = _of("奖金合计", "Payout together")
EVALUATED = _of("已评估", "Evaluated")
STATUS_OF = _of("状态", "Status")
SUBJECT = _of("项目", "Subject")
STANDING_OF = _of("结论", "Standing")
WHY = _of("依据", "Why")
GOAL = _of("目标", "Goal")
GOAL_PATH = _of("目标链", "Way from the strategy")
BY_KPIS = _of("对应指标", "By the KPIs")
GOAL_PROGRESS = _of("进度", "Progress")
LEVEL = _of("层级", "Level")
RELATION_OF = _of("评价人", "Raters are")
RATERS = _of("评价人数", "Raters")
SCORE_OF_100 = _of("得分（满分100）", "Score of 100")
DAY = _of("日期", "Day")
WHAT_FOR = _of("事由", "What for")
REWARD_POINTS = _of("奖励积分", "Reward points")
AMOUNT = _of("金额", "Amount")
ACTUAL_OF_THE_DEPARTMENT = _of("部门实际值", "Actual of the department")
MEASURED = _of("考核人数", "Measured")
REACHED = _of("达成人数", "Reached")
MISSED = _of("未达成人数", "Missed")
WITHOUT_DATA = _of("无数据", "Without data")
MEAN_POINTS = _of("平均分值", "Mean points")
MEDIAN_ATTAINMENT = _of("达成率中位数", "Median attainment")
VERDICT = _of("判断", "Verdict")
SINCE = _of("起始周期", "Since")
ACTIVITY = _of("活动类型", "Activity")
COST = _of("费用", "Cost")
NEW_USERS = _of("新增用户", "New users")
REVENUE = _of("营收", "Revenue")
ROI = _of("投入产出比", "Return")
ROI_INTERVAL = _of("置信区间", "Interval")
RECOMMENDATION = _of("建议", "Recommendation")
MEASURE = _of("核对项", "Measure")
ONE_SYSTEM = _of("系统一", "One system")
OTHER_SYSTEM = _of("系统二", "Other system")
VALUE_OF_ONE = _of("系统一的值", "Its value")
VALUE_OF_OTHER = _of("系统二的值", "Value of the other")
DIFFERENCE = _of("差异", "Difference")
DAYS_OUTSIDE = _of("超差天数", "Days outside")
SETTLED = _of("处理", "Settled by")
SOURCE_TABLE = _of("来源表", "Source table")
RULE = _of("规则", "Rule")
ROWS = _of("行数", "Rows")
EXAMPLE = _of("举例（原始说明）", "An example")
SCORE_LINES = _of("考核行数", "Score lines")
SHARE_WITHOUT_DATA = _of("无数据占比", "Share without data")
ROWS_COUNTED = _of("计入的行数", "Rows counted")
PEOPLE = _of("人数", "People")
TABLES = _of("数据表", "Tables")
SYSTEM = _of("系统", "System")
LOADED_AT = _of("载入时间", "Loaded at")
KEY_RESULTS_REACHED = _of("已达成的关键结果", "Key results reached")
OUTSIDE_TOLERANCE = _of("超出容差的核对", "Comparisons outside tolerance")
KPIS_WITHOUT_DATA = _of("无数据的考核行", "Score lines without data")

# words of closed lists
STATUS: Mapping[str, Label] = {
    "evaluated": _of("已评估", "evaluated"),
    "incomplete": _of("数据不足", "incomplete"),
    "excluded": _of("不参评", "excluded"),
}
PAYOUT_STATUS: Mapping[str, Label] = {
    "proposed": _of("拟发", "proposed"),
    "approved": _of("已批准", "approved"),
    "posted": _of("已入账", "posted"),
}
KPI_STATUS: Mapping[str, Label] = {
    "exceeded": _of("超额", "exceeded"),
    "reached": _of("达成", "reached"),
    "missed": _of("未达成", "missed"),
    "no_data": _of("无数据", "no data"),
}
KPI_TONE: Mapping[str, Tone] = {
    "exceeded": Tone.good,
    "reached": Tone.good,
    "missed": Tone.bad,
    "no_data": Tone.quiet,
}
STANDING: Mapping[str, Label] = {
    "strength": _of("强项", "strength"),
    "weakness": _of("弱项", "weakness"),
    "neither": _of("正常", "neither"),
    "not_enough_data": _of("数据不足", "not enough data"),
}
"""In the order in which they are told."""
STANDING_ORDER: Mapping[str, int] = {standing: place for place, standing in enumerate(STANDING)}
RELATION: Mapping[str, Label] = {
    "manager": _of("上级", "manager"),
    "peer": _of("同事", "peers"),
    "report": _of("下属", "direct reports"),
    "self": _of("本人", "self"),
}
GOAL_LEVEL: Mapping[str, Label] = {
    "strategy": _of("战略", "strategy"),
    "objective": _of("目标", "objective"),
    "key_result": _of("关键结果", "key result"),
}
GRADE_FINDING: Mapping[str, Label] = {
    "one_grade_for_all": _of(
        "所有人同一等级，这样的结果极少出于偶然（一刀切）。", "Everybody has the same grade, which is hardly chance."
    ),
    "more_than_expected": _of(
        "某一等级的人数明显多于预期，很难用偶然解释。",
        "One grade is given more often than expected, which is hardly chance.",
    ),
}
MISS_VERDICT: Mapping[str, Label] = {
    "target_too_high": _of("目标偏高", "target too high"),
    "skill": _of("能力不足", "skill"),
    "market": _of("市场变化", "market"),
    "unclear": _of("原因不明", "unclear"),
}
MOVE: Mapping[str, Label] = {
    "more": _of("增加投入", "more money"),
    "less": _of("减少投入", "less money"),
    "keep": _of("保持", "keep"),
    "not_enough_data": _of("数据不足", "not enough data"),
}
RECONCILED: Mapping[str, Label] = {
    "orders": _of("订单数", "Orders"),
    "revenue": _of("营收", "Revenue"),
    "new_customers": _of("新增客户", "New customers"),
    "daily_active_users": _of("日活跃用户", "Daily active users"),
}
"""What two systems are compared by; a company may compare by more, which is then told as it names it."""
REFUSAL: Mapping[str, Label] = {
    "bot": _of("爬虫或异常访问", "Visit of no person"),
    "cancelled": _of("已取消", "Cancelled"),
    "contradictory_key": _of("同一编号内容矛盾", "Contradictory key"),
    "duplicate_key": _of("编号重复", "Duplicate key"),
    "duplicate_person": _of("同一人重复注册", "Duplicate person"),
    "duplicate_row": _of("整行重复", "Duplicate row"),
    "exact_duplicate": _of("内容完全重复", "Exact duplicate"),
    "impossible_dates": _of("日期先后矛盾", "Impossible dates"),
    "impossible_quantity": _of("数量不合理", "Impossible quantity"),
    "impossible_time": _of("时间先后矛盾", "Impossible time"),
    "in_the_future": _of("日期在未来", "In the future"),
    "negative_value": _of("不应为负数", "Negative value"),
    "not_a_date": _of("不是日期", "Not a date"),
    "not_a_flag": _of("不是是否值", "Neither true nor false"),
    "not_a_moment": _of("不是时间", "Not a moment"),
    "not_a_number": _of("不是数字", "Not a number"),
    "orphan": _of("所属记录未采用", "Belongs to a row not used"),
    "test_account": _of("测试账号", "Test account"),
    "test_order": _of("测试订单", "Test order"),
    "value_missing": _of("缺少数值", "Value missing"),
}
"""By what rule a row is not used; that of a company's own staging model may be another, and is then told by its id."""

REASON: Mapping[Language, str] = {Language.zh: "reason_zh", Language.en: "reason"}
"""The column of rpt_score_table that says in this language why somebody is not evaluated."""

# sentences
NAMED = _of("{name}：{said}", "{name}: {said}")
LOWER_IS_BETTER = _of("{kpi}（越低越好）", "{kpi} (lower is better)")
OF_THE_TEAM = _of("{kpi}（团队）", "{kpi} (of the team)")
FROM_DAY = _of("{day} 起", "from {day}")
RANK_OF = _of("{people} 人中第 {rank}", "{rank} of {people}")
OF_PEOPLE = _of("{people} 人中 {some} 人", "{some} of {people}")
SOME_OF_ALL = _of("{all} 项中 {some} 项", "{some} of {all}")
PARTS = _of("KPI {kpi}，360° {feedback}", "KPI {kpi}, 360° {feedback}")
CALIBRATED = _of("经校准，计算等级为{computed}", "calibrated; computed: {computed}")
CALIBRATED_BY = _of(
    "由 {by} 校准为{grade}（计算等级：{computed}），原因：{reason}",
    "{grade} by {by} (computed: {computed}), because: {reason}",
)
TARGET_LINE = _of("目标 = 100%", "target = 100 %")
ATTAINMENT_PICTURE = _of("各指标达成率（占目标的百分比）", "Attainment of each KPI, in percent of its target")
KPIS_OF_THE_PERIOD = _of("本周期指标", "KPIs of the period")
POINTS_SAID = _of(
    "分值：10 分为刚好达成目标；得分 = 分值 × 权重 × 10，100 分为全部刚好达成。",
    "Points: 10 for a target that is just reached; score = points × weight × 10, and 100 is everything just reached.",
)
STRENGTHS_SAID = _of("与目标、本人历史和同岗位相比", "Against the target, one's own past and others in the position")
GOALS_SAID = _of("从战略到关键结果", "From the strategy down to the key result")
PROGRESS_SAID = _of(
    "进度 =（实际值 − 起点）÷（目标值 − 起点）；上级目标取其关键结果的平均。低于 0 表示比起点更差。",
    "Progress = (actual − baseline) ÷ (target − baseline); of a goal above, the mean of its key results. Below 0 is "
    "worse than the baseline.",
)
PROGRESS_OF_STRATEGY = _of("战略目标进度", "progress of the strategy")
FEEDBACK_SAID = _of("各类评价人的平均分", "Mean of each kind of raters")
WITHHELD = _of(
    "{relations}：评价人数不足，为保护匿名不显示，也不计入得分。",
    "{relations}: not shown and not counted, because too few have answered to stay anonymous.",
)
THEMES = _of("能力项", "Themes")
DEVELOPMENT_SAID = _of("晋升与辅导", "Promotion and support")
TRAINING_SAID = _of("推荐课程，按预期效果排序", "Courses recommended, by what they are expected to give")
REWARDS_SAID = _of("本周期即时奖励", "Rewards of the period")
DAYS_REACHED = _of(
    "每日目标：{days} 天中达成 {reached} 天", "Days on which the daily goal was reached: {reached} of {days}"
)
HISTORY_PICTURE = _of("历次最终得分（分）", "Final score of each period, in points")
HISTORY_SAID = _of("截至本周期的同类周期", "Periods of the same length up to this one")
RESULTS_SAID = _of("按最终得分排列", "By final score")
REMARKS = _of("说明", "Remarks")
GRADES_PICTURE = _of("各等级人数（括号内为预期比例）", "People with each grade (and the share expected)")
PEOPLE_AND_EXPECTED = _of("{people} 人（{expected}）", "{people} ({expected})")
KPIS_SAID = _of(
    "部门实际值由明细汇总得出，不取个人平均", "The department's actual is computed from its rows, not from averages"
)
FROM_TO = _of("{kpi}：{before} → {now}", "{kpi}: {before} → {now}")
EFFECT_OF = _of("{segment}「{value}」影响 {effect}", '{segment} "{value}": {effect}')
DRIVERS_SAID = _of("与上期相比，影响最大的分项", "Segments with the largest effect since the period before")
FINDINGS_SAID = _of("部门内多数人未达成的指标", "KPIs that most of a department misses")
KEY_RESULTS_PICTURE = _of("关键结果进度", "Progress of the key results")
ACTIVITIES_SAID = _of("各类活动的投入与产出", "What each type of activity costs and brings")
SCHEME_COUNTED = _of(
    "共复盘 {all} 项：{fine} 项合适，{too_few} 项人数太少，无法判断。",
    "Lines reviewed: {all}. Fine: {fine}. Too few people to tell: {too_few}.",
)
REFUSED_SAID = _of("按来源表与规则", "By source table and rule")
REFUSED_OF_ALL_PERIODS = _of(
    "以上为当前载入的全部数据，不限于本周期；每一行的原因见 fct_rejected_row。",
    "This counts all that is loaded, not this period alone; the reason of each row stands in fct_rejected_row.",
)
RECONCILIATION_SAID = _of("两个系统对同一数值的记录", "What two systems say of the same figure")
WITHIN_TOLERANCE = _of("在容差内", "within tolerance")
OPEN = _of("未处理", "open")
COVERAGE_SAID = _of("每项指标的考核行与明细行", "Score lines of each KPI, and the rows behind them")
NOT_EVALUATED_SAID = _of("按原因", "By reason")
NOBODYS_SAID = _of("计入全公司，但不归任何人", "Counts for the company and for nobody in it")
LOADS_SAID = _of("本周期结果所依据的载入", "The loads that the period was computed from")

# why a section has nothing to tell
NOT_MADE_YET = _of(
    "发布的版本中没有这项数据（{mart}）；用当前版本重新关账后才有。",
    "The published version does not have these data ({mart}); it will once the period is closed again.",
)
NO_DATA = _of("无数据", "no data")
NO_KPI = _of("本周期没有考核指标。", "Nothing was measured in this period.")
NO_STRENGTH = _of("本周期还没有足以下结论的数据。", "There are not enough data for a conclusion in this period.")
NO_FEEDBACK = _of("本周期没有360°反馈。", "There is no 360° feedback in this period.")
NO_DEVELOPMENT = _of("本周期没有晋升或辅导建议。", "Neither promotion nor support is proposed in this period.")
NO_TRAINING = _of("本周期没有推荐课程。", "No course is recommended in this period.")
NO_REWARD = _of("本周期没有即时奖励。", "There was no instant reward in this period.")
NO_DAILY_GOAL = _of("本周期没有每日目标。", "There were no daily goals in this period.")
NO_GRADES = _of("本周期没有评定等级。", "No grade was given in this period.")
NO_DRIVER = _of(
    "没有可比的上期，或指标没有变化。", "There is no period before to compare with, or nothing has changed."
)
NO_GOAL = _of("本周期没有目标进展。", "No goal is served in this period.")
NO_FINDING = _of("没有发现普遍未达成的指标。", "No KPI is missed by most of a department.")
NOTHING_OUTSTANDING = _of("没有需要特别关注的情况。", "Nothing stands out.")
NO_ACTIVITY = _of("本周期没有活动投入。", "No money was spent on activities in this period.")
NO_SCHEME_REVIEW = _of("本周期没有可复盘的指标。", "There is nothing to review in this period.")
NOTHING_TO_CHANGE = _of("没有需要调整的指标。", "No line of the scheme calls for a change.")
NO_CAPABILITY = _of("各部门与全公司没有明显差距。", "No department differs notably from the company.")
NO_COURSE = _of("本周期没有可衡量的培训。", "There is no course whose effect could be measured in this period.")
NO_UNFAIRNESS = _of("没有发现超出偶然的差异。", "Nothing differs by more than chance.")
NO_RECONCILIATION = _of("没有可以互相核对的系统。", "There are no two systems to compare.")
NO_REFUSED_ROW = _of("所有数据行均已采用。", "Every row is used.")
ALL_EVALUATED = _of("所有人均已评估。", "Everybody is evaluated.")
NOTHING_NOBODYS = _of("所有数据均有归属。", "All data belong to somebody.")
